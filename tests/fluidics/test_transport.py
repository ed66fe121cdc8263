"""Transport: drug is conserved, fronts meet the laws of one tube and an independent grid, nonsense is refused."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.linalg import solve_banded

from fluidics.engines.trace import traced
from fluidics.network import Floats
from fluidics.programmes.basal import constant
from fluidics.programmes.programme import suspended, with_bolus
from fluidics.pump import new_pump
from fluidics.transport.dispersion import breakthrough, stroke_dispersion, taylor_aris
from fluidics.transport.flow import Flow, flowed, flowing
from fluidics.transport.stretch import Fill, Tube
from fluidics.transport.transport import Arrival, along, transported, travelled
from tests.fluidics.parts import INSULIN_PUMP
from tests.fluidics.parts import RATE as PUMP_RATE

ML, HOUR, DAY = 1e-6, 3600.0, 86400.0
TUBING = Tube(0.14 * ML, 0.4e-3)
CATHETER = Tube(0.22 * ML, 0.265e-3)
LINE = (TUBING, CATHETER)
DEAD = 0.36 * ML
BACLOFEN = 7e-10  # m2/s
RATE = 0.4 * ML / DAY


def even(rate: float, until: float, rows: int = 400) -> Flow:
    time = np.linspace(0.0, until, rows)
    return Flow(time, rate * time)


def area(tube: Tube) -> float:
    return math.pi * tube.radius**2


# --- one tube, even flow -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("peclet", [10.0, 50.0, 1000.0])
def test_what_leaves_one_tube_is_the_law_of_ogata_and_banks(peclet):
    """With a lumen so narrow that the parabola does nothing; the inlet is closed there and open here."""
    tube = Tube(1e-9, 1e-5)
    length = tube.volume / area(tube)
    diffusivity = 1e-9
    speed = peclet * diffusivity / length
    flow = even(speed * area(tube), 10.0 * length / speed, 8001)
    come = transported([tube], flow, [Fill(0.0, 1.0)], [0.0], diffusivity)
    leaving = np.diff(come.mass) / np.diff(come.volume)
    middle = 0.5 * (flow.time[1:] + flow.time[:-1])
    law = np.array([breakthrough(length, float(t), speed, diffusivity) for t in middle])
    assert np.max(np.abs(leaving - law)) < 0.2 / peclet
    held = sum(1.0 - law) * speed * area(tube) * (middle[1] - middle[0])
    assert come.volume[-1] - come.mass[-1] == pytest.approx(held, rel=1e-4)


def test_a_catheter_of_great_peclet_number_meets_its_law_to_five_digits():
    """The insulin catheter at 10 uL/h: 0.4 m, 0.5 mm bore."""
    a, D, speed = 0.25e-3, 1.5e-10, 1e-8 / HOUR / (math.pi * 0.25e-3**2)
    tube = Tube(0.4 * math.pi * a * a, a)
    spread = taylor_aris(D, a, speed)
    transit = 0.4 / speed
    time = np.linspace(0.0, 1.2, 2401) * transit
    come = transported([tube], Flow(time, speed * math.pi * a * a * time), [Fill(0.0, 1.0)], [0.0], D)
    leaving = np.diff(come.mass) / np.diff(come.volume)
    law = np.array([breakthrough(0.4, float(t), speed, spread) for t in 0.5 * (time[1:] + time[:-1])])
    assert np.max(np.abs(leaving - law)) < 1e-4
    assert come.concentration[2000] == pytest.approx(0.5, abs=1e-9)
    assert come.mixing == pytest.approx(transit * D / a**2, rel=1e-9)


# --- an independent grid -----------------------------------------------------------------------------------------


def gridded(flow: Flow, inlet: Floats, tubes: tuple[Tube, ...], held: list[float], cells: int) -> Floats:
    """Return the mass that has left, by finite volumes in volume coordinates, Crank-Nicolson after four Euler steps.

    Through the inlet passes only what is pumped in; behind the tip the last tube goes on for a quarter of the line.
    """
    dead = sum(tube.volume for tube in tubes)
    width = dead / cells
    faces = np.arange(cells + cells // 4 + 1) * width
    ends = np.cumsum([tube.volume for tube in tubes])
    which = np.minimum(np.searchsorted(ends, faces - 1e-6 * dead, side="right"), len(tubes) - 1)
    section = np.array([area(tube) for tube in tubes])
    middle = 0.5 * (faces[1:] + faces[:-1])
    c = np.array(held)[np.minimum(np.searchsorted(ends, middle), len(tubes) - 1)]
    out, mass = cells, [0.0]
    for i in range(1, flow.time.size):
        dt = flow.time[i] - flow.time[i - 1]
        q = (flow.volume[i] - flow.volume[i - 1]) / dt
        spread = [
            taylor_aris(BACLOFEN, tube.radius, q / s) * s * s / width for tube, s in zip(tubes, section, strict=True)
        ]
        k = np.array(spread)[which]
        ahead, back = 0.5 * q + k, 0.5 * q - k  # flux through a face = ahead * left + back * right
        ahead[0], back[0], ahead[-1], back[-1] = 0.0, 0.0, q, 0.0
        bands = np.zeros((3, c.size))
        bands[0, 1:] = back[1:-1]
        bands[1] = ahead[1:] - back[:-1]
        bands[2, :-1] = -ahead[1:-1]
        bands *= dt / width
        share = 1.0 if i <= 4 else 0.5
        rest = (1.0 - share) * bands
        known = c - rest[1] * c
        known[:-1] -= rest[0, 1:] * c[1:]
        known[1:] -= rest[2, :-1] * c[:-1]
        known[0] += dt / width * q * inlet[i]
        bands *= share
        bands[1] += 1.0
        new = solve_banded((1, 1), bands, known)
        seen = share * new + (1.0 - share) * c
        mass.append(mass[-1] + dt * (ahead[out] * seen[out - 1] + back[out] * seen[out]))
        c = new
    return np.array(mass)


def test_two_tubes_under_changing_flow_meet_a_fine_grid():
    """A dose change in three steps of flow and a gap, through 3240 cells."""
    time = np.concatenate([np.linspace(0.0, 0.5, 500), np.linspace(0.5, 0.7, 40)[1:], np.linspace(0.7, 1.2, 500)[1:]])
    time *= DAY
    rate = np.where(time < 0.5 * DAY, RATE, np.where(time < 0.7 * DAY, 0.0, 0.6 * RATE))
    flow = Flow(time, np.append(0.0, np.cumsum(rate[1:] * np.diff(time))))
    early = transported(LINE, flow, [Fill(0.0, 2.0)], [0.5, 1.0], BACLOFEN)
    grid = gridded(flow, np.full(time.size, 2.0), LINE, [0.5, 1.0], 3240)
    assert early.mass == pytest.approx(grid, abs=5e-4 * DEAD)
    assert early.mass[-1] == pytest.approx(grid[-1], rel=1e-3)


def test_a_slug_meets_a_fine_grid():
    flow = even(RATE, 1.2 * DAY, 2401)
    step = np.arange(2401)
    inlet = np.where((step > 200) & (step <= 700), 1.0, 0.0)
    fills = [Fill(0.0, 0.0), Fill(0.1 * DAY, 1.0), Fill(0.35 * DAY, 0.0)]
    come = transported(LINE, flow, fills, [0.0, 0.0], BACLOFEN)
    assert come.mass == pytest.approx(gridded(flow, inlet, LINE, [0.0, 0.0], 3240), abs=3e-4 * 0.1 * ML)


# --- conservation ------------------------------------------------------------------------------------------------

runs = st.lists(st.tuples(st.floats(10.0, 2e5), st.one_of(st.just(0.0), st.floats(1e-9, 4e-7))), min_size=1, max_size=8)
doses = st.floats(0.0, 50.0)


@given(runs, st.lists(st.tuples(st.floats(0.0, 1.0), doses), max_size=4), st.tuples(doses, doses), doses)
def test_all_drug_that_enters_leaves_in_the_end_and_none_is_negative(parts, changes, held, first):
    span = sum(part[0] for part in parts)
    time, volume = np.cumsum([(0.0, 0.0), *parts, (10.0 * DAY, 12.0 * DEAD), (1.0, 0.0)], axis=0).T
    starts = sorted({round(share * span) for share, _ in changes} - {0})
    fills = [Fill(0.0, first), *(Fill(float(s), c) for s, (_, c) in zip(starts, changes, strict=False))]
    flow = Flow(time, volume)
    try:
        come = transported(LINE, flow, fills, held, BACLOFEN)
    except ValueError as refused:
        assume("lies between fronts" not in str(refused))
        raise
    bounds = [*(float(np.interp(fill.start, time, volume)) for fill in fills), volume[-1] - DEAD]
    entered = sum(f.concentration * (b - a) for f, a, b in zip(fills, bounds[:-1], bounds[1:], strict=True))
    expected = entered + held[0] * TUBING.volume + held[1] * CATHETER.volume
    assert come.mass[-1] == pytest.approx(expected, rel=1e-9, abs=1e-21)
    most = max(*held, *(fill.concentration for fill in fills))
    assert np.all((come.concentration >= 0.0) & (come.concentration <= most * (1.0 + 1e-9)))


def test_what_the_line_holds_and_what_has_left_is_what_went_in():
    flow = even(RATE, 0.8 * DAY, 3)
    fills = [Fill(0.0, 2.0), Fill(0.3 * DAY, 0.7)]
    come = transported(LINE, flow, fills, [0.5, 1.0], BACLOFEN)
    places = (np.arange(40000) + 0.5) / 40000 * DEAD
    inside = along(travelled(LINE, flow, fills, [0.5, 1.0], BACLOFEN), places)[-1].mean() * DEAD
    entered = 0.3 * DAY * RATE * 2.0 + 0.5 * DAY * RATE * 0.7
    assert come.mass[-1] + inside == pytest.approx(entered + 0.5 * TUBING.volume + 1.0 * CATHETER.volume, rel=1e-9)


def test_a_line_of_one_concentration_gives_volume_times_concentration():
    come = transported(LINE, even(RATE, DAY), [Fill(0.0, 2.0), Fill(0.5 * DAY, 2.0)], [2.0, 2.0], BACLOFEN)
    assert come.mass == pytest.approx(2.0 * come.volume, rel=1e-15)
    assert np.all(come.concentration == 2.0)
    assert come.mixing == np.inf


@given(doses, doses, doses)
def test_concentrations_superpose(a, b, c):
    flow = even(RATE, 1.5 * DAY, 50)

    def come(first: float, tubing: float, catheter: float) -> Floats:
        return transported(LINE, flow, [Fill(0.0, first)], [tubing, catheter], BACLOFEN).mass

    parts = come(a, 0.0, 0.0) + come(0.0, b, 0.0) + come(0.0, 0.0, c)
    assert come(a, b, c) == pytest.approx(parts, rel=1e-9, abs=1e-12 * ML)


# --- histories ---------------------------------------------------------------------------------------------------


def short(come: Arrival) -> float:
    """Return the volume [m3] by which a step to one has not yet come."""
    return float(come.volume[-1] - come.mass[-1])


def test_the_middle_of_a_front_comes_with_the_dead_volume_whatever_the_flow():
    programme = suspended(constant(RATE, 3.0 * DAY), 0.2 * DAY, 0.5 * DAY)
    programme = with_bolus(programme, DAY, 0.05 * ML, 1e-11)
    come = transported(
        LINE, flowing(programme, np.linspace(0.0, 3.0 * DAY, 40)), [Fill(0.0, 1.0)], [0.0, 0.0], BACLOFEN
    )
    assert short(come) == pytest.approx(DEAD, rel=1e-9)
    time = float(np.interp(DEAD, come.volume, come.time))
    flow = flowing(programme, np.array([0.0, time, 3.0 * DAY]))
    again = transported(LINE, flow, [Fill(0.0, 1.0)], [0.0, 0.0], BACLOFEN)
    assert again.concentration[np.searchsorted(flow.time, time)] == pytest.approx(0.5, abs=1e-9)


def test_a_gap_widens_what_is_in_the_line_and_moves_nothing():
    programme = suspended(constant(RATE, 3.0 * DAY), 0.4 * DAY, DAY)
    time = np.linspace(0.0, 3.0 * DAY, 2000)
    (fronts,) = travelled(LINE, flowing(programme, time), [Fill(0.0, 1.0)], [0.0, 0.0], BACLOFEN)
    begin, end = np.searchsorted(flowing(programme, time).time, [0.4 * DAY, 1.4 * DAY])
    assert fronts.place[0, begin] == fronts.place[0, end]
    grown = fronts.spread[0, end] ** 2 - fronts.spread[0, begin] ** 2
    assert grown == pytest.approx(2.0 * BACLOFEN * area(CATHETER) ** 2 * DAY, rel=1e-9)


def test_a_fill_that_never_flowed_leaves_no_trace():
    programme = suspended(constant(RATE, 3.0 * DAY), 0.4 * DAY, DAY)
    flow = flowing(programme, np.linspace(0.0, 3.0 * DAY, 30))
    once = transported(LINE, flow, [Fill(0.0, 1.0), Fill(DAY, 3.0)], [0.0, 0.0], BACLOFEN)
    twice = transported(LINE, flow, [Fill(0.0, 1.0), Fill(0.6 * DAY, 9.0), Fill(DAY, 3.0)], [0.0, 0.0], BACLOFEN)
    assert np.array_equal(once.mass, twice.mass)


def test_strokes_far_apart_widen_a_front_as_their_closed_form_says():
    """A piston of 0.5 uL each 12 minutes: the front of insulin is twice as wide as even flow would leave it."""
    a, D, stroke = 0.25e-3, 1.5e-10, 0.5e-9
    tube, rate = Tube(0.1 * ML, a), stroke / 720.0
    programme = constant(rate, 4.0 * DAY)
    ends = np.array([0.0, 0.9 * tube.volume / rate])
    (by_strokes,) = travelled([tube], flowing(programme, ends, stroke), [Fill(0.0, 1.0)], [0.0], D)
    (evenly,) = travelled([tube], flowing(programme, ends), [Fill(0.0, 1.0)], [0.0], D)
    section = area(tube)
    wide = stroke_dispersion(D, a, stroke / section, 720.0)
    assert by_strokes.spread[0, -1] ** 2 == pytest.approx(2.0 * wide * section**2 * ends[1], rel=0.02)
    assert evenly.spread[0, -1] ** 2 == pytest.approx(
        2.0 * taylor_aris(D, a, rate / section) * section**2 * ends[1], rel=0.02
    )
    assert by_strokes.spread[0, -1] > 1.9 * evenly.spread[0, -1]


@pytest.mark.parametrize("engine", ["exact", "stroke"])
def test_the_strokes_of_a_traced_pump_widen_a_front_as_their_closed_form_says(engine):
    trace = traced(INSULIN_PUMP, new_pump(INSULIN_PUMP), constant(PUMP_RATE, DAY), DAY, engine)
    a, D, stroke = 0.25e-3, 1.5e-10, INSULIN_PUMP.drive.stroke_volume
    tube = Tube(1.0 * ML, a)  # which the front does not leave
    flow = flowed(trace.time, trace.delivered)
    (fronts,) = travelled([tube], flow, [Fill(0.0, 1.0)], [0.0], D)
    step = INSULIN_PUMP.drive.accuracy * stroke / area(tube)
    wide = 2.0 * stroke_dispersion(D, a, step, stroke / PUMP_RATE) * area(tube) ** 2 * DAY
    if engine == "exact":
        assert fronts.spread[0, -1] ** 2 == pytest.approx(wide, rel=0.01)
    else:  # one row per stroke, even between them
        even_flow = 2.0 * taylor_aris(D, a, PUMP_RATE / area(tube)) * area(tube) ** 2 * DAY
        assert even_flow < fronts.spread[0, -1] ** 2 < wide
    come = transported([tube], flow, [Fill(0.0, 1.0)], [0.25], D)
    assert come.mass[-1] == pytest.approx(0.25 * flow.volume[-1], rel=1e-9)


def test_a_front_that_outruns_radial_mixing_is_said():
    """A priming bolus of 0.36 mL in ten seconds."""
    flow = even(0.36 * ML / 10.0, 20.0)
    assert transported(LINE, flow, [Fill(0.0, 1.0)], [0.0, 0.0], BACLOFEN).mixing < 0.1
    assert transported(LINE, even(RATE, DAY), [Fill(0.0, 1.0)], [0.0, 0.0], BACLOFEN).mixing > 20.0


# --- refusals ----------------------------------------------------------------------------------------------------

GOOD = {
    "tubes": LINE,
    "flow": even(RATE, DAY, 3),
    "fills": [Fill(0.0, 1.0)],
    "held": [0.0, 0.0],
    "diffusivity": BACLOFEN,
}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"tubes": (TUBING, Tube(0.0, 1e-4))}, "above zero and finite"),
        ({"tubes": (TUBING, Tube(1e-7, math.nan))}, "above zero and finite"),
        ({"tubes": ()}, "one for each tube"),
        ({"held": [0.0]}, "one for each tube"),
        ({"held": [0.0, -1.0]}, "not below zero"),
        ({"diffusivity": 0.0}, "diffusivity"),
        ({"diffusivity": math.nan}, "diffusivity"),
        ({"fills": []}, "the first must begin at 0 s"),
        ({"fills": [Fill(1.0, 1.0)]}, "the first must begin at 0 s"),
        ({"fills": [Fill(0.0, 1.0), Fill(0.0, 2.0)]}, "the others follow"),
        ({"fills": [Fill(0.0, 1.0), Fill(math.nan, 2.0)]}, "the others follow"),
        ({"fills": [Fill(0.0, math.nan)]}, "concentration"),
        ({"fills": [Fill(0.0, math.inf)]}, "concentration"),
        ({"flow": Flow(np.array([0.0, 1.0]), np.array([0.0, math.nan]))}, "must be finite"),
        ({"flow": Flow(np.array([0.0, 1.0]), np.array([0.0]))}, "needs a volume"),
        ({"flow": Flow(np.array([]), np.array([]))}, "needs a volume"),
        ({"flow": Flow(np.array([0.0, -1.0]), np.array([0.0, 1.0]))}, "must rise"),
        ({"flow": Flow(np.array([0.0, 1.0]), np.array([1.0, 1.0]))}, "begin at 0 m3"),
        ({"body": -1.0}, "concentration"),
        ({"body": math.nan}, "concentration"),
        ({"fills": [Fill(0.0, 1.0), Fill(2.0, 0.0)], "flow": even(1e-14, DAY, 2)}, "lies between"),
    ],
)  # fmt: skip
def test_what_cannot_be_transported_is_refused(wrong, said):
    with pytest.raises(ValueError, match=said):
        transported(**{**GOOD, **wrong})
