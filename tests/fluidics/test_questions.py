"""Laws that every registered part keeps, whoever wrote it: one state type, exact advance, monotone flow."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import fluidics.questions as asked
from fluidics.pump import Luck, Service
from fluidics.questions import advance, back_pressure, flow, fresh, mean_aggregate, panel, refilled, rinsed, stall
from tests.fluidics.parts import AROUND, ATMOSPHERE, BODY, DAY, RATE, ROOT, SAMPLES, WATER

for _file in (ROOT / "fluidics").rglob("*.py"):  # a file registers its parts when it is imported
    importlib.import_module(".".join(_file.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"))

PARTS = [pytest.param(*sample, id=kind.__name__) for kind, sample in SAMPLES.items()]
DRIVES = [pytest.param(*SAMPLES[kind], id=kind.__name__) for kind in flow.answers if kind in SAMPLES]
LINES = [
    pytest.param(*SAMPLES[kind], id=kind.__name__)
    for kind in {**asked.line.answers, **back_pressure.answers}
    if kind in SAMPLES
]
LUCK = Luck(uniform=0.3, normal=0.7, batch=-1.1)


def leaves(value):
    return [leaf for part in value for leaf in (leaves(part) if isinstance(part, tuple) else [part])]


def test_every_registered_part_has_a_sample():
    ours = {kind for kind in fresh.answers if kind.__module__.startswith("fluidics.")}
    assert ours == set(SAMPLES), "add the new part to SAMPLES in tests/fluidics/parts.py"


@pytest.mark.parametrize(("part", "own"), PARTS)
def test_every_answer_keeps_the_state_type_that_fresh_returns(part, own):
    kind = type(fresh(part, LUCK))
    assert type(own) is kind
    assert type(advance(part, own, DAY, AROUND)) is kind
    assert type(refilled(part, own, Service(0.1), LUCK)) is kind
    assert type(rinsed(part, own)) is kind
    for state in (fresh(part, LUCK), advance(part, own, DAY, AROUND)):
        assert all(type(leaf) is float and np.isfinite(leaf) for leaf in leaves(state))


@pytest.mark.parametrize(("part", "own"), PARTS)
@given(first=st.floats(1e-3, 200.0), second=st.floats(1e-3, 200.0))
def test_advancing_twice_is_advancing_once(part, own, first, second):
    once = advance(part, own, (first + second) * DAY, AROUND)
    twice = advance(part, advance(part, own, first * DAY, AROUND), second * DAY, AROUND)
    for a, b, start in zip(leaves(twice), leaves(once), leaves(own), strict=True):
        # of what was there, for the last of a volume is its rounding, and of the time where a clock starts in it
        assert a == pytest.approx(b, rel=1e-11, abs=1e-11 * (abs(start) + (DAY if b > 1.0 else 0.0)))


@pytest.mark.parametrize(("part", "own"), PARTS)
def test_advancing_by_nothing_changes_nothing(part, own):
    assert leaves(advance(part, own, 0.0, AROUND)) == pytest.approx(leaves(own), rel=1e-15)


@pytest.mark.parametrize(("part", "own"), PARTS)
def test_the_longest_panel_is_above_zero(part, own):
    assert panel(part, own, AROUND) > 0.0
    assert panel(part, fresh(part, LUCK), AROUND) > 0.0


@pytest.mark.parametrize(("part", "own"), PARTS)
def test_questions_with_a_default_change_nothing_unless_answered(part, own):
    if type(part) not in refilled.answers:
        assert refilled(part, own, Service(0.1), LUCK) == own
    if type(part) not in rinsed.answers:
        assert rinsed(part, own) == own


@pytest.mark.parametrize(("drive", "own"), DRIVES)
@given(
    rate=st.floats(0.0, 100.0).map(lambda r: r * RATE),
    p_in=st.floats(-5e4, 4e5),
    low=st.floats(-5e4, 6e5),
    rise=st.floats(0.0, 6e5),
)
def test_flow_never_rises_with_outlet_pressure(drive, own, rate, p_in, low, rise):
    most = flow(drive, own, rate, p_in, low, ATMOSPHERE, WATER)
    least = flow(drive, own, rate, p_in, low + rise, ATMOSPHERE, WATER)
    assert least <= most + 1e-13 * abs(most)


@pytest.mark.parametrize(("part", "own"), LINES)
@given(first=st.floats(-1e-8, 1e-7), more=st.floats(0.0, 1e-7), days=st.floats(0.0, 300.0))
def test_back_pressure_never_falls_with_flow(part, own, first, more, days):
    own = advance(part, own, days * DAY, AROUND)
    assert back_pressure(part, own, first + more, WATER) >= back_pressure(part, own, first, WATER)


@pytest.mark.parametrize(("drive", "own"), DRIVES)
def test_force_limit_is_above_zero(drive, own):
    assert stall(drive) > 0.0


@pytest.mark.parametrize("kind", asked.aggregate.answers, ids=lambda kind: kind.__name__)
def test_the_mean_aggregate_lies_between_start_and_end(kind):
    drug, own = SAMPLES[kind]
    for days in (1e-3, 1.0, 30.0):
        end = advance(drug, own, days * DAY, AROUND)
        mean = mean_aggregate(drug, own, days * DAY, BODY)
        assert asked.aggregate(drug, own) < mean < asked.aggregate(drug, end)
