"""Laws of sizing: closed forms without luck and with one source of it, agreement with the lifetime kernel, order and
equal bits; single cycles stand in test_drawdown.py, intervals in test_paired.py."""

from __future__ import annotations

import hashlib
import math
from itertools import pairwise
from statistics import NormalDist

import numpy as np
import pytest

from fluidics.engines.panel import seen
from fluidics.pump import new_pump
from fluidics.questions import histogram
from reliability.chunk import Plan, simulate
from reliability.drawdown import CALLED, DRY_REFILLS, DRY_TIME, NEVER, RAN_DRY, REFILLS, WITHDRAWN, Requirement
from reliability.events import MODE, RECORD
from reliability.sizing import MET, MISSED, OPEN, draw_down, least_volume, size
from tests.fluidics.parts import run
from tests.reliability.plans import DAILY, DAY, ML, YEAR, quiet_plan
from tests.reliability.studies import hepatic_plan

NOTHING_ASKED = Requirement(
    run_dry=1.0,
    run_dry_per_refill=1.0,
    day_spread=0.0,
    answering=0.0,
    empty_volume=1 * ML,
    empty_response=2 * DAY,
    activation=0.0,
)
EVERYTHING = NOTHING_ASKED._replace(run_dry=0.01, run_dry_per_refill=0.005, day_spread=0.17, answering=0.9)


def calm_plan(interval: float, *, rate_spread: float = 0.0, daily: float = DAILY, years: float = 2.0) -> Plan:
    """Return a study with fixed visits [d], no spread but that of the dose, and nobody who comes when it is dry."""
    plan = quiet_plan(years=years)
    clinic = plan.design.clinic._replace(interval=interval * DAY, interval_spread=0.0)
    people = plan.design.population._replace(rate_spread=rate_spread, cycle_spread=0.0, mean_rate=daily)
    return plan._replace(
        design=plan.design._replace(clinic=clinic, population=people),
        spreads=np.zeros((0, plan.spreads.shape[1])),
        mode_rows=np.where([[1.0, 0.0, 0.0, 0.0, 0.0]], RECORD, plan.mode_rows),
    )


# --- closed forms ------------------------------------------------------------------------------------------------


def test_constant_dose_withdraws_what_arithmetic_leaves():
    """0.1 mL/d for 90 d leaves 5 of the 14 mL that can be drawn; 2 mL more come out to make the reservoir suck."""
    rows = draw_down(calm_plan(90.0), NOTHING_ASKED._replace(activation=2 * ML), 15 * ML, 0, 3)
    assert rows[:, REFILLS].tolist() == [8.0, 8.0, 8.0]
    np.testing.assert_allclose(rows[:, WITHDRAWN], 8 * 7 * ML, rtol=1e-9)
    assert not rows[:, [DRY_REFILLS, RAN_DRY, DRY_TIME, CALLED]].any()


def test_constant_dose_that_needs_more_than_the_reservoir_is_dry_for_the_rest_of_each_cycle():
    """66 U/d draw 14 mL in 84.8 d; visits every 100 d find the reservoir dry for 15.2 d."""
    plan = calm_plan(100.0, daily=1.65 * DAILY, years=3.0)
    rows = draw_down(plan, NOTHING_ASKED, 15 * ML, 0, 2)
    empty = 14.0 / 0.165
    last = 3 * 365.25 - 1000 - empty
    np.testing.assert_allclose(rows[:, DRY_TIME], (10 * (100.0 - empty) + last) * DAY, rtol=1e-9)
    assert rows[0, DRY_REFILLS] == rows[0, REFILLS] == 10.0


def test_low_message_brings_those_who_answer():
    """66 U/d: the message of 2 mL left sounds at 78.8 d, the patient comes 3 d later."""
    plan = calm_plan(100.0, daily=1.65 * DAILY, years=3.0)
    rows = draw_down(plan, NOTHING_ASKED._replace(answering=1.0), 15 * ML, 0, 2)
    assert rows[0, REFILLS] == rows[0, CALLED] == math.floor(3 * 365.25 / (13.0 / 0.165 + 3.0))
    assert rows[0, RAN_DRY] == 0.0


def test_lognormal_dose_and_fixed_interval_run_dry_with_the_closed_form():
    plan = calm_plan(90.0, rate_spread=0.25, years=0.5)
    found = size(plan, NOTHING_ASKED, [12 * ML, 14 * ML], 4000)
    for row in found.sized:
        exact = NormalDist().cdf(-math.log((row.volume / ML - 1.0) / 9.0) / 0.25)
        assert row.run_dry.lower <= exact <= row.run_dry.upper
        assert row.run_dry.value == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 4000))
        assert row.run_dry_per_refill.lower <= exact <= row.run_dry_per_refill.upper


def test_accurate_counting_and_generous_delivery_run_dry_before_the_message():
    """A stroke 25 % too large draws 14 mL in 112 d, while the count of 13 mL is reached at 130 d."""
    plan = calm_plan(120.0, years=1.0)
    plan = plan._replace(
        design=plan.design._replace(
            pump=plan.design.pump._replace(drive=plan.design.pump.drive._replace(accuracy=1.25)),
            clinic=plan.design.clinic._replace(longest_interval=120 * DAY),
        )
    )
    rows = draw_down(plan, NOTHING_ASKED._replace(answering=1.0), 15 * ML, 0, 1)
    assert rows[0, DRY_REFILLS] == rows[0, REFILLS] == 3.0
    assert rows[0, DRY_TIME] == pytest.approx(3 * 8.0 * DAY, rel=1e-6)
    assert rows[0, CALLED] == 0.0


def test_pump_without_a_programme_is_drawn_down_by_its_flow():
    """What a restrictor lets through in a month is gone, whatever the count says."""
    plan = hepatic_plan(years=1.0)
    fixed = plan.design.clinic._replace(interval_spread=0.0, longest_interval=40 * DAY)
    plan = plan._replace(design=plan.design._replace(clinic=fixed))
    pump = plan.design.pump
    flow = seen(pump, new_pump(pump), histogram(plan.design.regimen, plan.design.population.mean_rate), 1.0).flow
    drawn = flow * 30 * DAY
    rows = draw_down(plan, NOTHING_ASKED, 50 * ML, 0, 2)
    np.testing.assert_allclose(rows[:, WITHDRAWN], rows[:, REFILLS] * (48 * ML - drawn), rtol=1e-9)
    small, large = (draw_down(plan, NOTHING_ASKED, 2 * ML + part * drawn, 0, 1)[0] for part in (0.99, 1.01))
    assert small[DRY_REFILLS] == small[REFILLS] == 12.0
    assert large[RAN_DRY] == 0.0


# --- against the lifetime kernel ---------------------------------------------------------------------------------


def test_refills_and_dry_reservoirs_are_those_of_the_lifetime_kernel():
    """The same patients with quiet physics, even days and everyone answering: refill for refill the same."""
    plan = quiet_plan(years=5.0)
    pump = plan.design.pump
    pump = pump._replace(
        drug=pump.drug._replace(nucleation=1e-300),
        catheter=pump.catheter._replace(onset_rate=0.0),
        site=pump.site._replace(onset_rate=0.0),
        reservoir=pump.reservoir._replace(capacity=6 * ML),
        power=pump.power._replace(energy=1e6),
    )
    people = plan.design.population._replace(
        death_rate=0.0, loss_rate=0.0, abandonment_rate=0.0, entry_span=0.0, closing_date=100 * YEAR
    )
    clinic = plan.design.clinic._replace(missed=0.05, low_response=9 * DAY, error_threshold=1.5)
    plan = plan._replace(
        design=plan.design._replace(pump=pump, population=people, clinic=clinic),
        hazards=np.zeros((0, plan.hazards.shape[1])),
        hazard_names=(),
    )
    everyone = NOTHING_ASKED._replace(answering=1.0, empty_response=NEVER)
    rows = draw_down(plan, everyone, 6 * ML, 0, 400)
    lived = simulate(plan, 0, 400)
    assert rows[:, REFILLS].tolist() == lived.patients["refills"].tolist()
    dry = lived.events["patient"][lived.events["kind"] == MODE + plan.mode_names.index("empty_reservoir")]
    assert rows[:, RAN_DRY].tolist() == np.isin(np.arange(400), dry).astype(float).tolist()
    assert 5 < rows[:, RAN_DRY].sum() < 395


# --- order -------------------------------------------------------------------------------------------------------


def test_no_patient_is_worse_off_with_a_larger_reservoir_when_visits_do_not_move():
    plan = calm_plan(90.0, rate_spread=0.3, years=5.0)
    even = NOTHING_ASKED._replace(day_spread=0.17)
    rows = [draw_down(plan, even, volume * ML, 0, 500) for volume in (8, 10, 12, 15)]
    for small, large in pairwise(rows):
        assert (large[:, [RAN_DRY, DRY_REFILLS]] <= small[:, [RAN_DRY, DRY_REFILLS]]).all()
        assert (large[:, DRY_TIME] <= small[:, DRY_TIME] + 1e-3).all()
        assert (large[:, WITHDRAWN] >= small[:, WITHDRAWN] - 1e-12).all()
    assert rows[0][:, RAN_DRY].mean() > rows[-1][:, RAN_DRY].mean() + 0.1


def test_larger_reservoirs_run_dry_less_waste_more_and_call_less():
    found = size(quiet_plan(), EVERYTHING, [8 * ML, 10 * ML], 2000).sized
    assert [row.volume / ML for row in found] == pytest.approx([8.0, 10.0, 15.0])
    for small, large in pairwise(found):
        assert large.run_dry.value < small.run_dry.value
        assert large.dry_share.value < small.dry_share.value
        assert large.called.value < small.called.value
        assert large.withdrawn.value > small.withdrawn.value


def test_answering_a_message_spares_dry_reservoirs():
    nobody, half, all_of_them = (
        size(quiet_plan(), EVERYTHING._replace(answering=share), [8 * ML], 1000).sized[0].run_dry.value
        for share in (0.0, 0.5, 1.0)
    )
    assert nobody > half > all_of_them


# --- verdicts and changes ----------------------------------------------------------------------------------------


def test_smallest_volume_is_the_first_whose_upper_limit_meets_the_requirement():
    found = size(quiet_plan(), EVERYTHING, [8 * ML, 10 * ML, 12 * ML], 2000)
    for row in found.sized:
        above = row.run_dry.lower > 0.01 or row.run_dry_per_refill.lower > 0.005
        below = row.run_dry.upper <= 0.01 and row.run_dry_per_refill.upper <= 0.005
        assert row.verdict == (MISSED if above else MET if below else OPEN)
    assert found.sized[0].verdict == MISSED
    assert found.smallest == min(row.volume for row in found.sized if row.verdict == MET)


def test_impossible_requirement_has_no_smallest_volume():
    assert size(quiet_plan(years=1.0), EVERYTHING._replace(run_dry=0.0), [20 * ML], 200).smallest is None


def test_same_luck_narrows_differences():
    found = size(quiet_plan(), EVERYTHING, [18 * ML, 15 * ML], 1000)
    assert found.own == 15 * ML
    assert len(found.changes) == 2
    assert found.changes[0].withdrawn == pytest.approx((0.0, 0.0, 0.0, math.nan), nan_ok=True)
    change = found.changes[1].withdrawn
    assert change.gain > 50.0
    # 3 mL more come back at each refill, about 8.1 of which a year are made
    assert change.lower < 3 * ML * found.sized[0].refills.value * 1.002
    assert change.value == pytest.approx(3 * ML * found.sized[0].refills.value, rel=0.01)


# --- equal bits, and what is refused -----------------------------------------------------------------------------


@pytest.mark.parametrize("step", [1, 97, 250])
def test_bits_do_not_depend_on_chunks(step):
    plan = quiet_plan(years=3.0)
    whole = draw_down(plan, EVERYTHING, 8 * ML, 0, 250)
    parts = [draw_down(plan, EVERYTHING, 8 * ML, first, min(step, 250 - first)) for first in range(0, 250, step)]
    assert np.concatenate(parts).tobytes() == whole.tobytes()


def test_compiled_and_uncompiled_give_the_same_bits():
    lines = run(
        "from tests.reliability.test_sizing import hashed_rows; print(hashed_rows())", NUMBA_DISABLE_JIT="1"
    )
    assert lines.strip() == hashed_rows()


def hashed_rows() -> str:
    """Return the hash of some patients with a small reservoir."""
    rows = draw_down(quiet_plan(years=2.0), EVERYTHING, 8 * ML, 90, 20)
    return hashlib.sha256(rows.tobytes()).hexdigest()


def test_result_does_not_depend_on_threads_and_progress_is_told():
    told = []
    plan = quiet_plan(years=1.0)
    one = size(plan, EVERYTHING, [10 * ML], 2100, threads=1)
    two = size(plan, EVERYTHING, [10 * ML], 2100, threads=2, progress=lambda done, of: told.append((done, of)))
    assert repr(one) == repr(two)
    assert told == [(done, 4200) for done in (1000, 2000, 2100, 3100, 4100, 4200)]


@pytest.mark.parametrize("volume", [2 * ML, -1.0, math.nan, math.inf])
def test_volume_without_room_is_refused(volume):
    assert least_volume(quiet_plan(), EVERYTHING) == 2 * ML
    with pytest.raises(ValueError, match="must be above 2e-06 m3"):
        size(quiet_plan(), EVERYTHING, [volume], 200)


def test_patients_of_one_world_are_refused():
    with pytest.raises(ValueError, match="51 patients"):
        size(quiet_plan(), EVERYTHING, [10 * ML], 50)


def test_endless_refills_are_refused():
    with pytest.raises(RuntimeError, match="interval"):
        draw_down(calm_plan(0.01, years=10.0), NOTHING_ASKED, 15 * ML, 0, 1)
