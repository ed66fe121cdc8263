"""The tubes between the reservoir of a pump and the tip, as its parts describe them; what travels through them stands
in `fluidics.transport.transport`."""

from __future__ import annotations

from functools import singledispatch
from typing import Any

from fluidics.drives import Peristaltic
from fluidics.lines.catheter import Catheter
from fluidics.lines.fouling_catheter import FoulingCatheter
from fluidics.lines.infusion_set import InfusionSet
from fluidics.lines.segmented_catheter import SegmentedCatheter
from fluidics.transport.stretch import Tube

_PI = 3.141592653589793


@singledispatch
def tubes(part: Any) -> tuple[Tube, ...]:
    """Return the tubes of a drive or catheter from the pump to the tip; none when the part does not say what it holds.

    Parameters
    ----------
    part : NamedTuple
        A drive or a catheter.

    Examples
    --------
    >>> held, = tubes(Catheter(length=1.0, radius=1e-3, onset_rate=0.0, batch_spread=0.0, closing_time=1.0))
    >>> round(held.volume * 1e6, 6)  # mL
    3.141593
    """
    return ()


def resized(line: tuple[Tube, ...], volume: float) -> tuple[Tube, ...]:
    """Return tubes of the same bores that hold another volume [m3] in all, each its share of it.

    Examples
    --------
    >>> resized((Tube(1.0, 0.5), Tube(3.0, 0.25)), 2.0)
    (Tube(volume=0.5, radius=0.5), Tube(volume=1.5, radius=0.25))
    """
    factor = volume / sum(tube.volume for tube in line)
    return tuple(Tube(factor * tube.volume, tube.radius) for tube in line)


def _round(length: float, radius: float) -> Tube:
    return Tube(_PI * radius * radius * length, radius)


@tubes.register
def _(part: Peristaltic) -> tuple[Tube, ...]:
    return (Tube(part.tubing_volume, part.bore),)


@tubes.register(Catheter)
@tubes.register(FoulingCatheter)
@tubes.register(InfusionSet)
def _(part: Any) -> tuple[Tube, ...]:
    return (_round(part.length, part.radius),)


@tubes.register
def _(part: SegmentedCatheter) -> tuple[Tube, ...]:
    proximal = _round(part.proximal_length, part.proximal_radius)
    return (proximal, _round(part.distal_length, part.distal_radius))
