"""A bridge between two concentrations, planned for the pump of a scenario; how it is planned stands in
`fluidics.transport.bridge_bolus`, its figure in `scenarios.bridge_figure`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from fluidics.lines.dead_volume import resized, tubes
from fluidics.programmes.programme import Programme
from fluidics.pump import Pump, new_pump
from fluidics.questions import ambient, flow, pressure, temperature
from fluidics.transport.bridge_bolus import HOUR, Solution, bridge_bolus, plain_bridge, worst_hour
from fluidics.transport.stretch import Tube
from scenarios.build import Scenario, ScenarioError
from scenarios.entries import Context, Reading, reading
from scenarios.report.words import rounded
from scenarios.trace_words import complaints
from scenarios.units import DAY, convert, quantity

GOOD = 0.02  # [-]: error of the dose in an hour above which a plan is called poor
NO_ADVICE = "Properties of a simulated line; no advice on therapy."
DIFFUSIVITY = {"U": "1.5e-10 m2/s", "g": "7e-10 m2/s"}  # of insulin hexamers; assumed of a drug of some hundred g/mol
_OUTFLOW = 1e-11  # [m3/s]: of a pump that is asked whether it follows its programme


class Wanted(NamedTuple):
    """What a person asks for, in words."""

    to: str
    origin: str | None = None
    dose: str | None = None
    step: str = "15 min"
    tubing: str | None = None
    bore: str = "0.8 mm"
    catheter: str | None = None
    diffusivity: str | None = None


class Bridge(NamedTuple):
    """A plan, what it was made for, and the plain one beside it."""

    scenario: Scenario
    wanted: Wanted
    tubing: tuple[Tube, ...]
    catheter: tuple[Tube, ...]
    old: Solution
    new: Solution
    unit: str  # of drug per time
    planned: Programme
    plain: Programme
    error: float  # [-] of the dose in the worst hour
    plain_error: float  # [-]
    complaints: tuple[str, ...]  # what the pump cannot deliver of the plan

    @property
    def line(self) -> tuple[Tube, ...]:
        """Return the tubes from the pump to the tip."""
        return (*self.tubing, *self.catheter)


def planned(scenario: Scenario, wanted: Wanted) -> Bridge:
    """Return the bridge that is wanted for the pump of a scenario.

    Raises
    ------
    ScenarioError
        When a word is no quantity, the pump has one rate, or nobody says what its line or its reservoir holds.
    """
    _refuse_one_rate(scenario)
    before, after = _concentrations(scenario, wanted)
    dose, unit = _dose(scenario, wanted, before)
    tubing, catheter = _tubing(scenario.design.pump, wanted), _catheter(scenario.design.pump, wanted)
    spread = _positive("--diffusivity", wanted.diffusivity or DIFFUSIVITY[before.unit[0]], "m2/s")
    # amounts keep their own unit: only the ratio of dose to concentration counts
    old, new = Solution(before.si, dose, spread), Solution(after.si, dose, spread)
    line, step = (*tubing, *catheter), _positive("--step", wanted.step, "s")
    arrival = sum(tube.volume for tube in line) * old.concentration / dose
    length = arrival * (2.0 + new.concentration / old.concentration)  # the new rate sweeps the line once more
    if not step < length:
        raise ScenarioError([f"--step {wanted.step}: longer than the whole bridge, {length / 60.0:.3g} min; give less"])
    try:
        made, plain = bridge_bolus(line, old, new, length, step), plain_bridge(line, old, new, length)
        errors = worst_hour(line, old, new, made), worst_hour(line, old, new, plain)
    except ValueError as error:
        raise ScenarioError([f"{scenario.name}: no bridge can be planned: {error}"]) from error
    told = tuple(complaints(scenario, made))
    return Bridge(scenario, wanted, tubing, catheter, old, new, unit, made, plain, *errors, told)


def _refuse_one_rate(scenario: Scenario) -> None:
    pump, new = scenario.design.pump, new_pump(scenario.design.pump)
    drive, air = pump.drive, ambient(pump.reservoir)
    supply = pressure(pump.reservoir, new.reservoir, temperature(pump.site))
    once, twice = (flow(drive, new.drive, k * _OUTFLOW, supply, 0.0, air, 1e-3) for k in (1.0, 2.0))
    if once == twice:
        kind = type(drive).__name__.lower()
        raise ScenarioError([f"{scenario.name}: a {kind} has one rate; a bridge needs a pump whose rate can be set"])


def _concentrations(scenario: Scenario, wanted: Wanted) -> tuple[Reading, Reading]:
    held = next((value.given for value in scenario.values if value.path == "pump.drug.concentration"), None)
    given = wanted.origin or held
    if given is None:
        raise ScenarioError(["--from: the scenario does not say what the pump holds; give it as in --from '500 ug/mL'"])
    before, after = _read("--from", given), _read("--to", wanted.to)
    if before.unit != after.unit:
        raise ScenarioError([f"--to {wanted.to}: does not fit to {given}; give both per unit, or both per mass"])
    if before.si == after.si and wanted.origin:
        raise ScenarioError([f"--to {wanted.to}: is the same as --from {wanted.origin}; give two that differ"])
    if before.si == after.si:
        raise ScenarioError([f"--to {wanted.to}: the pump holds that already; say what else it holds by --from"])
    return before, after


def concentration(given: str) -> Reading:
    """Return the reading of a concentration, in U/m3 or g/m3.

    Raises
    ------
    ValueError
        When it is none.

    Examples
    --------
    >>> concentration("2000 ug/mL").si
    2000.0
    """
    return reading("concentration", "U/m3", given, Context())


def _read(option: str, given: str) -> Reading:
    try:
        return concentration(given)
    except ValueError as error:
        raise ScenarioError([f"{option} {error}"]) from None


def _dose(scenario: Scenario, wanted: Wanted, before: Reading) -> tuple[float, str]:
    """Return the dose [amount/s] and the unit it is told in."""
    drug = before.unit.split("/")[0]
    unit = "U/d" if drug == "U" else "ug/d"
    if wanted.dose is not None:
        return _positive("--dose", wanted.dose, unit), unit
    held = next((value.si for value in scenario.values if value.path == "pump.drug.concentration"), None)
    if held is None:
        raise ScenarioError(["--dose: the scenario does not say what the drug holds; give it as in --dose '400 ug/d'"])
    return scenario.design.population.mean_rate * held, unit


def _tubing(pump: Pump, wanted: Wanted) -> tuple[Tube, ...]:
    said = tubes(pump.drive)
    if wanted.tubing is None and not said:
        kind = type(pump.drive).__name__.lower()
        reason = f"this kind of pump, a {kind}, does not say what it holds between reservoir and catheter"
        raise ScenarioError([f"--tubing: {reason}; give it as in --tubing '0.1 mL', or '0 mL' for nothing"])
    if wanted.tubing is None:
        return said
    volume = _number("--tubing", wanted.tubing, "m3")
    bore = _positive("--tubing-bore", wanted.bore, "m")
    return (resized(said, volume) if said else (Tube(volume, 0.5 * bore),)) if volume > 0.0 else ()


def _catheter(pump: Pump, wanted: Wanted) -> tuple[Tube, ...]:
    said = tubes(pump.catheter)
    return said if wanted.catheter is None else resized(said, _positive("--catheter", wanted.catheter, "m3"))


def _number(option: str, given: str, unit: str) -> float:
    try:
        number = convert(given, unit)
    except ValueError as error:
        raise ScenarioError([f"{option} {given}: {error}"]) from None
    if number < 0.0:
        raise ScenarioError([f"{option} {given}: must not be below zero"])
    return number


def _positive(option: str, given: str, unit: str) -> float:
    number = _number(option, given, unit)
    if number == 0.0:
        raise ScenarioError([f"{option} {given}: must be above zero"])
    return number


def readings(bridge: Bridge) -> dict[str, Any]:
    """Return a bridge by the names of its numbers, each with its unit."""
    arrival = sum(tube.volume for tube in bridge.line) * bridge.old.concentration / bridge.old.dose
    return {
        "scenario": bridge.scenario.name,
        "title": bridge.scenario.title,
        "from": bridge.wanted.origin or _given(bridge.scenario),
        "to": bridge.wanted.to,
        f"dose_{bridge.unit.replace('/', '_per_')}": bridge.old.dose * DAY / quantity(f"1 {bridge.unit[:-2]}").number,
        "tubing_mL": sum(tube.volume for tube in bridge.tubing) * 1e6,
        "catheter_mL": sum(tube.volume for tube in bridge.catheter) * 1e6,
        "diffusivity_m2_per_s": bridge.old.diffusivity,
        "steps": [
            {"hours": float(start) / HOUR, "rate_mL_per_d": float(rate) * 1e6 * DAY}
            for start, rate in zip(bridge.planned.start, bridge.planned.rate, strict=True)
        ],
        "hours": float(bridge.planned.start[-1]) / HOUR,
        "worst_hour": bridge.error,
        "one_step_hours": arrival / HOUR,
        "one_step_worst_hour": bridge.plain_error,
        "complaints": list(warnings(bridge)),
        "note": NO_ADVICE,
    }


def _given(scenario: Scenario) -> str:
    return next(value.given for value in scenario.values if value.path == "pump.drug.concentration")


def warnings(bridge: Bridge) -> Iterator[str]:
    """Yield a sentence for what the pump cannot do, and for a plan that is not good."""
    yield from bridge.complaints
    if bridge.error > GOOD:
        far = f"{rounded(100.0 * bridge.error, 2)} % of the dose in its worst hour"
        yield (
            f"the best plan found with steps of {bridge.wanted.step} and more errs by {far}; shorter steps (--step) or "
            "another dose may do better"
        )


def rows(bridge: Bridge, found: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield what a bridge was planned for and how good it is, in words."""
    dose = next(value for key, value in found.items() if key.startswith("dose_"))
    yield "change", f"{found['from']} to {found['to']} at {rounded(dose, 4)} {bridge.unit}"
    for name, line in (("tubing", bridge.tubing), ("catheter", bridge.catheter)):
        bores = " and ".join(dict.fromkeys(f"{2e3 * tube.radius:.3g} mm" for tube in line))
        yield f"dead volume, {name}", f"{rounded(found[f'{name}_mL'], 4)} mL" + (f", bore {bores}" if bores else "")
    yield "diffusivity of the drug", f"{bridge.old.diffusivity:.3g} m2/s"
    yield "new solution comes after", f"{found['one_step_hours']:.2f} h at the old rate"
    yield "bridge lasts", f"{found['hours']:.2f} h"
    yield "worst hour of the dose", f"{rounded(100.0 * bridge.error, 2)} % off"
    yield "one step instead", f"{rounded(100.0 * bridge.plain_error, 2)} % off in its worst hour"


def steps(bridge: Bridge) -> Iterator[tuple[str, str]]:
    """Yield start and rate of each step in words."""
    yield "start (h:min:s)", "rate"
    for start, rate in zip(bridge.planned.start, bridge.planned.rate, strict=True):
        minutes, seconds = divmod(round(float(start)), 60)
        words = f"{rounded(float(rate) * 1e6 * DAY, 4)} mL/d"
        yield f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}", words
