"""The folder of an unfinished study: what it refuses, what it sets aside, and which patients it still wants."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reliability.chunk import simulate
from reliability.folder import Shard, claim, finished, folder_of, keep, make, missing, write_whole
from reliability.store import StudyError
from tests.reliability.plans import quiet_plan

IDENTITY = {"plan": "p", "seed": "1", "study": "abc"}


def begin(target, identity):
    folder = claim(target, identity, resume=False)
    make(folder, identity)
    return folder


@pytest.fixture
def folder(tmp_path):
    return begin(tmp_path / "demo.h5", IDENTITY)


def kept(folder, *ranges):
    return [keep(folder, simulate(quiet_plan(), first, count)) for first, count in ranges]


def test_a_new_study_has_a_folder_with_its_manifest(folder, tmp_path):
    assert folder.path == folder_of(tmp_path / "demo.h5")
    assert [path.name for path in folder.path.iterdir()] == ["manifest.json"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["demo.h5.study"]


def test_an_unfinished_study_is_not_touched_unless_asked(folder, tmp_path):
    with pytest.raises(StudyError, match="unfinished study: add --resume"):
        claim(tmp_path / "demo.h5", IDENTITY, resume=False)
    assert claim(tmp_path / "demo.h5", IDENTITY, resume=True) == folder


def test_another_study_is_refused_by_what_differs(folder, tmp_path):
    with pytest.raises(StudyError, match="begun with another seed: "):
        claim(tmp_path / "demo.h5", IDENTITY | {"seed": "2", "study": "abd"}, resume=True)
    (folder.path / "manifest.json").write_text("{")
    with pytest.raises(StudyError, match="no readable manifest"):
        claim(tmp_path / "demo.h5", IDENTITY, resume=True)


def test_a_file_in_the_way_is_not_touched(tmp_path):
    target = tmp_path / "demo.h5"
    target.write_text("mine")
    with pytest.raises(StudyError, match="exists: choose another"):
        claim(target, IDENTITY, resume=False)
    with pytest.raises(StudyError, match="not a pumpsim study"):
        claim(target, IDENTITY, resume=True)
    assert target.read_text() == "mine"


def test_a_place_that_is_not_there_is_one_sentence(tmp_path):
    with pytest.raises(StudyError, match=r"cannot be made \(there is no such folder\): choose another"):
        claim(tmp_path / "nowhere" / "demo.h5", IDENTITY, resume=False)
    folder = claim(tmp_path / "demo.h5", IDENTITY, resume=False)
    (tmp_path / "demo.h5.study.new").write_text("in the way")
    with pytest.raises(StudyError, match=r"cannot be made \(.*\): choose another"):
        make(folder, IDENTITY)


def test_claiming_makes_nothing_and_what_another_made_meanwhile_is_left_alone(tmp_path):
    folder = claim(tmp_path / "demo.h5", IDENTITY, resume=False)
    assert list(tmp_path.iterdir()) == []
    make(folder, IDENTITY)
    kept(folder, (0, 5))
    with pytest.raises(StudyError, match=r"cannot be made \(.*\): choose another"):
        make(folder, IDENTITY)
    assert [shard.first for shard in finished(folder, print)] == [0]


def test_finished_shards_come_in_patient_order(folder):
    wanted = sorted(kept(folder, (7, 3), (0, 5), (10, 2)))
    said = []
    assert finished(folder, said.append) == wanted
    assert said == []


def test_damaged_foreign_and_repeated_shards_are_set_aside(folder):
    first, second, third, fourth = kept(folder, (0, 5), (5, 5), (7, 5), (12, 5))
    with first.path.open("rb+") as file:
        file.truncate(1000)
    other = begin(folder.path.parent / "other.h5", IDENTITY | {"study": "abd"})
    (keep(other, simulate(quiet_plan(), 12, 5)).path).replace(fourth.path)
    (folder.path / "patients-0000000099-00000005.h5.77-1.part").write_text("half")
    said = []
    assert finished(folder, said.append) == [second]
    assert [sentence.split(" ", 1)[0] for sentence in said] == [first.path.name, third.path.name, fourth.path.name]
    assert all("set aside" in sentence for sentence in said)
    assert "repeats" in said[1]
    assert "another study" in said[2]
    assert sorted(path.suffix for path in folder.path.iterdir()) == [".aside", ".aside", ".aside", ".h5", ".json"]
    assert finished(folder, said.append) == [second]
    assert len(said) == 3


@given(st.sets(st.integers(0, 60)), st.integers(1, 9), st.integers(1, 25))
def test_missing_ranges_and_shards_hold_each_patient_once(edges, size, extra):
    cuts = sorted(edges)
    shards = [Shard(a, b - a, Path()) for a, b in zip(cuts[::2], cuts[1::2], strict=False)]
    patients = max(cuts, default=0) + extra
    wanted = list(missing(shards, patients, size))
    held = [p for first, count in [*wanted, *((s.first, s.size) for s in shards)] for p in range(first, first + count)]
    assert sorted(held) == list(range(patients))
    assert all(1 <= count <= size for _, count in wanted)


@pytest.mark.parametrize(
    ("code", "sentence"),
    [(errno.ENOSPC, "the disk is full.*free some space.*--resume"), (errno.EROFS, "Read-only file system.*--resume")],
)
def test_a_disk_that_refuses_is_one_sentence_and_leaves_nothing_half(tmp_path, monkeypatch, code, sentence):
    def refuse(path, content):
        path.open("wb").close()
        raise OSError(code, "Read-only file system" if code == errno.EROFS else "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(StudyError, match=sentence):
        write_whole(tmp_path / "shard.h5", b"1234")
    assert list(tmp_path.iterdir()) == []
