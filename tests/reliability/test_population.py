"""Patients, worlds and drawn parameters: the stated laws, and what is shared with whom."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from fluidics.pump import Luck, Service, new_pump
from fluidics.questions import disposable, fresh, refilled
from fluidics.rows import pack, slots
from reliability.events import ABANDONED, DATE, DEATH, HORIZON, LOST
from reliability.population import (
    LOGNORMAL_LAW,
    NORMAL_LAW,
    PER_DEVICE,
    PER_LOT,
    PER_PATIENT,
    batch,
    batch_number,
    draw_parameters,
    enrolled,
    implanted,
    lot,
    part_luck,
    renewed,
)
from reliability.streams import FILL, SPREAD, normal, uniform
from tests.fluidics.parts import SAMPLES
from tests.fluidics.worn import AGING_SET, PATCH_PUMP
from tests.reliability.plans import DAILY, DAY, POPULATION, YEAR, quiet_plan

MANY = 20_000
HORIZON_LENGTH = 10.0 * YEAR
PUMP = quiet_plan().design.pump


def people(count=MANY, seed=1, **changes):
    population = POPULATION._replace(**changes)
    return [enrolled(population, seed, number, HORIZON_LENGTH) for number in range(count)]


@pytest.fixture(scope="module")
def crowd():
    return people()


def test_doses_are_lognormal_about_the_median(crowd):
    z = np.log([p.rate / DAILY for p in crowd]) / POPULATION.rate_spread
    assert stats.kstest(z, "norm").pvalue > 1e-4


def test_frailty_has_mean_one_and_the_stated_spread(crowd):
    frailty = np.array([p.frailty for p in crowd])
    sd = math.sqrt(math.expm1(POPULATION.frailty_spread**2))
    assert abs(frailty.mean() - 1.0) < 4.0 * sd / math.sqrt(MANY)
    z = np.log(frailty) / POPULATION.frailty_spread + 0.5 * POPULATION.frailty_spread
    assert stats.kstest(z, "norm").pvalue > 1e-4


def test_dose_frailty_and_entry_are_independent(crowd):
    table = np.array([[math.log(p.rate), math.log(p.frailty), p.entry] for p in crowd])
    off = np.corrcoef(table.T)[np.triu_indices(3, 1)]
    assert (np.abs(off) < 4.0 / math.sqrt(MANY)).all()


def test_patients_enter_evenly_over_the_span(crowd):
    entries = np.array([p.entry for p in crowd]) / POPULATION.entry_span
    assert stats.kstest(entries, "uniform").pvalue > 1e-4


def test_follow_up_ends_at_the_horizon_or_the_closing_date_when_nothing_else_happens():
    calm = {"death_rate": 0.0, "loss_rate": 0.0, "abandonment_rate": 0.0}
    for p in people(500, closing_date=11.0 * YEAR, **calm):
        left = 11.0 * YEAR - p.entry
        assert (p.end, p.reason) == ((left, DATE) if left < HORIZON_LENGTH else (HORIZON_LENGTH, HORIZON))


def test_reasons_compete_at_their_rates():
    # three constant hazards: each ends its share of all that end before the horizon
    rates = {"death_rate": 0.10 / YEAR, "loss_rate": 0.05 / YEAR, "abandonment_rate": 0.02 / YEAR}
    found = people(closing_date=1e12, **rates)
    reasons = np.array([p.reason for p in found])
    total = sum(rates.values())
    ended = -math.expm1(-total * HORIZON_LENGTH)
    for reason, rate in zip((DEATH, LOST, ABANDONED), rates.values(), strict=True):
        share = rate / total * ended
        assert abs((reasons == reason).mean() - share) < 4.0 * math.sqrt(share * (1.0 - share) / MANY)
    times = np.array([p.end for p in found])
    assert (times[reasons == HORIZON] == HORIZON_LENGTH).all()
    early = 1.0 - np.exp(-total * times[reasons != HORIZON])
    assert stats.kstest(early / ended, "uniform").pvalue > 1e-4


def test_a_patient_depends_on_seed_and_number_alone(crowd):
    assert enrolled(POPULATION, 1, 17, HORIZON_LENGTH) == crowd[17]
    assert enrolled(POPULATION, 2, 17, HORIZON_LENGTH) != crowd[17]


def test_worlds_hold_consecutive_patients(crowd):
    assert [p.world for p in crowd[:101]] == [0] * 50 + [1] * 50 + [2]


def test_a_world_shares_its_batches_and_lots(crowd):
    here, there, elsewhere = (p._replace(entry=0.0) for p in (crowd[0], crowd[49], crowd[50]))
    for time in (0.0, 1.5 * YEAR):
        number = batch_number(POPULATION, here, time)
        assert number == int(time / POPULATION.batch_duration)
        assert batch(1, here, number) == batch(1, there, number) != batch(1, elsewhere, number)
        assert lot(POPULATION, 1, here, time) == lot(POPULATION, 1, there, time) != lot(POPULATION, 1, elsewhere, time)


def test_batches_change_by_calendar_and_not_by_patient_age(crowd):
    early, late = crowd[0]._replace(entry=0.0), crowd[1]._replace(entry=1.0 * YEAR)
    assert batch_number(POPULATION, early, 2.0 * YEAR) == batch_number(POPULATION, late, 1.0 * YEAR)


def test_batches_are_standard_normal():
    patients = people(1)[0]
    found = [batch(1, patients._replace(world=world), 0) for world in range(MANY)]
    assert stats.kstest(found, "norm").pvalue > 1e-4


def test_parts_of_one_pump_have_their_own_luck_and_the_lot_in_common(crowd):
    lucks = [part_luck(1, crowd[3], place, 4096, 0.7) for place in range(6)]
    assert len({luck.uniform for luck in lucks}) == len({luck.normal for luck in lucks}) == 6
    assert {luck.batch for luck in lucks} == {0.7}


def test_a_new_pump_is_fresh_in_every_part_and_differs_from_the_next(crowd):
    first, second = (implanted(PUMP, 1, crowd[3], event, 0.0) for event in (0, 4096))
    assert first.reservoir.volume == first.drug.mass == first.drive.deposit == first.catheter.age == 0.0
    assert first.power.energy != second.power.energy
    assert first.catheter.wait != second.catheter.wait != second.site.wait


THROWN_AWAY = [kind for kind in disposable.answers if kind in SAMPLES and disposable(SAMPLES[kind][0]) == 1.0]


@pytest.mark.parametrize("kind", THROWN_AWAY, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize("luck", [Luck(0.1, -1.3, 0.4), Luck(0.9, 2.0, -1.0)])
def test_a_disposable_part_is_new_after_a_refill_whatever_it_was_before(kind, luck):
    part, own = SAMPLES[kind]
    assert refilled(part, own, Service(0.0), luck) == fresh(part, luck)


def test_a_refill_renews_what_is_disposable_and_keeps_the_rest(crowd):
    worn = PATCH_PUMP._replace(drug=PUMP.drug, power=PUMP.power)
    state = new_pump(worn, Luck(0.2, 0.3, 0.4))
    after = renewed(worn, state, 1, crowd[3], 7, 0.0)
    kept = {name for name in worn._fields if getattr(after, name) is getattr(state, name)}
    assert kept == {"drug", "power"}
    assert after.drive != state.drive
    assert after.catheter != state.catheter
    assert renewed(PUMP, new_pump(PUMP), 1, crowd[3], 7, 0.0) == new_pump(PUMP)


def test_the_first_refill_finds_the_parts_of_the_new_pump(crowd):
    new = implanted(PATCH_PUMP, 1, crowd[3], 4096, 0.0)
    assert renewed(PATCH_PUMP, new, 1, crowd[3], 4096, 0.0) == new


def test_each_disposable_part_of_each_refill_has_its_own_luck(crowd):
    pump = PATCH_PUMP._replace(catheter=AGING_SET._replace(kink_share=0.0, clog_shape=1.0))
    count = 4000
    states = [renewed(pump, new_pump(pump), 1, crowd[3], event, 0.0) for event in range(count)]
    gain = np.array([math.log(s.drive.gain) / pump.drive.gain_spread for s in states])
    drift = np.array([s.drive.drift / pump.drive.drift_spread for s in states])
    clog = stats.norm.ppf(np.exp([-s.catheter.clog.wait for s in states]))
    vial = stats.norm.ppf([uniform(1, 3, event, FILL) for event in range(count)])
    for drawn in (gain, drift, clog):
        assert stats.kstest(drawn, "norm").pvalue > 1e-4
    # with each other, with the vial, and from one refill to the next
    table = np.array([gain[1:], drift[1:], clog[1:], vial[1:], gain[:-1], drift[:-1], clog[:-1]])
    off = np.corrcoef(table)[np.triu_indices(len(table), 1)]
    assert (np.abs(off) < 4.0 / math.sqrt(count)).all()


def laid(spreads, patient, ordinal=0, time=0.0, seed=1):
    """Return the factor that the spreads lay on the parameters of a pump."""
    base = pack(PUMP)
    row = base.copy()
    draw_parameters(POPULATION, np.array(spreads, dtype=np.float64), row, seed, patient, ordinal, time)
    with np.errstate(invalid="ignore"):
        return np.where(base == 0.0, 1.0, row / base)


ACCURACY, FILTER = (float(slots(PUMP).index(f"drive.{name}")) for name in ("accuracy", "filter_resistance"))


@pytest.mark.parametrize("law", [NORMAL_LAW, LOGNORMAL_LAW])
def test_drawn_parameters_have_the_stated_law_and_leave_the_rest(crowd, law):
    factors = np.array([laid([[ACCURACY, law, 0.05, PER_DEVICE]], p) for p in crowd[:5000]])
    others = np.delete(factors, int(ACCURACY), axis=1)
    assert (others == 1.0).all()
    drawn = factors[:, int(ACCURACY)]
    z = (drawn - 1.0) / 0.05 if law == NORMAL_LAW else np.log(drawn) / 0.05
    assert stats.kstest(z, "norm").pvalue > 1e-4


def test_a_normal_spread_is_cut_at_four_deviations(crowd):
    # one draw in sixteen thousand lies beyond
    beyond = [(k, z) for k in range(100_000) if abs(z := normal(1, k, 1, SPREAD)) > 4.0]
    assert {z > 0.0 for _, z in beyond} == {True, False}
    for number, z in beyond:
        factor = laid([[ACCURACY, NORMAL_LAW, 0.24, PER_DEVICE]], crowd[0]._replace(number=number))[int(ACCURACY)]
        assert factor == pytest.approx(1.96 if z > 0.0 else 0.04, rel=1e-12)


def test_spreads_are_shared_as_stated(crowd):
    a, neighbour, stranger = (p._replace(entry=0.0) for p in (crowd[0], crowd[1], crowd[60]))

    def factor(shared, patient, ordinal=0, time=0.0):
        return laid([[ACCURACY, LOGNORMAL_LAW, 0.05, shared]], patient, ordinal, time)[int(ACCURACY)]

    assert factor(PER_DEVICE, a) != factor(PER_DEVICE, a, ordinal=1)
    assert factor(PER_PATIENT, a) == factor(PER_PATIENT, a, ordinal=1) != factor(PER_PATIENT, neighbour)
    assert factor(PER_LOT, a) == factor(PER_LOT, neighbour) == factor(PER_LOT, a, ordinal=5)
    assert factor(PER_LOT, a) != factor(PER_LOT, stranger)
    assert factor(PER_LOT, a) != factor(PER_LOT, a, time=1.01 * POPULATION.lot_duration)


def test_a_new_spread_row_does_not_shift_an_old_one(crowd):
    one = laid([[ACCURACY, LOGNORMAL_LAW, 0.05, PER_DEVICE]], crowd[0])
    two = laid([[ACCURACY, LOGNORMAL_LAW, 0.05, PER_DEVICE], [FILTER, LOGNORMAL_LAW, 0.3, PER_DEVICE]], crowd[0])
    assert one[int(ACCURACY)] == two[int(ACCURACY)]
    assert two[int(FILTER)] != 1.0
    assert batch_number(POPULATION, crowd[0], 300.0 * DAY) >= 1
