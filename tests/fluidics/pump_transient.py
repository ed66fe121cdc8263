"""The stiff pump of `scenarios.cases.transient`, whose reference values stand there, for the tests of all engines."""

from __future__ import annotations

from scenarios.cases.transient import (
    AFTER_131,
    CHAMBER,
    DRAWN,
    END_OF_PUSH,
    END_OF_REST,
    INLET,
    KPA,
    MICROLITRE,
    OCCLUDED,
    OCCLUSION,
    OUTLET,
    P1,
    P2,
    P3,
    RESERVOIR,
    STROKES,
    TIP,
    Day,
    reservoir_compliance,
    reservoir_pressure,
    transient,
    transient_network,
    transient_schedule,
)

__all__ = [
    "AFTER_131", "CHAMBER", "DRAWN", "END_OF_PUSH", "END_OF_REST", "INLET", "KPA", "MICROLITRE", "OCCLUDED",
    "OCCLUSION", "OUTLET", "P1", "P2", "P3", "RESERVOIR", "STROKES", "TIP", "Day", "reservoir_compliance",
    "reservoir_pressure", "transient", "transient_network", "transient_schedule",
]  # fmt: skip
