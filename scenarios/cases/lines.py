"""Resistances of lumens, pulses and fronts in lines that have a closed form or were computed elsewhere, beside those of
pumpsim; networks of them stand in `scenarios.cases.networks`."""

from __future__ import annotations

import cmath
import math

import numpy as np

from fluidics.engines.exact import resolve
from fluidics.lines.catheter import hydraulic_resistance
from fluidics.lines.filter import filter_link
from fluidics.lines.lumen import annulus_resistance, stenosis_factor, taper_resistance
from fluidics.lines.pulse import womersley
from fluidics.network import Link, Schedule, network
from fluidics.transport.dispersion import breakthrough, closed_variance, taylor_aris
from scenarios.cases.published import COMPUTED, Case, near, within

_VISCOSITY, _LENGTH, _BORE = 6.9e-4, 0.40, 0.25e-3  # [Pa s], [m], [m]: radius
_WATER = 6.9130358e-4  # [Pa s] at 37 degC (IAPWS)
_DIGITS = 1e-8  # of the reference values
_CLOSED, _LIBRARY = "closed form", "by the library fluids 1.3.1"
_CAROTID = "closed form with the data of the set of Boileau et al. (2015)"


def line_cases() -> tuple[Case, ...]:
    """Return every reference of a line."""
    return (*lumens(), *pulses(), *fronts())


def lumens() -> tuple[Case, ...]:
    """Return resistances of lumens and the pressure drop of a bed."""
    name, scale = "Lumen of 40 cm, 0.5 mm bore", 1e-11
    tube = hydraulic_resistance(_VISCOSITY, _LENGTH, _BORE)
    taper = taper_resistance(_VISCOSITY, _LENGTH, _BORE, 0.5 * _BORE)
    annulus = annulus_resistance(_VISCOSITY, _LENGTH, 0.5 * _BORE, _BORE)
    unit = "1e11 Pa s/m3"
    bed = filter_link(1e-3, 1000.0, 1.0, 1.0, 8e-4, 0.4)
    drop = 1e-3 / bed.conductance + bed.loss * 1e-6
    head = 1e-9 * hydraulic_resistance(1.022e-6 * 998.2, 0.3, 0.2e-3) / (998.2 * 9.80665)
    viscous, outlet = 6.5e-6 * hydraulic_resistance(4e-3, 0.126, 2.6485e-3), 6.5e-6 * (2.4875e8 + 1.8697e9)
    catheter = 1e-9 * hydraulic_resistance(_WATER, 0.3, 0.2e-3)
    return (
        within(name, "tube", 1.79924027, _DIGITS, tube * scale, unit, COMPUTED, "", _CLOSED),
        within(name, "taper to half its bore", 8.39645457, _DIGITS, taper * scale, unit, COMPUTED, "", _CLOSED),
        within(name, "annulus around a core of half its bore", 14.2814937, _DIGITS, annulus * scale, unit, COMPUTED, "",
               _CLOSED),
        within(name, "stenosis of half its radius, cosine, over none", 5.56846590, _DIGITS, stenosis_factor(0.5), "-",
               COMPUTED, "", _CLOSED),
        within("Catheter of 30 cm, 0.4 mm bore", "pressure drop of water at 37 degC, 1 uL/s", 330.0731477, _DIGITS,
               catheter, "Pa", COMPUTED, "", _LIBRARY),
        within("Catheter of 30 cm, 0.4 mm bore", "pressure drop of water, 1 mg/s", 332.261, 1e-5,
               1e-6 / 993.2517 * hydraulic_resistance(6.9119e-4, 0.3, 0.2e-3), "Pa", COMPUTED, "", "pandapipes 0.16.0"),
        within("Catheter of 30 cm, 0.4 mm bore", "head loss at 1 uL/s and 1.022e-6 m2/s", 0.0497131, 1e-3, head, "m",
               COMPUTED, "", "EPANET by wntr 1.5.0, single precision"),
        within("Common carotid artery", "viscous pressure drop, mean flow", 169.545, 1e-5, viscous, "Pa", COMPUTED, "",
               _CAROTID),
        within("Common carotid artery", "mean pressure at the outlet", 13769.925, 1e-6, outlet, "Pa", COMPUTED, "",
               _CAROTID),
        within("Filter", "pressure drop of a bed by Ergun", 1338.8671875, _DIGITS, drop, "Pa", COMPUTED, "", _LIBRARY),
    )  # fmt: skip


def pulses() -> tuple[Case, ...]:
    """Return how a line swings when strokes or a heart drive it."""
    made = network([1.0], [(0, 1, Link(1.0))], [0.0])
    source = np.array([[2.0 / 1e-11], [0.0]])
    plan = Schedule(np.array([1e-11, 2.0 - 1e-11]), source, np.zeros((2, 1), dtype=np.int64))
    run = resolve(made, plan, 30, np.array([0.0]), np.zeros(1, dtype=np.int64)).pressure[:, 0]
    name, heart = "Strokes every two time constants", "Swinging flow through a tube, Womersley"
    rows = [
        near(name, "peak over mean", 2.31303529, 1e-8, run[-2], "-", COMPUTED, "", _CLOSED),
        near(name, "trough over mean", 0.31303529, 1e-8, run[-1], "-", COMPUTED, "", _CLOSED),
    ]
    for alpha, modulus, degrees in ((1.0, 0.98556713, -9.452664), (3.0, 0.54835434, -54.30262)):
        found = womersley(alpha)
        rows += [
            within(heart, f"modulus, alpha {alpha:g}", modulus, 1e-6, abs(found), "-", COMPUTED, "", _CLOSED),
            within(heart, f"phase, alpha {alpha:g}", degrees, 1e-6, math.degrees(cmath.phase(found)), "degrees",
                   COMPUTED, "", _CLOSED),
        ]  # fmt: skip
    return tuple(rows)


def fronts() -> tuple[Case, ...]:
    """Return how a front spreads in a catheter and what has come of it at the end."""
    hexamer, speed = 1.5e-10, 1e-9 / 3600.0 / (math.pi * _BORE**2)  # [m2/s] of insulin; [m/s] at 1 uL/h
    rows = [
        within("Dispersion of insulin, 0.5 mm bore", f"over diffusion, {rate:g} uL/h", ratio, 1e-7,
               taylor_aris(hexamer, _BORE, rate * speed) / hexamer, "-", COMPUTED, "", "closed form (Taylor, Aris)")
        for rate, ratio in ((1.0, 1.11582211), (10.0, 12.5822112), (100.0, 1159.22112))
    ]  # fmt: skip
    table = {
        10.0: (0.0800667526, 0.3833762696, 0.5852888592, 0.7366252184, 0.8745247385),
        50.0: (0.0002754566, 0.1527941838, 0.5395066941, 0.8452834029, 0.9842081914),
    }
    for peclet, shares in table.items():
        rows += [
            near(f"Step through a tube, Peclet number {peclet:g}", f"come after {time:g} transits", share, 1e-9,
                 breakthrough(1.0, time, 1.0, 1.0 / peclet), "-", COMPUTED, "", "closed form (Ogata, Banks)")
            for time, share in zip((0.5, 0.8, 1.0, 1.2, 1.5), shares, strict=True)
        ]  # fmt: skip
    rows += [
        within("Residence in a closed tube", f"variance, Peclet number {peclet:g}", variance, 1e-7,
               closed_variance(peclet), "-", COMPUTED, "", "closed form (van der Laan)")
        for peclet, variance in ((10.0, 0.18000091), (50.0, 0.03920000))
    ]  # fmt: skip
    return tuple(rows)
