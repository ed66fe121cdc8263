"""The command line: what is printed where, and how a command ends."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path
from types import SimpleNamespace

import pytest
from typer.testing import CliRunner

from scenarios.cli import app
from scenarios.commands import doctor, screen

ROOT = Path(__file__).resolve().parents[2]
HEAVY = ("numpy", "numba", "h5py", "dask", "distributed", "pydantic", "matplotlib", "scipy", "rich")


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


def process(*arguments: str, **settings):
    """Run the command as a person does, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "scenarios", *arguments],
        capture_output=True, text=True, check=False, timeout=300, **settings,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )  # fmt: skip


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
