"""Shares of volumes, rinses and patients in a study, each with its limits; how limits are estimated stands in
`reliability.recurrent`, which shares a report shows in `scenarios.report.results`."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from reliability.events import HAZARD, MODE, RINSE
from reliability.recurrent import Share, event_rate, share
from reliability.store import StudyFile

DRY = "empty-reservoir"  # the type of mode that is a reservoir run dry
ALLOWED = "requirement.run_dry"


class Requirement(NamedTuple):
    """How many patients' reservoirs ran dry, beside how many may."""

    allowed: float  # [-]
    found: Share  # [-] of patients

    @property
    def verdict(self) -> str:
        """Whether the interval lies below what is allowed, above it, or across."""
        if self.found.upper <= self.allowed:
            return "met"
        return "missed" if self.found.lower > self.allowed else "open"


def requirement(study: StudyFile, world: NDArray[Any]) -> Requirement | None:
    """Return how a study stands to the requirement of its scenario; None where none can be told."""
    values = {value["path"]: float(value["si"]) for value in json.loads(study.attributes.get("parameters", "[]"))}
    modes = tomllib.loads(study.attributes.get("scenario", "")).get("modes", {})
    watched = [code for code, name in study.kinds.items() if MODE <= code < HAZARD and _type(modes, name) == DRY]
    if ALLOWED not in values or not watched:
        return None
    dry = np.zeros(len(world), dtype=np.int64)
    for events in study.pieces("events", ["patient", "kind"]):
        dry[events["patient"][np.isin(events["kind"], watched)]] = 1
    return Requirement(values[ALLOWED], clustered(dry, np.ones_like(dry), world))


def _type(modes: Mapping[str, Any], name: str) -> str:
    return str(modes.get(name, {}).get("type", ""))


def clustered(hits: NDArray[np.int64], trials: NDArray[np.int64], world: NDArray[Any]) -> Share:
    """Return the share of hits among trials (n_patients,), with limits from the spread between worlds.

    They are those of Clopper and Pearson where that shows none: in a single world, or when all trials hit or none.
    """
    k, n, somewhere = int(hits.sum()), int(trials.sum()), trials > 0
    if k in {0, n} or len(np.unique(world[somewhere])) < 2:
        return share(k, n)
    ratio = event_rate(hits[somewhere], trials[somewhere], world[somewhere])
    return Share(ratio.rate, ratio.lower, min(ratio.upper, 1.0))


def not_delivered(patients: Mapping[str, NDArray[Any]]) -> Share:
    """Return the share of the programmed volume that was not delivered, with limits from the spread between worlds.

    What was delivered is a ratio of volumes, in whole nanolitres; where pumps gave more than was programmed, the share
    not delivered is below zero, and where none did, no limit is. A single world leaves the spread between its patients,
    a single patient no limits.
    """
    several = len(np.unique(patients["world"])) > 1
    cluster = patients["world"] if several else np.arange(len(patients["world"]))
    delivered = np.rint(1e6 * patients["delivered"])
    programmed = 1e6 * (patients["delivered"] + patients["undelivered"])
    given, asked = float(delivered.sum()), float(programmed.sum())
    if len(cluster) < 2 or not given > 0.0:
        return Share(1.0 - given / asked if asked > 0.0 else np.nan, np.nan, np.nan)
    ratio = event_rate(delivered, programmed, cluster)
    lowest = 0.0 if (patients["undelivered"] >= 0.0).all() else -np.inf
    found, lower, upper = (max(1.0 - part, lowest) for part in (ratio.rate, ratio.upper, ratio.lower))
    return Share(found, lower, upper)


def restored(study: StudyFile, world: NDArray[Any]) -> Share | None:
    """Return the share of the rinses at visits that restored the flow; None without any such rinse."""
    rinsed, helped = np.zeros(len(world), dtype=np.int64), np.zeros(len(world), dtype=np.int64)
    for events in study.pieces("events", ["patient", "kind", "value"]):
        of = events["kind"] == RINSE
        rinsed += np.bincount(events["patient"][of], minlength=len(world))
        helped += np.bincount(events["patient"][of & (events["value"] == 1.0)], minlength=len(world))
    return clustered(helped, rinsed, world) if rinsed.any() else None
