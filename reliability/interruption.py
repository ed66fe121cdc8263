"""What ends a quiet stretch of a device's life: a physical mode that crosses, located inside its panel; hazards that
fire stand in `reliability.hazards`, what follows stands in `reliability.cycle`."""

from __future__ import annotations

from typing import Any, NamedTuple

from numba.extending import overload

from fluidics.compile import kernel
from fluidics.engines.panel import Panel, stepped
from fluidics.pump import Pump, PumpState, Surroundings
from fluidics.questions import margin, mean_aggregate

_MOST_LOOKS = 60
_EXACT = 1e-4  # [-]: a margin that counts as crossed
_SHORT = 1.0  # [s]: a time in which a crossing is located

# columns of a mode row
MODE_REMEDY = 0  # what it leads to, a code of reliability.events
MODE_DELAY = 1  # [s] until the patient comes
MODE_STOPS = 2  # 1 when delivery stops
MODE_STARVES = 3  # 1 when it lacks so much drug that ketoacidosis may follow
MODE_MISSED = 4  # [m3] programmed and not delivered until the pump or the patient notices
MODE_WIDTH = 5


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
    """The first mode to cross inside a panel, and the panel cut there."""

    mode: int
    dt: float  # [s] since the start of the panel
    panel: Panel


@kernel
def located(
    modes: Any,
    pump: Pump,
    state: PumpState,
    levels: Any,
    around: Surroundings,
    panel: Panel,
    dt: float,
    running: float,
    latched: int,
) -> Crossing:
    """Return the first crossing inside a panel of length `dt` [s] at whose end some mode has crossed.

    The length at which the smallest margin is zero is found by false position with a halved weight for an end that
    stays (Illinois); each look is a panel of its own from the same start, so that a crossing is as exact as any panel.

    Parameters
    ----------
    modes, pump, state, levels, around
        As in `reliability.stretch.lived`, at the start of the panel.
    panel, dt
        The panel and its length [s].
    running, latched
        As in `reliability.stretch.lived`.
    """
    low, high = 0.0, dt
    above = max(tightest(modes, pump, state, around, latched, 0).margin, 0.0)
    end = tightest(modes, pump, panel.state, panel.after, latched, 0)
    below, mode = end.margin, end.mode
    side = 0
    for _ in range(_MOST_LOOKS):
        if below >= -_EXACT or high - low <= _SHORT:
            break
        middle = low + (high - low) * (above / (above - below))
        whole = mean_aggregate(pump.drug, state.drug, middle, around.temperature)
        look = stepped(pump, state, levels, around, whole, middle, running)
        here = tightest(modes, pump, look.state, look.after, latched, 0)
        if here.margin < _EXACT:
            high, below, mode, panel = middle, here.margin, here.mode, look
            above *= 0.5 if side < 0 else 1.0
            side = -1
        else:
            low, above = middle, here.margin
            below *= 0.5 if side > 0 else 1.0
            side = 1
    return Crossing(mode, high, panel)
