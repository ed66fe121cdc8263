"""What holds the pressure of the reservoir while an engine resolves pressures: its elastic wall alone, or a propellant
that warms up or runs out; the reservoirs themselves are parts and stand in files of their own."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.compile import inlined, question
from fluidics.elementary import exp
from fluidics.gas import Rise

GAS_CONSTANT = 8.31446261815324  # J/(mol K), exact in the SI


class Elastic(NamedTuple):
    """The compliance of the reservoir's node is all there is."""


class Propellant(NamedTuple):
    """A bellows spring and a propellant in a room that grows as fluid is drawn.

    p = min(p_sat(T), n R T / (V_0 + D)) - p_ambient - k D,    T = T_body - cold exp(-t / tau)

    While liquid propellant is left its saturation pressure rules (Antoine: ln p_sat = a - b / (T + c)); after that all
    of it is an ideal gas. The spring takes the place of the compliance of the reservoir's node.

    Notes
    -----
    Continuous where the last liquid evaporates, with a kink in the slope. The ideal gas overstates the pressure of
    saturated vapour by some percent (n-butane at 37 degC: 7 %), so that liquid seems to last that much longer. The
    room that liquid gives up as it evaporates is left out.
    """

    antoine_a: Annotated[float, "-"]
    antoine_b: Annotated[float, "K"]
    antoine_c: Annotated[float, "K"]
    amount: Annotated[float, "mol"]  # liquid and vapour
    room: Annotated[float, "m3"]  # for vapour, at the start
    stiffness: Annotated[float, "Pa/m3"]
    temperature: Annotated[float, "K"]  # of the body
    cold: Annotated[float, "K"]  # how far the propellant is below it at the start
    warming: Annotated[float, "s"]  # time constant


class Vapour(NamedTuple):
    """Absolute pressure of a propellant, and how it goes on."""

    pressure: Annotated[float, "Pa"]
    slope: Annotated[float, "Pa/m3"]  # with the fluid in the reservoir, which takes room from the vapour
    drift: Annotated[float, "Pa/s"]  # with time


class Lift(NamedTuple):
    """How far a reservoir's pressure is above that at the start, and how it goes on."""

    rise: Annotated[float, "Pa"]
    slope: Annotated[float, "Pa/m3"]  # with the fluid in the reservoir
    drift: Annotated[float, "Pa/s"]  # with time


@question
def lift(supply: Any, wall: Rise, stored: float, time: float) -> Lift:
    """Return the lift of a reservoir, `time` [s] after the start, that `stored` [m3] came into, or left if negative.

    `wall` is what the compliance of its node makes of it.
    """
    raise NotImplementedError


@lift.answer
def elastic_lift(supply: Elastic, wall: Rise, stored: float, time: float) -> Lift:
    return Lift(rise=wall.rise, slope=wall.slope, drift=0.0)


@inlined
def vapour(supply: Propellant, stored: float, time: float) -> Vapour:
    """Return the state of a propellant after some fluid has come into the reservoir and some time has passed.

    Parameters
    ----------
    supply : Propellant
        The propellant at the start.
    stored : float
        Fluid that has come in since [m3]; negative when it was drawn.
    time : float
        Time since the start [s].

    Examples
    --------
    >>> gas = Propellant(25.0, 2000.0, 0.0, 0.04, 1e-5, 0.0, 300.0, 0.0, 60.0)  # too little of it to stay liquid
    >>> round(vapour(gas, -1e-5, 0.0).pressure * 2e-5 / (0.04 * GAS_CONSTANT * 300.0), 12)
    1.0
    """
    below = supply.cold * exp(-time / supply.warming)
    warming = below / supply.warming
    temperature = supply.temperature - below
    from_end = temperature + supply.antoine_c
    saturated = exp(supply.antoine_a - supply.antoine_b / from_end)
    room = supply.room - stored
    gas = supply.amount * GAS_CONSTANT * temperature / room
    if saturated <= gas or room <= 0.0:
        steep = saturated * supply.antoine_b / (from_end * from_end)
        return Vapour(pressure=saturated, slope=0.0, drift=steep * warming)
    return Vapour(pressure=gas, slope=gas / room, drift=gas / temperature * warming)


@lift.answer
def propellant_lift(supply: Propellant, wall: Rise, stored: float, time: float) -> Lift:
    now = vapour(supply, stored, time)
    rise = now.pressure - vapour(supply, 0.0, 0.0).pressure + supply.stiffness * stored
    return Lift(rise=rise, slope=now.slope + supply.stiffness, drift=now.drift)
