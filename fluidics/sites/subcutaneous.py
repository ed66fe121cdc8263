"""Subcutaneous tissue around a cannula and the layer of inflammation it grows; the cannula stands in
`fluidics.lines.infusion_set`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.compile import inlined
from fluidics.elementary import exp
from fluidics.pump import Linear, Luck, Service, Surroundings
from fluidics.questions import advance, compliance, disposable, fresh, line, refilled, temperature

_FOUR_PI = 12.566370614359172


@inlined
def shell_resistance(viscosity: float, permeability: float, inner: float, outer: float) -> float:
    """Return the resistance of a spherical shell of porous tissue to flow from its centre.

    R = mu / (4 pi k) (1 / r_i - 1 / r_o), by Darcy's law

    Parameters
    ----------
    viscosity : float
        Dynamic viscosity [Pa s].
    permeability : float
        Of the tissue [m2].
    inner, outer : float
        Radii of the shell [m].

    Returns
    -------
    float
        Pressure per flow [Pa s/m3].

    Examples
    --------
    >>> round(shell_resistance(1e-3, 1e-13, 0.35e-3, 1e9) * 2.5e-10)  # Pa, at 1.5 U/min of U100
    568
    """
    return viscosity / (_FOUR_PI * permeability) * (1.0 / inner - 1.0 / outer)


class Subcutaneous(NamedTuple):
    """Fat around the opening of a cannula, and a layer of inflammation that grows around it from insertion on.

    p = p_tissue + mu / (4 pi) [(1/r - 1/(r + d)) / k_layer + 1 / ((r + d) k)] Q,    d = d_end (1 - e^(-t / t_d))

    A refill puts the cannula into a fresh place.

    Notes
    -----
    Permeability of fat during an injection 1e-11 to 1e-10 m2: Thomsen et al., PLoS ONE 9 (2014) e104054. Layer of 0.7
    to 1.2 mm within 14 d in swine: Eisler et al., BMJ Open Diabetes Res. Care 7 (2019) e000881. Healthy fat adds a few
    pascals; only a layer of 1e-15 m2 or less is felt. Its permeability is not measured.
    """

    body_temperature: Annotated[float, "K"]
    pressure: Annotated[float, "Pa"]
    permeability: Annotated[float, "m2"] = 1e-11
    opening_radius: Annotated[float, "m"] = 0.35e-3
    layer_permeability: Annotated[float, "m2"] = 1e-11
    layer_thickness: Annotated[float, "m"] = 1e-3
    layer_time: Annotated[float, "s"] = 432000.0
    tissue_compliance: Annotated[float, "m3/Pa"] = 0.0


class Layer(NamedTuple):
    """The layer of inflammation."""

    thickness: Annotated[float, "m"]


@temperature.answer
def tissue_temperature(site: Subcutaneous) -> float:
    return site.body_temperature


@fresh.answer
def fresh_place(site: Subcutaneous, luck: Luck) -> Layer:
    return Layer(thickness=0.0)


@refilled.answer
def next_place(site: Subcutaneous, own: Layer, service: Service, luck: Luck) -> Layer:
    return Layer(thickness=0.0)


@disposable.answer
def places_change(site: Subcutaneous) -> float:
    return 1.0


@advance.answer
def inflame(site: Subcutaneous, own: Layer, dt: float, around: Surroundings) -> Layer:
    left = (site.layer_thickness - own.thickness) * exp(-dt / site.layer_time)
    return Layer(thickness=site.layer_thickness - left)


@line.answer
def tissue_line(site: Subcutaneous, own: Layer, viscosity: float) -> Linear:
    around = site.opening_radius + own.thickness
    layer = shell_resistance(viscosity, site.layer_permeability, site.opening_radius, around)
    fat = viscosity / (_FOUR_PI * site.permeability * around)
    return Linear(offset=site.pressure, slope=layer + fat)


@compliance.answer
def tissue_compliance(site: Subcutaneous, own: Layer) -> float:
    return site.tissue_compliance
