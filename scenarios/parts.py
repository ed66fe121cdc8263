"""The words of a scenario file and the types they stand for; what each type means stands beside it in `fluidics` and
`reliability`."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

from fluidics.drives import (
    DutyCycle,
    ElectroOsmotic,
    GasGenerating,
    Gated,
    LeadScrew,
    MultiRate,
    Patch,
    Peristaltic,
    Piston,
    Restrictor,
)
from fluidics.drugs.aggregation import Insulin
from fluidics.drugs.degrading import DegradingDrug
from fluidics.drugs.formulation import FormulatedInsulin
from fluidics.drugs.glycerol import GlycerolSolution
from fluidics.drugs.infusate import Infusate
from fluidics.lines.catheter import Catheter
from fluidics.lines.fouling_catheter import FoulingCatheter
from fluidics.lines.infusion_set import InfusionSet
from fluidics.lines.segmented_catheter import SegmentedCatheter
from fluidics.power import Battery, Unpowered
from fluidics.programmes.regimen import BasalBolus, ConstantRate, ProgrammedDay
from fluidics.pump import Pump
from fluidics.reservoirs.bag import Bag
from fluidics.reservoirs.barrel import Barrel
from fluidics.reservoirs.propellant_reservoir import PropellantReservoir
from fluidics.reservoirs.reservoir import TwoPhaseReservoir
from fluidics.reservoirs.shell_reservoir import ShellReservoir
from fluidics.reservoirs.spring_reservoir import SpringReservoir
from fluidics.sites.capsule import Encapsulating
from fluidics.sites.intrathecal import Intrathecal
from fluidics.sites.site import Artery, Peritoneum
from fluidics.sites.subcutaneous import Subcutaneous
from fluidics.sites.vein import Vein
from reliability.drawdown import Requirement
from reliability.modes import BrokenTube, DepletedBattery, EmptyReservoir, OcclusionAlarm, Underdelivery, WeakDrug

__all__ = ["MODES", "PARTS", "REGIMENS", "Requirement", "default", "fields", "units"]

PARTS: dict[str, dict[str, type]] = {
    "reservoir": {
        "two-phase": TwoPhaseReservoir,
        "propellant": PropellantReservoir,
        "spring": SpringReservoir,
        "shell": ShellReservoir,
        "barrel": Barrel,
        "bag": Bag,
    },
    "drug": {
        "insulin": Insulin,
        "formulated-insulin": FormulatedInsulin,
        "infusate": Infusate,
        "glycerol": GlycerolSolution,
        "degrading": DegradingDrug,
    },
    "drive": {
        "piston": Piston,
        "restrictor": Restrictor,
        "multi-rate": MultiRate,
        "peristaltic": Peristaltic,
        "gated": Gated,
        "duty-cycle": DutyCycle,
        "lead-screw": LeadScrew,
        "patch": Patch,
        "gas-generating": GasGenerating,
        "electro-osmotic": ElectroOsmotic,
    },
    "catheter": {
        "catheter": Catheter,
        "fouling": FoulingCatheter,
        "segmented": SegmentedCatheter,
        "infusion-set": InfusionSet,
    },
    "site": {
        "peritoneum": Peritoneum,
        "encapsulating": Encapsulating,
        "artery": Artery,
        "vein": Vein,
        "intrathecal": Intrathecal,
        "subcutaneous": Subcutaneous,
    },
    "power": {"battery": Battery, "none": Unpowered},
}
assert tuple(PARTS) == Pump._fields

REGIMENS: dict[str, type] = {
    "basal-bolus": BasalBolus,
    "constant-rate": ConstantRate,
    "programmed-day": ProgrammedDay,
}

MODES: dict[str, type] = {
    "broken-tube": BrokenTube,
    "depleted-battery": DepletedBattery,
    "empty-reservoir": EmptyReservoir,
    "occlusion-alarm": OcclusionAlarm,
    "underdelivery": Underdelivery,
    "weak-drug": WeakDrug,
}


def units(kind: type) -> dict[str, str]:
    """Return the unit of each field of a part type, in order.

    Examples
    --------
    >>> units(Unpowered)
    {}
    >>> units(BasalBolus)["bolus_rate"]
    'm3/s'
    """
    hints = get_type_hints(kind, include_extras=True)
    return {field: str(get_args(hints[field])[1]) for field in fields(kind)}


def fields(kind: type) -> tuple[str, ...]:
    """Return the names of the fields of a part type."""
    return tuple(getattr(kind, "_fields", ()))


def default(kind: type, field: str) -> Any:
    """Return the default of a field of a part type, or None when it has to be given."""
    return getattr(kind, "_field_defaults", {}).get(field)
