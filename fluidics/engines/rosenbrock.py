"""Pressures within a stroke by a linearly implicit method with error control, for networks that are smooth and not
linear; piecewise-linear ones go to `fluidics.engines.exact`, one phase stands in `fluidics.engines.travel`."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from fluidics.compile import kernel, linked
from fluidics.engines.laws import Instant, Scene
from fluidics.engines.rodas import STAGES, Bench
from fluidics.engines.stage import Rows, Stage, empty_rows, filled, staged
from fluidics.engines.travel import DONE, LONG, MOST_STEPS, MOST_SWITCHES, RESTLESS, STUCK, SWITCHED, travel
from fluidics.engines.watch import NEVER, watching, write_extremes
from fluidics.forcing import Forcing, forcing
from fluidics.lines.gas import compressed
from fluidics.network import CHECK, GATE, TUBE, Floats, Ints, Network, Resolved, Schedule, checked
from fluidics.reservoirs.supply import Elastic

NO_FORCING = forcing()
ELASTIC = Elastic()


class Outcome(NamedTuple):
    """How a stretch ended, and where, and the rows written."""

    status: int
    stroke: int
    phase: int
    rows: int


@linked
def prepare(scene: Scene, bench: Bench, stage: Stage, k: int, away: float) -> float:
    """Return the volume [m3] that the wall goes out in phase k from where it is; sources and valves are set for it.

    A wall that has given way comes home from where it has come to, and no further.
    """
    node = scene.network.start[stage.relief] if stage.relief >= 0 else -1
    moved = 0.0
    for i in range(scene.source.shape[0]):
        scene.source[i] = stage.plan.source[k, i]
        if i == node:
            if stage.back[k] > 0.0 and scene.source[i] < 0.0:
                scene.source[i] *= min(max(away / stage.back[k], 0.0), 1.0)
            moved = scene.source[i] * stage.plan.duration[k]
    for j in range(scene.open.shape[0]):
        shut = j == stage.relief and stage.out[k] == 0
        scene.watch[j] = 1 if scene.network.kind[j] == CHECK and not shut else 0
        wanted = stage.plan.gates[k, j] if scene.network.kind[j] == GATE else scene.open[j]
        wanted = 0 if shut else wanted
        if wanted != scene.open[j]:
            scene.open[j] = wanted
            bench.tally[SWITCHED] += 1
    return moved


@kernel
def stretch(
    scene: Scene, bench: Bench, stage: Stage, strokes: int, every: int, tolerance: float, rows: Rows
) -> Outcome:
    """Return how a stretch of whole strokes ended; every so many, counted back from the last, fills rows."""
    n, m = scene.network.compliance.shape[0], scene.network.start.shape[0]
    period, pushed, row = 0.0, 0.0, 0
    for k in range(stage.plan.duration.shape[0]):
        period += stage.plan.duration[k]
    for stroke in range(strokes):
        time = stroke * period
        for k in range(stage.plan.duration.shape[0]):
            kept = bench.y[n + stage.relief] if stage.relief >= 0 else 0.0
            pushed += prepare(scene, bench, stage, k, pushed - kept)
            status = travel(scene, bench, time, stage.plan.duration[k], tolerance)
            if status != DONE:
                return Outcome(status=status, stroke=stroke, phase=k, rows=row)
            before = time
            time += stage.plan.duration[k]
            sounded = scene.sensor.left[0] >= 0.0
            if (strokes - 1 - stroke) % every == 0 or sounded:
                if scene.sensor.node >= 0:
                    row = write_extremes(scene.sensor, bench.here.pressure, before, rows, row)
                rows.time[row] = time - max(scene.sensor.left[0], 0.0)
                for i in range(n):
                    rows.pressure[row, i] = bench.here.pressure[i]
                for j in range(m):
                    rows.volume[row, j] = bench.y[n + j]
                    rows.open[row, j] = scene.open[j]
                row += 1
            if sounded:
                return Outcome(status=DONE, stroke=stroke, phase=k, rows=row)
    return Outcome(status=DONE, stroke=strokes, phase=0, rows=row)


def _instant(n: int, m: int, b: int) -> Instant:
    size = n + m + 1
    return Instant(np.zeros(n + b), np.zeros(n), np.zeros(n + b), np.zeros(size), np.zeros(m), np.zeros(size))


def _unbalanced(scene: Scene, bench: Bench, time: float) -> float:
    """Return the fluid [m3] that came in and is neither stored, by the laws of the nodes, nor went out."""
    net, y = scene.network, bench.y
    n, m = len(net.compliance), len(net.start)
    through = y[n : n + m]
    lost = abs(float(y[n + m] + through[net.start >= n].sum() - through[net.stop >= n].sum() - y[:n].sum()))
    for i in range(n):
        absolute = scene.base[i] + net.ambient
        made = net.growth[i] * time
        gas, stored = net.gas[i] + made, y[i] + made / absolute
        rise = compressed(net.compliance[i], gas, absolute, stored).rise
        squeezed = gas * rise / (absolute * (absolute + rise)) if gas > 0.0 else 0.0
        lost += abs(float(net.compliance[i] * rise + squeezed - stored))
    return lost


def integrate(
    network: Network,
    schedule: Schedule,
    strokes: int,
    pressure: Floats,
    open_links: Ints,
    tolerance: float = 1e-8,
    forcing: Forcing = NO_FORCING,
    every: int = 1,
    relief: int = -1,
    supply: Any = ELASTIC,
    watch: int = -1,
    alarm: float = NEVER,
) -> Resolved:
    """Return pressures, volumes and valves of a network at the end of every phase of its strokes.

    Parameters
    ----------
    network : Network
        Nodes, links and boundaries; with trapped gas, loss coefficients and lifts or without.
    schedule : Schedule
        What the drive does in each phase of a stroke.
    strokes : int
        How many strokes.
    pressure : (n,) float
        Of each node at the start [Pa].
    open_links : (m,) int
        1 where a check is open at the start. Gates follow the schedule, tubes are open.
    tolerance : float
        Error [-] that one step may make, relative to pressures (or 1 kPa) and volumes through links (or 0.1 uL).
    forcing : Forcing
        Sinusoids that boundaries and sources swing by; time counts from the start of the stretch.
    every : int
        Of so many strokes one is recorded; the last always is.
    relief : int
        Number of the check by which a wall gives way that the drive moves, -1 when there is none. What flows through it
        was not displaced, so the wall goes back by what it displaced and no more; it opens only while the wall is out.
    supply : Elastic or Held
        What holds the pressure of node 0: its compliance, or the law of a reservoir from its state at the start on.
    watch, alarm : int, float
        A node whose extremes are recorded, and its pressure [Pa] that ends all, as in `fluidics.engines.exact`.

    Raises
    ------
    ValueError
        When an argument makes no sense.
    RuntimeError
        When a step does not converge or valves never come to rest; then nothing is returned.

    Notes
    -----
    Steps end at every drive edge and at every switch of a valve, which is found to a hundredth of the tolerance.
    Tolerance is not error: over a day of a stroke pump with an occlusion (1440 strokes) the pressures of the line were
    within 4e-7 at a tolerance of 1e-6 and within 1e-10 at 1e-8; that of the chamber between its valves, where what is
    wrong at the moment of closing stays for a minute, within 9e-7 and 2e-8. From 1e-4 on valves miss their moments.

    Examples
    --------
    A push of 1 m3/s for 1 s into 1 m3/Pa that drains through 1 m3/(s Pa): 1 - 1/e.

    >>> from fluidics.network import Link, network
    >>> tank = network([1.0], [(0, 1, Link(1.0))], [0.0])
    >>> push = Schedule(np.array([1.0]), np.array([[1.0]]), np.array([[0]]))
    >>> round(float(integrate(tank, push, 1, np.array([0.0]), np.array([1]), 1e-12).pressure[-1, 0]), 9)
    0.632120559
    """
    checked(network, schedule, strokes, pressure, open_links, every)
    if not tolerance > 0.0:
        raise ValueError(f"tolerance must be above zero, given {tolerance!r}")
    n, m, b = len(network.compliance), len(network.kind), len(network.boundary)
    if forcing.at.size and not (forcing.at.min() >= 0 and forcing.at.max() < n + b):
        raise ValueError(f"forcing acts on {forcing.at}; nodes and boundaries are 0 to {n + b - 1}")
    stage = staged(network, schedule, relief)
    rows, sensor = empty_rows(stage, strokes, every, 3 if watch >= 0 else 1), watching(watch, alarm, n, m)
    opened = np.where(network.kind == TUBE, 1, open_links).astype(np.int64)
    base = np.array(pressure, dtype=np.float64)
    for i in np.flatnonzero((network.gas > 0.0) & (base + network.ambient <= 0.0)):
        absolute = base[i] + network.ambient
        raise ValueError(f"node {i}: its gas starts at {absolute:g} Pa absolute, it must start above zero")
    scene = Scene(network, supply, forcing, base, np.zeros(n), opened, np.zeros(m, dtype=np.int64), sensor)
    size = n + m + 1
    bench = Bench(
        np.zeros(size), np.zeros(size), np.zeros((STAGES, size)), np.zeros((n, n)),
        _instant(n, m, b), _instant(n, m, b), np.zeros(2, dtype=np.int64),
    )  # fmt: skip
    end = stretch(scene, bench, stage, strokes, every, float(tolerance), rows)
    _refuse_failure(end, float(tolerance))
    retained = float(bench.y[n + relief]) if relief >= 0 else 0.0
    switches, rejected = (int(each) for each in bench.tally)
    found, alarmed = filled(rows, end.rows), bool(sensor.left[0] >= 0.0)
    residual = _unbalanced(scene, bench, float(found.time[-1]))
    return Resolved(*found, retained, residual, switches, rejected, alarmed)


def _refuse_failure(end: Outcome, tolerance: float) -> None:
    where = f"stroke {end.stroke + 1}, phase {end.phase + 1}"
    if end.status == STUCK:
        raise RuntimeError(
            f"{where}: no step converges at tolerance {tolerance:g}; does a rigid node fill up, or is it too tight?"
        )
    if end.status == LONG:
        raise RuntimeError(f"{where}: not at its end after {MOST_STEPS} steps; shorten it or loosen {tolerance:g}")
    if end.status == RESTLESS:
        raise RuntimeError(f"{where}: valves switched more than {MOST_SWITCHES} times and did not come to rest")
