"""Numbers as a reader sees them keep the digits that mean something."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from scenarios.report.words import MINUS, NOTHING, estimated, rounded


@given(st.floats(min_value=-1e12, max_value=1e12))
def test_rounding_keeps_three_digits(value):
    shown = float(rounded(value).replace(MINUS, "-").replace(",", ""))
    assert abs(shown - value) <= max(0.5001 * 10.0 ** (np.floor(np.log10(abs(value))) - 2) if value else 0.0, 0.0)


@given(st.floats(min_value=-1e6, max_value=1e6), st.floats(min_value=1e-6, max_value=1e6))
def test_estimate_is_shown_to_a_tenth_of_its_half_width(middle, half):
    value, interval = estimated(middle, middle - half, middle + half)
    numbers = [float(word.replace(MINUS, "-").replace(",", "")) for word in (value, *interval.split(" to "))]
    for shown, true in zip(numbers, (middle, middle - half, middle + half), strict=True):
        assert abs(shown - true) <= max(0.06 * half, 1e-9) if half < 5.0 else abs(shown - true) <= 0.501


def test_no_interval_is_a_dash():
    assert estimated(2.0, float("nan"), 3.0) == ("2", NOTHING)
    assert rounded(float("inf")) == NOTHING


def test_an_event_that_happened_is_not_rounded_to_none_and_a_limit_of_nearly_zero_is():
    assert estimated(0.2, 3e-312, 90.0) == ("0.2", "0 to 90")
