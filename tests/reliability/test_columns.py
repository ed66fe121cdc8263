"""Laws of the checked columns: what passes keeps its values, and weights sum exactly."""

import math

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from reliability.columns import amounts, codes, entries, numbers, weights


@given(st.lists(st.integers(0, 10**6), min_size=1, max_size=50).filter(any))
@settings(deadline=None)
def test_whole_weights_pass_unchanged(values):
    assert weights(values).tolist() == values


@given(st.lists(st.floats(0.0, 1e12), min_size=1, max_size=50).filter(any))
@example([5e-324, 1e-323])
@settings(deadline=None)
def test_weights_sum_exactly_in_any_order(values):
    column = weights(values)
    assert float(np.cumsum(column)[-1]) == float(np.cumsum(column[::-1])[-1]) == math.fsum(column)
    np.testing.assert_allclose(column, values, rtol=0.0, atol=2.0**-50 * len(values) * max(values))


@pytest.mark.parametrize("values", [[True, False], np.array([1, 0], dtype=np.int8), [1.0, 0.0]])
def test_flags_of_any_number_type_are_codes(values):
    assert codes("event", values).tolist() == [1, 0]


def test_an_entry_before_all_time_passes():
    assert entries([-math.inf, -1], amounts("time", [0, 0])).tolist() == [-math.inf, -1.0]


@pytest.mark.parametrize("values", [["a"], [None], [1 + 2j], np.array(["2020-01-01"], dtype="datetime64[D]")])
def test_other_kinds_are_refused(values):
    with pytest.raises(TypeError, match=r"time holds .*: give a list or array of numbers"):
        numbers("time", values)
