"""Histories: exact competing risks, tables that agree with each other, and luck that designs share."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.integrate import quad

from reliability.chunk import simulate
from reliability.events import ABANDONED, DEVICE_END, ENDS, EXPLANT, HAZARD, HORIZON, OPERATE, REPLACE
from reliability.history import begun, continued, write_device
from reliability.life import Life
from reliability.population import enrolled
from reliability.tables import DEVICES
from tests.reliability.plans import DAY, POPULATION, YEAR, active_plan, quiet_plan
from tests.reliability.studies import hepatic_plan, joined, still_plan, weibull_plan


@pytest.fixture(scope="module", params=[active_plan, quiet_plan, hepatic_plan], ids=["active", "quiet", "hepatic"])
def study(request):
    plan = request.param()
    return plan, simulate(plan, 0, 1500)


def incidence(time, shapes, scales, cause):
    """Return the exact cumulative incidence of one of several competing Weibull lives."""

    def density(t):
        at_risk = math.exp(-sum((t / s) ** k for k, s in zip(shapes, scales, strict=True)))
        shape, scale = shapes[cause], scales[cause]
        return shape / scale * (t / scale) ** (shape - 1.0) * at_risk

    return quad(density, 0.0, time, epsabs=1e-14, epsrel=1e-12)[0]


def test_competing_weibull_lives_meet_their_exact_incidence_at_a_million_devices():
    count, step = 1_000_000, 100_000
    plan = weibull_plan()
    ends = np.zeros((2, 3), dtype=np.int64)
    for first in range(0, count, step):
        devices = simulate(plan, first, step, room=4).devices
        assert len(devices["time"]) == step
        for k in range(2):
            years = devices["time"][devices["cause"] == HAZARD + k] / 365.25
            ends[k] += np.searchsorted(np.sort(years), [2.0, 5.0, 10.0], side="right")
    # lives W(shape 2, scale 10) and W(1.2, 12), solved by quadrature to 14 digits
    exact = np.array(
        [
            [0.036485846998848, 0.17961492057598, 0.41419167337854],
            [0.10835799557873, 0.27143126612091, 0.42108594427088],
        ]
    )
    again = [[incidence(t, (2.0, 1.2), (10.0, 12.0), k) for t in (2.0, 5.0, 10.0)] for k in range(2)]
    assert np.array(again) == pytest.approx(exact, rel=1e-11)
    deviation = (ends / count - exact) / np.sqrt(exact * (1.0 - exact) / count)
    assert np.abs(deviation).max() < 4.0, deviation


def test_one_device_each_ends_the_follow_up_when_nothing_replaces_it():
    chunk = simulate(weibull_plan(), 0, 500)
    assert (chunk.patients["devices"] == 1).all()
    failed = chunk.devices["cause"] != 0
    assert (chunk.patients["reason"][failed] == DEVICE_END).all()
    assert (chunk.patients["end"][failed] == chunk.devices["time"][failed]).all()
    assert (chunk.patients["reason"][~failed] == HORIZON).all()
    assert chunk.devices["time"][~failed] == pytest.approx(3652.5)


def test_patients_add_up_their_devices(study):
    _, chunk = study
    for name in (
        "refills",
        "episodes",
        "rinses",
        "line_operations",
        "operations",
        "delivered",
        "undelivered",
        "deficit",
    ):
        total = np.bincount(chunk.devices["patient"], weights=chunk.devices[name], minlength=1500)
        assert total == pytest.approx(chunk.patients[name], rel=1e-12, abs=1e-9), name
    assert (np.bincount(chunk.devices["patient"], minlength=1500) == chunk.patients["devices"]).all()


def test_operations_are_the_operated_events(study):
    _, chunk = study
    events, patients = chunk.events, chunk.patients
    operated = events["operated"] == 1
    assert np.bincount(events["patient"][operated], minlength=1500).tolist() == patients["operations"].tolist()
    first = np.full(1500, np.nan)
    for patient, time in zip(events["patient"][operated][::-1], events["time"][operated][::-1], strict=True):
        first[patient] = np.fmin(first[patient], time)
    assert patients["first_operation"] == pytest.approx(first, rel=1e-12, nan_ok=True)


def test_pumps_follow_each_other_after_their_delay(study):
    plan, chunk = study
    devices, clinic = chunk.devices, plan.design.clinic
    same = devices["patient"][1:] == devices["patient"][:-1]
    assert same.sum() > 50
    assert (devices["ordinal"][1:][same] == devices["ordinal"][:-1][same] + 1).all()
    assert (devices["ordinal"][~np.concatenate(([False], same))] == 0).all()
    gone = (devices["implanted"] + devices["time"])[:-1][same]
    wait = devices["implanted"][1:][same] - gone
    causes = devices["cause"][:-1][same]
    explanted = np.array([c >= HAZARD and plan.hazards[c - HAZARD, 3] == EXPLANT for c in causes])
    assert wait[explanted] == pytest.approx(clinic.reimplantation_delay / DAY, abs=1e-8)
    assert wait[~explanted] == pytest.approx(clinic.replacement_delay / DAY, abs=1e-8)
    assert (causes != 0).all()


def test_lives_end_within_the_follow_up(study):
    _, chunk = study
    end = chunk.patients["end"][chunk.devices["patient"]]
    assert (chunk.devices["time"] >= 0.0).all()
    assert (chunk.devices["implanted"] + chunk.devices["time"] <= end * (1.0 + 1e-12)).all()
    running = chunk.devices["cause"] == 0
    assert (chunk.devices["implanted"] + chunk.devices["time"])[running] == pytest.approx(end[running], rel=1e-12)
    assert (chunk.events["time"] <= chunk.patients["end"][chunk.events["patient"]] * (1.0 + 1e-12)).all()
    assert (chunk.patients["reason"] < len(ENDS)).all()


def test_events_of_a_patient_come_in_the_order_of_time(study):
    _, chunk = study
    same = chunk.events["patient"][1:] == chunk.events["patient"][:-1]
    assert (np.diff(chunk.events["time"])[same] >= 0.0).all()
    assert (np.diff(chunk.events["patient"]) >= 0).all()


def test_the_end_of_a_pump_is_among_its_events(study):
    _, chunk = study
    ended = chunk.devices["cause"] != 0
    last = set(
        zip(
            chunk.events["patient"].tolist(),
            chunk.events["ordinal"].tolist(),
            chunk.events["kind"].tolist(),
            strict=True,
        )
    )
    for patient, ordinal, cause in zip(
        *(chunk.devices[name][ended].tolist() for name in ("patient", "ordinal", "cause")), strict=True
    ):
        assert (patient, ordinal, cause) in last


def test_the_stated_share_gives_up_at_an_explantation():
    plan = still_plan([[1.0 / YEAR, 1.0, 0, EXPLANT, 1.0, 0]])
    plan = plan._replace(design=plan.design._replace(clinic=plan.design.clinic._replace(abandonment=0.3)))
    chunk = simulate(plan, 0, 4000)
    explanted = (chunk.devices["cause"] != 0).sum()
    gave_up = (chunk.patients["reason"] == ABANDONED).sum()
    assert abs(gave_up / explanted - 0.3) < 4.0 * math.sqrt(0.21 / explanted)
    quit_at = chunk.patients["end"][chunk.patients["reason"] == ABANDONED]
    assert (quit_at < 3652.5).all()


def test_renewed_pumps_count_like_a_renewal_process():
    # Weibull lives of shape 2 and scale 1: the expected number of renewals is 0.7536912775 at 1 and 1.8940393468 at 2
    # (the renewal equation, solved by a Volterra scheme)
    plan = still_plan([[1.0 / YEAR, 2.0, 0, REPLACE, 1.0, 0]], interval=0.4 * YEAR, years=2.0)
    count = 100_000
    devices = simulate(plan, 0, count).devices
    ends = (devices["implanted"] + devices["time"])[devices["cause"] != 0] / 365.25
    for year, expected in ((1.0, 0.7536912775), (2.0, 1.8940393468)):
        found = (ends <= year).sum() / count
        assert abs(found - expected) < 4.0 * math.sqrt(expected / count)  # less spread than a Poisson process


def test_designs_share_the_luck_of_their_patients():
    active, quiet = (simulate(plan(), 0, 500) for plan in (active_plan, quiet_plan))
    for name in ("world", "entry", "rate"):
        assert (active.patients[name] == quiet.patients[name]).all(), name
    both = (active.patients["reason"] == HORIZON) & (quiet.patients["reason"] == HORIZON)
    assert both.sum() > 100
    assert not np.array_equal(active.patients["episodes"], quiet.patients["episodes"])


def test_more_panels_change_little():
    plan = active_plan()
    fine = plan._replace(rules=plan.rules._replace(panels=64.0))
    coarse, resolved = (simulate(p, 0, 400).patients for p in (plan, fine))
    assert coarse["delivered"].sum() == pytest.approx(resolved["delivered"].sum(), rel=2e-3)
    assert coarse["episodes"].sum() == pytest.approx(resolved["episodes"].sum(), rel=0.03)


def test_an_operation_that_is_no_end_leaves_the_pump():
    chunk = simulate(still_plan([[1.0 / YEAR, 1.0, 0, OPERATE, 1.0, 0]]), 0, 200)
    assert (chunk.patients["devices"] == 1).all()
    assert chunk.patients["operations"].sum() == len(chunk.events["kind"]) > 1500


def life(**what):
    nothing = dict.fromkeys(Life._fields, 0)
    return Life(**(nothing | {"first_operation": 1e300, "delivered": 0.0, "missed": 0.0, "deficit": 0.0} | what))


def test_a_course_adds_its_lives():
    patient = enrolled(POPULATION, 1, 0, 10.0 * YEAR)
    course = begun(patient)
    assert (course.end, course.reason, course.devices) == (patient.end, patient.reason, 0)
    course = continued(course, life(refills=3, delivered=2.0, first_operation=9.0), 50.0, HORIZON)
    course = continued(course, life(refills=4, delivered=0.5, first_operation=5.0), 40.0, ABANDONED)
    assert (course.devices, course.refills, course.delivered, course.first_operation) == (2, 7, 2.5, 5.0)
    assert (course.end, course.reason) == (40.0, ABANDONED)


def test_a_device_that_does_not_fit_is_counted_and_not_written():
    whole = np.full((4, len(DEVICES)), -7.0)
    assert write_device(whole[:2], 2, 0, 0, 0.0, life(time=5.0)) == 3
    assert (whole == -7.0).all()
    assert write_device(whole[:2], 1, 8, 3, 2.0, life(time=5.0)) == 2
    assert whole[1, :4].tolist() == [8.0, 3.0, 2.0, 3.0]
    assert joined([simulate(quiet_plan(), 0, 2)], "devices")["patient"][0] == 0
