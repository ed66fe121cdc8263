"""Whether a clinic sees its patients in time; nonsense that is refused is in `test_build` and `test_bad_input`."""

from __future__ import annotations

import pytest

from scenarios.build import load
from scenarios.document import names
from scenarios.sense import late


@pytest.mark.parametrize(
    ("name", "override", "said"),
    [
        ("fixed-rate-pain", "clinic.postponement=14 d", "a visit comes up to 42 d after a refill, the mean"),
        ("worn-morphine-gas", "clinic.interval=4.9 d", "a visit comes up to 4.9 d after a refill"),
        ("worn-insulin-tubed", "clinic.postponement=2 d", ""),  # the alarm calls before
        ("fixed-rate-pain", "clinic.missed=0 %", ""),
    ],
)
def test_a_visit_that_finds_the_reservoir_of_the_mean_patient_dry_is_said(name, override, said):
    found = late(load(name, [override]).design)
    assert found.startswith(said) if said else found == ""


@pytest.mark.parametrize("name", names())
def test_no_scenario_of_the_library_lets_its_mean_patient_run_dry(name):
    assert late(load(name).design) == ""


def test_a_low_barrel_of_a_worn_pump_is_changed_in_time_by_users_of_four_times_the_mean_dose():
    for name in ("worn-insulin-tubed", "worn-insulin-patch"):
        design = load(name).design
        assert design.clinic.low_volume >= 4.0 * design.population.mean_rate * design.clinic.low_response * (1.0 - 1e-9)
