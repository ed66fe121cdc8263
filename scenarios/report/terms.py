"""What the words of a report depend on: whether a pump is implanted or worn, and which events it cannot have; numbers
and labels stand in `scenarios.report.words`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any, NamedTuple

from reliability.curves import FIRST_OPERATION, FIRSTS
from reliability.events import CLINIC_KINDS, EXTRA_RINSE, IN_VAIN, KETOACIDOSIS, RINSE
from scenarios.report.words import label

NEVER = 1e299  # [s]: from which on a time is none


class Terms(NamedTuple):
    """The words for pumps that come and go."""

    operation: str
    operations: str
    several: str
    again: str  # before a time
    half: str
    pumps: str
    ended: str
    having: str
    impossible: frozenset[str] = frozenset()  # names of events

    def first(self, code: int) -> str:
        """Return what came first to a patient, by its code in the estimates."""
        return f"First {self.operation}" if code == FIRST_OPERATION else f"{label(FIRSTS[code])} before it"

    def times(self, name: str) -> str:
        """Return the words for an event that comes several times."""
        return {"rinse": "Rinses", "underdelivery": "Underdeliveries found"}.get(name, self.several)

    def rinsed(self) -> bool:
        """Return whether the pumps of a study can be rinsed."""
        return CLINIC_KINDS[RINSE] not in self.impossible


IMPLANTED = Terms(
    operation="operation",
    operations="Operations of any kind",
    several="Operations",
    again="operated again",
    half="Half of the patients operated again after",
    pumps="Pumps implanted",
    ended="replaced or explanted",
    having="with a pump implanted",
)
WORN = Terms(
    operation="replacement of the pump",
    operations="Replacements of the pump",
    several="Replacements",
    again="with another pump",
    half="Half of the patients have another pump after",
    pumps="Pumps worn",
    ended="replaced",
    having="with a pump",
)


def terms(attributes: Mapping[str, Any]) -> Terms:
    """Return the words that suit a study.

    Parameters
    ----------
    attributes : mapping
        Attributes of the study file.

    Examples
    --------
    >>> terms({"scenario": "pump.site.type = 'subcutaneous'"}).operations
    'Replacements of the pump'
    """
    site = tomllib.loads(attributes.get("scenario", "")).get("pump", {}).get("site", {})
    values = {value["path"]: float(value["si"]) for value in json.loads(attributes.get("parameters", "[]"))}
    if site.get("type") == "subcutaneous":
        bears = {CLINIC_KINDS[KETOACIDOSIS]} if values.get("population.bearable_time", 0.0) < NEVER else set()
        return WORN._replace(impossible=frozenset(set(CLINIC_KINDS.values()) - bears))
    rinses = values.get("clinic.rinses")
    never = set[int]() if rinses is None else {IN_VAIN} if rinses else {RINSE, EXTRA_RINSE}
    if values.get("population.bearable_time", 0.0) >= NEVER:
        never.add(KETOACIDOSIS)
    return IMPLANTED._replace(impossible=frozenset(CLINIC_KINDS[kind] for kind in never))
