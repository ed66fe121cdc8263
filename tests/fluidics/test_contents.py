"""What a reservoir holds: strength by the drug's law, refills by mixing, and what delivered volume is worth."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.drugs.contents import Contents, Refill, active, contents
from fluidics.drugs.degradation import OLD_SOLUTIONS, received, remaining
from fluidics.pump import MEDIAN_LUCK, new_pump
from fluidics.questions import carry_over, fresh
from tests.fluidics.parts import BODY, DAY, HEPATIC_PUMP, INSULIN_PUMP
from tests.fluidics.test_degrading import DRUG

HOUR = 3600.0
WEAK = INSULIN_PUMP._replace(drug=DRUG)
SHARE = carry_over(WEAK.reservoir, fresh(WEAK.reservoir, MEDIAN_LUCK))
WARM = [(0.0, BODY)]


def held(pump=WEAK, temperatures=WARM, concentration=2.0, refills=(), length=10.0 * DAY):
    return contents(pump, new_pump(pump), temperatures, concentration, refills, length)


def test_strength_follows_the_law_of_the_drug_through_a_fever():
    fever = [(0.0, BODY), (30.5 * HOUR, 313.15), (2.0 * DAY, BODY)]
    spans = np.array([30.5 * HOUR, 17.5 * HOUR, 8.0 * DAY])
    left = remaining(OLD_SOLUTIONS, spans, np.array([BODY, 313.15, BODY]))
    found = held(temperatures=fever)
    assert np.interp(np.cumsum(spans), found.time, found.strength) == pytest.approx(left, rel=1e-12)
    assert set(found.concentration) == {2.0}


@pytest.mark.parametrize("pump", [INSULIN_PUMP, HEPATIC_PUMP])
def test_a_drug_without_a_law_of_loss_keeps_its_strength(pump):
    assert set(held(pump).strength) == {1.0}


def test_a_refill_mixes_concentration_and_strength_with_the_residual():
    found = held(refills=[Refill(5.0 * DAY + 7.0, 8.0)])
    k = int(np.flatnonzero(np.diff(found.time) == 0.0)[0])
    assert found.time[k] == 5.0 * DAY + 7.0
    assert found.concentration[k : k + 2] == pytest.approx([2.0, 2.0 * SHARE + 8.0 * (1.0 - SHARE)], rel=1e-15)
    assert found.strength[k + 1] == pytest.approx(SHARE * found.strength[k] + 1.0 - SHARE, rel=1e-14)
    assert 0.0 < SHARE < 0.5


def test_active_volume_is_what_the_law_gives_for_steady_flow():
    time = np.linspace(0.0, 10.0 * DAY, 777)
    exact = received(OLD_SOLUTIONS, time, 1e-12 * time, np.full(time.size - 1, BODY))
    assert active(held(), time, 1e-12 * time) == pytest.approx(exact, rel=1e-8)


def test_active_volume_of_strokes_counts_each_at_its_own_strength():
    found, time = held(), np.array([HOUR, 9.0 * DAY, 9.0 * DAY + 1.0, 10.0 * DAY])
    late = active(found, time, np.array([0.0, 0.0, 5.0, 5.0]))
    assert late[-1] == pytest.approx(5.0 * np.interp(9.0 * DAY, found.time, found.strength), rel=1e-7)


@given(st.floats(0.0, 9.0), st.floats(0.0, 1.0), st.floats(0.0, 1.0))
def test_what_is_received_lies_between_the_strengths(at, before, after):
    both = Contents(np.array([0.0, at, at, 10.0]), np.ones(4), np.array([before, before, after, after]))
    worth = active(both, np.array([10.0]), np.array([10.0]))[0]
    assert worth == pytest.approx(before * at + after * (10.0 - at), abs=1e-12)


@pytest.mark.parametrize(
    ("given_", "said"),
    [
        ({"refills": [Refill(2.0, 1.0), Refill(2.0, 3.0)]}, "each needs its own time"),
        ({"refills": [Refill(3.0, 1.0), Refill(2.0, 3.0)]}, "in their order"),
        ({"refills": [Refill(10.0 * DAY, 1.0)]}, "within the 864000 s"),
        ({"temperatures": [(1.0, BODY)]}, "the first must hold from the start"),
    ],
)
def test_what_cannot_be_is_refused(given_, said):
    with pytest.raises(ValueError, match=said):
        held(**given_)
