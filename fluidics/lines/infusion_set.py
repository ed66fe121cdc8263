"""The infusion set of a worn pump: tubing, cannula, what clogs it, the air in it; the tissue it feeds stands in
`fluidics.sites.subcutaneous`, growth of the clog in `fluidics.lines.occlusion`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.compile import inlined
from fluidics.elementary import log, power
from fluidics.lines.air import ATMOSPHERE, grown
from fluidics.lines.catheter import WATER_COMPRESSIBILITY, hydraulic_resistance
from fluidics.lines.occlusion import Onset, awaited, growth, growth_panel
from fluidics.pump import Linear, Luck, Service, Surroundings
from fluidics.questions import advance, bubble, compliance, disposable, fresh, line, lumen, panel, refilled

GRAVITY = 9.80665  # [m/s2]
DENSITY = 1000.0  # [kg/m3] of the drug
_PI = 3.141592653589793
_LEAST = 1e-16  # [-]: least uniform number, so that every set clogs some day


class InfusionSet(NamedTuple):
    """Tubing and cannula: Poiseuille's resistance, a head, a kink at insertion, a clog after a Weibull time.

    p = -rho g h + (R_lumen e^(age / t_c) + R_kink) Q

    A share of the sets kinks when it is put in and keeps the kink's resistance until it is replaced. A clog begins at
    an age with P(T > t) = exp(-(t / t_s)^k) and closes exponentially. Air sits in the line: some left by priming, some
    given off by the drug as it warms (`fluidics.lines.air`). A refill puts in a new set.

    Notes
    -----
    Kinks, 15 % with Teflon at 90 degrees, and wear to 7 d: Patel et al., Diabetes Technol. Ther. 16 (2014) 15. Clogs
    that close over hours follow occlusions of Kerr et al., J. Diabetes Sci. Technol. 2 (2008) 450, none of which came
    before 48 h; the exponential law is a model.
    """

    length: Annotated[float, "m"]
    radius: Annotated[float, "m"]
    wall_compliance: Annotated[float, "m3/Pa"] = 0.0  # of the whole length; that of the fluid in it comes on top
    height: Annotated[float, "m"] = 0.0  # of the pump above the cannula
    kink_share: Annotated[float, "-"] = 0.0
    kink_resistance: Annotated[float, "Pa s/m3"] = 1e17
    clog_scale: Annotated[float, "s"] = 1e12
    clog_shape: Annotated[float, "-"] = 1.0
    closing_time: Annotated[float, "s"] = 3600.0
    air: Annotated[float, "m3"] = 0.0  # left by priming, at one atmosphere
    outgassed: Annotated[float, "m3"] = 0.0  # that the drug gives off in the end
    outgassing_time: Annotated[float, "s"] = 3600.0


class Worn(NamedTuple):
    """A set in use: whether it kinked, its clog, the air in it."""

    kinked: Annotated[float, "-"]
    clog: Onset
    air: Annotated[float, "m3"]


@inlined
def inserted(catheter: InfusionSet, uniform: float) -> Worn:
    """Return a set just put in; one uniform number decides whether it kinks and, if not, when it clogs."""
    kinked = uniform < catheter.kink_share
    below = max(1.0 - catheter.kink_share, _LEAST)
    rest = uniform / catheter.kink_share if kinked else (uniform - catheter.kink_share) / below
    wait = power(-log(min(max(rest, _LEAST), 1.0)), 1.0 / catheter.clog_shape)
    return Worn(kinked=1.0 if kinked else 0.0, clog=Onset(wait=wait, age=0.0, factor=1.0), air=catheter.air)


@fresh.answer
def new_set(catheter: InfusionSet, luck: Luck) -> Worn:
    return inserted(catheter, luck.uniform)


@refilled.answer
def next_set(catheter: InfusionSet, own: Worn, service: Service, luck: Luck) -> Worn:
    return inserted(catheter, luck.uniform)


@disposable.answer
def sets_are_thrown_away(catheter: InfusionSet) -> float:
    return 1.0


@advance.answer
def wear(catheter: InfusionSet, own: Worn, dt: float, around: Surroundings) -> Worn:
    air = grown(own.air, catheter.air + catheter.outgassed, dt, catheter.outgassing_time)
    return Worn(kinked=own.kinked, clog=awaited(own.clog, 1.0 / catheter.clog_scale, dt), air=air)


@panel.answer
def set_panel(catheter: InfusionSet, own: Worn, around: Surroundings) -> float:
    return growth_panel(own.clog, 1.0 / catheter.clog_scale, catheter.closing_time, around)


@lumen.answer
def open_tubing(catheter: InfusionSet, viscosity: float) -> float:
    return hydraulic_resistance(viscosity, catheter.length, catheter.radius)


@line.answer
def set_line(catheter: InfusionSet, own: Worn, viscosity: float) -> Linear:
    tubing = hydraulic_resistance(viscosity, catheter.length, catheter.radius)
    slope = tubing * growth(own.clog, catheter.closing_time) + own.kinked * catheter.kink_resistance
    return Linear(offset=-DENSITY * GRAVITY * catheter.height, slope=slope)


@compliance.answer
def set_compliance(catheter: InfusionSet, own: Worn) -> float:
    held = _PI * catheter.radius * catheter.radius * catheter.length
    return catheter.wall_compliance + WATER_COMPRESSIBILITY * held


@bubble.answer
def air_in_set(catheter: InfusionSet, own: Worn) -> float:
    return own.air * ATMOSPHERE
