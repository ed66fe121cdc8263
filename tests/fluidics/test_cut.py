"""A front that an end of the line has cut: slices of the normal law against an independent library and quadrature."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.integrate import quad
from scipy.stats import norm, truncnorm

from fluidics.transport.cut import slice_of_normal, sliced, weigh_cut

ends = st.one_of(st.just(-math.inf), st.just(math.inf), st.floats(-7.0, 7.0))


@given(ends, ends)
def test_a_slice_has_the_moments_of_a_truncated_normal_law(one, other):
    low, high = min(one, other), max(one, other)
    assume(high - low > 0.05)
    share, mean, wide = slice_of_normal(low, high)
    judge = truncnorm(low, high)
    assert share == pytest.approx(
        norm.cdf(high) - norm.cdf(low) if high < 0 else norm.sf(low) - norm.sf(high), rel=1e-9
    )
    assert mean == pytest.approx(judge.mean(), rel=1e-8, abs=1e-12)
    assert wide == pytest.approx(judge.std(), rel=1e-4)


@given(st.floats(-6.0, 6.0), st.floats(1e-6, 9e-3))
def test_a_thin_slice_is_even(low, width):
    share, mean, wide = slice_of_normal(low, low + width)
    assert share == pytest.approx(width * norm.pdf(low + 0.5 * width), rel=1e-3)
    assert mean == pytest.approx(low + 0.5 * width, abs=0.01 * width + 1e-8)
    assert wide == pytest.approx(width / math.sqrt(12.0), rel=1e-8)


@pytest.mark.parametrize(("low", "high"), [(-math.inf, 0.7), (-1.2, math.inf), (-0.4, 2.0), (3.0, math.inf)])
@pytest.mark.parametrize("place", [-3.0, -0.6, 0.0, 0.4, 2.5])
def test_what_passes_of_a_slice_is_what_is_there_summed_over_the_volume(low, high, place):
    def weighed(end: float) -> tuple[float, float]:
        share, passed = np.zeros((2, 1))
        weigh_cut(np.array([place]), np.array([0.8]), end, low, high, share, passed)
        return float(share[0]), float(passed[0])

    scale = 0.8 / slice_of_normal(low, high)[2]
    law = truncnorm(low, high, loc=place - slice_of_normal(low, high)[1] * scale, scale=scale)
    assert weighed(0.0)[0] == pytest.approx(law.sf(0.0), rel=1e-9, abs=1e-14)
    top = float(law.ppf(1.0 - 1e-13)) if math.isinf(high) else float(law.support()[1])
    expected = quad(law.sf, 0.0, top, limit=200)[0] if top > 0.0 else 0.0
    assert weighed(0.0)[1] == pytest.approx(expected, abs=1e-7)


@given(ends, ends, st.floats(-6.0, 6.0), st.booleans())
def test_the_two_sides_of_a_cut_are_the_whole(one, other, end, first):
    low, high = min(one, other), max(one, other)
    assume(high - low > 0.05)
    behind, ahead = (sliced(0.3, 0.49, low, high, end, side) for side in (first, not first))
    assert behind[0] + ahead[0] == pytest.approx(1.0, abs=1e-12)
    assert behind[0] * behind[1] + ahead[0] * ahead[1] == pytest.approx(0.3, abs=1e-11)
    square = [share * (0.49 * factor**2 + (at - 0.3) ** 2) for share, at, factor, *_ in (behind, ahead)]
    assert sum(square) == pytest.approx(0.49, rel=1e-4)


def test_a_front_far_from_an_end_is_left_whole_or_gone():
    assert sliced(0.0, 1.0, -math.inf, math.inf, 9.0, behind=True)[0] == 1.0
    assert sliced(0.0, 1.0, -math.inf, math.inf, 9.0, behind=False)[0] == 0.0
    assert sliced(2.0, 0.0, -math.inf, math.inf, 2.0, behind=True)[0] == 0.0
