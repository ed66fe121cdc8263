"""A catheter whose lumen narrows evenly with the aggregate that passes; the law of the deposit stands in
`fluidics.lines.deposit`, the catheter whose tip tissue closes in `fluidics.lines.catheter`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.compile import inlined
from fluidics.elementary import exp
from fluidics.lines.catheter import WATER_COMPRESSIBILITY, hydraulic_resistance
from fluidics.lines.deposit import narrowing, settling_rate
from fluidics.lines.occlusion import allowed_growth
from fluidics.pump import Linear, Luck, Surroundings
from fluidics.questions import advance, compliance, fresh, line, lumen, panel, rinsed

OPEN = 1e-8  # [-]: share of a full lumen that stays open, for zero flow is regular
_PI = 3.141592653589793


class FoulingCatheter(NamedTuple):
    """A round lumen on whose wall aggregate settles: R = R_lumen (1 - V / V_lumen)^-2, dV/dt = min(k (c - c_eq), Q c).

    The volume of solids c is that of one unit of the drug's aggregate times its aggregate. A rinse with alkali leaves a
    share of the deposit; a refill leaves all of it.

    Notes
    -----
    An open catheter resists so little that a pump notices nothing until a few per cent of the cross-section are left.
    Operations found the end closed, not the lumen: 28 tips and 18 capsules in 103 patient-years (Renard et al.,
    Diabetes Care 19 (1996) 812), so that tissue (`fluidics.lines.catheter`) is the commoner end of a catheter. Rate
    constants are assumptions until a series is fitted.
    """

    length: Annotated[float, "m"]
    radius: Annotated[float, "m"]
    solids: Annotated[float, "-"]  # volume of solids in a volume of drug, at one unit of its aggregate
    equilibrium: Annotated[float, "-"]  # volume of solids at which nothing settles
    surface_rate: Annotated[float, "m3/s"]  # rate constant of the wall times its area
    rinse_left: Annotated[float, "-"]  # share of the deposit that a rinse leaves
    wall_compliance: Annotated[float, "m3/Pa"] = 0.0  # of the whole length; that of the fluid in it comes on top


class Lining(NamedTuple):
    """Deposit on the wall."""

    deposit: Annotated[float, "m3"]


@inlined
def bore_volume(catheter: FoulingCatheter) -> float:
    """Return the volume [m3] of the open lumen."""
    return _PI * catheter.radius * catheter.radius * catheter.length


@inlined
def lining_rate(catheter: FoulingCatheter, around: Surroundings) -> float:
    """Return the growth of the deposit [m3/s]."""
    solids = catheter.solids * around.aggregate
    return settling_rate(solids, catheter.equilibrium, catheter.surface_rate, around.flow)


@fresh.answer
def clean_wall(catheter: FoulingCatheter, luck: Luck) -> Lining:
    return Lining(deposit=0.0)


@advance.answer
def line_wall(catheter: FoulingCatheter, own: Lining, dt: float, around: Surroundings) -> Lining:
    full = (1.0 - OPEN) * bore_volume(catheter)
    return Lining(deposit=min(own.deposit + lining_rate(catheter, around) * dt, full))


@rinsed.answer
def rinse_wall(catheter: FoulingCatheter, own: Lining) -> Lining:
    return Lining(deposit=own.deposit * catheter.rinse_left)


@panel.answer
def lining_panel(catheter: FoulingCatheter, own: Lining, around: Surroundings) -> float:
    volume = bore_volume(catheter)
    rate = lining_rate(catheter, around)
    # the resistance grows by e^x while the open share shrinks by e^(-x/2)
    room = (volume - own.deposit) * (1.0 - exp(-0.5 * allowed_growth(around)))
    if own.deposit >= (1.0 - OPEN) * volume or rate * 1e300 <= room:
        return 1e300
    return room / rate


@lumen.answer
def clean_lumen(catheter: FoulingCatheter, viscosity: float) -> float:
    return hydraulic_resistance(viscosity, catheter.length, catheter.radius)


@line.answer
def fouling_line(catheter: FoulingCatheter, own: Lining, viscosity: float) -> Linear:
    share = own.deposit / bore_volume(catheter)
    return Linear(offset=0.0, slope=lumen(catheter, viscosity) * narrowing(share))


@compliance.answer
def fouling_compliance(catheter: FoulingCatheter, own: Lining) -> float:
    return catheter.wall_compliance + WATER_COMPRESSIBILITY * (bore_volume(catheter) - own.deposit)
