"""The command report: from a study file to one HTML page; what the page says stands in `scenarios.report`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scenarios.commands.place import check_ending
from scenarios.commands.screen import say


def report(
    file: Annotated[Path, typer.Argument(metavar="FILE.h5", help="A study file.")],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.html", help="The page; FILE.html if not given.")
    ] = None,
) -> None:
    """Write what a study found as one HTML page that opens anywhere, without a network."""
    from scenarios.report import write_report

    page = output or file.with_suffix(".html")
    check_ending(page, ".html")
    write_report(file, page)
    say(f"The report is in {page}; any browser opens it.")
