"""Commands that are interrupted before they have done anything: one word or one sentence, and a code; a study with
finished patients stands in test_cli.py."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from scenarios.cli import app
from scenarios.commands import doctor

ROOT = Path(__file__).resolve().parents[2]


def run(*arguments: str):
    return CliRunner().invoke(app, list(arguments))


@pytest.mark.parametrize("at", ["scenarios.cli", "typer", "reliability.version"])
def test_an_interruption_of_the_first_imports_is_one_word(at):
    code = (
        "import sys\nclass Finger:\n    def find_spec(self, name, *_):\n"
        f"        if name == {at!r}: raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Finger())\nfrom scenarios.__main__ import main\nmain()"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=ROOT)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "Interrupted.\n")


@pytest.mark.parametrize("command", [("verify",), ("list",), ("check", "implanted-insulin")])
def test_an_interrupted_command_is_one_word(monkeypatch, command):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "name_clash", interrupted)
    ended = run(*command)
    assert (ended.exit_code, ended.stdout, ended.stderr) == (130, "", "Interrupted.\n")


@pytest.mark.parametrize(("sent", "word", "code"), [("SIGINT", "Interrupted", 130), ("SIGTERM", "Terminated", 143)])
def test_a_study_interrupted_before_its_first_patient_says_that_nothing_is_kept(
    tmp_path, monkeypatch, sent, word, code
):
    monkeypatch.setattr("scenarios.build.load", lambda *_: signal.raise_signal(getattr(signal, sent)))
    ended = run("study", "implanted-insulin", "--patients", "3", "--years", "1", "-o", str(tmp_path / "none.h5"))
    assert ended.exit_code == code
    said = "before any patient was finished. Nothing is kept; give the same command again."
    assert ended.stderr.strip() == f"{word} {said}"
    assert list(tmp_path.iterdir()) == []
