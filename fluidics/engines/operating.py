"""The operating point of a pump and its average over the rates of a day; the step in time stands in
`fluidics.engines.panel`."""

from __future__ import annotations

from typing import Any

from fluidics.compile import inlined, kernel
from fluidics.pump import OperatingPoint, Pump, PumpState, Surroundings
from fluidics.questions import (
    ambient,
    back_pressure,
    flow,
    operate,
    power_drawn,
    pressure,
    stall,
    strokes,
    temperature,
    viscosity,
)

_MOST_STEPS = 200
NEARLY = 1.0 - 1e-9  # [-]: of the stall pressure, above which a level counts as stalled


@kernel
def bracketed_root(
    drive: Any, own: Any, rate: float, p_in: float, viscosity: float, pump: Any, state: Any
) -> OperatingPoint:
    """Return the operating point of any drive on any line, by bisection on the line pressure.

    The residual p - p_back(Q(p)) never decreases, because the flow falls with p and the back pressure rises with flow.
    Where the flow jumps (a drive that stalls) the flow between both sides that meets the back pressure is taken, which
    is exact for a linear line.
    """
    closed = back_pressure(pump.catheter, state.catheter, 0.0, viscosity)
    closed += back_pressure(pump.site, state.site, 0.0, viscosity)
    air = ambient(pump.reservoir)
    low = min(p_in, closed)
    high = max(min(stall(drive), max(p_in, closed) + 1e8), closed)
    for _ in range(_MOST_STEPS):
        middle = 0.5 * (low + high)
        if middle <= low or middle >= high:
            break
        through = flow(drive, own, rate, p_in, middle, air, viscosity)
        against = back_pressure(pump.catheter, state.catheter, through, viscosity)
        against += back_pressure(pump.site, state.site, through, viscosity)
        if against > middle:
            low = middle
        else:
            high = middle
    most = flow(drive, own, rate, p_in, low, air, viscosity)
    least = flow(drive, own, rate, p_in, high, air, viscosity)
    above = back_pressure(pump.catheter, state.catheter, most, viscosity)
    above += back_pressure(pump.site, state.site, most, viscosity)
    below = back_pressure(pump.catheter, state.catheter, least, viscosity)
    below += back_pressure(pump.site, state.site, least, viscosity)
    share = min(max((high - below) / (above - below), 0.0), 1.0) if above > below else 0.0
    return OperatingPoint(flow=least + share * (most - least), pressure=high)


@operate.otherwise
def operate_any(
    drive: Any, own: Any, rate: float, p_in: float, viscosity: float, pump: Any, state: Any
) -> OperatingPoint:
    return bracketed_root(drive, own, rate, p_in, viscosity, pump, state)


@inlined
def operated(pump: Pump, state: PumpState, levels: Any, mass: float, running: float) -> Surroundings:
    """Return what the parts see of each other at a state, averaged over the rate levels of a day.

    Every loss is computed at each level and only then averaged: a leak takes from the basal rate, a closing tip from
    the boluses, and neither shows at the mean rate.

    Parameters
    ----------
    pump, state : Pump, PumpState
        The device.
    levels : tuple of 4 Level
        Rates [m3/s] and their shares of time [-].
    mass : float
        Aggregated mass in the drug [-] that the parts are to see.
    running : float
        1 for a pump that delivers, 0 for one that has stopped: it neither flows nor strokes.
    """
    body = temperature(pump.site)
    p_in = pressure(pump.reservoir, state.reservoir, body)
    mu = viscosity(pump.drug, state.drug, body)
    net = 0.0
    programmed = 0.0
    count = 0.0
    power = 0.0
    p_out = 0.0
    p2_out = 0.0
    p_rest = back_pressure(pump.catheter, state.catheter, 0.0, mu) + back_pressure(pump.site, state.site, 0.0, mu)
    p_stall = stall(pump.drive)
    p_peak = p_next = p_rest
    for level in levels:
        if level.share > 0.0:
            point = operate(pump.drive, state.drive, level.rate, p_in, mu, pump, state)
            net += level.share * point.flow
            programmed += level.share * level.rate
            count += level.share * strokes(pump.drive, level.rate)
            power += level.share * power_drawn(pump.drive, level.rate)
            p_out += level.share * point.pressure
            p2_out += level.share * point.pressure * point.pressure
            p_peak = max(p_peak, point.pressure)
            if point.pressure < NEARLY * p_stall:
                p_next = max(p_next, point.pressure)
    if running == 0.0:
        # the line of a pump that stands still relaxes to the pressure of the body
        p_out = p_peak = p_next = p_rest
        p2_out = p_rest * p_rest
    return Surroundings(
        flow=running * net,
        programmed=programmed,
        strokes=running * count,
        power=running * power,
        p_in=p_in,
        p_out=p_out,
        p2_out=p2_out,
        p_peak=p_peak,
        p_next=p_next,
        p_rest=p_rest,
        p_stall=p_stall,
        aggregate=mass,
        temperature=body,
    )
