"""A quiet stretch of a device's life, panel by panel up to a visit or the first mode that crosses; what interrupts it
and what follows stands in `reliability.cycle`."""

from __future__ import annotations

from typing import Any, NamedTuple

from fluidics.compile import inlined
from fluidics.engines.panel import chosen, stepped
from fluidics.pump import Pump, PumpState, Surroundings
from reliability.clinic import loss
from reliability.doses import Doses, dose_share, moved
from reliability.events import DONE, TOO_MANY_PANELS
from reliability.interruption import located, tightest

MOST_PANELS = 100_000


class Stretch(NamedTuple):
    """A stretch of a device's life."""

    state: PumpState
    around: Surroundings
    time: float  # [s]
    delivered: float  # [m3]
    expected: float  # [m3] programmed while the pump ran
    missed: float  # [m3] programmed and not delivered
    deficit: float  # [s] with more loss than the clinic's threshold
    mode: int  # that ended it, or -1
    status: int


@inlined
def lived(
    modes: Any,
    pump: Pump,
    state: PumpState,
    levels: Any,
    around: Surroundings,
    time: float,
    until: float,
    longest: float,
    running: float,
    latched: int,
    threshold: float,
    doses: Doses | None,
    arriving: float,
) -> Stretch:
    """Return the stretch from `time` to `until` [s], or to the first mode that crosses, or to the end of a spell in
    which the dose was beyond a limit.

    Parameters
    ----------
    modes, pump, state, levels, around
        Physical modes, the device, its rate levels, its surroundings at `time`.
    time, until : float
        Start and end [s].
    longest : float
        Longest panel [s] whatever the parts say.
    running : float
        1 for a pump that delivers, 0 for one that has stopped.
    latched : int
        Bits of the modes that have happened already.
    threshold : float
        Loss [-] above which the time counts as deficit.
    doses : Doses or None
        Limits of the dose; without any, nothing of them is compiled.
    arriving : float
        Share [-] of what leaves the pump that arrives.
    """
    delivered = expected = missed = deficit = 0.0
    mode = -1
    status = DONE
    panels = 0
    over = False
    while time < until and mode < 0 and not over:
        panels += 1
        if panels > MOST_PANELS:
            status = TOO_MANY_PANELS
            break
        left = until - time
        panel = chosen(pump, state, around, min(left, longest))
        dt = panel.dt
        step = stepped(pump, state, levels, around, panel.whole, dt, running)
        if tightest(modes, pump, step.state, step.after, latched, 0).margin < 0.0:
            crossing = located(modes, pump, state, levels, around, step, dt, running, latched)
            mode = crossing.mode
            dt = crossing.dt
            step = crossing.panel
        if doses is not None:
            before = arriving * dose_share(pump, state, around)
            over = moved(doses, before, arriving * dose_share(pump, step.state, step.after), time, dt)
        during = step.during
        state = step.state
        around = step.after
        time = time + dt if dt < left else until
        delivered += during.flow * dt
        expected += running * during.programmed * dt
        missed += (during.programmed - during.flow) * dt
        if loss(during) > threshold:
            deficit += dt
    return Stretch(state, around, time, delivered, expected, missed, deficit, mode, status)
