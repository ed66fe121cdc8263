"""The stroke engine: a stiff pump's day against the exact propagator, closed forms, conservation, no matter how strokes
are grouped, alarms within a stroke."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluidics.compile import plain
from fluidics.engines.lump import lumped
from fluidics.engines.sticking import SLIDING, Held
from fluidics.engines.stroke import FEW, NEVER, beaten_on, periodic, strokes
from fluidics.pump import new_pump
from fluidics.questions import viscosity
from fluidics.reservoirs.reservoir import Drawn
from tests.fluidics import pump_transient
from tests.fluidics.implanted import BUTANE, DUTY, GATE, joined
from tests.fluidics.implanted import RATE as GATED_RATE
from tests.fluidics.parts import ATMOSPHERE, BODY, run
from tests.fluidics.stroking import (
    KPA,
    MICROLITRE,
    STIFF_RATE,
    UNIT,
    Hose,
    Pusher,
    Spring,
    Tissue,
    pusher_pump,
    stiff_pump,
)
from tests.fluidics.worn import TUBED_PUMP, UNIT_PER_HOUR

OCCLUSION, DAY = pump_transient.OCCLUSION, pump_transient.STROKES


def stiff_day(every=DAY):
    """Return the two runs of the stiff pump's day, before and after its occlusion."""
    before = strokes(*stiff_pump(False), STIFF_RATE, 1e3, OCCLUSION, every=every)
    pump, state = stiff_pump(True)
    state = state._replace(reservoir=Drawn(float(before.resolved.volume[-1, 0])))
    start = float(before.resolved.pressure[-1, 1])
    return before, strokes(pump, state, STIFF_RATE, start, DAY - OCCLUSION, every=every)


def pushed(pump, volume, rate, start, count, **more):
    """Return strokes of a pump whose state is that of a new one."""
    assert volume == pump.drive.volume
    return strokes(pump, new_pump(pump), rate, start, count, **more)


# --- the stiff pump ------------------------------------------------------------------------------------------------


def test_volume_of_the_stiff_pump_is_within_a_thousandth_of_the_exact_one():
    before, after = stiff_day()
    opened = before.resolved.volume[-1, 0] / MICROLITRE
    assert opened == pytest.approx(pump_transient.DRAWN[OCCLUSION], rel=1e-4)
    occluded = after.resolved.volume[-1, 0] / MICROLITRE
    assert occluded == pytest.approx(pump_transient.DRAWN[DAY] - pump_transient.DRAWN[OCCLUSION], rel=1e-3)


def test_pressure_of_the_stiff_pump_is_within_a_hundredth_of_the_exact_one():
    before, after = stiff_day(every=1)
    assert before.peak[0] / KPA == pytest.approx(pump_transient.END_OF_PUSH[1], rel=0.01)
    assert after.peak[10] / KPA == pytest.approx(pump_transient.AFTER_131, rel=0.01)
    assert after.peak[-1] / KPA == pytest.approx(pump_transient.END_OF_PUSH[DAY], rel=0.01)
    assert after.resolved.pressure[-1, 1] / KPA == pytest.approx(pump_transient.END_OF_REST[DAY], rel=0.01)


@pytest.mark.parametrize(("limit", "seconds"), [(34.5, 0.0), (69.0, 60.0), (103.0, 180.0), (138.0, 840.0)])
def test_the_occlusion_of_the_stiff_pump_is_heard_at_the_push_that_hears_it(limit, seconds):
    """After the occlusion the pushes come at 0, 60, 120 s: that of the published minute, or the one before."""
    pump, state = stiff_pump(True)
    state = state._replace(reservoir=Drawn(59.01e-9))
    heard = strokes(pump, state, STIFF_RATE, 1e3, 60, alarm=limit * KPA).alarm
    assert 0.0 <= heard - seconds <= 0.1 or 60.0 <= heard - seconds <= 60.1


def test_the_day_balances():
    for part in stiff_day():
        volume = part.resolved.volume[-1]
        assert abs(part.resolved.residual) < 1e-12 * volume[1]


# --- closed forms --------------------------------------------------------------------------------------------------


def test_strokes_every_two_time_constants_swing_as_the_closed_form_says():
    """Peak and trough over the mean: (T / tau) / (1 - exp(-T / tau)) and that less T / tau, for an instant push."""
    compliance, out, volume = 1e-12, 1e-13, 1e-9
    period = 2.0 * compliance / out
    pump = pusher_pump(Pusher(volume, 1e-9, 1e9, 0.0), Hose(1e-6, 1.0 / out, compliance, 0.0), Tissue(0.0, 0.0, 0.0))
    rate = volume / period
    trough = periodic(pump, new_pump(pump), rate)
    peak = pushed(pump, volume, rate, trough, 1).peak[0]
    mean = rate / out
    assert trough / mean == pytest.approx(0.31303529, abs=1e-6)
    assert peak / mean == pytest.approx(2.31303529, abs=1e-6)


def test_a_line_fills_through_a_conductance_as_a_capacitor():
    pump = pusher_pump(Pusher(1e-9, 0.5, 1e9, 1e-15), Hose(1.0, 1e15, 1e-12, 0.0), Tissue(0.0, 0.0, 0.0))
    done = strokes(pump._replace(reservoir=Spring(8e4, 0.0, 0.0)), new_pump(pump), 0.0, 0.0, 500)
    assert done.resolved.pressure[:, 1] == pytest.approx(4e4 * (1.0 - np.exp(-done.resolved.time / 500.0)), rel=1e-9)
    assert done.resolved.time[-1] == 500 * 60.0


def test_a_shut_line_with_a_bubble_follows_boyle():
    gas, volume = ATMOSPHERE * 20e-9, 0.5e-9
    pump = pusher_pump(Pusher(volume, 0.5, 1e9, 0.0), Hose(1.0, 1e30, 0.0, gas), Tissue(0.0, 0.0, 0.0))
    done = pushed(pump, volume, 1e-12, 0.0, 20)
    assert done.resolved.pressure[-1, 1] == pytest.approx(ATMOSPHERE, rel=1e-4)  # half the gas, twice the pressure


def test_an_infusion_that_is_shut_off_alarms_when_the_line_has_taken_its_fill():
    """12 mL/h into 0.010 mL/kPa from 15 to 85 kPa: 0.70 mL and 210 s, 8 s before a pump with that latency sounds."""
    rate, compliance, volume = 12e-6 / 3600.0, 0.010e-6 / KPA, 1e-9
    pump = pusher_pump(Pusher(volume, 1.0, 1e9, 0.0), Hose(1.0, 1e30, compliance, 0.0), Tissue(0.0, 0.0, 0.0))
    done = pushed(pump, volume, rate, 15e3, 10_000, alarm=85e3)
    assert done.alarm == pytest.approx(210.0, rel=1e-9)
    assert done.resolved.volume[-1, 0] == pytest.approx(0.70e-6, rel=1e-9)
    assert done.resolved.pressure[-1, 1] == pytest.approx(85e3, rel=1e-9)


def test_the_siphon_of_a_lowered_pump_takes_what_its_compliance_holds():
    """A column of 9 kPa on 0.25 uL/kPa moves 2.25 uL once, and the rate returns to what is programmed."""
    compliance, volume = 0.25 * UNIT, 0.05e-9
    pump = pusher_pump(Pusher(volume, 0.1, 1e9, 0.0), Hose(1.0, 1e12, compliance, 0.0), Tissue(9e3, 0.0, 0.0))
    rate = 10e-9 / 3600.0
    done = pushed(pump, volume, rate, periodic(pump._replace(site=Tissue(0.0, 0.0, 0.0)), new_pump(pump), rate), 400)
    late = done.resolved.volume[-1, 1] - done.resolved.volume[199, 1]
    assert late == pytest.approx(200 * volume, rel=1e-3)
    assert 400 * volume - done.resolved.volume[-1, 1] == pytest.approx(compliance * 9e3, rel=1e-3)


# --- laws ----------------------------------------------------------------------------------------------------------

SOFT = st.floats(-16.0, -11.0).map(lambda x: 10.0**x)
NARROW = st.floats(10.0, 17.0).map(lambda x: 10.0**x)
LEAKS = st.sampled_from([0.0, 1e-19, 1e-17])
GASES = st.sampled_from([0.0, 0.0, 1e-4])
LIMITS = st.sampled_from([2e4, 1e9])


@st.composite
def pumps(draw, gas=GASES, limit=LIMITS):
    drive = Pusher(0.5e-9, draw(st.floats(0.01, 1.0)), draw(limit), draw(LEAKS), draw(st.sampled_from([0.0, 1e-16])))
    hose = Hose(draw(st.floats(1e9, 1e12)), draw(NARROW), draw(SOFT), draw(gas))
    return pusher_pump(drive, hose, Tissue(1e3, 0.0, 0.0), Spring(-3e4, draw(st.sampled_from([0.0, 1e12])), 0.0))


@settings(max_examples=60)
@given(pump=pumps(), start=st.floats(-1e4, 1e5), rate=st.floats(1e-13, 1e-10), count=st.integers(1, 40))
def test_strokes_in_two_calls_are_the_strokes_in_one(pump, start, rate, count):
    """One call keeps the map of a stroke while pressures stay near, single strokes never do."""
    state = new_pump(pump)
    whole = strokes(pump, state, rate, start, 2 * count, every=2 * count).resolved
    first = strokes(pump, state, rate, start, count, every=count).resolved
    state = state._replace(reservoir=Drawn(float(first.volume[-1, 0])))
    second = strokes(pump, state, rate, float(first.pressure[-1, 1]), count, every=count).resolved
    assert whole.pressure[-1, 1] == pytest.approx(second.pressure[-1, 1], rel=1e-8, abs=1e-4)
    volume = first.volume[-1] + second.volume[-1]
    assert whole.volume[-1] == pytest.approx(volume, rel=1e-8, abs=1e-8 * count * 0.5e-9)
    assert whole.time[-1] == pytest.approx(first.time[-1] + second.time[-1], rel=1e-12)


@settings(max_examples=60)
@given(pump=pumps(), start=st.floats(-1e4, 1e5), rate=st.floats(1e-13, 1e-10))
def test_mass_is_conserved_and_pressure_stays_below_the_limit(pump, start, rate):
    done = strokes(pump, new_pump(pump), rate, start, 200)
    moved = np.abs(np.diff(done.resolved.volume, axis=0, prepend=0.0)).sum()
    assert abs(done.resolved.residual) <= 1e-9 * moved
    assert done.peak.max() <= max(pump.drive.limit, start) * (1.0 + 1e-9)
    asked = 200 * pump.drive.volume
    assert -1e-9 * asked <= done.resolved.retained <= asked * (1.0 + 1e-9)


@settings(max_examples=40)
@given(pump=pumps(st.just(0.0)), start=st.floats(-1e4, 1e5), rate=st.floats(1e-13, 1e-10), scale=st.floats(0.1, 90.0))
def test_hours_or_days_are_the_same(pump, start, rate, scale):
    """All conductances and the rate times a factor, the time divided by it: the same pressures and volumes."""
    drive, hose = pump.drive, pump.catheter
    faster = pump._replace(
        drive=drive._replace(leak=drive.leak * scale),
        catheter=hose._replace(lumen=hose.lumen / scale, tip=hose.tip / scale),
    )
    one = strokes(pump, new_pump(pump), rate, start, 30).resolved
    other = strokes(faster, new_pump(pump), rate * scale, start, 30).resolved
    assert other.time * scale == pytest.approx(one.time, rel=1e-12)
    if drive.limit > 1e8:  # the outlet of the drive is not scaled, and takes part at the limit alone
        assert other.pressure == pytest.approx(one.pressure, rel=1e-7, abs=1e-3)
        assert other.volume == pytest.approx(one.volume, rel=1e-7, abs=1e-7 * 30 * drive.volume)


@settings(max_examples=40)
@given(pump=pumps(), rate=st.floats(1e-13, 1e-10), more=st.floats(1.0, 10.0))
def test_flow_falls_with_resistance_and_with_the_pressure_of_the_site(pump, rate, more):
    def delivered(hose, site):
        other = pump._replace(catheter=hose, site=site)
        return strokes(other, new_pump(other), rate, 1e3, 50).resolved.volume[-1, 1]

    hose, site = pump.catheter, pump.site
    here = delivered(hose, site)
    room = 1e-9 * 50 * pump.drive.volume
    if pump.drive.leak == 0.0:  # where more leaks back than is pushed, a resistance hinders that
        assert delivered(hose._replace(tip=hose.tip * more), site) <= here + room
    assert delivered(hose, site._replace(rest=site.rest * more)) <= here + room


@given(pump=pumps(), start=st.floats(-1e4, 1e5))
def test_no_programme_is_a_relaxing_line(pump, start):
    done = strokes(pump, new_pump(pump), 0.0, start, 20)
    assert np.isfinite(done.resolved.pressure).all()
    lump = lumped(pump, new_pump(pump), viscosity(pump.drug, new_pump(pump).drug, BODY))
    if pump.drive.leak == 0.0 and lump.gas == 0.0:
        left = math.exp(-20 * 60.0 * lump.out / lump.compliance)
        assert done.resolved.pressure[-1, 1] == pytest.approx(1e3 + (start - 1e3) * left, rel=1e-9, abs=1e-6)
        assert done.resolved.volume[-1, 0] == pytest.approx(0.0, abs=1e-22)


# --- waits, records, alarms ----------------------------------------------------------------------------------------

PLAIN = pusher_pump(Pusher(0.5e-9, 0.1, 1e9, 0.0), Hose(1e11, 1e15, 1e-13, 0.0), Tissue(0.0, 0.0, 0.0))
RATE = 0.5e-9 / 60.0


def test_a_wait_and_a_stroke_cut_short_are_parts_of_the_same_course():
    state = new_pump(PLAIN)
    waited = strokes(PLAIN, state, RATE, 5e3, 3, wait=30.0, last=20.0)
    assert waited.resolved.time.tolist() == pytest.approx([30.0, 90.0, 150.0, 210.0, 230.0])
    assert waited.strokes == 4
    relaxed = strokes(PLAIN, state, 0.0, 5e3, 1).resolved.pressure[-1, 1]
    assert waited.resolved.pressure[0, 1] == pytest.approx(math.sqrt(relaxed / 5e3) * 5e3, rel=1e-9)
    cut = float(waited.resolved.pressure[-1, 1])
    rest = strokes(PLAIN, state, RATE, cut, 0, wait=40.0).resolved.pressure[-1, 1]
    whole = strokes(PLAIN, state, RATE, float(waited.resolved.pressure[3, 1]), 1).resolved.pressure[-1, 1]
    assert rest == pytest.approx(whole, rel=1e-9)


def test_records_are_those_of_every_stroke_and_the_last():
    done = strokes(PLAIN, new_pump(PLAIN), RATE, 0.0, 10)
    some = strokes(PLAIN, new_pump(PLAIN), RATE, 0.0, 10, every=4)
    assert some.resolved.time.tolist() == pytest.approx([240.0, 480.0, 600.0])
    assert some.resolved.volume == pytest.approx(done.resolved.volume[[3, 7, 9]], rel=1e-12)
    assert some.peak[0] == pytest.approx(done.peak[:4].max(), rel=1e-12)


@given(st.floats(500.0, 6e4))
def test_an_alarm_comes_in_the_first_stroke_whose_peak_reaches_it(alarm):
    state = new_pump(PLAIN)
    free = strokes(PLAIN, state, RATE, 0.0, 30)
    held = strokes(PLAIN, state, RATE, 0.0, 30, alarm=alarm)
    above = np.flatnonzero(free.peak >= alarm)
    if not len(above):
        assert held.alarm == math.inf
        return
    assert held.strokes == above[0] + 1
    assert 60.0 * above[0] <= held.alarm <= 60.0 * above[0] + 6.0
    assert held.resolved.time[-1] == held.alarm
    assert held.peak[-1] == pytest.approx(alarm, rel=1e-9)
    assert abs(held.resolved.residual) < 1e-12 * held.resolved.volume[-1, 0]


def test_a_line_above_its_alarm_pressure_alarms_at_once():
    assert strokes(PLAIN, new_pump(PLAIN), RATE, 6e3, 5, alarm=5e3).alarm == 0.0


def test_a_released_occlusion_gives_what_the_line_held():
    """The bolus on release is what the compliance gives up from the pressure of the alarm to that of the open line."""
    shut = PLAIN._replace(catheter=Hose(1e11, 1e30, 1e-13, 0.0))
    state = new_pump(PLAIN)
    held = strokes(shut, state, RATE, 0.0, 100, alarm=9e4)
    freed = PLAIN._replace(catheter=Hose(1e11, 1e12, 1e-13, 0.0))
    bolus = strokes(freed, state, 0.0, float(held.resolved.pressure[-1, 1]), 100).resolved.volume[-1, 1]
    assert bolus == pytest.approx(held.resolved.volume[-1, 0], rel=1e-9)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"rate": -1e-12}, "a programmed rate of -1e-12 m3/s"),
        ({"rate": math.nan}, "a programmed rate of nan m3/s"),
        ({"pressure": math.inf}, "a line pressure of inf Pa"),
        ({"count": -1}, "-1 strokes"),
        ({"every": 0}, "recorded every 0"),
        ({"count": 0}, "there is nothing to do"),
        ({"wait": -1.0}, "after -1.0 s"),
    ],
)
def test_nonsense_is_refused(change, sentence):
    given = {"rate": RATE, "pressure": 0.0, "count": 1} | change
    with pytest.raises(ValueError, match=sentence):
        strokes(PLAIN, new_pump(PLAIN), **given)


# --- bits ----------------------------------------------------------------------------------------------------------


def bits() -> str:
    """Return a hash of the stiff pump's hours, and of lines with gas and at the force limit."""
    total = hashlib.sha256()
    for gas, limit in ((0.0, 1e9), (1e-4, 1e9), (0.0, 2e4)):
        drive = Pusher(0.5e-9, 0.1, limit, 1e-18, 1e-16)
        pump = pusher_pump(drive, Hose(1e11, 1e16, 1e-14, gas), Tissue(1e3, 0.0, 0.0), Spring(-3e4, 1e12, 0.0))
        for alarm in (NEVER, 1.5e4):
            count = FEW + 100  # so many that the kernel is used where there is one
            done = strokes(pump, new_pump(pump), RATE, 1e3, count, every=50, wait=10.0, last=9.0, alarm=alarm)
            for part in (done.resolved.pressure, done.resolved.volume, done.peak, np.array([done.alarm])):
                total.update(np.ascontiguousarray(part).tobytes())
    for part in stiff_day(every=60):
        total.update(np.ascontiguousarray(part.resolved.volume).tobytes())
    return total.hexdigest()


@pytest.mark.parametrize(
    ("case", "rate", "alarm", "held"),
    [
        (stiff_pump(True), STIFF_RATE, 1e5, SLIDING),
        (joined(GATE, BUTANE, 100.0, 1e-14), GATED_RATE, NEVER, SLIDING),
        (joined(GATE, BUTANE, 100.0, 1e-14), GATED_RATE, 1.12e5, SLIDING),  # in the second stroke
        (joined(DUTY, BUTANE, 100.0, 1e-14), GATED_RATE, NEVER, SLIDING),
        ((TUBED_PUMP, new_pump(TUBED_PUMP)), 0.1 * UNIT_PER_HOUR, NEVER, Held(-4e3, 0.0)),
    ],
    ids=["stiff", "gated", "gated until an alarm", "duty", "stuck"],
)
def test_few_strokes_in_plain_python_have_the_bits_of_the_kernel(case, rate, alarm, held):
    rows = np.empty((53, 6)), np.empty((53, 6))
    ends = [
        run_strokes(*case, rate, 1e3, alarm, 10.0, 50, 20.0, 1, held, record)
        for run_strokes, record in zip((beaten_on, plain(beaten_on)), rows, strict=True)
    ]
    assert ends[0] == ends[1]
    count = ends[0][0]
    assert rows[0][:count].tobytes() == rows[1][:count].tobytes()


def test_compiled_and_uncompiled_give_the_same_bits():
    code = "from tests.fluidics.test_stroke import bits; print(bits())"
    assert run(code, NUMBA_DISABLE_JIT="1").strip() == bits()
