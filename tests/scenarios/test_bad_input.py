"""Bad input of every kind: one clear message, the right exit code, no traceback, and nothing finished is lost."""

from __future__ import annotations

import errno
import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scenarios.cli import app

BAD_INPUT = 2
STUDY = ("study", "implanted-insulin", "--years", "1", "--patients", "40", "--chunk-size", "10", "--threads", "1")


def refused(*arguments: str) -> list[str]:
    """Run a command that must be refused, and return the lines of its message."""
    ended = CliRunner().invoke(app, list(arguments))
    assert ended.exit_code == BAD_INPUT, ended.output
    assert ended.exception is None or isinstance(ended.exception, SystemExit)
    assert ended.stdout == ""
    assert "Traceback" not in ended.stderr
    return ended.stderr.splitlines()


@pytest.fixture
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


# --- scenario files ----------------------------------------------------------------------------------------------

SCENARIOS = {
    "unknown key": (
        '[pump.reservoir]\ncapacty = "15 mL"',
        "bad.toml:5: pump.reservoir.capacty: unknown key; did you mean 'capacity'?",
    ),
    "missing unit": ("[pump.reservoir]\ncapacity = 15", "bad.toml:5: pump.reservoir.capacity: 15: needs a unit"),
    "wrong dimension": (
        '[pump.reservoir]\ncapacity = "15 kPa"',
        "bad.toml:5: pump.reservoir.capacity: '15 kPa': its unit does not fit here; allowed: mL",
    ),
    "negative length": (
        '[pump.catheter]\nlength = "-25 cm"',
        "bad.toml:5: pump.catheter.length: '-25 cm': must be above zero",
    ),
    "NaN with a unit": ('[pump.catheter]\nlength = "nan cm"', "bad.toml:5: pump.catheter.length: 'nan cm': "),
    "NaN": ("[population]\nrate_spread = nan", "bad.toml:5: population.rate_spread: NaN: must be a finite number"),
    "broken TOML": ('[pump.catheter\nlength = "25 cm"', "bad.toml:4:15: not TOML: expected ']'"),
    "boluses larger than the reservoir": (
        '[population]\nmean_rate = "13000 U/d"\n[regimen]\nbolus_rate = "10000 U/h"',
        "bad.toml:5: population.mean_rate: the boluses of a day, 14.62 mL, are larger than the reservoir, 14 mL usable",
    ),
    "a pump that gives more than its reservoir holds": (
        "[modes.reservoir_empty]\nstops = false",
        "bad.toml:5: modes.reservoir_empty.stops: no pump gives more than its reservoir holds",
    ),
    "no empty reservoir": ('[modes]\nreservoir_empty = "none"', "modes: no pump gives more than its reservoir holds"),
    "unknown base": ('base = "implanted-insuln"', "did you mean 'implanted-insulin'?"),
}


@pytest.mark.parametrize("case", SCENARIOS)
@pytest.mark.parametrize("command", ["check", "show", "study"])
def test_bad_scenario_is_refused_in_one_line_that_says_where(place, command, case):
    text, message = SCENARIOS[case]
    base = "" if text.startswith("base") else 'base = "implanted-insulin"\n'
    Path("bad.toml").write_text(f'title = "Bad"\n{base}\n{text}\n', encoding="utf-8")
    options = ("--years", "1", "--patients", "2", "-o", "bad.h5") if command == "study" else ()
    lines = refused(command, "bad.toml", *options)
    assert len(lines) == 1
    assert message in lines[0]
    assert [path.name for path in place.iterdir()] == ["bad.toml"]


def test_all_problems_of_all_files_are_told_at_once(place):
    Path("a.toml").write_text('base = "implanted-insulin"\n[pump.catheter]\nlength = "-1 cm"\nradus = "1 mm"\n')
    Path("b.toml").write_text("base = 1\n")
    lines = refused("check", "a.toml", "b.toml")
    assert [line.split(": ")[0] for line in lines] == ["a.toml:3", "a.toml:4", "b.toml:1"]


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("reservoir.capcity=20 mL", "did you mean 'capacity'?"),
        ("reservoir.capacity=20 kPa", "its unit does not fit here; allowed: mL"),
        ("reservoir.capacity", "write KEY=VALUE"),
    ],
)
def test_bad_override_is_refused(override, message):
    (line,) = refused("show", "implanted-insulin", "--set", override)
    assert line.startswith("--set reservoir.cap")
    assert message in line


def test_rollers_are_counted():
    (line,) = refused("show", "peristaltic-baclofen", "--set", "drive.rollers=2.5")
    assert line == "--set drive.rollers: 2.5: must be a whole number from 1 to 1e15"


def test_misspelt_scenario_gets_the_closest_name():
    (line,) = refused("show", "implanted-insuln")
    assert "did you mean 'implanted-insulin'?" in line


# --- usage -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--years", "1"), "give either --patients or --devices"),
        (("--years", "1", "--patients", "2", "--devices", "2"), "give either --patients or --devices"),
        (("--years", "1", "--patients", "2", "--threads", "1", "--workers", "1"), "give only one of --threads"),
        (("--years", "1", "--patients", "0"), "'--patients'"),
        (("--years", "1", "--patients", "few"), "'--patients'"),
        (("--years", "nan", "--patients", "2"), "'--years'"),
        (("--years", "-1", "--patients", "2"), "'--years'"),
        (("--patients", "2"), "Missing option '--years'"),
        (("--years", "1", "--patients", "2", "--seed", "-1"), "'--seed'"),
        (("--years", "1", "--patients", "2", "--patient", "3"), "--patients"),
    ],
)
def test_bad_usage_names_the_option(place, arguments, message):
    lines = refused("study", "implanted-insulin", "-o", "x.h5", *arguments)
    assert message in lines[-1]
    assert not list(place.iterdir())


# --- studies -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a small finished study and its digest."""
    file = tmp_path_factory.mktemp("studies") / "whole.h5"
    ended = CliRunner().invoke(app, [*STUDY, "-o", str(file)])
    assert ended.exit_code == 0, ended.output
    return file, digest(file)


def digest(file: Path) -> str:
    return CliRunner().invoke(app, ["digest", str(file)]).stdout.split()[0]


def test_existing_study_is_not_touched(finished):
    file, before = finished
    content = file.read_bytes()
    (line,) = refused(*STUDY, "--seed", "2", "-o", str(file))
    assert f"{file} exists: choose another file" in line
    (line,) = refused(*STUDY, "--seed", "2", "-o", str(file), "--resume")
    assert "another study" in line
    assert file.read_bytes() == content
    assert digest(file) == before


def test_folder_for_the_result_must_exist(place):
    (line,) = refused(*STUDY, "-o", "nowhere/x.h5")
    assert "nowhere" in line


def full_after(monkeypatch, shards: int) -> None:
    """Let the disk be full once so many shards are written."""
    room = [shards]
    write = Path.write_bytes

    def limited(path: Path, content: bytes) -> int:
        if "patients-" in path.name:
            room[0] -= 1
            if room[0] < 0:
                raise OSError(errno.ENOSPC, "No space left on device", str(path))
        return write(path, content)

    monkeypatch.setattr(Path, "write_bytes", limited)


def test_full_disk_keeps_what_is_finished_and_resumes(place, finished, monkeypatch):
    with monkeypatch.context() as patch:
        full_after(patch, 2)
        (line,) = refused(*STUDY, "-o", "x.h5")
    assert "is full" in line
    assert "--resume" in line
    assert not Path("x.h5").exists()
    assert len(list(Path("x.h5.study").glob("patients-*.h5"))) == 2
    (line,) = refused(*STUDY, "-o", "x.h5")
    assert "add --resume" in line
    assert CliRunner().invoke(app, [*STUDY, "-o", "x.h5", "--resume"]).exit_code == 0
    assert digest(Path("x.h5")) == finished[1]
    assert not Path("x.h5.study").exists()


def test_truncated_shard_is_set_aside_and_computed_again(place, finished, monkeypatch):
    with monkeypatch.context() as patch:
        full_after(patch, 3)
        refused(*STUDY, "-o", "x.h5")
    shard = sorted(Path("x.h5.study").glob("patients-*.h5"))[1]
    shard.write_bytes(shard.read_bytes()[:1000])
    ended = CliRunner().invoke(app, [*STUDY, "-o", "x.h5", "--resume"])
    assert ended.exit_code == 0
    (line,) = ended.stderr.splitlines()
    assert shard.name in line
    assert "computed again" in line
    assert digest(Path("x.h5")) == finished[1]


def test_resume_of_another_study_is_refused_and_its_shards_stay(place, monkeypatch):
    with monkeypatch.context() as patch:
        full_after(patch, 2)
        refused(*STUDY, "-o", "x.h5")
    before = {path: path.read_bytes() for path in Path("x.h5.study").iterdir()}
    (line,) = refused(*STUDY, "-o", "x.h5", "--resume", "--seed", "2")
    assert "another seed" in line
    assert {path: path.read_bytes() for path in Path("x.h5.study").iterdir()} == before


def test_scheduler_that_is_not_there_is_one_message(place, monkeypatch):
    monkeypatch.setattr("reliability.cluster.TIMEOUT", 0.5)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
    lines = refused(
        "study", "implanted-insulin", "--years", "1", "--patients", "2", "-o", "x.h5", "--scheduler", address
    )
    assert len(lines) == 1
    assert address in lines[0]


@pytest.mark.parametrize("command", ["digest", "cite", "report"])
def test_file_that_is_no_study_is_refused(place, command):
    Path("x.h5").write_bytes(b"no HDF5")
    (line,) = refused(command, "x.h5")
    assert "not a pumpsim study" in line
    (line,) = refused(command, "y.h5")
    assert "there is no such file" in line
    assert [path.name for path in place.iterdir()] == ["x.h5"]


def test_page_needs_a_folder(place, finished):
    (line,) = refused("report", str(finished[0]), "-o", "nowhere/x.html")
    assert line == "nowhere is no folder: make it, or give the page another place by --output."


def test_study_may_have_any_name(place, finished):
    Path("mine").write_bytes(finished[0].read_bytes())
    ended = CliRunner().invoke(app, ["cite", "mine"])
    assert ended.exit_code == 0, ended.output
    assert ended.stdout == CliRunner().invoke(app, ["cite", str(finished[0])]).stdout


def test_page_never_replaces_its_study(place, finished):
    study = Path("x.html")
    study.write_bytes(finished[0].read_bytes())
    for arguments in (("x.html",), ("x.html", "-o", "./x.html")):
        (line,) = refused("report", *arguments)
        assert "x.html is the study itself: give the page another name" in line
    assert study.read_bytes() == finished[0].read_bytes()


@pytest.mark.parametrize("command", ["digest", "cite", "report"])
def test_truncated_study_is_refused(place, finished, command):
    content = finished[0].read_bytes()
    Path("x.h5").write_bytes(content[: len(content) // 2])
    (line,) = refused(command, "x.h5")
    assert line.startswith("x.h5 is not a pumpsim study")
