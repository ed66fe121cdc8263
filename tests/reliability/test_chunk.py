"""A chunk is the same whatever its size, its buffers, its compiler and its company."""

from __future__ import annotations

import numpy as np
import pytest

from fluidics.rows import pack
from reliability.chunk import kinds, simulate
from reliability.events import DONE, FULL, RECORD, REPLACE
from reliability.hazards import CLOCK_WIDTH
from reliability.history import histories
from reliability.tables import DEVICES, EVENTS, PATIENTS
from tests.fluidics.parts import OUTSIDE, ROOT, run
from tests.reliability.plans import DAY, active_plan, quiet_plan
from tests.reliability.studies import hashed, hepatic_plan, in_chunks, joined, still_plan

PLANS = {"active": active_plan, "quiet": quiet_plan, "hepatic": hepatic_plan}


@pytest.mark.parametrize("plan", [plan() for plan in PLANS.values()], ids=PLANS)
def test_chunks_of_any_size_give_the_same_bits(plan):
    whole = hashed(in_chunks(plan, 300, 300))
    assert hashed(in_chunks(plan, 300, 97)) == whole
    assert hashed(in_chunks(plan, 40, 1)) == hashed(in_chunks(plan, 40, 40)) != whole


@pytest.mark.parametrize("plan", [plan() for plan in PLANS.values()], ids=PLANS)
def test_buffers_of_any_size_give_the_same_bits(plan):
    assert hashed(in_chunks(plan, 60, 60, room=0)) == hashed(in_chunks(plan, 60, 60, room=200))


def test_compiled_and_uncompiled_give_the_same_bits():
    lines = run(
        "from tests.reliability.test_chunk import PLANS\n"
        "from tests.reliability.studies import hashed, in_chunks\n"
        "for plan in PLANS.values(): print(hashed(in_chunks(plan(), 20, 20)))",
        NUMBA_DISABLE_JIT="1",
    )
    assert lines.split() == [hashed(in_chunks(plan(), 20, 20)) for plan in PLANS.values()]


@pytest.mark.parametrize(("n_devices", "n_events"), [(1, 1000), (1000, 3), (60, 40), (4, 17)])
def test_full_buffers_are_never_written_past(n_devices, n_events):
    plan = active_plan()
    base = pack(plan.design.pump)
    devices, events = np.full((2000, len(DEVICES)), -7.0), np.full((2000, len(EVENTS)), -7.0)
    patients = np.full((40, len(PATIENTS)), -7.0)
    progress = histories(
        plan.design, plan.rules, base, plan.spreads, plan.mode_rows, plan.hazards, plan.seed, 0,
        np.zeros(len(base)), np.zeros((len(plan.hazards), CLOCK_WIDTH)), None, patients[:30], devices[:n_devices],
        events[:n_events],
    )  # fmt: skip
    assert progress.status == FULL
    assert progress.patients < 30
    assert progress.devices <= n_devices
    assert progress.events <= n_events
    assert (devices[n_devices:] == -7.0).all()
    assert (events[n_events:] == -7.0).all()
    assert (patients[progress.patients :] == -7.0).all()


def test_room_that_suffices_is_done_at_once():
    plan = quiet_plan()
    base = pack(plan.design.pump)
    progress = histories(
        plan.design, plan.rules, base, plan.spreads, plan.mode_rows, plan.hazards, plan.seed, 0,
        np.zeros(len(base)), np.zeros((len(plan.hazards), CLOCK_WIDTH)), None, np.zeros((5, len(PATIENTS))),
        np.zeros((500, len(DEVICES))), np.zeros((5000, len(EVENTS))),
    )  # fmt: skip
    assert (progress.status, progress.patients) == (DONE, 5)


def test_patients_are_those_asked_for():
    chunk = simulate(active_plan(), 30, 7)
    assert (chunk.first, chunk.size, len(chunk.patients["end"])) == (30, 7, 7)
    assert sorted(set(chunk.devices["patient"])) == list(range(30, 37))
    assert set(chunk.events["patient"]) <= set(range(30, 37))
    assert hashed([chunk]) == hashed([simulate(active_plan(), 30, 7)])
    assert hashed([chunk]) != hashed([simulate(active_plan(seed=2), 30, 7)])


def refused(plan):
    with pytest.raises(RuntimeError) as complaint:
        simulate(plan, 3, 2)
    text = str(complaint.value)
    assert text.startswith("patient 3: ")
    assert "\n" not in text, "one sentence"
    return text


def test_a_hazard_that_never_rests_is_given_up():
    assert "more interruptions" in refused(still_plan([[1.0, 1.0, 0, RECORD, 0.0, 0]]))


def test_visits_without_end_are_given_up():
    assert "more visits" in refused(still_plan(interval=3600.0))


def test_panels_without_end_are_given_up():
    plan = still_plan()
    assert "more panels" in refused(plan._replace(rules=plan.rules._replace(panels=1e6)))


def test_devices_without_end_are_given_up():
    refused(still_plan([[1.0 / DAY, 1.0, 0, REPLACE, 1.0, 0]]))


def test_every_code_of_a_study_has_its_name():
    for plan in (active_plan(), hepatic_plan()):
        names = kinds(plan)
        chunk = simulate(plan, 0, 300)
        assert set(chunk.events["kind"]) <= set(names)
        assert set(chunk.devices["cause"]) <= set(names)
        assert len(set(names.values())) == len(names)
    assert names[0] == "in_service"
    assert joined([chunk], "events")["kind"].size > 0


STUDY_OUTSIDE = """
from reliability.chunk import simulate
from reliability.history import histories
from tests.reliability.studies import hepatic_plan
from screw import Screw
plan = hepatic_plan()
pump = plan.design.pump
pump = pump._replace(drive=Screw(1e5), catheter=pump.catheter._replace(length=0.0))
plan = plan._replace(design=plan.design._replace(pump=pump))
devices = simulate(plan, 0, 20).devices
print(repr(float(devices["delivered"].sum())), repr(float(devices["undelivered"].sum())))
print(sum(histories.stats.cache_hits.values()))
"""


def test_a_mechanism_from_outside_lives_through_the_years_and_is_cached(tmp_path):
    (tmp_path / "screw.py").write_text(OUTSIDE)
    places = {"PYTHONPATH": f"{ROOT}:{tmp_path}", "PYTHONDONTWRITEBYTECODE": "1", "NUMBA_DISABLE_JIT": "0"}
    first = run(STUDY_OUTSIDE, **places).split()
    again = run(STUDY_OUTSIDE, **places).split()
    delivered, missed = float(first[0]), float(first[1])
    # it slips by the 12 kPa of the artery, of 100 kPa that it could hold
    assert delivered / (delivered + missed) == pytest.approx(0.88, rel=1e-12)
    assert again == [first[0], first[1], "1"]
