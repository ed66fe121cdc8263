"""What a report tells of doses beyond their limits: days per patient-year, and the failure before."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest

from reliability.events import HAZARD, LIMIT, MODE
from scenarios.report.results import preceding
from scenarios.report.spells import spells

KINDS = {0: "in_service", LIMIT: "withdrawal", LIMIT + 1: "overdose", MODE: "reservoir_empty", HAZARD: "catheter"}
EVENTS = {
    "patient": np.array([0, 0, 0, 1, 1, 2]),
    "kind": np.array([HAZARD, LIMIT, LIMIT, MODE, LIMIT, LIMIT]),
    "value": np.array([0.0, 1.5, 0.5, 0.0, 3.0, 1.0]),
}
YEARS = np.full(4, 5.0 * 365.25)  # [d]: twenty patient-years


def study(kinds=KINDS, size=6):
    """Return a study file that is read in pieces."""
    cuts = range(0, 6, size)
    pieces = [{name: column[at : at + size] for name, column in EVENTS.items()} for at in cuts]
    return SimpleNamespace(kinds=kinds, pieces=lambda table, columns: iter(pieces))


@pytest.mark.parametrize("size", [1, 2, 3, 6])
def test_days_and_last_failures_are_counted_in_any_pieces(size):
    withdrawal, overdose = spells(study(size=size), np.array([0, 0, 1, 1]), YEARS)
    assert (withdrawal.label, overdose.label) == ("Withdrawal", "Overdose")
    assert withdrawal.days.rate == pytest.approx(6.0 / 20.0 * 100.0, rel=1e-12)
    assert withdrawal.days.lower < withdrawal.days.rate < withdrawal.days.upper
    assert withdrawal.after == {"Catheter": 2, "Reservoir empty": 1, "No failure before": 1}
    assert (overdose.days.rate, overdose.after) == (0.0, {})
    assert math.isnan(overdose.days.upper)


def test_a_study_without_limits_tells_nothing():
    assert spells(study({0: "in_service", HAZARD: "catheter"}), np.zeros(4, dtype=int), YEARS) == []


def test_the_rows_of_a_report_add_up():
    found = SimpleNamespace(spells=spells(study(), np.array([0, 0, 1, 1]), YEARS))
    rows = preceding(found)
    assert [(row.label, row.interval, row.number, row.value) for row in rows] == [
        ("Withdrawal", "Catheter", "2", "50"),
        ("Withdrawal", "Reservoir empty", "1", "25"),
        ("Withdrawal", "No failure before", "1", "25"),
    ]
