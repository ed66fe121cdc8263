"""A drug is too weak when its active share falls below a fraction."""

from __future__ import annotations

import pytest

from fluidics.drugs.degrading import Strength
from fluidics.pump import new_pump
from fluidics.questions import margin
from reliability.modes import WeakDrug
from tests.fluidics.parts import AROUND, SAMPLES
from tests.reliability.plans import quiet_plan

PUMP = quiet_plan().design.pump


@pytest.mark.parametrize("active", [1.0, 0.95, 0.9, 0.2])
def test_margin_is_the_active_share_above_the_fraction(active):
    (drug,) = (part for part, own in SAMPLES.values() if type(own) is Strength)
    state = new_pump(PUMP)._replace(drug=Strength(active, 0.0, 0.0))
    assert margin(WeakDrug(0.9), PUMP._replace(drug=drug), state, AROUND) == active - 0.9


def test_a_drug_that_keeps_its_strength_is_never_too_weak():
    assert margin(WeakDrug(0.9), PUMP, new_pump(PUMP), AROUND) == 1.0 - 0.9
