"""The fan of delivery error, against patients whose losses are known and against the study's own tables."""

from __future__ import annotations

import numpy as np
import pytest

from reliability import fan
from reliability.chunk import Chunk, simulate
from reliability.fan import YEAR, delivery_error, fan_variables, year_ends
from tests.reliability.plans import active_plan

PATIENTS = 60


def followed(plan, years):
    return plan._replace(rules=plan.rules._replace(horizon=years * YEAR))


@pytest.fixture(scope="module")
def plan():
    return active_plan(seed=3)


def test_known_losses_give_their_quantiles(monkeypatch, plan):
    """Patient i loses i % of his second year and nothing of his first; 10 mL are programmed a year."""

    def known(cut, first, count):
        years = cut.rules.horizon / YEAR
        missed = 10.0 * max(years - 1.0, 0.0) * np.arange(count) / 100.0
        table = {"end": np.full(count, years * 365.25), "undelivered": missed, "delivered": 10.0 * years - missed}
        return Chunk(first, count, table, {}, {})

    monkeypatch.setattr(fan, "simulate", known)
    error = delivery_error(followed(plan, 2.0), patients=101, levels=(0.0, 0.25, 0.5, 0.75, 1.0)).error
    np.testing.assert_allclose(error[:, 0], 0.0, atol=1e-15)
    np.testing.assert_allclose(error[:, 1], [0.0, 0.25, 0.5, 0.75, 1.0], rtol=1e-12)


def test_first_year_is_that_of_the_tables(plan):
    table = simulate(followed(plan, 1.0), 0, PATIENTS).patients
    whole = table["end"] > 365.24
    share = (table["undelivered"] / (table["delivered"] + table["undelivered"]))[whole]
    spread = delivery_error(followed(plan, 3.0), PATIENTS)
    assert spread.patients[0] == whole.sum()
    np.testing.assert_array_equal(spread.error[:, 0], np.quantile(share, spread.quantile))


def test_longer_follow_up_adds_years_and_changes_none(plan):
    short, long = delivery_error(followed(plan, 2.0), PATIENTS), delivery_error(followed(plan, 4.0), PATIENTS)
    np.testing.assert_array_equal(long.error[:, :2], short.error)
    np.testing.assert_array_equal(long.patients[:2], short.patients)


def test_quantiles_are_ordered_and_patients_only_leave(plan):
    spread = delivery_error(followed(plan, 5.0), PATIENTS)
    assert (np.diff(spread.error, axis=0) >= 0.0).all()
    assert (np.diff(spread.patients) <= 0).all()
    assert spread.patients[-1] > 0
    assert spread.error[-1].max() > 0.0, "an active pump loses something in a bad year"


def test_year_that_nobody_completes_is_nan(monkeypatch, plan):
    def all_died_at_once(cut, first, count):
        nothing = np.zeros(count)
        return Chunk(first, count, {"end": nothing, "undelivered": nothing, "delivered": nothing}, {}, {})

    monkeypatch.setattr(fan, "simulate", all_died_at_once)
    spread = delivery_error(followed(plan, 1.0), 5)
    assert np.isnan(spread.error).all()
    assert spread.patients.tolist() == [0]


@pytest.mark.parametrize(("years", "ends"), [(0.5, [0.5]), (1.0, [1.0]), (3.0, [1.0, 2.0, 3.0]), (1.25, [1.0, 1.25])])
def test_years_end_at_the_horizon(years, ends):
    np.testing.assert_allclose(year_ends(years * YEAR) / YEAR, ends, rtol=1e-12)


def test_no_patients_are_refused(plan):
    with pytest.raises(ValueError, match="patients is 0: give how many"):
        delivery_error(plan, patients=0)


def test_the_file_tells_who_stands_for_all(plan):
    stored = fan_variables(delivery_error(followed(plan, 2.0), PATIENTS))
    assert stored["sample"].values == PATIENTS >= stored["patients"].values.max()
    assert stored["quantile"].values.tolist() == [0.01, 0.1, 0.5, 0.9, 0.99]
