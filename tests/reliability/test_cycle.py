"""Cycles: what modes and hazards lead to, when they stop the pump, and how often they may speak."""

from __future__ import annotations

import math

import numpy as np
import pytest

from reliability.chunk import simulate
from reliability.cycle import hazard_happening, mode_happening
from reliability.events import EXPLANT, HAZARD, KETOACIDOSIS, MODE, OPERATE, RECORD, REPLACE, VISIT
from tests.reliability.plans import DAILY, DAY, MODE_ROWS, YEAR, hazard_rows
from tests.reliability.studies import still_plan

EMPTY = MODE + 1


def thirsty_plan(years=1.0, **people):
    """Return a still study at a real dose, in which the reservoir runs dry after 140 days of a cycle of 150."""
    return still_plan(interval=150.0 * DAY, years=years, mean_rate=DAILY, **people)


def test_a_mode_leads_to_what_its_row_says():
    battery, empty, felt, starving = (mode_happening(MODE_ROWS, k, DAILY) for k in range(4))
    assert (battery.kind, battery.remedy, battery.operated, battery.stops) == (MODE, REPLACE, 1, False)
    assert (empty.remedy, empty.delay, empty.stops, empty.starves) == (VISIT, 2.0 * DAY, True, True)
    assert (felt.remedy, felt.delay, felt.operated) == (VISIT, 14.0 * DAY, 0)
    assert (starving.remedy, starving.starves, starving.stops) == (RECORD, True, False)
    assert starving.delay >= 1e300
    assert [m.latch for m in (battery, empty, felt, starving)] == [1, 2, 4, 8]


@pytest.mark.parametrize(
    ("remedy", "chance", "operated"),
    [(RECORD, 0.0, 0), (VISIT, 0.0, 0), (REPLACE, 0.19, 1), (OPERATE, 0.19, 1), (OPERATE, 0.21, 0), (EXPLANT, 0.9, 0)],
)
def test_chance_decides_whether_a_hazard_is_operated(remedy, chance, operated):
    rows = hazard_rows([[1.0, 1.0, 0.0, remedy, 0.2, 0.0]])
    what = hazard_happening(rows, 0, chance)
    assert (what.kind, what.remedy, what.operated, what.stops) == (HAZARD, remedy, operated, False)


def test_an_empty_reservoir_speaks_once_a_cycle_and_brings_the_patient():
    chunk = simulate(thirsty_plan(), 0, 1)
    dry = chunk.events["time"][chunk.events["kind"] == EMPTY]
    # dry after 140 days, seen 2 days later: 142 days from fill to fill
    assert dry == pytest.approx([140.0, 282.0], rel=1e-4)
    assert chunk.patients["refills"][0] == 2
    assert chunk.patients["deficit"][0] == pytest.approx(4.0, rel=1e-3)
    assert chunk.patients["undelivered"][0] == pytest.approx(0.4, rel=1e-2)


def test_a_stopped_pump_is_not_taken_for_one_that_delivers_little():
    chunk = simulate(thirsty_plan(), 0, 20)
    assert (chunk.patients["episodes"] == 0).all()


def test_ketoacidosis_follows_when_the_stop_is_noticed_too_late():
    # exponential response of mean 10 h against 10 bearable hours: one in e
    count = 3000
    chunk = simulate(thirsty_plan(years=0.5), 0, count)
    late = (chunk.events["kind"] == KETOACIDOSIS).sum()
    share = math.exp(-1.0)
    assert (chunk.events["kind"] == EMPTY).sum() == count
    assert abs(late / count - share) < 4.0 * math.sqrt(share * (1.0 - share) / count)


def test_ketoacidosis_comes_after_the_bearable_time():
    chunk = simulate(thirsty_plan(years=0.5), 0, 50)
    for patient in range(50):
        mine = chunk.events["patient"] == patient
        stop = chunk.events["time"][mine & (chunk.events["kind"] == EMPTY)]
        late = chunk.events["time"][mine & (chunk.events["kind"] == KETOACIDOSIS)]
        assert np.isin(np.round(late, 9), np.round(stop + 10.0 / 24.0, 9)).all()


def test_a_pump_that_stands_still_starves_its_patient_once():
    plan = still_plan([[20.0 / YEAR, 1.0, 0, OPERATE, 0.0, 1.0]], 100.0 * DAY, 2.0, mean_rate=1e-3 * DAILY)
    chunk = simulate(plan, 0, 50)
    late = chunk.events["kind"] == KETOACIDOSIS
    cycle = chunk.events["patient"][late] * 100 + np.floor(chunk.events["time"][late] / 100.0).astype(int)
    assert (chunk.events["kind"] == HAZARD).sum() > 1500
    assert len(cycle) > 100
    assert len(np.unique(cycle)) == len(cycle)


def test_nobody_starves_who_answers_at_once():
    chunk = simulate(thirsty_plan(response_time=0.0), 0, 50)
    assert KETOACIDOSIS not in chunk.events["kind"]


def test_nobody_starves_after_the_end_of_follow_up():
    """Pumps that stop in the last hours are replaced a week later, which nobody sees."""
    plan = still_plan([[2.0 / DAY, 1.0, 0, REPLACE, 1.0, 1.0]], years=DAY / YEAR)
    slow = plan.design.clinic._replace(replacement_delay=7.0 * DAY)
    chunk = simulate(plan._replace(design=plan.design._replace(clinic=slow)), 0, 200)
    late = chunk.events["time"][chunk.events["kind"] == KETOACIDOSIS]
    assert late.size > 20
    assert late.max() < 1.0


def stopping(stops, **people):
    """Return a study of a hazard every two years on average that may stop the pump until the visit."""
    return still_plan([[0.5 / YEAR, 1.0, 0, OPERATE, 0.25, stops]], 100.0 * DAY, 10.0, mean_rate=1e-3 * DAILY, **people)


def test_a_hazard_that_stops_the_pump_costs_delivery_up_to_the_visit():
    running, stopped = (simulate(stopping(stops), 0, 300) for stops in (0.0, 1.0))
    assert running.patients["deficit"].max() == 0.0
    lost = stopped.patients["deficit"].sum()
    # a stop comes at any time of a cycle of 100 days and lasts to its end
    # the chance that two fall in one cycle shortens the sum a little
    events = (stopped.events["kind"] == HAZARD).sum()
    assert lost / events == pytest.approx(50.0, abs=4.0 * 29.0 / math.sqrt(events) + 2.5)
    assert np.array_equal(running.events["time"], stopped.events["time"][stopped.events["kind"] == HAZARD])


def test_the_stated_share_of_a_hazard_is_operated():
    chunk = simulate(stopping(0.0), 0, 1000)
    operated = chunk.events["operated"]
    n = len(operated)
    assert n == pytest.approx(5000, abs=4.0 * math.sqrt(5000))
    assert abs(operated.mean() - 0.25) < 4.0 * math.sqrt(0.25 * 0.75 / n)
    assert chunk.patients["operations"].sum() == operated.sum()


def test_frailty_spreads_events_between_patients():
    rows = [[1.0 / YEAR, 1.0, 1, RECORD, 0.0, 0]]
    even, uneven = (
        np.bincount(simulate(still_plan(rows, frailty_spread=s), 0, 4000).events["patient"], minlength=4000)
        for s in (0.0, 0.6)
    )
    assert even.mean() == pytest.approx(10.0, abs=4.0 * math.sqrt(10.0 / 4000.0))
    # mixed Poisson: variance = mean + mean^2 (e^(s^2) - 1)
    extra = 100.0 * math.expm1(0.36)
    assert uneven.mean() == pytest.approx(10.0, abs=4.0 * math.sqrt((10.0 + extra) / 4000.0))
    assert uneven.var() == pytest.approx(10.0 + extra, rel=0.25)
    assert even.var() == pytest.approx(10.0, rel=0.1)
