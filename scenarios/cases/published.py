"""A published figure beside the simulated one, and the roles such a figure can have; the figures stand in the files
named for their kind of pump, all of them together in `scenarios.verification`."""

from __future__ import annotations

from typing import NamedTuple

CALIBRATED, HELD_OUT, STATED = "calibrated", "held out", "stated"
WEAK = "weak"  # a printed limit, a sign or no effect: a pump that knows nothing of it passes too
COMPUTED = "computed"  # by another program, an equation of state or arithmetic: it verifies and validates nothing


class Case(NamedTuple):
    """A published figure with the interval that is accepted, beside the simulated one."""

    case: str
    quantity: str
    published: float
    low: float
    high: float
    simulated: float
    unit: str
    role: str  # held out, weak, calibrated, stated, computed
    source: str  # key of the bibliography
    note: str = ""
    miss: str = ""  # why it is missed, where that is known

    @property
    def met(self) -> bool:
        """Whether the simulated figure lies in the accepted interval."""
        return self.low <= self.simulated <= self.high


def within(
    case: str, quantity: str, published: float, slack: float, simulated: float, unit: str, role: str, source: str,
    note: str = "", miss: str = "",
) -> Case:  # fmt: skip
    """Return the case of a figure that is accepted within a share [-] of what is published."""
    low, high = sorted((published * (1.0 - slack), published * (1.0 + slack)))
    return Case(case, quantity, published, low, high, float(simulated), unit, role, source, note, miss)


def near(
    case: str, quantity: str, published: float, slack: float, simulated: float, unit: str, role: str, source: str,
    note: str = "", miss: str = "",
) -> Case:  # fmt: skip
    """Return the case of a figure that is accepted within so many of its units of what is published."""
    low, high = published - slack, published + slack
    return Case(case, quantity, published, low, high, float(simulated), unit, role, source, note, miss)
