"""Parts with round numbers for the tests of the stroke engine, and the stiff pump of `pump_transient` made of them; the
laws stand in the test files."""

from __future__ import annotations

from typing import NamedTuple

from fluidics.drives.piston import Deposit, Piston
from fluidics.drugs.infusate import Infusate
from fluidics.network import CHECK, TUBE, Link
from fluidics.power import Unpowered
from fluidics.pump import Chamber, Linear, Luck, Phase, Pump, PumpState, Stateless, Stroke, Surroundings
from fluidics.questions import (
    advance,
    bubble,
    capacity,
    carry_over,
    chamber,
    compliance,
    flow,
    fresh,
    line,
    lumen,
    phases,
    pressure,
    stall,
    stiffness,
    stroke,
    temperature,
    usable,
    viscosity,
)
from fluidics.reservoirs.reservoir import Drawn
from tests.fluidics.parts import BODY

KPA, MICROLITRE = 1e3, 1e-9
UNIT = MICROLITRE / KPA  # [m3/Pa]


class Spring(NamedTuple):
    """A reservoir p = p0 - k D - c D^3 of the volume D drawn."""

    full: float  # [Pa]
    slope: float  # [Pa/m3]
    cubic: float  # [Pa/m9]


class Hose(NamedTuple):
    """A catheter with a lumen, a resistance at its tip, a wall and a bubble of given numbers."""

    lumen: float  # [Pa s/m3]
    tip: float  # [Pa s/m3]
    wall: float  # [m3/Pa]
    gas: float  # [J]


class Tissue(NamedTuple):
    """A site of given pressure, resistance and compliance."""

    rest: float  # [Pa]
    resistance: float  # [Pa s/m3]
    compliance: float  # [m3/Pa]


class Pusher(NamedTuple):
    """A drive that pushes a fixed volume against anything up to a force limit, and leaks."""

    volume: float  # [m3]
    share: float  # [-] of the period in which it pushes
    limit: float  # [Pa]
    leak: float  # [m3/(s Pa)]
    yielding: float = 0.0  # [m3/Pa] that a stroke loses to the pressure it works against


@fresh.answer
def new_spring(reservoir: Spring, luck: Luck) -> Drawn:
    return Drawn(0.0)


@advance.answer
def draw_from_spring(reservoir: Spring, own: Drawn, dt: float, around: Surroundings) -> Drawn:
    return Drawn(own.volume + around.flow * dt)


@pressure.answer
def spring_pressure(reservoir: Spring, own: Drawn, temperature: float) -> float:
    return reservoir.full - reservoir.slope * own.volume - reservoir.cubic * own.volume * own.volume * own.volume


@stiffness.answer
def spring_stiffness(reservoir: Spring, own: Drawn, temperature: float) -> float:
    return reservoir.slope + 3.0 * reservoir.cubic * own.volume * own.volume


@capacity.answer
def spring_capacity(reservoir: Spring) -> float:
    return 1e-5


@usable.answer
def spring_left(reservoir: Spring, own: Drawn) -> float:
    return 1e-5 - own.volume


@carry_over.answer
def spring_residual(reservoir: Spring, own: Drawn) -> float:
    return 0.0


@fresh.answer
def new_hose(catheter: Hose, luck: Luck) -> Stateless:
    return Stateless()


@advance.answer
def hose_stays(catheter: Hose, own: Stateless, dt: float, around: Surroundings) -> Stateless:
    return own


@line.answer
def hose_line(catheter: Hose, own: Stateless, viscosity: float) -> Linear:
    return Linear(offset=0.0, slope=catheter.lumen + catheter.tip)


@lumen.answer
def hose_lumen(catheter: Hose, viscosity: float) -> float:
    return catheter.lumen


@compliance.answer
def hose_compliance(catheter: Hose, own: Stateless) -> float:
    return catheter.wall


@bubble.answer
def hose_bubble(catheter: Hose, own: Stateless) -> float:
    return catheter.gas


@fresh.answer
def new_tissue(site: Tissue, luck: Luck) -> Stateless:
    return Stateless()


@advance.answer
def tissue_stays(site: Tissue, own: Stateless, dt: float, around: Surroundings) -> Stateless:
    return own


@temperature.answer
def tissue_temperature(site: Tissue) -> float:
    return BODY


@line.answer
def tissue_line(site: Tissue, own: Stateless, viscosity: float) -> Linear:
    return Linear(offset=site.rest, slope=site.resistance)


@compliance.answer
def tissue_compliance(site: Tissue, own: Stateless) -> float:
    return site.compliance


@fresh.answer
def new_pusher(drive: Pusher, luck: Luck) -> Stateless:
    return Stateless()


@advance.answer
def pusher_stays(drive: Pusher, own: Stateless, dt: float, around: Surroundings) -> Stateless:
    return own


@flow.answer
def pusher_flow(
    drive: Pusher, own: Stateless, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> float:
    pushed = rate if p_out < drive.limit else 0.0
    return pushed - drive.leak * (p_out - p_in)


@stall.answer
def pusher_stall(drive: Pusher) -> float:
    return drive.limit


@chamber.answer
def pusher_chamber(drive: Pusher, own: Stateless, viscosity: float) -> Chamber:
    inlet = Link(1e-12, drive.leak + 1e-30, 0.0, 0.0, 0.0, CHECK)
    outlet = Link(1e-9, 0.0, 0.0, 0.0, 0.0, TUBE)
    return Chamber(compliance=0.0, inlet=inlet, outlet=outlet, stall=drive.limit, relief=1e-13)


@phases.answer
def pusher_phases(drive: Pusher, own: Stateless, rate: float) -> tuple[Phase, Phase, Phase, Phase, Phase, Phase]:
    off = Phase(0.0, 0.0, 0.0, 0.0, 0.0)
    if rate <= 0.0:
        return (Phase(60.0, 0.0, 0.0, 0.0, 0.0), off, off, off, off, off)
    period = drive.volume / rate
    push = drive.share * period
    pushing = Phase(push, 0.0, drive.volume / push, 0.0, 0.0)
    return (pushing, Phase(period - push, 0.0, 0.0, 0.0, 0.0), off, off, off, off)


@stroke.answer
def pusher_stroke(
    drive: Pusher, own: Stateless, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> Stroke:
    if rate <= 0.0:
        return Stroke(period=60.0, volume=0.0, conductance=drive.leak, crack=0.0)
    volume = drive.volume - drive.yielding * p_out
    return Stroke(period=drive.volume / rate, volume=volume, conductance=drive.leak, crack=0.0)


def pusher_pump(drive: Pusher, catheter: Hose, site: Tissue, reservoir: Spring | None = None) -> Pump:
    """Return a pump of these parts, its reservoir at the pressure of the atmosphere if none is given."""
    held = Spring(0.0, 0.0, 0.0) if reservoir is None else reservoir
    return Pump(held, Infusate(1.0), drive, catheter, site, Unpowered())


# --- the stiff pump of `pump_transient`, made of parts -----------------------------------------------------------

LUMEN = 3.0 * 0.159 / UNIT
WATER = viscosity(Infusate(1.0), Stateless(), BODY)
SEAT = 1e-6 * UNIT  # leak of each valve
STIFF_DRIVE = Piston(
    stroke_volume=0.5 * MICROLITRE,
    accuracy=1.0,
    stall_pressure=1e9,
    filter_resistance=1.0 / SEAT,  # deposit 1 leaks half of a seat through both
    reference_viscosity=WATER,
    deposition_time=1e9,
    pressure_factor=0.0,
    rinse_left=0.0,
    inlet_crack=2.0 * KPA,
    outlet_crack=10.0 * KPA,
    valve_conductance=2.0 * UNIT,
    chamber_compliance=2e-4 * UNIT,
)
STIFF_RATE = 0.5 * MICROLITRE / 60.0


def stiff_pump(occluded: bool) -> tuple[Pump, PumpState]:
    """Return the stiff pump before or after the last of three segments of its lumen is occluded.

    Behind the occlusion the tissue's compliance no longer takes part.
    """
    reservoir = Spring(-27.0 * KPA, 1e-3 / UNIT, 2.0 / 15000.0**3 * KPA / MICROLITRE**3)
    extra = 0.159e5 / UNIT if occluded else 0.0
    catheter = Hose(lumen=LUMEN, tip=extra, wall=0.015 * UNIT, gas=0.0)
    tissue = Tissue(1.0 * KPA, 2.0 / UNIT, 0.0 if occluded else 1.0 * UNIT)
    pump = Pump(reservoir, Infusate(1.0), STIFF_DRIVE, catheter, tissue, Unpowered())
    return pump, PumpState(Drawn(0.0), Stateless(), Deposit(1.0), Stateless(), Stateless(), Stateless())
