"""How patients draw their reservoirs down, day by day and refill after refill; what follows from it for the size of a
reservoir stands in `reliability.sizing`, what else happens to a pump in `reliability.history`."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.compile import inlined, kernel
from fluidics.elementary import exp, inverse_normal
from fluidics.engines.panel import seen
from fluidics.questions import histogram, usable
from fluidics.rows import unpack
from reliability.clinic import next_visit
from reliability.design import MOST_VISITS, Design
from reliability.events import DONE, TOO_MANY_VISITS
from reliability.population import Patient, draw_parameters, enrolled, implanted, lot
from reliability.streams import ANSWER, DAY_DOSE, FILL, VISIT, two_uniforms, uniform

DAY = 86400.0
NEVER = 1e300
_PAIRS = 1_048_576  # counters for the pairs of days of one cycle


class Requirement(NamedTuple):
    """How often a reservoir may run dry, and what it must hold out against; what is not stated does not happen."""

    run_dry: Annotated[float, "-"]  # accepted share of the patients whose reservoir ever runs dry
    run_dry_per_refill: Annotated[float, "-"] = 1.0  # accepted share of the refills that find a dry reservoir
    day_spread: Annotated[float, "-"] = 0.0  # coefficient of variation of one day's dose about the mean of its cycle
    answering: Annotated[float, "-"] = 1.0  # share of the patients who come when the pump calls them
    empty_volume: Annotated[float, "m3"] = 0.0  # left by programmed volume at the message of an empty reservoir
    empty_response: Annotated[float, "s"] = NEVER  # from that message to the visit
    activation: Annotated[float, "m3"] = 0.0  # withdrawn again and discarded after a fill, so that the reservoir sucks


class Levels(NamedTuple):
    """Programmed volumes since the refill at which something happens."""

    low: Annotated[float, "m3"]
    empty: Annotated[float, "m3"]
    dry: Annotated[float, "m3"]


class Delays(NamedTuple):
    """From what happens to the visit it leads to."""

    low: Annotated[float, "s"]
    empty: Annotated[float, "s"]
    dry: Annotated[float, "s"]


class Drawdown(NamedTuple):
    """One cycle; times since the refill [s], `NEVER` for what did not happen before the visit."""

    visit: float
    low: float
    empty: float
    dry: float
    left: float  # [-] share of the usable volume that the visit finds
    called: bool  # a message of the pump brought the visit forward


@inlined
def _reached(time: float, level: float, before: float, rate: float, start: float) -> float:
    """Return when a programmed volume is reached [s] on a day of one rate, unless it was before."""
    if time == NEVER and level <= before + rate * DAY:
        return start + max(level - before, 0.0) / rate
    return time


@kernel
def drawn_down(
    levels: Levels, delays: Delays, rate: float, spread: float, appointment: float, seed: int, number: int, cycle: int
) -> Drawdown:
    """Return one cycle of a patient, from the refill to the next visit.

    Each day has one dose, normal about the mean of the cycle and cut just above zero:

    V(d + 1) = V(d) + rate max(1 + spread Z_d, 1e-6) day

    Parameters
    ----------
    levels, delays : Levels, Delays
        What happens at which programmed volume [m3], and how much later [s] the patient comes for it.
    rate : float
        Programmed mean of the cycle [m3/s].
    spread : float
        Coefficient of variation of one day's dose [-].
    appointment : float
        Time from the refill to the visit if nothing brings the patient earlier [s].
    seed, number, cycle : int
        Seed of the study, patient, and which refill of the patient.

    Notes
    -----
    Doses of different days are independent; within a day the dose is even.

    Examples
    --------
    15 mL at 0.1 mL a day: the message at 2 mL left, the message at 1 mL left, and dry with 1 mL that cannot be drawn.

    >>> late = Delays(low=NEVER, empty=NEVER, dry=NEVER)
    >>> end = drawn_down(Levels(13e-6, 14e-6, 14e-6), late, 0.1e-6 / DAY, 0.0, 200.0 * DAY, 1, 0, 0)
    >>> round(end.low / DAY, 9), round(end.empty / DAY, 9), round(end.dry / DAY, 9)
    (130.0, 140.0, 140.0)
    """
    low = empty = dry = NEVER
    visit, start, before, day, other = appointment, 0.0, 0.0, 0, 0.5
    while True:
        u = other
        if day % 2 == 0:
            u, other = two_uniforms(seed, number, cycle * _PAIRS + day // 2, DAY_DOSE)
        dose = rate * max(1.0 + spread * inverse_normal(u), 1e-6)
        low = _reached(low, levels.low, before, dose, start)
        empty = _reached(empty, levels.empty, before, dose, start)
        dry = _reached(dry, levels.dry, before, dose, start)
        visit = min(min(visit, low + delays.low), min(empty + delays.empty, dry + delays.dry))
        if visit <= start + DAY:
            break
        before += dose * DAY
        start += DAY
        day += 1
    return Drawdown(
        visit=visit,
        low=low if low < visit else NEVER,
        empty=empty if empty < visit else NEVER,
        dry=dry if dry < visit else NEVER,
        left=max(1.0 - (before + dose * (visit - start)) / levels.dry, 0.0),
        called=visit < appointment and min(low + delays.low, empty + delays.empty) <= visit,
    )


# columns of a patient's row
REFILLS = 0  # visits with a refill
DRY_REFILLS = 1  # of them, those that found the reservoir dry
RAN_DRY = 2  # 1 when the reservoir ever ran dry
DRY_TIME = 3  # [s] with a dry reservoir
WITHDRAWN = 4  # [m3] withdrawn at refills and discarded
CALLED = 5  # visits that a message of the pump brought forward
ROW_WIDTH = 6


@inlined
def happenings(design: Design, requirement: Requirement, pump: Any, state: Any, rate: float) -> Levels:
    """Return at which programmed volumes [m3] a full pump calls the patient and runs dry.

    The pump counts what it programmes; what leaves the reservoir is the flow at the operating point of a new pump.
    """
    around = seen(pump, state, histogram(design.regimen, rate), 1.0)
    room = usable(pump.reservoir, state.reservoir)
    full = room + pump.reservoir.residual
    return Levels(
        low=full - design.clinic.low_volume,
        empty=full - requirement.empty_volume,
        dry=room * around.programmed / around.flow if around.flow > 0.0 else NEVER,
    )


@inlined
def cycled(
    design: Design,
    requirement: Requirement,
    delays: Delays,
    pump: Any,
    state: Any,
    seed: int,
    patient: Patient,
    cycle: int,
) -> Drawdown:
    """Return a cycle of a patient with the dose and the appointment that `reliability.history` gives it."""
    dose = two_uniforms(seed, patient.number, cycle, FILL)[0]
    rate = patient.rate * exp(design.population.cycle_spread * inverse_normal(dose))
    wait = next_visit(design.clinic, pump, rate, two_uniforms(seed, patient.number, cycle, VISIT)[0])
    levels = happenings(design, requirement, pump, state, rate)
    return drawn_down(levels, delays, rate, requirement.day_spread, wait, seed, patient.number, cycle)


@kernel
def refills(
    design: Design,
    requirement: Requirement,
    delays: Delays,
    base: Any,
    spreads: Any,
    horizon: float,
    seed: int,
    first: int,
    row: Any,
    patients: Any,
) -> int:
    """Follow patients `first`, `first + 1`, ... through their refills into `patients`, and return a status.

    Everyone is followed over the whole horizon: death and loss end a study, not what a reservoir must hold out
    against. Patients, their doses, cycles and appointments are those of `reliability.history` at the same seed.

    Parameters
    ----------
    design : Design
        What is simulated; with a clinic that never answers a message, which is what `delays` is for.
    requirement, delays : Requirement, Delays
        Spread of the days, who answers; how much later those who answer come.
    base : ndarray (n_slots,)
        The packed pump.
    spreads : ndarray (n_spreads, SPREAD_WIDTH)
        Drawn parameters.
    horizon : float
        Length of follow-up [s].
    seed, first : int
        Seed of the study and number of the first patient.
    row : ndarray (n_slots,)
        Scratch.
    patients : ndarray (n, ROW_WIDTH)
        Buffer.
    """
    people = design.population
    for i in range(patients.shape[0]):
        patient = enrolled(people, seed, first + i, horizon)
        for k in range(base.shape[0]):
            row[k] = base[k]
        draw_parameters(people, spreads, row, seed, patient, 0, 0.0)
        pump = unpack(design.pump, row)
        state = implanted(pump, seed, patient, 0, lot(people, seed, patient, 0.0))
        answers = uniform(seed, first + i, 0, ANSWER) < requirement.answering
        late = delays if answers else Delays(low=NEVER, empty=NEVER, dry=delays.dry)
        for k in range(ROW_WIDTH):
            patients[i, k] = 0.0
        time = 0.0
        cycle = 0
        while time < horizon:
            if cycle >= MOST_VISITS:
                return TOO_MANY_VISITS
            end = cycled(design, requirement, late, pump, state, seed, patient, cycle)
            followed = horizon - time
            if end.dry < followed:
                patients[i, RAN_DRY] = 1.0
                patients[i, DRY_TIME] += min(end.visit, followed) - end.dry
            if end.visit <= followed:
                patients[i, REFILLS] += 1.0
                patients[i, DRY_REFILLS] += 1.0 if end.dry < NEVER else 0.0
                patients[i, CALLED] += 1.0 if end.called else 0.0
                patients[i, WITHDRAWN] += end.left * usable(pump.reservoir, state.reservoir) + requirement.activation
            time += end.visit
            cycle += 1
    return DONE
