"""Commands about studies: study and digest; what they run stands in `reliability.study` and `reliability.store`."""

from __future__ import annotations

import json
import shlex
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scenarios.commands.catalogue import Name
from scenarios.commands.place import check_place
from scenarios.commands.screen import Json, Overrides, print_json, progress, say
from scenarios.commands.summary import print_summary, readings

if TYPE_CHECKING:
    from scenarios.build import Scenario

INTERRUPTED, TERMINATED = 130, 143

File = Annotated[Path, typer.Argument(metavar="FILE.h5", help="A study file.")]


def study(
    name: Name,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE.h5", help="Where the result goes.")],
    years: Annotated[float, typer.Option(metavar="Y", min=0.1, max=100.0, help="Follow-up of each patient.")],
    patients: Annotated[int | None, typer.Option(metavar="N", min=1, help="Patients, pump after pump.")] = None,
    devices: Annotated[int | None, typer.Option(metavar="N", min=1, help="Patients with one pump each.")] = None,
    seed: Annotated[int, typer.Option(metavar="S", min=0, max=2**63 - 1, help="Same seed, same bits.")] = 1,
    chunk_size: Annotated[int | None, typer.Option(metavar="K", min=1, help="Patients per unit of work.")] = None,
    threads: Annotated[int | None, typer.Option(metavar="T", min=1, help="Threads; if not given, all cores.")] = None,
    workers: Annotated[int | None, typer.Option(metavar="W", min=1, help="Processes instead of threads.")] = None,
    scheduler: Annotated[str | None, typer.Option(metavar="ADDRESS", help="A Dask cluster instead of both.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on with an interrupted study.")] = False,
    compress: Annotated[bool, typer.Option("--compress", help="Smaller file, written more slowly.")] = False,
    overrides: Overrides = None,
    as_json: Json = False,
) -> None:
    """Follow patients through the years, into one file.

    With --patients a pump that ends is replaced until follow-up ends, with --devices it is not.
    """
    if (patients is None) == (devices is None):
        raise typer.BadParameter("give either --patients or --devices")
    if sum(place is not None for place in (threads, workers, scheduler)) > 1:
        raise typer.BadParameter("give only one of --threads, --workers and --scheduler")
    check_place(output, ".h5")
    with interruptible(output, resume):
        from fluidics.programmes.deliverable import TOO_FAST
        from reliability.study import run_study
        from scenarios.build import load, plan
        from scenarios.ladder import laddered
        from scenarios.programmes import programme
        from scenarios.sense import late
        from scenarios.trace_words import complaints
        from scenarios.units import DAY

        scenario = load(name, overrides or ())
        unreached = complaints(scenario, programme(scenario, DAY), (TOO_FAST,))
        for complaint in filter(None, (*unreached, late(scenario.design))):
            say(complaint)
        with progress() as report:
            run_study(
                laddered(plan(scenario, years, seed, replaces=devices is None)),
                patients or devices or 0,
                output,
                provenance=provenance(scenario),
                chunk_size=chunk_size,
                threads=threads,
                workers=workers,
                scheduler=scheduler,
                resume=resume,
                compress=compress,
                progress=report,
                say=say,
            )
    tell(output, as_json)


@contextmanager
def interruptible(output: Path, resume: bool) -> Iterator[None]:
    """End on Ctrl-C, or on SIGTERM as on Ctrl-C, with what is kept and how to go on."""
    code = INTERRUPTED

    def terminate(*_: Any) -> None:
        nonlocal code
        code = TERMINATED
        if signal.getsignal(signal.SIGINT) == signal.SIG_IGN:
            raise KeyboardInterrupt
        signal.raise_signal(signal.SIGINT)

    main = threading.current_thread() is threading.main_thread()
    before = signal.signal(signal.SIGTERM, terminate) if main else None
    try:
        yield
    except KeyboardInterrupt:
        from reliability.folder import folder_of

        word = "Terminated" if code == TERMINATED else "Interrupted"
        if folder_of(output.absolute()).exists():
            again = command() if resume else f"{command()} --resume"
            say(f"\n{word}. All finished patients are kept; this goes on:\n  {again}")
        else:
            say(f"\n{word} before any patient was finished. Nothing is kept; give the same command again.")
        raise typer.Exit(code) from None
    finally:
        if main:
            signal.signal(signal.SIGTERM, before)


def command() -> str:
    """Return the command line that runs now, as a shell takes it."""
    return shlex.join(["pumpsim", *sys.argv[1:]])


def provenance(scenario: Scenario) -> dict[str, str]:
    """Return what a study file keeps of its scenario."""
    return {
        "name": scenario.name,
        "title": scenario.title,
        "description": scenario.description,
        "command": command(),
        "scenario": scenario.text,
        "scenario_sha256": scenario.sha256,
        "parameters": json.dumps([value._asdict() for value in scenario.values], ensure_ascii=False),
    }


def tell(file: Path, as_json: bool) -> None:
    """Print the main results of a study file, and where it is."""
    from reliability.store import open_study
    from scenarios.report.results import results, strained

    with open_study(file) as opened:
        attributes, found = opened.attributes, results(opened)
    for complaint in strained(found):
        say(complaint)
    if as_json:
        print_json({"file": str(file), **readings(attributes, found)})
    else:
        print_summary(attributes, found)
        print(f"\n{file}")


def digest(file: File, as_json: Json = False) -> None:
    """Print a fingerprint of a study's data.

    It is the same however the study was computed: chunks, threads, workers, interruptions, date, compression.
    """
    from reliability.store import digest

    found = digest(file)
    if as_json:
        print_json({"file": str(file), "sha256": found})
    else:
        print(f"{found}  {file}")
