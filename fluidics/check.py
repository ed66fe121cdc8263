"""A pump is asked every question once, uncompiled, before the first compilation: what is missing becomes one sentence
instead of a page of compiler output."""

from __future__ import annotations

import math
from typing import Any

from fluidics.engines.operating import operated
from fluidics.pump import MEDIAN_LUCK, Pump, PumpState, Service
from fluidics.questions import advance, fresh, histogram, margin, panel, refilled, rinsed, usable

_DAY = 86400.0


def _leaves(name: str, value: Any) -> None:
    for field, part in zip(value._fields, value, strict=True):
        if isinstance(part, tuple):
            _leaves(f"{name}.{field}", part)
        elif type(part) is not float:
            raise TypeError(f"{name}.{field} is {part!r}, a {type(part).__name__}; every number of a part is a float")
        elif not math.isfinite(part):
            raise ValueError(f"{name}.{field} is {part!r}; it must be a finite number")


def _same(what: str, kind: type, state: Any) -> None:
    if type(state) is not kind:
        raise TypeError(
            f"{what} returned a {type(state).__name__}; it must return what 'fresh' returns, a {kind.__name__}"
        )


def check(pump: Pump, modes: tuple[Any, ...], regimen: Any, mean_rate: float) -> None:
    """Ask each part every question once with middling surroundings.

    Parameters
    ----------
    pump : Pump
        The device.
    modes : tuple
        Physical failure modes.
    regimen : NamedTuple
        What is programmed.
    mean_rate : float
        Mean rate of the day [m3/s].

    Raises
    ------
    TypeError
        When a part has no answer, or an answer has the wrong type.
    ValueError
        When a number is not finite.
    """
    _leaves("pump", pump)
    state = PumpState(*(fresh(part, MEDIAN_LUCK) for part in pump))
    around = operated(pump, state, histogram(regimen, mean_rate), 0.0, 1.0)
    _leaves("surroundings", around)
    for name, part, own in zip(pump._fields, pump, state, strict=True):
        kind = type(own)
        _leaves(f"state.{name}", own)
        if not panel(part, own, around) > 0.0:
            raise ValueError(f"panel of {name} ({type(part).__name__}) must be above zero")
        _same(f"advance of {name}", kind, advance(part, own, _DAY, around))
        _same(f"refilled of {name}", kind, refilled(part, own, Service(carry_over=0.0), MEDIAN_LUCK))
        _same(f"rinsed of {name}", kind, rinsed(part, own))
    if not usable(pump.reservoir, state.reservoir) > 0.0:
        raise ValueError("a full reservoir holds no usable volume: its residual is not below its capacity")
    for mode in modes:
        _leaves(type(mode).__name__, mode)
        if not math.isfinite(margin(mode, pump, state, around)):
            raise ValueError(f"margin of {type(mode).__name__} is not a finite number on a new pump")
