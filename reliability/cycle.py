"""One cycle of a device, from a refill to the next visit, with the modes that cross and the hazards that fire in it;
the quiet stretches between them stand in `reliability.stretch`, the visit in `reliability.clinic`."""

from __future__ import annotations

from typing import Any, NamedTuple

from fluidics.compile import inlined
from fluidics.engines.panel import seen
from fluidics.pump import Pump, PumpState, Surroundings
from reliability.design import MOST_VISITS, Design, Rules
from reliability.doses import Doses, changed, noted
from reliability.events import (
    DONE,
    EXPLANT,
    HAZARD,
    KETOACIDOSIS,
    MODE,
    NOTHING,
    RECORD,
    REPLACE,
    TOO_MANY_FIRINGS,
    VISIT,
    note,
)
from reliability.hazards import AGE, DELAY, DOSE, OPERATED, REMEDY, STOPS, TARGET, next_firing, threshold, wind
from reliability.interruption import MODE_DELAY, MODE_MISSED, MODE_REMEDY, MODE_STARVES, MODE_STOPS
from reliability.population import Patient
from reliability.streams import EXPLANT as EXPLANT_STREAM
from reliability.streams import HAZARD as HAZARD_STREAM
from reliability.streams import RESPONSE, two_uniforms, uniform
from reliability.stretch import lived

MOST_FIRINGS = 1_000


class Happening(NamedTuple):
    """What an interruption leads to."""

    kind: int
    remedy: int
    operated: int
    stops: bool
    starves: bool
    delay: float  # [s] until the patient comes
    latch: int  # bit of the mode
    arriving: float  # [-] of the dose that arrived before


@inlined
def mode_happening(mode_rows: Any, mode: int, programmed: float) -> Happening:
    """Return what a mode that crossed leads to; a volume that must be missed first takes its time [s] at the rate.

    Parameters
    ----------
    mode_rows : ndarray (n, MODE_WIDTH)
        What modes lead to.
    mode : int
        Number of the mode.
    programmed : float
        Mean programmed rate [m3/s], above zero.
    """
    remedy = int(mode_rows[mode, MODE_REMEDY])
    return Happening(
        kind=MODE + mode,
        remedy=remedy,
        operated=1 if remedy >= REPLACE else 0,
        stops=mode_rows[mode, MODE_STOPS] != 0.0,
        starves=mode_rows[mode, MODE_STARVES] != 0.0,
        delay=mode_rows[mode, MODE_DELAY] + mode_rows[mode, MODE_MISSED] / programmed if remedy == VISIT else 1e300,
        latch=1 << mode,
        arriving=1.0,
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
        delay=hazards[row, DELAY] if hazards[row, DELAY] > 0.0 else 1e300,
        latch=NOTHING,
        arriving=1.0 + hazards[row, DOSE],
    )


@inlined
def next_implantation(
    design: Design, rules: Rules, seed: int, patient: Patient, ordinal: int, remedy: int, time: float
) -> float:
    """Return when [s] the pump after one that ended at `time` is implanted; 1e300 when follow-up ends with it."""
    if rules.replaces == 0.0:
        return 1e300
    if remedy != EXPLANT:
        return time + design.clinic.replacement_delay
    if uniform(seed, patient.number, ordinal, EXPLANT_STREAM) < design.clinic.abandonment:
        return 1e300
    return time + design.clinic.reimplantation_delay


@inlined
def relieved(
    design: Design, rules: Rules, seed: int, patient: Patient, ordinal: int, remedy: int, time: float
) -> float:
    """Return when [s] a patient whose pump ended at `time` is relieved: nothing is recorded after follow-up."""
    following = next_implantation(design, rules, seed, patient, ordinal, remedy, time)
    return min(following, patient.end) if following < 1e300 else time


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
    rules: Rules,
    pump: Pump,
    state: PumpState,
    levels: Any,
    around: Surroundings,
    mode_rows: Any,
    hazards: Any,
    clock: Any,
    doses: Doses | None,
    seed: int,
    patient: Patient,
    ordinal: int,
    start: float,
    time: float,
    visit: float,
    interruptions: int,
    events: Any,
    count: int,
) -> Cycle:
    """Return the cycle from `time` to `visit` [s] with all that interrupts it."""
    people = design.population
    delivered = expected = missed = deficit = 0.0
    first_operation = 1e300
    cause, remedy, status, latched, operations, firings = NOTHING, RECORD, DONE, NOTHING, NOTHING, NOTHING
    running, arriving, reported = 1.0, 1.0, False
    until = min(visit, patient.end)
    longest = (visit - time) / rules.panels
    row = next_firing(clock)
    count = changed(doses, pump, state, around, arriving, time, seed, patient.number, events, count)
    while time < until and cause == 0 and status == DONE:
        firing = start + clock[row, AGE] if row >= 0 else 1e300
        part = lived(
            design.modes, pump, state, levels, around, time, min(until, max(firing, time)), longest, running, latched,
            design.clinic.error_threshold, doses, arriving,
        )  # fmt: skip
        state, around, time, status = part.state, part.around, part.time, part.status
        delivered += part.delivered
        expected += part.expected
        missed += part.missed
        deficit += part.deficit
        count = noted(doses, seed, patient.number, events, count)
        if part.mode < 0 and time < firing:
            continue
        interruptions += 1
        firings += 1
        if firings > MOST_FIRINGS or interruptions >= MOST_VISITS:
            status = TOO_MANY_FIRINGS
        event = ordinal * MOST_VISITS + interruptions
        response, chance = two_uniforms(seed, patient.number, event, RESPONSE)
        if part.mode < 0:
            what = hazard_happening(hazards, row, chance)
            more = threshold(uniform(seed, patient.number, event, HAZARD_STREAM + row))
            wind(hazards, clock, row, patient.frailty, clock[row, TARGET] + more)
            row = next_firing(clock)
        else:
            what = mode_happening(mode_rows, part.mode, around.programmed)
        latched |= what.latch
        count = note(events, count, patient.number, ordinal, time, time - start, what.kind, 0.0, what.operated)
        if what.operated:
            operations += 1
            first_operation = min(first_operation, time)
        if what.remedy == REPLACE or what.remedy == EXPLANT:
            cause, remedy = what.kind, what.remedy
        if time + what.delay < until:
            until = time + what.delay
            reported = True
        relief = until if cause == 0 else relieved(design, rules, seed, patient, ordinal, remedy, time)
        late = time + people.bearable_time if running != 0.0 else 1e300  # what stands still has starved already
        if what.starves and late < relief and threshold(response) * people.response_time > people.bearable_time:
            count = note(events, count, patient.number, ordinal, late, late - start, KETOACIDOSIS, 0.0, 0)
        if what.stops:
            # a pump that stands still neither recovers nor complains again before the visit
            running, latched = 0.0, NOTHING - 1
            around = seen(pump, state, levels, 0.0)
        arriving *= what.arriving
        count = changed(doses, pump, state, around, arriving, time, seed, patient.number, events, count)
    return Cycle(
        state, around, time, delivered, expected, missed, deficit, cause, remedy, reported and running != 0.0,
        first_operation, operations, interruptions, count, status,
    )  # fmt: skip
