"""The programme of a scenario, and changes of its pump, as the numbers that a trace and a lifetime run on; what a file
may say of them stands in `scenarios.timetable`."""

from __future__ import annotations

import math
import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from fluidics.programmes.basal import daily, flex
from fluidics.programmes.programme import Programme, suspended, volume, with_bolus, with_temporary
from fluidics.programmes.regimen import ProgrammedDay, programmed, programmed_day
from fluidics.pump import Pump
from fluidics.rows import slots
from fluidics.sites.intrathecal import Intrathecal
from scenarios.document import Document, Keys, ScenarioError, near
from scenarios.entries import Context, Reading, reading, refused
from scenarios.parts import units
from scenarios.problems import sentence
from scenarios.scenario import BLOCKAGE, BLOCKED, Changed, Scenario
from scenarios.schema import context
from scenarios.sense import COLDEST, WARMEST
from scenarios.surroundings import PostureTable
from scenarios.timetable import ChangeTable, Moment, ProgrammeTable, moment
from scenarios.units import DAY

_AGREES = 0.01  # [-]: of the mean rate
_FROM_TO = re.compile(r"\s+-\s+")
_CHANGE = re.compile(r"\s*(.+?)\s*:\s*([A-Za-z][\w.]*)\s*=\s*(.*?)\s*")


def timetabled(table: ProgrammeTable, length: float, once: bool = True) -> Programme:
    """Return the programme of a checked table for a length of time [s].

    Parameters
    ----------
    table : ProgrammeTable
        What the scenario says.
    length : float
        Length of the programme [s]; it starts at midnight.
    once : bool
        Whether it holds what happens once, besides what happens each day.

    Raises
    ------
    ValueError
        When what it says makes no programme.
    """
    made = _basal(table, length)
    for temporary in table.temporary:
        for at in _times(temporary.at, length, once):
            made = with_temporary(made, at, temporary.over.value.si, _change(temporary))
    for suspension in table.suspend:
        least = suspension.minimum or table.minimum
        over = suspension.over.value.si if suspension.over else length
        for at in _times(suspension.at, length, once):
            made = suspended(made, at, over, least.value.si if least else 0.0)
    for bolus in table.bolus:
        speed = table.bolus_rate.value.si if table.bolus_rate else 1.0
        over = bolus.over.value.si if bolus.over else 0.0
        now = bolus.now.value.si if bolus.now else None
        for at in _times(bolus.at, length, once):
            made = with_bolus(made, at, bolus.volume.value.si, speed, over, now)
    return made


def _basal(table: ProgrammeTable, length: float) -> Programme:
    starts, rates = [step.at.seconds for step in table.basal], [step.rate.value.si for step in table.basal]
    if not table.flex:
        return daily(starts, rates, length)
    spans, doses = [step.over.value.si for step in table.flex], [step.volume.value.si for step in table.flex]
    return flex([step.at.seconds for step in table.flex], spans, doses, rates[0], length)


def _change(temporary: Any) -> Any:
    if temporary.rate:
        rate = temporary.rate.value.si
        return lambda basal: rate
    factor = temporary.factor.value.si
    return lambda basal: factor * basal


def _times(at: Moment, length: float, once: bool) -> Iterator[float]:
    """Yield the times [s] within a length of time at which a moment comes."""
    time = at.seconds
    while time < length and (at.daily or once):
        yield time
        time = time + DAY if at.daily else length


def programme(scenario: Scenario, length: float) -> Programme:
    """Return the programme of a scenario for a length of time [s]: its own, else that of its regimen and mean rate."""
    if scenario.programme is not None:
        return timetabled(scenario.programme, length)
    return programmed(scenario.design.regimen, scenario.design.population.mean_rate, length)


def day(table: ProgrammeTable) -> tuple[ProgrammedDay, float]:
    """Return the levels of a day between others like it, and its mean rate [m3/s].

    Raises
    ------
    ValueError
        When what the table says makes no programme, or one that delivers nothing.
    """
    made = timetabled(table, 3.0 * DAY, once=False)
    return programmed_day(made, DAY, 2.0 * DAY), volume(made, DAY, 2.0 * DAY) / DAY


def disagreements(document: Document, table: Any) -> list[str]:
    """Return a sentence for all that is wrong between programme, regimen and mean rate of a checked scenario."""
    return [sentence(document, keys, reason) for keys, reason in _disagreements(table)]


def _disagreements(table: Any) -> Iterator[tuple[Keys, str]]:
    by_programme = table.regimen.type == "programmed-day"
    told = by_programme and any(getattr(table.regimen, field) for field in ProgrammedDay._fields)
    if table.programme is None:
        if by_programme and not told:
            yield ("regimen",), "a programmed day needs a table [programme], or its levels and their shares"
        return
    try:
        _, mean = day(table.programme)
    except ValueError as error:
        yield ("programme",), str(error)
        return
    if told:
        yield ("regimen",), "its levels follow from the table [programme]; give either"
    asked = table.population.mean_rate.value
    if by_programme and abs(mean / asked.si - 1.0) > _AGREES:
        reason = f"'{asked.given}': the programme gives {mean / asked.si:.4g} times that in a day; make them agree"
        yield ("population", "mean_rate"), reason


def changes(document: Document, table: Any, pump: Pump) -> tuple[list[Changed], list[str]]:
    """Return the changes of a checked scenario in the order of time, and a sentence for each that cannot be."""
    about, made, wrong = context(document.tables), [], []
    for section, tables, change in (("changes", table.changes, _changed), ("posture", table.posture, _turned)):
        for k, each in enumerate(tables):
            try:
                made.append(change(pump, about, each))
            except ValueError as error:
                wrong.append(sentence(document, (section, str(k)), str(error)))
    wrong += [sentence(document, ("changes",), reason) for reason in _twice(made)]
    return sorted(made), wrong


def _twice(made: Sequence[Changed]) -> Iterator[str]:
    """Yield a sentence for each number that is given two values for the same time."""
    for (time, slot, _), count in Counter((change.time, change.slot, change.daily) for change in made).items():
        if count > 1:
            yield f"{slot}: {count} values for the same time, {time / 3600.0:g} h; give one"


def asked(scenario: Scenario, span: float, texts: Sequence[str], blocked_at: Sequence[str]) -> list[Changed]:
    """Return the changes of a scenario within a span of time, with those of the command line, in the order of time.

    What the command line says of a number at a time replaces what the scenario says. Times of the day come every day.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    span : float
        Length of the trace [s].
    texts : sequence of str
        Changes such as "2 h: site.pressure = 5 kPa".
    blocked_at : sequence of str
        Times such as "2 h" at which the tip is blocked, or "2 h - 3 h" between which it is.

    Raises
    ------
    ScenarioError
        With a sentence for each that cannot be.
    """
    about, made, wrong = context(tomllib.loads(scenario.text)), [], []
    asked_for = [("--change", text, [text]) for text in texts]
    asked_for += [("--occlude", text, _blocking(text)) for text in blocked_at]
    for option, text, each in asked_for:
        try:
            found = [_changed(scenario.design.pump, about, _parsed(one)) for one in each]
            made += found
            _refuse_times(found, span)
        except ValueError as error:
            wrong.append(f"{option} {text}: {error}")
    wrong += [f"--change {reason}" for reason in _twice(made)]
    if wrong:
        raise ScenarioError(wrong)
    return _timed([*scenario.changes, *made], span)


def _blocking(text: str) -> list[str]:
    """Return the changes that block the tip from a time on, or between two times as in "2 h - 3 h"."""
    start, *stop = _FROM_TO.split(text, maxsplit=1)
    return [f"{start}: {BLOCKAGE} = {BLOCKED} Pa s/m3", *(f"{time}: {BLOCKAGE} = 0 Pa s/m3" for time in stop)]


def _refuse_times(found: Sequence[Changed], span: float) -> None:
    """Raise when a change comes after the end of a trace, or an end before its beginning."""
    for change in found:
        if change.time >= span:
            raise ValueError(f"comes after the end of the trace, {span / 3600.0:g} h")
    if not found[0].daily and found[-1].time < found[0].time:
        raise ValueError("ends before it begins; give the earlier time first")


def _timed(changes: Sequence[Changed], span: float) -> list[Changed]:
    """Return changes within a span of time, the last one said for each time; what comes once goes before what is daily.

    A number that takes several values in a day begins with the last of them, from the day before.
    """
    found: dict[tuple[float, str], Changed] = {}
    daily = list({(change.time, change.slot): change for change in changes if change.daily}.values())
    several = Counter(change.slot for change in daily)
    for change in sorted(daily):
        if several[change.slot] > 1:
            found[0.0, change.slot] = change._replace(time=0.0)
    for change in daily:
        for day in range(math.ceil((span - change.time) / DAY)):
            time = change.time + day * DAY
            found[time, change.slot] = change._replace(time=time, follows=change.given if day else "")
    found |= {(change.time, change.slot): change for change in changes if not change.daily and change.time < span}
    return sorted(found.values())


def _parsed(text: str) -> ChangeTable:
    found = _CHANGE.fullmatch(text)
    if found is None:
        raise ValueError('write TIME: NAME = VALUE, such as "2 h: site.pressure = 5 kPa"')
    try:
        value: Any = float(found[3])
    except ValueError:
        value = found[3].strip("\"'")
    return ChangeTable.model_construct(at=moment(found[1]), set=found[2], value=value)


def _changed(pump: Pump, about: Context, change: ChangeTable) -> Changed:
    """Return a change with its SI value."""
    slot, read = number(pump, about, change.set, change.value)
    return Changed(change.at.seconds, slot, read.si, read.given, change.at.daily)


def _turned(pump: Pump, about: Context, posture: PostureTable) -> Changed:
    """Return a posture as a change of the share of time that a patient is upright."""
    if not isinstance(pump.site, Intrathecal):
        raise ValueError("posture is known of an intrathecal site; say what it does to another by [[changes]]")
    upright = float(posture.position == "upright")
    return Changed(posture.at.seconds, "site.upright_share", upright, posture.position, posture.at.daily)


def measure(pump: Pump, name: str) -> tuple[str, str, str]:
    """Return the slot of a number of the pump by its name, its field and its unit.

    Raises
    ------
    ValueError
        When the pump has no such number; with the closest known name.
    """
    slot, known = name.removeprefix("pump."), [*slots(pump), BLOCKAGE]
    if slot not in known:
        raise ValueError(f"{name}: the pump has no such number{near(slot, known)}")
    if slot == BLOCKAGE:
        return slot, BLOCKAGE, "Pa s/m3"
    place, field = slot.split(".", 1)
    return slot, field, units(type(getattr(pump, place)))[field]


def number(pump: Pump, about: Context, name: str, given: Any) -> tuple[str, Reading]:
    """Return the slot of a number of the pump by its name, and the reading of a value that it may take.

    Raises
    ------
    ValueError
        When the pump has no such number, or it cannot have this value.
    """
    slot, field, unit = measure(pump, name)
    try:
        read = reading(field, unit, given, about)
        if field.endswith("temperature") and not COLDEST <= read.si <= WARMEST:
            raise refused(given, "must lie between 0 and 50 degC, where vapour pressures are known")
    except ValueError as error:
        raise ValueError(f"{name}: {error}") from None
    return slot, read
