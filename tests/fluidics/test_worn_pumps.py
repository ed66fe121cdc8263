"""Whole worn pumps by engines that resolve pressure: alarms, heads, air under pressure, creep, clogs; and in lifetimes
the same bits compiled or not."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from fluidics.circuit import CHAMBER, circuit, schedule
from fluidics.drives.lead_screw import Slack
from fluidics.engines.exact import resolve
from fluidics.engines.rosenbrock import integrate
from fluidics.engines.stroke import strokes
from fluidics.engines.trace import Blockage, Change, traced
from fluidics.lines.air import ATMOSPHERE, boyle
from fluidics.lines.infusion_set import Worn
from fluidics.lines.loading import loaded_pressure, time_to_pressure
from fluidics.network import Link, Schedule, network
from fluidics.programmes.basal import constant
from fluidics.programmes.regimen import ConstantRate
from fluidics.pump import new_pump
from fluidics.questions import bubble, histogram, line
from fluidics.rows import pack
from fluidics.sites.blockage import Blocked
from tests.fluidics.parts import WATER, onset, run, walked
from tests.fluidics.worn import AGING_SET, DAY, PATCH_PUMP, SAMPLES, TUBED_PUMP, UNIT, UNIT_PER_HOUR

HOUR = 3600.0
SMOOTH = TUBED_PUMP._replace(drive=TUBED_PUMP.drive._replace(breakaway_friction=4e3))
WHOLE = SMOOTH.drive.compliance + SMOOTH.drive.slow_compliance
SPRING = SMOOTH._replace(drive=SMOOTH.drive._replace(compliance=WHOLE, slow_compliance=0.0))
SHUT = 1e22  # [Pa s/m3]
TIP = -2  # link to the site; the last one is the relief


def resolved(pump, rate, count, start=None, engine=resolve):
    """Return what an engine makes of some strokes of a new pump, or of what it goes on from."""
    state = new_pump(pump)
    made = circuit(pump, state, True)
    pressure, opened = start or (made.pressure, np.zeros(len(made.network.kind), dtype=np.int64))
    return engine(made.network, schedule(made.network, pump.drive, state.drive, rate), count, pressure.copy(), opened)


def delivered_by(trace, time):
    """Return what a trace has delivered by a time."""
    return float(np.interp(time, trace.time, trace.delivered))


# --- in lifetimes ----------------------------------------------------------------------------------------------------


def fingerprint() -> str:
    """Return a hash of both pumps after many panels, the tubed one with a set that clogs."""
    clogging = Worn(kinked=0.0, clog=onset(0.0, 6.0 * 3600.0, 1.0), air=1e-9)
    tubed = TUBED_PUMP._replace(drive=SAMPLES[type(TUBED_PUMP.drive)][0], catheter=AGING_SET)
    state = new_pump(tubed)._replace(drive=SAMPLES[type(TUBED_PUMP.drive)][1], catheter=clogging)
    levels = histogram(ConstantRate(), UNIT_PER_HOUR)
    patch = walked(PATCH_PUMP, new_pump(PATCH_PUMP), levels, 3.0 * DAY, 20)
    ends = [walked(tubed, state, levels, 2.0 * DAY, 40), patch]
    return hashlib.sha256(b"".join(pack(end).tobytes() for end in ends)).hexdigest()


def test_compiled_and_uncompiled_give_the_same_bits():
    code = "from tests.fluidics.test_worn_pumps import fingerprint; print(fingerprint())"
    assert fingerprint() == run(code, NUMBA_DISABLE_JIT="1").strip()


def test_what_is_drawn_is_what_is_delivered_until_the_set_is_shut():
    levels = histogram(ConstantRate(), UNIT_PER_HOUR)
    state, delivered = walked(TUBED_PUMP, new_pump(TUBED_PUMP), levels, 3.0 * DAY, 30)
    assert delivered == pytest.approx(72.0 * UNIT, rel=1e-12)
    assert state.reservoir.volume == pytest.approx(delivered, rel=1e-12)
    shut = new_pump(TUBED_PUMP)._replace(catheter=Worn(1.0, onset(1.0, 0.0, 1.0), 0.0))
    kinked = TUBED_PUMP._replace(catheter=TUBED_PUMP.catheter._replace(kink_resistance=1e18))
    _, leaked = walked(kinked, shut, levels, 3.0 * DAY, 30)
    # the force limit through the kink is all that passes
    slope = line(kinked.catheter, shut.catheter, 1.04 * 7.6e-4).slope
    assert leaked == pytest.approx((104e3 - 500.0) / slope * 3.0 * DAY, rel=1e-2)


# --- alarms ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pump", [SPRING, PATCH_PUMP], ids=["tubed", "patch"])
def test_an_alarm_misses_what_the_drive_stores_at_any_rate(pump):
    shut = pump._replace(site=Blocked(pump.site, SHUT))
    friction = 4e3 if pump is SPRING else 0.0
    missed = []
    for rate in (0.05 * UNIT_PER_HOUR, UNIT_PER_HOUR, 30.0 * UNIT_PER_HOUR):
        # exactly resolved, from a pump that has delivered for a while
        warm = resolved(pump, rate, 200)
        ramp = resolved(shut, rate, 120, (warm.pressure[-1], warm.open[-1]))
        first = int(np.argmax(ramp.pressure[:, CHAMBER] >= 80e3 + friction))
        carried = (first // 2 + 1) * pump.drive.quantum if pump is SPRING else (first // 2 + 1) * pump.drive.increment
        missed.append(carried)
        # one map per stroke finds the same
        coarse = strokes(shut, new_pump(shut), rate, 500.0, 120, alarm=80e3)
        period = 0.5e-9 / rate
        assert coarse.alarm == pytest.approx(carried / 0.5e-9 * period, abs=1.01 * period)
    compliance = WHOLE if pump is SPRING else PATCH_PUMP.drive.compliance
    assert missed == pytest.approx([compliance * 79.5e3] * 3, abs=0.51e-9)


def test_a_release_gives_back_what_was_missed():
    shut = PATCH_PUMP._replace(site=Blocked(PATCH_PUMP.site, SHUT))
    warm = resolved(PATCH_PUMP, UNIT_PER_HOUR, 40)
    held = resolved(shut, UNIT_PER_HOUR, 40, (warm.pressure[-1], warm.open[-1]))
    free = resolved(PATCH_PUMP, UNIT_PER_HOUR, 20, (held.pressure[-1], held.open[-1]))
    assert held.volume[-1, TIP] == pytest.approx(0.0, abs=1e-5 * UNIT)
    assert free.volume[-1, TIP] == pytest.approx(3.0 * UNIT, rel=1e-3)  # two hours missed and one of its own


def test_in_a_trace_the_alarm_comes_when_the_compliance_is_full():
    trace = traced(
        PATCH_PUMP, new_pump(PATCH_PUMP), constant(UNIT_PER_HOUR, DAY), 6.0 * HOUR, "exact",
        blockages=[Blockage(2.0 * HOUR, SHUT)], alarm=90e3,
    )  # fmt: skip
    alarm = next(event.time for event in trace.events if event.name == "alarm")
    stored = PATCH_PUMP.drive.compliance * (90e3 - 500.0)
    assert (alarm - 2.0 * HOUR) * UNIT_PER_HOUR == pytest.approx(stored, abs=1.01 * PATCH_PUMP.drive.increment)
    assert trace.residual <= 1e-9 * trace.delivered[-1]


def test_a_seal_that_creeps_is_the_closed_form():
    """The exact engine on two stores, one behind a resistance, against the standard linear solid."""
    fast, slow, creep, rate = 1.2e-13, 1.5e-13, 120.0, 2.0 * UNIT / 60.0
    made = network([fast, slow], [(0, 1, Link(slow / creep)), (0, 2, Link(1e-26))], [0.0])
    push = Schedule(np.array([1.0]), np.array([[rate, 0.0]]), np.zeros((1, 2), dtype=np.int64))
    found = resolve(made, push, 100, np.zeros(2), np.ones(2, dtype=np.int64)).pressure[:, 0]
    expected = [loaded_pressure(rate, second, fast, slow, creep) for second in range(1, 101)]
    assert found == pytest.approx(expected, rel=1e-8)


def test_a_bolus_into_a_shut_line_alarms_before_the_seal_has_crept():
    drive, rate = SMOOTH.drive, 2.0 * UNIT / 60.0
    trace = traced(
        SMOOTH, new_pump(SMOOTH), constant(rate, HOUR), 600.0, "exact", blockages=[Blockage(200.0, SHUT)], alarm=90e3
    )
    alarm = next(event.time for event in trace.events if event.name == "alarm") - 200.0
    expected = time_to_pressure(rate, 89.5e3, drive.compliance, drive.slow_compliance, drive.creep_time)
    assert alarm == pytest.approx(expected, abs=1.01 * drive.quantum / rate)
    assert alarm * rate < 0.6 * WHOLE * 89.5e3


# --- heads, air, clogs -----------------------------------------------------------------------------------------------


def test_raising_a_pump_in_a_trace_gives_its_compliance_times_the_head():
    moved = [Change(2.0 * HOUR, "catheter.height", 0.6), Change(4.0 * HOUR, "catheter.height", 0.0)]
    programme = constant(UNIT_PER_HOUR, DAY)
    still, raised = (
        traced(PATCH_PUMP, new_pump(PATCH_PUMP), programme, 6.0 * HOUR, "exact", changes=changes)
        for changes in ((), moved)
    )
    more = PATCH_PUMP.drive.compliance * 1000.0 * 9.80665 * 0.6
    gained = [delivered_by(raised, at * HOUR - 1.0) - delivered_by(still, at * HOUR - 1.0) for at in (2.0, 4.0, 6.0)]
    assert gained == pytest.approx([0.0, more, 0.0], abs=1e-3 * UNIT)


@pytest.mark.parametrize("rate", [0.5, 2.0])
def test_a_dive_takes_what_boyle_takes_whatever_the_rate(rate):
    """13 uL of gas in the line, 1 to 1.3 atmospheres and back within ten minutes each (Bertuzzi et al., 2017)."""
    gassy = PATCH_PUMP._replace(catheter=PATCH_PUMP.catheter._replace(air=13e-9))
    programme = constant(rate * UNIT_PER_HOUR, DAY)
    down, up = 1.0 * HOUR, 1.5 * HOUR
    dive = [Change(down, "reservoir.ambient", 1.3 * ATMOSPHERE), Change(up, "reservoir.ambient", ATMOSPHERE)]
    still, dived = (
        traced(gassy, new_pump(gassy), programme, 2.0 * HOUR, "exact", changes=changes) for changes in ((), dive)
    )
    more = [delivered_by(dived, at + 600.0) - delivered_by(still, at + 600.0) for at in (down, up)]
    taken = 13e-9 - boyle(13e-9, 1.0, 1.3)
    assert more == pytest.approx([-taken, 0.0], abs=0.02 * taken)
    assert taken == pytest.approx(3e-9)


@pytest.mark.parametrize("rate", [UNIT_PER_HOUR, 0.37 * UNIT_PER_HOUR])  # an hour holds 20 pulses, and 7.4
@pytest.mark.parametrize("engine", ["exact", "stroke", "panel"])
def test_a_trace_lacks_the_slack_of_its_barrel(engine, rate):
    loose = SPRING._replace(drive=SPRING.drive._replace(slack=9.2e-9))
    state = new_pump(loose)  # half of it is left
    tight = state._replace(drive=Slack(0.0))
    programme = constant(rate, DAY)
    late, early = (traced(loose, own, programme, 6.0 * HOUR, engine).drawn[-1] for own in (state, tight))
    assert early == pytest.approx(6.0 * HOUR * rate, abs=loose.drive.quantum)
    assert early - late == pytest.approx(4.6e-9, abs=1e-12 if engine != "panel" else 0.3e-9)


def test_gas_in_the_line_delays_an_alarm_by_what_it_is_compressed():
    gassy = PATCH_PUMP._replace(catheter=PATCH_PUMP.catheter._replace(air=5e-9), site=Blocked(PATCH_PUMP.site, SHUT))
    assert bubble(gassy.catheter, new_pump(gassy).catheter) == pytest.approx(5e-9 * ATMOSPHERE)
    ramp = resolved(gassy, UNIT_PER_HOUR, 60, engine=integrate)
    pressure = ramp.pressure[-1, CHAMBER]
    squeezed = boyle(5e-9, ATMOSPHERE, ATMOSPHERE + 500.0) - boyle(5e-9, ATMOSPHERE, ATMOSPHERE + pressure)
    held = gassy.drive.compliance * pressure + squeezed
    assert 60 * gassy.drive.increment == pytest.approx(held, rel=1e-3)


def test_a_clog_ends_delivery_and_then_alarms():
    closing = PATCH_PUMP._replace(catheter=AGING_SET._replace(kink_share=0.0, air=0.0, outgassed=0.0))
    state = new_pump(closing)._replace(catheter=Worn(0.0, onset(0.0, 1.0, 1.0), 0.0))
    programme = constant(UNIT_PER_HOUR, 3.0 * DAY)
    trace = traced(closing, state, programme, 3.0 * DAY, "stroke", alarm=80e3)
    alarm = next(event.time for event in trace.events if event.name == "alarm")
    # 80 kPa at 1 U/h need 2.9e16 Pa s/m3: the tip has then closed for ln(R / R_0) closing times
    needed = np.log(79.5e3 / UNIT_PER_HOUR / line(closing.catheter, new_pump(closing).catheter, WATER).slope)
    assert alarm > needed * AGING_SET.closing_time
    assert alarm == pytest.approx(needed * AGING_SET.closing_time, rel=0.15)
    assert trace.delivered[-1] < alarm * UNIT_PER_HOUR
