"""Waves: their sine, their clock, and what they refuse."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.forcing import forcing, longest_step, shifted, sine


@given(turns=st.floats(-4.0, 4.0))
def test_sine_is_that_of_the_library(turns):
    assert sine(turns) == pytest.approx(math.sin(2.0 * math.pi * math.remainder(turns, 1.0)), abs=5e-16)


@given(turns=st.floats(-0.5, 0.5), whole=st.integers(-(2**20), 2**20))
def test_sine_repeats_with_every_turn(turns, whole):
    moved = turns + whole
    assert sine(moved) == sine(moved - whole)


@given(time=st.floats(0.0, 1e5), later=st.floats(0.0, 10.0))
def test_a_shifted_clock_sees_the_same_wave(time, later):
    waves = forcing((0, 1.0, 1.2, 0.3))
    moved = shifted(waves, time)
    assert 0.0 <= moved.phase[0] < 1.0
    here = sine(waves.frequency[0] * (time + later) + waves.phase[0])
    assert sine(moved.frequency[0] * later + moved.phase[0]) == pytest.approx(here, abs=1e-9)


def test_the_fastest_wave_decides_how_long_a_step_may_be():
    assert longest_step(forcing((0, 1.0, 0.25, 0.0), (3, 5.0, 2.0, 0.0))) == 1.0 / 32.0
    assert longest_step(forcing()) == 1e300


@pytest.mark.parametrize("wave", [(0, math.nan, 1.0, 0.0), (0, 1.0, 0.0, 0.0), (0, 1.0, 1.0, math.inf)])
def test_nonsense_is_refused_by_its_number(wave):
    with pytest.raises(ValueError, match="wave 1: swing"):
        forcing((0, 1.0, 1.0, 0.0), wave)
