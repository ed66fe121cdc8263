"""The questions that the parts of a pump answer; who answers stands beside each part, how answers are chosen in
`fluidics.compile`.

A part is a NamedTuple of parameters; `own` is its state, another NamedTuple; `around` is what surrounds it during a
panel (`fluidics.pump.Surroundings`). All numbers are SI.
"""

from __future__ import annotations

from typing import Any

from fluidics.compile import question, question_with_default


@question
def fresh(part: Any, luck: Any) -> Any:
    """Return the first state of a part, and its state after replacement."""
    raise NotImplementedError


@question
def advance(part: Any, own: Any, dt: float, around: Any) -> Any:
    """Return the state after `dt` [s], exact while the surroundings stand still."""
    raise NotImplementedError


@question_with_default
def panel(part: Any, own: Any, around: Any) -> float:
    """Return the longest sensible `dt` [s] for which the surroundings may be averaged."""
    return 1e300


@question_with_default
def refilled(part: Any, own: Any, service: Any, luck: Any) -> Any:
    """Return the state after a refill."""
    return own


@question_with_default
def disposable(part: Any) -> float:
    """Return 1 for a part that every refill replaces by a new one, else 0."""
    return 0.0


@question_with_default
def rinsed(part: Any, own: Any) -> Any:
    """Return the state after the clinic rinsed the pump."""
    return own


@question
def pressure(reservoir: Any, own: Any, temperature: float) -> float:
    """Return the gauge pressure [Pa] at the outlet of a reservoir."""
    raise NotImplementedError


@question
def capacity(reservoir: Any) -> float:
    """Return the volume [m3] of drug in a full reservoir, the residual included."""
    raise NotImplementedError


@question
def usable(reservoir: Any, own: Any) -> float:
    """Return the volume [m3] that can still be drawn; zero or less when the reservoir is empty."""
    raise NotImplementedError


@question
def carry_over(reservoir: Any, own: Any) -> float:
    """Return the fraction [-] of a full reservoir that a refill leaves behind as residual drug."""
    raise NotImplementedError


@question
def viscosity(drug: Any, own: Any, temperature: float) -> float:
    """Return the dynamic viscosity [Pa s] of the drug."""
    raise NotImplementedError


@question_with_default
def aggregate(drug: Any, own: Any) -> float:
    """Return the aggregated mass [-] in the drug, relative to the mass whose deposit the drive's scale refers to."""
    return 0.0


@question_with_default
def mean_aggregate(drug: Any, own: Any, dt: float, temperature: float) -> float:
    """Return the mean of `aggregate` [-] over the next `dt` [s]."""
    return aggregate(drug, own)


@question_with_default
def potency(drug: Any, own: Any) -> float:
    """Return the active share [-] of the drug, relative to its strength when it was filled in."""
    return 1.0


@question
def flow(drive: Any, own: Any, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float) -> float:
    """Return the mean net flow [m3/s] at a programmed rate [m3/s]; it never increases with `p_out` [Pa].

    Both pressures are relative to that of the atmosphere, `ambient` [Pa], which is absolute.
    """
    raise NotImplementedError


@question_with_default
def strokes(drive: Any, rate: float) -> float:
    """Return the strokes (or steps) per time [1/s] that a programmed rate [m3/s] costs."""
    return 0.0


@question_with_default
def fastest(drive: Any) -> float:
    """Return the rate [m3/s] that a drive reaches at most; what is programmed above it is delivered at it.

    1e300 for a drive that no stroke, motor or gate holds back.
    """
    return 1e300


@question_with_default
def power_drawn(drive: Any, rate: float) -> float:
    """Return the power [W] that a drive draws all the time at a programmed rate [m3/s], beside what strokes cost."""
    return 0.0


@question
def stall(drive: Any) -> float:
    """Return the pressure [Pa] at which the drive stops for want of force."""
    raise NotImplementedError


@question
def line(part: Any, own: Any, viscosity: float) -> Any:
    """Return the `Linear` law between flow and back pressure of a catheter or site that has one."""
    raise NotImplementedError


@question_with_default
def back_pressure(part: Any, own: Any, flow: float, viscosity: float) -> float:
    """Return the pressure [Pa] a part sets against a flow [m3/s]; it never decreases with flow."""
    law = line(part, own, viscosity)
    return law.offset + law.slope * flow


@question
def operate(drive: Any, own: Any, rate: float, p_in: float, viscosity: float, pump: Any, state: Any) -> Any:
    """Return the `OperatingPoint` at which the flow of the drive meets the back pressure of catheter and site."""
    raise NotImplementedError


@question
def stroke(drive: Any, own: Any, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float) -> Any:
    """Return the `Stroke` at a programmed rate [m3/s] against a line pressure that stands still [Pa].

    Both pressures are relative to that of the atmosphere, `ambient` [Pa], which is absolute.

    volume / period - conductance (p_out - p_in) is the mean flow, as near to `flow` as the drive's transients allow. A
    drive without strokes pushes nothing and has its conductance; at rate zero a stroke pushes nothing.
    """
    raise NotImplementedError


@question
def phases(drive: Any, own: Any, rate: float) -> Any:
    """Return what the drive does during one stroke at a programmed rate [m3/s], as six `Phase`s; unused ones last 0 s.

    Together they last one period of `stroke`, one minute for a drive without strokes or at rate zero.
    """
    raise NotImplementedError


@question
def chamber(drive: Any, own: Any, viscosity: float) -> Any:
    """Return the `Chamber` by which the drive joins reservoir and line."""
    raise NotImplementedError


@question_with_default
def creep(drive: Any, own: Any) -> tuple[float, float]:
    """Return the compliance [m3/Pa] of a drive that follows the pressure in its chamber late, and its time [s]."""
    return 0.0, 1.0


@question_with_default
def throttle(drive: Any, own: Any, rate: float) -> float:
    """Return the share [-] of the inlet of `chamber` that a drive uses at a programmed rate [m3/s]; above zero."""
    return 1.0


@question_with_default
def stiffness(reservoir: Any, own: Any, temperature: float) -> float:
    """Return by how much [Pa/m3] the pressure of a reservoir falls with the volume drawn."""
    return 0.0


@question_with_default
def ambient(reservoir: Any) -> float:
    """Return the absolute pressure [Pa] of the atmosphere around the pump."""
    return 101325.0


@question_with_default
def compliance(part: Any, own: Any) -> float:
    """Return the volume [m3/Pa] that a catheter or site takes up per pressure; never below zero."""
    return 0.0


@question_with_default
def bubble(part: Any, own: Any) -> float:
    """Return the gas [J] trapped in a drive, catheter or site, as its absolute pressure times its volume."""
    return 0.0


@question_with_default
def generated(drive: Any, own: Any, rate: float) -> float:
    """Return the gas [W], pressure times volume, that a drive makes in its chamber at a programmed rate [m3/s]."""
    return 0.0


@question_with_default
def encloses(drive: Any) -> float:
    """Return 1 for a drive in whose chamber the reservoir stands: what leaves the one leaves the other, else 0."""
    return 0.0


@question
def lumen(catheter: Any, viscosity: float) -> float:
    """Return the resistance [Pa s/m3] of the open lumen; what `line` has above it sits at the tip."""
    raise NotImplementedError


@question
def temperature(site: Any) -> float:
    """Return the temperature [K] of the body around pump and catheter."""
    raise NotImplementedError


@question
def histogram(regimen: Any, mean_rate: float) -> Any:
    """Return the rates of a day with their shares of time, as four `Level`s; unused levels have share zero."""
    raise NotImplementedError


@question
def margin(mode: Any, pump: Any, state: Any, around: Any) -> float:
    """Return how far [-] a failure mode is from happening: above zero is healthy."""
    raise NotImplementedError
