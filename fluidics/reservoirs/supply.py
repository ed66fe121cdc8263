"""What holds the pressure of the reservoir while an engine resolves pressures: the compliance of its node, or the
reservoir's own law as it warms up and runs out; the reservoirs themselves are parts and stand in files of their own."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.compile import inlined, question, question_with_default
from fluidics.lines.gas import Rise
from fluidics.pump import Surroundings
from fluidics.questions import advance, pressure, stiffness
from fluidics.reservoirs.propellant import propellant_pressure, saturation_pressure
from fluidics.reservoirs.propellant_reservoir import Expansion, PropellantReservoir, propellant_temperature

_INSTANT = 1e-9  # [s]: the least time in which a volume is drawn


class Elastic(NamedTuple):
    """The compliance of the reservoir's node is all there is."""


class Held(NamedTuple):
    """The law of a reservoir, from its state at the start on, takes the place of the compliance of its node."""

    reservoir: Any
    own: Any
    temperature: Annotated[float, "K"]  # of the body


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


@question_with_default
def warming(reservoir: Any, own: Any, temperature: float) -> float:
    """Return how fast [Pa/s] the pressure of a reservoir rises by itself in a body at a temperature [K]."""
    return 0.0


@inlined
def drawn_at(flow: float) -> Surroundings:
    """Return surroundings in which nothing happens but that a flow [m3/s] leaves the reservoir."""
    return Surroundings(
        flow=flow,
        programmed=0.0,
        strokes=0.0,
        power=0.0,
        p_in=0.0,
        p_out=0.0,
        p2_out=0.0,
        p_peak=0.0,
        p_next=0.0,
        p_rest=0.0,
        p_stall=0.0,
        aggregate=0.0,
        temperature=310.15,
    )


@lift.answer
def elastic_lift(supply: Elastic, wall: Rise, stored: float, time: float) -> Lift:
    return Lift(rise=wall.rise, slope=wall.slope, drift=0.0)


@lift.answer
def held_lift(supply: Held, wall: Rise, stored: float, time: float) -> Lift:
    since = max(time, _INSTANT)
    now = advance(supply.reservoir, supply.own, since, drawn_at(-stored / since))
    return Lift(
        rise=pressure(supply.reservoir, now, supply.temperature)
        - pressure(supply.reservoir, supply.own, supply.temperature),
        slope=stiffness(supply.reservoir, now, supply.temperature),
        drift=warming(supply.reservoir, now, supply.temperature),
    )


@warming.answer
def propellant_warming(reservoir: PropellantReservoir, own: Expansion, temperature: float) -> float:
    warmth = propellant_temperature(reservoir, own, temperature)
    a, b, c = reservoir.antoine_a, reservoir.antoine_b, reservoir.antoine_c
    pace = own.cold * (temperature - reservoir.refill_temperature) / reservoir.warming_time
    boiling = saturation_pressure(a, b, c, warmth)
    drive = propellant_pressure(a, b, c, reservoir.amount, reservoir.space + own.volume, warmth)
    if drive < boiling:
        return drive / warmth * pace
    return boiling * b / ((warmth + c) * (warmth + c)) * pace
