"""Seat valves: the cubic law of the gap, the force that shuts them, the link they become."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.lines.valve import crack_pressure, seat_conductance, seat_valve
from fluidics.network import CHECK, network


def test_half_a_micrometre_leaks_more_than_a_basal_rate():
    # pi h^3 dp / (6 mu ln 1.2) for 0.5 um and 10 kPa: 18.7 uL/h
    found = seat_conductance(0.5e-6, 1e-3, 1.2e-3, 6.9e-4) * 10e3
    assert found * 3.6e12 == pytest.approx(18.7, abs=0.05)


@given(st.floats(0.1, 10.0))
def test_the_leak_goes_with_the_cube_of_the_gap(factor):
    base = seat_conductance(1e-6, 1e-3, 1.2e-3, 7e-4)
    assert seat_conductance(factor * 1e-6, 1e-3, 1.2e-3, 7e-4) == pytest.approx(base * factor**3, rel=1e-13)
    assert seat_conductance(1e-6, 1e-3, 1.2e-3, 7e-4 * factor) == pytest.approx(base / factor, rel=1e-13)


def test_a_narrow_ring_is_a_slot():
    # between parallel plates of width 2 pi r: g = 2 pi r h^3 / (12 mu L)
    slot = 2.0 * math.pi * 1e-3 * 1e-18 / (12.0 * 7e-4 * 1e-6)
    assert seat_conductance(1e-6, 1e-3, 1e-3 + 1e-6, 7e-4) == pytest.approx(slot, rel=1e-3)


def test_the_force_on_a_disc_is_the_pressure_under_all_of_it():
    # p falls across the seat as ln(r_o / r) / ln(r_o / r_i): summed over rings by hand
    inner, outer, rings = 1e-3, 1.5e-3, 100_000
    width = (outer - inner) / rings
    on_seat = sum(
        2.0 * math.pi * r * width * math.log(outer / r) / math.log(outer / inner)
        for r in (inner + (k + 0.5) * width for k in range(rings))
    )
    area = math.pi * inner * inner + on_seat
    assert crack_pressure(0.05, inner, outer) == pytest.approx(0.05 / area, rel=1e-8)


def test_a_valve_is_a_check_link_that_a_network_accepts():
    valve = seat_valve(50e-6, 0.5e-6, 1e-3, 1.2e-3, 0.03, 6.9e-4)
    assert valve.kind == CHECK
    assert valve.conductance / valve.leak == pytest.approx(1e6, rel=1e-12)
    assert valve.crack == valve.breakaway == crack_pressure(0.03, 1e-3, 1.2e-3)
    assert network([1e-12], [(1, 0, valve), (0, 2, valve)], [1e4, 0.0]).kind.tolist() == [CHECK, CHECK]


@pytest.mark.parametrize(("lift", "gap", "outer"), [(1e-6, 1e-6, 1.2e-3), (5e-5, 0.0, 1.2e-3), (5e-5, 1e-6, 1e-3)])
def test_a_valve_that_cannot_be_is_refused(lift, gap, outer):
    with pytest.raises(ValueError, match=r"gap|seat"):
        seat_valve(lift, gap, 1e-3, outer, 0.03, 6.9e-4)
