"""How a network steps through one phase, from edge to edge and from switch to switch; one step stands in
`fluidics.engines.rodas`, how phases follow each other in `fluidics.engines.rosenbrock`."""

from __future__ import annotations

import math

from fluidics.compile import linked
from fluidics.engines.laws import Scene, look
from fluidics.engines.rodas import LEAST_PRESSURE, Bench, accept, error, step
from fluidics.engines.switching import silence, switch, until_switch
from fluidics.engines.turning import keep, until_turn
from fluidics.engines.watch import begin_watch
from fluidics.forcing import longest_step

MOST_FAILURES = 60  # steps in a row
MOST_STEPS = 10_000_000  # in one phase
MOST_SWITCHES = 100_000
DONE, STUCK, LONG, RESTLESS = 0, 1, 2, 3  # how a phase ends
SWITCHED, REJECTED = 0, 1  # what a bench counts


@linked
def first_step(scene: Scene, bench: Bench, tolerance: float) -> float:
    """Return a step [s] in which no pressure moves by more than the tolerance of an order 3 method allows."""
    h, here = 1e300, bench.here
    for i in range(here.slope.shape[0]):
        moving = abs(here.slope[i] * here.flow[i] + here.drift[i])
        if moving > 0.0:
            h = min(h, max(abs(here.pressure[i]), LEAST_PRESSURE) / moving)
    return math.sqrt(math.sqrt(tolerance)) * h


@linked
def travel(scene: Scene, bench: Bench, start: float, duration: float, tolerance: float) -> int:
    """Return how a phase ended; the bench is left at its end, or where it came to.

    Steps never reach over a drive edge or the switching of a valve, and after each they start small again. Where a node
    is watched they end also where its pressure turns, and everything ends where that comes to its alarm.
    """
    band = 0.01 * tolerance + 1e-13
    longest = longest_step(scene.forcing)
    time, failures = 0.0, 0
    look(scene, bench.y, start, bench.here)
    switched = switch(scene, bench.here, band)
    if switched > 0:
        bench.tally[SWITCHED] += switched
        look(scene, bench.y, start, bench.here)
    if scene.sensor.node >= 0:
        begin_watch(scene.sensor, bench.here.pressure)
        if silence(scene, bench.here, band) < 0.0:
            scene.sensor.left[0] = duration
            return DONE
    h = first_step(scene, bench, tolerance)
    for _ in range(MOST_STEPS):
        h = min(h, longest)
        left = duration - time
        ends = h >= left * (1.0 - 1e-12)
        if ends:
            h = left
        elif time + h == time:
            return STUCK
        step(scene, bench, start + time, h)
        wrong = error(scene, bench) / tolerance
        factor = max(0.1, min(5.0, 0.9 / math.sqrt(math.sqrt(max(wrong, 1e-8)))))
        if wrong > 1.0:
            bench.tally[REJECTED] += 1
            failures += 1
            if failures > MOST_FAILURES:
                return STUCK
            h *= factor
            continue
        failures = 0
        h = until_switch(scene, bench, start + time, h, band)
        if scene.sensor.node >= 0:
            h = until_turn(scene, bench, start + time, h)
        time += h
        ends = ends and h == left
        accept(scene, bench)
        if scene.sensor.node >= 0:
            keep(scene, bench, time)
            if silence(scene, bench.here, band) < 0.0:
                scene.sensor.left[0] = 0.0 if ends else duration - time
                return DONE
        opened = switch(scene, bench.here, band)
        switched += opened
        bench.tally[SWITCHED] += opened
        if switched > MOST_SWITCHES:
            return RESTLESS
        if ends:
            return DONE
        h *= factor
        if opened > 0:
            look(scene, bench.y, start + time, bench.here)
            h = first_step(scene, bench, tolerance)
    return LONG
