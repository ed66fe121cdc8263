"""Where a command may write: endings, folders, and what is never replaced; figures' places stand in
`scenarios.report.drawing`,
those of pages in `scenarios.report.page`."""

from __future__ import annotations

from pathlib import Path

from scenarios.document import ScenarioError


def check_ending(path: Path, ending: str) -> None:
    """Refuse a name that does not end as it should.

    Raises
    ------
    ScenarioError
        When it ends otherwise.
    """
    if path.suffix.lower() != ending:
        raise ScenarioError([f"--output {path}: must end in {ending}"])


def check_place(path: Path, ending: str) -> None:
    """Refuse a name that a result cannot have.

    Raises
    ------
    ScenarioError
        When it does not end as it should, is a folder, or lies in none.
    """
    check_ending(path, ending)
    if path.is_dir():
        raise ScenarioError([f"--output {path}: is a folder; give the name of a file"])
    if not path.parent.is_dir():
        raise ScenarioError([f"--output {path}: there is no folder {path.parent}; make it first"])


def check_replaced(path: Path) -> None:
    """Refuse to replace anything but a trace, which the same command makes again in seconds.

    Raises
    ------
    ScenarioError
        When the file exists and is no trace.
    """
    from reliability.recording import is_trace

    if path.exists() and not is_trace(path):
        raise ScenarioError([f"--output {path}: exists and is no trace; give another name, or delete it first"])
