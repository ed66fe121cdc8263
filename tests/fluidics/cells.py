"""A pump that makes gas and one that pumps by electro-osmosis, for the tests of their drives, and one sample of each
drive."""

from __future__ import annotations

from fluidics.drives.electro_osmotic import ElectroOsmotic
from fluidics.drives.gas_generating import Cushion, GasGenerating
from fluidics.drugs.infusate import Infusate
from fluidics.lines.catheter import Catheter
from fluidics.lines.infusion_set import InfusionSet
from fluidics.power import Battery, Unpowered
from fluidics.pump import Pump, Stateless
from fluidics.reservoirs.bag import Bag
from fluidics.reservoirs.shell_reservoir import ShellReservoir
from fluidics.sites.site import Artery
from fluidics.sites.vein import Vein

ATMOSPHERE = 101325.0
MMHG = 133.322387415
PSI = 6894.757293168361
DAY = 86400.0
BODY = 310.15

# 5 mL in five days, right at 14.9 psi
GAS_RATE = 1e-6 / DAY
GAS = GasGenerating(14.9 * PSI, 0.5e-6, 1e-12, 0.04)
GAS_PUMP = Pump(
    Bag(5e-6, 0.15e-6, 0.0, 0.0), Infusate(1.0), GAS, InfusionSet(0.6, 0.19e-3), Vein(305.15, 11.0 * MMHG), Unpowered()
)

# 1 uL per coulomb, turned every ten minutes
UL_PER_MINUTE = 1e-9 / 60.0
CELL = ElectroOsmotic(1e-9, 1.0, 600.0, 10e-3, 25.6, 3.6e-18, 150e3, 1e-15, 5e3, 1e-12)
CELL_PUMP = Pump(
    ShellReservoir(20e-6, 1.4e-6, 60e-6, ATMOSPHERE, BODY, ATMOSPHERE),
    Infusate(1.0),
    CELL,
    Catheter(0.25, 0.205e-3, 0.0, 0.0, 13.4 * DAY, 1e-14),
    Artery(BODY, 2e3),
    Battery(3787.0, 0.05, 7.5e-6, 0.0),
)

SAMPLES = {
    GasGenerating: (GAS, Cushion(gas=0.15, gain=1.03)),
    ElectroOsmotic: (CELL, Stateless()),
}
