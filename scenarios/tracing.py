"""A scenario's pump traced through hours of its programme; how a device is traced stands in `fluidics.engines.trace`,
the words in `scenarios.trace_words`, the figure in `scenarios.trace_figure`."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from fluidics.engines.gap import Gap, gap
from fluidics.engines.rungs import ENGINES
from fluidics.engines.trace import NEVER, SOONEST, Blockage, Change, traced
from fluidics.programmes.programme import Programme, pieces
from fluidics.pump import new_pump
from fluidics.questions import encloses, strokes
from reliability.gap import complaint, engine_gap_attributes
from reliability.modes import OcclusionAlarm
from scenarios import profile_words
from scenarios.document import ScenarioError, near
from scenarios.programmes import programme
from scenarios.run import Run
from scenarios.scenario import BLOCKAGE, Changed, Profile, Scenario
from scenarios.trace_words import HOUR, complaints, running_through, silence, unit
from scenarios.units import DAY, convert

_AMBIENT = "reservoir.ambient"
LONGEST = 10.0 * 366.0 * DAY  # [s] of a trace


def span(hours: float) -> float:
    """Return the length of a trace [s].

    Raises
    ------
    ScenarioError
        When it is not above zero, or longer than ten years.
    """
    if not 0.0 < hours * HOUR <= LONGEST:
        raise ScenarioError([f"--hours {hours:g}: must be above zero and at most {LONGEST / HOUR:g}"])
    return hours * HOUR


def check_engine(engine: str) -> None:
    """Refuse an engine that there is none of.

    Raises
    ------
    ScenarioError
        With the closest known name.
    """
    if engine not in ENGINES:
        raise ScenarioError([f"--engine {engine}: unknown engine{near(engine, list(ENGINES))}"])


def alarm_pressure(scenario: Scenario, given: str | None) -> float:
    """Return the line pressure [Pa] at which the pump alarms: as given, else that of its occlusion alarm, else none.

    Raises
    ------
    ScenarioError
        When what is given is no pressure above zero.
    """
    if given is None:
        alarms = [mode.pressure for mode in scenario.design.modes if isinstance(mode, OcclusionAlarm)]
        return min(alarms, default=NEVER)
    try:
        pressure = convert(given, "Pa")
    except ValueError as error:
        raise ScenarioError([f"--alarm {given}: {error}"]) from None
    if not pressure > 0.0:
        raise ScenarioError([f"--alarm {given}: must be above zero"])
    return pressure


def answer_time(given: str | None) -> float:
    """Return the time [s] after which somebody answers an alarm; longer than any trace when nobody does.

    Raises
    ------
    ScenarioError
        When what is given is no time of at least a second.
    """
    if given is None:
        return NEVER
    try:
        time = convert(given, "s")
    except ValueError as error:
        raise ScenarioError([f"--answer {given}: {error}"]) from None
    if not SOONEST <= time < NEVER:
        raise ScenarioError([f"--answer {given}: must be at least {SOONEST:g} s after the alarm"])
    return time


def run(
    scenario: Scenario,
    length: float,
    engine: str,
    changes: Sequence[Changed],
    alarm: float,
    profiles: Sequence[Profile] = (),
    answer: float = NEVER,
) -> Run:
    """Return what a new pump of a scenario does in a length of time [s]; steps of profiles are among the changes.

    Raises
    ------
    ScenarioError
        When a change leaves a pump that no engine can follow.
    """
    asked = programme(scenario, length + DAY)  # an engine ends the stroke that it began
    try:
        trace = traced(
            scenario.design.pump,
            new_pump(scenario.design.pump),
            asked,
            length,
            engine,
            [Change(change.time, change.slot, change.value) for change in changes if change.slot != BLOCKAGE],
            [Blockage(change.time, change.value) for change in changes if change.slot == BLOCKAGE],
            alarm,
            answer,
        )
    except (ValueError, RuntimeError) as error:
        raise ScenarioError([f"{scenario.name}: the engine {engine} cannot follow this pump: {error}"]) from error
    within = programme(scenario, length)
    found = engine_gap(scenario, within, engine)
    told = [*complaints(scenario, within), complaint(found) if found else "", _stiff(engine, changes)]
    told.append(_expanding(scenario, engine, changes))
    done = Run(asked, tuple(changes), alarm, answer, (), trace, found, tuple(profiles))
    told += [silence(scenario, done), running_through(scenario, done)]
    return done._replace(complaints=tuple(filter(None, told)))


def _stiff(engine: str, changes: Sequence[Changed]) -> str:
    """Return what a trace leaves out when a line is blocked whose compliance the engine does not know."""
    if engine != list(ENGINES)[-1] or not any(change.slot == BLOCKAGE for change in changes):
        return ""
    return f"the engine {engine} takes the line as rigid: alarms come at once, and nothing is kept in it; try stroke"


def _expanding(scenario: Scenario, engine: str, changes: Sequence[Changed]) -> str:
    """Return what a trace leaves out when the atmosphere changes around gas that presses on the drug."""
    enclosed = encloses(scenario.design.pump.drive) > 0.0
    if engine != list(ENGINES)[-1] or not enclosed or not any(change.slot == _AMBIENT for change in changes):
        return ""
    return f"the engine {engine} leaves out that gas in the pump expands where the atmosphere thins; try stroke"


def engine_gap(scenario: Scenario, within: Programme, engine: str) -> Gap | None:
    """Return how far an engine is from the next finer one, for a new pump at the rate of a programme that runs longest.

    The time compared is that of the programme, a day at most; the finest engine has no gap.
    """
    ladder, pump = list(ENGINES), scenario.design.pump
    if engine == ladder[0]:
        return None
    spans: dict[float, float] = {}
    for start, stop, rate in pieces(within, 0.0, within.length):
        spans[rate] = spans.get(rate, 0.0) + stop - start
    longest = max((rate for rate in spans if rate > 0.0), key=lambda rate: spans[rate], default=0.0)
    finer = ladder[ladder.index(engine) - 1]
    return gap(pump, new_pump(pump), longest, engine, finer, min(within.length, DAY))


def readings(scenario: Scenario, done: Run) -> dict[str, Any]:
    """Return the main results of a trace by their names, each with its unit."""
    trace = done.trace
    programmed, delivered = float(trace.programmed[-1]), float(trace.delivered[-1])
    line = [k for k, name in enumerate(trace.node_names) if name.startswith("line")]
    return {
        "scenario": scenario.name,
        "title": scenario.title,
        "engine": trace.engine,
        "hours": float(trace.time[-1]) / HOUR,
        "programmed_uL": programmed * 1e9,
        "delivered_uL": delivered * 1e9,
        "drawn_uL": float(trace.drawn[-1]) * 1e9,
        "difference": delivered / programmed - 1.0 if programmed > 0.0 else math.nan,
        "residual": abs(trace.residual / delivered) if delivered else math.nan,
        "least_line_pressure_kPa": float(trace.pressure[:, line].min()) / 1e3,
        "greatest_line_pressure_kPa": float(trace.pressure[:, line].max()) / 1e3,
        "strokes": trace.strokes if strokes(scenario.design.pump.drive, 1.0) > 0.0 else 0,
        "valve_switchings": trace.switches,
        "gap": done.gap._asdict() if done.gap else None,
        "complaints": list(done.complaints),
        "events": [
            {"hours": event.time / HOUR, "name": event.name, "value": event.value, "unit": unit(scenario, event.name)}
            for event in profile_words.events(done)
        ],
        "profiles": profile_words.readings(scenario, done),
    }


def provenance(scenario: Scenario, done: Run, found: dict[str, Any], command: str) -> dict[str, str | int | float]:
    """Return what a trace file keeps of its scenario and its results."""
    return {
        "name": scenario.name,
        "title": scenario.title,
        "description": scenario.description,
        "command": command,
        "scenario": scenario.text,
        "scenario_sha256": scenario.sha256,
        "parameters": json.dumps([value._asdict() for value in scenario.values], ensure_ascii=False),
        "changes": json.dumps([each._asdict() for each in done.changes if not each.follows], ensure_ascii=False),
        "summary": json.dumps(found, ensure_ascii=False),
        **(engine_gap_attributes(done.gap) if done.gap else {}),
    }
