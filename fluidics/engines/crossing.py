"""When a margin, such as that of a valve from its threshold, is first used up while the modes of a network decay; the
modes stand in `fluidics.engines.modes`, what happens then in `fluidics.engines.exact`."""

from __future__ import annotations

import math
from typing import NamedTuple

from fluidics.compile import inlined, linked
from fluidics.engines.course import Course, difference
from fluidics.engines.modes import Modes, decayed
from fluidics.network import Floats, Network

UNDECIDED = -1.0  # what is returned when it cannot be told
BAND = 1e-12  # [-]: of the pressures at a valve, by which it must pass its threshold: more than they are rounded by
_LOOKS = 20_000  # intervals, or steps of Halley's method; some five are usual
_CUBIC = 1e-5  # [-]: step of Halley's method, relative to all time scales, whose cube is below rounding
_NARROW = 4e-16  # [-]: relative width of an interval that holds no other time


@inlined
def merge(modes: Modes, row: int, course: Course) -> None:
    """Return nothing; parts of modes that decay alike become one: they may cancel, and apart they would hide it."""
    for j in range(course.part.shape[0] - 1, 0, -1):
        if modes.rate[row, j] == modes.rate[row, j - 1]:
            course.part[j - 1] += course.part[j]
            course.part[j] = 0.0


@inlined
def margin(network: Network, modes: Modes, row: int, course: Course, link: int, opened: int) -> float:
    """Return how much [Pa] a valve keeps from its threshold at first, its band included; write each mode's part.

    Parameters
    ----------
    network : Network
        The network.
    modes : Modes
        Tables of modes.
    row : int
        Row of the tables that holds.
    course : Course
        The stretch, with `reach` at its end.
    link : int
        Number of the valve.
    opened : int
        1 when it is open and may shut, 0 when it is shut and may open.
    """
    nodes = course.pressure.shape[0]
    start, stop = network.start[link], network.stop[link]
    sign = 1.0 if opened else -1.0
    threshold = network.crack[link] if opened else network.breakaway[link]
    scale = abs(threshold)
    scale += abs(course.pressure[start]) if start < nodes else abs(network.boundary[start - nodes])
    scale += abs(course.pressure[stop]) if stop < nodes else abs(network.boundary[stop - nodes])
    for j in range(nodes):
        before = modes.shape[row, start, j] if start < nodes else 0.0
        behind = modes.shape[row, stop, j] if stop < nodes else 0.0
        course.part[j] = sign * modes.across[row, link, j] * course.push[j]
        scale += (abs(before) + abs(behind)) * abs(course.push[j]) * course.reach[j]
    merge(modes, row, course)
    return sign * (difference(network, course, link) - threshold) + BAND * scale


@inlined
def _between(early: float, late: float, fastest: float) -> float:
    """Return a time [s] within an interval, the sooner the faster the modes are."""
    low = max(early, 0.1 / max(fastest, 1e-300))
    return math.sqrt(low * late) if late > 4.0 * low else 0.5 * (early + late)


@inlined
def _root(
    modes: Modes, row: int, part: Floats, first: float, early: float, late: float, time: float, fine: float
) -> float:
    """Return when [s] a margin that falls from `early` to `late` is zero, by Halley's method in a bracket."""
    for _ in range(_LOOKS):
        margin, slope, bend = first, 0.0, 0.0
        for j in range(part.shape[0]):
            decay = decayed(modes.rate[row, j] * time)
            margin += part[j] * time * decay.mean
            slope += part[j] * decay.left
            bend -= part[j] * decay.left * modes.rate[row, j]
        if abs(margin) <= fine:
            return time
        if margin > 0.0:
            early = time
        else:
            late = time
        if late - early <= _NARROW * late:
            return late
        steep = slope * slope - 0.5 * margin * bend
        step = margin * slope / steep if steep > 0.0 else late
        if not early < time - step < late:
            step = time - 0.5 * (early + late)
        elif abs(step) * modes.rate[row, 0] < _CUBIC and abs(step * bend) < _CUBIC * abs(slope):
            return time - step
        time -= step
    return UNDECIDED


class Look(NamedTuple):
    """What is certain about a margin within an interval at whose start it is not below zero."""

    margin: float  # [Pa] at the end
    never: bool  # it does not fall below zero
    once: bool  # it falls below zero at most once, and then stays there to the end


@inlined
def _looked(modes: Modes, row: int, course: Course, first: float, margin: float, early: float, late: float) -> Look:
    """Return what bounds of value, slope and bend tell about an interval of a margin; write its decays at the end."""
    lowest, after, slope = margin, first, 0.0
    least, most, least_bend, most_bend = 0.0, 0.0, 0.0, 0.0
    for j in range(course.part.shape[0]):
        part, rate, before = course.part[j], modes.rate[row, j], course.left_then[j]
        decay = decayed(rate * late)
        left, reach = decay.left, late * decay.mean
        course.left_next[j], course.reach_next[j] = left, reach
        after += part * reach
        lowest += min(part, 0.0) * (reach - course.reach_then[j])
        slope += part * before
        least += part * (left if part > 0.0 else before)
        most += part * (before if part > 0.0 else left)
        least_bend -= part * rate * (before if part > 0.0 else left)
        most_bend -= part * rate * (left if part > 0.0 else before)
    width = late - early
    least = max(least, slope + min(least_bend, 0.0) * width)
    most = min(most, slope + max(most_bend, 0.0) * width)
    # a parabola below the margin: where it opens upward its lowest point may lie within
    bowed = slope * width + 0.5 * least_bend * width * width
    if slope < 0.0 and slope + least_bend * width > 0.0:
        bowed = -0.5 * slope * slope / least_bend
    never = max(lowest, margin + min(bowed, 0.0)) > 0.0 or least >= 0.0
    return Look(after, never, most <= 0.0 or most_bend <= 0.0)


@linked
def used_up(modes: Modes, row: int, course: Course, first: float, early: float, end: float) -> float:
    """Return when [s] from `early` on a margin is first below zero, `end` where it is not, or UNDECIDED.

    The margin is first + sum over modes of part_j (1 - e^(-rate_j t)) / rate_j. Each term goes one way, and so does
    each term of its slope and of its bend: from the two ends of an interval follow bounds that hold within it. An
    interval is passed when by these bounds the margin stays above zero; holds one root when the margin always falls, or
    is bent down throughout, and ends below zero; and is cut shorter otherwise. So two crossings that lie close together
    are not taken for none.

    Parameters
    ----------
    modes : Modes
        Tables of modes.
    row : int
        Row of the tables that holds.
    course : Course
        The stretch, with each mode's part, and with `reach` at its end.
    first : float
        The margin at time zero.
    early, end : float
        Between which times [s] to look; `end` is that of the stretch.
    """
    now, lowest, scale = first, 0.0, 0.0
    for j in range(course.part.shape[0]):
        course.left_then[j], course.reach_then[j] = 1.0, 0.0
        if early > 0.0:
            decay = decayed(modes.rate[row, j] * early)
            course.left_then[j], course.reach_then[j] = decay.left, early * decay.mean
            now += course.part[j] * course.reach_then[j]
        lowest += min(course.part[j], 0.0) * (course.reach[j] - course.reach_then[j])
        scale += abs(course.part[j]) * course.reach[j]
    if now < 0.0:
        return early
    if now + lowest > 0.0:
        return end
    late = end
    for _ in range(_LOOKS):
        look = _looked(modes, row, course, first, now, early, late)
        narrow = late - early <= _NARROW * late
        if look.margin <= 0.0 and not look.never and (look.once or narrow):
            guess = _between(early, late, modes.rate[row, 0])
            return _root(modes, row, course.part, first, early, late, guess, 1e-13 * scale)
        if look.never or look.once or narrow:
            if late >= end:
                return end
            width = late - early
            early, now = late, look.margin
            late = min(end, late + 4.0 * width)
            for j in range(course.part.shape[0]):
                course.left_then[j], course.reach_then[j] = course.left_next[j], course.reach_next[j]
        else:
            late = _between(early, late, modes.rate[row, 0])
    return UNDECIDED
