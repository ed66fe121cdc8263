"""The filter against a solved case and another library of packed beds."""

from __future__ import annotations

import pytest
from fluids.packed_bed import Ergun
from hypothesis import given
from hypothesis import strategies as st

from fluidics.lines.filter import filter_link


def drop(link, flow):
    return flow / link.conductance + link.loss * flow * abs(flow)


def test_solved_drop_of_a_bed():
    bed = filter_link(1e-3, 1000.0, 1.0, 1.0, 8e-4, 0.4)
    assert drop(bed, 1e-3) == pytest.approx(1338.8671875, rel=1e-12)


@given(st.floats(1e-9, 1e-2), st.floats(0.2, 0.9))
def test_drop_agrees_with_another_library(speed, voidage):
    area = 1e-4
    bed = filter_link(7e-4, 993.0, 1e-3, area, 1e-5, voidage)
    theirs = Ergun(dp=1e-5, voidage=voidage, vs=speed, rho=993.0, mu=7e-4, L=1e-3)
    assert drop(bed, speed * area) == pytest.approx(theirs, rel=1e-12)


@pytest.mark.parametrize("voidage", [0.0, 1.0, 1.3])
def test_a_bed_without_grains_or_without_room_is_refused(voidage):
    with pytest.raises(ValueError, match="between 0 and 1"):
        filter_link(1e-3, 1000.0, 1.0, 1.0, 8e-4, voidage)
