"""Drive mechanisms, one file each; importing this package registers them all."""

from fluidics.drives.duty_cycle import DutyCycle
from fluidics.drives.electro_osmotic import ElectroOsmotic
from fluidics.drives.gas_generating import GasGenerating
from fluidics.drives.gated import Gated
from fluidics.drives.lead_screw import LeadScrew
from fluidics.drives.multirate import MultiRate
from fluidics.drives.patch import Patch
from fluidics.drives.peristaltic import Peristaltic
from fluidics.drives.piston import Piston
from fluidics.drives.restrictor import Restrictor

__all__ = [
    "DutyCycle",
    "ElectroOsmotic",
    "GasGenerating",
    "Gated",
    "LeadScrew",
    "MultiRate",
    "Patch",
    "Peristaltic",
    "Piston",
    "Restrictor",
]
