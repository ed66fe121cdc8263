"""The worn pumps that published figures are held against; the figures stand in `scenarios.cases.worn` and beside it."""

from __future__ import annotations

from fluidics.drives import LeadScrew, Patch
from fluidics.drugs.infusate import Infusate
from fluidics.lines.infusion_set import DENSITY, GRAVITY, InfusionSet
from fluidics.power import Unpowered
from fluidics.pump import Pump
from fluidics.reservoirs.bag import Bag
from fluidics.reservoirs.barrel import Barrel
from fluidics.sites.subcutaneous import Subcutaneous

UNIT = 1e-8  # [m3] of U100
HOUR = 3600.0
UNIT_PER_HOUR = UNIT / HOUR
CREEP_TIME = 120.0  # [s], assumed: between the seconds of a bolus and the hour of a basal alarm
MAIN_HEIGHT = 0.95  # [m]: middle of the tubes, 0.8 to 1.1 m
_SKIN = 305.15  # [K]


def siphon_compliance() -> float:
    """Return the compliance [m3/Pa] that takes up what one hour lacked when the pump lay at the tube's length below."""
    return (1.0 - 0.745) * UNIT / (DENSITY * GRAVITY * MAIN_HEIGHT)


def worn_pump(drive: LeadScrew | Patch, height: float = 0.0) -> Pump:
    """Return a worn pump with a drive and a height [m] above the cannula; a patch pump has no tube."""
    tubed = isinstance(drive, LeadScrew)
    return Pump(
        reservoir=Barrel(1.8e-6) if tubed else Bag(2e-6, 0.0, 0.2e-6, 0.0),
        drug=Infusate(1.05),
        drive=drive,
        catheter=InfusionSet(0.95 if tubed else 0.012, 0.19e-3, height=height),
        site=Subcutaneous(_SKIN, 0.0),
        power=Unpowered(),
    )


def tubed_drive() -> LeadScrew:
    """Return a lead screw with the compliance of the siphon and friction that does not stick."""
    return LeadScrew(
        0.5e-9, 1.0, 150e3, siphon_compliance(), 0.0, CREEP_TIME, running_friction=3e3, breakaway_friction=3e3
    )


def patch_drive() -> Patch:
    """Return a pod of the same compliance."""
    return Patch(0.5e-9, 150e3, siphon_compliance())
