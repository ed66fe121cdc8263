"""The hash of a study moves with all that decides its numbers, and with nothing else."""

from __future__ import annotations

import numpy as np
import pytest

from reliability.provenance import attributes, identity, sources
from tests.reliability.plans import active_plan, quiet_plan

PLAN = quiet_plan()
OWN = identity(PLAN, 100, {"scenario_sha256": "abc"})


def test_same_study_same_hash():
    assert identity(quiet_plan(), 100, {"scenario_sha256": "abc", "command": "--resume"}) == OWN


def nudged():
    """Return the plan with one number moved by its last bit."""
    clinic = PLAN.design.clinic
    moved = clinic._replace(interval=float(np.nextafter(clinic.interval, np.inf)))
    return PLAN._replace(design=PLAN.design._replace(clinic=moved))


@pytest.mark.parametrize(
    ("plan", "patients", "scenario", "differs"),
    [
        (quiet_plan(seed=2), 100, "abc", "seed"),
        (PLAN, 101, "abc", "number of patients"),
        (PLAN, 100, "abd", "scenario"),
        (active_plan(), 100, "abc", "plan"),
        (nudged(), 100, "abc", "plan"),
        (PLAN._replace(hazards=PLAN.hazards[::-1]), 100, "abc", "plan"),
        (PLAN._replace(mode_names=("a", "b", "c", "d")), 100, "abc", "plan"),
    ],
)
def test_each_change_shows_where_it_is(plan, patients, scenario, differs):
    other = identity(plan, patients, {"scenario_sha256": scenario})
    assert {name for name in OWN if OWN[name] != other[name]} == {differs, "study"}


def test_another_version_of_the_program_is_another_study(monkeypatch):
    monkeypatch.setattr("reliability.provenance.sources", lambda: "other")
    other = identity(PLAN, 100, {"scenario_sha256": "abc"})
    assert {name for name in OWN if OWN[name] != other[name]} == {"version of the program", "study"}


def test_attributes_are_text_and_numbers():
    told = attributes(PLAN, 100, "abc")
    assert all(type(value) in {str, int, float} for value in told.values())
    assert told["years"] == 10.0
    assert told["study"] == "abc"
    assert all(f"curves/{name}" in told["how_to_open"] for name in ("device_life", "delivery_error"))
    assert "are JSON" in told["how_to_open"]
    assert sources() in told["versions"]
