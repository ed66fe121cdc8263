"""The lifetime kernel: patients through the years, pump after pump, visit by visit; the physics it asks stands in
`fluidics`, what a clinic decides in `reliability.clinic`, who the patients are in `reliability.population`."""

from __future__ import annotations

from typing import Any, NamedTuple

from fluidics.compile import inlined, kernel
from fluidics.elementary import exp, inverse_normal
from fluidics.engines.panel import seen, stepped
from fluidics.pump import Luck, Pump, PumpState, Surroundings, advanced, after_refill, longest_panel
from fluidics.questions import histogram
from fluidics.rows import unpack
from reliability.clinic import Clinic, Finding, loss, next_visit, treated
from reliability.events import (
    ABANDONED,
    DEVICE_END,
    DONE,
    EXPLANT,
    EXTRA_RINSE,
    FLOW_REPLACEMENT,
    FULL,
    HAZARD,
    KETOACIDOSIS,
    MODE,
    RECORD,
    REPLACE,
    RINSE,
    TOO_MANY_FIRINGS,
    TOO_MANY_PANELS,
    TOO_MANY_VISITS,
    UNDERDELIVERY,
    VISIT,
    note,
)
from reliability.hazards import OPERATED, REMEDY, STOPS, first_firing, refund, spend, threshold
from reliability.interruption import (
    MODE_DELAY,
    MODE_REMEDY,
    MODE_STARVES,
    MODE_STOPS,
    first_crossed,
    located,
)
from reliability.population import Patient, Population, batch, draw_parameters, enrolled, implanted, lot
from reliability.streams import EXPLANT as EXPLANT_STREAM
from reliability.streams import FILL, RESPONSE, two_uniforms, uniform
from reliability.streams import HAZARD as HAZARD_STREAM
from reliability.streams import VISIT as VISIT_STREAM

MOST_PANELS = 100_000
MOST_FIRINGS = 1_000
MOST_VISITS = 4_096
MOST_DEVICES = 1_024


class Design(NamedTuple):
    """What patients receive, and from whom."""

    pump: Any
    modes: Any
    regimen: Any
    clinic: Clinic
    population: Population


class Rules(NamedTuple):
    """How a history is followed."""

    horizon: float  # [s] of follow-up per patient
    panels: float  # [-] least number of panels per cycle
    replaces: float  # 1 when a patient goes on with the next pump


class Stretch(NamedTuple):
    """A stretch of a device's life up to a visit or an interruption."""

    state: PumpState
    around: Surroundings
    time: float  # [s]
    delivered: float  # [m3]
    expected: float  # [m3] programmed while the pump ran
    missed: float  # [m3] programmed and not delivered
    deficit: float  # [s] with more loss than the clinic's threshold
    mode: int
    row: int
    status: int


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


@inlined
def interrupted(
    design: Design,
    pump: Pump,
    state: PumpState,
    levels: Any,
    during: Surroundings,
    age: float,
    dt: float,
    running: float,
    latched: int,
    crossed: int,
    hazards: Any,
    left: Any,
    frailty: float,
) -> tuple[int, int, float]:
    """Return the first interruption of a panel: number of the mode or -1, hazard row or -1, time [s] into it."""
    refund(hazards, left, frailty, age, dt)
    firing = first_firing(hazards, left, frailty, age, dt)
    mode, row, part = -1, firing.row, firing.dt
    if crossed >= 0:
        crossing = located(design.modes, pump, state, levels, during, dt, running, latched)
        if row < 0 or crossing.dt < part:
            mode, row, part = crossing.mode, -1, crossing.dt
    spend(hazards, left, frailty, age, part)
    return mode, row, part


@inlined
def lived(
    design: Design,
    pump: Pump,
    state: PumpState,
    levels: Any,
    around: Surroundings,
    implantation: float,
    time: float,
    until: float,
    longest: float,
    running: float,
    latched: int,
    hazards: Any,
    left: Any,
    frailty: float,
) -> Stretch:
    """Return the stretch from `time` to `until` [s], or to the first mode that crosses or hazard that fires."""
    delivered = expected = missed = deficit = 0.0
    mode = row = -1
    status = DONE
    panels = 0
    while time < until and mode < 0 and row < 0:
        panels += 1
        if panels > MOST_PANELS:
            status = TOO_MANY_PANELS
            break
        age = time - implantation
        dt = min(longest_panel(pump, state, around), longest)
        last = time + dt >= until
        if last:
            dt = until - time
        step = stepped(pump, state, levels, around, dt, running)
        during = step.during
        fired = spend(hazards, left, frailty, age, dt)
        crossed = first_crossed(design.modes, pump, step.state, step.after, latched, 0)
        if fired == 0 and crossed < 0:
            state = step.state
            around = step.after
            time = until if last else time + dt
        else:
            mode, row, dt = interrupted(
                design, pump, state, levels, during, age, dt, running, latched, crossed, hazards, left, frailty
            )
            state = advanced(pump, state, dt, during)
            around = seen(pump, state, levels, running)
            time += dt
        delivered += during.flow * dt
        expected += running * during.programmed * dt
        missed += (during.programmed - during.flow) * dt
        if loss(during) > design.clinic.error_threshold:
            deficit += dt
    return Stretch(state, around, time, delivered, expected, missed, deficit, mode, row, status)


class Fill(NamedTuple):
    """A filled pump and the programme of its cycle."""

    state: PumpState
    levels: Any
    rate: float  # [m3/s]


@inlined
def filled(
    design: Design, pump: Pump, state: PumpState, seed: int, patient: Patient, event: int, time: float
) -> Fill:
    """Return the pump after a refill with a vial of the batch in use, and the patient's programme until the next."""
    a, b = two_uniforms(seed, patient.number, event, FILL)
    shared = batch(design.population, seed, patient, time)
    rate = patient.rate * exp(design.population.cycle_spread * inverse_normal(a))
    state = after_refill(pump, state, Luck(uniform=a, normal=inverse_normal(b), batch=shared))
    return Fill(state=state, levels=histogram(design.regimen, rate), rate=rate)


@inlined
def note_finding(
    finding: Finding, events: Any, count: int, patient: int, device: int, time: float, age: float
) -> int:
    """Write what a visit found and did, and return the count of events."""
    operated = 1 if finding.rinse <= 0 else 0
    count = note(events, count, patient, device, time, age, UNDERDELIVERY, finding.error, 0)
    if finding.rinse >= 0:
        count = note(events, count, patient, device, time, age, RINSE, float(finding.rinse), 0)
    if operated and finding.line > 0:
        count = note(events, count, patient, device, time, age, finding.line, finding.error, 1)
    if finding.extra_rinse:
        count = note(events, count, patient, device, time, age, EXTRA_RINSE, finding.error, 0)
    if finding.replaced:
        count = note(events, count, patient, device, time, age, FLOW_REPLACEMENT, finding.error, 1)
    return count


class Happening(NamedTuple):
    """What an interruption leads to."""

    kind: int
    remedy: int
    operated: int
    stops: bool
    starves: bool
    delay: float  # [s] until the patient comes
    latch: int  # bit of the mode


@inlined
def mode_happening(mode_rows: Any, mode: int) -> Happening:
    """Return what a mode that crossed leads to."""
    remedy = int(mode_rows[mode, MODE_REMEDY])
    return Happening(
        kind=MODE + mode,
        remedy=remedy,
        operated=1 if remedy >= REPLACE else 0,
        stops=mode_rows[mode, MODE_STOPS] != 0.0,
        starves=mode_rows[mode, MODE_STARVES] != 0.0,
        delay=mode_rows[mode, MODE_DELAY] if remedy == VISIT else 1e300,
        latch=1 << mode,
    )


@inlined
def hazard_happening(hazards: Any, row: int, chance: float) -> Happening:
    """Return what a hazard that fired leads to; chance decides whether it is operated."""
    remedy = int(hazards[row, REMEDY])
    stops = hazards[row, STOPS] != 0.0
    return Happening(
        kind=HAZARD + row,
        remedy=remedy,
        operated=1 if remedy >= REPLACE and chance < hazards[row, OPERATED] else 0,
        stops=stops,
        starves=stops,
        delay=1e300,
        latch=0,
    )


class Cycle(NamedTuple):
    """The time from a refill to the next visit, or to the end of the device or of the follow-up."""

    state: PumpState
    around: Surroundings
    time: float  # [s]
    delivered: float  # [m3]
    expected: float  # [m3]
    missed: float  # [m3]
    deficit: float  # [s]
    cause: int
    remedy: int
    reported: bool  # the patient came because delivery felt low
    first_operation: float  # [s]
    operations: int
    interruptions: int
    events: int
    status: int


@inlined
def cycled(
    design: Design,
    pump: Pump,
    state: PumpState,
    levels: Any,
    around: Surroundings,
    mode_rows: Any,
    hazards: Any,
    left: Any,
    seed: int,
    patient: Patient,
    ordinal: int,
    start: float,
    time: float,
    visit: float,
    longest: float,
    interruptions: int,
    events: Any,
    count: int,
) -> Cycle:
    """Return the cycle from `time` to `visit` [s] with all that interrupts it."""
    people = design.population
    delivered = expected = missed = deficit = 0.0
    first_operation = 1e300
    cause, remedy, status, latched, operations, firings = 0, RECORD, DONE, 0, 0, 0
    running, reported = 1.0, False
    until = min(visit, patient.end)
    while time < until and cause == 0 and status == DONE:
        part = lived(
            design, pump, state, levels, around, start, time, until, longest, running, latched, hazards, left,
            patient.frailty,
        )  # fmt: skip
        state, around, time, status = part.state, part.around, part.time, part.status
        delivered += part.delivered
        expected += part.expected
        missed += part.missed
        deficit += part.deficit
        if part.mode < 0 and part.row < 0:
            continue
        interruptions += 1
        firings += 1
        if firings > MOST_FIRINGS or interruptions >= MOST_VISITS:
            status = TOO_MANY_FIRINGS
        event = ordinal * MOST_VISITS + interruptions
        response, chance = two_uniforms(seed, patient.number, event, RESPONSE)
        if part.row >= 0:
            what = hazard_happening(hazards, part.row, chance)
            left[part.row] = threshold(uniform(seed, patient.number, event, HAZARD_STREAM + part.row))
        else:
            what = mode_happening(mode_rows, part.mode)
        latched |= what.latch
        count = note(events, count, patient.number, ordinal, time, time - start, what.kind, 0.0, what.operated)
        late = time + people.bearable_time
        if what.starves and threshold(response) * people.response_time > people.bearable_time and late < patient.end:
            count = note(events, count, patient.number, ordinal, late, late - start, KETOACIDOSIS, 0.0, 0)
        if what.operated:
            operations += 1
            first_operation = min(first_operation, time)
        if what.remedy == REPLACE or what.remedy == EXPLANT:
            cause, remedy = what.kind, what.remedy
        if what.delay < 1e300:
            until = min(until, time + what.delay)
            reported = True
        if what.stops:
            # a pump that stands still neither recovers nor complains again before the visit
            running, latched = 0.0, -1
            around = seen(pump, state, levels, 0.0)
    return Cycle(
        state, around, time, delivered, expected, missed, deficit, cause, remedy, reported and running != 0.0,
        first_operation, operations, interruptions, count, status,
    )  # fmt: skip


@inlined
def follow(
    design: Design,
    rules: Rules,
    pump: Pump,
    mode_rows: Any,
    hazards: Any,
    left: Any,
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
    refills = episodes = rinses = line_operations = operations = interruptions = cause = 0
    delivered = missed = deficit = 0.0
    remedy, status, time = RECORD, DONE, start
    for j in range(hazards.shape[0]):
        left[j] = threshold(uniform(seed, number, base, HAZARD_STREAM + j))
    state = implanted(pump, seed, patient, base, lot(design.population, seed, patient, start))
    while True:
        fill = filled(design, pump, state, seed, patient, base + refills, time)
        around = seen(pump, fill.state, fill.levels, 1.0)
        u, noise = two_uniforms(seed, number, base + refills, VISIT_STREAM)
        wait = next_visit(clinic, pump, fill.state, fill.rate, u)
        cycle = cycled(
            design, pump, fill.state, fill.levels, around, mode_rows, hazards, left, seed, patient, ordinal, start,
            time, time + wait, wait / rules.panels, interruptions, events, count,
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
        error = loss(cycle.around) if cycle.reported else 1.0 - cycle.delivered / cycle.expected
        error += clinic.error_noise * inverse_normal(noise)
        if error <= clinic.error_threshold:
            continue
        finding = treated(clinic, pump, state, fill.levels, error, seed, patient, base + refills)
        state = finding.state
        count = note_finding(finding, events, count, number, ordinal, time, time - start)
        episodes += 1
        rinses += (1 if finding.rinse >= 0 else 0) + finding.extra_rinse
        if finding.rinse <= 0:
            operations += 1
            line_operations += 1 if finding.line > 0 else 0
            first_operation = min(first_operation, time)
        if finding.replaced:
            cause, remedy = FLOW_REPLACEMENT, REPLACE
            break
    return Life(
        time, cause, remedy, first_operation, refills, episodes, rinses, line_operations, operations, delivered,
        missed, deficit, count, status,
    )  # fmt: skip


class Progress(NamedTuple):
    """How far a call of `histories` came: what it finished is in the buffers."""

    status: int
    patients: int
    devices: int
    events: int


PATIENT_WIDTH = 15
DEVICE_WIDTH = 13


@inlined
def write_device(devices: Any, count: int, patient: int, ordinal: int, start: float, life: Life) -> int:
    """Write one device if there is room and return the count either way."""
    if count < devices.shape[0]:
        devices[count, 0] = patient
        devices[count, 1] = ordinal
        devices[count, 2] = start
        devices[count, 3] = life.time - start
        devices[count, 4] = life.cause
        devices[count, 5] = life.refills
        devices[count, 6] = life.episodes
        devices[count, 7] = life.rinses
        devices[count, 8] = life.line_operations
        devices[count, 9] = life.operations
        devices[count, 10] = life.delivered
        devices[count, 11] = life.missed
        devices[count, 12] = life.deficit
    return count + 1


@kernel
def histories(
    design: Design,
    rules: Rules,
    base: Any,
    spreads: Any,
    mode_rows: Any,
    hazards: Any,
    seed: int,
    first: int,
    row: Any,
    left: Any,
    patients: Any,
    devices: Any,
    events: Any,
) -> Progress:
    """Follow patients `first`, `first + 1`, ... into the buffers, and return how far it came.

    Parameters
    ----------
    design, rules : Design, Rules
        What is simulated, all numbers SI floats.
    base : ndarray (n_slots,)
        The packed pump.
    spreads, mode_rows, hazards : ndarray (n, SPREAD_WIDTH), (n, MODE_WIDTH), (n, HAZARD_WIDTH)
        Tables of drawn parameters, of what modes lead to, of hazards.
    seed, first : int
        Seed of the study and number of the first patient.
    row, left : ndarray (n_slots,), (n_hazards,)
        Scratch.
    patients, devices, events : ndarray (n, width)
        Buffers. A patient whose devices or events do not fit is given up; the call returns before it with status FULL.
    """
    n_devices = n_events = 0
    for i in range(patients.shape[0]):
        before_devices, before_events = n_devices, n_events
        patient = enrolled(design.population, seed, first + i, rules.horizon)
        first_operation = 1e300
        refills = episodes = rinses = line_operations = operations = ordinal = 0
        delivered = missed = deficit = time = 0.0
        end, reason = patient.end, patient.reason
        while time < end:
            for k in range(base.shape[0]):
                row[k] = base[k]
            number = int((patient.entry + time) / design.population.lot_duration)
            draw_parameters(spreads, row, seed, patient, ordinal, number)
            pump = unpack(design.pump, row)
            life = follow(
                design, rules, pump, mode_rows, hazards, left, seed, patient, ordinal, time, events, n_events
            )
            n_events = life.events
            n_devices = write_device(devices, n_devices, first + i, ordinal, time, life)
            status = life.status
            if n_events > events.shape[0] or n_devices > devices.shape[0]:
                status = FULL
            if ordinal + 1 >= MOST_DEVICES:
                status = TOO_MANY_FIRINGS
            if status != DONE:
                return Progress(status, i, before_devices, before_events)
            first_operation = min(first_operation, life.first_operation)
            refills += life.refills
            episodes += life.episodes
            rinses += life.rinses
            line_operations += life.line_operations
            operations += life.operations
            delivered += life.delivered
            missed += life.missed
            deficit += life.deficit
            if life.cause == 0:
                break
            if rules.replaces == 0.0:
                end, reason = life.time, DEVICE_END
                break
            time = life.time + design.clinic.operation_delay
            if life.remedy == EXPLANT:
                time = life.time + design.clinic.reimplantation_delay
                if uniform(seed, first + i, ordinal, EXPLANT_STREAM) < design.clinic.abandonment:
                    end, reason = life.time, ABANDONED
            ordinal += 1
        patients[i, 0] = patient.world
        patients[i, 1] = patient.entry
        patients[i, 2] = end
        patients[i, 3] = reason
        patients[i, 4] = first_operation
        patients[i, 5] = ordinal + 1 if time < end else ordinal
        patients[i, 6] = refills
        patients[i, 7] = episodes
        patients[i, 8] = rinses
        patients[i, 9] = line_operations
        patients[i, 10] = operations
        patients[i, 11] = delivered
        patients[i, 12] = missed
        patients[i, 13] = deficit
        patients[i, 14] = patient.rate
    return Progress(DONE, patients.shape[0], n_devices, n_events)
