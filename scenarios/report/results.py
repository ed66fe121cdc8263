"""The numbers of a report, read from a study file: main answers, ends of pumps, events, delivery; how they are drawn
stands in `scenarios.report.figures`, how they were estimated in `reliability.curves`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reliability.curves import FIRSTS, RECURRENT
from reliability.events import ENDS, HAZARD, MODE
from reliability.recurrent import Rate, Share, event_rate
from reliability.store import StudyFile
from scenarios.report.figures import Curve, Interval
from scenarios.report.shares import Requirement, not_delivered, requirement, restored
from scenarios.report.spells import Spells, spells
from scenarios.report.terms import Terms, terms
from scenarios.report.words import NOTHING, counted, estimated, label, rounded

YEAR = 365.25  # [d]
RINSES = "Rinses of any kind"
MOST_MODES = 3  # of physics among the main results; the table of events has them all
RARE = 0.1  # per 100 patient-years, below which none of them is a main result
LITTLE = 1e-3  # [%] below which a share is told as less
MANY = 200.0  # pumps per 100 patient-years that end for one cause
FEW_WORLDS = 10  # below which their spread is poorly known
ANY_OPERATION = 0  # no kind of event, but the code under which `reliability.curves` counts operations of any kind


class Row(NamedTuple):
    """A line of a table: what, how many, how much, how sure."""

    label: str
    value: str
    interval: str
    unit: str = ""
    number: str = ""


class Fan(NamedTuple):
    """The quantiles of patients' delivery error through the years."""

    edges: NDArray[np.float64]  # (n_years + 1,) [y]
    quantile: NDArray[np.float64]  # (n_quantiles,)
    error: NDArray[np.float64]  # (n_quantiles, n_years)
    patients: NDArray[np.int64]  # (n_years,) of the sample, who complete the year
    sample: int  # the first so many patients of the study


class Results(NamedTuple):
    """What a study found."""

    terms: Terms
    years: float  # of the longest follow-up
    patient_years: float
    worlds: int
    pumps: int
    follow_up: dict[str, int]  # how many follow-ups ended for which reason
    not_delivered: Share  # [-] of all that was programmed
    restored: Share | None  # [-] rinses at visits that restored the flow, of all of them
    requirement: Requirement | None
    modes: list[str]  # what physics can do to a pump
    survival: Curve  # of first pumps, as all that follows up to `ended`
    at_risk: NDArray[np.int64]
    causes: list[Curve]  # the most frequent first
    stated: list[bool]  # for each of these causes: a hazard whose rate the scenario states
    ended: list[int]  # pumps, for each of these causes
    firsts: list[Curve]  # what came first to a patient: an operation, death, abandonment
    means: list[Curve]
    rates: list[tuple[str, Rate]]  # per 100 patient-years
    fan: Fan | None
    spells: list[Spells]  # beyond each limit of the dose


def results(study: StudyFile) -> Results:
    """Return what a study file holds, in years, with labels for readers."""
    curves = study.curves
    patients = study.table("patients", ["world", "end", "reason", "rinses", "delivered", "undelivered"])
    devices, life = study.table("devices", ["ordinal", "cause"]), curves["device_life"]
    causes = devices["cause"][devices["ordinal"] == 0]
    numbers = life["cause"][np.argsort(-life["incidence"][:, -1], kind="stable")]
    days = np.asarray(patients["end"], dtype=np.float64)
    years = float(days.max()) / YEAR
    first, several, words = curves["first_operation"], curves["recurrent"], terms(study.attributes)
    return Results(
        terms=words,
        years=years,
        patient_years=float(days.sum()) / YEAR,
        worlds=len(np.unique(patients["world"])),
        pumps=len(devices["cause"]),
        follow_up={reason: int((patients["reason"] == code).sum()) for code, reason in enumerate(ENDS)},
        not_delivered=not_delivered(patients),
        restored=restored(study, patients["world"]),
        requirement=requirement(study, patients["world"]),
        modes=[label(name) for code, name in study.kinds.items() if MODE <= code < HAZARD],
        survival=_curve(life, "survival", ..., "First pumps in service", years),
        at_risk=life["at_risk"].astype(np.int64),
        causes=[_curve(life, "incidence", life["cause"] == k, label(study.kinds[int(k)]), years) for k in numbers],
        stated=[bool(k >= HAZARD) for k in numbers],
        ended=[int((causes == k).sum()) for k in numbers],
        firsts=[_curve(first, "incidence", first["first"] == code, words.first(code), years) for code in FIRSTS],
        means=[
            _curve(several, "mean", several["event"] == code, words.times(name), years)
            for code, name in RECURRENT.items()
            if name not in words.impossible
        ],
        rates=_rates(study, curves["rates"], event_rate(*_clustered(patients)), words),
        fan=_fan(curves.get("delivery_error")),
        spells=spells(study, patients["world"], days),
    )


def answers(found: Results) -> list[Row]:
    """Return the main results in the order in which people ask for them."""
    years = [*(year for year in (1.0, 2.0, 5.0, 10.0) if year < found.years - 0.01), found.years]
    service = [
        _percent(found.survival, year, f"First pumps in service at an age of {rounded(year)} y") for year in years
    ]
    operated = _percent(found.firsts[0], found.years, f"Patients {found.terms.again} within {rounded(found.years)} y")
    half = [_half(found.firsts[0], found.terms)] if (found.firsts[0].value >= 0.5).any() else []
    off = [spell.label for spell in found.spells]
    physical = [name for name, rate in found.rates if name in found.modes and rate.rate >= RARE][:MOST_MODES]
    wanted = [found.terms.operations, RINSES, label("underdelivery"), *physical, label("ketoacidosis"), *off]
    rates = [(name, rate) for name, rate in found.rates if name in wanted and (rate.events or name == wanted[0])]
    rates.sort(key=lambda row: wanted.index(row[0]))
    happening = [
        Row(name, *estimated(rate.rate, rate.lower, rate.upper), "per 100 patient-years") for name, rate in rates
    ]
    days = [
        Row(
            f"Time in {one.label.lower()}",
            *estimated(one.days.rate, one.days.lower, one.days.upper),
            "d per 100 patient-years",
        )
        for one in found.spells
        if one.days.events
    ]
    of_use = found.restored if found.restored and found.restored.share > 0.0 else None
    helped = [_shared("Rinses at visits that restored the flow", of_use)] if of_use else []
    volume = _shared("Programmed volume that was not delivered", found.not_delivered)
    return [*service, operated, *half, *happening, *days, *helped, *_required(found.requirement), volume]


def few_worlds(found: Results) -> str:
    """Return a warning when the spread between worlds, from which intervals come, is poorly known."""
    if found.worlds >= FEW_WORLDS:
        return ""
    only = counted(found.worlds, "world")
    return f"This study has {only} only, whose spread is poorly known: more patients give intervals to rely on."


def strained(found: Results) -> list[str]:
    """Return a sentence for each cause that ends so many pumps that the scenario can hardly be meant."""
    causes = {curve.label for curve in found.causes}
    return [
        f"{name.lower()} ends pumps {rounded(rate.rate / 100.0, 2)} times per patient-year: such a pump can hardly be "
        "meant; see which numbers of the scenario lead to it"
        for name, rate in found.rates
        if name in causes and rate.rate > MANY
    ]


def ends(found: Results) -> list[Row]:
    """Return how many first pumps ended for which cause, and the incidence at the end of the longest follow-up."""
    pairs = zip(found.causes, found.ended, strict=True)
    return [_percent(curve, found.years, curve.label)._replace(number=f"{count:,}") for curve, count in pairs]


def events(found: Results) -> list[Row]:
    """Return the rates of all events that a study could have seen."""
    return [
        Row(name, *estimated(rate.rate, rate.lower, rate.upper), number=f"{rate.events:,.0f}")
        for name, rate in found.rates
    ]


def preceding(found: Results) -> list[Row]:
    """Return the last failures before a dose had been beyond a limit for longer than it was borne, for each limit."""
    rows = []
    for one in found.spells:
        total = sum(one.after.values())
        for name, count in one.after.items():
            rows.append(Row(one.label, rounded(100.0 * count / total), name, "%", f"{count:,}"))
    return rows


def intervals(found: Results) -> list[Interval]:
    """Return the rates as numbers, for a figure."""
    return [Interval(name, rate.rate, rate.lower, rate.upper) for name, rate in found.rates]


def at_risk(found: Results) -> list[tuple[float, int]]:
    """Return the first pumps at risk [y, count] at round ages, which are months of the curve."""
    step = next((step for step in (1.0 / 12.0, 0.25, 0.5, 1.0, 2.0, 5.0) if found.years / step <= 11.0), 10.0)
    ages = np.arange(0.0, found.years * (1.0 + 1e-9), step)
    return [(float(age), int(found.at_risk[_index(found.survival, age)])) for age in ages]


def _index(curve: Curve, year: float) -> int:
    return min(int(np.searchsorted(curve.time, year - 1e-6)), len(curve.time) - 1)


def _percent(curve: Curve, year: float, what: str) -> Row:
    k = _index(curve, year)
    return Row(what, *estimated(100.0 * curve.value[k], 100.0 * curve.lower[k], 100.0 * curve.upper[k]), "%")


def _required(asked: Requirement | None) -> list[Row]:
    """Return how many patients' reservoirs ran dry, and whether so many may."""
    if asked is None:
        return []
    allowed = f"at most {rounded(100.0 * asked.allowed)} %"
    return [_shared(f"Patients whose reservoir ran dry ({allowed}: {asked.verdict})", asked.found)]


def _shared(what: str, share: Share) -> Row:
    if 0.0 < 100.0 * share.share < LITTLE and not 100.0 * share.upper >= LITTLE:
        return Row(what, f"< {LITTLE:g}", NOTHING, "%")
    return Row(what, *estimated(*(100.0 * part for part in share)), "%")


def _half(curve: Curve, words: Terms) -> Row:
    """Return when half of the patients are past a first event; the upper band gets there first, the lower may never."""
    value, soonest, latest = (_crossing(curve.time, side) for side in (curve.value, curve.upper, curve.lower))
    shown, interval = estimated(value, soonest, latest)
    if np.isnan(latest) and not np.isnan(soonest):
        interval = f"{rounded(soonest)} to more than {rounded(float(curve.time[-1]))}"
    return Row(words.half, shown, interval, "y")


def _crossing(time: NDArray[np.float64], share: NDArray[np.float64]) -> float:
    """Return when a monthly share passes a half, between two months by a straight line; NaN when it does not."""
    k = int(np.argmax(share >= 0.5))
    if not share[k] >= 0.5:
        return float("nan")
    months = slice(max(k - 1, 0), k + 1)
    return float(np.interp(0.5, np.nan_to_num(share[months]), time[months]))


def _curve(group: Mapping[str, Any], name: str, row: Any, text: str, years: float) -> Curve:
    """Return a monthly curve; its last point is the end of the longest follow-up, after which nothing happened."""
    columns = (group[f"{name}{side}"][row].reshape(-1) for side in ("", "_lower", "_upper"))
    return Curve(text, np.minimum(group["time"] / YEAR, years), *columns)


def _clustered(patients: Mapping[str, NDArray[Any]]) -> tuple[Any, ...]:
    """Return rinses, hundreds of patient-years and worlds; a single world leaves Poisson limits."""
    several = len(np.unique(patients["world"])) > 1
    return (patients["rinses"], patients["end"] / (100.0 * YEAR), *((patients["world"],) if several else ()))


def _rates(study: StudyFile, stored: Mapping[str, Any], rinses: Rate, words: Terms) -> list[tuple[str, Rate]]:
    """Return the rates of operations, of rinses and of every kind of event, those that never happened but could."""
    columns = zip(*(stored[f"rate{side}"] for side in ("", "_lower", "_upper", "_standard_error")), strict=True)
    exposure = float(stored["exposure"])
    found = {
        int(code): Rate(float(rate), float(lower), float(upper), float(error), float(count), exposure)
        for code, (rate, lower, upper, error), count in zip(stored["kind"], columns, stored["events"], strict=True)
    }
    each = [
        (label(name), found.get(code, event_rate([0], [exposure])))
        for code, name in study.kinds.items()
        if code != ANY_OPERATION and (name not in words.impossible or (code in found and found[code].events))
    ]
    each.sort(key=lambda row: -row[1].rate)
    rinsed = [(RINSES, rinses)] if rinses.events or words.rinsed() else []
    return [(words.operations, found[ANY_OPERATION]), *rinsed, *each]


def _fan(stored: Mapping[str, Any] | None) -> Fan | None:
    if stored is None:
        return None
    edges = np.concatenate(([0.0], stored["time"])) / YEAR
    return Fan(edges, stored["quantile"], stored["error"], stored["patients"], int(stored["sample"]))
