"""Gas-driven and spring-driven pumps for the tests, a way to their flow, and one sample of every part they bring."""

from __future__ import annotations

import tomllib

from fluidics.drives import Restrictor
from fluidics.drugs.glycerol import GlycerolSolution
from fluidics.drugs.infusate import Infusate
from fluidics.lines.catheter import Catheter
from fluidics.lines.occlusion import Onset
from fluidics.lines.segmented_catheter import SegmentedCatheter
from fluidics.power import Unpowered
from fluidics.pump import Pump, Stateless, new_pump
from fluidics.questions import operate, pressure, temperature, viscosity
from fluidics.reservoirs.propellant_reservoir import Expansion, PropellantReservoir
from fluidics.reservoirs.reservoir import Drawn, TwoPhaseReservoir
from fluidics.reservoirs.spring_reservoir import SpringReservoir
from fluidics.sites.intrathecal import Intrathecal
from fluidics.sites.site import Artery
from fluidics.sites.vein import Vein
from scenarios.propellants import PROPELLANTS

DAY = 86400.0
BODY = 310.15
ATMOSPHERE = 101325.0
WATER = 6.91303584e-4  # [Pa s] at 37 degC (IAPWS)
MMHG = 133.322387415

# the constants that scenarios use, in SI
CONSTANTS = {
    name: (
        float(table["antoine_a"]["value"]),
        float(table["antoine_b"]["value"].removesuffix(" K")),
        float(table["antoine_c"]["value"].removesuffix(" K")),
    )
    for name, table in tomllib.loads(PROPELLANTS.read_text(encoding="utf-8")).items()
}


def gas_pump(propellant: str, back: float = 10.0 * MMHG, resistance: float = 2e16) -> Pump:
    """Return a restrictor pump on a propellant against a pressure of the body [Pa]."""
    return Pump(
        reservoir=TwoPhaseReservoir(62e-6, 2e-6, *CONSTANTS[propellant], ATMOSPHERE, 0.0),
        drug=Infusate(1.0),
        drive=Restrictor(resistance, WATER),
        catheter=Catheter(0.5, 0.3e-3, 0.0, 0.0, DAY),
        site=Artery(BODY, back),
        power=Unpowered(),
    )


def delivery(pump: Pump) -> float:
    """Return the flow [m3/s] of a new pump."""
    state, body = new_pump(pump), temperature(pump.site)
    p_in = pressure(pump.reservoir, state.reservoir, body)
    return operate(pump.drive, state.drive, 0.0, p_in, viscosity(pump.drug, state.drug, body), pump, state).flow


# 30 mL over six millimoles of n-butane, whose last liquid goes after 39.5 mL
BELLOWS = PropellantReservoir(
    capacity=30e-6,
    residual=2e-6,
    antoine_a=CONSTANTS["n-butane"][0],
    antoine_b=CONSTANTS["n-butane"][1],
    antoine_c=CONSTANTS["n-butane"][2],
    ambient=ATMOSPHERE,
    stiffness=1e8,
    stop_stiffness=1e13,
    amount=6e-3,
    space=5e-6,
    refill_temperature=293.15,
    cooled=0.5,
    warming_time=1800.0,
)
SPINAL = SegmentedCatheter(0.6, 0.25e-3, 0.4, 0.265e-3, 0.35e-3, 10e6, 6.0, 0.2e-3, 1e-9, 0.5, 13.4 * DAY)
LUMBAR = Intrathecal(BODY, 10.6 * MMHG, 0.45, 0.6, 2.0 * MMHG, 1.1, 1e-9, 30.0 * DAY, 1e12)

# every part type with a state well inside its life
SAMPLES = {
    PropellantReservoir: (BELLOWS, Expansion(volume=3e-6, cold=0.3)),
    SpringReservoir: (SpringReservoir(60e-6, 1e-6, 57e3, 0.0, 1e7, ATMOSPHERE), Drawn(3e-6)),
    SegmentedCatheter: (SPINAL, Onset(wait=0.0, age=50.0 * DAY, factor=1.2)),
    Intrathecal: (LUMBAR, Onset(wait=0.02, age=0.0, factor=1.0)),
    GlycerolSolution: (GlycerolSolution(0.2), Stateless()),
    Vein: (Vein(BODY, 5.0 * MMHG), Stateless()),
}
