"""The command that follows one pump through hours; what it shows stands in `scenarios.tracing`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from scenarios.commands.catalogue import Name
from scenarios.commands.place import check_place, check_replaced
from scenarios.commands.screen import Json, Overrides, patience, print_json, print_table, say
from scenarios.commands.study import command

if TYPE_CHECKING:
    from scenarios.build import Scenario
    from scenarios.drugging import Drugged
    from scenarios.run import Run

INTERRUPTED = 130
BUSY = "At work; an engine that meets this kind of pump for the first time compiles, once per machine."

Changes = Annotated[
    list[str] | None,
    typer.Option("--change", metavar="TIME:PATH=VALUE", help='As in --change "2 h: site.pressure = 5 kPa".'),
]
Times = Annotated[
    list[str] | None,
    typer.Option("--occlude", metavar="TIME", help='Block the tip from a time on, or as in --occlude "2 h - 3 h".'),
]
Refills = Annotated[
    list[str] | None,
    typer.Option("--refill", metavar="TIME:CONCENTRATION", help='As in --refill "2 h: 2000 ug/mL"; only drug changes.'),
]
Profiles = Annotated[
    list[Path] | None,
    typer.Option("--profile", metavar="FILE.csv", help='Columns such as "time [h]" and "reservoir.ambient [kPa]".'),
]


def trace(
    name: Name,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE.h5", help="Where the result goes.")],
    hours: Annotated[float, typer.Option(metavar="H", help="Length of the trace; it starts at midnight.")] = 24.0,
    engine: Annotated[str, typer.Option(metavar="ENGINE", help="exact, stroke or panel.")] = "exact",
    changes: Changes = None,
    occlude: Times = None,
    refill: Refills = None,
    profile: Profiles = None,
    within: Annotated[str, typer.Option(metavar="SHARE", help="Of its range, the most a profile's step is.")] = "1 %",
    alarm: Annotated[str | None, typer.Option(metavar="PRESSURE", help="Line pressure that stops the pump.")] = None,
    answer: Annotated[str | None, typer.Option(metavar="TIME", help="After an alarm, until the pump goes on.")] = None,
    plot: Annotated[Path | None, typer.Option(metavar="FILE", help="Figure to write: .svg, .png or .pdf.")] = None,
    overrides: Overrides = None,
    as_json: Json = False,
) -> None:
    """Follow a new pump through hours of its programme: pressures, flows, valves, alarms."""
    from reliability.recording import write_trace
    from scenarios import drugging, profile_file, profile_words, profiles, programmes, trace_figure, tracing
    from scenarios.build import load
    from scenarios.report.drawing import check_kind

    length = tracing.span(hours)
    tracing.check_engine(engine)
    check_place(output, ".h5")
    check_replaced(output)
    if plot:
        check_kind(plot)
    scenario = load(name, overrides or ())
    pressure, until = tracing.alarm_pressure(scenario, alarm), tracing.answer_time(answer)
    changed = programmes.asked(scenario, length, changes or (), occlude or ())
    given = profile_file.read_all(scenario, profile or (), within)
    changed, followed = profiles.joined(scenario, length, changed, given)
    refilled = drugging.refills(scenario, refill or (), length)
    try:
        with patience(BUSY):
            done = tracing.run(scenario, length, engine, changed, pressure, followed, until)
            drug = drugging.followed(scenario, done, refilled)
            done = drugging.marked(done, refilled)
    except KeyboardInterrupt:
        say("Interrupted. A trace keeps nothing; give the same command again.")
        raise typer.Exit(INTERRUPTED) from None
    found = {**tracing.readings(scenario, done), "drug": drugging.readings(drug)}
    columns = [*drugging.columns(drug), *profile_words.columns(scenario, done)]
    write_trace(output, done.trace, tracing.provenance(scenario, done, found, command()), columns)
    for complaint in (*done.complaints, *drug.complaints):
        say(complaint)
    if plot:
        trace_figure.plot(scenario, done, plot, drug)
        say(f"{plot} holds the figure.")
    if as_json:
        print_json({"file": str(output), **found})
    else:
        _tell(scenario, done, drug, found, output)


def _tell(scenario: Scenario, done: Run, drug: Drugged, found: dict[str, Any], file: Path) -> None:
    from scenarios import consequence, drugging, profile_words
    from scenarios.trace_words import HOUR, rows, said

    print(f"{scenario.name}: {scenario.title}")
    print(f"{done.trace.time[-1] / HOUR:g} h, engine {done.trace.engine}\n")
    print_table([*rows(scenario, done, found), *drugging.rows(drug), *profile_words.rows(scenario, done)])
    if events := profile_words.events(done):
        print()
        print_table([(f"{event.time / HOUR:.4f} h", said(scenario, event)) for event in events])
    if told := list(consequence.rows(drug.interruption, drug.matters, drug.flags)):
        print()
        print_table(told)
        print(consequence.NO_ADVICE)
    print(f"\n{file}")
