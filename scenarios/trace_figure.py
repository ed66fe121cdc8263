"""The figure of a trace: flow, pressures, volumes and valves on one axis of time; the numbers stand in
`scenarios.tracing`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from fluidics.drives.lead_screw import LeadScrew
from fluidics.engines.rungs import ENGINES
from fluidics.network import Floats
from fluidics.programmes.deliverable import quantum
from fluidics.programmes.programme import pieces
from scenarios.build import Scenario
from scenarios.profile_words import course, events, shown
from scenarios.report.drawing import BLUE, INK, MUTED, SHADES, drawn, write
from scenarios.run import Run
from scenarios.trace_words import CONCENTRATIONS, HOUR, Words, said
from scenarios.trace_words import unit as unit_of

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from scenarios.drugging import Drugged

ORANGE = "#d55e00"  # goes with the colours of `scenarios.report.drawing` (Okabe and Ito 2008)
WINDOWS = 96  # over which the delivered flow is averaged, about: quarters of an hour in a day
SHORT = 1e-9  # [-] of a trace or a stroke, below which two edges are one
POINTS = 4000  # that a line of this width can show
WIDE = 20.0  # [-] greatest over least programmed rate above which the axis of flows is logarithmic
LINES = {
    "chamber": SHADES[0],
    "reservoir": MUTED,
    "line": BLUE,
    "tip": ORANGE,
}  # the last one, which swings least, on top
FINEST = next(iter(ENGINES))
ALIKE = 0.03  # [-] of all pressures, below which two lines lie on each other
MOST_LABELS = 6
HEADROOM = 1.15  # [-] above the greatest flow


def plot(scenario: Scenario, run: Run, path: Path, drug: Drugged | None = None) -> None:
    """Write the figure of a trace as SVG, PNG or PDF."""
    valves = [k for k in range(run.trace.open.shape[1]) if np.ptp(run.trace.open[:, k]) > 0]
    followed = list(dict.fromkeys(profile.slot for profile in run.profiles))
    heights = [1.8, 2.0, 1.5, *([0.22 * len(valves) + 0.2] if valves else []), *(1.0 for _ in followed)]
    if drug and drug.arriving is not None:
        heights.insert(3, 1.2)
    layout = {"sharex": True, "gridspec_kw": {"height_ratios": heights}}
    with drawn(sum(heights) + 1.1, len(heights), 1, **layout) as (figure, grid):
        axes, words = list(grid[:, 0]), Words(scenario)
        _flow(axes[0], run, words, quantum(scenario.design.pump.drive))
        _pressure(axes[1], run)
        _volume(axes[2], run, words)
        if drug and drug.arriving is not None:
            _arriving(axes[3], run, drug.arriving, drug.drug)
        if valves:
            _valves(axes[len(axes) - len(followed) - 1], scenario, run, valves)
        for each, slot in zip(axes[len(axes) - len(followed) :], followed, strict=True):
            _followed(each, scenario, run, slot)
        _time_axis(axes[-1], run)
        _events(axes, scenario, run)
        labelled = 12 * min(len(events(run)), 2)
        average = f"flows are means over {_length(run.trace.time[-1] / WINDOWS)} or whole strokes"
        told = f"{scenario.title}\n{scenario.name}, engine {run.trace.engine}; {average}"
        axes[0].set_title(told, pad=8 + labelled)
        write(figure, path)


def _length(time: float) -> str:
    """Return a time [s] in the unit that suits it."""
    unit, clock = _unit(2.0 * time)
    return f"{time / clock:.3g} {unit}"


def _clock(run: Run) -> tuple[str, float]:
    """Return the unit of time that suits a trace, and its length [s]."""
    return _unit(run.trace.time[-1])


def _unit(span: float) -> tuple[str, float]:
    if span <= 2.0 * HOUR:
        return ("s", 1.0) if span <= 300.0 else ("min", 60.0)
    return ("h", HOUR) if span <= 96.0 * HOUR else ("d", 24.0 * HOUR)


def _time_axis(axes: Axes, run: Run) -> None:
    from matplotlib.ticker import MaxNLocator

    unit, clock = _clock(run)
    axes.set_xlabel(f"Time since the start [{unit}]")
    axes.set_xlim(0.0, run.trace.time[-1] / clock)
    axes.xaxis.set_major_locator(MaxNLocator(9, steps=[1, 2, 3, 5, 10] if unit != "h" else [1, 2, 3, 4, 6, 10]))


def _windows(run: Run, quantum: float) -> list[float]:
    """Return the edges [s] of windows: where strokes begin as programmed, so that a window holds whole strokes.

    A stroke belongs to the time in which its volume is programmed, across a step of the programme too; what follows
    the last whole stroke is left out. Steps without a whole stroke, and drives without strokes, have windows of time.
    """
    end = float(run.trace.time[-1])
    wanted, before, edges = end / WINDOWS, 0.0, [0.0]
    for start, stop, rate in pieces(run.programme, 0.0, end):
        after = before + rate * (stop - start)
        first, last = (round_(value / quantum) if quantum else 0 for round_, value in ((_up, before), (_down, after)))
        if last > first:
            many = max(math.ceil(wanted * rate / quantum), 1)
            edges += (start + (k * quantum - before) / rate for k in (*range(first, last, many), last))
        elif quantum == 0.0 or rate == 0.0:
            edges += (start + k * wanted for k in range(math.floor((stop - start) / wanted)))
            edges.append(stop)
        before = after
    return [edge for k, edge in enumerate(edges) if k == 0 or edge > edges[k - 1] + SHORT * end]


def _up(strokes: float) -> int:
    return math.ceil(strokes - SHORT)


def _down(strokes: float) -> int:
    return math.floor(strokes + SHORT)


def _flow(axes: Axes, run: Run, words: Words, quantum: float) -> None:
    """Draw the programmed rate, and the delivered flow as means over short windows."""
    trace, (_, clock) = run.trace, _clock(run)
    unit, factor = words.rates
    edges = np.array(_windows(run, quantum))
    passed = np.interp(edges, np.append(0.0, trace.time), np.append(0.0, trace.delivered))
    steps = list(pieces(run.programme, 0.0, float(trace.time[-1])))
    asked = [factor * rate for _, _, rate in steps]
    mean = factor * np.diff(passed) / np.diff(edges)
    ends = [0.0, *(stop / clock for _, stop, _ in steps)]
    axes.stairs(asked, ends, color=INK, linewidth=2.6, alpha=0.35, baseline=None)
    axes.stairs(mean, edges / clock, color=BLUE, linewidth=1.2, baseline=None)
    axes.set_ylabel(f"Flow [{unit}]")
    least = min((rate for rate in asked if rate > 0.0), default=0.0)
    if max(asked) > WIDE * least > 0.0:
        axes.set_yscale("symlog", linthresh=10.0 ** math.floor(math.log10(least)), linscale=0.5)
        axes.yaxis.set_major_formatter(lambda value, _: f"{value:g}")
    top = max(*asked, float(mean.max(initial=0.0))) * (HEADROOM if axes.get_yscale() == "linear" else HEADROOM**3)
    axes.set_ylim(min(0.0, 1.05 * float(mean.min(initial=0.0))), top or 1.0)


def _pressure(axes: Axes, run: Run) -> None:
    """Draw the pressures of reservoir, chamber, line and tip."""
    trace, (_, clock) = run.trace, _clock(run)
    first = {name: k for k, node in reversed(list(enumerate(trace.node_names))) if (name := _kind(node)) in LINES}
    line = trace.pressure[:, first["line"]]
    far = ALIKE * np.ptp(trace.pressure)
    known = "default" if trace.engine == FINEST else "steps-pre"  # coarser engines tell the peak or mean of a step
    alike = [name for name, k in first.items() if np.abs(trace.pressure[:, k] - line).max() <= far]
    for name, colour in LINES.items():
        if name == "line" or (name in first and name not in alike):
            time, values = _thinned(trace.time, trace.pressure[:, first[name]])
            label = ", ".join(sorted(alike)) if name == "line" else name
            axes.plot(time / clock, values / 1e3, color=colour, linewidth=1.0, label=label, drawstyle=known)
    axes.set_ylabel("Pressure [kPa]")
    axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=4, frameon=False, borderaxespad=0.0, fontsize=8)


def _kind(node: str) -> str:
    """Return the name of a node without its number."""
    return node.split("_")[0]


def _thinned(time: Floats, values: Floats) -> tuple[Floats, Floats]:
    """Return a line that looks the same with fewer points: the least and the greatest of many short times."""
    if len(time) <= POINTS:
        return time, values
    bins = np.minimum((time / time[-1] * (POINTS // 2)).astype(np.int64), POINTS // 2 - 1)
    first = np.flatnonzero(np.diff(bins, prepend=-1))
    pairs = np.stack([np.minimum.reduceat(values, first), np.maximum.reduceat(values, first)], axis=1)
    return np.repeat(time[first], 2), pairs.ravel()


def _volume(axes: Axes, run: Run, words: Words) -> None:
    """Draw what was programmed and what was delivered, and between them what is missing."""
    trace, (_, clock) = run.trace, _clock(run)
    unit, factor = words.volumes
    time = np.append(0.0, trace.time) / clock
    asked, got = (factor * np.append(0.0, column) for column in (trace.programmed, trace.delivered))
    axes.fill_between(time, asked, got, color=ORANGE, alpha=0.25, linewidth=0.0, label="difference")
    axes.plot(time, asked, color=INK, linewidth=2.6, alpha=0.35, label="programmed")
    axes.plot(time, got, color=BLUE, linewidth=1.2, label="delivered")
    axes.set_ylabel(f"Volume [{unit}]")
    axes.legend(loc="upper left", frameon=False, fontsize=8)


def _arriving(axes: Axes, run: Run, arriving: Floats, counted: str) -> None:
    """Draw the concentration of drug at the tip."""
    unit, factor = CONCENTRATIONS[counted]
    axes.plot(run.trace.time / _clock(run)[1], factor * arriving, color=BLUE, linewidth=1.2)
    axes.set_ylabel(f"At the tip\n[{unit}]")
    axes.set_ylim(bottom=0.0, top=1.1 * factor * float(arriving.max()) or 1.0)


def _valves(axes: Axes, scenario: Scenario, run: Run, valves: list[int]) -> None:
    """Draw a bar for each time that a valve is open, as wide as a hair at least."""
    trace, (_, clock) = run.trace, _clock(run)
    for row, link in enumerate(valves):
        opened = trace.open[:, link] > 0
        begins = np.append(0.0, trace.time[:-1])[opened] / clock
        axes.eventplot(begins, lineoffsets=row, linelengths=0.7, linewidths=0.5, colors=BLUE)
        axes.broken_barh(list(zip(begins, trace.time[opened] / clock - begins, strict=True)), (row - 0.35, 0.7))
    names = [trace.link_names[link].replace("_", " ") for link in valves]
    if isinstance(scenario.design.pump.drive, LeadScrew):
        names = ["plunger\nmoving" if name == "outlet" else name for name in names]
    axes.set_yticks(range(len(valves)), names)
    axes.set_ylim(len(valves) - 0.5, -0.5)
    axes.grid(visible=False)


def _followed(axes: Axes, scenario: Scenario, run: Run, slot: str) -> None:
    """Draw the values that a number of the pump takes."""
    time, value = course(scenario.design.pump, run, slot)
    unit, scale, zero = shown(unit_of(scenario, slot), slot)
    _, clock = _clock(run)
    edges = np.append(np.maximum(time, 0.0), run.trace.time[-1]) / clock
    axes.stairs((value - zero) * scale, edges, color=BLUE, linewidth=1.2, baseline=None)
    name = slot.split(".")[-1].replace("_", "\n")
    axes.set_ylabel(name if unit == "-" else f"{name}\n[{unit}]", fontsize=8)


def _events(axes: list[Axes], scenario: Scenario, run: Run) -> None:
    """Draw a line through all axes for each event, and say what the first ones are."""
    _, clock = _clock(run)
    for k, event in enumerate(events(run)):
        for each in axes:
            each.axvline(event.time / clock, color=ORANGE, linewidth=0.9, linestyle="--", zorder=1)
        if k < MOST_LABELS:
            late = event.time > 0.6 * run.trace.time[-1]
            axes[0].annotate(
                said(scenario, event), (event.time / clock, 1.0), (-2 if late else 2, 3 + 11 * (k % 2)),
                xycoords=("data", "axes fraction"), textcoords="offset points", color=ORANGE, fontsize=8,
                ha="right" if late else "left",
            )  # fmt: skip
