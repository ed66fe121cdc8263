"""When a pump sounds its occlusion alarm; how the line closes stands in the catheters and sites of `fluidics`, how long
its compliance delays the alarm in the transient table of a study."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.pump import Pump, PumpState, Surroundings
from fluidics.questions import margin

HELD = 0.99  # [-]: of the stall pressure; a drive that stalls before its alarm pressure sounds the alarm by stalling


class OcclusionAlarm(NamedTuple):
    """The line pressure at the highest rate of the day reaches the alarm pressure.

    The pressure is that of a flow that lasts, longer than the line's resistance times its compliance; a pulse, or a
    bolus shorter than that, raises it less. Occlusions are met by boluses: 45 of 48 in the laboratory (Kerr et al.,
    J. Diabetes Sci. Technol. 2 (2008) 450).
    """

    pressure: Annotated[float, "Pa"]


@margin.answer
def pressure_below_alarm(mode: OcclusionAlarm, pump: Pump, state: PumpState, around: Surroundings) -> float:
    return 1.0 - around.p_peak / min(mode.pressure, HELD * around.p_stall)
