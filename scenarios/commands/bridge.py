"""The command that plans the change from one concentration to another; what it shows stands in `scenarios.bridging`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scenarios.commands.catalogue import Name
from scenarios.commands.screen import Json, Overrides, patience, print_json, print_table, say

PLANNING = "Planning; the first plan compiles, once per machine."

Catheter = Annotated[
    str | None, typer.Option("--catheter", metavar="VOLUME", help="What the catheter holds, at its own bores.")
]


def bridge(
    name: Name,
    to: Annotated[str, typer.Option("--to", metavar='"2000 ug/mL"', help="What is filled in.")],
    origin: Annotated[str | None, typer.Option("--from", metavar="CONCENTRATION", help="What was in it.")] = None,
    dose: Annotated[str | None, typer.Option(metavar='"400 ug/d"', help="Dose to be kept.")] = None,
    step: Annotated[str, typer.Option(metavar="TIME", help="Shortest step that the pump allows.")] = "15 min",
    tubing: Annotated[str | None, typer.Option(metavar="VOLUME", help="What pump and tubing hold.")] = None,
    bore: Annotated[str, typer.Option("--tubing-bore", metavar="LENGTH", help="Of tubing given so.")] = "0.8 mm",
    catheter: Catheter = None,
    diffusivity: Annotated[str | None, typer.Option(metavar='"7e-10 m2/s"', help="Of the drug.")] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Figure to write: .svg, .png or .pdf.")] = None,
    overrides: Overrides = None,
    as_json: Json = False,
) -> None:
    """Plan the rates that keep the dose while another concentration is on its way to the tip."""
    from scenarios import bridge_figure, bridging
    from scenarios.build import load
    from scenarios.report.drawing import check_kind

    if plot:
        check_kind(plot)
    scenario = load(name, overrides or ())
    with patience(PLANNING):
        made = bridging.planned(scenario, bridging.Wanted(to, origin, dose, step, tubing, bore, catheter, diffusivity))
    found = bridging.readings(made)
    for complaint in bridging.warnings(made):
        say(complaint)
    if plot:
        bridge_figure.plot(made, plot)
        say(f"{plot} holds the figure.")
    if as_json:
        print_json(found)
        return
    print(f"{scenario.name}: {scenario.title}\n")
    print_table(list(bridging.rows(made, found)))
    print()
    print_table(list(bridging.steps(made)))
    print(f"\n{bridging.NO_ADVICE}")
