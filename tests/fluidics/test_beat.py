"""One stroke: what it pushes against the pressure it makes, where its force ends, what the drive's end sees."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.drives.piston import Deposit
from fluidics.engines.beat import beaten, struck, volume_pushed
from fluidics.engines.lump import lumped
from fluidics.engines.pace import NEVER, paced, setting
from fluidics.pump import new_pump
from fluidics.questions import stroke, viscosity
from fluidics.sites.blockage import Blocked
from tests.fluidics.implanted import DUTY, joined
from tests.fluidics.parts import ATMOSPHERE, BODY, WATER
from tests.fluidics.stroking import KPA, STIFF_DRIVE, STIFF_RATE, UNIT, Hose, Pusher, Tissue, pusher_pump, stiff_pump

VOLUME, PERIOD = 1e-9, 100.0


def beat(drive, catheter, site, start, p_in=0.0, alarm=NEVER):
    """Return one stroke of a pusher every 100 s."""
    pump = pusher_pump(drive, catheter, site)
    state, rate = new_pump(pump), drive.volume / PERIOD
    lump = lumped(pump, state, WATER)
    given = setting(pump, state, rate, WATER, lump, alarm)
    pace = paced(lump, drive.leak, drive.share * PERIOD, 0.0, (1.0 - drive.share) * PERIOD, 1.0)
    return struck(pump, state, given, pace, p_in, start)


def test_a_stroke_into_a_shut_line_raises_it_by_volume_over_compliance():
    done = beat(Pusher(VOLUME, 0.2, 1e9, 0.0), Hose(1.0, 1e30, 2e-13, 0.0), Tissue(0.0, 0.0, 0.0), 1e3)
    assert done.pressure == pytest.approx(1e3 + VOLUME / 2e-13, rel=1e-9)
    assert done.entered == pytest.approx(VOLUME, rel=1e-12)
    assert done.delivered == pytest.approx(0.0, abs=1e-12 * VOLUME)
    assert (done.time, done.retained, done.alarmed) == (PERIOD, 0.0, False)


def test_a_volume_that_yields_is_the_one_at_the_pressure_it_makes():
    """With v = V - y p_end and p_end = p + v / C it is v = (V - y p) / (1 + y / C)."""
    yielding, compliance, start = 3e-14, 4e-14, 5e3
    drive = Pusher(VOLUME, 0.2, 1e9, 0.0, yielding)
    done = beat(drive, Hose(1.0, 1e30, compliance, 0.0), Tissue(0.0, 0.0, 0.0), start)
    assert done.entered == pytest.approx((VOLUME - yielding * start) / (1.0 + yielding / compliance), rel=1e-9)


@pytest.mark.parametrize("hold", [0.0, 10.0, 60.0])
def test_a_volume_that_yields_sees_the_line_run_out_until_the_outlet_shuts(hold):
    """The line takes v = V - y p_shut in the push, and loses C dp/dt = -p / R all the time."""
    compliance, tip, start, yielding, push = 1e-13, 4e14, 8e3, 3e-14, 20.0
    pump = pusher_pump(Pusher(VOLUME, 0.2, 1e9, 0.0, yielding), Hose(1.0, tip, compliance, 0.0), Tissue(0.0, 0.0, 0.0))
    state = new_pump(pump)
    lump = lumped(pump, state, WATER)
    pace = paced(lump, 0.0, push, hold, PERIOD - push, 1.0)
    given = setting(pump, state, VOLUME / PERIOD, WATER, lump, NEVER)
    pushed = volume_pushed(pump, state, given, pace, 0.0, start, VOLUME - yielding * start)
    pushing, holding = (math.exp(-time / (tip * compliance)) for time in (push, hold))
    risen = tip / push * (1.0 - pushing) * holding
    assert pushed == pytest.approx((VOLUME - yielding * start * pushing * holding) / (1.0 + yielding * risen), rel=1e-9)


def test_the_drive_ends_push_against_the_lumen_too():
    lumen, push = 1e12, 0.2 * PERIOD
    done = beat(Pusher(VOLUME, 0.2, 1e9, 0.0), Hose(lumen, 1e30, 2e-13, 0.0), Tissue(0.0, 0.0, 0.0), 0.0)
    assert done.peak == pytest.approx(VOLUME / 2e-13 + 0.5 * lumen * VOLUME / push, rel=1e-6)


def test_force_ends_where_the_line_holds_it():
    limit = 3e3
    done = beat(Pusher(VOLUME, 0.2, limit, 0.0), Hose(1.0, 1e30, 2e-13, 0.0), Tissue(0.0, 0.0, 0.0), 1e3)
    assert done.pressure == pytest.approx(limit, rel=1e-9)
    assert done.entered == pytest.approx(2e-13 * 2e3, rel=1e-9)
    assert done.retained == pytest.approx(VOLUME - 2e-13 * 2e3, rel=1e-9)
    assert done.peak <= limit


def test_a_line_above_the_force_is_not_pushed_and_does_not_push_back():
    done = beat(Pusher(VOLUME, 0.2, 3e3, 0.0), Hose(1.0, 1e30, 2e-13, 0.0), Tissue(0.0, 0.0, 0.0), 5e3)
    assert (done.pressure, done.retained) == pytest.approx((5e3, VOLUME), rel=1e-12)
    assert done.entered == pytest.approx(0.0, abs=1e-12 * VOLUME)


def test_near_its_limit_a_drive_pushes_as_fast_as_the_lumen_lets_it():
    """From the moment the lumen takes all the force, the pressure tends to the limit with R C."""
    lumen, compliance, limit = 2e15, 1e-14, 1e5
    drive = Pusher(VOLUME, 0.2, limit, 0.0)
    done = beat(drive, Hose(lumen, 1e30, compliance, 0.0), Tissue(0.0, 0.0, 0.0), 0.0)
    near, flow, push = 0.5 * lumen + 1e9, VOLUME / (0.2 * PERIOD), 0.2 * PERIOD
    free = (limit - near * flow) / (flow / compliance)
    end = limit - near * flow * math.exp(-(push - free) / (near * compliance)) if free > 0.0 else None
    assert end is not None
    assert done.pressure == pytest.approx(end, rel=1e-6)
    assert done.entered == pytest.approx(compliance * end, rel=1e-6)
    assert done.peak <= limit


@given(
    below=st.floats(1e-9, 0.5), limit=st.floats(2e4, 3e5), wall=st.floats(-14.0, -11.0), lumen=st.floats(9.0, 13.0),
    tip=st.floats(9.0, 17.0), share=st.floats(0.01, 1.0), gas=st.sampled_from([0.0, 1e-4]),
)  # fmt: skip
def test_a_line_that_holds_the_force_draws_no_more_than_a_stroke_when_it_is_opened(
    below, limit, wall, lumen, tip, share, gas
):
    drive, hose = Pusher(VOLUME, share, limit, 0.0), Hose(10.0**lumen, 10.0**tip, 10.0**wall, gas)
    done = beat(drive, hose, Tissue(0.0, 0.0, 0.0), limit * (1.0 - below))
    assert -1e-12 * VOLUME <= done.entered <= VOLUME * (1.0 + 1e-9)
    assert done.entered + done.retained == pytest.approx(VOLUME, rel=1e-6)
    assert done.time == pytest.approx(PERIOD, rel=1e-12)


def test_a_drive_held_up_pushes_at_its_rate_from_when_the_line_lets_it():
    """At full force through R' into a store with a way out the pressure falls to where the rate is the less."""
    compliance, limit, near, tip = 1e-12, 1e5, 0.5e15 + 1e9, 2e13
    flow = VOLUME / (0.8 * PERIOD)
    floor, total = limit - near * flow, 1.0 / near + 1.0 / (tip + 0.5e15)
    rest, time = limit / near / total, compliance / total
    until = time * math.log((limit - rest) / (floor - rest))
    pressed = (limit - rest) * (until - time * (1.0 - math.exp(-until / time)))
    hose = Hose(1e15, tip, compliance, 0.0)
    done = beat(Pusher(VOLUME, 0.8, limit, 0.0), hose, Tissue(0.0, 0.0, 0.0), limit * (1.0 - 1e-12))
    assert 0.0 < until < 0.8 * PERIOD
    assert done.retained == pytest.approx(flow * until - pressed / near, rel=1e-6)


@given(
    limit=st.floats(1e3, 3e5), start=st.floats(-1e4, 2e5), wall=st.floats(-17.0, -11.0), tip=st.floats(9.0, 18.0),
    leak=st.sampled_from([0.0, 1e-18, 1e-15]), gas=st.sampled_from([0.0, 1e-4]), share=st.floats(0.01, 1.0),
)  # fmt: skip
def test_pressure_stays_below_the_limit_and_volumes_balance(limit, start, wall, tip, leak, gas, share):
    drive = Pusher(VOLUME, share, limit, leak)
    hose = Hose(1e12, 10.0**tip, 10.0**wall, gas)
    done = beat(drive, hose, Tissue(1e3, 0.0, 0.0), start, p_in=-3e4)
    assert done.peak <= max(limit, start) * (1.0 + 1e-9)
    kept = 10.0**wall * (done.pressure - start)
    kept += gas / (start + 101325.0) - gas / (done.pressure + 101325.0)
    moved = VOLUME + abs(done.entered) + abs(done.delivered) + abs(kept)
    assert done.entered - done.delivered - kept == pytest.approx(0.0, abs=1e-10 * moved)
    assert -1e-9 * VOLUME <= done.retained <= VOLUME * (1.0 + 1e-9)


@given(alarm=st.floats(1e3, 9e4), start=st.floats(0.0, 8e4), wall=st.floats(-15.0, -12.0))
def test_an_alarm_ends_the_stroke_when_the_drive_sees_it(alarm, start, wall):
    compliance = 10.0**wall
    drive = Pusher(VOLUME, 0.2, 1e9, 0.0)
    done = beat(drive, Hose(1.0, 1e30, compliance, 0.0), Tissue(0.0, 0.0, 0.0), start, alarm=alarm)
    assert done.alarmed == (start + VOLUME / compliance >= alarm)
    if done.alarmed:
        pushed = max(alarm - start, 0.0) * compliance
        assert done.entered == pytest.approx(pushed, rel=1e-9, abs=1e-12 * VOLUME)
        assert done.time == pytest.approx(pushed / VOLUME * 0.2 * PERIOD, rel=1e-9, abs=1e-9)


def test_an_alarm_sounds_in_a_rest_through_which_a_restrictor_fills_the_line():
    lump = lumped(*stiff_pump(True), WATER)._replace(out=0.0)
    pump, state = stiff_pump(True)
    pace = paced(lump, 1e-15, 20.0, 0.0, 40.0, 1.0)
    done = beaten(setting(pump, state, 0.0, WATER, lump, 2e4), pace, 0.0, 1e5, 0.0)
    assert done.alarmed
    # C dp/dt = G (p_in - p); the drive's end is above the lump by the lumen's part of the way
    share = lump.near * pace.idle.conductance
    seen = (2e4 - 1e5 * share) / (1.0 - share)
    assert done.time == pytest.approx(-math.log(1.0 - seen / 1e5) * lump.compliance / pace.idle.conductance, rel=1e-9)


# --- a way that is held open ---------------------------------------------------------------------------------------


@given(
    start=st.floats(-1e4, 4e5), wall=st.floats(-17.0, -12.0), tip=st.floats(9.0, 18.0),
    share=st.sampled_from([1.0, 0.5]),
)  # fmt: skip
def test_an_open_gate_fills_a_line_as_a_capacitor_from_both_sides(start, wall, tip, share):
    """R C dp/dt = p_end - p through the chip and to the site, while the gate is open; against the flow too."""
    pump, state = joined(DUTY._replace(gate_leak=0.0), wall=10.0**wall)
    pump = pump._replace(site=Blocked(pump.site, 10.0**tip))
    rate = share * DUTY.full_rate
    mu = viscosity(pump.drug, state.drug, BODY)
    lump = lumped(pump, state, mu)
    on = share * DUTY.cycle
    given, pace = setting(pump, state, rate, mu, lump, NEVER), paced(lump, 0.0, on, 0.0, 0.0, 1.0)
    done = struck(pump, state, given, pace, 2e5, start)
    through = 1.0 / (lump.near + through_resistance(mu))
    total = through + lump.out
    even = (through * 2e5 + lump.out * lump.rest) / total
    end = even + (start - even) * math.exp(-total * on / lump.compliance)
    assert done.pressure == pytest.approx(end, rel=1e-6, abs=1e-3)
    mean = even * on + (start - even) * lump.compliance / total * (1.0 - math.exp(-total * on / lump.compliance))
    assert done.delivered == pytest.approx(lump.out * (mean - lump.rest * on), rel=1e-6, abs=1e-18)
    assert done.entered == pytest.approx(through * (2e5 * on - mean), rel=1e-6, abs=1e-18)


def through_resistance(mu):
    """Return what chip and open gate resist [Pa s/m3]."""
    return (DUTY.resistance + 1.0 / DUTY.gate_conductance) * mu / DUTY.reference_viscosity


# --- the chamber of a piston ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(("leak", "recovered"), [(1e-30, 0.0), (1e-12, 1.0), (1e-18, 1.0 - math.exp(-0.595))])
def test_a_chamber_that_creeps_back_costs_less_of_a_stroke(leak, recovered):
    """Seats that leak 1e-18 for 59.5 s into 2e-16 m3/Pa: 1 - exp(-2 l t / C) of the way to the mean of both sides."""
    drive = STIFF_DRIVE._replace(filter_resistance=1.0 / leak)
    p_in, p_out = -27.0 * KPA, 130.0 * KPA
    asked = stroke(drive, Deposit(1.0), STIFF_RATE, p_in, p_out, ATMOSPHERE, drive.reference_viscosity)
    low, high, mean = -29.0, 140.0, 51.5
    swing = 2e-4 * UNIT * KPA * ((high - low) - 0.5 * recovered * (mean - low))
    # a seat always leaks a little, even a clean one
    assert asked.volume == pytest.approx(drive.stroke_volume - swing, rel=3e-5)


def test_the_volume_of_a_stroke_and_the_law_of_its_leak_add_up_to_what_passes():
    """Through leaky seats the chamber always comes to the mean of both sides: half the swing, and the mean leak."""
    drive = STIFF_DRIVE._replace(filter_resistance=1e17)
    asked = stroke(drive, Deposit(1.0), STIFF_RATE, -27e3, 100e3, ATMOSPHERE, drive.reference_viscosity)
    seat = 2.0 * asked.conductance
    compliance, low, mean, rest = drive.chamber_compliance, -29e3, 36.5e3, 59.5
    left = math.exp(-2.0 * seat * rest / compliance)
    through = seat * ((-27e3 - mean) * rest + (mean - low) * compliance / (2.0 * seat) * (1.0 - left))
    drawn = drive.stroke_volume - compliance * (110e3 - low) + through
    law = asked.volume - asked.conductance * (100e3 + 27e3) * rest
    assert law == pytest.approx(drawn, rel=1e-9)
