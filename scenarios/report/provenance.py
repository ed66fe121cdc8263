"""Tables of parameters and of published figures, with numbered sources; the values stand in the study file and in
`scenarios.validation`, the texts of the sources in `scenarios.cite`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from scenarios.report.words import NOTHING, compared, estimated, label, scientific

PUBLISHED_KIND = {"drug": "insulin", "drive": "piston", "site": "peritoneum"}


class Parameter(NamedTuple):
    """A row of a parameter table, as text."""

    name: str
    given: str
    si: str
    kind: str
    source: int | None
    note: str
    spread: str


class Group(NamedTuple):
    """The parameters of one section of a scenario."""

    name: str
    rows: list[Parameter]


class Compared(NamedTuple):
    """A published figure beside the simulated one, as text."""

    case: str
    quantity: str
    unit: str
    published: str
    published_interval: str
    simulated: str
    simulated_interval: str
    role: str
    met: bool
    source: int | None
    note: str


def numbered(*rooms: Sequence[str]) -> dict[str, int]:
    """Return the number of each source, from 1, in the order of first appearance; an empty word is no source.

    Examples
    --------
    >>> numbered(["b", "", "a"], ["b", "c"])
    {'b': 1, 'a': 2, 'c': 3}
    """
    keys = dict.fromkeys(key for room in rooms for key in room if key)
    return {key: number for number, key in enumerate(keys, 1)}


def parameter_groups(values: Sequence[Mapping[str, Any]], numbers: Mapping[str, int]) -> list[Group]:
    """Return the tables of parameters, one for each section of the scenario, in its order."""
    by_section: dict[str, list[Parameter]] = {}
    for value in values:
        by_section.setdefault(value["path"].rpartition(".")[0], []).append(_parameter(value, numbers))
    return [Group(_section(path), rows) for path, rows in by_section.items()]


def is_published_kind(scenario: str) -> bool:
    """Return whether the published cohorts are of the kind of pump that a resolved scenario (TOML) describes.

    They are all of implanted pumps whose piston gives insulin into the peritoneum; other values of such a pump are
    still of the kind, another drug, site or drive is not.
    """
    pump = tomllib.loads(scenario).get("pump", {})
    return all(pump.get(part, {}).get("type") == kind for part, kind in PUBLISHED_KIND.items())


def verdicts(rows: Sequence[Any]) -> list[str]:
    """Return how many figures are met, those that test the model first and apart from those that could not fail."""
    field = [row for row in rows if row.role == "held out" and row.sim_low < row.sim_high]
    alone = [row for row in rows if row.role == "held out" and not row.sim_low < row.sim_high]
    groups = {
        "field figures that were left out of the fit": field,
        "figures that the model was fitted to": [row for row in rows if row.role == "calibrated"],
        "rates that were copied into the scenario": [row for row in rows if row.role == "stated"],
        "figures of single pumps that were left out of the fit": alone,
        "figures that were computed elsewhere": [row for row in rows if row.role == "computed"],
        "limits and signs that a pump without the effect keeps too": [row for row in rows if row.role == "weak"],
    }
    return [f"{_met(some)} {what}" for what, some in groups.items() if some]


def _met(rows: Sequence[Any]) -> str:
    known = sum(bool(row.miss) and not row.met for row in rows)
    misses = f", {known} known miss{'es' if known > 1 else ''}," if known else ""
    return f"{sum(row.met for row in rows)} of {len(rows)}{misses}"


def comparisons(rows: Sequence[Any], numbers: Mapping[str, int]) -> list[Compared]:
    """Return the rows of the validation table as text."""
    return [_compared(row, numbers.get(row.source)) for row in rows]


def _compared(row: Any, source: int | None) -> Compared:
    if row.sim_low < row.sim_high:
        published, ours = (
            estimated(row.published, row.low, row.high),
            estimated(row.simulated, row.sim_low, row.sim_high),
        )
    else:
        value, accepted, simulated = compared(row.published, row.low, row.high, row.simulated)
        published, ours = (value, accepted), (simulated, NOTHING)
    unit = "" if row.unit == "-" else row.unit
    note = "; ".join(filter(None, (row.note, row.miss)))
    return Compared(row.case, row.quantity, unit, *published, *ours, row.role, row.met, source, note)


def _section(path: str) -> str:
    return ": ".join(label(part) for part in path.split(".")) or "Scenario"


def _parameter(value: Mapping[str, Any], numbers: Mapping[str, int]) -> Parameter:
    fitted_to = value.get("fitted_to")
    notes = [value["note"], f"fitted to {fitted_to}" if fitted_to else ""]
    return Parameter(
        name=value["path"].rpartition(".")[2],
        given=str(value["given"]),
        si=scientific(float(value["si"]), value["unit"]),
        kind=value["kind"],
        source=numbers.get(value["source"]),
        note="; ".join(filter(None, notes)),
        spread=str(value["spread"] or ""),
    )
