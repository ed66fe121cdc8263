"""An independent judge of networks: SciPy's Radau with tight tolerances, restarted wherever a valve switches."""

from __future__ import annotations

from functools import partial

import numpy as np

from fluidics.network import CHECK, GATE, TUBE, Floats, Ints, Network, Resolved, Schedule

TOLERANCE = 1e-10
BAND = 1e-9  # beyond a threshold: more than the tolerance lets a pressure be wrong


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


def _until_a_valve(made: Network, opened: Ints, source: Floats, span: tuple[float, float], state: Floats):
    """Return SciPy's solution to the end of a span, or to where a check passes its threshold."""
    from scipy.integrate import solve_ivp

    size = made.compliance.shape[0]
    events = []
    for link in np.flatnonzero(made.kind == CHECK):
        event = partial(_passed, made, opened, int(link), size)
        event.terminal, event.direction = True, -1.0
        events.append(event)
    jacobian = _jacobian(made, opened)
    return solve_ivp(
        lambda _, y: _slopes(made, opened, source, y), span, state, "Radau",
        rtol=TOLERANCE, atol=TOLERANCE, jac=jacobian, events=events, dense_output=True,
    )  # fmt: skip


def _passed(made: Network, opened: Ints, link: int, size: int, _: float, state: Floats) -> float:
    return _margin(made, opened, link, state[:size]) + 2.0 * BAND


def radau(made: Network, stroke: Schedule, pressure: Floats, open_links: Ints) -> Resolved:
    """Return one stroke, as an engine would."""
    size = made.compliance.shape[0]
    state = np.concatenate([pressure, np.zeros(made.kind.shape[0])])
    opened = np.where(made.kind == TUBE, 1, open_links)
    rows, switches = [], 0
    for k, duration in enumerate(stroke.duration):
        opened = np.where(made.kind == GATE, stroke.gates[k], opened)
        time, status = 0.0, 1
        while status == 1:
            for link in np.flatnonzero(made.kind == CHECK):
                if _margin(made, opened, link, state[:size]) < -BAND:
                    opened[link] = 1 - opened[link]
                    switches += 1
            part = _until_a_valve(made, opened, stroke.source[k], (time, float(duration)), state)
            time, state, status = part.t[-1], part.y[:, -1], part.status
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


def greatest_and_least(made: Network, stroke: Schedule, pressure: Floats, open_links: Ints, node: int) -> Floats:
    """Return the greatest and the least pressure of a node in each phase (k, 2), by the dense output of each piece."""
    from scipy.optimize import minimize_scalar

    size = made.compliance.shape[0]
    state = np.concatenate([pressure, np.zeros(made.kind.shape[0])])
    opened = np.where(made.kind == TUBE, 1, open_links)
    found = np.empty((len(stroke.duration), 2))
    for k, duration in enumerate(stroke.duration):
        opened = np.where(made.kind == GATE, stroke.gates[k], opened)
        seen, time, status = [state[node]], 0.0, 1
        while status == 1:
            for link in np.flatnonzero(made.kind == CHECK):
                if _margin(made, opened, link, state[:size]) < -BAND:
                    opened[link] = 1 - opened[link]
            part = _until_a_valve(made, opened, stroke.source[k], (time, float(duration)), state)
            for sign in (1.0, -1.0):
                at = int(np.argmax(sign * part.y[node]))
                ends = part.t[max(at - 1, 0)], part.t[min(at + 1, len(part.t) - 1)]
                best = minimize_scalar(
                    lambda t, sign=sign, part=part: -sign * part.sol(t)[node], bounds=ends, method="bounded",
                    options={"xatol": 1e-9 * float(duration)},
                )  # fmt: skip
                seen += [part.y[node, at], -sign * best.fun]
            time, state, status = part.t[-1], part.y[:, -1], part.status
        found[k] = max(seen), min(seen)
    return found
