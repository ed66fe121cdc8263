"""Drive mechanisms, one file each; importing this package registers them all."""

from fluidics.drives.piston import Piston
from fluidics.drives.restrictor import Restrictor

__all__ = ["Piston", "Restrictor"]
