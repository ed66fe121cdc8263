"""An independent judge of networks: SciPy's Radau with tight tolerances, restarted wherever a valve switches."""

from __future__ import annotations

import numpy as np

from fluidics.network import CHECK, GATE, TUBE, Floats, Ints, Network, Resolved, Schedule

TOLERANCE = 1e-10


def _flows(made: Network, opened: Ints, pressure: Floats) -> Floats:
    """Return the flow through each link."""
    every = np.concatenate([pressure, made.boundary])
    across = every[made.start] - every[made.stop]
    return made.leak * across + opened * made.conductance * (across - made.crack)


def _margin(made: Network, opened: Ints, link: int, pressure: Floats) -> float:
    """Return how far a check is from switching."""
    every = np.concatenate([pressure, made.boundary])
    across = every[made.start[link]] - every[made.stop[link]]
    return float(across - made.crack[link] if opened[link] else made.breakaway[link] - across)


def _slopes(made: Network, opened: Ints, source: Floats, state: Floats) -> Floats:
    """Return how pressures and the volumes through links change."""
    size = made.compliance.shape[0]
    flow = _flows(made, opened, state[:size])
    inflow = np.zeros(size + made.boundary.shape[0])
    np.add.at(inflow, made.stop, flow)
    np.subtract.at(inflow, made.start, flow)
    return np.concatenate([(inflow[:size] + source) / made.compliance, flow])


def _jacobian(made: Network, opened: Ints) -> Floats:
    zero = np.zeros(made.compliance.shape[0])
    whole = np.concatenate([zero, np.zeros(made.kind.shape[0])])
    base = _slopes(made, opened, zero, whole)
    return np.array([_slopes(made, opened, zero, whole + unit) - base for unit in np.eye(whole.shape[0])]).T


def radau(made: Network, stroke: Schedule, pressure: Floats, open_links: Ints) -> Resolved:
    """Return one stroke, as an engine would."""
    from scipy.integrate import solve_ivp

    size = made.compliance.shape[0]
    state = np.concatenate([pressure, np.zeros(made.kind.shape[0])])
    opened = np.where(made.kind == TUBE, 1, open_links)
    checks = np.flatnonzero(made.kind == CHECK)
    rows, switches = [], 0
    for k, duration in enumerate(stroke.duration):
        opened = np.where(made.kind == GATE, stroke.gates[k], opened)
        time = 0.0
        while True:
            for link in checks:
                if _margin(made, opened, link, state[:size]) < -1e-9:
                    opened[link] = 1 - opened[link]
                    switches += 1
            events = []
            for link in checks:
                def event(_, y, link=link):
                    return _margin(made, opened, link, y[:size]) + 2e-9

                event.terminal, event.direction = True, -1.0
                events.append(event)
            part = solve_ivp(
                lambda _, y: _slopes(made, opened, stroke.source[k], y), (time, duration), state, "Radau",
                rtol=TOLERANCE, atol=TOLERANCE, jac=_jacobian(made, opened), events=events,
            )  # fmt: skip
            time, state = part.t[-1], part.y[:, -1]
            if part.status != 1:
                break
        rows.append((state.copy(), opened.copy()))
    return Resolved(
        np.cumsum(stroke.duration),
        np.array([y[:size] for y, _ in rows]),
        np.array([y[size:] for y, _ in rows]),
        np.array([o for _, o in rows]),
        0.0,
        0.0,
        switches,
        0,
    )
