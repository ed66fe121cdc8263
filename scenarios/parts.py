"""The words of a scenario file and the types they stand for; what each type means stands beside it in `fluidics` and
`reliability`."""

from __future__ import annotations

from typing import Any, get_args, get_type_hints

from fluidics.aggregation import Insulin
from fluidics.bag import Bag
from fluidics.barrel import Barrel
from fluidics.capsule import Encapsulating
from fluidics.catheter import Catheter
from fluidics.degrading import DegradingDrug
from fluidics.drives import DutyCycle, Gated, LeadScrew, MultiRate, Patch, Peristaltic, Piston, Restrictor
from fluidics.formulation import FormulatedInsulin
from fluidics.fouling_catheter import FoulingCatheter
from fluidics.glycerol import GlycerolSolution
from fluidics.infusate import Infusate
from fluidics.infusion_set import InfusionSet
from fluidics.intrathecal import Intrathecal
from fluidics.power import Battery, Unpowered
from fluidics.propellant_reservoir import PropellantReservoir
from fluidics.pump import Pump
from fluidics.regimen import BasalBolus, ConstantRate, ProgrammedDay
from fluidics.reservoir import TwoPhaseReservoir
from fluidics.segmented_catheter import SegmentedCatheter
from fluidics.shell_reservoir import ShellReservoir
from fluidics.site import Artery, Peritoneum
from fluidics.spring_reservoir import SpringReservoir
from fluidics.subcutaneous import Subcutaneous
from fluidics.vein import Vein
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
