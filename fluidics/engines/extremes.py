"""Where within a stretch the pressure of a watched node turns, or comes to an alarm, told by its modes; what is kept of
it stands in `fluidics.engines.watch`."""

from __future__ import annotations

from fluidics.compile import inlined, linked
from fluidics.engines.course import Course, aim, moved, through
from fluidics.engines.crossing import BAND, UNDECIDED, merge, used_up
from fluidics.engines.modes import Modes
from fluidics.engines.watch import Watch, beyond, worth
from fluidics.network import Floats, Ints, Network


@linked
def keep(
    network: Network, modes: Modes, row: int, opened: Ints, course: Course, passed: Floats, watch: Watch, begun: float,
    time: float,
) -> None:  # fmt: skip
    """Return nothing; what the network is at a time [s] is kept if it is an extreme.

    The stretch has begun so late [s] in its phase, and is aimed at that time.
    """
    level, seen = course.pressure[watch.node] + moved(modes, row, course, watch.node), watch.seen
    for side in range(2):
        if beyond(watch, side, level):
            seen.time[side] = begun + time
            for i in range(course.pressure.shape[0]):
                seen.pressure[side, i] = course.pressure[i] + moved(modes, row, course, i)
            for k in range(opened.shape[0]):
                seen.volume[side, k] = passed[k] + through(network, modes, row, opened, course, time, k)
                seen.open[side, k] = opened[k]


@linked
def turns(
    network: Network, modes: Modes, row: int, opened: Ints, course: Course, passed: Floats, watch: Watch, begun: float,
    dt: float,
) -> bool:  # fmt: skip
    """Return whether it could be told where the pressure of the node turns within a stretch; extremes are kept.

    Its slope is sum over modes of a_j e^(-rate_j t). Where each mode alone could not take it beyond what was seen and
    what it ends at, nothing is looked for; else each zero of the slope is found, as the crossing of a valve is.
    """
    here, slope, scale, rise, fall = course.pressure[watch.node], 0.0, 0.0, 0.0, 0.0
    for j in range(course.push.shape[0]):
        part = modes.shape[row, watch.node, j] * course.push[j]
        slope += part
        scale += abs(part)
        rise += max(part, 0.0) * course.reach[j]
        fall += min(part, 0.0) * course.reach[j]
    end = here + rise + fall
    if not (worth(watch, 0, here + rise, end) or worth(watch, 1, here + fall, end)):
        return True
    sign, time = 1.0 if slope >= 0.0 else -1.0, 0.0
    for _ in range(course.push.shape[0]):
        for j in range(course.push.shape[0]):
            course.part[j] = -sign * modes.rate[row, j] * modes.shape[row, watch.node, j] * course.push[j]
        merge(modes, row, course)
        when = used_up(modes, row, course, sign * slope + BAND * scale, time, dt)
        if when == UNDECIDED:
            return False
        if when >= dt:
            return True
        aim(modes, row, course, when)
        keep(network, modes, row, opened, course, passed, watch, begun, when)
        aim(modes, row, course, dt)
        time, sign = when, -sign
    return True


@inlined
def quiet(modes: Modes, row: int, course: Course, watch: Watch) -> float:
    """Return how much [Pa] the node keeps from its alarm at first, a band included; write each mode's part."""
    here = course.pressure[watch.node]
    scale = abs(here)
    for j in range(course.push.shape[0]):
        course.part[j] = -modes.shape[row, watch.node, j] * course.push[j]
        scale += abs(course.part[j]) * course.reach[j]
    merge(modes, row, course)
    return watch.alarm - here + BAND * scale
