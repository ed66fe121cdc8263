"""A study that fits nowhere is refused before anything is made."""

from __future__ import annotations

import pytest

from reliability import room
from reliability.chunk import simulate
from reliability.room import Need, check_room, machine, needed
from reliability.store import StudyError
from reliability.study import run_study
from tests.reliability.plans import active_plan

SAMPLE = simulate(active_plan(), 0, 50)


def test_what_is_needed_grows_with_the_patients():
    once, thrice = needed(SAMPLE, 50), needed(SAMPLE, 150)
    tables = (SAMPLE.patients, SAMPLE.devices, SAMPLE.events)
    assert once.disk == 2 * sum(column.nbytes for table in tables for column in table.values())
    assert thrice == pytest.approx((3 * once.disk, 3 * once.memory))
    assert 0 < once.memory < once.disk


def test_a_study_fits_on_this_machine(tmp_path):
    assert min(machine(tmp_path)) > 1e6
    check_room(SAMPLE, 1000, tmp_path)


@pytest.mark.parametrize(("name", "has"), [("disk", Need(1e6, 1e15)), ("memory", Need(1e15, 1e6))])
def test_what_is_too_small_is_named_with_the_patients_that_fit(monkeypatch, tmp_path, name, has):
    monkeypatch.setattr(room, "machine", lambda folder: has)
    with pytest.raises(StudyError, match=f"GB of {name}, and there are 0.001 GB: ask for ") as refused:
        check_room(SAMPLE, 1_000_000, tmp_path)
    most = int(str(refused.value).split("ask for ")[1].split(" at most")[0].replace(",", ""))
    assert getattr(needed(SAMPLE, most), name) <= 1e6 < getattr(needed(SAMPLE, most + 1), name)


def test_too_many_patients_are_refused_before_anything_is_made(tmp_path):
    with pytest.raises(StudyError, match="1,000,000,000,000,000 patients need about "):
        run_study(active_plan(), 10**15, tmp_path / "huge.h5", provenance={})
    assert list(tmp_path.iterdir()) == []
