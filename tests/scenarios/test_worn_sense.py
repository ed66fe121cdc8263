"""Worn pumps that make no sense are refused with the key that is wrong; those of the library make sense."""

from __future__ import annotations

import pytest

from scenarios.build import load
from scenarios.document import ScenarioError

TUBED, PATCH = "worn-insulin-tubed", "worn-insulin-patch"
BAG = 'reservoir={ type = "bag", capacity = "2 mL", residual = "0 mL", tail = "3 mL", tail_stiffness = "1 kPa/mL" }'


@pytest.mark.parametrize("name", [TUBED, PATCH])
def test_worn_pumps_of_the_library_make_sense(name):
    assert load(name).design.pump.drive.push_time > 0.0


@pytest.mark.parametrize(
    ("name", "override", "key", "reason"),
    [
        (TUBED, "drive.running_friction=200 kPa", "running_friction", "below stall_pressure"),
        (TUBED, "drive.breakaway_friction=1 kPa", "breakaway_friction", "not be below running_friction"),
        (TUBED, "drive.compliance=0 uL/kPa", "compliance", "above zero when there is slow_compliance"),
        (TUBED, "drive.push_time=2 s", "push_time", "a pulse is due every 1.5 s"),
        (PATCH, "drive.push_time=10 min", "push_time", "it must not take longer"),
        (PATCH, BAG, "reservoir", "tail must not be above the capacity"),
        (TUBED, "drive.quantum=0 uL", "quantum", "above zero"),
        (TUBED, "catheter.radius=-0.1 mm", "radius", "above zero"),
        (TUBED, "catheter.kink_share=1.5", "kink_share", "between 0 and 1"),
        (TUBED, "site.permeability=0 m2", "permeability", "above zero"),
        (PATCH, "drive.likeness=1.5", "likeness", "between 0 and 1"),
        (TUBED, "catheter.length=60 s", "length", "its unit does not fit here"),
    ],
)
def test_nonsense_is_refused_with_its_key(name, override, key, reason):
    overrides = [override, "drive.breakaway_friction=300 kPa"] if "running_friction=" in override else [override]
    with pytest.raises(ScenarioError) as error:
        load(name, overrides)
    assert len(error.value.problems) == 1
    assert key in error.value.problems[0]
    assert reason in error.value.problems[0]


def test_a_pump_below_the_cannula_is_allowed():
    assert load(TUBED, ["catheter.height=-0.5 m"]).design.pump.catheter.height == -0.5
