"""What pods deliver in equal windows, published and simulated: what holds and what is missed; the pod's terms stand in
`fluidics.drives.patch`, the windows in `fluidics.collected`."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np

from fluidics.collected import delivered_in_windows, increments_of
from fluidics.network import Floats
from reliability.streams import philox
from scenarios.cases.published import CALIBRATED, HELD_OUT, Case
from scenarios.cases.worn_pump import HOUR, UNIT, UNIT_PER_HOUR, patch_drive

SEED = 2022
PODS, RUN = 12, 72.0 * HOUR  # as in the laboratory
TIMES = 40  # repetitions of it; the median of their limits is compared
_LOW = np.uint64(0xFFFFFFFF)

# fitted: noise to single increments of 0 to 0.119 U, likeness to 1 h at 1 U/h, gain and drift to 12 h at both rates
POD = patch_drive()._replace(noise=0.019 * UNIT, likeness=0.5, gain_spread=0.02, drift_spread=0.0066 * UNIT_PER_HOUR)

# rate [U/h], window [h], least and greatest delivered over programmed, printed in U
_PRINTED = (
    (1.0, 1, 0.65, 1.55), (1.0, 6, 5.06, 6.87), (1.0, 12, 10.53, 13.26),
    (0.05, 1, 0.0, 0.12), (0.05, 6, 0.13, 0.57), (0.05, 12, 0.34, 0.99),
    (30.0, 1, 28.85, 31.39),
)  # fmt: skip
_ACCEPTED = {1.0: 0.30, 0.05: 0.35, 30.0: 0.30}  # of the half-range
_CALIBRATED = {(1.0, 1), (1.0, 12), (0.05, 12)}
_MISSED = {30.0: "at 30 U/h increments are more alike than at basal rates, and the terms are those of basal rates"}


def normals(rows: int, columns: int, stream: int) -> Floats:
    """Return standard normal numbers (rows, columns) that depend on the seed, their place and the stream alone."""
    from scipy.special import ndtri

    place: Any = np.arange(rows * columns, dtype=np.uint64)  # words of Philox may be arrays
    none: Any = np.zeros_like(place)
    high, low, _, _ = philox(place, none, none, none + np.uint64(stream), none + np.uint64(SEED), none)
    bits = ((high << np.uint64(32)) | (low & _LOW)) >> np.uint64(12)
    return np.asarray(ndtri((bits.astype(np.float64) + 0.5) * 2.0**-52)).reshape(rows, columns)


@cache
def drawn(rate: float) -> tuple[Floats, Floats]:
    """Return numbers for the pods of all repetitions at a rate [U/h], two each, and for each of their increments."""
    count = round(RUN * rate * UNIT_PER_HOUR / POD.increment)
    pods = PODS * (TIMES if rate < 10.0 else 2)  # of many increments there are enough in fewer
    return normals(2, pods, 1), normals(pods, count, 2)


def limits(rate: float, hours: float) -> tuple[float, float]:
    """Return the least and the greatest window [h] of an experiment at a rate [U/h], over what is programmed [-]."""
    pods, noise = drawn(rate)
    volume = delivered_in_windows(POD, rate * UNIT_PER_HOUR, hours * HOUR, pods[0], pods[1], noise)
    share = volume.reshape(len(noise) // PODS, -1) / (rate * UNIT_PER_HOUR * hours * HOUR)
    return float(np.median(share.min(axis=1))), float(np.median(share.max(axis=1)))


def windows() -> tuple[Case, ...]:
    """Return the windows of the pods and the statistics of their increments."""
    rows = []
    for rate, hours, least, most in _PRINTED:
        asked = rate * hours
        published = (least / asked, most / asked)
        slack = _ACCEPTED[rate] * 0.5 * (published[1] - published[0])
        for word, value, ours in zip(("least", "greatest"), published, limits(rate, hours), strict=True):
            role = CALIBRATED if (rate, hours) in _CALIBRATED else HELD_OUT
            rows.append(
                Case(f"Omnipod 5, 12 pods, {rate:g} U/h", f"{word} window of {hours} h", 100.0 * value,
                     100.0 * (value - slack), 100.0 * (value + slack), 100.0 * ours, "% of programmed", role,
                     "omnipod_2022", miss=_MISSED.get(rate, ""))
            )  # fmt: skip
    return (*rows, *increments())


def increments() -> tuple[Case, ...]:
    """Return how far single increments spread, and the mean error of an hour at 2 U/h."""
    name, source = "Increments of four pumps", "girardot_2020"
    pods, noise = normals(2, 400, 3), normals(400, 200, 4)
    single = increments_of(POD, 0.1 * UNIT_PER_HOUR, pods[0], pods[1] * 0.0, noise)
    hourly = delivered_in_windows(POD, 2.0 * UNIT_PER_HOUR, HOUR, pods[0], pods[1], noise)
    spread = float(single.std()) / POD.increment
    error = float(np.abs(hourly / (2.0 * UNIT_PER_HOUR * HOUR) - 1.0).mean())
    return (
        Case(name, "standard deviation of a stroke at 0.1 U/h", 42.35, 38.3, 46.4, 100.0 * spread, "%", HELD_OUT,
             source, miss="the noise is that of Omnipod 5, printed as the range of its increments"),
        Case(name, "mean absolute error at 2 U/h", 7.4, 5.2, 9.6, 100.0 * error, "%", HELD_OUT, source,
             "in windows of one hour; which ones were used is not printed"),
    )  # fmt: skip
