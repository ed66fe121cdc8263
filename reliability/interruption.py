"""What ends a quiet stretch of a device's life: a physical mode that crosses, located inside its panel; hazards that
fire stand in `reliability.hazards`, what follows stands in `reliability.history`."""

from __future__ import annotations

from typing import Any, NamedTuple

from numba.extending import overload

from fluidics.compile import inlined, kernel
from fluidics.engines.panel import seen, stepped
from fluidics.pump import Pump, PumpState, Surroundings, advanced
from fluidics.questions import margin, mean_aggregate
from reliability.clinic import loss

_MOST_TRIES = 60
_EXACT = 1e-7  # [-]: a margin that counts as crossed
_SHORT = 1.0  # [s]: a time in which a crossing is located
NEAR = 216_000.0  # [s]: a panel so short that its averages hold at each of its moments

# columns of a mode row
MODE_REMEDY = 0  # what it leads to, a code of reliability.events
MODE_DELAY = 1  # [s] until the patient comes
MODE_STOPS = 2  # 1 when delivery stops
MODE_STARVES = 3  # 1 when it lacks so much drug that ketoacidosis may follow
MODE_WIDTH = 4


class Tightest(NamedTuple):
    """The mode with the smallest margin."""

    margin: float  # [-]; below zero: it has crossed
    mode: int  # -1 when there is none


_NONE = Tightest(1e300, -1)


def tightest(modes: Any, pump: Pump, state: Any, around: Any, latched: int, index: int) -> Tightest:
    """Return the smallest margin of the modes that are not latched; works inside kernels.

    Parameters
    ----------
    modes : tuple
        Physical modes, each of its own type.
    pump, state, around
        The device, its state and its surroundings.
    latched : int
        Bits of the modes that already happened since the last visit.
    index : int
        Number of the first mode of the tuple.
    """
    found = _NONE
    for mode in modes:
        if not (latched >> index) & 1:
            here = margin(mode, pump, state, around)
            if here < found.margin:
                found = Tightest(here, index)
        index += 1
    return found


@overload(tightest, strict=False, jit_options={"_nrt": False})
def _tightest(modes: Any, pump: Any, state: Any, around: Any, latched: Any, index: Any) -> Any:
    if len(modes) == 0:
        return lambda modes, pump, state, around, latched, index: Tightest(1e300, -1)

    def walk(modes, pump, state, around, latched, index):  # type: ignore[no-untyped-def]
        rest = tightest(modes[1:], pump, state, around, latched, index + 1)
        if not (latched >> index) & 1:
            here = margin(modes[0], pump, state, around)
            if here <= rest.margin:
                return Tightest(here, index)
        return rest

    return walk


class Crossing(NamedTuple):
    """The pump when the first mode crosses inside a panel, and what happened up to then."""

    mode: int  # -1 when a closer look finds none
    dt: float  # [s] since the start of the panel
    state: PumpState
    around: Surroundings
    delivered: float  # [m3]
    programmed: float  # [m3]
    deficit: float  # [s]


class Found(NamedTuple):
    """A crossing inside a piece of a panel."""

    mode: int
    dt: float  # [s]
    state: PumpState
    around: Surroundings


@inlined
def sought(
    modes: Any,
    pump: Pump,
    state: PumpState,
    levels: Any,
    during: Surroundings,
    dt: float,
    running: float,
    latched: int,
    first: float,
) -> Found:
    """Return the crossing inside a piece [s] whose margin is `first` at its start and below zero at its end.

    By false position with a halved weight for an end that stays (Illinois), to a margin of `_EXACT` or a time of
    `_SHORT`.
    """
    low, high = 0.0, dt
    above = max(first, 0.0)
    there = advanced(pump, state, high, during)
    after = seen(pump, there, levels, running)
    end = tightest(modes, pump, there, after, latched, 0)
    below, mode = end.margin, end.mode
    side = 0
    for _ in range(_MOST_TRIES):
        if high - low <= _SHORT or below >= -_EXACT:
            break
        middle = low + (high - low) * (above / (above - below))
        near = advanced(pump, state, middle, during)
        near_around = seen(pump, near, levels, running)
        here = tightest(modes, pump, near, near_around, latched, 0)
        if here.margin < _EXACT:
            high, below, mode, there, after = middle, here.margin, here.mode, near, near_around
            above *= 0.5 if side < 0 else 1.0
            side = -1
        else:
            low, above = middle, here.margin
            below *= 0.5 if side > 0 else 1.0
            side = 1
    return Found(mode, high, there, after)


@kernel
def located(
    modes: Any,
    pump: Pump,
    state: PumpState,
    levels: Any,
    around: Surroundings,
    dt: float,
    running: float,
    latched: int,
    threshold: float,
) -> Crossing:
    """Return the first crossing inside a panel of length `dt` [s] at whose end some mode has crossed.

    The panel is walked again in ever shorter panels, halved whenever one holds the crossing, until one is so short that
    its averages hold at each of its moments; there the crossing is sought.

    Parameters
    ----------
    modes, pump, state, levels, around
        As in `reliability.stretch.lived`, at the start of the panel.
    dt : float
        Length of the panel [s].
    running, latched, threshold
        As in `reliability.stretch.lived`.
    """
    delivered = programmed = deficit = time = 0.0
    first = tightest(modes, pump, state, around, latched, 0).margin
    longest = dt if dt <= NEAR else 0.5 * dt
    while time < dt:
        left = dt - time
        piece = min(longest, left)
        whole = mean_aggregate(pump.drug, state.drug, piece, around.temperature)
        step = stepped(pump, state, levels, around, whole, piece, running)
        last = tightest(modes, pump, step.state, step.after, latched, 0)
        mode = -1
        if last.margin < 0.0:
            if piece > NEAR:
                longest = 0.5 * piece
                continue
            part = sought(modes, pump, state, levels, step.during, piece, running, latched, first)
            mode, piece, state, around = part.mode, part.dt, part.state, part.around
        else:
            state, around, first = step.state, step.after, last.margin
        delivered += step.during.flow * piece
        programmed += step.during.programmed * piece
        deficit += piece if loss(step.during) > threshold else 0.0
        time = time + piece if mode >= 0 or piece < left else dt
        if mode >= 0:
            return Crossing(mode, time, state, around, delivered, programmed, deficit)
    # walked in short panels nothing crosses after all: a close call, and the panel is over
    return Crossing(-1, dt, state, around, delivered, programmed, deficit)
