"""Glycerol in water as an infusate: how long a filling lasts, and what a fever does to it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.drugs.glycerol import GlycerolSolution
from fluidics.fluid import glycerol_ratio, water_viscosity
from fluidics.pump import MEDIAN_LUCK, Stateless
from fluidics.questions import advance, fresh, viscosity
from tests.fluidics.gas_driven import delivery, gas_pump
from tests.fluidics.parts import AROUND, BODY, DAY


def at(share, kelvin):
    return viscosity(GlycerolSolution(share), Stateless(), kelvin)


@given(st.floats(0.0, 1.0), st.floats(283.0, 315.0))
def test_viscosity_is_that_of_water_times_the_ratio(share, kelvin):
    assert at(share, kelvin) == pytest.approx(water_viscosity(kelvin) * glycerol_ratio(share, kelvin), rel=1e-15)
    assert at(0.0, kelvin) == water_viscosity(kelvin)


@given(st.floats(0.0, 0.9), st.floats(0.0, 0.1), st.floats(283.0, 315.0), st.floats(0.0, 5.0))
def test_more_glycerol_is_thicker_and_more_warmth_thinner(share, more, kelvin, warmer):
    assert at(share + more, kelvin) >= at(share, kelvin)
    assert at(share, kelvin + warmer) <= at(share, kelvin)


@pytest.mark.parametrize(("share", "days"), [(0.0, 21.0), (0.2, 34.0), (0.3, 47.0), (0.5, 102.0)])
def test_a_filling_lasts_as_long_as_it_is_thick(share, days):
    # 27 mL at 1.3 mL a day of water
    pump = gas_pump("n-butane")
    pump = pump._replace(drive=pump.drive._replace(resistance=pump.drive.resistance * delivery(pump) / (1.3e-6 / DAY)))
    thick = pump._replace(drug=GlycerolSolution(share))
    assert 27e-6 / delivery(thick) / DAY == pytest.approx(days, rel=0.015)


def test_a_fever_thins_glycerol_more_than_water():
    water, half = (1.0 - at(share, BODY + 1.0) / at(share, BODY) for share in (0.0, 0.5))
    assert (water, half) == (pytest.approx(0.0195, abs=5e-4), pytest.approx(0.029, abs=5e-4))


def test_nothing_changes_it_on_its_way():
    drug = GlycerolSolution(0.2)
    assert fresh(drug, MEDIAN_LUCK) == advance(drug, Stateless(), DAY, AROUND) == Stateless()
