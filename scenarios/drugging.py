"""What of the drug a traced pump delivers: strength, concentration at the tip, active volume; what follows for the
patient stands in `scenarios.consequence`, the trace itself in `scenarios.tracing`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np

from fluidics.drugs.contents import Contents, Refill, active, contents
from fluidics.engines.trace import Event
from fluidics.lines.dead_volume import tubes
from fluidics.network import Floats
from fluidics.pump import Pump, new_pump
from fluidics.questions import capacity, temperature
from fluidics.rows import pack, slots, unpack
from fluidics.transport.flow import drawn_back, flowed
from fluidics.transport.stretch import Fill, Tube
from fluidics.transport.transport import SAME, Arrival, transported
from reliability.recording import Column
from scenarios.bridging import DIFFUSIVITY, concentration
from scenarios.consequence import Interruption, Told, flags, interruption, matters
from scenarios.document import ScenarioError
from scenarios.parts import PARTS
from scenarios.report.words import rounded
from scenarios.run import Run
from scenarios.scenario import BLOCKAGE, Scenario
from scenarios.timetable import moment
from scenarios.trace_words import CONCENTRATIONS, REFILL
from scenarios.units import convert

HOUR = 3600.0
WHOLE = 1.0 - 5e-5  # [-]: strength from which on a hundred per cent are shown


class Drugged(NamedTuple):
    """The drug's side of a trace, at its r times."""

    time: Floats  # (r,) [s]
    drug: str  # "U" or "g", by which it is counted; nothing where the scenario does not say
    strength: Floats  # (r,) [-] in the reservoir
    active: Floats  # (r,) [m3] delivered, at full strength
    drawn_back: Floats  # (r,) [m3] through the tip, that has not yet left again; zeros where it is no fluid of the body
    arriving: Floats | None  # (r,) [U/m3 or g/m3] at the tip, where a refill was asked or fluid was drawn back
    last: float  # [U/m3 or g/m3] in the reservoir at the end
    refilled: bool
    interruption: Interruption | None
    matters: tuple[Told, ...]
    flags: dict[str, bool | None] | None  # which doses were off their setting; none where nobody knows
    complaints: tuple[str, ...]


def refills(scenario: Scenario, texts: Sequence[str], length: float) -> list[Refill]:
    """Return the refills of the command line, such as "2 h: 2000 ug/mL", in the order of time.

    Raises
    ------
    ScenarioError
        With a sentence for each that cannot be.
    """
    counted, made, wrong = _counted(scenario)[0], [], []
    for text in texts:
        try:
            made.append(_refill(text, counted, length))
        except ValueError as error:
            wrong.append(f"--refill {text}: {error}")
    times = [refill.time for refill in made]
    if len(set(times)) < len(times):
        wrong.append("--refill: two refills at the same time; give each its own")
    if wrong:
        raise ScenarioError(wrong)
    return sorted(made)


def _refill(text: str, counted: str, length: float) -> Refill:
    at, colon, given = text.rpartition(":")
    if not colon:
        raise ValueError('write TIME: CONCENTRATION, such as "2 h: 2000 ug/mL", or "2 h: none" for fluid without it')
    if not counted:
        raise ValueError("the scenario does not say what the pump holds; give its drug a concentration")
    when = moment(at.strip())
    if when.daily or when.seconds >= length:
        raise ValueError(f"must be a time from the start on, before the end of the trace at {length / HOUR:g} h")
    if given.strip() == "none":
        return Refill(when.seconds, 0.0)
    read = concentration(given.strip())
    if not read.unit.startswith(counted):
        raise ValueError(f"is not counted as the drug of the scenario is; allowed: {CONCENTRATIONS[counted][0]}")
    return Refill(when.seconds, read.si)


def _counted(scenario: Scenario) -> tuple[str, float]:
    """Return by what the drug of a scenario is counted, and its concentration [U/m3 or g/m3]; "" where it has none."""
    found = (value for value in scenario.values if value.path == "pump.drug.concentration")
    return next(((value.unit.split("/")[0], value.si) for value in found), ("", 0.0))


def followed(scenario: Scenario, done: Run, refilled: Sequence[Refill]) -> Drugged:
    """Return what of the drug a traced pump delivered.

    Raises
    ------
    ScenarioError
        When a refill is too small for the fronts on its sides.
    """
    trace, pump = done.trace, scenario.design.pump
    counted, held = _counted(scenario)
    end = float(trace.time[-1])
    inside = contents(pump, new_pump(pump), _temperatures(pump, done, end), held, refilled, end)
    back = _back(pump, done)
    worth = active(inside, trace.time, np.maximum.accumulate(trace.delivered))  # what is drawn back is there no more
    strength = np.interp(trace.time, inside.time, inside.strength)
    come, dose, last = None, held * worth, float(inside.concentration[-1])
    if counted and (refilled or back.any()):
        try:
            arrival = _arriving(pump, done, counted, inside, refilled)
        except ValueError as error:
            raise ScenarioError([f"--refill: {error}"]) from error
        come, last = arrival.concentration[1:], float(arrival.reservoir[-1])
        dose = np.cumsum(np.diff(arrival.mass) * strength)
    stop = interruption(trace)
    told = matters(scenario, counted, stop) if stop else ()
    off = flags(scenario, trace, dose, held * trace.programmed) if scenario.exposure else None
    complaints = tuple(_complaints(pump, done, come is not None))
    found = (trace.time, counted, strength, worth, back, come, last, bool(refilled))
    return Drugged(*found, stop, told, off, complaints)


def marked(done: Run, refilled: Sequence[Refill]) -> Run:
    """Return a run with its refills among the events of its trace."""
    more = [Event(each.time, REFILL, each.concentration) for each in refilled]
    events = sorted((*done.trace.events, *more), key=lambda event: event.time)
    return done._replace(trace=done.trace._replace(events=tuple(events)))


def _back(pump: Pump, done: Run) -> Floats:
    """Return the volume (r,) [m3] that was drawn back through the tip, unless it is too little to be the body's."""
    line = sum(tube.volume for tube in _line(pump))
    back = drawn_back(np.append(0.0, done.trace.delivered))[1:]
    return back if back.max() > SAME * line else np.zeros_like(back)


def _line(pump: Pump) -> tuple[Tube, ...]:
    return (*tubes(pump.drive), *tubes(pump.catheter))


def _temperatures(pump: Pump, done: Run, end: float) -> list[tuple[float, float]]:
    """Return the temperature [K] of the drug from each time [s] on."""
    numbers, names = pack(pump), slots(pump)
    found = [(0.0, temperature(pump.site))]
    for change in done.changes:
        if change.slot != BLOCKAGE and change.time < end:
            numbers[names.index(change.slot)] = change.value
            found.append((change.time, temperature(unpack(pump, numbers).site)))
    return found


def _arriving(pump: Pump, done: Run, counted: str, inside: Contents, refilled: Sequence[Refill]) -> Arrival:
    """Return what comes to the tip; amounts keep their own unit."""
    line, full = _line(pump), capacity(pump.reservoir)
    after = np.flatnonzero(np.diff(inside.time, prepend=-1.0) == 0.0)
    first = float(inside.concentration[0])
    fills = [Fill(float(inside.time[k]), float(inside.concentration[k]), full) for k in after]
    if not refilled or refilled[0].time > 0.0:
        fills = [Fill(0.0, first, full), *fills]
    flow = flowed(done.trace.time, done.trace.delivered)
    return transported(line, flow, fills, [first] * len(line), convert(DIFFUSIVITY[counted], "m2/s"))


def _complaints(pump: Pump, done: Run, arriving: bool) -> Iterator[str]:
    if beyond := getattr(done.trace.state.drug, "unmeasured", 0.0):
        yield f"for {beyond / HOUR:.4g} h the drug was at temperatures at which its loss was not measured"
    if arriving and not tubes(pump.drive):
        word = next(word for word, kind in PARTS["drive"].items() if isinstance(pump.drive, kind))
        yield f"the drive {word} does not say what it holds between reservoir and catheter: left out"


def columns(found: Drugged) -> list[Column]:
    """Return what a trace file keeps of the drug."""
    said = [Column("strength", found.strength, "1", "active share of the drug in the reservoir")]
    if found.arriving is not None:
        unit = f"{found.drug}/m3"
        said.append(Column("arriving_concentration", found.arriving, unit, "concentration of drug at the tip"))
    return said


def readings(found: Drugged) -> dict[str, Any]:
    """Return the drug's side of a trace by the names of its numbers, each with its unit."""
    return {
        "strength": float(found.strength[-1]),
        "active_uL": float(found.active[-1]) * 1e9,
        "drawn_back": _drawn(found) if found.drawn_back.any() else None,
        "arriving": None if found.arriving is None else _arrived(found),
        "interruption": found.interruption.readings() if found.interruption else None,
        "matters": [told._asdict() for told in found.matters],
        "flags": found.flags,
    }


def _arrived(found: Drugged) -> dict[str, Any]:
    unit, factor = CONCENTRATIONS[found.drug]
    come, last = found.arriving, found.last
    assert come is not None
    way = (come - come[0]) / (last - come[0]) if last != come[0] else np.zeros_like(come)
    half = np.flatnonzero((way >= 0.5) & (found.drawn_back == 0.0) & found.refilled)
    return {
        "concentration": float(come[-1]) * factor,
        "unit": unit,
        "half_hours": float(found.time[half[0]]) / HOUR if half.size else None,
        "reservoir": last * factor,
    }


def _drawn(found: Drugged) -> dict[str, float]:
    most = int(np.argmax(found.drawn_back))
    return {"most_uL": float(found.drawn_back[most]) * 1e9, "hours": float(found.time[most]) / HOUR}


def rows(found: Drugged) -> Iterator[tuple[str, str]]:
    """Yield the drug's side of a trace in words, as far as it says something."""
    if found.strength[-1] < WHOLE:
        yield "strength in the reservoir", f"{100.0 * found.strength[-1]:.2f} % at the end"
        yield "delivered at full strength", f"{rounded(found.active[-1] * 1e9, 4)} µL"
    if found.drawn_back.any():
        drawn = _drawn(found)
        yield "drawn back through the tip", f"{rounded(drawn['most_uL'], 4)} µL at most, at {drawn['hours']:.2f} h"
    if found.arriving is not None:
        told = _arrived(found)
        half = "has not arrived yet" if told["half_hours"] is None else f"arrived at {told['half_hours']:.2f} h"
        change = f"; half of the change {half}" if found.refilled else ""
        yield "arriving at the end", f"{rounded(told['concentration'], 4)} {told['unit']}{change}"
        if found.drawn_back.any():
            yield "in the reservoir at the end", f"{rounded(told['reservoir'], 4)} {told['unit']}"
