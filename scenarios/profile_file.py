"""Profiles from a file of comma-separated values, a column of time and one of each number of the pump; what is made of
them stands in `scenarios.profiles`."""

from __future__ import annotations

import csv
import tomllib
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

from fluidics.pump import Pump
from scenarios.document import ScenarioError
from scenarios.entries import Context
from scenarios.programmes import measure, number
from scenarios.scenario import Profile, Scenario
from scenarios.schema import context
from scenarios.timetable import Moment, moment
from scenarios.units import convert


class Row(NamedTuple):
    """A line of a table and its cells."""

    line: int
    cells: list[str]


def read_all(scenario: Scenario, paths: Sequence[Path], within: str) -> list[Profile]:
    """Return the profiles of several files, whose steps are at most a share of their range, such as "1 %".

    Raises
    ------
    ScenarioError
        When the share is none, or with the problems of the first file that has some.
    """
    try:
        share = convert(within, "-")
    except ValueError as error:
        raise ScenarioError([f"--within {within}: {error}"]) from None
    if not 0.0 < share <= 1.0:
        raise ScenarioError([f"--within {within}: must be above zero and at most 100 %"])
    return [profile for path in paths for profile in read(scenario, path, share)]


def read(scenario: Scenario, path: Path, within: float) -> list[Profile]:
    """Return the profiles of a file, one for each column after that of time.

    The first line names the columns: "time [h]" for what comes once or "clock", of times such as 07:30, for what comes
    each day; then numbers of the pump with their units, such as "reservoir.ambient [kPa]". Lines that begin with # are
    left out.

    Parameters
    ----------
    scenario : Scenario
        Whose pump has the numbers.
    path : Path
        The file.
    within : float
        Share of its range by which a number moves within a step [-].

    Raises
    ------
    ScenarioError
        When the file cannot be read, or with a sentence for each column that makes no profile.
    """
    head, rows = _table(path)
    pump, about = scenario.design.pump, context(tomllib.loads(scenario.text))
    times = _times(path, head, rows)
    made, wrong = [], []
    for k, name in enumerate(head.cells[1:], 1):
        try:
            slot, values = _column(pump, about, name, [Row(row.line, [row.cells[k]]) for row in rows])
            made.append(Profile(slot, str(path), times[0].daily, within, tuple(t.seconds for t in times), values))
        except _LineError as error:
            wrong.append(f"{path}:{error.line or head.line}: {error}")
    columns = Counter(profile.slot for profile in made)
    wrong += [f"{path}:{head.line}: {slot}: {k} columns; give one" for slot, k in columns.items() if k > 1]
    if wrong:
        raise ScenarioError(wrong)
    return made


class _LineError(ValueError):
    """What is wrong in a line; in the first one if it is not said in which."""

    def __init__(self, reason: str, line: int = 0) -> None:
        super().__init__(reason)
        self.line = line


def _table(path: Path) -> tuple[Row, list[Row]]:
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except UnicodeDecodeError as error:
        raise ScenarioError([f"{path}: not UTF-8 text at byte {error.start}"]) from None
    except OSError as error:
        raise ScenarioError([f"--profile {path}: {(error.strerror or str(error)).lower()}"]) from None
    cells = [[cell.strip() for cell in row] for row in csv.reader(_plain(lines))]
    rows = [Row(k, row) for k, row in enumerate(cells, 1) if any(row)]
    if len(rows) < 3:
        raise ScenarioError([f"{path}: needs a line that names the columns, and two points at least"])
    head, *rows = rows
    if len(head.cells) < 2:
        reason = "needs a column of time and one of a number of the pump, between commas"
        raise ScenarioError([f"{path}:{head.line}: '{','.join(head.cells)}': {reason}"])
    for row in rows:
        if len(row.cells) != len(head.cells):
            said = f"{len(row.cells)} values under the names of {len(head.cells)} columns"
            raise ScenarioError([f"{path}:{row.line}: {said}"])
    return head, rows


def _plain(lines: Sequence[str]) -> list[str]:
    return ["" if line.lstrip().startswith("#") else line for line in lines]


def _times(path: Path, head: Row, rows: Sequence[Row]) -> list[Moment]:
    """Return the first column."""
    name, unit = _named(head.cells[0])
    try:
        if name == "time":
            convert(f"1 {unit}", "s")
        if name not in ("time", "clock") or (name == "clock" and unit):
            raise ValueError('the first column is "time [h]" for what comes once, or "clock" for what comes each day')
    except ValueError as error:
        raise ScenarioError([f"{path}:{head.line}: '{head.cells[0]}': {error}"]) from None
    times = []
    for row in rows:
        given = row.cells[0]
        try:
            times.append(moment(f"{float(given)!r} {unit}" if name == "time" else given))
            if times[-1].daily != (name == "clock"):
                raise ValueError(f"'{given}': must be a time of day, such as 07:30")
        except ValueError as error:
            said = str(error) if name == "clock" else f"'{given}': must be a number that is not below zero"
            raise ScenarioError([f"{path}:{row.line}: {head.cells[0]}: {said}"]) from None
    for row, (one, other) in zip(rows[1:], pairwise(times), strict=True):
        if not one.seconds < other.seconds:
            reason = f"'{row.cells[0]}': does not come after the time before; times must rise"
            raise ScenarioError([f"{path}:{row.line}: {head.cells[0]}: {reason}"])
    return times


def _column(pump: Pump, about: Context, head: str, rows: Sequence[Row]) -> tuple[str, tuple[float, ...]]:
    """Return the slot of a number of the pump, and its values in SI."""
    name, unit = _named(head)
    try:
        slot, _, wanted = measure(pump, name)
    except ValueError as error:
        raise _LineError(str(error)) from None
    try:
        if unit or wanted != "-":
            convert(f"1 {unit}", wanted, about.concentration)
    except ValueError as error:
        raise _LineError(f"'{head}': {error}") from None
    values = []
    for row in rows:
        try:
            given = float(row.cells[0])
        except ValueError:
            raise _LineError(f"{name}: '{row.cells[0]}': is not a number", row.line) from None
        try:
            values.append(number(pump, about, name, f"{given!r} {unit}" if unit else given)[1].si)
        except ValueError as error:
            raise _LineError(str(error), row.line) from None
    return slot, tuple(values)


def _named(head: str) -> tuple[str, str]:
    """Return name and unit of a column."""
    name, bracket, unit = head.partition("[")
    return name.strip(), unit.removesuffix("]").strip() if bracket else ""
