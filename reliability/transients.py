"""The table of occlusions that a lifetime study takes its missed volumes from, and how it stands in the study file; the
table is made in `fluidics.engines.transient`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from fluidics.engines.gap import BOUND
from reliability.chunk import Plan
from reliability.interruption import MODE_MISSED
from reliability.modes import OcclusionAlarm
from reliability.store import Variable
from reliability.tables import DAY, MILLILITRE

if TYPE_CHECKING:
    from fluidics.engines.transient import Table


def missed_when_shut(table: Table, rate: float) -> float:
    """Return the volume [m3] missed until the alarm of a line that shuts, at a programmed rate.

    Parameters
    ----------
    table : Table
        Occlusions of a new pump; the greatest resistance stands for a line that is shut.
    rate : float
        Programmed rate [m3/s].

    Returns
    -------
    float
        Interpolated linearly between the rates of the table [m3], at a rate outside that of the nearest; infinite where
        the alarm stays silent at a rate beside it.

    Examples
    --------
    >>> from fluidics.engines.transient import Table
    >>> each = np.array([[1.0], [3.0]])
    >>> missed_when_shut(Table(np.array([1.0, 2.0]), np.array([1e15]), each, each, each, 0.0), 1.5)
    2.0
    """
    order = np.argsort(table.rates)
    shut = table.missed[order, np.argmax(table.resistances)]
    return float(np.interp(rate, table.rates[order], shut))


def with_transients(plan: Plan, table: Table) -> Plan:
    """Return a plan whose occlusion alarms sound when the volume is missed that the table has at the mean rate.

    Parameters
    ----------
    plan : Plan
        A study.
    table : Table
        Occlusions of its new pump, at the pressure of its alarm.
    """
    rows = plan.mode_rows.copy()
    for k, mode in enumerate(plan.design.modes):
        if isinstance(mode, OcclusionAlarm):
            rows[k, MODE_MISSED] = missed_when_shut(table, plan.design.population.mean_rate)
    return plan._replace(mode_rows=rows, transients=table)


def transient_attributes(table: Table) -> dict[str, float]:
    """Return how far the table is from the exact engine, as attributes of a study file."""
    return {"occlusion_gap": table.gap, "occlusion_gap_bound": BOUND}


def complaint(table: Table) -> str:
    """Return a sentence when the table is further from the exact engine than its bound, else nothing.

    Examples
    --------
    >>> from fluidics.engines.transient import Table
    >>> each = np.array([[1.0]])
    >>> complaint(Table(each[0], each[0], each, each, each, gap=0.07))
    'occlusions by the stroke engine differ from the exact engine by up to 7 %, more than 1 %'
    >>> complaint(Table(each[0], each[0], each, each, each, gap=0.01))
    ''
    """
    if table.gap <= BOUND:
        return ""
    apart = f"differ from the exact engine by up to {100.0 * table.gap:.2g} %, more than {100.0 * BOUND:.2g} %"
    return f"occlusions by the stroke engine {apart}"


def transient_variables(table: Table) -> dict[str, Variable]:
    """Return the table as arrays of a study file."""
    both = ("rate", "resistance")
    missed = "volume programmed and not delivered until the alarm"
    released = "volume that the line gives at once when the occlusion clears"
    gap = "greatest difference of the stroke engine from the exact one, relative"
    return {
        "rate": Variable(("rate",), table.rates / (MILLILITRE / DAY), "mL/d", "programmed rate"),
        "resistance": Variable(("resistance",), table.resistances, "Pa s m-3", "resistance put in the way"),
        "alarm_delay": Variable(both, table.delay / DAY, "d", "from the occlusion to the alarm; infinite without one"),
        "missed_volume": Variable(both, table.missed / MILLILITRE, "mL", missed),
        "released_volume": Variable(both, table.released / MILLILITRE, "mL", released),
        "gap": Variable((), np.array(table.gap), "1", gap),
    }
