"""The propellants whose constants all scenarios share; the law they enter stands in
`fluidics.reservoirs.propellant`."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

PROPELLANTS = Path(__file__).parent / "parameters" / "propellants.toml"


@cache
def propellants() -> dict[str, dict[str, Any]]:
    """Return the constants of each known propellant, each with its source, by name.

    Examples
    --------
    >>> propellants()["R-113"]["antoine_b"]["kind"]
    'fitted'
    """
    return tomllib.loads(PROPELLANTS.read_text(encoding="utf-8"))
