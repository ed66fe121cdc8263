"""Columns of the result file: units, types, and NaN for never."""

from __future__ import annotations

import numpy as np
import pytest

from reliability.tables import DAY, DEVICES, EVENTS, MILLILITRE, PATIENTS, TABLES, columns


def test_si_numbers_become_the_units_of_the_file():
    rows = np.zeros((2, len(PATIENTS)))
    place = {column.name: k for k, column in enumerate(PATIENTS)}
    rows[:, place["entry"]] = [0.0, 3.0 * DAY]
    rows[:, place["delivered"]] = [MILLILITRE, 2.5 * MILLILITRE]
    rows[:, place["rate"]] = 0.1 * MILLILITRE / DAY
    filled = columns(PATIENTS, rows)
    assert filled["entry"].tolist() == [0.0, 3.0]
    assert filled["delivered"] == pytest.approx([1.0, 2.5], rel=1e-15)
    assert filled["rate"] == pytest.approx([0.1, 0.1], rel=1e-15)


def test_never_becomes_nan():
    rows = np.zeros((2, len(PATIENTS)))
    at = [column.name for column in PATIENTS].index("first_operation")
    rows[:, at] = [1e300, 5.0 * DAY]
    found = columns(PATIENTS, rows)["first_operation"]
    assert np.isnan(found[0])
    assert found[1] == 5.0


@pytest.mark.parametrize("table", TABLES.values(), ids=TABLES)
def test_columns_come_in_order_with_their_types(table):
    filled = columns(table, np.ones((3, len(table))))
    assert list(filled) == [column.name for column in table]
    for column in table:
        assert filled[column.name].dtype == np.dtype(column.dtype)
        assert column.long_name
        assert column.units


def test_an_empty_buffer_gives_empty_columns():
    assert all(len(values) == 0 for values in columns(EVENTS, np.zeros((0, len(EVENTS)))).values())


def test_codes_and_counts_carry_no_unit_and_no_scale():
    for table in TABLES.values():
        for column in table:
            if not column.dtype.startswith("f"):
                assert (column.units, column.scale) == ("1", 1.0), column.name


def test_the_largest_counts_fit_their_types():
    rows = np.full((1, len(DEVICES)), 4095.0)
    assert columns(DEVICES, rows)["refills"].tolist() == [4095]
    assert columns(DEVICES, rows)["cause"].tolist() == [4095]
