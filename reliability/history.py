"""The lifetime kernel: patients through the years, pump after pump; the life of one pump stands in `reliability.life`,
who the patients are in `reliability.population`."""

from __future__ import annotations

from typing import Any, NamedTuple

from fluidics.compile import inlined, kernel
from fluidics.rows import unpack
from reliability.cycle import next_implantation
from reliability.design import MOST_DEVICES, Design, Rules
from reliability.doses import Doses, begin, jump, told
from reliability.events import ABANDONED, DEVICE_END, DONE, FULL, NOTHING, TOO_MANY_DEVICES
from reliability.life import Life, follow
from reliability.population import Patient, draw_parameters, enrolled


class Progress(NamedTuple):
    """How far a call of `histories` came: what it finished is in the buffers."""

    status: int
    patients: int
    devices: int
    events: int


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


class Course(NamedTuple):
    """A patient's course over all pumps, added up."""

    end: float  # [s]
    reason: int
    first_operation: float  # [s]
    devices: int
    refills: int
    episodes: int
    rinses: int
    line_operations: int
    operations: int
    delivered: float  # [m3]
    missed: float  # [m3]
    deficit: float  # [s]


@inlined
def begun(patient: Patient) -> Course:
    """Return the course of a patient before the first pump."""
    none = NOTHING
    return Course(patient.end, patient.reason, 1e300, none, none, none, none, none, none, 0.0, 0.0, 0.0)


@inlined
def continued(course: Course, life: Life, end: float, reason: int) -> Course:
    """Return the course with one more pump, and the end of follow-up as it now stands."""
    return Course(
        end=end,
        reason=reason,
        first_operation=min(course.first_operation, life.first_operation),
        devices=course.devices + 1,
        refills=course.refills + life.refills,
        episodes=course.episodes + life.episodes,
        rinses=course.rinses + life.rinses,
        line_operations=course.line_operations + life.line_operations,
        operations=course.operations + life.operations,
        delivered=course.delivered + life.delivered,
        missed=course.missed + life.missed,
        deficit=course.deficit + life.deficit,
    )


@inlined
def write_patient(patients: Any, i: int, patient: Patient, course: Course) -> None:
    """Write one patient."""
    patients[i, 0] = patient.world
    patients[i, 1] = patient.entry
    patients[i, 2] = course.end
    patients[i, 3] = course.reason
    patients[i, 4] = course.first_operation
    patients[i, 5] = course.devices
    patients[i, 6] = course.refills
    patients[i, 7] = course.episodes
    patients[i, 8] = course.rinses
    patients[i, 9] = course.line_operations
    patients[i, 10] = course.operations
    patients[i, 11] = course.delivered
    patients[i, 12] = course.missed
    patients[i, 13] = course.deficit
    patients[i, 14] = patient.rate


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
    clock: Any,
    doses: Doses | None,
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
    row, clock : ndarray (n_slots,), (n_hazards, CLOCK_WIDTH)
        Scratch.
    doses : Doses or None
        Limits of the dose, and scratch.
    patients, devices, events : ndarray (n, width)
        Buffers. A patient whose devices or events do not fit is given up; the call returns before it with status FULL.
    """
    n_devices = n_events = NOTHING
    for i in range(patients.shape[0]):
        before_devices, before_events = n_devices, n_events
        patient = enrolled(design.population, seed, first + i, rules.horizon)
        course = begun(patient)
        if doses is not None:
            begin(doses)
        time = 0.0
        while time < course.end:
            ordinal = course.devices
            for k in range(base.shape[0]):
                row[k] = base[k]
            draw_parameters(design.population, spreads, row, seed, patient, ordinal, time)
            pump = unpack(design.pump, row)
            life = follow(
                design, rules, pump, mode_rows, hazards, clock, doses, seed, patient, ordinal, time, events, n_events
            )
            n_events = life.events
            n_devices = write_device(devices, n_devices, first + i, ordinal, time, life)
            status = life.status
            if n_events > events.shape[0] or n_devices > devices.shape[0]:
                status = FULL
            if ordinal + 1 >= MOST_DEVICES and status == DONE:
                status = TOO_MANY_DEVICES
            if status != DONE:
                return Progress(status, i, before_devices, before_events)
            end, reason = course.end, course.reason
            if life.cause == 0:
                time = end
            else:
                time = next_implantation(design, rules, seed, patient, ordinal, life.remedy, life.time)
                if time >= 1e300:
                    end, reason = life.time, ABANDONED if rules.replaces != 0.0 else DEVICE_END
            course = continued(course, life, end, reason)
        if doses is not None:
            jump(doses, 1.0, course.end)
            n_events = told(doses, seed, patient.number, events, n_events)
            if n_events > events.shape[0]:
                return Progress(FULL, i, before_devices, before_events)
        write_patient(patients, i, patient, course)
    return Progress(DONE, patients.shape[0], n_devices, n_events)
