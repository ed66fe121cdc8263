"""The life of one device, from implantation to its end, visit by visit; one cycle stands in `reliability.cycle`, one
patient through all pumps in `reliability.history`."""

from __future__ import annotations

from typing import Any, NamedTuple

from fluidics.compile import inlined
from fluidics.elementary import exp, inverse_normal
from fluidics.engines.panel import seen
from fluidics.pump import Luck, Pump, PumpState, after_refill
from fluidics.questions import histogram
from reliability.clinic import Finding, delivery_error, loss, measured, next_visit, treated
from reliability.cycle import cycled
from reliability.design import MOST_VISITS, Design, Rules
from reliability.doses import Doses
from reliability.events import (
    DONE,
    EXTRA_RINSE,
    FLOW_REPLACEMENT,
    IN_VAIN,
    NOTHING,
    RECORD,
    REPLACE,
    RINSE,
    TOO_MANY_VISITS,
    UNDERDELIVERY,
    note,
)
from reliability.hazards import threshold, wind
from reliability.population import Patient, batch, batch_number, implanted, lot, renewed
from reliability.streams import FILL, VISIT, two_uniforms, uniform
from reliability.streams import HAZARD as HAZARD_STREAM


class Life(NamedTuple):
    """The life of one device."""

    time: float  # [s] of its end since the patient's entry
    cause: int  # 0 when in service at the end of follow-up
    remedy: int
    first_operation: float  # [s]
    refills: int
    episodes: int
    rinses: int
    line_operations: int
    operations: int
    delivered: float  # [m3]
    missed: float  # [m3]
    deficit: float  # [s]
    events: int
    status: int


class Fill(NamedTuple):
    """A filled pump and the programme of its cycle."""

    state: PumpState
    levels: Any
    rate: float  # [m3/s]


@inlined
def filled(
    design: Design, pump: Pump, state: PumpState, seed: int, patient: Patient, event: int, shared: float
) -> Fill:
    """Return the pump after a refill with a vial of a batch, and the patient's programme until the next."""
    a, b = two_uniforms(seed, patient.number, event, FILL)
    rate = patient.rate * exp(design.population.cycle_spread * inverse_normal(a))
    state = after_refill(pump, state, Luck(uniform=b, normal=inverse_normal(b), batch=shared))
    state = renewed(pump, state, seed, patient, event, shared)
    return Fill(state=state, levels=histogram(design.regimen, rate), rate=rate)


@inlined
def note_finding(finding: Finding, events: Any, count: int, patient: int, device: int, time: float, age: float) -> int:
    """Write what a visit found and did, and return the count of events; an operation marks one record, the first."""
    operated = finding.operated
    on_line = operated if finding.line > 0 else 0
    on_pump = operated - on_line if finding.replaced else 0
    in_rinse = operated - on_line - on_pump if finding.extra_rinse else 0
    in_vain = operated - on_line - on_pump - in_rinse
    count = note(events, count, patient, device, time, age, UNDERDELIVERY, finding.error, 0)
    if finding.rinse >= 0:
        count = note(events, count, patient, device, time, age, RINSE, float(finding.rinse), 0)
    if finding.line > 0:
        count = note(events, count, patient, device, time, age, finding.line, finding.error, on_line)
    if finding.replaced:
        count = note(events, count, patient, device, time, age, FLOW_REPLACEMENT, finding.error, on_pump)
    if finding.extra_rinse:
        count = note(events, count, patient, device, time, age, EXTRA_RINSE, finding.error, in_rinse)
    if in_vain:
        count = note(events, count, patient, device, time, age, IN_VAIN, finding.error, 1)
    return count


@inlined
def follow(
    design: Design,
    rules: Rules,
    pump: Pump,
    mode_rows: Any,
    hazards: Any,
    clock: Any,
    doses: Doses | None,
    seed: int,
    patient: Patient,
    ordinal: int,
    start: float,
    events: Any,
    count: int,
) -> Life:
    """Return the life of one device from its implantation at `start` [s] to its end or that of the follow-up."""
    number, clinic, base = patient.number, design.clinic, ordinal * MOST_VISITS
    first_operation = 1e300
    refills = episodes = rinses = line_operations = operations = interruptions = cause = NOTHING
    delivered = missed = deficit = 0.0
    remedy, status, time = RECORD, DONE, start
    for j in range(hazards.shape[0]):
        wind(hazards, clock, j, patient.frailty, threshold(uniform(seed, number, base, HAZARD_STREAM + j)))
    if doses is not None:
        doses.pump[0], doses.pump[1] = ordinal, start
    supply, shared, accepted = NOTHING - 1, 0.0, 0.0
    state = implanted(pump, seed, patient, base, lot(design.population, seed, patient, start))
    while True:
        delivery = batch_number(design.population, patient, time)
        if delivery != supply:
            # a batch lasts for many refills, so its draw is kept
            supply, shared = delivery, batch(seed, patient, delivery)
        fill = filled(design, pump, state, seed, patient, base + refills, shared)
        around = seen(pump, fill.state, fill.levels, 1.0)
        u, noise = two_uniforms(seed, number, base + refills, VISIT)
        wait = next_visit(clinic, pump, fill.rate, u)
        cycle = cycled(
            design, rules, pump, fill.state, fill.levels, around, mode_rows, hazards, clock, doses, seed, patient,
            ordinal, start, time, time + wait, interruptions, events, count,
        )  # fmt: skip
        state, time, count, interruptions = cycle.state, cycle.time, cycle.events, cycle.interruptions
        delivered += cycle.delivered
        missed += cycle.missed
        deficit += cycle.deficit
        operations += cycle.operations
        first_operation = min(first_operation, cycle.first_operation)
        cause, remedy, status = cycle.cause, cycle.remedy, cycle.status
        if cause != 0 or status != DONE or time >= patient.end:
            break
        refills += 1
        if refills >= MOST_VISITS:
            status = TOO_MANY_VISITS
            break
        true_error = loss(cycle.around) if cycle.reported else delivery_error(cycle.delivered, cycle.expected)
        error = measured(clinic, true_error, noise)
        if error - accepted <= clinic.error_threshold:
            continue
        finding = treated(clinic, pump, state, fill.levels, error, seed, patient, base + refills)
        state = finding.state
        count = note_finding(finding, events, count, number, ordinal, time, time - start)
        episodes += 1
        rinses += (1 if finding.rinse >= 0 else 0) + finding.extra_rinse
        if finding.operated != 0:
            operations += 1
            line_operations += 1 if finding.line > 0 else 0
            first_operation = min(first_operation, time)
            if finding.line == 0 and finding.replaced == 0 and finding.extra_rinse == 0:
                # nobody opens a pump again for a loss that was looked into and could not be mended
                accepted = error
        if finding.replaced:
            cause, remedy = FLOW_REPLACEMENT, REPLACE
            break
    return Life(
        time, cause, remedy, first_operation, refills, episodes, rinses, line_operations, operations, delivered,
        missed, deficit, count, status,
    )  # fmt: skip
