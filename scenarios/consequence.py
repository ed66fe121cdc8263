"""What an interruption or a wrong dose in a trace means, by published models of how long a drug acts; the models stand
in `fluidics.body.exposure`, `fluidics.body.missing_insulin` and `fluidics.body.dose_limits`. Nothing here is advice on
a therapy."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from fluidics.body.compartments import Kinetics, time_until_left
from fluidics.body.dose_limits import DoseLimits, flagged
from fluidics.body.exposure import baclofen, morphine, peritoneal, two_channels, two_states
from fluidics.body.missing_insulin import KETONES, time_to_limit
from fluidics.engines.trace import Trace
from fluidics.network import Floats
from fluidics.programmes.deliverable import quantum
from fluidics.sites.capsule import Encapsulating
from fluidics.sites.intrathecal import Intrathecal
from fluidics.sites.site import Peritoneum
from fluidics.sites.subcutaneous import Subcutaneous
from scenarios.scenario import BLOCKAGE, Scenario

HOUR = 3600.0
MOST_LEFT = 0.5  # [-] of the programmed dose that still comes in what counts as an interruption
LONGEST = 16.0 * HOUR  # [s]: ketones were followed for some 15 h
STROKES = 10.0  # at least, in a window whose dose is looked at
KETONE_LIMITS = (1.6, 3.0)  # [mmol/L]
NO_ADVICE = "Figures of models, means of small groups, to compare pumps by; no advice on therapy."

_STOPS = {BLOCKAGE: "blocked", "alarm": "alarm", "reservoir empty": "reservoir empty"}
_ENDS = {"release": BLOCKAGE, "answered": "alarm"}
_LIMITS = DoseLimits()
_FLAGS = {  # name, share, and time that it may last
    "underdose": ("below", _LIMITS.under, _LIMITS.under_time),
    "withdrawal": ("below", _LIMITS.withdrawal, _LIMITS.withdrawal_time),
    "overdose": ("above", _LIMITS.over, _LIMITS.over_time),
}


class Interruption(NamedTuple):
    """A time in which less than half of what is programmed is delivered, because something happened."""

    start: float  # [s]
    stop: float  # [s]
    cause: str
    left: float  # [-] of the programmed volume that is delivered meanwhile

    def readings(self) -> dict[str, Any]:
        """Return it with units in its names."""
        return {
            "from_hours": self.start / HOUR,
            "to_hours": self.stop / HOUR,
            "cause": self.cause,
            "left": self.left,
        }


class Told(NamedTuple):
    """How long after the beginning of an interruption something is reached, were it to last, by one or more models.

    Infinite where that is later than what the models were made from.
    """

    what: str
    least_hours: float
    most_hours: float
    source: str


def interruption(trace: Trace) -> Interruption | None:
    """Return the first interruption of a trace, or None.

    A blockage lasts until it is released, an alarm until it is answered, an empty reservoir to the end; one that begins
    before another has ended is the same interruption.
    """
    spans = list(_spans(trace))
    for event in trace.events:
        stop = next((stop for start, stop in spans if start <= event.time < stop), 0.0)
        if event.name not in _STOPS or stop <= event.time:
            continue
        asked, came = (_between(trace, column, event.time, stop) for column in (trace.programmed, trace.delivered))
        left = max(came / asked, 0.0) if asked > 0.0 else 0.0
        if left < MOST_LEFT:
            return Interruption(event.time, stop, _STOPS[event.name], left)
    return None


def _spans(trace: Trace) -> Iterator[tuple[float, float]]:
    """Yield from when to when [s] anything lasts that can interrupt delivery."""
    last: set[str] = set()
    begun, ended = 0.0, -1.0
    for event in trace.events:
        if event.name in _STOPS:
            if not last and event.time > ended:
                if ended >= 0.0:
                    yield begun, ended
                begun = event.time
            last.add(event.name)
        elif _ENDS.get(event.name) in last:
            last.remove(_ENDS[event.name])
            ended = event.time
    if last or ended >= 0.0:
        yield begun, float(trace.time[-1]) if last else ended


def _between(trace: Trace, column: Floats, start: float, stop: float) -> float:
    until = np.interp([start, stop], np.append(0.0, trace.time), np.append(0.0, column))
    return float(until[1] - until[0])


def matters(scenario: Scenario, counted: str, stop: Interruption) -> tuple[Told, ...]:
    """Return how long an interruption takes to matter; nothing where the drug or the way it takes is not known."""
    models, source = _models(scenario, counted)
    if not models:
        return ()
    if counted != "U":
        gone = (("half of the drug around the cord gone", 0.5), ("99 % of it gone", 0.01))
        return tuple(_told(what, [time_until_left(one, share) for one in models], source) for what, share in gone)
    half = (0.5 - stop.left) / (1.0 - stop.left)
    told = [_told("half of the absorption gone", [time_until_left(one, half) for one in models], source)]
    for limit in KETONE_LIMITS:
        times = [time_to_limit(one, KETONES, limit, stop.left) for one in models]
        believed = [time if time <= LONGEST else math.inf for time in times]
        told.append(_told(f"ketones {limit:.1f} mmol/L", believed, "Klonoff et al. 2024"))
    return tuple(told)


def _told(what: str, times: Sequence[float], source: str) -> Told:
    return Told(what, min(times) / HOUR, max(times) / HOUR, source)


def _models(scenario: Scenario, counted: str) -> tuple[tuple[Kinetics, ...], str]:
    site = scenario.design.pump.site
    spinal = isinstance(site, Intrathecal)
    if spinal and scenario.exposure == "baclofen":
        return (baclofen(),), "one compartment, label of intrathecal baclofen"
    if spinal and scenario.exposure == "morphine":
        return (morphine(),), "one compartment, Nordberg et al. 1984"
    if counted == "U" and isinstance(site, Subcutaneous):
        return (two_states(), two_channels()), "Dalla Man et al. 2007, Wilinska et al. 2005"
    if counted == "U" and isinstance(site, Peritoneum | Encapsulating):
        return (peritoneal(600.0), peritoneal(1800.0)), "time constant of 10 to 30 min, assumed"
    return (), ""


def flags(scenario: Scenario, trace: Trace, dose: Floats, setting: Floats) -> dict[str, bool | None]:
    """Return which doses (r,) of active drug were off their setting (r,) for too long, both since the start; None where
    the trace is too short to tell.

    Doses are means over an hour, or over as many strokes as a dose needs; where nothing is programmed, the mean of the
    whole trace is the setting.
    """
    end = float(trace.time[-1])
    mean = float(setting[-1]) / end
    period = quantum(scenario.design.pump.drive) / (float(trace.programmed[-1]) / end) if mean > 0.0 else 0.0
    window = max(HOUR, STROKES * period)
    edges = np.arange(0.0, end + 1e-6, window)
    if edges.size < 2 or mean <= 0.0:
        return dict.fromkeys(_FLAGS)
    got, asked = (
        np.diff(np.interp(edges, np.append(0.0, trace.time), np.append(0.0, column))) / window
        for column in (dose, setting)
    )
    asked = np.where(asked > 0.0, asked, mean)
    found = flagged(edges, np.maximum(got, 0.0), asked, _LIMITS)
    return {name: bool(getattr(found, name)) if edges[-1] > span else None for name, (_, _, span) in _FLAGS.items()}


def rows(
    stop: Interruption | None, told: Sequence[Told], off: dict[str, bool | None] | None
) -> Iterator[tuple[str, str]]:
    """Yield what an interruption or a wrong dose means in words; nothing where there is nothing to say."""
    if stop and told:
        span = f"{stop.start / HOUR:.2f} to {stop.stop / HOUR:.2f} h"
        yield "delivery interrupted", f"{span} ({stop.cause}), {100.0 * stop.left:.0f} % of the programmed volume comes"
        for each in told:
            yield f"  {each.what}", f"{_span(each)} after it began, were it to last"
        yield "  by", "; ".join(dict.fromkeys(each.source for each in told))
    for name, held in (off or {}).items():
        if held:
            side, share, time = _FLAGS[name]
            limit = f"{side} {100.0 * share:.0f} % of the setting for more than {time / HOUR:.0f} h"
            yield f"dose: {name}", f"{limit}, a limit proposed for simulations"


def _span(told: Told) -> str:
    if told.most_hours == math.inf:
        return f"more than {min(told.least_hours, LONGEST / HOUR):.1f} h"
    least, most = f"{told.least_hours:.1f}", f"{told.most_hours:.1f}"
    return f"{least} h" if least == most else f"{least} to {most} h"
