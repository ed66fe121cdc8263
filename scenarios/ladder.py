"""How the panels of a lifetime stand to the engine below them: the gap of a new pump, and the table of occlusions that
only strokes resolve; the engines stand in `fluidics.engines`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from reliability.chunk import Plan

RATES = (0.1, 0.3, 1.0, 3.0, 10.0)  # [-] of the mean rate
RESISTANCES = (1e15, 1e16, 1e17, 1e18, 1e20)  # [Pa s/m3], from a few kilopascals at a basal rate to a shut line


def laddered(plan: Plan) -> Plan:
    """Return the plan of a study with its gap to the stroke engine, and with the volumes that its alarms miss.

    Parameters
    ----------
    plan : Plan
        A study.

    Notes
    -----
    Both are those of a new pump at the population's mean rate, and enter the study file.
    """
    from fluidics.engines.gap import gap
    from fluidics.engines.transient import occlusion_table
    from fluidics.pump import new_pump
    from fluidics.questions import stall
    from reliability.modes import OcclusionAlarm
    from reliability.modes.occlusion_alarm import HELD
    from reliability.transients import with_transients

    pump, rate = plan.design.pump, plan.design.population.mean_rate
    state = new_pump(pump)
    plan = plan._replace(engine_gap=gap(pump, state, rate, "panel", "stroke"))
    alarms = [mode.pressure for mode in plan.design.modes if isinstance(mode, OcclusionAlarm)]
    if not alarms:
        return plan
    alarm = min(*alarms, HELD * stall(pump.drive))
    return with_transients(plan, occlusion_table(pump, state, list(rate * np.array(RATES)), RESISTANCES, alarm))
