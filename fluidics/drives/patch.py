"""The patch pump or pod, whose ratchet pushes a plunger by equal increments that are only nearly equal; what a
laboratory collects of it stands in `fluidics.collected`."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.compile import inlined
from fluidics.elementary import exp, inverse_normal
from fluidics.increments import RELIEF, held_by_force, increment, increment_phases, sealed_inlet
from fluidics.network import TUBE, Link
from fluidics.pump import Chamber, Luck, OperatingPoint, Phase, Service, Stroke, Surroundings
from fluidics.questions import (
    advance,
    chamber,
    disposable,
    fastest,
    flow,
    fresh,
    line,
    operate,
    phases,
    refilled,
    stall,
    stroke,
    strokes,
)


class Patch(NamedTuple):
    """A ratchet that pushes an increment whenever one is due: Q = g Q_programmed + d.

    Each pod has its own gain g, lognormal, and its own drift d, normal and the same at any rate (a seal that creeps, a
    plunger that sticks). Every increment has a noise of its own, more or less like that of the one before; it is not in
    the mean, and shows in the windows of a laboratory. A refill puts on a new pod.

    Notes
    -----
    The terms are a model of the windows and single increments printed for Omnipod 5 (Insulet, technical user guide,
    2022), at basal rates: the spread of a window follows the number of its increments, whatever the rate, and faster
    than its root. At 30 U/h pods are more alike. Noise of single increments is also seen by Girardot et al., Diabetes
    Technol. Ther. 22 (2020).
    """

    increment: Annotated[float, "m3"]
    stall_pressure: Annotated[float, "Pa"]
    compliance: Annotated[float, "m3/Pa"]
    gain_spread: Annotated[float, "-"] = 0.0  # of the logarithm, between pods
    drift_spread: Annotated[float, "m3/s"] = 0.0  # standard deviation between pods
    noise: Annotated[float, "m3"] = 0.0  # standard deviation between increments
    likeness: Annotated[float, "-"] = 0.0  # correlation of an increment's noise with that of the next
    push_time: Annotated[float, "s"] = 0.5
    outlet_conductance: Annotated[float, "m3/s/Pa"] = 1e-11


class Pod(NamedTuple):
    """One pod: its gain and its drift."""

    gain: Annotated[float, "-"]
    drift: Annotated[float, "m3/s"]


@fastest.answer
@inlined
def pod_fastest(drive: Patch) -> float:
    return drive.increment / drive.push_time


@inlined
def moved_by_pod(drive: Patch, own: Pod, rate: float) -> float:
    """Return the mean flow [m3/s] of a pod that nothing holds back; it never sucks, and at rate zero it rests."""
    if rate <= 0.0:
        return 0.0
    return max(own.gain * min(rate, pod_fastest(drive)) + own.drift, 0.0)


@inlined
def unpacked(drive: Patch, luck: Luck) -> Pod:
    """Return a pod out of its box."""
    return Pod(gain=exp(drive.gain_spread * luck.normal), drift=drive.drift_spread * inverse_normal(luck.uniform))


@fresh.answer
def new_pod(drive: Patch, luck: Luck) -> Pod:
    return unpacked(drive, luck)


@refilled.answer
def next_pod(drive: Patch, own: Pod, service: Service, luck: Luck) -> Pod:
    return unpacked(drive, luck)


@disposable.answer
def pods_are_thrown_away(drive: Patch) -> float:
    return 1.0


@advance.answer
def pod_stays(drive: Patch, own: Pod, dt: float, around: Surroundings) -> Pod:
    return own


@flow.answer
def pod_flow(drive: Patch, own: Pod, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float) -> float:
    return moved_by_pod(drive, own, rate) if p_out < drive.stall_pressure else 0.0


@stall.answer
def pod_stall(drive: Patch) -> float:
    return drive.stall_pressure


@strokes.answer
def pod_increments(drive: Patch, rate: float) -> float:
    return min(rate, pod_fastest(drive)) / drive.increment


@operate.answer
def operate_pod(
    drive: Patch, own: Pod, rate: float, p_in: float, viscosity: float, pump: Any, state: Any
) -> OperatingPoint:
    catheter = line(pump.catheter, state.catheter, viscosity)
    site = line(pump.site, state.site, viscosity)
    return held_by_force(moved_by_pod(drive, own, rate), drive.stall_pressure, catheter, site)


@inlined
def pushed(drive: Patch, own: Pod, rate: float) -> float:
    """Return the volume [m3] of one increment, with what drifts until the next."""
    return moved_by_pod(drive, own, rate) * drive.increment / min(rate, pod_fastest(drive)) if rate > 0.0 else 0.0


@stroke.answer
def pod_stroke(
    drive: Patch, own: Pod, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> Stroke:
    volume = pushed(drive, own, rate) if p_out < drive.stall_pressure else 0.0
    return increment(volume, drive.increment, min(rate, pod_fastest(drive)))


@phases.answer
def pod_phases(drive: Patch, own: Pod, rate: float) -> tuple[Phase, Phase, Phase, Phase, Phase, Phase]:
    volume = pushed(drive, own, rate)
    return increment_phases(volume, drive.increment, min(rate, pod_fastest(drive)), drive.push_time)


@chamber.answer
def pod_chamber(drive: Patch, own: Pod, viscosity: float) -> Chamber:
    return Chamber(
        compliance=drive.compliance,
        inlet=sealed_inlet(drive.outlet_conductance),
        outlet=Link(drive.outlet_conductance, 0.0, 0.0, 0.0, 0.0, TUBE),
        stall=drive.stall_pressure,
        relief=RELIEF,
    )
