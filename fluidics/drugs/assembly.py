"""Rates at which insulin assembles into fibrils, and what temperature does to them; the moment equations are solved in
`fluidics.drugs.fibrils` and `fluidics.drugs.conversion`, what decides the rates of a formulation stands in
`fluidics.drugs.nucleation`."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

from fluidics.compile import inlined
from fluidics.drugs.aggregation import GAS_CONSTANT
from fluidics.elementary import exp, power

HIGHEST = 20.0  # mol/m3: eight times U400; beyond it no law of dilute solutions holds


class Assembly(NamedTuple):
    """Rates of primary, interfacial and secondary nucleation, elongation and fragmentation at one temperature.

    dP/dt = k_n m^a + J m / (m + c) + (s(m) + k_f) M,    dM/dt = 2 k_e m P,    m = total - M,
    s(m) = k_2 m^b / (1 + k_2 m^b / s_max)

    P are fibrils, M is what they hold, m is free monomer, all in mol/m3.

    Notes
    -----
    Fibrils do not shrink, and a nucleus takes no mass along; both are small when fibrils are long. Sources: Knowles et
    al., Science 326 (2009) 1533; Cohen et al., J. Chem. Phys. 135 (2011) 065105; saturation: Meisl et al., Nat. Protoc.
    11 (2016) 252. A rate of 1 per molar and second is 1e-3 m3/(mol s).
    """

    nucleation: Annotated[float, "mol/(m3 s)"]  # k_n, at 1 mol/m3 of monomer
    nucleus: Annotated[float, "-"]  # order a, 1 or more
    elongation: Annotated[float, "m3/(mol s)"]  # k_e, per end
    secondary: Annotated[float, "1/s"] = 0.0  # k_2, at 1 mol/m3 of monomer
    order: Annotated[float, "-"] = 2.0  # b, 1 or more; order 0 is fragmentation
    ceiling: Annotated[float, "1/s"] = math.inf  # s_max, secondary nucleation of fibrils that are covered with monomer
    fragmentation: Annotated[float, "1/s"] = 0.0  # k_f
    interface: Annotated[float, "mol/(m3 s)"] = 0.0  # J, at interfaces that are covered with monomer
    coverage: Annotated[float, "mol/m3"] = 1.0  # c, monomer that covers half of an interface


class Fibrils(NamedTuple):
    """Fibrils at one moment: the seeds of what follows."""

    number: Annotated[float, "mol/m3"] = 0.0
    mass: Annotated[float, "mol/m3"] = 0.0


CLEAN = Fibrils()


class Early(NamedTuple):
    """Rates of the early phase, dM/dt = growth M + nucleation."""

    growth: Annotated[float, "1/s"]
    nucleation: Annotated[float, "mol/(m3 s)"]


class Activation(NamedTuple):
    """What temperature does to the rates of an assembly, and between which temperatures that was measured."""

    nucleation: Annotated[float, "J/mol"]  # in the bulk and at interfaces
    elongation: Annotated[float, "J/mol"]
    secondary: Annotated[float, "J/mol"]
    fragmentation: Annotated[float, "J/mol"]
    reference_temperature: Annotated[float, "K"]
    lowest: Annotated[float, "K"]
    highest: Annotated[float, "K"]


@inlined
def ordered(monomer: float, order: float) -> float:
    """Return monomer to the power of a reaction order; whole ones up to 3 are cheap."""
    if order == 2.0:
        return monomer * monomer
    if order == 3.0:
        return monomer * monomer * monomer
    return monomer if order == 1.0 else power(monomer, order)


@inlined
def multiplying(law: Assembly, monomer: float) -> float:
    """Return fibrils that a fibril's mass begets [1/s]: secondary nucleation and fragmentation."""
    if law.secondary <= 0.0:
        return law.fragmentation
    rate = law.secondary * ordered(monomer, law.order)
    if law.ceiling < math.inf:
        rate = rate / (1.0 + rate / law.ceiling)  # a division costs more than all the rest of a step
    return rate + law.fragmentation


@inlined
def beginning(law: Assembly, monomer: float) -> float:
    """Return fibrils that begin without another one [mol/(m3 s)], in the bulk and at interfaces."""
    bulk = law.nucleation * ordered(monomer, law.nucleus) if law.nucleation > 0.0 else 0.0
    return bulk + law.interface * monomer / (monomer + law.coverage) if law.interface > 0.0 else bulk


@inlined
def births(law: Assembly, monomer: float, mass: float) -> float:
    """Return all fibrils that begin [mol/(m3 s)]."""
    return beginning(law, monomer) + multiplying(law, monomer) * mass


def checked(law: Assembly, total: float, start: Fibrils) -> None:
    """Return nothing when rates and concentrations make sense.

    Raises
    ------
    ValueError
        When a rate is negative or not a number, an order is below 1, or concentrations are out of range.

    Examples
    --------
    >>> checked(Assembly(1e-12, 2.0, 50.0), 0.6, CLEAN)
    """
    for name, value in zip(Assembly._fields, law, strict=True):
        if not value >= 0.0 or (value == math.inf and name != "ceiling"):
            raise ValueError(f"{name} of an assembly must be zero or more, given {value!r}")
    if not (law.nucleus >= 1.0 and law.order >= 1.0):
        raise ValueError(f"nucleus and order of an assembly must be 1 or more, given {law.nucleus!r} and {law.order!r}")
    for name in ("ceiling", "elongation", "coverage"):
        if not getattr(law, name) > 0.0:
            raise ValueError(f"{name} of an assembly must be above zero, given {getattr(law, name)!r}")
    if not 0.0 < total <= HIGHEST:
        raise ValueError(f"insulin must be above 0 and at most {HIGHEST:g} mol/m3, given {total!r}")
    if not (0.0 <= start.mass <= total and 0.0 <= start.number <= total):
        raise ValueError(f"seeds must hold between 0 and all of the {total:g} mol/m3, given {tuple(start)}")
    if start.mass > 0.0 and start.number == 0.0 and beginning(law, total) + law.secondary + law.fragmentation == 0.0:
        raise ValueError(f"seeds of mass {start.mass:g} mol/m3 must have ends: give their number")


def early(law: Assembly, total: float) -> Early:
    """Return the rates of the early phase, to which the moment equations come down while monomer is plenty.

    growth = sqrt(2 k_e m (s(m) + k_f)),    nucleation = k_e m births / growth

    Parameters
    ----------
    law : Assembly
        With secondary nucleation or fragmentation.
    total : float
        Monomer [mol/m3].

    Notes
    -----
    Error of the mass, relative to it: exp(-growth t) too much at the beginning, where the second-order start is not
    resolved (1 % left at 4.6 / growth); later (b + 2) / 3 times the converted fraction too much, b = 0 for
    fragmentation: 1.4 % at a fraction of 0.01 and 15 % at 0.1 for b = 2. In time that is 0.013 / growth and 0.14 /
    growth. Saturation lowers it.

    Raises
    ------
    ValueError
        When nothing multiplies, so that there is no exponential phase.

    Examples
    --------
    >>> round(early(Assembly(1e-12, 2.0, 50.0, secondary=1e-6), 0.6).growth, 8)
    0.00464758
    """
    checked(law, total, CLEAN)
    growth = math.sqrt(2.0 * law.elongation * total * multiplying(law, total))
    if growth == 0.0:
        raise ValueError("an early phase needs secondary nucleation or fragmentation, given neither")
    return Early(growth, law.elongation * total * beginning(law, total) / growth)


def warmed(law: Assembly, activation: Activation, temperature: float) -> Assembly:
    """Return an assembly at another temperature [K] by Arrhenius' law.

    Raises
    ------
    ValueError
        When the temperature is outside of the range of the measurement.

    Notes
    -----
    Above 80 to 100 degC insulin leaves Arrhenius' law (Arora et al., Protein Sci. 13 (2004) 2429).

    Examples
    --------
    >>> prior = Activation(1e5, 1e5, 1e5, 1e5, 310.15, 293.15, 338.15)
    >>> round(warmed(Assembly(1.0, 2.0, 1.0), prior, 315.15).elongation, 3)
    1.85
    """
    if not activation.lowest <= temperature <= activation.highest:
        raise ValueError(
            f"rates are known from {activation.lowest:g} to {activation.highest:g} K, given {temperature!r}; "
            "give rates measured nearer to it"
        )
    colder = (1.0 / activation.reference_temperature - 1.0 / temperature) / GAS_CONSTANT
    nucleating, secondary = exp(activation.nucleation * colder), exp(activation.secondary * colder)
    return law._replace(
        nucleation=law.nucleation * nucleating,
        interface=law.interface * nucleating,
        elongation=law.elongation * exp(activation.elongation * colder),
        secondary=law.secondary * secondary,
        ceiling=law.ceiling * secondary,
        fragmentation=law.fragmentation * exp(activation.fragmentation * colder),
    )
