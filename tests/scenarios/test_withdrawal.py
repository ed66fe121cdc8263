"""Patients without their drug: withdrawal and overdose in the lifetimes of pumps for the spinal canal, against stops of
a known time; spells by themselves stand in `tests.reliability.test_doses`."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from fluidics.body.compartments import left_after_stop
from fluidics.body.exposure import baclofen, morphine
from reliability.chunk import kinds, simulate
from reliability.doses import SPREAD, TIME
from reliability.events import HAZARD, LIMIT, MODE, OPERATE, RECORD, REPLACE
from reliability.hazards import DELAY, DOSE, HAZARD_WIDTH, RATE, REMEDY, SHAPE, STOPS
from reliability.interruption import MODE_DELAY
from scenarios.build import load, plan
from scenarios.document import ScenarioError
from scenarios.units import DAY, YEAR
from tests.reliability.studies import hashed, in_chunks

LIBRARY = plan(load("peristaltic-baclofen"), 10.0, 1)
WITHDRAWAL, UNDERDOSE, OVERDOSE = (LIMIT + k for k in range(3))
BORNE = 29.0 / 24.0  # [d]
ALIKE = dict.fromkeys(
    ("rate_spread", "cycle_spread", "frailty_spread", "death_rate", "loss_rate", "abandonment_rate"), 0.0
)
REGULAR = {"interval_spread": 0.0, "missed": 0.0, "low_response": 1e9}
EMPTY = LIBRARY.mode_names.index("reservoir_empty")


def study(per_year, remedy=RECORD, stops=0.0, delay=0.0, dose=1.0, years=10.0, spread=0.0, **clinic):
    """Return the study of patients who are alike, and whose pumps meet nothing but one constant hazard."""
    row = np.zeros((1, HAZARD_WIDTH))
    row[0, [RATE, SHAPE, REMEDY, STOPS, DELAY, DOSE]] = per_year / YEAR, 1.0, remedy, stops, delay * DAY, dose - 1.0
    limits = LIBRARY.limits.copy()
    limits[:, SPREAD] = spread
    design = LIBRARY.design._replace(
        population=LIBRARY.design.population._replace(**ALIKE),
        clinic=LIBRARY.design.clinic._replace(**REGULAR | clinic),
    )
    horizon = LIBRARY.rules._replace(horizon=years * YEAR)
    return LIBRARY._replace(
        design=design, hazards=row, hazard_names=("fault",), limits=limits, rules=horizon,
        mode_rows=LIBRARY.mode_rows.copy(),
    )  # fmt: skip


def of(chunk, kind, column="time"):
    return chunk.events[column][chunk.events["kind"] == kind]


def cut(chunk, times, patients, lasting):
    """Return how long [d] spells last that begin at times, and would last so long but for the end of follow-up."""
    return np.minimum(lasting, chunk.patients["end"][patients] - times)


def test_the_limits_of_the_library_stand_in_the_plan_and_in_the_file():
    assert LIBRARY.limit_names == ("withdrawal", "underdose", "overdose")
    assert [kinds(LIBRARY)[LIMIT + k] for k in range(3)] == list(LIBRARY.limit_names)
    assert LIBRARY.limits[:, TIME].tolist() == [29 * 3600.0, 24 * 3600.0, 6 * 3600.0]
    assert plan(load("implanted-insulin"), 1.0, 1).limits.size == 0


@pytest.mark.parametrize(("name", "kinetics"), [("peristaltic-baclofen", baclofen()), ("gated-morphine", morphine())])
def test_the_fluid_around_the_cord_is_clear_before_the_first_patient_feels_it(name, kinetics):
    # so that the dose may stand for the level: what passes until signs is the time of the cord
    time, spread = load(name).limits[0, [TIME, SPREAD]]
    assert left_after_stop(kinetics, time * math.exp(-1.96 * spread)) < 0.06


def test_a_reservoir_that_runs_dry_is_withdrawal_after_the_time_that_is_borne():
    whole = study(0.0, years=0.45, interval=150 * DAY, longest_interval=200 * DAY)
    whole.mode_rows[EMPTY, MODE_DELAY] = 3.0 * DAY
    chunk = simulate(whole, 0, 20)
    dry = of(chunk, MODE + EMPTY)
    assert len(dry) == 20
    assert of(chunk, WITHDRAWAL) == pytest.approx(dry + BORNE, abs=1e-9)
    assert of(chunk, WITHDRAWAL, "value") == pytest.approx(3.0 - BORNE, abs=1e-9)
    assert of(chunk, UNDERDOSE) == pytest.approx(dry + 1.0, abs=1e-9)
    assert OVERDOSE not in chunk.events["kind"]


def test_drug_that_leaves_the_line_is_missed_by_the_patient_and_by_no_volume():
    # for a quarter of a year, in which nobody comes for a refill
    chunk = simulate(study(1.0, OPERATE, delay=3.0, dose=0.0, years=0.22, interval=90 * DAY), 0, 300)
    broken, patients = of(chunk, HAZARD), of(chunk, HAZARD, "patient")
    lasting = cut(chunk, broken, patients, 3.0)
    felt = lasting > BORNE
    assert len(broken) > 40
    assert of(chunk, WITHDRAWAL) == pytest.approx(broken[felt] + BORNE, abs=1e-9)
    assert of(chunk, WITHDRAWAL, "value") == pytest.approx((lasting - BORNE)[felt], abs=1e-9)
    whole = simulate(study(1.0, OPERATE, delay=3.0, dose=1.0, years=0.22, interval=90 * DAY), 0, 300)
    assert WITHDRAWAL not in whole.events["kind"]
    for name in chunk.patients:
        assert np.array_equal(chunk.patients[name], whole.patients[name], equal_nan=True)


@pytest.mark.parametrize("dose", [0.0, 0.49])
def test_who_is_mended_in_time_has_no_withdrawal(dose):
    chunk = simulate(study(1.0, OPERATE, delay=0.99, dose=dose, years=2.0), 0, 30)
    assert HAZARD in chunk.events["kind"]
    assert not {WITHDRAWAL, UNDERDOSE, OVERDOSE} & set(chunk.events["kind"].tolist())


def test_the_share_of_patients_who_withdraw_is_that_of_those_who_bear_less():
    count, spread, delay = 1500, 0.46, 2.0
    chunk = simulate(study(0.5, OPERATE, delay=delay, dose=0.0, years=3.0, spread=spread), 0, count)
    end = chunk.patients["end"]
    early = of(chunk, HAZARD) < end[of(chunk, HAZARD, "patient")] - delay
    broken = np.unique(of(chunk, HAZARD, "patient")[early])
    share = norm.cdf(math.log(delay / BORNE) / spread)
    hit = np.isin(broken, of(chunk, WITHDRAWAL, "patient")).mean()
    assert abs(hit - share) < 4.0 * math.sqrt(share * (1.0 - share) / len(broken))


def test_a_pump_that_ends_by_standing_still_leaves_its_patient_without_drug_until_the_next():
    chunk = simulate(study(0.3, REPLACE, stops=1.0, years=4.0, replacement_delay=7 * DAY), 0, 60)
    stopped, patients = of(chunk, HAZARD), of(chunk, HAZARD, "patient")
    lasting = cut(chunk, stopped, patients, 7.0)
    felt = lasting > BORNE
    assert len(stopped) > 30
    assert of(chunk, WITHDRAWAL) == pytest.approx(stopped[felt] + BORNE, abs=1e-9)
    assert of(chunk, WITHDRAWAL, "value") == pytest.approx((lasting - BORNE)[felt], abs=1e-9)
    assert np.array_equal(of(chunk, WITHDRAWAL, "ordinal"), of(chunk, HAZARD, "ordinal")[felt])
    assert of(chunk, WITHDRAWAL, "age") == pytest.approx(of(chunk, HAZARD, "age")[felt] + BORNE, abs=1e-9)


def test_a_pump_that_is_replaced_while_it_runs_leaves_nobody_without_drug():
    chunk = simulate(study(0.3, REPLACE, years=4.0, replacement_delay=7 * DAY), 0, 30)
    assert HAZARD in chunk.events["kind"]
    assert WITHDRAWAL not in chunk.events["kind"]


def test_too_strong_a_vial_is_an_overdose_until_the_next_refill():
    interval = 40.0
    chunk = simulate(study(0.2, dose=4.0, years=3.0, interval=interval * DAY), 0, 60)
    wrong, patients = of(chunk, HAZARD), of(chunk, HAZARD, "patient")
    lasting = cut(chunk, wrong, patients, interval - wrong % interval)
    assert of(chunk, OVERDOSE, "value") == pytest.approx((lasting - 0.25)[lasting > 0.25], abs=1e-6)
    assert WITHDRAWAL not in chunk.events["kind"]


def test_longer_limits_leave_the_lives_of_pumps_as_they_are():
    short = simulate(LIBRARY, 0, 60)
    endless = LIBRARY.limits.copy()
    endless[:, TIME] = 1e12
    long = simulate(LIBRARY._replace(limits=endless), 0, 60)
    beyond = (short.events["kind"] >= LIMIT) & (short.events["kind"] < MODE)
    assert beyond.any()
    assert not ((long.events["kind"] >= LIMIT) & (long.events["kind"] < MODE)).any()
    for name, column in long.events.items():
        assert np.array_equal(short.events[name][~beyond], column)
    for table in ("patients", "devices"):
        for name, column in getattr(long, table).items():
            assert np.array_equal(getattr(short, table)[name], column, equal_nan=True)


def test_spells_do_not_depend_on_chunks():
    assert hashed(in_chunks(LIBRARY, 60, 60)) == hashed(in_chunks(LIBRARY, 60, 7, room=0))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("dose_limits.withdrawal.below=120 %", "at most 100 %"),
        ("dose_limits.overdose.above=90 %", "at least 100 %"),
        ("dose_limits.withdrawal.above=150 %", "either below or above"),
        ("dose_limits.catheter.below=0.3", "time"),
        ("hazards.motor_stall.delay=2 d", "end the pump at once"),
        ("hazards.motor_stall.dose=0 %", "runs on"),
        ("hazards.catheter.dose=-1", "must not be negative"),
    ],
)
def test_limits_and_doses_that_make_no_sense_are_refused(change, reason):
    with pytest.raises(ScenarioError, match=reason):
        load("peristaltic-baclofen", [change])


def test_a_limit_may_not_have_the_name_of_another_event():
    with pytest.raises(ScenarioError, match="this name is taken"):
        load("peristaltic-baclofen", ["dose_limits.catheter.below=0.3", "dose_limits.catheter.time=1 d"])
