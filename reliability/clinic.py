"""What the clinic does at a visit: measure, rinse, operate; how often and what it records stands in
`reliability.life`."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.compile import inlined, kernel
from fluidics.elementary import inverse_normal
from fluidics.engines.panel import seen
from fluidics.pump import PumpState, Surroundings, after_rinse, with_drive, with_line
from fluidics.questions import capacity, disposable, fresh, line, temperature, viscosity
from reliability.events import ENCAPSULATION, NOTHING, TIP_OBSTRUCTION
from reliability.population import CATHETER, DRIVE, SITE, Patient, part_luck
from reliability.streams import DETAIL, normal

_SHORTEST = 0.2  # [-]: of the interval; nobody comes again at once
_THREE_SIGMA = 0.9986  # [-]: the normal quantile is below 3 up to here


class Clinic(NamedTuple):
    """How a clinic refills, measures and decides."""

    interval: Annotated[float, "s"]
    interval_spread: Annotated[float, "s"]
    longest_interval: Annotated[float, "s"]
    missed: Annotated[float, "-"]  # share of the visits that are missed
    postponement: Annotated[float, "s"]  # how much later a missed visit is made
    low_volume: Annotated[float, "m3"]  # left in the reservoir by programmed volume when the patient is called
    low_response: Annotated[float, "s"]  # from the low-reservoir alarm to the visit
    error_noise: Annotated[float, "-"]  # standard deviation of a measured delivery error
    error_threshold: Annotated[float, "-"]  # above it: an episode
    surgery_threshold: Annotated[float, "-"]  # above it: operated without a rinse before
    rinses: Annotated[float, "-"]  # 1 when the pump can be rinsed
    replacement_threshold: Annotated[float, "-"]  # own loss of the pump, found at operation, above which it is replaced
    replacement_delay: Annotated[float, "s"]  # from the end of a pump to the next
    reimplantation_delay: Annotated[float, "s"]  # from an explantation to the next pump
    abandonment: Annotated[float, "-"]  # share of patients who give up at an explantation


@inlined
def next_visit(clinic: Clinic, pump: Any, rate: float, u: float) -> float:
    """Return the time [s] from a refill to the next visit, from one uniform number.

    Normal about the interval, at least a fifth of it and never beyond the longest; a share of visits is missed and made
    later, whatever the longest interval; a reservoir whose low alarm, computed from the programmed rate [m3/s] as pumps
    do, sounds before brings the patient earlier.
    """
    kept = 1.0 - clinic.missed
    wait = clinic.interval + clinic.interval_spread * inverse_normal(min(u / kept, 1.0 - 1e-16))
    wait = min(max(wait, _SHORTEST * clinic.interval), clinic.longest_interval)
    if u >= kept:
        wait = clinic.interval + clinic.postponement
    alarm = max(capacity(pump.reservoir) - clinic.low_volume, 0.0) / rate
    return min(wait, alarm + clinic.low_response)


@inlined
def delivery_error(delivered: float, expected: float) -> float:
    """Return the share [-] of the volume expected of a running pump that was not delivered; 0 when it never ran."""
    if expected <= 0.0:
        return 0.0
    return 1.0 - delivered / expected


@inlined
def measured(clinic: Clinic, error: float, u: float) -> float:
    """Return a measured delivery error [-] from the true one and one uniform number.

    Where no noise within three standard deviations could lead to an episode, and none beyond is drawn, the true error
    is as good: nothing is decided by it, and the normal quantile is a twentieth of a quiet cycle.
    """
    if u < _THREE_SIGMA and error < clinic.error_threshold - 3.0 * clinic.error_noise:
        return error
    return error + clinic.error_noise * inverse_normal(u)


class Finding(NamedTuple):
    """What a visit found and did."""

    state: PumpState
    error: float  # measured delivery error [-]
    operated: int  # 1 when the patient was operated
    rinse: int  # -1 not rinsed, 0 without success, 1 with success
    line: int  # kind of catheter operation, 0 for none
    extra_rinse: int  # 1 when the operation was followed by a rinse
    replaced: int  # 1 when the pump itself must be replaced


@inlined
def loss(around: Surroundings) -> float:
    """Return the share [-] of the programmed volume that does not arrive."""
    return 1.0 - around.flow / around.programmed


@inlined
def _not_operated(state: PumpState, error: float, rinse: int) -> Finding:
    return Finding(state=state, error=error, operated=0, rinse=rinse, line=NOTHING, extra_rinse=0, replaced=0)


@kernel
def treated(
    clinic: Clinic, pump: Any, state: PumpState, levels: Any, error: float, seed: int, patient: Patient, event: int
) -> Finding:
    """Return what follows a measured error [-] above the threshold: a rinse, or an operation, or both in turn.

    Nobody operates on a line that each refill replaces anyway.
    """
    rinse = -1
    if error <= clinic.surgery_threshold and clinic.rinses != 0.0:
        state = after_rinse(pump, state)
        again = loss(seen(pump, state, levels, 1.0)) + clinic.error_noise * normal(seed, patient.number, event, DETAIL)
        rinse = 1 if again <= clinic.error_threshold else 0
    if rinse == 1 or disposable(pump.catheter) != 0.0:
        return _not_operated(state, error, rinse)
    return operated_on(clinic, pump, state, levels, error, rinse, seed, patient, event)


@kernel
def operated_on(
    clinic: Clinic,
    pump: Any,
    state: PumpState,
    levels: Any,
    error: float,
    rinse: int,
    seed: int,
    patient: Patient,
    event: int,
) -> Finding:
    """Return what an operation finds: the line with its tip or capsule, the pump, or both.

    The line is at fault when it resists more than a new one, and either alone takes more than the threshold from what
    pump and line would deliver if both were new, or loses more than the pump alone; of tip and capsule the one that
    resists more is named. What the pump still loses behind a new line is rinsed, or the pump replaced.
    """
    new_catheter = fresh(pump.catheter, part_luck(seed, patient, CATHETER, event, 0.0))
    new_site = fresh(pump.site, part_luck(seed, patient, SITE, event, 0.0))
    new_drive = fresh(pump.drive, part_luck(seed, patient, DRIVE, event, 0.0))
    mended = with_line(state, new_catheter, new_site)
    by_line = loss(seen(pump, with_drive(state, new_drive), levels, 1.0))
    by_pump = loss(seen(pump, mended, levels, 1.0))
    by_neither = loss(seen(pump, with_drive(mended, new_drive), levels, 1.0))
    mu = viscosity(pump.drug, state.drug, temperature(pump.site))
    tip = line(pump.catheter, state.catheter, mu).slope - line(pump.catheter, new_catheter, mu).slope
    capsule = line(pump.site, state.site, mu).slope - line(pump.site, new_site, mu).slope
    kind = NOTHING
    if max(tip, capsule) > 0.0 and (by_line - by_neither > clinic.error_threshold or by_line >= by_pump):
        kind = TIP_OBSTRUCTION if tip >= capsule else ENCAPSULATION
        state = mended
    replaced = 1 if by_pump > clinic.replacement_threshold else 0
    extra = 0
    if replaced == 0 and clinic.rinses != 0.0 and (by_pump > clinic.error_threshold or kind == 0):
        extra = 1
        state = after_rinse(pump, state)
    return Finding(state=state, error=error, operated=1, rinse=rinse, line=kind, extra_rinse=extra, replaced=replaced)
