"""One linearly implicit step of a network with its error estimate; which steps are taken, and where valves switch
between them, stands in `fluidics.engines.rosenbrock`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fluidics.compile import linked
from fluidics.engines.laws import Instant, Scene, implicit, look
from fluidics.engines.linear import factorise, solve
from fluidics.network import Floats, Ints

# RODAS: 6 stages, order 4 with an embedded order 3, L-stable, stiffly accurate. E. Hairer and G. Wanner, Solving
# Ordinary Differential Equations II, 2nd ed., Springer 1996, section IV.7, table 6.1 in the form without products
STAGES = 6
DIAGONAL = 0.25
AHEAD = np.array([0.0, 0.386, 0.21, 0.63, 1.0, 1.0])
SURGE = np.array([0.25, -0.1043, 0.1035, -0.0362, 0.0, 0.0])
REACHED = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [1.544, 0.0, 0.0, 0.0, 0.0],
        [0.9466785280815826, 0.2557011698983284, 0.0, 0.0, 0.0],
        [3.314825187068521, 2.896124015972201, 0.9986419139977817, 0.0, 0.0],
        [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 0.0],
        [1.221224509226641, 6.019134481288629, 12.53708332932087, -0.6878860361058950, 1.0],
    ]
)
COUPLED = np.array(
    [
        [0.0, 0.0, 0.0, 0.0, 0.0],
        [-5.6688, 0.0, 0.0, 0.0, 0.0],
        [-2.430093356833875, -0.2063599157091915, 0.0, 0.0, 0.0],
        [-0.1073529058151375, -9.594562251023355, -20.47028614809616, 0.0, 0.0],
        [7.496443313967647, -10.24680431464352, -33.99990352819905, 11.70890893206160, 0.0],
        [8.083246795921522, -7.981132988064893, -31.52159432874371, 16.31930543123136, -6.058818238834054],
    ]
)
BETWEEN = np.array(
    [
        [10.12623508344586, -7.487995877610167, -34.80091861555747, -7.992771707568823, 1.025137723295662],
        [-0.6762803392801253, 6.087714651680015, 16.43084320892478, 24.76722511418386, -6.594389125716872],
    ]
)  # y0 (1 - x) + x y1 + x (1 - x) (c0 + x c1), of order 3 for a share x of the step; code RODAS of the same authors
LEAST_PRESSURE = 1e3  # [Pa]: below it, pressure errors count as absolute
LEAST_VOLUME = 1e-10  # [m3]: the same for volumes, a fifth of a small stroke


class Bench(NamedTuple):
    """Arrays that a step works on."""

    y: Floats  # (n + m + 1,) [m3] state, as in `fluidics.engines.laws.Scene`
    trial: Floats  # (n + m + 1,) [m3] state at the end of a step
    stage: Floats  # (6, n + m + 1) [m3] increments; the last is the error estimate
    matrix: Floats  # (n, n)
    here: Instant  # at y
    there: Instant  # at trial
    tally: Ints  # (2,) valves switched, steps thrown away


@linked
def step(scene: Scene, bench: Bench, time: float, h: float) -> None:
    """Return nothing; `trial` is the state one step [s] on, `there` what the network then is and does."""
    net = scene.network
    n, m = net.compliance.shape[0], net.start.shape[0]
    per_step, rate = 1.0 / h, 1.0 / (DIAGONAL * h)
    implicit(scene, bench.here, rate, bench.matrix)
    factorise(bench.matrix)
    for s in range(STAGES):
        if s > 0:
            for i in range(n + m + 1):
                bench.trial[i] = bench.y[i]
            for j in range(s):
                for i in range(n + m + 1):
                    bench.trial[i] += REACHED[s, j] * bench.stage[j, i]
            look(scene, bench.trial, time + AHEAD[s] * h, bench.there)
        for i in range(n + m + 1):
            flow = bench.here.flow[i] if s == 0 else bench.there.flow[i]
            bench.stage[s, i] = flow + SURGE[s] * h * bench.here.surge[i]
        for j in range(s):
            coupled = COUPLED[s, j] * per_step
            for i in range(n + m + 1):
                bench.stage[s, i] += coupled * bench.stage[j, i]
        solve(bench.matrix, bench.stage, s)
        for k in range(m):
            # volumes through links follow from the nodes they join
            a, b = net.start[k], net.stop[k]
            pressed = bench.here.slope[a] * bench.stage[s, a] if a < n else 0.0
            if b < n:
                pressed -= bench.here.slope[b] * bench.stage[s, b]
            bench.stage[s, n + k] = (bench.stage[s, n + k] + bench.here.steep[k] * pressed) * (DIAGONAL * h)
        bench.stage[s, n + m] *= DIAGONAL * h
    for i in range(n + m + 1):
        bench.trial[i] += bench.stage[STAGES - 1, i]
    look(scene, bench.trial, time + h, bench.there)


@linked
def error(scene: Scene, bench: Bench) -> float:
    """Return the largest error of the step, relative to the pressures and the volumes through links [-]."""
    n, m = scene.network.compliance.shape[0], scene.network.start.shape[0]
    worst = 0.0
    for i in range(n):
        size = max(abs(bench.here.pressure[i]), abs(bench.there.pressure[i]), LEAST_PRESSURE)
        wrong = abs(bench.stage[STAGES - 1, i]) * bench.here.slope[i] / size
        if not wrong <= worst:
            worst = wrong if wrong < 1e300 else 1e300
    for i in range(n, n + m):
        wrong = abs(bench.stage[STAGES - 1, i]) / max(abs(bench.y[i]), abs(bench.trial[i]), LEAST_VOLUME)
        if not wrong <= worst:
            worst = wrong if wrong < 1e300 else 1e300
    return worst


@linked
def accept(scene: Scene, bench: Bench) -> None:
    """Return nothing; the end of the step becomes the present."""
    n, m = scene.network.compliance.shape[0], scene.network.start.shape[0]
    for i in range(n + m + 1):
        bench.y[i] = bench.trial[i]
        bench.here.flow[i] = bench.there.flow[i]
        bench.here.surge[i] = bench.there.surge[i]
    for i in range(bench.here.pressure.shape[0]):
        bench.here.pressure[i] = bench.there.pressure[i]
        bench.here.drift[i] = bench.there.drift[i]
    for i in range(n):
        bench.here.slope[i] = bench.there.slope[i]
    for k in range(m):
        bench.here.steep[k] = bench.there.steep[k]
