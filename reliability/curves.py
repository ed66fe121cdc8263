"""The estimates that a study file carries, at each month; how they and their errors are computed stands in
`reliability.clustered`, estimators for data from elsewhere in `reliability.survival` and `reliability.recurrent`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reliability.clustered import Floats, Happenings, Integers, Means, Subjects, log_limits, log_log_limits, means
from reliability.events import ABANDONED, DEATH, EXTRA_RINSE, RINSE, UNDERDELIVERY
from reliability.recurrent import FEW_CLUSTERS, event_rate
from reliability.store import Curves, StudyFile, Variable
from reliability.tables import Table

MONTH = 365.25 / 12.0  # days
_STEPS = 30  # of counting in a month: about a day each
_FEW = 10  # worlds below which their spread is poorly known
_MOST_ALONE = 10_000  # patients of few worlds whose own spread is looked at; more of them share that of their worlds
_PER_100_YEARS, _100_YEARS = "0.01 Julian_year-1", "100 Julian_year"  # a Julian year is 365.25 d


def _steps(time: NDArray[np.generic]) -> Integers:
    """Return the step that each time [d] lies in; the end of a month lies in its last step, rounding or not."""
    return np.ceil(np.asarray(time, dtype=np.float64) * (_STEPS / MONTH) - 1e-6).astype(np.int32)


def _spread(worlds: int) -> str:
    """Return in words what errors and limits stand on."""
    few = ", which are few: the interval is rough" if worlds < _FEW else ""
    return f"clustered by world, of {worlds} worlds{few}"


def _estimate(
    name: str, dims: tuple[str, ...], of: str, value: Floats, error: Floats, reach: Floats, mean: bool, worlds: int
) -> dict[str, Variable]:
    """Return an estimate with its error and its limits, from the spread between so many worlds."""
    lower, upper = (log_limits if mean else log_log_limits)(value, reach)
    scale, spread = "log" if mean else "log-log", _spread(worlds) if worlds > 1 else "NaN, there is a single world"
    level = f"95 % limit, pointwise, on the {scale} scale, no closer than for independent patients, {spread}"
    return {
        name: Variable(dims, value, "1", of),
        f"{name}_standard_error": Variable(dims, error, "1", f"standard error, {spread}, of: {of}"),
        f"{name}_lower": Variable(dims, lower, "1", f"lower {level}, of: {of}"),
        f"{name}_upper": Variable(dims, upper, "1", f"upper {level}, of: {of}"),
    }


def _codes(name: str, codes: Integers, labels: Mapping[int, str], of: str) -> dict[str, Variable]:
    return {name: Variable((name,), codes, "1", of, {int(code): labels[int(code)] for code in codes})}


def _time(months: Floats, since: str) -> dict[str, Variable]:
    return {"time": Variable(("time",), months, "d", f"time since {since}")}


def _worlds(world: NDArray[np.generic]) -> Integers:
    """Return worlds numbered from 0 without gaps."""
    return np.cumsum(np.diff(np.asarray(world, dtype=np.int64), prepend=world[:1]) > 0, dtype=np.int32)


def device_life(devices: Table, world: Integers, kinds: Mapping[int, str], grid: Floats) -> dict[str, Variable]:
    """Return survival and incidence by cause of the first pumps of patients; what ends a follow-up censors.

    Parameters
    ----------
    devices : Table
        `ordinal`, `time` and `cause` of each device.
    world : ndarray (n_devices,)
        World of each device, from 0, increasing.
    kinds : mapping
        Labels of the causes.
    grid : ndarray (n_times,)
        Ages [d].
    """
    # later pumps belong to the frailer patients and are censored sooner: pooled, they would not tell how long one lasts
    first = devices["ordinal"] == 0
    world = world[first]
    cause, step = np.asarray(devices["cause"][first], dtype=np.int64), _steps(devices["time"][first])
    codes = np.unique(cause[cause > 0])
    ended = tuple(Happenings(world[cause == code], step[cause == code]) for code in codes)
    subjects = Subjects(world, step, ended, np.ones(len(codes), dtype=bool))
    found = means(subjects, _steps(grid))
    worlds, pump = int(world[-1]) + 1, "the first pump of a patient"
    of = f"probability that {pump} is still in service; death and loss censor (Kaplan-Meier)"
    by = f"probability that {pump} has ended by each cause; death and loss censor (Aalen-Johansen)"
    return (
        _time(grid, "implantation of the first pump")
        | _codes("cause", codes, kinds, "what ended the first pump")
        | {"at_risk": Variable(("time",), found.at_risk, "1", "first pumps at risk")}
        | _estimate(
            "survival", ("time",), of, found.survival, found.survival_error, found.survival_reach, False, worlds
        )
        | _estimate("incidence", ("cause", "time"), by, found.mean, found.error, found.reach, False, worlds)
    )


FIRST_OPERATION, PATIENT_DEATH, PATIENT_ABANDONS = 1, 2, 3
FIRSTS = {FIRST_OPERATION: "operation", PATIENT_DEATH: "death", PATIENT_ABANDONS: "abandonment"}


def first_operation(patients: Table, world: Integers, grid: Floats) -> dict[str, Variable]:
    """Return the incidence among patients of the first operation; death and abandonment compete, the rest censors."""
    operation = np.asarray(patients["first_operation"], dtype=np.float64)
    operated = ~np.isnan(operation)
    step = _steps(np.where(operated, operation, patients["end"]))
    reason = patients["reason"]
    ended = np.where(reason == DEATH, PATIENT_DEATH, np.where(reason == ABANDONED, PATIENT_ABANDONS, 0))
    first = np.where(operated, FIRST_OPERATION, ended)
    came = tuple(Happenings(world[first == code], step[first == code]) for code in sorted(FIRSTS))
    subjects = Subjects(world, step, came, np.ones(len(FIRSTS), dtype=bool))
    found = means(subjects, _steps(grid))
    of = (
        "probability that each came first to a patient: an operation after the first implantation, death, or "
        "abandonment (Aalen-Johansen)"
    )
    return (
        _time(grid, "the patient's entry")
        | _codes("first", np.array(sorted(FIRSTS)), FIRSTS, "what came first")
        | {"at_risk": Variable(("time",), found.at_risk, "1", "patients at risk")}
        | _estimate("incidence", ("first", "time"), of, found.mean, found.error, found.reach, False, int(world[-1]) + 1)
    )


def _units(world: Integers) -> Integers:
    """Return whom events are counted for: the patient's world, or the patient where there are few worlds."""
    few = int(world[-1]) + 1 < FEW_CLUSTERS and len(world) <= _MOST_ALONE
    return np.arange(len(world), dtype=np.int32) if few else world


OPERATION, RINSES, EPISODE = 1, 2, 3
RECURRENT = {OPERATION: "operation", RINSES: "rinse", EPISODE: "underdelivery"}


class Recurrences(NamedTuple):
    """What happened again and again."""

    happened: dict[int, Happenings]  # for each code of RECURRENT
    counts: NDArray[np.int64]  # (n_codes, n_units) rows of each kind of event


def recurrences(pieces: Iterable[Table], unit: Integers, n_codes: int) -> Recurrences:
    """Return operations, rinses and underdeliveries, and the number of each kind of event in each unit.

    What one operation did to line and pump stands in several rows of one patient and time, and counts once; a rinse
    at an operation that changed nothing else shows that operation.

    Parameters
    ----------
    pieces : iterable of Table
        Consecutive pieces of the events.
    unit : ndarray (n_patients,)
        For whom the events of each patient are counted, such as the world, from 0, increasing.
    n_codes : int
        Above the largest code of an event.
    """
    n_units = int(unit[-1]) + 1
    counts = np.zeros(n_codes * n_units, dtype=np.int64)
    nothing = Happenings(unit[:0], _steps(unit[:0]))
    parts: dict[int, list[Happenings]] = {code: [nothing] for code in sorted(RECURRENT)}
    for events in pieces:
        kind, of, step = events["kind"], unit[events["patient"]], _steps(events["time"])
        counts += np.bincount(kind.astype(np.int64) * n_units + of, minlength=len(counts))
        operated = events["operated"] == 1
        rinsed, found = (kind == RINSE) | (kind == EXTRA_RINSE), kind == UNDERDELIVERY
        for code, some in {OPERATION: operated, RINSES: rinsed, EPISODE: found}.items():
            parts[code].append(Happenings(of[some], step[some]))
    joined = {
        code: Happenings(*(np.concatenate(column) for column in zip(*p, strict=True))) for code, p in parts.items()
    }
    return Recurrences(joined, counts.reshape(n_codes, n_units))


def recurrent(
    patients: Table, happened: Mapping[int, Happenings], world: Integers, grid: Floats
) -> dict[str, Variable]:
    """Return the mean numbers of operations, rinses and underdeliveries per patient who started.

    Of few worlds and of their patients, those count whose spread is wider; what happened is told by `_units`.
    """
    step, reason = _steps(patients["end"]), patients["reason"]
    gone = (reason == DEATH) | (reason == ABANDONED)
    terminal = np.array([False] * len(happened) + [True])
    unit = _units(world)

    def by(cluster: Integers) -> Means:
        of_units = np.zeros(int(unit[-1]) + 1, dtype=cluster.dtype)
        of_units[unit] = cluster
        told = [Happenings(of_units[some.world], some.step) for some in happened.values()]
        return means(Subjects(cluster, step, (*told, Happenings(cluster[gone], step[gone])), terminal), _steps(grid))

    found = by(world)
    if unit is not world:
        alone = by(unit)
        found = found._replace(error=np.maximum(found.error, alone.error), reach=np.maximum(found.reach, alone.reach))
    of = "mean number of events per patient who started; the dead and those who abandoned have no more (Ghosh and Lin)"
    codes = np.array(sorted(happened))
    value, error, reach = (rows[: len(codes)] for rows in (found.mean, found.error, found.reach))
    return (
        _time(grid, "the patient's entry")
        | _codes("event", codes, RECURRENT, "what recurs")
        | {"at_risk": Variable(("time",), found.at_risk, "1", "patients under observation")}
        | _estimate("mean", ("event", "time"), of, value, error, reach, True, int(world[-1]) + 1)
    )


def rates(
    patients: Table, counts: Mapping[int, Integers], world: Integers, labels: Mapping[int, str]
) -> dict[str, Variable]:
    """Return the number of events of each kind per 100 patient-years of follow-up, with intervals.

    Parameters
    ----------
    patients : Table
        `end` of each patient.
    counts : mapping
        For each code the number of events in each unit, as `_units` makes them.
    world : ndarray (n_patients,)
        World of each patient, from 0, increasing.
    labels : mapping
        Labels of the codes.
    """
    unit, worlds = _units(world), int(world[-1]) + 1
    exposure = np.bincount(unit, np.asarray(patients["end"], dtype=np.float64)) / 36525.0
    clusters = np.zeros(len(exposure), dtype=np.int64)
    clusters[unit] = world
    # a single world shows no spread of worlds, and the limits are Poisson
    shared = (clusters,) if worlds > 1 else ()
    codes = np.array(sorted(counts), dtype=np.int64)
    found = [event_rate(counts[int(code)], exposure, *shared) for code in codes]
    of = "events per 100 patient-years of follow-up"
    spread = _spread(worlds) if worlds > 1 else "Poisson, there is a single world"
    columns = {
        "rate": (of, [one.rate for one in found]),
        "rate_standard_error": (f"standard error, {spread}, of: {of}", [one.standard_error for one in found]),
        "rate_lower": (f"lower 95 % limit, {spread}, of: {of}", [one.lower for one in found]),
        "rate_upper": (f"upper 95 % limit, {spread}, of: {of}", [one.upper for one in found]),
    }
    return (
        _codes("kind", codes, labels, "what happened")
        | {"events": Variable(("kind",), np.array([int(one.events) for one in found], dtype=np.int64), "1", "events")}
        | {
            name: Variable(("kind",), np.array(values), _PER_100_YEARS, text)
            for name, (text, values) in columns.items()
        }
        | {"exposure": Variable((), np.array(exposure.sum()), _100_YEARS, "follow-up, in 100 patient-years")}
    )


def curves(study: StudyFile) -> Curves:
    """Return all estimates of a study: device life, first operation, recurrent events and rates."""
    patients = study.table("patients", ["world", "end", "reason", "first_operation"])
    world, kinds = _worlds(patients["world"]), study.kinds
    months = math.ceil(round(float(patients["end"].max()) / MONTH, 6))
    grid: Floats = np.arange(months + 1, dtype=np.float64) * MONTH
    pieces = study.pieces("events", ["patient", "time", "kind", "operated"])
    happened, counts = recurrences(pieces, _units(world), max(kinds) + 1)
    occurred = {code: counts[code] for code in kinds}
    occurred[0] = np.bincount(happened[OPERATION].world, minlength=counts.shape[1])
    devices = study.table("devices", ["patient", "ordinal", "time", "cause"])
    return {
        "device_life": device_life(devices, world[devices["patient"]], kinds, grid),
        "first_operation": first_operation(patients, world, grid),
        "recurrent": recurrent(patients, happened, world, grid),
        "rates": rates(patients, occurred, world, kinds | {0: RECURRENT[OPERATION]}),
    }
