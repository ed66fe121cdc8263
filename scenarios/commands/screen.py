"""What goes to the screen: results to stdout, messages and progress to stderr; which, the commands decide."""

from __future__ import annotations

import json
import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Annotated, Any

import typer

Json = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="PATH=VALUE", help='Replace a value, as in --set reservoir.capacity="20 mL".'),
]
Progress = Callable[[int, int], None]

PLAIN_INTERVAL = 5.0  # [s] between two lines of progress where there is no terminal
SILENCE = 2.0  # [s] without a word before it says what it does


def say(message: str) -> None:
    """Print a message for the person, not for a pipe."""
    print(message, file=sys.stderr, flush=True)


def print_json(result: Any) -> None:
    """Print a result as JSON; NaN, which JSON does not know, becomes null."""
    print(json.dumps(_plain(result), indent=2, ensure_ascii=False, allow_nan=False))


def print_table(rows: Sequence[Sequence[str]]) -> None:
    """Print rows in aligned columns, two spaces apart."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for line in rows:
        print("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip())


@contextmanager
def patience(sentence: str) -> Iterator[Callable[[], None]]:
    """Say why it takes so long when it does; give a function that ends the waiting."""
    timer = threading.Timer(SILENCE, say, [sentence])
    timer.daemon = True
    timer.start()
    try:
        yield timer.cancel
    finally:
        timer.cancel()


@contextmanager
def progress() -> Iterator[Progress]:
    """Give a function of (patients done, patients in all): a bar on a terminal, a line every few seconds elsewhere."""
    if sys.stderr.isatty() and os.environ.get("TERM") != "dumb":
        with _bar() as report:
            yield report
    else:
        yield _lines()


@contextmanager
def _bar() -> Iterator[Progress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bars

    shown = (TextColumn("patients"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Bars(*shown, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("patients", total=None)
        yield lambda done, total: bars.update(task, completed=done, total=total)


def _lines() -> Progress:
    last = time.monotonic()

    def report(done: int, total: int) -> None:
        nonlocal last
        if time.monotonic() - last >= PLAIN_INTERVAL:
            last = time.monotonic()
            say(f"{done} of {total} patients ({100 * done // total} %)")

    return report


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
