"""The catheter: its lumen and the tip that closes; growth of the closing tissue stands in
`fluidics.lines.occlusion`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.compile import inlined
from fluidics.lines.occlusion import Onset, awaited, first_wait, growth, growth_panel, supplied
from fluidics.pump import Linear, Luck, Service, Surroundings
from fluidics.questions import advance, compliance, fresh, line, lumen, panel, refilled

WATER_COMPRESSIBILITY = 4.4e-10  # 1/Pa at 37 degC
_PI = 3.141592653589793


@inlined
def hydraulic_resistance(viscosity: float, length: float, radius: float) -> float:
    """Return the Poiseuille resistance of a round tube.

    R = 8 mu L / (pi r^4)

    Parameters
    ----------
    viscosity, length, radius : float
        Dynamic viscosity [Pa s], length [m], radius of the lumen [m]; all above zero.

    Returns
    -------
    float
        Pressure drop per flow [Pa s/m3].

    Notes
    -----
    Laminar, fully developed, Newtonian: Reynolds number below 2000. Source: Sutera and Skalak, Annu. Rev. Fluid Mech.
    25 (1993) 1.

    Examples
    --------
    >>> round(hydraulic_resistance(1e-3, 0.5, 0.25e-3) / 1e9)  # water, half a metre, 0.5 mm bore
    326
    """
    square = radius * radius
    return 8.0 * viscosity * length / (_PI * square * square)


class Catheter(NamedTuple):
    """A round lumen whose tip, after a random onset, closes exponentially: R = R_lumen exp(age / t_c).

    The onset hazard carries the factor of the drug batch in use: batches that precipitated also saw more tips close
    (Renard et al., Diabetes Care 19 (1996) 812). The exponential law with its time constant is a model fitted to that
    series, not a measured growth curve.
    """

    length: Annotated[float, "m"]
    radius: Annotated[float, "m"]
    onset_rate: Annotated[float, "1/s"]
    batch_spread: Annotated[float, "-"]
    closing_time: Annotated[float, "s"]
    wall_compliance: Annotated[float, "m3/Pa"] = 0.0  # of the whole length; that of the fluid in it comes on top


@fresh.answer
def new_catheter(catheter: Catheter, luck: Luck) -> Onset:
    return first_wait(luck.uniform)


@advance.answer
def close_tip(catheter: Catheter, own: Onset, dt: float, around: Surroundings) -> Onset:
    return awaited(own, catheter.onset_rate, dt)


@refilled.answer
def refill_through_catheter(catheter: Catheter, own: Onset, service: Service, luck: Luck) -> Onset:
    return supplied(own, catheter.batch_spread, luck.batch)


@panel.answer
def catheter_panel(catheter: Catheter, own: Onset, around: Surroundings) -> float:
    return growth_panel(own, catheter.onset_rate, catheter.closing_time, around)


@line.answer
def catheter_line(catheter: Catheter, own: Onset, viscosity: float) -> Linear:
    lumen = hydraulic_resistance(viscosity, catheter.length, catheter.radius)
    return Linear(offset=0.0, slope=lumen * growth(own, catheter.closing_time))


@lumen.answer
def open_lumen(catheter: Catheter, viscosity: float) -> float:
    return hydraulic_resistance(viscosity, catheter.length, catheter.radius)


@compliance.answer
def catheter_compliance(catheter: Catheter, own: Onset) -> float:
    held = _PI * catheter.radius * catheter.radius * catheter.length
    return catheter.wall_compliance + WATER_COMPRESSIBILITY * held
