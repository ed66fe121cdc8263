"""The command that sizes a reservoir; what it shows stands in `scenarios.size`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from scenarios.commands.catalogue import Name
from scenarios.commands.screen import Json, Overrides, Progress, patience, print_json, progress, say

if TYPE_CHECKING:
    from reliability.sizing import Sizing
    from scenarios.build import Scenario

UNMET, INTERRUPTED = 1, 130
COMPILING = "Compiling for this kind of pump: some ten seconds, once per machine."
WIDE = 100  # [columns] for a table that goes into a file or a pipe


def size(
    name: Name,
    volumes: Annotated[str | None, typer.Option(metavar='"10 mL, 15 mL"', help="Volumes to try.")] = None,
    patients: Annotated[int, typer.Option(metavar="N", min=2, help="Patients.")] = 10_000,
    years: Annotated[float, typer.Option(metavar="Y", min=0.1, max=100.0, help="Follow-up of each patient.")] = 10.0,
    seed: Annotated[int, typer.Option(metavar="S", min=0, help="The same seed gives the same bits.")] = 1,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Figure to write: .svg, .png or .pdf.")] = None,
    overrides: Overrides = None,
    as_json: Json = False,
) -> None:
    """Find the smallest reservoir that does not run dry: the same patients with each volume.

    Ends with code 1 when no volume is shown to meet the requirement of the scenario.
    """
    from scenarios import size as sizing
    from scenarios import size_figure
    from scenarios.build import load
    from scenarios.report.drawing import check_kind

    if plot:
        check_kind(plot)
    scenario = load(name, overrides or ())
    tried = sizing.volumes(scenario, volumes)
    try:
        with progress() as report, patience(COMPILING) as begun:
            found = sizing.run(scenario, tried, patients, years, seed, _until_begun(report, begun))
    except KeyboardInterrupt:
        say("Interrupted. A sizing keeps nothing; give the same command again.")
        raise typer.Exit(INTERRUPTED) from None
    if plot:
        size_figure.plot(scenario, found, plot)
        say(f"{plot} holds the figure.")
    if as_json:
        print_json(sizing.readings(scenario, found, seed))
    else:
        _tell(scenario, found)
    raise typer.Exit(0 if found.smallest is not None else UNMET)


def _until_begun(report: Progress, begun: Callable[[], None]) -> Progress:
    """Return a progress that ends the waiting for the first chunk."""

    def told(done: int, total: int) -> None:
        begun()
        report(done, total)

    return told


def _tell(scenario: Scenario, found: Sizing) -> None:
    from rich.console import Console

    from scenarios import size as sizing

    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDE)
    console.print(f"{scenario.name}: {scenario.title}", markup=False)
    console.print(sizing.dry_table(found))
    console.print(sizing.cost_table(scenario, found))
    console.print("Differences from the reservoir as it is, in the same patients with the same luck; the gain is how")
    console.print("many times more patients it would take to see them as well in different ones:")
    console.print(sizing.changes_table(found))
    console.print(sizing.answer(scenario, found), markup=False)
    console.print(sizing.range_of_use(scenario), markup=False)
