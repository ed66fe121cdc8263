"""Fluid that flows back: fronts cut at the ends of a line, the body's fluid in it, what mixes into the reservoir."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluidics.network import Floats
from fluidics.transport.dispersion import taylor_aris
from fluidics.transport.flow import Flow
from fluidics.transport.stretch import Fill, Tube
from fluidics.transport.transport import along, transported, travelled, within

ML, HOUR = 1e-6, 3600.0
LINE = (Tube(0.14 * ML, 0.4e-3), Tube(0.22 * ML, 0.265e-3))
DEAD = 0.36 * ML
BACLOFEN = 7e-10  # m2/s
SHARP = (Tube(0.2 * ML, 1e-6), Tube(0.16 * ML, 2e-6))  # so narrow that a drug that mixes fast spreads by nothing
FAST = 1e-6  # m2/s


def to_and_fro(*volumes: float, each: float = HOUR, rows: int = 20) -> Flow:
    """Return flow whose volume goes evenly to each of the given ones [lines]."""
    ends = np.array([0.0, *volumes]) * DEAD
    time = np.linspace(0.0, len(volumes) * each, len(volumes) * rows + 1)
    return Flow(time, np.interp(time, np.arange(ends.size) * each, ends))


# --- without dispersion: portions that move to and fro --------------------------------------------------------------


def portioned(flow: Flow, reservoir: tuple[float, float], held: list[tuple[float, float]], body: float) -> list[Floats]:
    """Return what has left at the tip, what the line holds and what the reservoir does, portion by portion."""
    line = [*held]  # (volume, concentration), that at the inlet first
    volume, drug, out = reservoir[0], reservoir[0] * reservoir[1], 0.0
    found = []
    for step in [0.0, *np.diff(flow.volume).tolist()]:
        forth = step > 0.0
        left = abs(step)
        line.insert(0 if forth else len(line), (left, drug / volume if forth else body))
        volume, drug = volume - step, drug - (step * drug / volume if forth else 0.0)
        out -= 0.0 if forth else left * body
        while left > 0.0:
            size, concentration = line.pop(-1 if forth else 0)
            gone = min(size, left)
            left -= gone
            out += gone * concentration if forth else 0.0
            drug += 0.0 if forth else gone * concentration
            if size > gone:
                line.insert(len(line) if forth else 0, (size - gone, concentration))
        found.append(np.array([out, sum(v * c for v, c in line), drug]))
    return found


moves = st.lists(st.floats(-1.4, 1.4).filter(lambda x: abs(x) > 2e-3), min_size=1, max_size=9)


@settings(max_examples=60)
@given(moves, st.floats(0.0, 3.0), st.floats(0.0, 3.0), st.floats(0.0, 3.0), st.sampled_from([0.0, 0.4]))
def test_sharp_fronts_are_portions_that_move_to_and_fro(steps, filled, first, second, body):
    flow = to_and_fro(*np.cumsum(steps), rows=1)
    held, fills = [first, second], [Fill(0.0, filled, 20.0 * ML)]
    come = transported(SHARP, flow, fills, held, FAST, body)
    inside = within(travelled(SHARP, flow, fills, held, FAST, body), SHARP)
    portions = list(zip([tube.volume for tube in SHARP], held, strict=True))
    judged = np.array(portioned(flow, (20.0 * ML, filled), portions, body))
    assert come.mass == pytest.approx(judged[:, 0], abs=2e-4 * DEAD)
    assert inside == pytest.approx(judged[:, 1], abs=2e-4 * DEAD)
    assert come.reservoir * (20.0 * ML - flow.volume) == pytest.approx(judged[:, 2], abs=2e-4 * DEAD)


def test_pushed_one_pulled_a_half_pushed_one_brings_a_line_and_a_half_of_drug():
    """A slug of two in a line of one: the half of it that is not out yet, then the body's fluid, then it again."""
    flow = to_and_fro(1.0, 0.5, 1.5)
    fills = [Fill(0.0, 2.0), Fill(0.75 * HOUR, 1.0)]
    come = transported(SHARP, flow, fills, [1.0, 1.0], FAST)
    assert come.mass[20] == pytest.approx(DEAD, rel=1e-4)
    assert come.mass[40] == pytest.approx(come.mass[20], rel=1e-4)  # nothing of it is drawn in again
    assert come.mass[50] == pytest.approx(DEAD, rel=1e-4)
    assert come.mass[-1] == pytest.approx((1.0 + 0.5 * 2.0) * DEAD, rel=1e-4)
    assert come.concentration[[19, 30, 45, 55]] == pytest.approx([1.0, 0.0, 0.0, 2.0], abs=1e-9)


def test_what_comes_back_through_the_inlet_mixes_into_the_reservoir():
    flow = to_and_fro(-3.0, -2.0)
    mixed = (20.0 * ML * 2.0 + DEAD * 1.0) / (20.0 * ML + 3.0 * DEAD)  # the line, then two of the body's fluid
    come = transported(SHARP, flow, [Fill(0.0, 2.0, 20.0 * ML)], [1.0, 1.0], FAST)
    assert come.reservoir[0] == 2.0
    assert come.reservoir[20:] == pytest.approx(mixed, rel=1e-5)
    assert come.mass[-1] == pytest.approx(0.0, abs=1e-4 * DEAD)  # the line is still full of the body's fluid
    further = transported(SHARP, to_and_fro(-3.0, 0.0), [Fill(0.0, 2.0, 20.0 * ML)], [1.0, 1.0], FAST)
    assert further.concentration[-1] == pytest.approx(mixed, rel=1e-5)
    endless = transported(SHARP, flow, [Fill(0.0, 2.0)], [1.0, 1.0], FAST)
    assert np.all(endless.reservoir == 2.0)


def test_a_refill_while_fluid_flows_back_is_what_enters_next():
    fills = [Fill(0.0, 2.0, 20.0 * ML), Fill(1.5 * HOUR, 5.0, 20.0 * ML)]
    come = transported(SHARP, to_and_fro(1.0, -1.0, 3.0), fills, [2.0, 2.0], FAST)
    mixed = 20.0 * ML * 5.0 / (20.0 * ML + DEAD)  # the line came back before the refill, the body's fluid after it
    assert come.reservoir[40:] == pytest.approx(mixed, rel=1e-4)
    assert come.concentration[-1] == pytest.approx(mixed, rel=1e-4)


# --- with dispersion --------------------------------------------------------------------------------------------


def test_the_body_s_fluid_spreads_by_the_way_both_ways():
    """Back where the flow turned, half of the concentration, and more delivered by what has spread."""
    tube, rate = Tube(0.36 * ML, 0.1e-3), 0.36 * ML / (20.0 * HOUR)
    flow = to_and_fro(1.0, 0.5, 1.0, each=10.0 * HOUR)
    come = transported([tube], flow, [Fill(0.0, 1.0)], [1.0], BACLOFEN)
    section = math.pi * tube.radius**2
    spread = math.sqrt(2.0 * taylor_aris(BACLOFEN, tube.radius, rate / section) * section**2 * 20.0 * HOUR)
    assert come.concentration[-1] == pytest.approx(0.5, abs=1e-9)
    assert come.mass[-1] - come.mass[20] == pytest.approx(spread / math.sqrt(2.0 * math.pi), rel=0.01)


def test_a_turn_takes_nothing_from_the_line_and_leaves_the_body_s_fluid_beyond():
    flow = to_and_fro(0.8, 0.6, 1.1, 0.2, 0.5, each=5.0 * HOUR)
    fronts = travelled(LINE, flow, [Fill(0.0, 2.0)], [0.0, 0.0], BACLOFEN)
    places = np.linspace(0.001, 0.999, 400) * DEAD
    for before, after in pairwise(fronts):
        assert along([after], places)[0] == pytest.approx(along([before], places)[-1], abs=1e-12)
    assert along([fronts[1]], np.array([1.01 * DEAD]))[0, 0] < 1e-12


def test_the_amount_in_the_line_is_its_concentration_summed():
    flow = to_and_fro(0.9, 0.6, 0.95, 0.3, each=5.0 * HOUR)
    fronts = travelled(LINE, flow, [Fill(0.0, 2.0)], [0.5, 1.0], BACLOFEN)
    places = (np.arange(20000) + 0.5) / 20000 * DEAD
    for part in fronts:
        last = part._replace(place=part.place[:, -1:], spread=part.spread[:, -1:])
        assert within([last], LINE)[0] == pytest.approx(along([last], places)[0].mean() * DEAD, rel=1e-7)


histories = st.lists(
    st.tuples(st.floats(0.0, 2e5), st.one_of(st.just(0.0), st.floats(-0.4, 0.5), st.floats(-1e-3, 1e-3))),
    min_size=1,
    max_size=12,
)
doses = st.floats(0.0, 50.0)


@settings(max_examples=80)
@given(histories, doses, doses, st.sampled_from([0.0, 0.7]))
def test_drug_is_kept_whatever_the_flow(runs, filled, held, body):
    time, volume = np.cumsum([(0.0, 0.0), *((h, v * ML) for h, v in runs)], axis=0).T
    flow, fills = Flow(time, volume), [Fill(0.0, filled, 20.0 * ML)]
    come = transported(LINE, flow, fills, [held, held], BACLOFEN, body)
    fronts = travelled(LINE, flow, fills, [held, held], BACLOFEN, body)
    kept = come.mass + within(fronts, LINE) + come.reservoir * (20.0 * ML - volume)
    assert kept == pytest.approx(held * DEAD + filled * 20.0 * ML, rel=1e-12, abs=1e-18)
    most = max(filled, held, body)
    assert np.all(along(fronts, np.linspace(0.0, DEAD, 7)) <= 1.02 * most)
    assert np.all((come.concentration >= 0.0) & (come.concentration <= 1.02 * most))


@given(histories, st.floats(0.1, 0.9))
def test_a_look_between_changes_nothing(runs, share):
    time, volume = np.cumsum([(0.0, 0.0), *((h + 1.0, v * ML) for h, v in runs)], axis=0).T
    seen = np.union1d(time, time[:-1] + share * np.diff(time))
    few = transported(LINE, Flow(time, volume), [Fill(0.0, 2.0)], [1.0, 1.0], BACLOFEN)
    many = transported(LINE, Flow(seen, np.interp(seen, time, volume)), [Fill(0.0, 2.0)], [1.0, 1.0], BACLOFEN)
    rows = np.searchsorted(seen, time)
    assert many.mass[rows] == pytest.approx(few.mass, abs=1e-9 * ML)


def test_a_line_whose_fluid_is_that_of_the_body_knows_no_turn():
    come = transported(LINE, to_and_fro(0.7, -0.4, 1.0), [Fill(0.0, 2.0)], [2.0, 2.0], BACLOFEN, body=2.0)
    assert np.all(come.concentration == 2.0)
    assert come.mass == pytest.approx(2.0 * come.volume, rel=1e-13)


def test_what_moves_to_and_fro_by_little_is_the_same_fluid():
    flow = to_and_fro(0.5, 0.4995, 0.6)
    come = transported(LINE, flow, [Fill(0.0, 2.0)], [2.0, 2.0], BACLOFEN)
    assert np.all(come.concentration == 2.0)
    turned = transported(LINE, to_and_fro(0.5, 0.49, 0.6), [Fill(0.0, 2.0)], [2.0, 2.0], BACLOFEN)
    assert turned.concentration.min() < 1.0
