"""What only physics gives: how the library's insulin pump answers when a cause is taken away, doubled or shared."""

from __future__ import annotations

import math

import numpy as np
import pytest

from fluidics.drives.piston import Deposit
from fluidics.engines.panel import seen
from fluidics.lines.occlusion import Onset
from fluidics.pump import Surroundings, new_pump, with_drive, with_line
from fluidics.questions import histogram, operate, pressure, temperature, viscosity
from reliability.chunk import simulate
from reliability.clinic import loss
from scenarios.build import load, plan
from scenarios.cohorts import Cohort, counts
from scenarios.units import DAY

OLD = "implanted-insulin-1994"
PER_WORLD, WORLDS, YEARS, SEED = 50, 60, 6.0, 3
NO_SUCTION = "pump.reservoir.ambient=68.35 kPa"  # the propellant at 37 degC less the pressure in the peritoneum


@pytest.fixture(scope="module")
def worlds():
    """Return a function from overrides to the counts of each world, every run with the same luck."""
    cohort, done = Cohort("worlds", OLD, PER_WORLD, YEARS, 0.0, ""), {}

    def simulated(*overrides: str):
        if overrides not in done:
            whole = plan(load(OLD, overrides), YEARS, SEED)
            chunk = simulate(whole, 0, WORLDS * PER_WORLD)
            refills = chunk.patients["refills"].reshape(WORLDS, -1).sum(axis=1)
            done[overrides] = counts(whole, chunk, cohort) | {"refills": refills}
        return done[overrides]

    return simulated


def estimate(of, *runs):
    """Return a figure of the sums over all worlds of some runs, and its jackknife standard error over worlds."""
    sums = [{name: column.sum() for name, column in run.items()} for run in runs]
    without = [
        of(*({name: total[name] - run[name][k] for name in run} for total, run in zip(sums, runs, strict=True)))
        for k in range(WORLDS)
    ]
    return of(*sums), math.sqrt((WORLDS - 1) * np.var(without))


def rate(run, name):
    return run[name] / run["patient_years"]


# --- one pump -------------------------------------------------------------------------------------------------------


def points(design, state):
    """Return the flow over the programmed rate at basal and at bolus rate."""
    pump = design.pump
    body = temperature(pump.site)
    inlet, mu = pressure(pump.reservoir, state.reservoir, body), viscosity(pump.drug, state.drug, body)
    levels = histogram(design.regimen, design.population.mean_rate)[:2]
    return [operate(pump.drive, state.drive, x.rate, inlet, mu, pump, state).flow / x.rate for x in levels]


def around(design, state) -> Surroundings:
    return seen(design.pump, state, histogram(design.regimen, design.population.mean_rate), 1.0)


def leaking(design, deposit):
    return with_drive(new_pump(design.pump), Deposit(deposit=deposit))


def closing(design, days):
    state = new_pump(design.pump)
    return with_line(state, Onset(wait=0.0, age=days * DAY, factor=1.0), state.site)


def where(figure, target, low, high):
    """Return where an increasing figure reaches its target, by bisection."""
    for _ in range(60):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if figure(middle) < target else (low, middle)
    return 0.5 * (low + high)


def test_a_leaking_seat_loses_nothing_without_negative_pressure():
    sucking, level = load(OLD).design, load(OLD, [NO_SUCTION]).design
    assert loss(around(sucking, leaking(sucking, 1.0))) > 0.2
    assert abs(loss(around(level, leaking(level, 1.0)))) < 1e-3


def test_at_ten_times_the_basal_rate_a_leak_of_ten_percent_is_one_of_one_percent():
    design = load(OLD).design
    pump = design.pump
    body = temperature(pump.site)

    def lost(deposit, factor):
        state = leaking(design, deposit)
        inlet, mu = pressure(pump.reservoir, state.reservoir, body), viscosity(pump.drug, state.drug, body)
        basal = factor * histogram(design.regimen, design.population.mean_rate)[0].rate
        return 1.0 - operate(pump.drive, state.drive, basal, inlet, mu, pump, state).flow / basal

    deposit = where(lambda d: lost(d, 1.0), 0.10, 0.0, 2.0)
    assert lost(deposit, 1.0) == pytest.approx(0.10, abs=1e-9)
    assert lost(deposit, 10.0) == pytest.approx(0.01, rel=1e-3)


def test_at_equal_loss_a_leaking_seat_shows_in_basal_and_a_closing_tip_in_boluses():
    design = load(OLD).design
    deposit = where(lambda d: loss(around(design, leaking(design, d))), 0.2, 0.0, 3.0)
    days = where(lambda t: loss(around(design, closing(design, t))), 0.2, 0.0, 600.0)
    leak, tip = leaking(design, deposit), closing(design, days)
    assert loss(around(design, leak)) == pytest.approx(loss(around(design, tip)), abs=1e-6)
    (leak_basal, leak_bolus), (tip_basal, tip_bolus) = points(design, leak), points(design, tip)
    assert leak_basal < 0.7
    assert leak_bolus > 0.98
    assert tip_basal > 0.98
    assert tip_bolus < 0.7


# --- many patients --------------------------------------------------------------------------------------------------


def test_without_negative_pressure_no_rinse_finds_anything_to_restore(worlds):
    assert rate(worlds(), "restored").sum() > 0.0
    assert worlds(NO_SUCTION)["restored"].sum() == 0
    assert worlds(NO_SUCTION)["flow_replacement"].sum() == 0
    assert worlds(NO_SUCTION)["underdelivery"].sum() > 0  # of catheters


def test_twice_as_many_refills_mean_fewer_valve_episodes_and_as_many_catheter_operations(worlds):
    quarterly, shorter = worlds(), worlds("clinic.interval=45 d")
    valves, error = estimate(lambda a, b: rate(b, "restored") / rate(a, "restored"), quarterly, shorter)
    assert valves < 0.6 - 4.0 * error
    catheters, error = estimate(lambda a, b: rate(b, "catheter") / rate(a, "catheter"), quarterly, shorter)
    assert abs(catheters - 1.0) < 0.10 + 4.0 * error  # a visit sooner finds a closed tip some weeks sooner
    assert error < 0.03


def test_twice_the_residual_volume_means_more_episodes(worlds):
    more, error = estimate(
        lambda a, b: rate(b, "underdelivery") / rate(a, "underdelivery"),
        worlds(),
        worlds("pump.reservoir.residual=2 mL"),
    )
    assert more > 1.0 + 4.0 * error
    assert more > 1.05


def test_a_losing_pump_is_more_than_twice_as_frequent_where_a_catheter_is_operated(worlds):
    def share_over_share_at_other_visits(run):
        elsewhere = run["restored"] + run["extra_rinse"] + run["flow_replacement"] - run["catheter_and_pump"]
        return run["catheter_and_pump"] / run["catheter"] / (elsewhere / (run["refills"] - run["catheter"]))

    ratio, error = estimate(share_over_share_at_other_visits, worlds())
    assert ratio > 2.0 + 4.0 * error
