"""The page of a report: what it says, filled into its template; its numbers stand in `scenarios.report.results`, its
figures in `scenarios.report.figures`, its tables of sources in `scenarios.report.provenance`."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from reliability.store import StudyError, digest, open_study
from scenarios.report import figures
from scenarios.report.provenance import comparisons, is_published_kind, numbered, parameter_groups, verdicts
from scenarios.report.results import (
    RINSES,
    Results,
    answers,
    at_risk,
    ends,
    events,
    few_worlds,
    intervals,
    preceding,
    results,
)
from scenarios.report.words import MINUS, counted, label, rounded
from scenarios.validation import validation_table
from scenarios.verification import rows_of_kind

SHOWN_CAUSES = 12  # small figures; the table has them all
HDF5 = b"\x89HDF\r\n\x1a\n"  # how such a file begins
PAGE = (b"<!doctype html", b"<html")  # and how a page does, in any case
ELSEWHERE = {
    "title", "description", "disclaimer", "command", "scenario", "parameters", "kinds", "how_to_open", "name",
    "patients", "years", "seed", "replaces", "Conventions",
}  # fmt: skip


def write_report(study_path: str | os.PathLike[str], html_path: str | os.PathLike[str]) -> None:
    """Write the report of a study as one HTML file that needs no other file and no network.

    The same study file and the same versions give the same bytes.

    Parameters
    ----------
    study_path : path
        A study file.
    html_path : path
        The page; one that exists is replaced.

    Raises
    ------
    StudyError
        When there is no such study, or the page would replace what is no page, or cannot be written where it should be.
    """
    from scenarios.cite import references

    page = Path(html_path)
    with open_study(study_path) as study:
        _check_place(page, Path(study_path))
        attributes, found = study.attributes, results(study)
    scenario = attributes.get("scenario", "")
    compared = validation_table() if is_published_kind(scenario) else rows_of_kind(scenario)
    text = rendered(contents(attributes, found, digest(study_path), compared, references()))
    partial = Path(f"{page}.partial")
    try:
        partial.write_text(text, encoding="utf-8")
        partial.replace(page)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise StudyError(f"{page} cannot be written ({reason}): give the page another place by --output.") from error
    finally:
        if partial.parent.is_dir():
            partial.unlink(missing_ok=True)


def _check_place(page: Path, study: Path) -> None:
    """Refuse a page that would replace what is no page, and one without a folder."""
    if not page.parent.is_dir():
        raise StudyError(f"{page.parent} is no folder: make it, or give the page another place by --output.")
    if page.is_dir():
        raise StudyError(f"{page} is a directory: give the page a name by --output.")
    if page.exists() and page.samefile(study):
        raise StudyError(f"{page} is the study itself: give the page another name by --output.")
    if page.is_file():
        with page.open("rb") as file:
            begun = file.read(64)
        if begun.startswith(HDF5):
            raise StudyError(f"{page} holds data (HDF5): give the page another name by --output.")
        if begun and not begun.lstrip().lower().startswith(PAGE):
            raise StudyError(f"{page} is no page: give the page another name by --output, or delete this file first.")


def rendered(page: Mapping[str, Any]) -> str:
    """Return the page filled with its contents; whatever a scenario says is text in it and never markup."""
    environment = Environment(
        loader=PackageLoader("scenarios.report", "."),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
    )
    return environment.get_template("page.html").render(page=page)


def contents(
    attributes: Mapping[str, Any],
    found: Results,
    data: str,
    validation: Sequence[Any],
    references: Mapping[str, str],
) -> dict[str, Any]:
    """Return what the template fills in.

    Parameters
    ----------
    attributes : mapping
        Attributes of the study file.
    found : Results
        Its numbers.
    data : str
        Its digest.
    validation : sequence
        Rows of the validation table.
    references : mapping
        The text of every source by its key.
    """
    parameters = json.loads(attributes.get("parameters", "[]"))
    size = f"{counted(int(attributes['patients']), 'patient')}, {rounded(float(attributes['years']))} years"
    numbers = numbered([value["source"] for value in parameters], [row.source for row in validation])
    return {
        "title": attributes.get("title", "Study"),
        "subtitle": f"{size}: a Monte Carlo study with pumpsim",
        "disclaimer": attributes.get("disclaimer", "Not a medical device; not for decisions about therapy."),
        "question": [_question(attributes), *str(attributes.get("description", "")).split("\n\n")],
        "facts": _facts(attributes, found),
        "answers": answers(found),
        "censoring": "the end of a patient's follow-up (horizon, closing date, death, loss, abandonment)",
        "horizon": f"{rounded(found.years)} years",
        "exposure": rounded(found.patient_years),
        "intervals": "from the spread between worlds (patients of one world share batches and lots)"
        if found.worlds > 1
        else "of Poisson counts (there is a single world)",
        "few_worlds": few_worlds(found),
        "stated": _causes(found, stated=True),
        "simulated": _causes(found, stated=False),
        "ends": ends(found),
        "terms": found.terms,
        "totals": 2 if found.rates[1][0] == RINSES else 1,
        "events": events(found),
        "preceding": preceding(found),
        "validation": comparisons(validation, numbers),
        "verdicts": verdicts(validation),
        "parameters": parameter_groups(parameters, numbers),
        "assumed": sum(value["kind"] == "assumed" for value in parameters),
        "n_parameters": len(parameters),
        "sources": [references.get(key, key) for key in numbers],
        "command": attributes.get("command", ""),
        "identity": [("Digest of the data", data), *_identity(attributes)],
        "how_to_open": attributes.get("how_to_open", ""),
        "scenario": attributes.get("scenario", ""),
        **_drawings(found),
    }


def _drawings(found: Results) -> dict[str, Any]:
    """Return all figures, and what the caption of the fan says of it."""
    fan = found.fan
    return {
        "survival": figures.survival(found.survival, at_risk(found)),
        "causes": figures.incidences(found.causes[:SHOWN_CAUSES], "causes", "Age of the pump [y]", found.years),
        "first_operation": figures.incidences(found.firsts, "firsts", "Time since entry [y]", found.years),
        "rates": figures.rates(intervals(found), "Events per 100 patient-years"),
        "means": figures.means(found.means, found.years),
        "fan": figures.fan(fan.edges, fan.quantile, fan.error) if fan else "",
        "fan_sample": counted(fan.sample, "patient") if fan else "",
        "fan_patients": f"{fan.patients[0]:,} in the first, {fan.patients[-1]:,} in the last" if fan else "",
        "fan_quantiles": [f"{100.0 * share:g} %" for share in fan.quantile] if fan else [],
        "fan_years": [
            [rounded(end), *(f"{100.0 * share:.2f}".replace("-", MINUS) for share in shares), f"{count:,}"]
            for end, shares, count in zip(fan.edges[1:], fan.error.T, fan.patients, strict=True)
        ]
        if fan
        else [],
    }


def _causes(found: Results, stated: bool) -> str:
    """Return the causes of pumps' ends whose rates the scenario states, or those that come out of simulated physics."""
    return ", ".join(curve.label for curve, rate in zip(found.causes, found.stated, strict=True) if rate == stated)


def _question(attributes: Mapping[str, Any]) -> str:
    """Return what was asked, as a sentence."""
    people, years = counted(int(attributes["patients"]), "patient"), rounded(float(attributes["years"]))
    after = "A pump that ends is replaced by a new one." if attributes["replaces"] else "Nobody gets a second pump."
    return (
        f"What happens to {people} who each receive this pump and are followed for {years} years, unless they die, are "
        f"lost or give it up before? {after}"
    )


def _facts(attributes: Mapping[str, Any], found: Results) -> list[tuple[str, str]]:
    """Return what was run, as label and value."""
    followed = [f"{label(reason).lower()} {count:,}" for reason, count in found.follow_up.items() if count]
    return [
        ("Patients", f"{int(attributes['patients']):,}"),
        ("Worlds", f"{found.worlds:,}; patients of one world share batches and lots"),
        ("Follow-up planned", f"{rounded(float(attributes['years']))} years"),
        ("Follow-up observed", f"{rounded(found.patient_years)} patient-years; ended by {', '.join(followed)}"),
        (found.terms.pumps, f"{found.pumps:,}, first and later ones"),
        ("Seed", str(attributes["seed"])),
    ]


def _identity(attributes: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return the attributes that say with what a study was made, nested ones laid flat."""
    rows = []
    for key, value in attributes.items():
        if key not in ELSEWHERE and str(value):
            rows.append((label(key), _flat(value)))
    return rows


def _flat(value: Any) -> str:
    """Return an attribute as one line; JSON tables become a list of words."""
    if isinstance(value, float):
        return rounded(value)
    try:
        table = json.loads(value)
    except (TypeError, ValueError):
        return str(value)
    if isinstance(table, dict):
        return ", ".join(f"{name} {_flat(item)}" for name, item in table.items())
    return str(value)
