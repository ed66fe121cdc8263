"""Drives of implanted pumps with numbers of their class, shared by the tests of their mechanisms; the pumps of the
whole floor stand in `tests.fluidics.parts`."""

from __future__ import annotations

import numpy as np

from fluidics.circuit import RESERVOIR, carries, circuit, schedule
from fluidics.compile import kernel
from fluidics.drives import DutyCycle, Gated, MultiRate, Peristaltic
from fluidics.drives.gated import Escaped
from fluidics.drives.peristaltic import TubeSet
from fluidics.drugs.infusate import Infusate
from fluidics.engines.exact import resolve
from fluidics.engines.rosenbrock import integrate
from fluidics.engines.trace import Change, Trace, traced
from fluidics.lines.catheter import Catheter
from fluidics.lines.occlusion import first_wait
from fluidics.power import Unpowered
from fluidics.programmes.programme import Programme
from fluidics.pump import MEDIAN_LUCK, Pump, PumpState, Stateless, Surroundings
from fluidics.questions import (
    advance,
    chamber,
    flow,
    fresh,
    operate,
    panel,
    phases,
    stall,
    stroke,
    strokes,
    viscosity,
)
from fluidics.reservoirs.reservoir import Drawn
from fluidics.reservoirs.shell_reservoir import ShellReservoir
from fluidics.sites.site import Artery

ATMOSPHERE = 101325.0
BODY = 310.15
WATER = 6.913e-4  # Pa s at 37 degC (IAPWS)
MMHG = 133.322387415
DAY = 86400.0
RATE = 0.5e-6 / DAY
SPINE = Artery(BODY, 10.0 * MMHG)  # a steady pressure is all that is asked of it
AROUND = Surroundings(
    **dict.fromkeys(Surroundings._fields, 0.0)
    | {"flow": RATE, "programmed": RATE, "strokes": RATE / 6e-9, "p_out": 1.3e3, "p2_out": 2e6, "temperature": BODY}
)

# two rollers on a tube of 0.53 mm bore, of a size that an implant has room for; stalls at 200 kPa
ROLLER = Peristaltic(
    revolution_volume=12e-9, accuracy=1.0, rollers=2.0, roller_volume=0.6e-9, release=0.15, motor_work=3.6e-3,
    idle_work=1.2e-3, bore=0.265e-3, wall=0.2e-3, occlusion=1.1, seal=0.5e-6, contact=1e-3, lift_pressure=144e3,
    tubing_volume=0.14e-6, tubing_compliance=2e-15, creep=0.017, creep_revolutions=2e3, strain=0.3, fatigue_strain=4.0,
    fatigue_exponent=6.0, endurance_spread=0.3,
)  # fmt: skip

# 2.5 uL per cycle at 35.7 psi over the spinal fluid
GATE = Gated(
    accumulator=2.5e-9 / 245e3, aliquot=2.5e-9, gate_conductance=2e-14, gate_leak=1e-20, reference_viscosity=WATER,
    fill_time=10.0, dump_time=10.0, pause=1.0, escape=10e-9,
)  # fmt: skip

# 4 mL/d through the chip while its gate is open
DUTY = DutyCycle(
    resistance=245e3 / (4e-6 / 86400.0), reference_viscosity=WATER, full_rate=4e-6 / 86400.0, gate_conductance=1e-13,
    gate_leak=1e-21, cycle=600.0, dead_compliance=4.4e-18,
)  # fmt: skip

# 0.5, 1 and 2 mL/d: seven settings from 0.5 to 3.5 mL/d
SETTINGS = MultiRate(
    first_resistance=245e3 * 86400.0 / 0.5e-6, second_resistance=245e3 * 86400.0 / 1e-6,
    third_resistance=245e3 * 86400.0 / 2e-6, reference_viscosity=WATER, nominal_pressure=245e3, shut_leak=1e-22,
    dead_compliance=4.4e-17,
)  # fmt: skip

# 20 mL beside 60 mL of gas that a full reservoir leaves at one atmosphere
SHELL = ShellReservoir(20e-6, 1.4e-6, 60e-6, ATMOSPHERE, BODY, ATMOSPHERE)

# what n-butane does at 37 degC, whatever is drawn
BUTANE = ShellReservoir(20e-6, 1.4e-6, 1.0, 347.8e3, BODY, ATMOSPHERE)

# with a state well inside its life
SAMPLES = {
    Peristaltic: (ROLLER, TubeSet(revolutions=5e3, damage=0.1, endurance=1.2)),
    Gated: (GATE, Escaped(3e-9)),
    DutyCycle: (DUTY, Stateless()),
    MultiRate: (SETTINGS, Stateless()),
    ShellReservoir: (SHELL, Drawn(5e-6)),
}


def joined(drive, reservoir=SHELL, slope_age=0.0, wall=0.0):
    """Return a pump with a drive on a spinal catheter of a given wall compliance [m3/Pa], and its state with the tip
    closing for some days."""
    catheter = Catheter(0.9, 0.265e-3, 0.0, 0.0, 13.4 * DAY, wall)
    pump = Pump(reservoir, Infusate(1.0), drive, catheter, SPINE, Unpowered())
    own = SAMPLES[type(drive)][1]
    tip = first_wait(0.5)._replace(wait=0.0, age=slope_age * DAY, factor=1.0)
    return pump, PumpState(Drawn(0.0), Stateless(), own, tip, Stateless(), Stateless())


def stroke_flow(drive, own, rate, p_in, p_out):
    """Return the mean flow [m3/s] that a drive's strokes make against pressures that stand still."""
    made = stroke(drive, own, rate, p_in, p_out, ATMOSPHERE, WATER)
    return made.volume / made.period - made.conductance * (p_out - p_in)


@kernel
def answers(drive, own, rate, p_in, p_out, viscosity, pump, state, around):
    """Return what a drive answers, as numbers."""
    point = operate(drive, own, rate, p_in, viscosity, pump, state)
    push = stroke(drive, own, rate, p_in, p_out, ATMOSPHERE, viscosity)
    room = chamber(drive, own, viscosity)
    steps = phases(drive, own, rate)
    return (
        flow(drive, own, rate, p_in, p_out, ATMOSPHERE, viscosity), strokes(drive, rate), stall(drive), point.flow,
        point.pressure,
        push.period, push.volume, push.conductance, room.compliance, room.inlet.conductance, room.outlet.leak,
        steps[0].duration, steps[0].carried, steps[1].duration, steps[1].carried, panel(drive, own, around),
        advance(drive, own, 3e5, around),
    )  # fmt: skip


def compiled_and_not(drive, p_in):
    """Return what a drive answers compiled, and what it answers as plain Python."""
    pump, state = joined(drive, slope_age=100.0)
    asked = (drive, state.drive, RATE, p_in, 1.2e3, 7e-4, pump, state, AROUND)
    return answers(*asked), getattr(answers, "py_func", answers)(*asked)


def resolved_flow(drive, reservoir, rate, count, slope_age=0.0, wall=0.0):
    """Return the mean flow [m3/s] of a new drive over `count` strokes with every pressure resolved, after as many to
    settle, and that of its operating point at the reservoir's pressure half way through them."""
    pump, state = joined(drive, reservoir, slope_age, wall)
    state = state._replace(drive=fresh(drive, MEDIAN_LUCK))
    mu = viscosity(pump.drug, state.drug, BODY)
    made = circuit(pump, state, carries(drive, state.drive, rate), rate=rate)
    plan = schedule(made.network, drive, state.drive, rate)
    shut = np.zeros(len(made.network.kind), dtype=np.int64)
    engine = integrate if made.network.lift.any() else resolve
    settled = engine(made.network, plan, count, made.pressure, shut)
    found = engine(made.network, plan, count, settled.pressure[-1].copy(), settled.open[-1].copy())
    p_in = 0.5 * float(settled.pressure[-1, RESERVOIR] + found.pressure[-1, RESERVOIR])
    tip = int(np.flatnonzero(made.network.stop >= len(made.network.compliance))[0])
    mean = operate(drive, state.drive, rate, p_in, mu, pump, state).flow
    return float(found.volume[-1, tip] / found.time[-1]), mean


def day_with(drive, reservoir, engine, slot, value) -> Trace:
    """Return a day at a steady rate in which a number of the pump has another value from 6 to 8 h."""
    pump, state = joined(drive, reservoir)
    state = state._replace(drive=fresh(drive, MEDIAN_LUCK))
    before = pump
    for name in slot.split("."):
        before = getattr(before, name)
    changes = (Change(6.0 * 3600.0, slot, value), Change(8.0 * 3600.0, slot, before))
    return traced(pump, state, Programme(np.array([0.0]), np.array([RATE]), DAY), DAY, engine, changes)
