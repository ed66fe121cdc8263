"""A pump as a network of nodes and links, made of what its parts answer; the network itself stands in
`fluidics.network`, the engines that resolve its pressures in `fluidics.engines`."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

import numpy as np

from fluidics.network import CHECK, Floats, Link, Network, Schedule, network
from fluidics.pump import Pump, PumpState
from fluidics.questions import (
    ambient,
    bubble,
    chamber,
    compliance,
    creep,
    generated,
    line,
    lumen,
    phases,
    pressure,
    stiffness,
    temperature,
    throttle,
    viscosity,
)

RESERVOIR, CHAMBER, LINE = 0, 1, 2  # first nodes; the line's segments follow, the tip, and what creeps in the drive
INLET, OUTLET = 0, 1  # first links; the line's segments follow, then the tip, the creep and the relief
SOFTEST = 1e-2  # [Pa/m3]: a reservoir's least stiffness; a litre drawn then changes nothing that is measured
RIGID = 1e-19  # [m3/Pa]: least compliance of a node, that of a fifth of a microlitre of water
TIGHT = 1e-15  # [-]: leak of a relief that is shut; over a day nothing that is measured
FASTEST = 1e300  # [m3/s]: rate that no programme asks for
SHORT = 1e-3  # [-]: least resistance of the tip, relative to the lumen's


class Circuit(NamedTuple):
    """A pump as the engines that resolve pressure see it."""

    network: Network
    pressure: Annotated[Floats, "Pa"]  # (n,) at rest
    carries: bool  # whether what the drive cannot push stays in the reservoir, or in a wall that did not move


def _tip_pressure(pump: Pump, state: PumpState, mu: float) -> float:
    return line(pump.catheter, state.catheter, mu).offset + line(pump.site, state.site, mu).offset


def _relief(stall: float, relief: float) -> Link:
    return Link(conductance=relief, leak=TIGHT * relief, crack=stall, breakaway=stall, kind=CHECK)


def circuit(pump: Pump, state: PumpState, carries: bool, segments: int = 3, rate: float = FASTEST) -> Circuit:
    """Return the network of a pump at a state: reservoir, chamber, a line of equal segments, the tip.

    Parameters
    ----------
    pump, state : Pump, PumpState
        The device.
    carries : bool
        Whether the drive carries fluid from reservoir to line (as rollers and screws do) or pushes it with a wall that
        moves (as pistons do); it decides where fluid stays that the drive has not the force to push.
    segments : int
        Number of segments of the line.
    rate : float
        Programmed rate [m3/s], by which some drives throttle their inlet.

    Raises
    ------
    ValueError
        When a part answers with a number that no network can have.
    """
    body = temperature(pump.site)
    mu = viscosity(pump.drug, state.drug, body)
    drive = chamber(pump.drive, state.drive, mu)
    inlet = drive.inlet._replace(conductance=throttle(pump.drive, state.drive, rate) * drive.inlet.conductance)
    along = lumen(pump.catheter, mu)
    at_tip = line(pump.catheter, state.catheter, mu).slope - along + line(pump.site, state.site, mu).slope
    wall = compliance(pump.catheter, state.catheter)
    rest = _tip_pressure(pump, state, mu)
    tip = LINE + segments
    stored = [1.0 / max(stiffness(pump.reservoir, state.reservoir, body), SOFTEST), max(drive.compliance, RIGID)]
    stored += [max(wall / segments, RIGID)] * segments + [max(compliance(pump.site, state.site), RIGID)]
    gas = [0.0, bubble(pump.drive, state.drive), bubble(pump.catheter, state.catheter)]
    gas += [0.0] * (segments - 1) + [bubble(pump.site, state.site)]
    made_gas = generated(pump.drive, state.drive, rate) if rate < FASTEST else 0.0
    hops = [(LINE + k, LINE + k + 1, Link(segments / along)) for k in range(segments)]
    nodes = tip + 1
    late: list[tuple[int, int, Link]] = []
    slow, lag = creep(pump.drive, state.drive)
    if slow > 0.0:
        stored, gas, late = [*stored, slow], [*gas, 0.0], [(CHAMBER, nodes, Link(slow / lag))]
        nodes += 1
    ends: list[tuple[int, int, Link]] = [(tip, nodes, Link(1.0 / max(at_tip, SHORT * along))), *late]
    if drive.stall < 1e300:
        # relief to the reservoir counts from its pressure, relief to the wall from that of the body
        supply = pressure(pump.reservoir, state.reservoir, body)
        ends += [(CHAMBER, RESERVOIR, _relief(drive.stall - supply, drive.relief))] if carries else [
            (CHAMBER, nodes + 1, _relief(drive.stall, drive.relief))
        ]
    made = network(
        stored,
        [(RESERVOIR, CHAMBER, inlet), (CHAMBER, LINE, drive.outlet), *hops, *ends],
        [rest, 0.0],
        gas,
        ambient(pump.reservoir),
        [made_gas if node == CHAMBER else 0.0 for node in range(nodes)],
    )
    start = np.full(nodes, rest)
    start[RESERVOIR] = start[CHAMBER] = start[tip + 1 :] = pressure(pump.reservoir, state.reservoir, body)
    return Circuit(made, start, carries)


def schedule(made: Network, drive: Any, own: Any, rate: float) -> Schedule:
    """Return one stroke of a drive at a programmed rate [m3/s] as a schedule for its network."""
    steps = [phase for phase in phases(drive, own, rate) if phase.duration > 0.0]
    source = np.zeros((len(steps), made.compliance.shape[0]))
    gates = np.zeros((len(steps), made.kind.shape[0]), dtype=np.int64)
    for k, phase in enumerate(steps):
        source[k, RESERVOIR] = -phase.carried
        source[k, CHAMBER] = phase.carried + phase.displaced
        gates[k, INLET] = int(phase.inlet)
        gates[k, OUTLET] = int(phase.outlet)
    return Schedule(np.array([phase.duration for phase in steps]), source, gates)


def carries(drive: Any, own: Any, rate: float) -> bool:
    """Return whether a drive carries fluid from the reservoir, or pushes it with a wall that moves."""
    return all(phase.displaced == 0.0 for phase in phases(drive, own, rate))
