"""A stable infusate: a multiple of water, and no memory."""

from __future__ import annotations

import pytest

from fluidics.fluid import water_viscosity
from fluidics.pump import MEDIAN_LUCK, Service, Stateless
from fluidics.questions import advance, aggregate, fresh, mean_aggregate, refilled, rinsed, viscosity
from tests.fluidics.parts import AROUND, BODY, DAY, HEPATIC_PUMP

DRUG = HEPATIC_PUMP.drug


@pytest.mark.parametrize("factor", [1.0, 1.5, 4.0])
def test_viscosity_is_a_multiple_of_water(factor):
    found = viscosity(DRUG._replace(relative_viscosity=factor), Stateless(), BODY)
    assert found == pytest.approx(factor * water_viscosity(BODY), rel=1e-15)


def test_nothing_aggregates_and_nothing_is_remembered():
    own = fresh(DRUG, MEDIAN_LUCK)
    assert aggregate(DRUG, own) == 0.0
    assert mean_aggregate(DRUG, own, DAY, BODY) == 0.0
    for later in (
        advance(DRUG, own, DAY, AROUND),
        refilled(DRUG, own, Service(0.1), MEDIAN_LUCK),
        rinsed(DRUG, own),
    ):
        assert later == Stateless()
