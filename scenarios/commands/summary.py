"""The main results of a study on the screen; they are those of the report, read by `scenarios.report.results`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scenarios.commands.screen import print_table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reliability.recurrent import Rate, Share
    from scenarios.report.figures import Curve
    from scenarios.report.results import Results, Row
    from scenarios.report.shares import Requirement
    from scenarios.report.spells import Spells


def print_summary(attributes: Mapping[str, Any], found: Results) -> None:
    """Print the size of a study, its main results and why pumps ended."""
    from scenarios.report.results import answers, ends, few_worlds
    from scenarios.report.words import counted

    print(attributes.get("title", ""))
    patients, pumps = counted(int(attributes["patients"]), "patient"), counted(found.pumps, "pump")
    print(f"{patients}, {found.patient_years:,.0f} patient-years, {pumps}\n")
    print_table([("", "", "95 % interval"), *map(_line, answers(found))])
    if warning := few_worlds(found):
        print(f"\n{warning}")
    if not found.ended:
        print("\nNo first pump ended.")
        return
    print(f"\nWhy first pumps ended, cumulative incidence at an age of {found.years:.4g} y (causes compete):\n")
    print_table([("", "first pumps", "", "95 % interval"), *(_line(row, row.number) for row in ends(found))])


def _line(row: Row, *number: str) -> tuple[str, ...]:
    return (row.label, *number, f"{row.value} {row.unit}", row.interval)


def readings(attributes: Mapping[str, Any], found: Results) -> dict[str, Any]:
    """Return the main results for JSON: shares as fractions, times in years, rates per 100 patient-years."""
    return {
        "title": attributes.get("title", ""),
        "seed": attributes["seed"],
        "patients": attributes["patients"],
        "patient_years": found.patient_years,
        "pumps": found.pumps,
        "in_service": _yearly(found.survival),
        "ended": {curve.label: _yearly(curve) for curve in found.causes},
        "first": {curve.label: _yearly(curve) for curve in found.firsts},
        "rates_per_100_patient_years": {label: _rate(rate) for label, rate in found.rates},
        "days_beyond_dose_limits_per_100_patient_years": {one.label: _days(one) for one in found.spells},
        "not_delivered": _share(found.not_delivered),
        "requirement": _required(found.requirement),
    }


def _required(asked: Requirement | None) -> dict[str, Any] | None:
    """Return the share of patients whose reservoir ran dry, that which is allowed, and whether it is kept."""
    return asked and {"run_dry": _share(asked.found), "allowed": asked.allowed, "verdict": asked.verdict}


def _yearly(curve: Curve) -> list[dict[str, float]]:
    """Return the points of a monthly curve at whole years, and its last."""
    chosen = [*range(12, len(curve.time) - 1, 12), len(curve.time) - 1]
    columns = {"years": curve.time, "value": curve.value, "lower": curve.lower, "upper": curve.upper}
    return [{name: float(column[k]) for name, column in columns.items()} for k in chosen]


def _share(share: Share) -> dict[str, float]:
    return {"value": share.share, "lower": share.lower, "upper": share.upper}


def _rate(rate: Rate) -> dict[str, float]:
    return {"rate": rate.rate, "lower": rate.lower, "upper": rate.upper, "events": rate.events}


def _days(one: Spells) -> dict[str, Any]:
    return {"days": one.days.rate, "lower": one.days.lower, "upper": one.days.upper, "events_after": one.after}
