"""Codes of what happens, how a device and a follow-up end, and the buffers that take records; the tables of the result
file stand in `reliability.tables`."""

from __future__ import annotations

from typing import Any

from fluidics.compile import constant, inlined

NOTHING = constant(0)

# what a clinic finds and does
UNDERDELIVERY = constant(1)  # measured delivery error above the threshold; value: the error
RINSE = constant(2)  # value: 1 when it restored the flow
EXTRA_RINSE = constant(3)  # at an operation
TIP_OBSTRUCTION = constant(4)
ENCAPSULATION = constant(5)
FLOW_REPLACEMENT = constant(6)  # pump replaced because its own flow stays low
KETOACIDOSIS = constant(7)
IN_VAIN = constant(8)  # operation at which nothing was found that could be mended; value: the error
LIMIT = constant(9)  # + number of the limit of the dose that was passed for too long; value: days more
MODE = constant(16)  # + number of the physical mode
HAZARD = constant(32)  # + number of the hazard row

CLINIC_KINDS = {
    UNDERDELIVERY: "underdelivery",
    RINSE: "rinse",
    EXTRA_RINSE: "extra_rinse",
    TIP_OBSTRUCTION: "tip_obstruction",
    ENCAPSULATION: "encapsulation",
    FLOW_REPLACEMENT: "flow_replacement",
    KETOACIDOSIS: "ketoacidosis",
    IN_VAIN: "operation_in_vain",
}

# why a follow-up ends
HORIZON, DATE, DEATH, LOST, ABANDONED, DEVICE_END = (constant(k) for k in range(6))
ENDS = ("horizon", "date", "death", "lost", "abandoned", "device_end")

# what an interruption leads to
RECORD, VISIT, REPLACE, EXPLANT, OPERATE = (constant(k) for k in range(5))
REMEDIES = ("record", "visit", "replace", "explant", "operate")

# how a chunk ends
DONE, FULL, TOO_MANY_PANELS, TOO_MANY_FIRINGS, TOO_MANY_VISITS, TOO_MANY_DEVICES = (constant(k) for k in range(6))
COMPLAINTS = (
    "",
    "the event buffer was full",
    "a cycle needed more panels than are allowed",
    "a cycle or a device had more interruptions than are allowed",
    "a device had more visits than are allowed",
    "more devices were implanted than are allowed",
)


@inlined
def note(
    events: Any, count: int, patient: int, device: int, time: float, age: float, kind: int, value: float, operated: int
) -> int:
    """Write one record if there is room and return the count either way, so that the caller sees an overflow."""
    if count < events.shape[0]:
        events[count, 0] = patient
        events[count, 1] = device
        events[count, 2] = time
        events[count, 3] = age
        events[count, 4] = kind
        events[count, 5] = value
        events[count, 6] = operated
    return count + 1
