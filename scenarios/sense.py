"""Whether the numbers of a valid scenario make sense together; each number's own bounds stand in
`scenarios.entries`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fluidics.check import check
from fluidics.drives import Piston
from fluidics.drugs import aggregation, formulation
from fluidics.drugs.aggregation import Insulin
from fluidics.drugs.formulation import FormulatedInsulin
from fluidics.fluid import water_viscosity
from fluidics.power import Battery
from fluidics.pump import MEDIAN_LUCK, Pump
from fluidics.questions import (
    back_pressure,
    capacity,
    carry_over,
    fresh,
    histogram,
    pressure,
    strokes,
    temperature,
    usable,
)
from fluidics.reservoirs.propellant_reservoir import PropellantReservoir, exhaustion
from fluidics.sites.capsule import Encapsulating
from reliability.design import Design
from reliability.events import CLINIC_KINDS, HAZARD, LIMIT, MODE
from scenarios.cell_sense import cell_nonsense
from scenarios.document import Document, Keys
from scenarios.entries import NORMAL_LIMIT
from scenarios.problems import sentence
from scenarios.units import DAY
from scenarios.worn_sense import worn_nonsense

Complaint = tuple[Keys, str]
_EQUAL = 100.0  # Pa: a crack pressure that any check valve has

# as many as the codes of events have room for, which a result file keeps in 16 bits
MOST_LIMITS = MODE - LIMIT
MOST_MODES = HAZARD - MODE
MOST_HAZARDS = 2**15 - HAZARD
COLDEST, WARMEST = 273.15, 323.15  # [K] the constants of the propellants hold in between


def carried_growth(pump: Pump, interval: float) -> float | None:
    """Return the carry-over number rho exp(kappa tau) [-] for a refill interval [s], or None where nothing grows."""
    share = carry_over(pump.reservoir, fresh(pump.reservoir, MEDIAN_LUCK))
    if isinstance(pump.drug, Insulin):
        return aggregation.carried_growth(pump.drug, share, interval, temperature(pump.site))
    if isinstance(pump.drug, FormulatedInsulin):
        return formulation.carried_growth(pump.drug, share, interval, temperature(pump.site))
    return None


def nonsense(document: Document, table: Any, design: Design) -> list[str]:
    """Return a sentence for each thing that does not fit together, of a scenario whose single values are in order.

    Parameters
    ----------
    document : Document
        The scenario, with the place of each key.
    table : BaseModel
        The checked tables.
    design : Design
        What was made of them.
    """
    found = [
        *_names(table), *_room(table), *_power(table, design), *_reservoir(design), *_emptiness(table),
        *_clinic(design), *_follow_up(design), *_warmth(table, design), *_propellant(table, design), *_capsule(design),
        *worn_nonsense(design), *cell_nonsense(design),
    ]  # fmt: skip
    if not found:
        found = [*_suction(design), *_runaway(table, design), *_unanswered(table, design)]
    return [sentence(document, keys, reason) for keys, reason in found]


def _names(table: Any) -> Iterator[Complaint]:
    taken = {*CLINIC_KINDS.values(), "in_service"}
    for section in ("modes", "hazards", "dose_limits"):
        for name in getattr(table, section):
            if name in taken:
                yield (section, name), "this name is taken by another event; choose another"
            taken.add(name)


def _room(table: Any) -> Iterator[Complaint]:
    for section, most in (("modes", MOST_MODES), ("hazards", MOST_HAZARDS), ("dose_limits", MOST_LIMITS)):
        count = len(getattr(table, section))
        if count > most:
            yield (section,), f"there are {count:,}, and at most {most:,} are told apart; leave some out"


def _power(table: Any, design: Design) -> Iterator[Complaint]:
    power = design.pump.power
    if isinstance(power, Battery) and power.spread >= NORMAL_LIMIT:
        given = table.pump.power.spread.value.given
        yield ("pump", "power", "spread"), f"{given}: a normal spread stays below 25 %, or some cells hold no energy"


def _capsule(design: Design) -> Iterator[Complaint]:
    site = design.pump.site
    if isinstance(site, Encapsulating) and not 0.0 < site.capsule_resistance < site.final_resistance:
        yield ("pump", "site", "capsule_resistance"), "must be above zero and below final_resistance, where growth ends"


def _volume(cubic_metres: float) -> str:
    return f"{cubic_metres * 1e6:.4g} mL"


def _reservoir(design: Design) -> Iterator[Complaint]:
    pump = design.pump
    volume = usable(pump.reservoir, fresh(pump.reservoir, MEDIAN_LUCK))
    if not volume > 0.0:
        yield ("pump", "reservoir"), "holds no usable volume; its residual must stay below its capacity"
        return
    rate = design.population.mean_rate
    levels = histogram(design.regimen, rate)
    boluses = sum(level.rate * level.share for level in levels if level.rate > rate) * DAY
    if boluses > volume:
        reason = f"the boluses of a day, {_volume(boluses)}, are larger than the reservoir, {_volume(volume)} usable"
        yield ("population", "mean_rate"), reason
    elif rate * DAY > volume:
        reason = f"the dose of a day, {_volume(rate * DAY)}, is larger than the reservoir, {_volume(volume)} usable"
        yield ("population", "mean_rate"), reason
    count = strokes(pump.drive, rate)
    if count > 0.0 and rate / count > volume:
        reason = f"one stroke, {_volume(rate / count)}, is larger than the reservoir, {_volume(volume)} usable"
        yield ("pump", "drive"), reason
    if not sum(level.rate * level.share for level in levels) >= rate * 0.999:
        yield ("regimen",), "cannot deliver the mean rate of the population in a day; raise its highest rate"


def _emptiness(table: Any) -> Iterator[Complaint]:
    empty = {name: mode.stops for name, mode in table.modes.items() if mode.type == "empty-reservoir"}
    if not any(empty.values()):
        keys = ("modes", next(iter(empty)), "stops") if empty else ("modes",)
        reason = "no pump gives more than its reservoir holds; let a mode of type 'empty-reservoir' say stops = true"
        yield keys, reason


def _suction(design: Design) -> Iterator[Complaint]:
    pump = design.pump
    if not isinstance(pump.drive, Piston):
        return
    body = temperature(pump.site)
    inlet = pressure(pump.reservoir, fresh(pump.reservoir, MEDIAN_LUCK), body)
    outlet = back_pressure(pump.site, fresh(pump.site, MEDIAN_LUCK), 0.0, water_viscosity(body))
    if inlet > outlet + _EQUAL:
        yield (
            ("pump", "reservoir"),
            f"its pressure, {inlet / 1e3:.3g} kPa, is above that at the outlet, {outlet / 1e3:.3g} kPa: the "
            "passive valves of a piston would let the drug run out; raise ambient or name another propellant",
        )
    elif outlet - inlet >= pump.drive.stall_pressure:
        yield (
            ("pump", "drive", "stall_pressure"),
            f"cannot draw drug {(outlet - inlet) / 1e3:.3g} kPa up from reservoir to outlet; raise it or lower ambient",
        )


def _clinic(design: Design) -> Iterator[Complaint]:
    clinic, pump = design.clinic, design.pump
    volume = usable(pump.reservoir, fresh(pump.reservoir, MEDIAN_LUCK))
    if clinic.low_volume >= volume > 0.0:
        reason = f"{_volume(clinic.low_volume)} is not below what a full reservoir holds, {_volume(volume)} usable"
        yield ("clinic", "low_volume"), reason
    if clinic.interval > clinic.longest_interval:
        yield ("clinic", "interval"), "is longer than longest_interval"
    if clinic.interval_spread >= clinic.interval:
        yield ("clinic", "interval_spread"), "is not below interval"
    if clinic.missed >= 1.0:
        yield ("clinic", "missed"), "must be below 1, or no visit takes place"
    if clinic.surgery_threshold < clinic.error_threshold:
        yield ("clinic", "surgery_threshold"), "is below error_threshold"


def _follow_up(design: Design) -> Iterator[Complaint]:
    if design.population.closing_date <= design.population.entry_span:
        yield ("population", "closing_date"), "is not after the last entry; it must be longer than entry_span"


def _warmth(table: Any, design: Design) -> Iterator[Complaint]:
    if not COLDEST <= temperature(design.pump.site) <= WARMEST:
        yield ("pump", "site", "body_temperature"), f"must lie between 0 and 50 degC, where {_known(table)} known"


def _known(table: Any) -> str:
    name = getattr(table.pump.reservoir, "propellant", None)
    return f"the vapour pressure of {name} is" if name else "vapour pressures are"


def _propellant(table: Any, design: Design) -> Iterator[Complaint]:
    bellows = design.pump.reservoir
    if not isinstance(bellows, PropellantReservoir):
        return
    if not COLDEST <= bellows.refill_temperature <= WARMEST:
        keys = ("pump", "reservoir", "refill_temperature")
        yield keys, f"must lie between 0 and 50 degC, where {_known(table)} known"
    elif exhaustion(bellows, max(bellows.refill_temperature, temperature(design.pump.site))) <= 0.0:
        given = f"{bellows.amount * 1e3:.3g} mmol in {_volume(bellows.space)}"
        yield ("pump", "reservoir", "amount"), f"{given}: a full reservoir holds no liquid; raise it or lower space"


def _runaway(table: Any, design: Design) -> Iterator[Complaint]:
    number = carried_growth(design.pump, design.clinic.interval)
    if number is not None and number > 1.0 and not table.allow_runaway:
        yield (
            ("pump", "drug"),
            f"the carry-over number is {number:.3g}, above 1: each refill leaves more aggregate than the last; shorten "
            "clinic.interval, lower the residual volume or the growth, or say allow_runaway = true",
        )


def _unanswered(table: Any, design: Design) -> Iterator[Complaint]:
    rate = design.population.mean_rate
    try:
        check(design.pump, (), design.regimen, rate)
    except (TypeError, ValueError, ArithmeticError) as error:
        yield ("pump",), str(error)
        return
    for name, mode in zip(table.modes, design.modes, strict=True):
        try:
            check(design.pump, (mode,), design.regimen, rate)
        except AttributeError:
            yield ("modes", name), f"'{table.modes[name].type}' asks for a part that this pump lacks; leave it out"
        except (TypeError, ValueError, ArithmeticError) as error:
            yield ("modes", name), str(error)


def late(design: Design) -> str:
    """Return a sentence where the mean patient's reservoir is dry before a visit that is missed once, or nothing."""
    clinic, pump, rate = design.clinic, design.pump, design.population.mean_rate
    volume = usable(pump.reservoir, fresh(pump.reservoir, MEDIAN_LUCK))
    latest = clinic.interval + (clinic.postponement if clinic.missed > 0.0 else 0.0)
    called = max(capacity(pump.reservoir) - clinic.low_volume, 0.0) / rate + clinic.low_response
    if min(latest, called) * rate <= volume:
        return ""
    return (
        f"a visit comes up to {latest / DAY:.3g} d after a refill, the mean rate empties a full reservoir in "
        f"{volume / rate / DAY:.3g} d, and no alarm calls in time: see clinic.interval, postponement and low_volume."
    )
