"""All published figures of single pumps and networks together, and which of them belong to a kind of pump; cohorts of
patients stand in `scenarios.validation`, how the figures are printed in `scenarios.verification_page`."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable, Iterable
from functools import cache
from typing import NamedTuple

from scenarios.cases.cells import cell_cases
from scenarios.cases.gas import gas_cases
from scenarios.cases.implanted import gate_cases, roller_cases
from scenarios.cases.lines import line_cases
from scenarios.cases.networks import network_cases
from scenarios.cases.published import CALIBRATED, COMPUTED, HELD_OUT, STATED, WEAK, Case
from scenarios.cases.transient import transient_cases
from scenarios.cases.withdrawal import withdrawal_cases
from scenarios.cases.worn import worn_cases
from scenarios.validation import Row, device

ROLES = {
    HELD_OUT: "left out of every fit, and a pump without the effect would miss it: only these test the models",
    WEAK: "a printed limit, a sign or no effect, left out of every fit; a pump that knows nothing of it passes too, so "
    "that it shows a gross error and no more",
    CALIBRATED: "a parameter was fitted to it",
    STATED: "copied into the scenario, so that it comes out as it went in",
    COMPUTED: "computed elsewhere by closed form, arithmetic, equation of state or another simulator: it verifies the "
    "program and validates no model",
}


def piston_cases() -> tuple[Case, ...]:
    """Return the figures of one implanted insulin pump, whose cohorts are compared elsewhere."""
    return tuple(
        Case(row.case, row.quantity, row.published, row.low, row.high, row.simulated, row.unit, row.role, row.source,
             row.note, row.miss)
        for row in device()
    )  # fmt: skip


_OF_DRIVE: dict[str, Callable[[], tuple[Case, ...]]] = {
    "piston": piston_cases,
    "restrictor": gas_cases,
    "multi-rate": gas_cases,
    "duty-cycle": gas_cases,
    "gated": gate_cases,
    "peristaltic": roller_cases,
    "lead-screw": worn_cases,
    "patch": worn_cases,
    "gas-generating": cell_cases,
    "electro-osmotic": cell_cases,
}


class Group(NamedTuple):
    """The figures of one kind of pump."""

    title: str
    cases: tuple[Case, ...]


class Count(NamedTuple):
    """How many figures are met, and how many of the others are missed for a reason that is known."""

    met: int
    of: int
    known: int

    def __str__(self) -> str:
        misses = f", {self.known} known miss{'es' if self.known > 1 else ''}" if self.known else ""
        return f"{self.met} of {self.of} met{misses}"


@cache
def groups() -> tuple[Group, ...]:
    """Return every published figure of single pumps and networks, by kind of pump."""
    return (
        Group("Implanted insulin pump with a piston", piston_cases()),
        Group("Gas-driven and disposable pumps", gas_cases()),
        Group("Gas-generating and electro-osmotic pumps", cell_cases()),
        Group("Roller pumps", roller_cases()),
        Group("Patients with a roller pump for baclofen", withdrawal_cases()),
        Group("Gated pumps", gate_cases()),
        Group("Worn pumps and syringe pumps", worn_cases()),
        Group("Lines", line_cases()),
        Group("Networks", (*network_cases(), *transient_cases())),
    )


def every() -> tuple[Case, ...]:
    """Return the cases of all groups."""
    return tuple(case for group in groups() for case in group.cases)


def counted(cases: Iterable[Case]) -> Count:
    """Return how many figures are met."""
    verdicts = Counter((case.met, bool(case.miss)) for case in cases)
    met = verdicts[True, True] + verdicts[True, False]
    return Count(met, verdicts.total(), verdicts[False, True])


def missed(cases: Iterable[Case], expected: bool) -> list[Case]:
    """Return the figures that are not met, either those of which that is known or the others."""
    return [case for case in cases if not case.met and bool(case.miss) == expected]


def rows_of_kind(scenario: str) -> tuple[Row, ...]:
    """Return the published figures of the kind of pump that a resolved scenario (TOML) describes, as they stand beside
    those of cohorts: without an interval of simulated ones."""
    pump = tomllib.loads(scenario).get("pump", {})
    drive = pump.get("drive", {}).get("type", "")
    cases = _OF_DRIVE[drive]() if drive in _OF_DRIVE else ()
    if drive == "peristaltic" and pump.get("drug", {}).get("exposure") == "baclofen":
        cases += withdrawal_cases()
    return tuple(
        Row(case.case, case.quantity, case.published, case.low, case.high, case.simulated, case.simulated,
            case.simulated, case.unit, case.role, case.met, case.source, case.note, case.miss)
        for case in cases
    )  # fmt: skip
