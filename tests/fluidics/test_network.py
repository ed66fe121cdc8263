"""Networks: what is refused, and that columns say what links said."""

from __future__ import annotations

import numpy as np
import pytest

from fluidics.network import CHECK, GATE, TUBE, Link, network

CHAIN = [(0, 1, Link(2e-12)), (1, 2, Link(1e-12, 1e-18, 2e3, 3e3, 4.0, CHECK))]


def test_columns_hold_what_the_links_said():
    made = network([1e-12, 2e-12], CHAIN, [5.0], [0.0, 3.0], 9e4)
    assert made.start.tolist() == [0, 1]
    assert made.stop.tolist() == [1, 2]
    assert made.conductance.tolist() == [2e-12, 1e-12]
    assert (made.leak[1], made.crack[1], made.breakaway[1], made.loss[1]) == (1e-18, 2e3, 3e3, 4.0)
    assert made.kind.tolist() == [TUBE, CHECK]
    assert (made.gas[1], made.boundary[0], made.ambient) == (3.0, 5.0, 9e4)


@pytest.mark.parametrize(
    ("compliance", "links", "said"),
    [
        ([0.0], [], "node 0: compliance 0.0 m3/Pa with 0.0 J of gas stores nothing"),
        ([-1e-12], [], "node 0"),
        ([float("nan")], [], "node 0"),
        ([1e-12], [(0, 2, Link(1e-12))], "link 0 joins 0 and 2; nodes and boundaries are 0 to 1"),
        ([1e-12], [(0, 0, Link(1e-12))], "link 0 joins 0 and 0"),
        ([1e-12], [(0, 1, Link(0.0))], "link 0: conductance must be above zero"),
        ([1e-12], [(0, 1, Link(1e-12, -1.0))], "link 0: conductance must be above zero, leak and loss not below"),
        ([1e-12], [(0, 1, Link(1e-12, 1e-18, 5.0, 4.0, 0.0, CHECK))], "breakaway not below crack"),
        ([1e-12], [(0, 1, Link(1e-12, kind=GATE))], "link 0: a valve needs a leak above zero, given 0"),
    ],
)
def test_nonsense_is_refused_with_its_place(compliance, links, said):
    with pytest.raises(ValueError, match=said):
        network(compliance, links, [0.0])


def test_gas_alone_stores():
    assert np.array_equal(network([0.0], [(0, 1, Link(1e-12))], [0.0], [1.0]).gas, [1.0])
