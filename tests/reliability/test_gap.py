"""The gap between a study's panels and short ones: what it counts, and that it closes."""

from __future__ import annotations

import numpy as np
import pytest

from fluidics.engines import gap as engines
from reliability.chunk import Chunk, simulate
from reliability.gap import Gap, complaint, engine_gap_attributes, gap, panel_gap, same_sequence
from tests.reliability.plans import active_plan, quiet_plan


def chunk(events: list[tuple[int, int, float, int]], delivered: list[float], first: int = 0) -> Chunk:
    """Return a chunk of hand-made events: patient, ordinal of the pump, time [d], kind."""
    columns = dict(zip(("patient", "ordinal", "time", "kind"), map(np.array, zip(*events, strict=True)), strict=True))
    return Chunk(first, len(delivered), {"delivered": np.array(delivered)}, {}, columns)


def test_no_gap_between_equal_chunks() -> None:
    one = chunk([(7, 0, 10.0, 1), (7, 0, 10.0, 2), (9, 1, 30.0, 16)], [1.0, 2.0, 3.0], first=7)
    assert gap(one, one) == Gap(patients=3, same=1.0, median_shift=0.0, greatest_shift=0.0, delivered=0.0)


def test_gap_counts_patients_and_not_events() -> None:
    fine = chunk([(0, 0, 10.0, 1), (0, 0, 20.0, 2), (1, 0, 5.0, 1), (2, 0, 1.0, 4), (3, 0, 8.0, 1)], [1.0] * 4)
    coarse = chunk([(0, 0, 11.0, 1), (0, 0, 23.0, 2), (1, 0, 5.0, 3), (2, 1, 1.0, 4), (3, 0, 8.5, 1)], [1.1] * 4)
    assert same_sequence(coarse, fine).tolist() == [True, False, False, True]
    found = gap(coarse, fine)
    assert found.same == 0.5
    assert found.median_shift == 1.0  # of 1, 3 and 0.5 days
    assert found.greatest_shift == 3.0
    assert found.delivered == pytest.approx(0.1)


def test_one_event_more_is_another_sequence() -> None:
    fine = chunk([(0, 0, 10.0, 1), (0, 0, 20.0, 2), (1, 0, 5.0, 1)], [1.0] * 2)
    coarse = chunk([(0, 0, 10.0, 1), (1, 0, 5.0, 1)], [1.0] * 2)
    assert same_sequence(coarse, fine).tolist() == [False, True]


def test_gap_without_events_has_no_shift() -> None:
    empty = chunk([(0, 0, 1.0, 1)], [0.0])
    nothing = empty._replace(events={name: column[:0] for name, column in empty.events.items()})
    found = gap(nothing, nothing)
    assert found.same == 1.0
    assert np.isnan([found.median_shift, found.greatest_shift]).all()
    assert found.delivered == 0.0


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ((0.01, -0.01, 0.0), ""),
        ((0.011, 0.0, 0.0), "end pressure 1.1 %"),
        ((0.0, -0.2, 0.5), "volume per stroke -20 %, volume per day 50 %"),
        ((0.0, 0.0, float("nan")), "volume per day nan %"),
    ],
)
def test_a_gap_between_engines_above_its_bound_is_told(values: tuple[float, float, float], said: str) -> None:
    found = engines.Gap("panel", "stroke", *values, bound=0.01)
    than = "the panel engine differs from the stroke engine by more than 1 %"
    assert complaint(found) == (said and f"{than}: {said}")


def test_a_gap_between_engines_is_told_in_the_file() -> None:
    assert engine_gap_attributes(engines.Gap("panel", "stroke", 0.1, 0.2, 0.3, 0.4)) == {
        "engine_gap_coarse": "panel",
        "engine_gap_fine": "stroke",
        "engine_gap_end_pressure": 0.1,
        "engine_gap_volume_per_stroke": 0.2,
        "engine_gap_volume_per_day": 0.3,
        "engine_gap_bound": 0.4,
    }


def test_gap_refuses_no_patients() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        panel_gap(quiet_plan(), patients=0)


def test_quiet_pump_needs_no_short_panels() -> None:
    found = panel_gap(quiet_plan(), patients=200)
    assert found.patients == 200
    assert found.same >= 0.99
    assert found.median_shift < 0.01
    assert abs(found.delivered) < 1e-4


def test_gap_closes_with_shorter_panels() -> None:
    plan = active_plan()
    plans = [plan._replace(rules=plan.rules._replace(panels=panels)) for panels in (1.0, 64.0, 256.0)]
    reference = simulate(plans[-1], 0, 200)
    far, near, none = (gap(simulate(one, 0, 200), reference) for one in plans)
    assert none == Gap(patients=200, same=1.0, median_shift=0.0, greatest_shift=0.0, delivered=0.0)
    assert near.median_shift < far.median_shift / 4.0
    assert near.same >= far.same
