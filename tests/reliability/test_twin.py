"""The lifetime kernel against its slow twin, patient by patient with the same luck; the twin stands in
`tests/twin.py`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np
import pytest

from reliability.chunk import Chunk, Plan, simulate
from reliability.interruption import MODE_MISSED
from tests import twin
from tests.reliability.plans import active_plan, quiet_plan
from tests.twin_pump import Course, Decision

DAY = 86400.0
CLOSE_CALL = 1e-3  # [-], 0.1 point of a loss


class Parted(NamedTuple):
    """A patient whose two histories differ, and the twin's closest decision where they first do."""

    patient: int
    day: float
    decision: str
    margin: float


def first_difference(chunk: Chunk, number: int, course: Course) -> float:
    """Return the day at which two histories of a patient first differ in kind, or by more than a day; else infinity."""
    mine = chunk.events["patient"] == number
    fast = list(zip(chunk.events["kind"][mine].tolist(), chunk.events["time"][mine].tolist(), strict=True))
    slow = [(event.kind, event.time / DAY) for event in course.events]
    for (kind, time), (other, then) in zip(fast, slow, strict=False):
        if kind != other or abs(time - then) > 1.0:
            return min(time, then)
    extra = fast[len(slow) :] or slow[len(fast) :]
    return extra[0][1] if extra else math.inf


def parted(chunk: Chunk, courses: dict[int, Course]) -> list[Parted]:
    """Return the patients whose histories differ.

    A decision shows at once; only the batch of a refill may show later, by an onset that waits under another hazard.
    """
    found = []
    for number, course in courses.items():
        day = first_difference(chunk, number, course)
        if day < math.inf:
            near = [
                d
                for d in course.decisions
                if abs(d.time / DAY - day) <= 1.0 or (d.name == "batch" and d.time / DAY < day)
            ]
            closest = min(near, key=lambda d: abs(d.margin), default=Decision(0.0, "none", math.inf))
            found.append(Parted(number, day, closest.name, closest.margin))
    return found


def compare(plans: list[Plan], patients: int, close: float = CLOSE_CALL, share: float = 0.01) -> None:
    """Follow the same patients twice and hold the kernel to its twin.

    Parameters
    ----------
    plans, patients
        Studies, and how many patients of each.
    close : float
        Margin of a decision [-] that explains a difference.
    share : float
        Share of the patients [-] that may differ for such a reason.
    """
    apart: list[Parted] = []
    for plan in plans:
        chunk = simulate(plan, 0, patients)
        courses = {number: twin.follow(plan, number) for number in range(patients)}
        apart += parted(chunk, courses)
        fast, slow = chunk.patients["delivered"] * 1e-6, np.array([c.delivered for c in courses.values()])
        assert np.median(np.abs(fast / slow - 1.0)) < 1e-4
    wide = [one for one in apart if abs(one.margin) > close]
    assert not wide, f"no close decision explains the difference of {wide}"
    assert len(apart) <= share * patients * len(plans), f"{len(apart)} patients differ: {apart}"


def test_kernel_follows_its_twin() -> None:
    compare([quiet_plan(), active_plan()], 100)


def test_short_panels_leave_only_close_calls() -> None:
    plan = active_plan(seed=2)
    # twenty decisions a patient with noise: a few fall within a fifth of a close call, and none wider ones differ
    compare([plan._replace(rules=plan.rules._replace(panels=64.0))], 100, close=CLOSE_CALL / 5.0, share=0.02)


def test_patients_come_later_when_a_volume_must_be_missed_first() -> None:
    plan = active_plan(seed=3)
    rows = plan.mode_rows.copy()
    rows[plan.mode_names.index("underdelivery_50"), MODE_MISSED] = 0.5e-6  # five days of the mean dose
    late = plan._replace(mode_rows=rows, rules=plan.rules._replace(panels=64.0))
    soon = late._replace(mode_rows=plan.mode_rows)
    assert not np.array_equal(*(simulate(p, 0, 40).patients["refills"] for p in (soon, late)))
    compare([late], 40, share=0.03)


@pytest.mark.twin
@pytest.mark.timeout(0)  # a quarter of an hour of plain Python
def test_ten_thousand_patients_follow_their_twins() -> None:
    compare([quiet_plan(), active_plan()], 5_000)


def test_twin_converges_in_its_own_step(monkeypatch: pytest.MonkeyPatch) -> None:
    plan = active_plan()
    long = [twin.follow(plan, number) for number in range(4)]
    monkeypatch.setattr(twin, "STEP", twin.STEP / 4.0)
    short = [twin.follow(plan, number) for number in range(4)]
    # an error far below the close call: of the loss at any decision of the clinic, and in days of any event
    for a, b in zip(long, short, strict=True):
        assert [event.kind for event in a.events] == [event.kind for event in b.events]
        assert max(abs(x.time - y.time) for x, y in zip(a.events, b.events, strict=True)) < 0.02 * DAY
        mine, theirs = (
            [d.margin for d in course.decisions if not d.of_dates and not d.name.startswith("mode")]
            for course in (a, b)
        )
        assert np.abs(np.array(mine) - np.array(theirs)).max() < 3e-4
