"""Sizing in words: volumes as given, what each leads to as a table and as JSON; how it is computed stands in
`reliability.sizing`, the figure in `scenarios.size_figure`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from scenarios import units
from scenarios.build import Scenario, ScenarioError, plan
from scenarios.report.words import estimated, rounded

if TYPE_CHECKING:
    from rich.table import Table

    from reliability.sizing import Sized, Sizing

USUAL = (2.0 / 3.0, 0.8, 1.0, 1.2, 4.0 / 3.0)  # volumes to try when none are named, in parts of the scenario's own
MILLILITRE = 1e-6
_HUNDRED_YEARS = 100.0 * units.YEAR
_VERDICTS = {1: "met", 0: "open", -1: "missed"}


class Quantity(NamedTuple):
    """A result, by its name in `reliability.sizing`, and how it is shown."""

    name: str
    title: str
    unit: str
    scale: float  # shown number per SI
    meaning: str


QUANTITIES = (
    Quantity("run_dry", "Patients\nrun dry", "%", 100.0, "share of patients whose reservoir ever runs dry"),
    Quantity("run_dry_per_refill", "Refills\nfind dry", "%", 100.0, "share of refills that find a dry reservoir"),
    Quantity("dry_share", "Dry", "d / 100 y", 36525.0, "days with a dry reservoir in 100 patient-years"),
    Quantity("refills", "Refills", "/ y", units.YEAR, "visits with a refill in a year"),
    Quantity("called", "Called in", "/ 100 y", _HUNDRED_YEARS, "visits that a message of the pump brought forward"),
    Quantity("withdrawn", "Wasted", "mL / y", units.YEAR / MILLILITRE, "drug withdrawn at refills and discarded"),
)

DRYNESS, COSTS = QUANTITIES[:3], QUANTITIES[3:]
CHANGES = (QUANTITIES[0], *COSTS)


def volumes(scenario: Scenario, text: str | None) -> list[float]:
    """Return the volumes [m3] named in a list such as "10 mL, 15 mL", or the usual ones about the scenario's own.

    Raises
    ------
    ScenarioError
        With one sentence for each volume that cannot be read or used.
    """
    if text is None:
        return [factor * scenario.design.pump.reservoir.capacity for factor in USUAL]
    found, wrong = [], []
    for word in text.split(","):
        try:
            found.append(units.convert(word.strip(), "m3", concentration(scenario)))
        except ValueError as error:
            wrong.append(f"--volumes '{word.strip()}': {error}")
    if wrong:
        raise ScenarioError(wrong)
    return found


def concentration(scenario: Scenario) -> units.Quantity | None:
    """Return the drug per volume in the reservoir, if the scenario states it."""
    for value in scenario.values:
        if value.path == "pump.drug.concentration":
            return units.Quantity(value.si, units.scale(value.unit).dimension)
    return None


def run(
    scenario: Scenario,
    tried: Sequence[float],
    patients: int,
    years: float,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> Sizing:
    """Return what volumes [m3] lead to in a scenario's patients.

    Raises
    ------
    ScenarioError
        When the scenario states no requirement, or a volume or the number of patients cannot be used.
    """
    from reliability.sizing import least_volume, size

    if scenario.requirement is None:
        raise ScenarioError(
            [f'{scenario.name}: states no [requirement]; add one, or give --set requirement.run_dry="1 %" for example']
        )
    planned = plan(scenario, years, seed)
    least = least_volume(planned, scenario.requirement)
    wrong = [
        f"--volumes '{rounded(volume / MILLILITRE)} mL': must be above {rounded(least / MILLILITRE)} mL, so that there "
        "is something to draw before the pump calls for a refill"
        for volume in tried
        if not volume > least
    ]
    fewest = int(scenario.design.population.patients_per_world) + 1
    if patients < fewest:
        wrong.append(f"--patients {patients}: give {fewest} or more, of two worlds, so that intervals can be told")
    if wrong:
        raise ScenarioError(wrong)
    try:
        return size(planned, scenario.requirement, tried, patients, progress=progress)
    except RuntimeError as error:
        raise ScenarioError([f"{scenario.name}: {error}"]) from None


def readings(scenario: Scenario, sizing: Sizing, seed: int) -> dict[str, Any]:
    """Return a sizing for JSON, in the units of the table."""
    asked = scenario.requirement
    changes = {row.volume: row for row in sizing.changes}
    return {
        "scenario": scenario.name,
        "sha256": scenario.sha256,
        "patients": sizing.patients,
        "years": sizing.horizon / units.YEAR,
        "seed": seed,
        "units": {quantity.name: {"units": quantity.unit, "meaning": quantity.meaning} for quantity in QUANTITIES},
        "requirement": asked._asdict() if asked else None,
        "own_volume_mL": _millilitres(sizing.own),
        "smallest_volume_mL": None if sizing.smallest is None else _millilitres(sizing.smallest),
        "volumes": [
            {
                "volume_mL": _millilitres(row.volume),
                "requirement": _VERDICTS[row.verdict],
                **{q.name: _scaled(getattr(row, q.name), q.scale) for q in QUANTITIES},
                "wasted_drug": _drug(scenario, row),
                "change": {q.name: _scaled(getattr(changes[row.volume], q.name), q.scale) for q in QUANTITIES},
            }
            for row in sizing.sized
        ],
    }


def _millilitres(volume: float) -> float:
    return round(volume / MILLILITRE, 9)


def _scaled(estimate: Any, scale: float) -> dict[str, float]:
    numbers = {name: value * scale for name, value in estimate._asdict().items() if name != "gain"}
    return {**numbers, "gain": estimate.gain} if hasattr(estimate, "gain") else numbers


def _drug(scenario: Scenario, row: Sized) -> dict[str, Any] | None:
    """Return the drug wasted in a year, in insulin units or grams."""
    content = concentration(scenario)
    if content is None:
        return None
    insulin = content.dimension == units.scale("U/m3").dimension
    return {**_scaled(row.withdrawn, units.YEAR * content.number), "units": "U / y" if insulin else "g / y"}


def dry_table(sizing: Sizing) -> Table:
    """Return the table of how often each volume runs dry, each number above its interval, and whether it may."""
    shown = _headed(DRYNESS)
    shown.add_column("Requirement")
    for row in sizing.sized:
        shown.add_row(_volume(row.volume, sizing), *_cells(row, DRYNESS), _VERDICTS[row.verdict])
    return shown


def cost_table(scenario: Scenario, sizing: Sizing) -> Table:
    """Return the table of what each volume costs in visits and drug, each number above its interval."""
    shown = _headed(COSTS)
    drug = [_drug(scenario, row) for row in sizing.sized]
    if drug[0]:
        shown.add_column(f"Wasted\n\n{drug[0]['units']}", justify="right", no_wrap=True)
    for row, wasted in zip(sizing.sized, drug, strict=True):
        content = [rounded(wasted["value"])] if wasted else []
        shown.add_row(_volume(row.volume, sizing), *_cells(row, COSTS), *content)
    return shown


def changes_table(sizing: Sizing) -> Table:
    """Return the table of differences from the scenario's own volume in the same patients, with their gain."""
    shown = _headed(CHANGES, share="points")
    for row in sizing.changes:
        if row.volume != sizing.own:
            cells = [_change(getattr(row, quantity.name), quantity.scale) for quantity in CHANGES]
            shown.add_row(_volume(row.volume, sizing), *cells)
    return shown


def _headed(quantities: Sequence[Quantity], share: str = "%") -> Table:
    """Return a table without rows: titles, and units below them."""
    from rich import box
    from rich.table import Table

    shown = Table(box=box.SIMPLE_HEAD, show_lines=True, padding=(0, 1))
    shown.add_column("Reservoir\n\nmL", justify="right", no_wrap=True)
    for quantity in quantities:
        title = quantity.title if "\n" in quantity.title else f"{quantity.title}\n"
        unit = share if quantity.unit == "%" else quantity.unit
        shown.add_column(f"{title}\n{unit}", justify="right", no_wrap=True)
    return shown


def _volume(volume: float, sizing: Sizing) -> str:
    return rounded(volume / MILLILITRE) + ("\nas it is" if volume == sizing.own else "")


def _cells(row: Sized, quantities: Sequence[Quantity]) -> list[str]:
    """Return numbers above their intervals; what was never seen has no upper limit."""
    cells = []
    for quantity in quantities:
        value, lower, upper = (quantity.scale * number for number in getattr(row, quantity.name)[:3])
        cells.append("\n".join(estimated(value, lower, upper)) if upper == upper else "none seen")
    return cells


def _change(change: Any, scale: float) -> str:
    value, interval = estimated(*(scale * number for number in change[:3]))
    return f"{value}\n{interval}\ngain {rounded(change.gain, 2)}" if change.gain == change.gain else value


def answer(scenario: Scenario, sizing: Sizing) -> str:
    """Return the answer in a sentence: the smallest volume that meets the requirement, or that none does."""
    asked = wanted(scenario)
    years = rounded(sizing.horizon / units.YEAR)
    people = f"{sizing.patients:,} patients over {years} y, 95 % intervals"
    if sizing.smallest is not None:
        return f"{rounded(sizing.smallest / MILLILITRE)} mL is the smallest volume that meets: {asked} ({people})."
    unsure = [rounded(row.volume / MILLILITRE) for row in sizing.sized if row.verdict == 0]
    more = f" {', '.join(unsure)} mL may, which more patients could tell." if unsure else ""
    return f"No volume is shown to meet: {asked} ({people}).{more}"


NEARLY_EMPTY = 0.95  # [-] of the usable volume drawn
STEADY = 0.01  # [-]: a smaller change of the flow is not worth a word


def flow_when_empty(scenario: Scenario) -> float:
    """Return the flow of a new pump from a nearly empty reservoir, as a share [-] of that from a full one."""
    from fluidics.engines.panel import seen
    from fluidics.pump import new_pump
    from fluidics.questions import advance, histogram, usable

    pump, design = scenario.design.pump, scenario.design
    state, levels = new_pump(pump), histogram(design.regimen, design.population.mean_rate)
    around = seen(pump, state, levels, 1.0)
    drawn = NEARLY_EMPTY * usable(pump.reservoir, state.reservoir)
    own = advance(pump.reservoir, state.reservoir, drawn / around.flow, around)
    return float(seen(pump, state._replace(reservoir=own), levels, 1.0).flow / around.flow)


def range_of_use(scenario: Scenario) -> str:
    """Return what a sizing leaves out, in a sentence."""
    share = flow_when_empty(scenario)
    frozen = (
        "Every pump delivers as it does when new and full: one that wears gives less as a rule, and runs dry less "
        "often than here, as a study shows."
    )
    if abs(share - 1.0) < STEADY:
        return frozen
    kept = "longer" if share < 1.0 else "shorter"
    turn = f"From a nearly empty reservoir it delivers {rounded(100.0 * share)} % of that, so that a fill lasts {kept}."
    return f"{frozen} {turn}"


def wanted(scenario: Scenario) -> str:
    """Return the requirement in words."""
    asked = scenario.requirement
    if asked is None:
        return "nothing asked"
    parts = [(asked.run_dry, "of patients ever run dry"), (asked.run_dry_per_refill, "of refills find a dry reservoir")]
    stated = [f"at most {rounded(100.0 * share)} % {words}" for share, words in parts if share < 1.0]
    return " and ".join(stated) or "nothing asked"
