"""Networks that are smooth and not linear, and SciPy's Radau method on their own laws, shared by the tests of the
Rosenbrock engine."""

from __future__ import annotations

import math

import numpy as np

from fluidics.network import CHECK, GATE, TUBE, Floats, Link, Network, Schedule, network

KPA, MICROLITRE = 1e3, 1e-9


def still(duration: float, made: Network, steps: int = 1) -> Schedule:
    """Return a schedule in which the drive does nothing, in equal phases."""
    shape = (steps, len(made.kind))
    return Schedule(np.full(steps, duration / steps), np.zeros((steps, len(made.compliance))), np.zeros(shape, int))


def pushed(duration: float, made: Network, node: int, flow: float, steps: int = 1) -> Schedule:
    """Return a schedule with a steady flow [m3/s] into one node."""
    plan = still(duration, made, steps)
    plan.source[:, node] = flow
    return plan


def open_tubes(made: Network):
    """Return which links are open at the start when all valves are shut."""
    return (made.kind == TUBE).astype(np.int64)


def flow_through(made: Network, k: int, drop: float) -> float:
    """Return the flow through a link: checks without breakaway open and shut at their crack pressure."""
    flow = made.leak[k] * drop
    beyond = drop - made.crack[k]
    if made.kind[k] == TUBE or (made.kind[k] == CHECK and beyond > 0.0):
        g, b = made.conductance[k], made.loss[k]
        g *= (1.0 + made.lift[k] * max(-beyond, 0.0)) ** 3
        flow += g * beyond if b == 0.0 else math.copysign(
            (math.sqrt(1.0 / g**2 + 4.0 * b * abs(beyond)) - 1.0 / g) / (2.0 * b), beyond
        )  # fmt: skip
    return flow


def by_radau(made: Network, plan: Schedule, pressure, waves=(), rtol: float = 1e-10) -> tuple[Floats, Floats]:
    """Return pressures at the end of each phase and volumes through links, by another method on other variables.

    Radau on the pressures themselves, dp/dt = inflow / (C + gas / p_abs^2), started anew at every drive edge.
    """
    from scipy.integrate import solve_ivp

    n, m = len(made.compliance), len(made.kind)

    def slope(time, y, source):
        p = np.concatenate([y[:n], made.boundary])
        inflow = source.copy()
        for at, swing, frequency, phase in waves:
            value = swing * math.sin(2.0 * math.pi * (frequency * time + phase))
            if at < n:
                inflow[at] += value
            else:
                p[at] += value
        flows = np.array([flow_through(made, k, p[made.start[k]] - p[made.stop[k]]) for k in range(m)])
        for k in range(m):
            if made.start[k] < n:
                inflow[made.start[k]] -= flows[k]
            if made.stop[k] < n:
                inflow[made.stop[k]] += flows[k]
        room = made.compliance + made.gas / (y[:n] + made.ambient) ** 2
        return np.concatenate([inflow / room, flows])

    y, time, pressures, volumes = np.concatenate([pressure, np.zeros(m)]), 0.0, [], []
    scale = np.concatenate([np.full(n, 1e3), np.full(m, 1e-9)])
    for k, duration in enumerate(plan.duration):
        longest = min([duration, *(0.1 / wave[2] for wave in waves)])
        done = solve_ivp(
            slope, (time, time + duration), y, "Radau", args=(plan.source[k],), rtol=rtol, atol=rtol * scale,
            max_step=longest,
        )  # fmt: skip
        assert done.success, done.message
        y, time = done.y[:, -1], time + duration
        pressures.append(y[:n].copy())
        volumes.append(y[n:].copy())
    return np.array(pressures), np.array(volumes)


def random_network(seed: int, valves: bool) -> Network:
    """Return a chain with a branch: compliances of four decades, gas, losses or lifts, a check without breakaway."""
    draw = np.random.default_rng(seed)
    n = int(draw.integers(2, 6))

    def link(kind: float = TUBE) -> Link:
        conductance = 10.0 ** draw.uniform(-13.0, -11.0)
        loss = draw.choice([0.0, 1.0]) * 10.0 ** draw.uniform(19.0, 22.0)
        if kind == TUBE:
            return Link(conductance, loss=loss, lift=1e-5 if loss == 0.0 else 0.0)
        crack = draw.uniform(1e3, 8e3)
        return Link(conductance, 1e-4 * conductance, crack, crack, loss, kind)

    hops = [(i, i + 1, link(CHECK if valves and i in (0, 2) else TUBE)) for i in range(n - 1)]
    ends = [(n, 0, link()), (n - 1, n + 1, link())]
    branch = [(0, n - 1, link())] if n > 2 and draw.uniform() < 0.5 and not valves else []
    gas = [float(draw.choice([0.0, 1.0]) * 10.0 ** draw.uniform(-6.0, -3.0)) for _ in range(n)]
    compliance = [10.0 ** draw.uniform(-15.0, -12.0) for _ in range(n)]
    return network(compliance, hops + ends + branch, [draw.uniform(10e3, 60e3), draw.uniform(-20e3, 5e3)], gas)


GATED = network(
    [5e-13, 1e-13], [(2, 0, Link(1e-12)), (0, 1, Link(1e-11, 1e-17, 0.0, 0.0, 0.0, GATE)), (1, 3, Link(1e-12))],
    [50e3, 2e3],
)  # fmt: skip
