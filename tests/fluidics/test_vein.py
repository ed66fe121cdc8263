"""The vein: a constant pressure, and nothing that remembers."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from fluidics.pump import MEDIAN_LUCK, Stateless
from fluidics.questions import advance, back_pressure, compliance, fresh, temperature
from fluidics.sites.vein import Vein
from tests.fluidics.parts import AROUND, BODY, DAY, WATER

VEIN = Vein(BODY, 667.0)


@given(st.floats(-1e-8, 1e-8))
def test_a_vein_sets_its_mean_pressure_against_any_flow(flow):
    assert back_pressure(VEIN, Stateless(), flow, WATER) == 667.0


def test_a_vein_stays_as_it_is():
    assert temperature(VEIN) == BODY
    assert fresh(VEIN, MEDIAN_LUCK) == advance(VEIN, Stateless(), DAY, AROUND) == Stateless()
    assert compliance(VEIN, Stateless()) == 0.0
