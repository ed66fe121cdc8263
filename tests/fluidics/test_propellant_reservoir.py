"""The propellant bellows: plain while it boils and is warm, and what changes when it bottoms, dries out or is cold."""

from __future__ import annotations

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from scipy.integrate import quad, solve_ivp

from fluidics.engines.panel import seen, stepped
from fluidics.programmes.regimen import ConstantRate
from fluidics.pump import MEDIAN_LUCK, Service, after_refill, longest_panel, new_pump
from fluidics.questions import (
    advance,
    ambient,
    capacity,
    carry_over,
    fresh,
    histogram,
    line,
    panel,
    pressure,
    refilled,
    stiffness,
    usable,
    viscosity,
)
from fluidics.reservoirs.propellant import GAS_CONSTANT, saturation_pressure
from fluidics.reservoirs.propellant_reservoir import Expansion, PropellantReservoir, exhaustion, propellant_temperature
from fluidics.reservoirs.reservoir import Drawn, TwoPhaseReservoir
from fluidics.rows import pack
from tests.fluidics.gas_driven import BELLOWS, BODY, DAY, LUMBAR, SPINAL, gas_pump
from tests.fluidics.parts import AROUND, RATE, run, walked

BUTANE = (BELLOWS.antoine_a, BELLOWS.antoine_b, BELLOWS.antoine_c)
PLAIN = TwoPhaseReservoir(BELLOWS.capacity, BELLOWS.residual, *BUTANE, BELLOWS.ambient, BELLOWS.stiffness)
STOP = BELLOWS.capacity - BELLOWS.residual
PUMP = gas_pump("n-butane")._replace(reservoir=BELLOWS, catheter=SPINAL._replace(onset_rate=0.0), site=LUMBAR)
LEVELS = histogram(ConstantRate(), 1e-6 / DAY)


def dry(amount: float) -> PropellantReservoir:
    """Return the bellows with less propellant [mol], without its spring."""
    return BELLOWS._replace(amount=amount, stiffness=0.0)


# --- while it boils and is warm ------------------------------------------------------------------------------------


@given(st.floats(0.0, STOP), st.floats(288.15, 318.15))
def test_a_warm_boiling_bellows_is_the_plain_reservoir(volume, kelvin):
    own, plain = Expansion(volume, 0.0), Drawn(volume)
    assert pressure(BELLOWS, own, kelvin) == pytest.approx(pressure(PLAIN, plain, kelvin), rel=1e-12)
    assert stiffness(BELLOWS, own, kelvin) == stiffness(PLAIN, plain, kelvin)
    assert usable(BELLOWS, own) == usable(PLAIN, plain)
    assert (capacity(BELLOWS), ambient(BELLOWS)) == (capacity(PLAIN), ambient(PLAIN))
    assert carry_over(BELLOWS, own) == carry_over(PLAIN, plain)


def test_a_new_bellows_is_full_and_warm():
    assert fresh(BELLOWS, MEDIAN_LUCK) == Expansion(0.0, 0.0)


def test_what_flows_is_what_is_drawn():
    assert advance(BELLOWS, Expansion(1e-6, 0.0), DAY, AROUND).volume == 1e-6 + AROUND.flow * DAY


# --- at its stop -----------------------------------------------------------------------------------------------------


def test_the_pressure_is_gone_within_25_microlitres_behind_the_stop():
    before = pressure(BELLOWS, Expansion(STOP, 0.0), BODY)
    assert before > 240e3
    assert pressure(BELLOWS, Expansion(STOP + 10e-9, 0.0), BODY) == pytest.approx(
        before - 10e-9 * (1e13 + 1e8), rel=1e-9
    )
    assert pressure(BELLOWS, Expansion(STOP + 25e-9, 0.0), BODY) < 0.0
    assert stiffness(BELLOWS, Expansion(STOP + 10e-9, 0.0), BODY) == BELLOWS.stiffness + BELLOWS.stop_stiffness


def test_a_liquid_is_never_under_tension():
    assert pressure(BELLOWS, Expansion(2.0 * STOP, 0.0), BODY) == -BELLOWS.ambient


# --- when its liquid is gone -----------------------------------------------------------------------------------------


def test_liquid_is_gone_where_both_laws_meet():
    bellows = dry(3e-3)
    last = exhaustion(bellows, BODY)
    assert 0.0 < last < STOP
    boiling = saturation_pressure(*BUTANE, BODY)
    assert bellows.amount * GAS_CONSTANT * BODY == pytest.approx(boiling * (bellows.space + last), rel=1e-14)
    assert pressure(bellows, Expansion(0.99 * last, 0.0), BODY) + bellows.ambient == pytest.approx(boiling, rel=1e-14)
    assert pressure(bellows, Expansion(1.01 * last, 0.0), BODY) + bellows.ambient < boiling


@given(st.floats(0.05, 0.99), st.floats(0.0, 1.0), st.floats(1e-3, 7e-3))
def test_stiffness_is_the_fall_of_the_pressure(share, cold, amount):
    bellows, step = dry(amount)._replace(stiffness=1e8), 1e-12
    warmth = propellant_temperature(bellows, Expansion(0.0, cold), BODY)
    assume(abs(share * STOP - exhaustion(bellows, warmth)) > 1e-9)
    low, high = (pressure(bellows, Expansion(share * STOP + dv, cold), BODY) for dv in (-step, step))
    assert stiffness(bellows, Expansion(share * STOP, cold), BODY) == pytest.approx(
        (low - high) / (2.0 * step), rel=1e-2
    )


@given(st.floats(0.0, 1.1), st.floats(0.0, 0.3), st.floats(0.0, 1.0), st.floats(1e-3, 7e-3))
def test_pressure_never_rises_with_the_volume_drawn(share, more, cold, amount):
    bellows = dry(amount)
    first = pressure(bellows, Expansion(share * STOP, cold), BODY)
    assert pressure(bellows, Expansion((share + more) * STOP, cold), BODY) <= first


def test_a_pump_without_liquid_runs_down_as_its_gas_expands():
    bellows = dry(2e-3)  # its liquid is gone after 9.8 mL
    pump = PUMP._replace(reservoir=bellows, site=LUMBAR._replace(onset_rate=0.0))
    state, _ = walked(pump, new_pump(pump), LEVELS, 20.0 * DAY, 400)

    def slope(time: float, volume: list[float]) -> float:
        gas = bellows.amount * GAS_CONSTANT * BODY / (bellows.space + volume[0])
        driving = min(saturation_pressure(*BUTANE, BODY), gas) - bellows.ambient - back.offset
        return driving / (through + back.slope)

    mu = viscosity(pump.drug, new_pump(pump).drug, BODY)
    through = pump.drive.resistance * mu / pump.drive.reference_viscosity
    site, tube = line(pump.site, new_pump(pump).site, mu), line(pump.catheter, new_pump(pump).catheter, mu)
    back = site._replace(slope=site.slope + tube.slope)
    there = solve_ivp(slope, (0.0, 20.0 * DAY), [0.0], rtol=1e-10, atol=1e-18, max_step=0.05 * DAY).y[0, -1]
    assert state.reservoir.volume == pytest.approx(there, rel=1e-6)
    assert state.reservoir.volume > exhaustion(bellows, BODY)


# --- after a cold refill ---------------------------------------------------------------------------------------------


def test_a_refill_cools_by_the_heat_of_what_was_exchanged():
    own = refilled(BELLOWS, Expansion(STOP, 0.0), Service(carry_over=1.0 / 15.0), MEDIAN_LUCK)
    assert own.volume == 0.0
    assert own.cold == pytest.approx(0.5 * 14.0 / 15.0)
    # 17 K below the body, 0.467 of them in the propellant
    assert propellant_temperature(BELLOWS, own, BODY) == pytest.approx(BODY - 17.0 * own.cold)


def test_a_refill_at_body_temperature_changes_nothing_but_the_volume():
    warm = BELLOWS._replace(refill_temperature=BODY)
    own = refilled(warm, Expansion(STOP, 0.0), Service(0.0), MEDIAN_LUCK)
    assert pressure(warm, own, BODY) == pressure(warm, Expansion(0.0, 0.0), BODY)
    assert panel(warm, own, AROUND._replace(flow=0.0)) >= 1e300


@given(st.floats(0.0, 20.0))
def test_the_propellant_warms_up_with_one_time_constant(times):
    own = advance(BELLOWS, Expansion(0.0, 0.4), times * BELLOWS.warming_time, AROUND)
    assert own.cold == pytest.approx(0.4 * math.exp(-times), rel=1e-13)


def test_panels_are_short_only_while_it_is_cold():
    own, panels = Expansion(0.0, 0.5), 0
    still = AROUND._replace(flow=0.0)
    while panel(BELLOWS, own, still) < 1e300:
        own = advance(BELLOWS, own, panel(BELLOWS, own, still), still)
        panels += 1
    assert panels == 3
    assert abs(propellant_temperature(BELLOWS, own, BODY) - BODY) < 0.1


def test_what_a_cold_refill_costs_is_what_its_pressure_lacks():
    pump = PUMP._replace(reservoir=BELLOWS._replace(stiffness=0.0), site=LUMBAR._replace(onset_rate=0.0))
    refill = after_refill(pump, new_pump(pump), MEDIAN_LUCK)
    span = 8.0 * BELLOWS.warming_time
    cold, _ = walked(pump, refill, LEVELS, span, 4)
    warm, _ = walked(pump, new_pump(pump), LEVELS, span, 1)

    def lacking(time: float) -> float:
        left = refill.reservoir.cold * math.exp(-time / BELLOWS.warming_time)
        return saturation_pressure(*BUTANE, BODY) - saturation_pressure(*BUTANE, BODY - 17.0 * left)

    share = quad(lacking, 0.0, span)[0] / span / (pressure(BELLOWS, Expansion(0.0, 0.0), BODY) - 2.7e3)
    lost = 1.0 - cold.reservoir.volume / warm.reservoir.volume
    assert lost == pytest.approx(share, rel=0.02)


# --- in kernels ------------------------------------------------------------------------------------------------------


def fingerprint() -> str:
    """Return the bits of a pump after a cold refill and many panels, until its liquid is gone."""
    pump = PUMP._replace(reservoir=dry(3e-3), catheter=SPINAL)
    state, delivered = walked(pump, after_refill(pump, new_pump(pump), MEDIAN_LUCK), LEVELS, 25.0 * DAY, 60)
    return pack(state).tobytes().hex() + delivered.hex()


def test_compiled_and_uncompiled_give_the_same_bits():
    code = "from tests.fluidics.test_propellant_reservoir import fingerprint; print(fingerprint())"
    assert run(code, NUMBA_DISABLE_JIT="1").strip() == fingerprint()


# --- at the end of the bellows ---------------------------------------------------------------------------------------


def test_a_panel_ends_just_behind_the_stop():
    """There the reservoir counts as empty and still has nearly all of its pressure."""
    driving = AROUND._replace(flow=5e-12, p_in=2.4e5, p_out=2e3)
    own = Expansion(0.3 * STOP, 0.0)
    end = advance(BELLOWS, own, panel(BELLOWS, own, driving), driving)
    assert usable(BELLOWS, end) < 0.0
    assert pressure(BELLOWS, end, BODY) > 0.9 * pressure(BELLOWS, Expansion(STOP, 0.0), BODY)


def test_an_empty_bellows_keeps_its_last_drops():
    """Panels behind the stop follow the fall of the pressure, so that it ends at that of the site."""
    pump = PUMP._replace(reservoir=BELLOWS, site=LUMBAR._replace(onset_rate=0.0))
    state = new_pump(pump)._replace(reservoir=Expansion(STOP, 0.0))
    around = seen(pump, state, LEVELS, 1.0)
    for _ in range(40):
        dt = longest_panel(pump, state, around)
        step = stepped(pump, state, LEVELS, around, 0.0, min(dt, DAY), 1.0)
        state, around = step.state, step.after
    assert abs(around.flow) < 1e-6 * RATE
    lost = (pressure(BELLOWS, Expansion(STOP, 0.0), BODY) - around.p_in) / BELLOWS.stop_stiffness
    assert state.reservoir.volume == pytest.approx(STOP + lost, rel=1e-6)
