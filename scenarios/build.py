"""A scenario as the numbers a study runs on: files become parts, rows and values with their sources here; reading
files stands in `scenarios.document`, what a file may say in `scenarios.schema`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ValidationError

from fluidics.programmes.regimen import ProgrammedDay
from fluidics.pump import Pump
from fluidics.rows import slots
from reliability import doses
from reliability import hazards as hazard
from reliability import interruption as mode
from reliability import population as people
from reliability.clinic import Clinic
from reliability.design import Design, Rules
from reliability.events import REMEDIES, REPLACE
from reliability.population import Population
from scenarios.document import Document, Keys, ScenarioError, names, overridden, read, written
from scenarios.entries import NEVER, Entry
from scenarios.parts import MODES, PARTS, REGIMENS, Requirement, default, units
from scenarios.problems import line_of, problems, sentence
from scenarios.profiles import clashes, profiles
from scenarios.programmes import changes, day, disagreements
from scenarios.scenario import Scenario, Value
from scenarios.schema import ScenarioTable, context
from scenarios.sense import carried_growth, nonsense
from scenarios.units import YEAR

if TYPE_CHECKING:
    from reliability.chunk import Plan

__all__ = ["Scenario", "ScenarioError", "Value", "load", "names", "plan"]


def load(name_or_path: str, overrides: Sequence[str] = ()) -> Scenario:
    """Return a scenario of the library or of a file.

    Parameters
    ----------
    name_or_path : str
        Name in the library, or path of a TOML file.
    overrides : sequence of str
        Values set over those of the file, such as "pump.reservoir.capacity=20 mL"; "pump." may be left out.

    Raises
    ------
    ScenarioError
        With one sentence for each problem, all of them at once.
    """
    document = overridden(read(name_or_path), overrides, tuple(PARTS))
    try:
        table = ScenarioTable.model_validate(document.tables, context=context(document.tables))
    except ValidationError as failed:
        raise ScenarioError(problems(failed, document, ScenarioTable)) from None
    design = _design(table)
    changing, wrong = changes(document, table, design.pump)
    followed, astray = profiles(document, table, design.pump)
    found = [*nonsense(document, table, design), *disagreements(document, table), *wrong, *astray]
    found += [sentence(document, tuple(one.source.split(".")), reason) for one, reason in clashes(changing, followed)]
    found += _stray_spreads(document, table)
    if found:
        raise ScenarioError(sorted(found, key=line_of))
    return _scenario(document, table, design)._replace(changes=tuple(changing), profiles=tuple(followed))


def _design(table: Any) -> Design:
    return Design(
        pump=Pump(*(_part(PARTS[place], getattr(table.pump, place)) for place in PARTS)),
        modes=tuple(_part(MODES, entry) for entry in table.modes.values()),
        regimen=_regimen(table),
        clinic=_filled(Clinic, table.clinic),
        population=_filled(Population, table.population),
    )


def _regimen(table: Any) -> Any:
    regimen = _part(REGIMENS, table.regimen)
    if not isinstance(regimen, ProgrammedDay) or table.programme is None:
        return regimen
    try:
        return day(table.programme)[0]
    except ValueError:
        return regimen  # what is wrong with the programme is said with all else that is wrong


def _scenario(document: Document, table: Any, design: Design) -> Scenario:
    text = written(document.tables)
    return Scenario(
        name=document.name,
        title=table.title,
        text=text,
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        values=(*_values(table), *_defaults(design.pump, table), *_derived(design, table)),
        design=design,
        spreads=_spreads(design.pump, table),
        mode_rows=_rows([_mode_row(entry) for entry in table.modes.values()], mode.MODE_WIDTH),
        hazards=_rows([_hazard_row(entry) for entry in table.hazards.values()], hazard.HAZARD_WIDTH),
        mode_names=tuple(table.modes),
        hazard_names=tuple(table.hazards),
        requirement=_filled(Requirement, table.requirement) if table.requirement else None,
        description=table.description,
        programme=table.programme,
        exposure=table.pump.drug.exposure or "",
        limits=_rows([_limit_row(entry) for entry in table.dose_limits.values()], doses.LIMIT_WIDTH),
        limit_names=tuple(table.dose_limits),
    )


def _filled(kind: type, table: Any) -> Any:
    """Return a part with the SI numbers of its table; what is absent takes its default, a date that of never."""
    numbers = {}
    for field in units(kind):
        entry = getattr(table, field)
        fallback = default(kind, field)
        numbers[field] = entry.value.si if entry else NEVER if fallback is None else float(fallback)
    return kind(**numbers)


def _part(kinds: dict[str, type], table: Any) -> Any:
    return _filled(kinds[table.type], table)


def _rows(rows: list[dict[int, float]], width: int) -> NDArray[np.float64]:
    filled = np.zeros((len(rows), width))
    for k, row in enumerate(rows):
        for column, number in row.items():
            filled[k, column] = number
    return filled


def _mode_row(table: Any) -> dict[int, float]:
    return {
        mode.MODE_REMEDY: REMEDIES.index(table.remedy),
        mode.MODE_DELAY: table.delay.value.si if table.delay else 0.0,
        mode.MODE_STOPS: table.stops,
        mode.MODE_STARVES: table.starves,
    }


def _hazard_row(table: Any) -> dict[int, float]:
    remedy = REMEDIES.index(table.remedy)
    return {
        hazard.RATE: table.rate.value.si if table.rate else 1.0 / table.scale.value.si,
        hazard.SHAPE: table.shape.value.si if table.shape else 1.0,
        hazard.FRAILTY: table.frailty,
        hazard.REMEDY: remedy,
        hazard.OPERATED: table.operated.value.si if table.operated else float(remedy >= REPLACE),
        hazard.STOPS: table.stops,
        hazard.DELAY: table.delay.value.si if table.delay else 0.0,
        hazard.DOSE: table.dose.value.si - 1.0 if table.dose else 0.0,
    }


def _limit_row(table: Any) -> dict[int, float]:
    return {
        doses.SHARE: (table.below or table.above).value.si,
        doses.SIDE: -1.0 if table.below else 1.0,
        doses.TIME: table.time.value.si,
        doses.SPREAD: table.spread.value.si if table.spread else 0.0,
    }


def _spreads(pump: Pump, table: Any) -> NDArray[np.float64]:
    """Return a row for each number of the pump that is drawn."""
    laws = {"normal": people.NORMAL_LAW, "lognormal": people.LOGNORMAL_LAW}
    sharing = {"device": people.PER_DEVICE, "lot": people.PER_LOT, "patient": people.PER_PATIENT}
    known = slots(pump)
    rows = [
        {
            people.SLOT: known.index(".".join(keys)),
            people.LAW: laws[entry.law],
            people.SPREAD_SD: entry.spread.si,
            people.SHARED: sharing[entry.per],
        }
        for keys, entry in entries(table.pump)
        if entry.spread
    ]
    return _rows(rows, people.SPREAD_WIDTH)


def _stray_spreads(document: Document, table: Any) -> Iterator[str]:
    """Yield a sentence for each spread of a value that is not a number of the pump."""
    for keys, entry in entries(table):
        if entry.spread and (keys[0] != "pump" or keys[-1] == "concentration"):
            yield sentence(document, keys, "only the numbers of the pump may have a spread; leave it out")
        elif entry.spread and keys[-1] == "spread":
            yield sentence(document, keys, "is a spread itself and cannot have one; leave it out")


def entries(table: Any, at: Keys = ()) -> Iterator[tuple[Keys, Entry]]:
    """Yield every value of a checked table with its keys, in the order of the file's sections."""
    numbered = ((str(k), inner) for k, inner in enumerate(table)) if isinstance(table, list) else table
    for key, inner in table.items() if isinstance(table, dict) else numbered:
        if isinstance(inner, Entry):
            yield (*at, key), inner
        elif isinstance(inner, dict | list) or hasattr(type(inner), "model_fields"):
            yield from entries(inner, (*at, key))


def _values(table: Any) -> Iterator[Value]:
    for keys, entry in entries(table):
        spread = f"{entry.spread.given} {entry.law} per {entry.per}" if entry.spread else ""
        yield Value(
            ".".join(keys), entry.value.given, entry.value.si, entry.value.unit, entry.source, entry.kind, entry.note,
            spread, entry.fitted_to,
        )  # fmt: skip


def _defaults(pump: Pump, table: Any) -> Iterator[Value]:
    """Yield the numbers of the pump that the file leaves to the defaults of its parts."""
    for place in PARTS:
        part = getattr(pump, place)
        for field, unit in units(type(part)).items():
            if getattr(getattr(table.pump, place), field) is None:
                si = float(getattr(part, field))
                given = f"{si:g} {unit}".removesuffix(" -")
                yield Value(f"pump.{place}.{field}", given, si, unit, "", "assumed", "default of the part", "")


def _derived(design: Design, table: Any) -> Iterator[Value]:
    if isinstance(design.regimen, ProgrammedDay) and table.programme:
        for field, number in design.regimen._asdict().items():
            note = "from the programme; rates are relative to the mean"
            yield Value(f"regimen.{field}", f"{number:.4g}", number, "-", "", "derived", note, "")
    number = carried_growth(design.pump, design.clinic.interval)
    if number is not None:
        note = "carry-over number: factor of old aggregate from one refill to the next; above 1 it runs away"
        yield Value("pump.drug.carried_growth", f"{number:.3g}", number, "-", "", "derived", note, "")


def plan(scenario: Scenario, years: float, seed: int, replaces: bool = True) -> Plan:
    """Return the plan of a study of a scenario.

    Parameters
    ----------
    scenario : Scenario
        What is simulated.
    years : float
        Follow-up of each patient [y].
    seed : int
        Seed of the study.
    replaces : bool
        Whether a patient goes on with the next pump.
    """
    from reliability.chunk import Plan

    return Plan(
        design=scenario.design,
        rules=Rules(horizon=years * YEAR, panels=1.0, replaces=float(replaces)),
        spreads=scenario.spreads,
        mode_rows=scenario.mode_rows,
        hazards=scenario.hazards,
        mode_names=scenario.mode_names,
        hazard_names=scenario.hazard_names,
        seed=seed,
        limits=scenario.limits,
        limit_names=scenario.limit_names,
    )
