"""The clinic: when patients come, and what a rinse and an operation find and mend."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.drives.piston import Deposit
from fluidics.elementary import inverse_normal
from fluidics.engines.panel import seen
from fluidics.lines.infusion_set import Worn
from fluidics.pump import new_pump
from fluidics.questions import histogram
from reliability.clinic import loss, measured, next_visit, operated_on, treated
from reliability.events import ENCAPSULATION, TIP_OBSTRUCTION
from reliability.population import enrolled
from tests.fluidics.parts import onset
from tests.fluidics.worn import AGING_SET
from tests.reliability.plans import DAILY, DAY, POPULATION, REGIMEN, YEAR, clinic, quiet_plan

PUMP = quiet_plan().design.pump
NEW = new_pump(PUMP)
LEVELS = histogram(REGIMEN, DAILY)
PATIENT = enrolled(POPULATION, 1, 0, 10.0 * YEAR)
MONTHS = clinic(45.0 * DAY, 5.0 * DAY)
EXACT = MONTHS._replace(error_noise=0.0)


def aged(deposit=0.0, tip=0.0, capsule=0.0):
    """Return a pump with a deposit and a line closed for some days."""
    return NEW._replace(
        drive=Deposit(deposit), catheter=onset(1.0, tip * DAY, 1.0), site=onset(1.0, capsule * DAY, 1.0)
    )


def lost(state):
    return loss(seen(PUMP, state, LEVELS, 1.0))


def visit(u, rate=DAILY, **changes):
    return next_visit(MONTHS._replace(**changes), PUMP, rate, u) / DAY


def test_patients_come_at_the_interval_with_its_spread():
    assert visit(0.5) == pytest.approx(45.0)
    for u in (0.1, 0.25, 0.9):
        assert visit(u) == pytest.approx(45.0 + 5.0 * inverse_normal(u), rel=1e-12)


def test_nobody_comes_after_the_longest_interval_or_before_a_fifth():
    wide = {"interval_spread": 40.0 * DAY, "low_response": YEAR}
    assert visit(0.999, **wide) == 104.0
    assert visit(0.001, **wide) == pytest.approx(9.0)


def test_a_missed_visit_is_made_later():
    assert visit(0.95, missed=0.1) == pytest.approx(75.0)
    # the kept visits keep their own law
    assert visit(0.45, missed=0.1) == pytest.approx(visit(0.5))
    last = visit(np.nextafter(0.9, 0.0), missed=0.1)
    assert last == pytest.approx(visit(1.0 - 1e-16), rel=1e-3)


def test_the_low_alarm_follows_from_the_programmed_rate():
    # 14 mL usable and 1 mL residual less 2 mL: 13 mL at 0.2 mL/day last 65 days, and 3 days to answer
    assert visit(0.5, rate=2.0 * DAILY, interval=80.0 * DAY) == pytest.approx(68.0)
    assert visit(0.5, rate=DAILY, interval=80.0 * DAY) == pytest.approx(80.0)


@given(st.floats(2.0**-53, 1.0 - 2.0**-53), st.floats(0.01, 100.0), st.floats(0.0, 0.9))
def test_the_wait_is_always_above_zero(u, dose, missed):
    assert 0.0 < visit(u, rate=dose * DAILY, missed=missed) <= 104.0


def test_a_rinse_mends_a_leaking_pump():
    leaking = aged(deposit=1.0)
    error = lost(leaking)
    assert 0.15 < error < 0.5
    found = treated(EXACT, PUMP, leaking, LEVELS, error, 1, PATIENT, 1)
    assert (found.rinse, found.line, found.replaced, found.extra_rinse) == (1, 0, 0, 0)
    assert found.state.drive.deposit == pytest.approx(PUMP.drive.rinse_left)
    assert lost(found.state) < 0.01


@pytest.mark.parametrize(
    ("tip", "capsule", "kind"), [(130.0, 0.0, TIP_OBSTRUCTION), (0.0, 133.0, ENCAPSULATION)], ids=["tip", "capsule"]
)
def test_a_rinse_does_not_open_a_line_and_an_operation_names_its_fault(tip, capsule, kind):
    closed = aged(tip=tip, capsule=capsule)
    error = lost(closed)
    assert 0.15 < error <= 0.5
    found = treated(EXACT, PUMP, closed, LEVELS, error, 1, PATIENT, 1)
    assert (found.rinse, found.line, found.replaced, found.extra_rinse) == (0, kind, 0, 0)
    assert found.state.catheter.age == found.state.site.age == 0.0
    assert found.state.catheter.wait > 0.0
    assert lost(found.state) == pytest.approx(lost(NEW), abs=1e-6)


def test_a_grave_loss_is_operated_without_a_rinse_before():
    shut = aged(tip=300.0)
    error = lost(shut)
    assert error > 0.5
    assert treated(EXACT, PUMP, shut, LEVELS, error, 1, PATIENT, 1).rinse == -1


def test_a_pump_that_cannot_be_rinsed_is_operated():
    found = treated(EXACT._replace(rinses=0.0), PUMP, aged(tip=130.0), LEVELS, 0.3, 1, PATIENT, 1)
    assert (found.rinse, found.line, found.extra_rinse) == (-1, TIP_OBSTRUCTION, 0)


def test_nobody_operates_on_a_line_that_each_refill_replaces():
    worn = PUMP._replace(catheter=AGING_SET)
    shut = new_pump(worn)._replace(catheter=Worn(kinked=1.0, clog=onset(0.0, 10.0 * DAY, 1.0), air=0.0))
    assert loss(seen(worn, shut, LEVELS, 1.0)) > 0.99
    found = treated(EXACT, worn, shut, LEVELS, 0.99, 1, PATIENT, 1)
    assert (found.operated, found.rinse, found.line, found.replaced) == (0, -1, 0, 0)
    assert found.state == shut


def test_both_faults_need_a_new_line_and_a_rinse():
    both = aged(deposit=1.0, tip=130.0)
    found = operated_on(EXACT, PUMP, both, LEVELS, lost(both), -1, 1, PATIENT, 1)
    assert (found.line, found.extra_rinse, found.replaced) == (TIP_OBSTRUCTION, 1, 0)
    assert lost(found.state) < 0.01


def test_a_pump_that_has_lost_too_much_is_replaced():
    worn = aged(deposit=5.0)
    own = lost(worn)
    assert own > 0.4
    found = operated_on(EXACT, PUMP, worn, LEVELS, own, -1, 1, PATIENT, 1)
    assert (found.line, found.replaced, found.extra_rinse) == (0, 1, 0)


def test_an_operation_at_which_nothing_is_at_fault_rinses():
    found = operated_on(EXACT, PUMP, aged(deposit=0.7), LEVELS, 0.2, 0, 1, PATIENT, 1)
    assert (found.line, found.replaced, found.extra_rinse) == (0, 0, 1)


def test_an_operation_that_finds_a_small_loss_of_the_pump_rinses_it():
    """Below the threshold, and yet more than the line loses: nothing else could be at fault."""
    slight = aged(deposit=0.3)
    assert lost(NEW) < lost(slight) < EXACT.error_threshold
    found = operated_on(EXACT, PUMP, slight, LEVELS, 0.2, 0, 1, PATIENT, 1)
    assert (found.line, found.replaced, found.extra_rinse) == (0, 0, 1)
    assert found.state.drive.deposit == pytest.approx(PUMP.drive.rinse_left * 0.3)


@pytest.mark.parametrize("accuracy", [0.99, 0.8])
def test_a_clean_line_is_never_named_for_a_pump_that_gives_too_little(accuracy):
    poor = PUMP._replace(drive=PUMP.drive._replace(accuracy=accuracy))
    found = operated_on(EXACT._replace(rinses=0.0), poor, NEW, LEVELS, 0.2, -1, 1, PATIENT, 1)
    assert (found.line, found.replaced, found.extra_rinse) == (0, 0, 0)
    assert found.state == NEW


def test_a_line_is_charged_with_what_it_takes_from_a_poor_pump():
    """Of a pump that gives 80 % through a new line, one that takes little more is not at fault where a leak is."""
    poor = PUMP._replace(drive=PUMP.drive._replace(accuracy=0.8))
    both = aged(deposit=0.7, tip=60.0)
    found = operated_on(EXACT._replace(rinses=0.0), poor, both, LEVELS, 0.3, -1, 1, PATIENT, 1)
    assert found.line == 0


def test_noise_of_the_second_measurement_decides_near_the_threshold():
    border = aged(tip=123.0)
    noisy = MONTHS._replace(error_noise=0.3)
    outcomes = {treated(noisy, PUMP, border, LEVELS, 0.2, 1, PATIENT._replace(number=k), 1).rinse for k in range(40)}
    assert outcomes == {0, 1}


def test_loss_is_what_is_programmed_and_does_not_arrive():
    around = seen(PUMP, NEW, LEVELS, 1.0)
    assert loss(around) == pytest.approx(1.0 - around.flow / DAILY, abs=1e-12)
    assert loss(seen(PUMP, NEW, LEVELS, 0.0)) == 1.0


@pytest.mark.parametrize("u", [0.0001, 0.3, 0.5, 0.998, 0.9990, 0.99999])
@pytest.mark.parametrize("error", [-0.05, 0.0, 0.08, 0.0899, 0.0901, 0.14, 0.16, 0.6])
def test_noise_decides_as_if_it_were_always_added(error, u):
    plain = error + MONTHS.error_noise * inverse_normal(u)
    found = measured(MONTHS, error, u)
    assert (found > MONTHS.error_threshold) == (plain > MONTHS.error_threshold)
    if plain > MONTHS.error_threshold:
        assert found == plain
