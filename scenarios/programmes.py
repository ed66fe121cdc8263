"""The programme of a scenario, and changes of its pump, as the numbers that a trace and a lifetime run on; what a file
may say of them stands in `scenarios.timetable`."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from fluidics.programmes.basal import daily, flex
from fluidics.programmes.programme import Programme, suspended, volume, with_bolus, with_temporary
from fluidics.programmes.regimen import ProgrammedDay, programmed, programmed_day
from fluidics.pump import Pump
from fluidics.rows import slots
from scenarios.document import Document, Keys, ScenarioError, near
from scenarios.entries import Context, reading, refused
from scenarios.parts import units
from scenarios.problems import sentence
from scenarios.schema import context
from scenarios.sense import COLDEST, WARMEST
from scenarios.timetable import ChangeTable, Moment, ProgrammeTable, moment
from scenarios.units import DAY

if TYPE_CHECKING:
    from scenarios.build import Scenario

BLOCKAGE = "blockage"  # a word for the resistance in front of the site, beside the names of the pump's numbers
BLOCKED = 1e21  # [Pa s/m3]: a hundred kilopascals then press a hundredth of a microlitre through in a day
_AGREES = 0.01  # [-]: of the mean rate
_CHANGE = re.compile(r"\s*(.+?)\s*:\s*([A-Za-z][\w.]*)\s*=\s*(.*?)\s*")


class Changed(NamedTuple):
    """A number of the pump, or the blockage in front of its site, that takes another value at a time."""

    time: float  # [s]
    slot: str  # dotted name among the slots of the pump, or `BLOCKAGE`
    value: float  # SI
    given: str


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
    for k, change in enumerate(table.changes):
        try:
            made.append(_changed(pump, about, change))
        except ValueError as error:
            wrong.append(sentence(document, ("changes", str(k)), str(error)))
    wrong += [sentence(document, ("changes",), reason) for reason in _twice(made)]
    return sorted(made), wrong


def _twice(made: Sequence[Changed]) -> Iterator[str]:
    """Yield a sentence for each number that is given two values for the same time."""
    for (time, slot), count in Counter((change.time, change.slot) for change in made).items():
        if count > 1:
            yield f"{slot}: {count} values for the same time, {time / 3600.0:g} h; give one"


def asked(scenario: Scenario, span: float, texts: Sequence[str], blocked_at: Sequence[str]) -> list[Changed]:
    """Return the changes of a scenario within a span of time, with those of the command line, in the order of time.

    What the command line says of a number at a time replaces what the scenario says.

    Parameters
    ----------
    scenario : Scenario
        The scenario.
    span : float
        Length of the trace [s].
    texts : sequence of str
        Changes such as "2 h: site.pressure = 5 kPa".
    blocked_at : sequence of str
        Times such as "2 h" at which the tip is blocked.

    Raises
    ------
    ScenarioError
        With a sentence for each that cannot be.
    """
    about, made, wrong = context(tomllib.loads(scenario.text)), [], []
    for option, text in [*(("--change", text) for text in texts), *(("--occlude", text) for text in blocked_at)]:
        try:
            change = _parsed(text if option == "--change" else f"{text}: {BLOCKAGE} = {BLOCKED} Pa s/m3")
            made.append(_changed(scenario.design.pump, about, change))
            if made[-1].time >= span:
                raise ValueError(f"comes after the end of the trace, {span / 3600.0:g} h")
        except ValueError as error:
            wrong.append(f"{option} {text}: {error}")
    wrong += [f"--change {reason}" for reason in _twice(made)]
    if wrong:
        raise ScenarioError(wrong)
    given = {(change.time, change.slot) for change in made}
    stay = (change for change in scenario.changes if change.time < span and (change.time, change.slot) not in given)
    return sorted([*stay, *made])


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
    name = change.set.removeprefix("pump.")
    known = [*slots(pump), BLOCKAGE]
    if name not in known:
        raise ValueError(f"{change.set}: the pump has no such number{near(name, known)}")
    if name == BLOCKAGE:
        field, unit = "blockage", "Pa s/m3"
    else:
        place, field = name.split(".", 1)
        unit = units(type(getattr(pump, place)))[field]
    try:
        read = reading(field, unit, change.value, about)
        if field.endswith("temperature") and not COLDEST <= read.si <= WARMEST:
            raise refused(change.value, "must lie between 0 and 50 degC, where vapour pressures are known")
    except ValueError as error:
        raise ValueError(f"{change.set}: {error}") from None
    return Changed(change.at.seconds, name, read.si, read.given)
