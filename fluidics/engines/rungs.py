"""The ladder of engines by name: which one records a stretch, and how far each is from the one below; what drives them
through a programme stands in `fluidics.engines.trace`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from fluidics.engines import quasi_steady, resolving, stroking
from fluidics.engines.recorded import Recorded
from fluidics.pump import Pump, PumpState

Engine = Callable[[Pump, PumpState, float, float, Any, float], Recorded]

# from the finest to the coarsest
ENGINES: dict[str, Engine] = {
    "exact": resolving.resolved,
    "stroke": stroking.stroked,
    "panel": quasi_steady.averaged,
}
