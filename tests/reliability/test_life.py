"""The life of one device: refills, doses, and an end that closed forms foresee."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from fluidics.pump import new_pump
from reliability.chunk import simulate
from reliability.clinic import Finding
from reliability.events import (
    ENCAPSULATION,
    EXTRA_RINSE,
    FLOW_REPLACEMENT,
    IN_VAIN,
    MODE,
    RINSE,
    TIP_OBSTRUCTION,
    UNDERDELIVERY,
)
from reliability.hazards import HAZARD_WIDTH
from reliability.life import filled, note_finding
from reliability.population import enrolled
from reliability.tables import EVENTS
from tests.reliability.plans import DAILY, DAY, ML, POPULATION, YEAR, active_plan, quiet_plan
from tests.reliability.studies import hepatic_plan, still_plan

PLAN = quiet_plan()
PUMP = PLAN.design.pump
PATIENT = enrolled(POPULATION, 1, 0, 10.0 * YEAR)


def test_doses_of_cycles_spread_about_the_patient():
    rates = [filled(PLAN.design, PUMP, new_pump(PUMP), 1, PATIENT, event, 0.0).rate for event in range(3000)]
    z = np.log(np.array(rates) / PATIENT.rate) / POPULATION.cycle_spread
    assert stats.kstest(z, "norm").pvalue > 1e-4


def test_a_fill_is_full_and_programmed_for_its_dose():
    used = new_pump(PUMP)._replace(reservoir=new_pump(PUMP).reservoir._replace(volume=10e-6))
    fill = filled(PLAN.design, PUMP, used, 1, PATIENT, 3, 0.0)
    assert fill.state.reservoir.volume == 0.0
    assert sum(level.rate * level.share for level in fill.levels) == pytest.approx(fill.rate, rel=1e-12)


def finding(**what):
    nothing = {"error": 0.3, "operated": 1, "rinse": -1, "line": 0, "extra_rinse": 0, "replaced": 0}
    return Finding(state=new_pump(PUMP), **(nothing | what))


@pytest.mark.parametrize(
    ("what", "kinds", "operated"),
    [
        ({"rinse": 1, "operated": 0}, [UNDERDELIVERY, RINSE], [0, 0]),
        ({"rinse": 0, "line": TIP_OBSTRUCTION}, [UNDERDELIVERY, RINSE, TIP_OBSTRUCTION], [0, 0, 1]),
        ({"line": ENCAPSULATION, "extra_rinse": 1}, [UNDERDELIVERY, ENCAPSULATION, EXTRA_RINSE], [0, 1, 0]),
        ({"rinse": 0, "replaced": 1}, [UNDERDELIVERY, RINSE, FLOW_REPLACEMENT], [0, 0, 1]),
        (
            {"line": TIP_OBSTRUCTION, "replaced": 1},
            [UNDERDELIVERY, TIP_OBSTRUCTION, FLOW_REPLACEMENT],
            [0, 1, 0],
        ),
        ({"rinse": 0, "extra_rinse": 1}, [UNDERDELIVERY, RINSE, EXTRA_RINSE], [0, 0, 1]),
        ({}, [UNDERDELIVERY, IN_VAIN], [0, 1]),
        ({"operated": 0}, [UNDERDELIVERY], [0]),
    ],
)
def test_a_finding_becomes_its_records(what, kinds, operated):
    buffer = np.zeros((8, len(EVENTS)))
    count = note_finding(finding(**what), buffer, 0, 4, 1, 9.0, 5.0)
    assert count == len(kinds)
    assert buffer[:count, 4].tolist() == kinds
    assert buffer[:count, 6].tolist() == operated
    assert (buffer[:count, :4] == [4.0, 1.0, 9.0, 5.0]).all()


def unrinsed(plan, **drive):
    """Return a study whose clinic cannot rinse."""
    design = plan.design
    pump = design.pump._replace(drive=design.pump.drive._replace(**drive))
    return plan._replace(design=design._replace(pump=pump, clinic=design.clinic._replace(rinses=0.0)))


def test_a_steady_loss_below_that_of_a_replacement_is_operated_once():
    """A pump that gives 80 % from its first day: found, looked into, and left as it is."""
    chunk = simulate(unrinsed(still_plan(interval=90.0 * DAY), accuracy=0.8), 0, 3)
    assert chunk.events["kind"].tolist() == [UNDERDELIVERY, IN_VAIN] * 3
    assert chunk.events["operated"].tolist() == [0, 1] * 3
    assert chunk.patients["operations"].tolist() == [1, 1, 1]
    assert chunk.patients["first_operation"] == pytest.approx(90.0)


def test_a_pump_is_opened_again_only_for_a_loss_that_has_grown():
    plan = unrinsed(active_plan(years=5.0))
    events = simulate(plan, 0, 150).events
    vain = events["kind"] == IN_VAIN
    same = (np.diff(events["patient"][vain]) == 0) & (np.diff(events["ordinal"][vain]) == 0)
    growth = np.diff(events["value"][vain])[same]
    assert len(growth) > 5
    assert growth.min() > plan.design.clinic.error_threshold


def test_visits_come_at_their_interval():
    chunk = simulate(still_plan(interval=100.0 * DAY, years=10.0), 0, 3)
    assert (chunk.devices["refills"] == int(10.0 * 365.25 / 100.0)).all()
    assert chunk.devices["time"] == pytest.approx(3652.5, rel=1e-12)
    assert (chunk.devices["cause"] == 0).all()
    assert len(chunk.events["kind"]) == 0


def test_a_battery_ends_the_pump_after_its_energy_over_power():
    plan = still_plan(interval=30.0 * DAY, years=20.0, mean_rate=DAILY)
    pump = plan.design.pump
    pump = pump._replace(power=pump.power._replace(base_power=7.5e-6, stroke_energy=7.5e-6 * DAY / 200.0))
    plan = plan._replace(design=plan.design._replace(pump=pump))
    chunk = simulate(plan, 0, 2)
    life = 0.98 * 3800.0 / 15e-6 / DAY  # 15 uW at 200 strokes a day, down to the reserve of 2 %
    first = chunk.devices["ordinal"] == 0
    ten_minutes = 600.0 / DAY  # to which a crossing is located
    assert chunk.devices["time"][first] == pytest.approx(life, abs=ten_minutes)
    assert (chunk.devices["cause"][first] == MODE).all()
    # the second pump is implanted in the same breath and lives as long
    assert chunk.devices["implanted"][~first][:1] == chunk.devices["time"][first][:1]


@pytest.mark.parametrize("plan", [still_plan(interval=60.0 * DAY, mean_rate=DAILY), hepatic_plan()])
def test_what_is_programmed_is_delivered_or_missed(plan):
    chunk = simulate(plan, 0, 200)
    people = plan.design.population
    programmed = people.mean_rate / ML * DAY * chunk.devices["time"]
    found = chunk.devices["delivered"] + chunk.devices["undelivered"]
    assert found == pytest.approx(programmed, rel=1e-10)


def test_a_restrictor_delivers_its_closed_form():
    plan = hepatic_plan()
    pump = plan.design.pump
    pump = pump._replace(catheter=pump.catheter._replace(length=0.0))
    plan = plan._replace(design=plan.design._replace(pump=pump), hazards=np.zeros((0, HAZARD_WIDTH)), hazard_names=())
    chunk = simulate(plan, 0, 5)
    antoine = 10.0 ** (6.80896 - 935.86 / (238.73 + 37.0)) * 133.322368
    viscosity = 2.414e-5 * 10.0 ** (247.8 / (310.15 - 140.0))
    flow = (antoine - 101325.0 - 12e3) / (2.1e16 * viscosity / 6.9e-4)
    assert chunk.devices["delivered"] == pytest.approx(flow / ML * DAY * chunk.devices["time"], rel=1e-9)
    assert math.isclose(flow * DAY, 1e-6, rel_tol=0.1)
