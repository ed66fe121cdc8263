"""The restrictor with several capillaries, of which a setting opens some; the single one stands in
`fluidics.drives.restrictor`."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.compile import inlined
from fluidics.network import GATE, TUBE, Link
from fluidics.pump import Chamber, Luck, OperatingPoint, Phase, Stateless, Stroke, Surroundings
from fluidics.questions import advance, chamber, fastest, flow, fresh, line, operate, phases, stall, stroke, throttle

_STEP = 60.0  # [s]
_SHUT = 1e-9  # [-]: of the capillaries, when none is open


class MultiRate(NamedTuple):
    """Three capillaries side by side; a setting opens any of them: Q = (p_in - p_out) sum(1 / R) mu_ref / mu.

    The programmed rate picks the setting whose nominal rate is nearest, the slower of two that are equally near; what
    it then delivers is `nominal_rate`, not what was programmed. Seven settings in equal steps need resistances of
    4 : 2 : 1.

    Notes
    -----
    Laminar flow of a Newtonian infusate.
    """

    first_resistance: Annotated[float, "Pa s/m3"]
    second_resistance: Annotated[float, "Pa s/m3"]
    third_resistance: Annotated[float, "Pa s/m3"]
    reference_viscosity: Annotated[float, "Pa s"]
    nominal_pressure: Annotated[float, "Pa"]  # across the capillaries, that the settings are named for
    shut_leak: Annotated[float, "m3/s/Pa"]  # of all three when none is open
    dead_compliance: Annotated[float, "m3/Pa"]  # behind the capillaries


@fresh.answer
def new_settings(drive: MultiRate, luck: Luck) -> Stateless:
    return Stateless()


@advance.answer
def settings_stay(drive: MultiRate, own: Stateless, dt: float, around: Surroundings) -> Stateless:
    return own


@inlined
def all_open(drive: MultiRate) -> float:
    """Return the conductance [m3/(s Pa)] of all capillaries at the reference viscosity."""
    return 1.0 / drive.first_resistance + 1.0 / drive.second_resistance + 1.0 / drive.third_resistance


@fastest.answer
def multirate_fastest(drive: MultiRate) -> float:
    return all_open(drive) * drive.nominal_pressure


@inlined
def opened(drive: MultiRate, rate: float) -> float:
    """Return the conductance [m3/(s Pa)] at the reference viscosity of the setting nearest to a rate [m3/s]."""
    wanted = rate / drive.nominal_pressure
    best = 0.0
    for setting in range(1, 8):
        conductance = 0.0
        if setting % 2 == 1:
            conductance += 1.0 / drive.first_resistance
        if setting % 4 >= 2:
            conductance += 1.0 / drive.second_resistance
        if setting >= 4:
            conductance += 1.0 / drive.third_resistance
        if abs(conductance - wanted) < abs(best - wanted) or (
            abs(conductance - wanted) == abs(best - wanted) and conductance < best
        ):
            best = conductance
    return best


@inlined
def nominal_rate(drive: MultiRate, rate: float) -> float:
    """Return the rate [m3/s] of the setting that a programmed rate [m3/s] picks, at nominal pressure.

    Examples
    --------
    >>> pump = MultiRate(4e16, 2e16, 1e16, 6.9e-4, 2e5, 1e-23, 4e-17)  # 5, 10 and 20 pL/s
    >>> round(nominal_rate(pump, 27e-12) * 1e12)
    25
    """
    return opened(drive, rate) * drive.nominal_pressure


@inlined
def conducted(drive: MultiRate, rate: float, viscosity: float) -> float:
    """Return the conductance [m3/(s Pa)] at a programmed rate [m3/s] and viscosity [Pa s]."""
    return (opened(drive, rate) + drive.shut_leak) * (drive.reference_viscosity / viscosity)


@flow.answer
def multirate_flow(
    drive: MultiRate, own: Stateless, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> float:
    return conducted(drive, rate, viscosity) * (p_in - p_out)


@stall.answer
def multirate_stall(drive: MultiRate) -> float:
    return 1e300  # the reservoir's own pressure is the limit


@operate.answer
def operate_multirate(
    drive: MultiRate, own: Stateless, rate: float, p_in: float, viscosity: float, pump: Any, state: Any
) -> OperatingPoint:
    catheter = line(pump.catheter, state.catheter, viscosity)
    site = line(pump.site, state.site, viscosity)
    offset = catheter.offset + site.offset
    slope = catheter.slope + site.slope
    through = conducted(drive, rate, viscosity)
    net = through * (p_in - offset) / (1.0 + through * slope)
    return OperatingPoint(flow=net, pressure=offset + slope * net)


@chamber.answer
def multirate_chamber(drive: MultiRate, own: Stateless, viscosity: float) -> Chamber:
    thinner = drive.reference_viscosity / viscosity
    most = all_open(drive) * thinner
    # behind the capillaries nothing resists
    return Chamber(
        compliance=drive.dead_compliance,
        inlet=Link(most, drive.shut_leak * thinner, 0.0, 0.0, 0.0, GATE),
        outlet=Link(1e4 * most, 0.0, 0.0, 0.0, 0.0, TUBE),
        stall=1e300,
        relief=1e-12,
    )


@phases.answer
def multirate_phases(drive: MultiRate, own: Stateless, rate: float) -> tuple[Phase, Phase, Phase, Phase, Phase, Phase]:
    off = Phase(0.0, 0.0, 0.0, 0.0, 0.0)
    return (Phase(_STEP, 0.0, 0.0, 1.0 if opened(drive, rate) > 0.0 else 0.0, 0.0), off, off, off, off, off)


@throttle.answer
def open_share(drive: MultiRate, own: Stateless, rate: float) -> float:
    return max(opened(drive, rate) / all_open(drive), _SHUT)


@stroke.answer
def multirate_stroke(
    drive: MultiRate, own: Stateless, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> Stroke:
    return Stroke(period=_STEP, volume=0.0, conductance=conducted(drive, rate, viscosity), crack=0.0)
