"""Whether a clinic sees its patients in time; other nonsense is refused in `test_build` and `test_bad_input`."""

from __future__ import annotations

import pytest

from scenarios.build import ScenarioError, load


@pytest.mark.parametrize(
    ("name", "override", "said"),
    [
        ("fixed-rate-pain", "clinic.postponement=14 d", "clinic.postponement: a visit comes 42 d after a refill"),
        ("worn-morphine-gas", "clinic.interval=4.9 d", "clinic.interval: a visit comes 4.9 d after a refill"),
        ("worn-insulin-tubed", "clinic.postponement=2 d", None),  # the alarm calls before
        ("fixed-rate-pain", "clinic.missed=0 %", None),
    ],
)
def test_a_visit_that_finds_the_reservoir_of_the_mean_patient_dry_is_a_mistake(name, override, said):
    if said:
        with pytest.raises(ScenarioError) as refused:
            load(name, [override])
        assert len(refused.value.problems) == 1
        assert said in refused.value.problems[0]
    else:
        assert load(name, [override]).design.clinic.interval > 0.0


def test_a_low_barrel_of_a_worn_pump_is_changed_in_time_by_users_of_four_times_the_mean_dose():
    for name in ("worn-insulin-tubed", "worn-insulin-patch"):
        design = load(name).design
        assert design.clinic.low_volume >= 4.0 * design.population.mean_rate * design.clinic.low_response * (1.0 - 1e-9)
