"""A trace in the words and units of its scenario; its numbers stand in `scenarios.tracing`."""

from __future__ import annotations

from collections.abc import Container, Iterator
from typing import Any

from fluidics.drives.lead_screw import LeadScrew
from fluidics.engines.trace import NEVER, Event
from fluidics.programmes.deliverable import (
    AT_ONCE,
    CANCELLED,
    PART_OF_A_STROKE,
    TOO_FAST,
    TOO_SLOW,
    Shortfall,
    bolus_step,
    undeliverable,
)
from fluidics.programmes.programme import Programme
from fluidics.pump import new_pump
from fluidics.questions import encloses, fastest, pressure, stall, temperature
from scenarios.parts import units
from scenarios.report.words import rounded
from scenarios.run import Run
from scenarios.scenario import BLOCKAGE, BLOCKED, Scenario

HOUR = 3600.0
_FREE = 2.0  # times what was programmed is no error of a drive's accuracy
REFILL = "refill"
CONCENTRATIONS = {"U": ("U/mL", 1e-6), "g": ("mg/mL", 1e-3)}  # how they are shown, and how many of it are one in SI
_SENTENCES = {
    TOO_FAST: "asks for {asked:rate}; the drive reaches {limit:rate}, and delivers that",
    TOO_SLOW: "asks for {asked:rate}; the slowest rate is {limit:rate}",
    PART_OF_A_STROKE: "asks for a bolus of {asked:volume}, which is no whole number of strokes of {limit:volume}",
    AT_ONCE: "asks for a bolus of {asked:volume} while another is given",
    CANCELLED: "asks for a bolus of {asked:volume} and gives {limit:volume} of it: the pump is suspended, or time ends",
}


def complaints(scenario: Scenario, asked: Programme, reasons: Container[int] = range(5)) -> Iterator[str]:
    """Yield a sentence for each kind of thing, or for the given ones, that a programme asks of the pump in vain."""
    pump = scenario.design.pump
    table = scenario.programme
    slowest = table.minimum.value.si if table and table.minimum else 0.0
    step = bolus_step(pump.drive, new_pump(pump).drive)
    found = undeliverable(asked, fastest(pump.drive), slowest, step)
    words = Words(scenario)
    if table is None:  # the doses of a regimen are means that nobody programmes
        found = [shortfall for shortfall in found if shortfall.reason != PART_OF_A_STROKE]
    for reason in sorted({shortfall.reason for shortfall in found if shortfall.reason in reasons}):
        alike = [shortfall for shortfall in found if shortfall.reason == reason]
        again = f" ({len(alike)} times)" if len(alike) > 1 else ""
        yield f"at {alike[0].start / HOUR:.4g} h the programme {words.shortfall(alike[0])}{again}"


class Words:
    """Volumes and rates in the units of a scenario's drug."""

    def __init__(self, scenario: Scenario) -> None:
        known = {value.path: value for value in scenario.values}
        concentration = known.get("pump.drug.concentration")
        insulin = concentration is not None and concentration.unit == "U/m3"
        self.units_per_volume = concentration.si if insulin and concentration else 0.0  # [U/m3]

    @property
    def rates(self) -> tuple[str, float]:
        """Return the unit of rates, and how many of it are one in SI."""
        return ("U/h", self.units_per_volume * HOUR) if self.units_per_volume else ("µL/h", 1e9 * HOUR)

    @property
    def volumes(self) -> tuple[str, float]:
        """Return the unit of volumes, and how many of it are one in SI."""
        return ("U", self.units_per_volume) if self.units_per_volume else ("µL", 1e9)

    def volume(self, volume: float) -> str:
        """Return a volume [m3] in words."""
        drug = f" ({rounded(volume * self.units_per_volume, 4)} U)" if self.units_per_volume else ""
        return f"{rounded(volume * 1e9, 4)} µL{drug}"

    def rate(self, rate: float) -> str:
        """Return a rate [m3/s] in words."""
        drug = f" ({rounded(rate * self.units_per_volume * HOUR, 4)} U/h)" if self.units_per_volume else ""
        return f"{rounded(rate * 1e9 * HOUR, 4)} µL/h{drug}"

    def shortfall(self, shortfall: Shortfall) -> str:
        """Return what a programme asks in vain."""
        say = self.rate if shortfall.reason in (TOO_FAST, TOO_SLOW) else self.volume
        text = _SENTENCES[shortfall.reason].replace(":rate", "").replace(":volume", "")
        return text.format(asked=say(shortfall.asked), limit=say(shortfall.limit))


def silence(scenario: Scenario, done: Run) -> str:
    """Return why no alarm sounds on a line that is blocked, or at a pressure that the drive does not reach."""
    if any(event.name == "alarm" for event in done.trace.events):
        return ""
    pump, given = scenario.design.pump, done.alarm < NEVER
    reach, why = stall(pump.drive), "the drive stalls at {:.4g} kPa"
    if reach >= NEVER and not encloses(pump.drive) > 0.0:
        reach = pressure(pump.reservoir, new_pump(pump).reservoir, temperature(pump.site))
        why = "the drive pushes with the pressure of its reservoir, {:.4g} kPa"
    said = why.format(reach / 1e3) if reach < NEVER else "the drive pushes against any pressure"
    blocked = any(change.slot == BLOCKAGE and change.value > 0.0 for change in done.changes)
    if given and (blocked or done.alarm > reach):
        line = [k for k, name in enumerate(done.trace.node_names) if name.startswith("line")]
        came = f"the line comes to {done.trace.pressure[:, line].max() / 1e3:.4g} kPa"
        why = f"{said}, and " if done.alarm > reach else ""
        return f"no alarm at {done.alarm / 1e3:.4g} kPa: {why}{came}"
    return f"no alarm: none is stated, nor given by --alarm; {said}" if blocked else ""


def running_through(scenario: Scenario, done: Run) -> str:
    """Return a warning where a drive no longer holds what is in the reservoir, or where the flow is turned round."""
    programmed, delivered = float(done.trace.programmed[-1]), float(done.trace.delivered[-1])
    drive = scenario.design.pump.drive
    strokes = 2.0 * bolus_step(drive, new_pump(scenario.design.pump).drive)  # in which a short trace may be ahead
    if delivered - strokes > _FREE * programmed > 0.0:
        return (
            f"{Words(scenario).volume(delivered)} came where {Words(scenario).volume(programmed)} were programmed: the "
            "reservoir ran through the drive, which does not hold its pressure"
        )
    if delivered < 0.0:
        return "more came back from the site than was delivered: the reservoir's pressure fell below that of the site"
    return ""


def unit(scenario: Scenario, name: str) -> str:
    """Return the SI unit of the value of an event."""
    if "." in name:
        place, field = name.split(".", 1)
        return units(type(getattr(scenario.design.pump, place)))[field]
    if name == REFILL:
        return next(value.unit for value in scenario.values if value.path == "pump.drug.concentration")
    return {BLOCKAGE: "Pa s/m3", "release": "Pa s/m3", "alarm": "Pa"}.get(name, "-")


def said(scenario: Scenario, event: Event) -> str:
    """Return an event in words."""
    si = unit(scenario, event.name)
    if event.name == BLOCKAGE and event.value == BLOCKED:
        return "tip blocked"
    if event.name == REFILL:
        shown, factor = CONCENTRATIONS[si.split("/")[0]]
        return f"{REFILL} {rounded(event.value * factor, 4)} {shown}"
    if si == "Pa":
        return f"{event.name} {event.value / 1e3:.4g} kPa"
    if event.name.endswith("temperature"):
        return f"{event.name} {event.value - 273.15:.4g} degC"
    if event.name in ("release", "answered", "reservoir empty"):
        return event.name
    return f"{event.name} {event.value:.4g} {si}".removesuffix(" -")


def _fixed(value: float, decimals: int) -> str:
    """Return a number to so many decimals, and what rounds to zero without a sign."""
    return f"{round(value, decimals) + 0.0:.{decimals}f}"


def switching(scenario: Scenario) -> str:
    """Return what opens and shuts between drive and line: a plunger that sticks and slips is no valve."""
    return "plunger, sticking or moving" if isinstance(scenario.design.pump.drive, LeadScrew) else "valve switchings"


def rows(scenario: Scenario, done: Run, found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the main results of a trace in words."""
    words, trace = Words(scenario), done.trace
    yield "programmed", words.volume(float(trace.programmed[-1]))
    yield "delivered", words.volume(float(trace.delivered[-1]))
    yield "drawn from the reservoir", words.volume(float(trace.drawn[-1]))
    yield "drawn less delivered", words.volume(round(float(trace.drawn[-1] - trace.delivered[-1]), 12))  # nanolitres
    yield "delivered less programmed", f"{_fixed(100.0 * found['difference'], 4)} % of programmed"
    yield "fluid that the balance lacks", f"{found['residual']:.1e} of delivered"
    least, greatest = (_fixed(found[f"{side}_line_pressure_kPa"], 3) for side in ("least", "greatest"))
    yield "line pressure, as recorded", f"{least} to {greatest} kPa"
    if found["strokes"]:
        yield "strokes", f"{found['strokes']:,}"
    if trace.switches:
        yield switching(scenario), f"{trace.switches:,}"
    if done.gap:
        apart = (done.gap.end_pressure, done.gap.volume_per_stroke, done.gap.volume_per_day)
        far = f"{100.0 * max(map(abs, apart)):.2g} % at a steady rate; bound {100.0 * done.gap.bound:.2g} %"
        yield f"gap to {done.gap.fine}", far
