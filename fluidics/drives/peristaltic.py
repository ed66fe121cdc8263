"""The peristaltic drive, whose rollers or fingers carry fluid along a tube that creeps and tires; what a motor or a
battery may lack stands in `fluidics.power`."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.compile import inlined
from fluidics.elementary import exp, log, power
from fluidics.lines.catheter import WATER_COMPRESSIBILITY, hydraulic_resistance
from fluidics.network import TUBE, Link
from fluidics.pump import Chamber, Luck, OperatingPoint, Phase, Stroke, Surroundings
from fluidics.questions import (
    advance,
    chamber,
    fastest,
    flow,
    fresh,
    line,
    operate,
    panel,
    phases,
    stall,
    stroke,
    strokes,
)

RELIEF = 1e-11  # [m3/(s Pa)]: how fast a stalled rotor gives way; the rest of a passage then takes seconds
SUDDEN = 1e-6  # [-]: least share of a passage in which a roller leaves
_PI = 3.141592653589793
_MOST_STEPS = 60  # of Newton's method; it takes three to six


class Peristaltic(NamedTuple):
    """Rollers (or waves of fingers) that squeeze a tube and carry what it holds.

    Q = a (1 - e ln(1 + n / n0)) Q_set - G (p_out - p_in),
    G = pi r h^3 (1 + (p_out - p_in)+ / p_lift)^3 / (12 mu L)

    Each passage of a roller carries the lumen between two rollers. While one leaves the tube, the lumen it kept shut
    fills from the line, and as much goes back to the reservoir under the next one that closes: the flow dips once per
    passage. Between closed walls a slot of height h stays open, more where the percent occlusion (2 w - gap) / (2 w)
    is below one; pressure across it lifts the wall, so that the slip grows faster than the pressure. The tube's volume
    creeps with the logarithm of the revolutions n, and its wall tires by Miner's rule: damage 1 is a broken tube,

    damage = passages / N,    N = endurance (fatigue strain / (strain * occlusion))^m

    The torque left by friction ends at a pressure: stall = (motor work - idle work) / volume, per revolution.

    Notes
    -----
    The motor is taken to turn evenly and the track to be as long as the distance between rollers, so that one leaves as
    the next closes. Rollers with their engagement: McIntyre et
    al., arXiv:2011.13167 (2020). Slot flow: Batchelor, An Introduction to Fluid Dynamics (1967), section 4.2. Linear
    damage: Miner, J. Appl. Mech. 12 (1945) A159; strain and life: Manson, Exp. Mech. 5 (1965) 193. That pressure lifts
    the wall in proportion is a model.
    """

    revolution_volume: Annotated[float, "m3"]  # as the controller counts it
    accuracy: Annotated[float, "-"]  # true over nominal volume of a new tube
    rollers: Annotated[float, "-"]
    roller_volume: Annotated[float, "m3"]  # lumen that one roller keeps shut
    release: Annotated[float, "-"]  # share of a passage in which a roller leaves the tube
    motor_work: Annotated[float, "J"]  # that the motor can do per revolution: 2 pi times its torque
    idle_work: Annotated[float, "J"]  # of it, what friction takes
    bore: Annotated[float, "m"]  # radius of the tube
    wall: Annotated[float, "m"]
    occlusion: Annotated[float, "-"]  # (2 wall - gap) / (2 wall)
    seal: Annotated[float, "m"]  # height of the slot that stays open between closed walls
    contact: Annotated[float, "m"]  # length of that slot along the tube
    lift_pressure: Annotated[float, "Pa"]  # across the slot, that opens it to twice its height
    tubing_volume: Annotated[float, "m3"]  # from the reservoir to the catheter
    tubing_compliance: Annotated[float, "m3/Pa"]
    creep: Annotated[float, "-"]  # volume lost per e-fold of revolutions
    creep_revolutions: Annotated[float, "-"]  # from which on it counts
    strain: Annotated[float, "-"]  # of the wall that rollers just close
    fatigue_strain: Annotated[float, "-"]  # that breaks it at once
    fatigue_exponent: Annotated[float, "-"]
    endurance_spread: Annotated[float, "-"]  # standard deviation between tubes of the logarithm of the life
    shortest_passage: Annotated[float, "s"] = 0.0  # of a roller at full speed of the motor; 0 for one as fast as asked


class TubeSet(NamedTuple):
    """What the tube has been through, and how much it endures relative to the median tube."""

    revolutions: Annotated[float, "-"]
    damage: Annotated[float, "-"]
    endurance: Annotated[float, "-"]


@fresh.answer
def new_tube(drive: Peristaltic, luck: Luck) -> TubeSet:
    # a tube four standard deviations below the median is the worst that leaves the factory
    return TubeSet(revolutions=0.0, damage=0.0, endurance=exp(drive.endurance_spread * max(luck.normal, -4.0)))


@inlined
def passages_endured(drive: Peristaltic, own: TubeSet) -> float:
    """Return the passages [-] of a roller that break the tube."""
    margin = drive.fatigue_strain / (drive.strain * drive.occlusion)
    return own.endurance * power(margin, drive.fatigue_exponent)


@advance.answer
def wear_tube(drive: Peristaltic, own: TubeSet, dt: float, around: Surroundings) -> TubeSet:
    passages = around.strokes * dt
    return TubeSet(
        revolutions=own.revolutions + passages / drive.rollers,
        damage=own.damage + passages / passages_endured(drive, own),
        endurance=own.endurance,
    )


@panel.answer
def creep_panel(drive: Peristaltic, own: TubeSet, around: Surroundings) -> float:
    # in which the creep grows by ln 2 of its scale at most
    turning = around.strokes / drive.rollers
    room = own.revolutions + drive.creep_revolutions
    if turning * 1e300 <= room:
        return 1e300
    return room / turning


@inlined
def volume_share(drive: Peristaltic, own: TubeSet) -> float:
    """Return the volume [-] that a tube carries, relative to the nominal one."""
    crept = drive.creep * log(1.0 + own.revolutions / drive.creep_revolutions)
    return drive.accuracy * max(1.0 - crept, 0.0)


@inlined
def slip_conductance(drive: Peristaltic, across: float, viscosity: float) -> float:
    """Return the slip per pressure [m3/(s Pa)] at a pressure across the closed tube [Pa], line above reservoir."""
    height = drive.seal + 2.0 * drive.wall * max(1.0 - drive.occlusion, 0.0)
    height *= 1.0 + max(across, 0.0) / drive.lift_pressure
    return _PI * drive.bore * height * height * height / (12.0 * viscosity * drive.contact)


@fastest.answer
@inlined
def peristaltic_fastest(drive: Peristaltic) -> float:
    if drive.shortest_passage > 0.0:
        return drive.revolution_volume / (drive.rollers * drive.shortest_passage)
    return 1e300


@flow.answer
def peristaltic_flow(
    drive: Peristaltic, own: TubeSet, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> float:
    slip = slip_conductance(drive, p_out - p_in, viscosity) * (p_out - p_in)
    if p_out < peristaltic_stall(drive):
        return volume_share(drive, own) * min(rate, peristaltic_fastest(drive)) - slip
    return -slip


@stall.answer
@inlined
def peristaltic_stall(drive: Peristaltic) -> float:
    return (drive.motor_work - drive.idle_work) / drive.revolution_volume


@strokes.answer
def peristaltic_strokes(drive: Peristaltic, rate: float) -> float:
    return min(rate, peristaltic_fastest(drive)) * drive.rollers / drive.revolution_volume


@inlined
def line_pressure(
    drive: Peristaltic, carried: float, p_in: float, viscosity: float, offset: float, slope: float, most: float
) -> float:
    """Return the pressure [Pa], at most `most`, at which a linear line takes what is carried [m3/s] less the slip.

    Newton's method from above: the slip is convex in the line pressure, so no step goes too far.
    """
    free = offset + slope * carried
    still = slip_conductance(drive, 0.0, viscosity)
    if free <= p_in:
        return p_in + (free - p_in) / (1.0 + slope * still)
    p = min(free, most)
    for _ in range(_MOST_STEPS):
        across = p - p_in
        through = slip_conductance(drive, across, viscosity)
        lifted = max(across, 0.0)
        steeper = through * (1.0 + 3.0 * lifted / (drive.lift_pressure + lifted))
        nearer = p - (p - free + slope * through * across) / (1.0 + slope * steeper)
        if not nearer < p:
            break
        p = nearer
    return p


@operate.answer
def operate_peristaltic(
    drive: Peristaltic, own: TubeSet, rate: float, p_in: float, viscosity: float, pump: Any, state: Any
) -> OperatingPoint:
    catheter = line(pump.catheter, state.catheter, viscosity)
    site = line(pump.site, state.site, viscosity)
    offset = catheter.offset + site.offset
    slope = catheter.slope + site.slope
    limit = peristaltic_stall(drive)
    carried = volume_share(drive, own) * min(rate, peristaltic_fastest(drive))
    p_out = line_pressure(drive, carried, p_in, viscosity, offset, slope, limit)
    if p_out >= limit:
        # stalled: what the line takes at the torque limit, or the slip alone where the body presses harder than that
        idle = line_pressure(drive, 0.0, p_in, viscosity, offset, slope, 1e300)
        if idle < limit:
            return OperatingPoint(flow=(limit - offset) / slope, pressure=limit)
        carried = 0.0
        p_out = idle
    slip = slip_conductance(drive, p_out - p_in, viscosity) * (p_out - p_in)
    return OperatingPoint(flow=carried - slip, pressure=p_out)


@chamber.answer
def peristaltic_chamber(drive: Peristaltic, own: TubeSet, viscosity: float) -> Chamber:
    length = drive.tubing_volume / (_PI * drive.bore * drive.bore)
    return Chamber(
        compliance=drive.tubing_compliance + WATER_COMPRESSIBILITY * drive.tubing_volume,
        inlet=Link(slip_conductance(drive, 0.0, viscosity), 0.0, 0.0, 0.0, 0.0, TUBE, 1.0 / drive.lift_pressure),
        outlet=Link(1.0 / hydraulic_resistance(viscosity, length, drive.bore), 0.0, 0.0, 0.0, 0.0, TUBE),
        stall=peristaltic_stall(drive),
        relief=RELIEF,
    )


@phases.answer
def peristaltic_phases(
    drive: Peristaltic, own: TubeSet, rate: float
) -> tuple[Phase, Phase, Phase, Phase, Phase, Phase]:
    off = Phase(0.0, 0.0, 0.0, 0.0, 0.0)
    if rate <= 0.0:
        return (Phase(60.0, 0.0, 0.0, 0.0, 0.0), off, off, off, off, off)
    rate = min(rate, peristaltic_fastest(drive))
    period = drive.revolution_volume / (drive.rollers * rate)
    leaving = max(drive.release, SUDDEN) * period
    turning = volume_share(drive, own) * rate + drive.roller_volume / period
    return (
        Phase(leaving, 0.0, turning - drive.roller_volume / leaving, 0.0, 0.0),
        Phase(period - leaving, 0.0, turning, 0.0, 0.0),
        off,
        off,
        off,
        off,
    )


@stroke.answer
def peristaltic_stroke(
    drive: Peristaltic, own: TubeSet, rate: float, p_in: float, p_out: float, ambient: float, viscosity: float
) -> Stroke:
    slip = slip_conductance(drive, p_out - p_in, viscosity)
    if rate <= 0.0:
        return Stroke(period=60.0, volume=0.0, conductance=slip, crack=0.0)
    volume = volume_share(drive, own) * drive.revolution_volume / drive.rollers
    if p_out >= peristaltic_stall(drive):
        volume = 0.0
    period = drive.revolution_volume / (drive.rollers * min(rate, peristaltic_fastest(drive)))
    return Stroke(period=period, volume=volume, conductance=slip, crack=0.0)
