"""Subcutaneous tissue: a point source in a porous medium, and a layer that grows and is felt only when it is tight."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.pump import MEDIAN_LUCK, Service
from fluidics.questions import advance, compliance, disposable, fresh, line, refilled, temperature
from fluidics.sites.subcutaneous import Layer, Subcutaneous, shell_resistance
from tests.fluidics.parts import AROUND, DAY

SITE = Subcutaneous(305.15, 0.5e3, layer_permeability=1e-16)
BOLUS = 2.5e-10  # m3/s, 1.5 U/min of U100


@pytest.mark.parametrize(("permeability", "pascals"), [(1e-11, 6.0), (1e-13, 570.0)])
def test_back_pressure_of_healthy_fat_is_that_of_a_point_source(permeability, pascals):
    site = SITE._replace(permeability=permeability, layer_permeability=permeability)
    for layer in (0.0, 1e-3):  # a layer of the same tissue is no layer
        assert line(site, Layer(layer), 1e-3).slope * BOLUS == pytest.approx(pascals, rel=0.06)
    exact = 1e-3 / (4.0 * math.pi * permeability * 0.35e-3)
    assert line(site, Layer(1e-3), 1e-3).slope == pytest.approx(exact, rel=1e-12)


def test_shells_in_series_add_up():
    whole = shell_resistance(1e-3, 1e-13, 0.3e-3, 2e-3)
    parts = shell_resistance(1e-3, 1e-13, 0.3e-3, 1e-3) + shell_resistance(1e-3, 1e-13, 1e-3, 2e-3)
    assert parts == pytest.approx(whole, rel=1e-13)


def test_only_a_tight_layer_is_felt():
    def felt(permeability):
        return line(SITE._replace(layer_permeability=permeability), Layer(1e-3), 1e-3).slope * BOLUS

    assert felt(1e-11) < 10.0 < 1e4 < felt(1e-15)


@given(st.floats(0.0, 1e-3), st.floats(0.0, 30.0))
def test_the_layer_grows_to_its_end_and_never_further(thickness, days):
    after = advance(SITE, Layer(thickness), days * DAY, AROUND).thickness
    expected = 1e-3 - (1e-3 - thickness) * math.exp(-days / 5.0)
    assert after == pytest.approx(expected, rel=1e-12, abs=1e-18)
    assert line(SITE, Layer(after), 1e-3).slope >= line(SITE, Layer(thickness), 1e-3).slope * (1.0 - 1e-12)


def test_a_new_place_is_clean():
    clean = fresh(SITE, MEDIAN_LUCK)
    assert refilled(SITE, Layer(9e-4), Service(0.0), MEDIAN_LUCK) == clean == Layer(0.0)
    assert disposable(SITE) == 1.0
    assert temperature(SITE) == 305.15
    assert compliance(SITE._replace(tissue_compliance=1e-14), clean) == 1e-14
