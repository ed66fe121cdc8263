"""The command `pumpsim`: which commands there are, what goes before them and how they end; what each does stands in
`scenarios.commands`. Nothing heavy is imported before a command runs."""

from __future__ import annotations

import functools
import io
import sys
from collections.abc import Callable
from typing import Annotated, ParamSpec

import typer

from reliability.version import version
from scenarios.commands import bridge, catalogue, doctor, report, size, study, trace, verify
from scenarios.commands.screen import say

BAD_INPUT, INTERRUPTED = 2, 130

P = ParamSpec("P")

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_enable=False,  # an unexpected error is shown as Python shows it
    rich_markup_mode=None,  # plain help takes a third of the time
)


def _version(wanted: bool) -> None:
    if wanted:
        print(f"pumpsim {version()}")
        raise typer.Exit


@app.callback()
def start(
    shown: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Show it.")] = False,
) -> None:
    """Simulate drug-infusion pumps: the fluid, the drug, and what fails over the years."""


def mendable(command: Callable[P, None]) -> Callable[P, None]:
    """Return the command such that an error the person can mend ends it with one sentence each, and code 2."""

    @functools.wraps(command)
    def run(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            refuse([clash] if (clash := doctor.name_clash()) else [])
            command(*args, **kwargs)
        except typer.Exit:
            raise
        except KeyboardInterrupt:
            say("Interrupted.")
            raise typer.Exit(INTERRUPTED) from None
        except Exception as error:
            refuse(complaints(error))
            raise

    return run


def refuse(sentences: list[str]) -> None:
    """Say what is wrong and end, when something is."""
    for sentence in sentences:
        say(sentence)
    if sentences:
        raise typer.Exit(BAD_INPUT)


def complaints(error: Exception) -> list[str]:
    """Return what there is to say about an error that the person can mend; nothing when it is ours."""
    from reliability.store import StudyError
    from scenarios.document import ScenarioError

    if isinstance(error, ScenarioError):
        return error.problems
    if isinstance(error, StudyError):
        return [str(error)]
    if isinstance(error, OSError) and not isinstance(error, BrokenPipeError):
        return [": ".join(str(part) for part in (error.filename, error.strerror or error) if part)]
    return []


app.command("list")(mendable(catalogue.list_scenarios))
app.command()(mendable(catalogue.show))
app.command()(mendable(catalogue.new))
app.command()(mendable(catalogue.check))
app.command()(mendable(catalogue.diff))
app.command()(mendable(trace.trace))
app.command()(mendable(bridge.bridge))
app.command()(mendable(study.study))
app.command()(mendable(report.report))
app.command()(mendable(size.size))
app.command()(mendable(verify.verify))
app.command()(mendable(study.digest))
app.command()(mendable(catalogue.cite))
app.command()(doctor.doctor)


def main() -> None:
    """Run the command line."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # a dash that the screen lacks must not end a study with an error
    app(prog_name="pumpsim")
