"""A tubed pump and a patch pump for the tests of worn insulin pumps, and one sample of every part they have."""

from __future__ import annotations

from fluidics.drives.lead_screw import LeadScrew, Slack
from fluidics.drives.patch import Patch, Pod
from fluidics.drugs.infusate import Infusate
from fluidics.lines.infusion_set import InfusionSet, Worn
from fluidics.lines.occlusion import Onset
from fluidics.power import Unpowered
from fluidics.pump import Pump
from fluidics.reservoirs.bag import Bag
from fluidics.reservoirs.barrel import Barrel
from fluidics.reservoirs.reservoir import Drawn
from fluidics.sites.subcutaneous import Layer, Subcutaneous

DAY = 86400.0
UNIT = 1e-8  # [m3] of U100
UNIT_PER_HOUR = UNIT / 3600.0
UL_PER_KPA = 1e-12

TUBED_PUMP = Pump(
    reservoir=Barrel(1.8e-6),
    drug=Infusate(1.04),
    drive=LeadScrew(
        0.5e-9, 1.0, 108e3, 0.12 * UL_PER_KPA, 0.15 * UL_PER_KPA, 120.0, running_friction=4e3, breakaway_friction=8e3
    ),
    catheter=InfusionSet(0.6, 0.19e-3),
    site=Subcutaneous(305.15, 0.5e3),
    power=Unpowered(),
)
PATCH_PUMP = Pump(
    reservoir=Bag(2e-6, 0.1e-6, 0.2e-6, 5e10),
    drug=Infusate(1.04),
    drive=Patch(0.5e-9, 100e3, 0.3 * UL_PER_KPA, 0.055, 0.0095 * UNIT_PER_HOUR, 0.19e-9, 0.5),
    catheter=InfusionSet(0.012, 0.15e-3),
    site=Subcutaneous(305.15, 0.5e3, layer_permeability=1e-16),
    power=Unpowered(),
)
AGING_SET = InfusionSet(
    0.6, 0.19e-3, 1e-15, 0.4, 0.15, 3e16, 6.0 * DAY, 2.0, 4.0 * 3600.0, air=2e-9, outgassed=5e-9, outgassing_time=7200.0
)

# every part type with a state well inside its life
SAMPLES = {
    Barrel: (TUBED_PUMP.reservoir, Drawn(0.7e-6)),
    Bag: (PATCH_PUMP.reservoir, Drawn(1.85e-6)),
    LeadScrew: (TUBED_PUMP.drive._replace(slack=8e-9), Slack(3.3e-9)),
    Patch: (PATCH_PUMP.drive, Pod(1.04, 0.005 * UNIT_PER_HOUR)),
    InfusionSet: (AGING_SET, Worn(0.0, Onset(0.0, 3600.0, 1.0), 3e-9)),
    Subcutaneous: (PATCH_PUMP.site, Layer(0.3e-3)),
}
