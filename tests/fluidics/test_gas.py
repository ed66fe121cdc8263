"""Boyle's law beside an elastic wall."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.lines.gas import compressed, pressure_of

ATMOSPHERE = 101325.0


def test_a_bubble_in_a_rigid_room_follows_boyle():
    """13 uL lose 3 uL between 1 and 1.3 atmospheres and gain as much on the way back."""
    gas = ATMOSPHERE * 13e-9
    assert compressed(0.0, gas, ATMOSPHERE, 3e-9).rise == pytest.approx(0.3 * ATMOSPHERE, rel=1e-14)
    assert compressed(0.0, gas, 1.3 * ATMOSPHERE, -3e-9).rise == pytest.approx(-0.3 * ATMOSPHERE, rel=1e-14)


def test_a_rigid_room_never_holds_more_than_its_gas_leaves():
    gas = ATMOSPHERE * 13e-9
    assert compressed(0.0, gas, ATMOSPHERE, 12.99e-9).rise > 100.0 * ATMOSPHERE
    assert math.isnan(compressed(0.0, gas, ATMOSPHERE, 13e-9).rise)


@given(
    compliance=st.floats(1e-20, 1e-6),
    gas=st.floats(0.0, 1e-1),
    absolute=st.floats(1e3, 1e6),
    share=st.floats(-0.9, 20.0),
)
def test_rise_inverts_the_law_of_storage(compliance, gas, absolute, share):
    rise = share * absolute
    end = absolute + rise
    stored = compliance * rise + gas * rise / (absolute * end)
    found = compressed(compliance, gas, absolute, stored)
    assert found.rise == pytest.approx(rise, rel=1e-9, abs=1e-9 * absolute)
    assert found.slope == pytest.approx(1.0 / (compliance + gas / end**2), rel=1e-8)


@given(stored=st.floats(-1e-9, 1e-9))
def test_without_gas_the_rise_is_proportional(stored):
    assert compressed(1e-12, 0.0, ATMOSPHERE, stored).rise == stored / 1e-12


def test_gas_softens_a_room():
    rises = [compressed(1e-14, gas, ATMOSPHERE, 1e-9).rise for gas in (0.0, 1e-5, 1e-4, 1e-3)]
    assert rises == sorted(rises, reverse=True)


@given(
    compliance=st.floats(1e-19, 1e-6),
    gas=st.one_of(st.just(0.0), st.floats(1e-12, 1e-1)),
    pressure=st.floats(-9e4, 1e6),
    ambient=st.floats(1e5, 3e5),
)
def test_the_pressure_of_a_room_inverts_the_fluid_that_it_holds(compliance, gas, pressure, ambient):
    stored = compliance * pressure - gas / (pressure + ambient)
    found = pressure_of(stored, compliance, gas, ambient)
    lost = 1e-15 * (abs(compliance * pressure) + gas / (pressure + ambient))  # by rounding what is stored
    slope = compliance + gas / (pressure + ambient) ** 2
    assert found == pytest.approx(pressure, rel=1e-12, abs=1e-12 * ambient + 4.0 * lost / slope)
