"""Nested tuples and rows: the same numbers in the same order, in plain Python and inside kernels."""

from __future__ import annotations

from typing import Any, NamedTuple

import numba
import numpy as np
import pytest

from fluidics.rows import pack, slots, unpack
from tests.fluidics.parts import ACTIVE, HEPATIC_PUMP, INSULIN_PUMP, insulin_levels, returned

VALUES = [INSULIN_PUMP, HEPATIC_PUMP, ACTIVE, insulin_levels()]


@pytest.mark.parametrize("value", VALUES)
def test_unpacking_a_packed_tuple_gives_it_back(value):
    assert unpack(value, pack(value)) == value
    assert type(unpack(value, pack(value))) is type(value)


@pytest.mark.parametrize("value", [INSULIN_PUMP, HEPATIC_PUMP])
def test_kernels_unpack_the_same(value):
    row = np.arange(1.0, len(pack(value)) + 1.0)
    assert returned(value, row) == unpack(value, row)


@pytest.mark.parametrize("value", VALUES)
def test_every_slot_names_the_number_in_its_place(value):
    names, row = slots(value), pack(value)
    assert len(names) == len(set(names)) == len(row)
    for name, number in zip(names, row, strict=True):
        found = value
        for field in name.split("."):
            found = found[int(field)] if field.isdigit() else getattr(found, field)
        assert found == number, name


def test_names_are_those_a_scenario_uses():
    names = slots(INSULIN_PUMP)
    assert names[0] == "reservoir.capacity"
    assert "drive.filter_resistance" in names
    assert "power.energy" in names


def test_ints_become_floats_at_the_door():
    row = pack((1, (2, 3.5)))
    assert row.dtype == np.float64
    assert row.tolist() == [1.0, 2.0, 3.5]


class Pair(NamedTuple):
    left: Any
    right: Any


def test_parts_with_classes_of_one_name_stay_apart():
    class Simple(NamedTuple):
        one: float

    first = Simple

    class Simple(NamedTuple):  # type: ignore[no-redef]
        two: float
        three: float

    like = Pair(first(1.0), Simple(2.0, 3.0))
    compiled = numba.njit(lambda like, row: unpack(like, row).right.two)
    assert compiled(like, np.array([4.0, 5.0, 6.0])) == 5.0
