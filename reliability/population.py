"""Who carries the pumps: patients, worlds with their batches and lots, and device parameters that spread; what then
happens to them stands in `reliability.history`."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.compile import constant, inlined
from fluidics.elementary import exp, inverse_normal, log
from fluidics.pump import Luck, Pump, PumpState
from fluidics.questions import disposable, fresh
from reliability.events import ABANDONED, DATE, DEATH, HORIZON, LOST
from reliability.streams import BATCH, LOT, PART, PATIENT, SPREAD, normal, two_uniforms

# events of the patient's stream
_DOSE, _ENTRY, _LEAVING = (constant(k) for k in range(3))

# columns of a spread row: which slot of the packed pump, how, how much, and with whom it is shared
SLOT, LAW, SPREAD_SD, SHARED = 0, 1, 2, 3
SPREAD_WIDTH = 4
NORMAL_LAW, LOGNORMAL_LAW = 0, 1
PER_DEVICE, PER_LOT, PER_PATIENT = 0, 1, 2

# places of the parts in a pump
RESERVOIR, DRUG, DRIVE, CATHETER, SITE, POWER = (constant(k) for k in range(6))


class Population(NamedTuple):
    """Patients of a study and the worlds they live in."""

    mean_rate: Annotated[float, "m3/s"]  # median over patients of the programmed daily mean
    rate_spread: Annotated[float, "-"]  # log standard deviation between patients
    cycle_spread: Annotated[float, "-"]  # log standard deviation between the cycles of a patient
    frailty_spread: Annotated[float, "-"]  # log standard deviation of the patient's frailty, whose mean is 1
    death_rate: Annotated[float, "1/s"]
    loss_rate: Annotated[float, "1/s"]
    abandonment_rate: Annotated[float, "1/s"]
    entry_span: Annotated[float, "s"]  # patients enter uniformly over it
    closing_date: Annotated[float, "s"]  # since the first entry; follow-up ends then
    patients_per_world: Annotated[float, "-"]
    batch_duration: Annotated[float, "s"]
    lot_duration: Annotated[float, "s"]
    response_time: Annotated[float, "s"]  # mean of the exponential time to notice that delivery has stopped
    bearable_time: Annotated[float, "s"]  # without insulin before ketoacidosis


class Patient(NamedTuple):
    """One patient as drawn."""

    number: int
    world: int
    rate: float  # [m3/s]
    frailty: float  # [-]
    entry: float  # [s] since the first entry of the study
    end: float  # [s] since the patient's entry
    reason: int


@inlined
def enrolled(population: Population, seed: int, number: int, horizon: float) -> Patient:
    """Return the patient of a number: dose, frailty, entry, and when and why follow-up will end."""
    dose, frail = two_uniforms(seed, number, _DOSE, PATIENT)
    enter, die = two_uniforms(seed, number, _ENTRY, PATIENT)
    lose, give_up = two_uniforms(seed, number, _LEAVING, PATIENT)
    spread = population.frailty_spread
    entry = enter * population.entry_span
    end = horizon
    reason = HORIZON
    if population.closing_date - entry < end:
        end = population.closing_date - entry
        reason = DATE
    if -log(die) < end * population.death_rate:
        end = -log(die) / population.death_rate
        reason = DEATH
    if -log(lose) < end * population.loss_rate:
        end = -log(lose) / population.loss_rate
        reason = LOST
    if -log(give_up) < end * population.abandonment_rate:
        end = -log(give_up) / population.abandonment_rate
        reason = ABANDONED
    return Patient(
        number=number,
        world=number // int(population.patients_per_world),
        rate=population.mean_rate * exp(population.rate_spread * inverse_normal(dose)),
        frailty=exp(spread * inverse_normal(frail) - 0.5 * spread * spread),
        entry=entry,
        end=end,
        reason=reason,
    )


@inlined
def batch_number(population: Population, patient: Patient, time: float) -> int:
    """Return the number of the drug batch that the patient's world uses at a time [s] since entry."""
    return int((patient.entry + time) / population.batch_duration)


@inlined
def batch(seed: int, patient: Patient, number: int) -> float:
    """Return the standard normal of a drug batch of the patient's world."""
    return normal(seed, patient.world, number, BATCH)


@inlined
def lot(population: Population, seed: int, patient: Patient, time: float) -> float:
    """Return the standard normal of the pump lot that the patient's world implants at a time [s] since entry."""
    return normal(seed, patient.world, int((patient.entry + time) / population.lot_duration), LOT)


@inlined
def part_luck(seed: int, patient: Patient, place: int, event: int, shared: float) -> Luck:
    """Return the luck of one fresh part."""
    a, b = two_uniforms(seed, patient.number, event, PART + place)
    return Luck(uniform=a, normal=inverse_normal(b), batch=shared)


@inlined
def implanted(pump: Pump, seed: int, patient: Patient, event: int, shared: float) -> PumpState:
    """Return the state of a new pump; each part has its own luck, and the lot in common."""
    return PumpState(
        reservoir=fresh(pump.reservoir, part_luck(seed, patient, RESERVOIR, event, shared)),
        drug=fresh(pump.drug, part_luck(seed, patient, DRUG, event, shared)),
        drive=fresh(pump.drive, part_luck(seed, patient, DRIVE, event, shared)),
        catheter=fresh(pump.catheter, part_luck(seed, patient, CATHETER, event, shared)),
        site=fresh(pump.site, part_luck(seed, patient, SITE, event, shared)),
        power=fresh(pump.power, part_luck(seed, patient, POWER, event, shared)),
    )


@inlined
def _kept_or_new(part: Any, own: Any, seed: int, patient: Patient, place: int, event: int, shared: float) -> Any:
    if disposable(part) != 0.0:
        return fresh(part, part_luck(seed, patient, place, event, shared))
    return own


@inlined
def renewed(pump: Pump, state: PumpState, seed: int, patient: Patient, event: int, shared: float) -> PumpState:
    """Return the state with new parts in place of those that every refill replaces, each with its own luck."""
    return PumpState(
        reservoir=_kept_or_new(pump.reservoir, state.reservoir, seed, patient, RESERVOIR, event, shared),
        drug=_kept_or_new(pump.drug, state.drug, seed, patient, DRUG, event, shared),
        drive=_kept_or_new(pump.drive, state.drive, seed, patient, DRIVE, event, shared),
        catheter=_kept_or_new(pump.catheter, state.catheter, seed, patient, CATHETER, event, shared),
        site=_kept_or_new(pump.site, state.site, seed, patient, SITE, event, shared),
        power=_kept_or_new(pump.power, state.power, seed, patient, POWER, event, shared),
    )


@inlined
def draw_parameters(
    population: Population, spreads: Any, row: Any, seed: int, patient: Patient, ordinal: int, time: float
) -> None:
    """Lay the drawn spread of each spread row on the packed parameters in `row`, for a pump implanted at `time` [s]."""
    lot_number = int((patient.entry + time) / population.lot_duration)
    for k in range(spreads.shape[0]):
        shared = int(spreads[k, SHARED])
        if shared == PER_LOT:
            z = normal(seed, patient.world, lot_number, SPREAD + k)
        elif shared == PER_PATIENT:
            z = normal(seed, patient.number, _DOSE, SPREAD + k)
        else:
            z = normal(seed, patient.number, ordinal + 1, SPREAD + k)
        slot = int(spreads[k, SLOT])
        if int(spreads[k, LAW]) == LOGNORMAL_LAW:
            row[slot] *= exp(spreads[k, SPREAD_SD] * z)
        else:
            # cut where a part would not pass inspection, so that no dimension can change its sign
            row[slot] *= 1.0 + spreads[k, SPREAD_SD] * min(max(z, -4.0), 4.0)
