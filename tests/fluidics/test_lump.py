"""The lumped line: exponentials without gas, Boyle's law with it, volumes that balance, Elmore's delay."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp

from fluidics.engines.lump import Feed, Lump, at_drive, ceiling, fed, lumped, net_inflow, passed, reach, stored, time_to
from fluidics.pump import new_pump
from fluidics.questions import line, lumen, viscosity
from tests.fluidics.parts import ACTIVE, ATMOSPHERE, BODY, HEPATIC_PUMP, INSULIN_PUMP, QUIET
from tests.fluidics.stroking import Hose, Pusher, Tissue, pusher_pump

NEVER = 1e300
PUSHER = Pusher(1e-9, 0.5, 1e6, 0.0)

compliances = st.floats(-17.0, -10.0).map(lambda x: 10.0**x)
conductances = st.floats(-20.0, -10.0).map(lambda x: 10.0**x)
pressures = st.floats(-4e4, 2e5)
times = st.floats(-3.0, 6.0).map(lambda x: 10.0**x)


gases = st.floats(-12.0, -2.0).map(lambda x: 10.0**x)


@st.composite
def lines(draw, gas=st.just(0.0) | gases):  # noqa: B008
    return Lump(draw(compliances), draw(gas), draw(st.sampled_from([0.0, 1e9])), draw(conductances), 2e3, ATMOSPHERE)


@st.composite
def feeds(draw, lump):
    return fed(lump, draw(st.floats(0.0, 1e-9)), draw(st.sampled_from([0.0, 1e-19, 1e-13])), -3e4)


def run(lump, feed, start, time, limit=NEVER):
    """Return what a lump does under a feed."""
    net = net_inflow(lump, feed, start)
    return passed(lump, feed, start, time, reach(lump, start, net, feed.conductance + lump.out, time), limit)


def test_a_line_relaxes_exponentially():
    lump = Lump(2e-12, 0.0, 0.0, 1e-14, 1e3, ATMOSPHERE)
    done = run(lump, fed(lump, 0.0, 0.0, 0.0), 5e3, 300.0)
    left = math.exp(-300.0 * 1e-14 / 2e-12)
    assert done.pressure == pytest.approx(1e3 + 4e3 * left, rel=1e-14)
    assert done.delivered == pytest.approx(2e-12 * 4e3 * (1.0 - left), rel=1e-13)
    assert done.entered == 0.0


def test_a_line_fed_through_a_leak_ends_between_both_sides():
    lump = Lump(2e-12, 0.0, 0.0, 1e-14, 1e3, ATMOSPHERE)
    done = run(lump, fed(lump, 0.0, 3e-14, -7e3), 5e3, 1e9)
    assert done.pressure == pytest.approx(-5e3, rel=1e-12)
    assert done.delivered == pytest.approx(-6e3 * 1e-14 * 1e9, rel=1e-6)


def test_a_shut_line_with_gas_follows_boyle():
    """What is pushed into a shut line halves the gas when the absolute pressure doubles."""
    lump = Lump(1e-30, ATMOSPHERE * 1e-9, 0.0, 0.0, 0.0, ATMOSPHERE)
    done = run(lump, fed(lump, 1e-12, 0.0, 0.0), 0.0, 500.0)
    assert done.pressure == pytest.approx(ATMOSPHERE, rel=1e-10)


def test_a_bubble_of_13_microlitres_gives_3_at_1_3_atmospheres():
    lump = Lump(1e-30, ATMOSPHERE * 13e-9, 0.0, 1e-14, 0.3 * ATMOSPHERE, ATMOSPHERE)
    done = run(lump, fed(lump, 0.0, 0.0, 0.0), 0.0, 1e6)
    assert done.delivered == pytest.approx(-13e-9 * (1.0 - 1.0 / 1.3), rel=1e-9)


@settings(max_examples=15)
@given(st.data())
def test_a_line_with_gas_is_the_integral_of_its_law(data):
    lump = data.draw(lines(gases))
    feed = data.draw(feeds(lump))
    start, time = data.draw(st.floats(-2e4, 1e5)), data.draw(times)
    flow = lambda p: feed.flow + feed.conductance * (feed.source - p) + lump.out * (lump.rest - p)  # noqa: E731
    most = (feed.flow + feed.conductance * feed.source + lump.out * lump.rest) / (feed.conductance + lump.out)
    if most > 1e9:
        time = min(time, 1e-6 / max(feed.flow, 1e-12))
    done = run(lump, feed, start, time)
    judge = solve_ivp(
        lambda t, p: flow(p) / (lump.compliance + lump.gas / (p + lump.ambient) ** 2), (0.0, time), [start],
        method="Radau", rtol=1e-10, atol=1e-7,
    )  # fmt: skip
    assert done.pressure == pytest.approx(judge.y[0, -1], rel=1e-6, abs=1e-3)


@given(st.data())
def test_what_enters_and_is_not_delivered_is_stored(data):
    lump = data.draw(lines())
    feed = data.draw(feeds(lump))
    start, time = data.draw(pressures), data.draw(times)
    done = run(lump, feed, start, time, data.draw(st.sampled_from([NEVER, start + 10.0])))
    kept = stored(lump, done.pressure) - stored(lump, start)
    moved = abs(done.entered) + abs(done.delivered) + abs(stored(lump, start)) + abs(kept)
    assert done.entered - done.delivered - kept == pytest.approx(0.0, abs=1e-9 * moved)


@given(st.data())
def test_a_stage_in_two_parts_is_the_stage(data):
    lump = data.draw(lines())
    feed = data.draw(feeds(lump))
    start, time = data.draw(pressures), data.draw(times)
    whole = run(lump, feed, start, time)
    first = run(lump, feed, start, 0.3 * time)
    second = run(lump, feed, first.pressure, 0.7 * time)
    assert second.pressure == pytest.approx(whole.pressure, rel=1e-9, abs=1e-5)


@given(st.data())
def test_a_line_never_passes_the_pressure_where_it_comes_to_rest(data):
    lump = data.draw(lines())
    feed = data.draw(feeds(lump))
    start = data.draw(pressures)
    done = run(lump, feed, start, data.draw(times))
    net = feed.flow + feed.conductance * feed.source + lump.out * lump.rest
    rest = net / (feed.conductance + lump.out)
    room = 1e-9 * (abs(rest) + abs(start)) + 1e-6
    assert min(start, rest) - room <= done.pressure <= max(start, rest) + room


@given(st.data())
def test_a_ceiling_is_met_in_time(data):
    lump = data.draw(lines())
    feed = data.draw(feeds(lump))
    start, time = data.draw(pressures), data.draw(times)
    end = run(lump, feed, start, time).pressure
    if end > start + 1.0:
        limit = start + 0.6 * (end - start)
        cut = run(lump, feed, start, time, limit)
        assert cut.stopped
        assert cut.pressure == pytest.approx(limit, abs=1e-9 * abs(limit))
        assert 0.0 < cut.time < time
        assert run(lump, feed, start, cut.time).pressure == pytest.approx(limit, rel=1e-7, abs=1e-4)
        assert time_to(lump, feed, start, limit) == pytest.approx(cut.time, rel=1e-9)


def test_a_ceiling_below_the_start_stops_at_once():
    lump = Lump(1e-12, 0.0, 0.0, 1e-14, 0.0, ATMOSPHERE)
    done = run(lump, fed(lump, 1e-9, 0.0, 0.0), 5e3, 10.0, 4e3)
    assert (done.pressure, done.entered, done.delivered, done.time, done.stopped) == (5e3, 0.0, 0.0, 0.0, True)


def test_zero_flow_is_regular():
    lump = Lump(1e-12, 0.0, 0.0, 0.0, 0.0, ATMOSPHERE)
    done = run(lump, fed(lump, 0.0, 0.0, 0.0), 5e3, 10.0)
    assert (done.pressure, done.entered, done.delivered) == (5e3, 0.0, 0.0)
    gas = lump._replace(gas=1e-3)
    assert run(gas, fed(gas, 0.0, 0.0, 0.0), 5e3, 10.0).pressure == 5e3


def test_the_ends_of_a_line_see_each_other():
    lump = Lump(1e-12, 0.0, 1e12, 1e-14, 0.0, ATMOSPHERE)
    feed = Feed(1e-9, 1e-13, -3e4, 0.0, 0.0)
    assert at_drive(lump, feed, ceiling(lump, feed, 7e4)) == pytest.approx(7e4, rel=1e-12)


# --- of a pump -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("wall", "tissue", "share"), [(1e-15, 0.0, 0.5), (0.0, 1e-12, 1.0), (1e-13, 1e-13, 0.75)])
def test_fluid_is_stored_where_the_mean_delay_is_that_of_the_line(wall, tissue, share):
    pump = pusher_pump(PUSHER, Hose(1e12, 3e12, wall, 0.0), Tissue(1e3, 2e12, tissue))
    lump = lumped(pump, new_pump(pump), 1e-3)
    assert lump.compliance == pytest.approx(wall + tissue)
    assert lump.near == pytest.approx(share * 1e12)
    assert lump.near + 1.0 / lump.out == pytest.approx(6e12)
    assert lump.rest == 1e3


@pytest.mark.parametrize(("pump", "state"), [(INSULIN_PUMP, ACTIVE), (HEPATIC_PUMP, QUIET)])
def test_the_lump_resists_as_the_line_does(pump, state):
    mu = viscosity(pump.drug, state.drug, BODY)
    lump = lumped(pump, state, mu)
    wanted = line(pump.catheter, state.catheter, mu).slope + line(pump.site, state.site, mu).slope
    assert lump.near + 1.0 / lump.out == pytest.approx(wanted, rel=2e-3)
    assert 0.0 <= lump.near <= lumen(pump.catheter, mu)


def test_what_no_valve_shuts_off_belongs_to_the_line():
    mu = 1e-3
    restrictor = lumped(HEPATIC_PUMP, QUIET, mu).compliance
    without = HEPATIC_PUMP._replace(drive=INSULIN_PUMP.drive)
    behind_valves = lumped(without, QUIET._replace(drive=ACTIVE.drive), mu).compliance
    assert restrictor - behind_valves == pytest.approx(4.4e-17, rel=1e-9)


def test_bubbles_of_line_and_site_are_one():
    pump = pusher_pump(PUSHER, Hose(1e12, 0.0, 1e-16, 2e-3), Tissue(0.0, 1e12, 0.0))
    lump = lumped(pump, new_pump(pump), 1e-3)
    assert lump.gas == 2e-3
    assert stored(lump, ATMOSPHERE) - stored(lump, 0.0) == pytest.approx(1e-16 * ATMOSPHERE + 1e-3 / ATMOSPHERE)
    assert lump.near < 1e-2 * 1e12  # a bubble at the drive's end
