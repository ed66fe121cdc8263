"""The command line: what is printed where, and how a command ends."""

from __future__ import annotations

import hashlib
import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from reliability.store import open_study
from scenarios.build import names
from scenarios.cli import app
from scenarios.commands import doctor, screen
from tests.signals import interruptible

ROOT = Path(__file__).resolve().parents[2]
OUTSIDE = os.environ | {"PYTHONPATH": str(ROOT)}
HEAVY = ("numpy", "numba", "h5py", "dask", "distributed", "pydantic", "matplotlib", "scipy", "rich")


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize("arguments", [["--help"], ["--version"]])
def test_start_imports_nothing_heavy(arguments):
    code = (
        "import sys\nfrom scenarios.cli import app\n"
        f"try: app({arguments!r})\nexcept SystemExit as end: assert end.code == 0\n"
        f"print([name for name in {HEAVY!r} if name in sys.modules], file=sys.stderr)"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert ended.stderr.strip() == "[]"
    assert "pumpsim" in ended.stdout


def test_a_study_file_ends_in_h5(tmp_path):
    ended = run("study", "implanted-insulin", "--patients", "1", "--years", "1", "-o", str(tmp_path / "study.txt"))
    assert (ended.exit_code, ended.stderr) == (2, f"--output {tmp_path / 'study.txt'}: must end in .h5\n")


def test_help_names_every_command():
    said = run("--help").stdout
    for command in ("list", "show", "new", "check", "diff", "study", "report", "size", "digest", "cite", "doctor"):
        assert f"\n  {command} " in said


def test_misspelt_command_gets_the_closest_one():
    ended = run("stdy")
    assert ended.exit_code == 2
    assert "Did you mean 'study'?" in ended.stderr


class Foreign(metadata.Distribution):
    """Another distribution that installs a package called `reliability`."""

    def __init__(self, files):
        self.files_ = files | {"METADATA": "Metadata-Version: 2.1\nName: other\nVersion: 0.9\n"}

    def read_text(self, filename):
        return self.files_.get(filename)

    def locate_file(self, path):
        return Path(path)


@pytest.mark.parametrize(
    "files", [{"top_level.txt": "other\nreliability\n"}, {"RECORD": "reliability/__init__.py,sha256=x,10\n"}]
)
def test_another_owner_of_the_name_reliability_stops_every_command_but_help(monkeypatch, files):
    monkeypatch.setattr(metadata, "distributions", lambda: [Foreign(files)])
    ended = run("list")
    assert ended.exit_code == 2
    assert ended.stdout == ""
    assert ended.stderr.startswith("The distribution 'other' 0.9 also installs a package named 'reliability'")
    assert run("--help").exit_code == 0
    assert run("list", "--help").exit_code == 0
    checked = run("doctor")
    assert checked.exit_code == 1
    assert "'reliability'" in checked.stderr


@pytest.mark.parametrize(
    "files", [{"top_level.txt": "reliability_tools\n"}, {"RECORD": "x/reliability/__init__.py,,\n"}, {}]
)
def test_a_distribution_without_a_package_reliability_is_no_clash(monkeypatch, files):
    monkeypatch.setattr(metadata, "distributions", lambda: [Foreign(files)])
    assert doctor.name_clash() is None


def test_doctor_tells_versions_and_kernels_as_json():
    found = json.loads(run("doctor", "--json").stdout)
    assert found["numba"] == metadata.version("numba")
    assert "pumpsim" in found["compiled kernels"]
    assert int(found["cores"]) >= 1


def test_doctor_warns_of_little_space(monkeypatch):
    monkeypatch.setattr("shutil.disk_usage", lambda path: SimpleNamespace(free=1e6))
    ended = run("doctor")
    assert ended.exit_code == 1
    assert "make room" in ended.stderr


def test_json_writes_null_for_nan(capsys):
    screen.print_json({"a": [float("nan"), 1.5], "b": (float("inf"), "µ")})
    assert json.loads(capsys.readouterr().out) == {"a": [None, 1.5], "b": [None, "µ"]}


def test_table_columns_are_aligned(capsys):
    screen.print_table([("a", "bcd"), ("ef", "g")])
    assert capsys.readouterr().out == "a   bcd\nef  g\n"


def test_progress_elsewhere_than_a_terminal_is_a_line_now_and_then(capsys, monkeypatch):
    clock = iter([0.0, 1.0, 6.0, 6.0, 7.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    with screen.progress() as report:
        for done in (10, 20, 30):
            report(done, 40)
    assert capsys.readouterr().err == "20 of 40 patients (50 %)\n"


@pytest.mark.parametrize(("settings", "colour"), [({}, True), ({"NO_COLOR": "1"}, False)])
def test_progress_on_a_terminal_is_a_bar_and_honours_no_color(monkeypatch, settings, colour):
    monkeypatch.delenv("NO_COLOR", raising=False)
    for name, value in {"TERM": "xterm-256color", **settings}.items():
        monkeypatch.setenv(name, value)
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    with screen.progress() as report:
        report(30, 40)
    assert "30/40" in terminal.getvalue()
    assert ("\x1b[3" in terminal.getvalue()) == colour


class Terminal(io.StringIO):
    def isatty(self):
        return True


def test_screen_without_a_character_shows_another(tmp_path):
    bad = tmp_path / "µ.toml"
    ended = subprocess.run(
        [sys.executable, "-m", "scenarios", "check", str(bad)],
        capture_output=True, text=True, check=False, env=OUTSIDE | {"PYTHONIOENCODING": "ascii"},
    )  # fmt: skip
    assert ended.returncode == 2
    assert "?.toml" in ended.stderr
    assert "Traceback" not in ended.stderr


# --- scenarios ---------------------------------------------------------------------------------------------------


def test_list_names_every_scenario_of_the_library():
    listed = json.loads(run("list", "--json").stdout)
    assert [one["name"] for one in listed] == names()
    assert all(one["title"] for one in listed)
    assert [line.split()[0] for line in run("list").stdout.splitlines()] == ["scenario", *names()]


@pytest.mark.parametrize("name", names())
def test_show_tells_every_value_and_marks_what_is_assumed(name):
    values = json.loads(run("show", name, "--json").stdout)["values"]
    lines = run("show", name).stdout.splitlines()
    for value in values:
        (line,) = (line for line in lines if value["path"] in line.split())
        assert value["given"] in line
        assert line.startswith("*") == (value["kind"] == "assumed")
        assert value["source"] in line
    assumed = sum(value["kind"] == "assumed" for value in values)
    assert lines[-1] == f"{assumed} of {len(values)} values are assumed (*)."


@pytest.mark.parametrize("name", names())
def test_new_scenario_is_the_one_it_was_copied_from(tmp_path, name):
    copy = tmp_path / "my.toml"
    copy.write_text(run("new", name).stdout, encoding="utf-8")
    assert run("check", str(copy)).stdout == f"{copy}: in order\n"
    assert run("diff", name, str(copy)).stdout == "no difference\n"


def test_override_is_the_only_difference_it_makes(tmp_path):
    heir = tmp_path / "heir.toml"
    heir.write_text('base = "implanted-insulin"\n[pump.reservoir]\ncapacity = "20 mL"\n', encoding="utf-8")
    found = json.loads(run("diff", "implanted-insulin", str(heir), "--json").stdout)
    assert {one["path"]: (one["a"], one["b"]) for one in found}["pump.reservoir.capacity"] == ("15 mL", "20 mL")
    assert {one["path"] for one in found} <= {"pump.reservoir.capacity", "pump.drug.carried_growth"}
    assert run("diff", "implanted-insulin", str(heir), "--set", "reservoir.capacity=20 mL").stdout == "no difference\n"


def test_new_scenario_holds_its_overrides(tmp_path):
    copy = tmp_path / "my.toml"
    override = ("--set", "reservoir.capacity=20 mL")
    copy.write_text(run("new", "implanted-insulin", *override).stdout, encoding="utf-8")
    assert run("diff", "implanted-insulin", str(copy), *override).stdout == "no difference\n"
    assert "pump.reservoir.capacity" in run("diff", "implanted-insulin", str(copy)).stdout


def test_diff_sees_through_units_and_tells_words(tmp_path):
    heir = tmp_path / "heir.toml"
    heir.write_text(
        'base = "implanted-insulin"\n[pump.reservoir]\ncapacity = "15000 uL"\n[hazards.pain]\nremedy = "record"\n',
        encoding="utf-8",
    )
    changed = json.loads(run("diff", "implanted-insulin", str(heir), "--json").stdout)
    assert [(one["path"], one["b"]) for one in changed] == [("hazards.pain.remedy", "record")]


def test_check_tells_good_files_on_stdout_and_problems_on_stderr(tmp_path):
    bad = tmp_path / "bad.toml"
    bad.write_text('base = "implanted-insulin"\nunknown = 1\n', encoding="utf-8")
    ended = run("check", "implanted-insulin", str(bad))
    assert ended.exit_code == 2
    assert ended.stdout == "implanted-insulin: in order\n"
    assert ended.stderr.startswith(f"{bad}:2: unknown: ")
    told = json.loads(run("check", "implanted-insulin", str(bad), "--json").stdout)
    assert [len(one["problems"]) for one in told] == [0, 1]


def test_a_file_without_a_key_is_told_by_file_and_line(tmp_path):
    (tmp_path / "empty.toml").write_text("# nothing\n", encoding="utf-8")
    said = run("check", str(tmp_path / "empty.toml")).stderr
    assert said == f"{tmp_path / 'empty.toml'}:1: lacks title, pump, regimen, clinic, population\n"


# --- studies -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def finished(tmp_path_factory):
    """Return a small study and what the command printed."""
    file = tmp_path_factory.mktemp("studies") / "small.h5"
    ended = run("study", "implanted-insulin", "--patients", "300", "--years", "6", "-o", str(file))
    assert ended.exit_code == 0, ended.output
    return file, ended.stdout


def test_study_prints_its_size_its_results_and_its_file(finished):
    file, said = finished
    lines = said.splitlines()
    assert lines[1].startswith("300 patients, ")
    ages = [f"First pumps in service at an age of {age} y" for age in (1, 5)]
    for start in (*ages, "Operations", "Rinses"):
        assert any(line.startswith(start) and " to " in line for line in lines), start
    assert any(line.startswith("Ketoacidosis") for line in lines)
    assert any(line.startswith("Pump dysfunction") for line in lines)
    assert lines[-1] == str(file)


def test_study_as_json_agrees_with_its_tables(finished, tmp_path):
    file, _ = finished
    again = tmp_path / "again.h5"
    options = ("--patients", "300", "--years", "6", "--chunk-size", "97", "--threads", "1", "--compress", "--json")
    told = json.loads(run("study", "implanted-insulin", "-o", str(again), *options).stdout)
    with open_study(again) as study:
        patients, devices, events = (study.table(name) for name in ("patients", "devices", "events"))
        kinds = {label: code for code, label in study.kinds.items()}
    assert told["file"] == str(again)
    assert told["patients"] == len(patients["end"]) == 300
    assert told["pumps"] == len(devices["time"])
    assert told["patient_years"] == pytest.approx(patients["end"].sum() / 365.25, rel=1e-9)
    found = int((events["kind"] == kinds["underdelivery"]).sum())
    rates = told["rates_per_100_patient_years"]
    assert found in {int(rate["events"]) for rate in rates.values()}
    assert told["in_service"][-1]["years"] == pytest.approx(6.0)
    last = told["in_service"][-1]["value"] + sum(cause[-1]["value"] for cause in told["ended"].values())
    assert last == pytest.approx(1.0, abs=1e-9)
    assert fingerprint(again) == fingerprint(file)


def fingerprint(file: Path) -> str:
    said = run("digest", str(file)).stdout
    assert json.loads(run("digest", str(file), "--json").stdout)["sha256"] == said.split()[0]
    return said.split()[0]


def test_devices_are_followed_without_replacement(tmp_path):
    file = tmp_path / "devices.h5"
    ended = run("study", "implanted-insulin", "--devices", "50", "--years", "6", "-o", str(file), "--json")
    assert json.loads(ended.stdout)["pumps"] == 50
    with open_study(file) as study:
        assert (study.table("devices", ["ordinal"])["ordinal"] == 0).all()


def test_study_says_which_programmed_rate_its_drive_does_not_reach(finished, tmp_path):
    """Strokes of half a microlitre every 60.4 s are 29.8 uL/h."""
    slow = ("--set", 'drive.push_time="60 s"', "--patients", "3", "--years", "0.3")
    said = run("study", "implanted-insulin", *slow, "-o", str(tmp_path / "slow.h5"))
    assert "at 7 h the programme asks for 252.3 µL/h (100.9 U/h); the drive reaches 29.8 µL/h" in said.stderr
    assert float(re.search(r"was not delivered +([\d.]+)", said.stdout)[1]) == pytest.approx(39.6, abs=2.0)
    assert "the drive reaches" not in finished[1]


def test_study_file_tells_its_scenario_and_command(finished, tmp_path):
    file, _ = finished
    with open_study(file) as study:
        told = study.attributes
    copy = tmp_path / "copy.toml"
    copy.write_text(told["scenario"], encoding="utf-8")
    assert run("diff", "implanted-insulin", str(copy)).stdout == "no difference\n"
    assert hashlib.sha256(told["scenario"].encode()).hexdigest() == told["scenario_sha256"]
    assert told["command"].split()[0] == "pumpsim"


def test_study_cites_what_its_scenario_cites(finished):
    sources = run("cite", "implanted-insulin").stdout
    assert sources.startswith("[")
    assert run("cite", str(finished[0])).stdout == sources
    as_json = json.loads(run("cite", "implanted-insulin", "--json").stdout)
    assert [f"[{one['source']}] {one['reference']}" for one in as_json] == sources.splitlines()


@pytest.mark.parametrize(("sent", "word", "code"), [("SIGINT", "Interrupted", 130), ("SIGTERM", "Terminated", 143)])
def test_interrupted_study_keeps_its_patients_and_says_how_to_go_on(finished, tmp_path, sent, word, code):
    words = ["study", "implanted-insulin", "--patients", "300", "--years", "6", "--chunk-size", "1", "--threads", "1"]
    file = tmp_path / "x y.h5"
    running = subprocess.Popen(
        [sys.executable, "-m", "scenarios", *words, "-o", str(file)],
        stderr=subprocess.PIPE,
        text=True,
        env=OUTSIDE,
        preexec_fn=interruptible,
    )
    shards = Path(f"{file}.study")
    while running.poll() is None and len(list(shards.glob("patients-*.h5"))) < 3:
        time.sleep(0.005)
    running.send_signal(getattr(signal, sent))
    _, said = running.communicate(timeout=60)
    assert running.returncode == code, said
    assert "Traceback" not in said
    assert f"{word}. All finished patients are kept" in said
    again = shlex.split(said.splitlines()[-1])
    assert again == ["pumpsim", *words, "-o", str(file), "--resume"]
    kept = {path.name for path in shards.glob("patients-*.h5")}
    assert 3 <= len(kept) < 300
    assert run(*again[1:]).exit_code == 0
    assert fingerprint(file) == fingerprint(finished[0])


def test_every_command_of_the_readme_works_in_its_order(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    lines = re.findall(r"^ {4}pumpsim (.*)$", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert len(lines) >= 6
    for line in lines:
        words = shlex.split(line, comments=True)
        target = words[words.index(">") + 1 :] if ">" in words else []
        ended = run(*words[: words.index(">") if target else None])
        assert ended.exit_code == 0, f"pumpsim {line}: {ended.output}"
        for file in target:
            Path(file).write_text(ended.stdout, encoding="utf-8")
