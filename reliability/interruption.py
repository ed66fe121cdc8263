"""What ends a quiet stretch of a device's life: a physical mode that crosses, located inside its panel; hazards that
fire stand in `reliability.hazards`, what follows stands in `reliability.history`."""

from __future__ import annotations

from typing import Any, NamedTuple

from numba.extending import overload

from fluidics.compile import inlined, kernel
from fluidics.engines.panel import seen
from fluidics.pump import Pump, PumpState, Surroundings, advanced
from fluidics.questions import margin

_HALVINGS = 40

# columns of a mode row
MODE_REMEDY = 0  # what it leads to, a code of reliability.events
MODE_DELAY = 1  # [s] until the patient comes
MODE_STOPS = 2  # 1 when delivery stops
MODE_STARVES = 3  # 1 when it lacks so much drug that ketoacidosis may follow
MODE_WIDTH = 4


def first_crossed(modes: Any, pump: Any, state: Any, around: Any, latched: int, index: int) -> int:
    """Return the number of the first mode below its margin that is not latched, or -1; works inside kernels.

    Parameters
    ----------
    modes : tuple
        Physical modes, each of its own type.
    latched : int
        Bits of the modes that already happened since the last visit.
    index : int
        Number of the first mode of the tuple.
    """
    for mode in modes:
        if not (latched >> index) & 1 and margin(mode, pump, state, around) < 0.0:
            return index
        index += 1
    return -1


@overload(first_crossed, strict=False, jit_options={"_nrt": False})
def _first_crossed(modes: Any, pump: Any, state: Any, around: Any, latched: Any, index: Any) -> Any:
    if len(modes) == 0:
        return lambda modes, pump, state, around, latched, index: -1

    def walk(modes, pump, state, around, latched, index):  # type: ignore[no-untyped-def]
        if not (latched >> index) & 1 and margin(modes[0], pump, state, around) < 0.0:
            return index
        return first_crossed(modes[1:], pump, state, around, latched, index + 1)

    return walk


class Crossing(NamedTuple):
    """The first mode to cross inside a panel, and when."""

    mode: int
    dt: float  # [s] since the start of the panel


@inlined
def _part_way(
    pump: Pump, state: PumpState, levels: Any, during: Surroundings, dt: float, running: float
) -> tuple[PumpState, Surroundings]:
    there = advanced(pump, state, dt, during)
    return there, seen(pump, there, levels, running)


@kernel
def located(
    modes: Any,
    pump: Pump,
    state: PumpState,
    levels: Any,
    during: Surroundings,
    dt: float,
    running: float,
    latched: int,
) -> Crossing:
    """Return the first crossing inside a panel of length `dt` [s] at whose end some mode has crossed.

    The panel is halved 40 times, advancing a fraction of it each time in the panel's own surroundings: a quarter of a
    microsecond in a season.
    """
    low = 0.0
    high = dt
    there, around = _part_way(pump, state, levels, during, high, running)
    mode = first_crossed(modes, pump, there, around, latched, 0)
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        there, around = _part_way(pump, state, levels, during, middle, running)
        found = first_crossed(modes, pump, there, around, latched, 0)
        if found >= 0:
            high = middle
            mode = found
        else:
            low = middle
    return Crossing(mode=mode, dt=high)
