"""The exact engine: closed forms, peers' steady networks, a stiff pump over a day, conservation and symmetries, random
networks against SciPy."""

from __future__ import annotations

import functools
import hashlib
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluidics.engines.exact import resolve
from fluidics.network import CHECK, GATE, Link, Schedule, network
from tests.fluidics.diaphragms import RELIEF, REST, SHUT, STROKE, diaphragm
from tests.fluidics.parts import run
from tests.fluidics.pump_transient import (
    AFTER_131,
    DRAWN,
    END_OF_PUSH,
    END_OF_REST,
    KPA,
    MICROLITRE,
    P1,
    P3,
    transient,
)
from tests.fluidics.radau import radau
from tests.fluidics.random_networks import cases

NO_VALVES = np.zeros(1, dtype=np.int64)


def steady(made, inflow):
    """Return pressures long after an inflow has begun, and the volumes through links of the last part of the time."""
    size, count = made.compliance.shape[0], made.kind.shape[0]
    stroke = Schedule(np.array([1e3]), np.array([inflow]), np.zeros((1, count), dtype=np.int64))
    got = resolve(made, stroke, 3, np.zeros(size), np.zeros(count, dtype=np.int64))
    return got.pressure[-1], (got.volume[-1] - got.volume[-2]) / 1e3


@functools.cache
def day(together: int = 60):
    """Return the stiff pump's day."""
    return transient(resolve, together=together)


def pushes(period, push, volume, size=1):
    """Return strokes of a volume into node 0 within `push`, one a period."""
    source = np.zeros((2, size))
    source[0, 0] = volume / push
    return Schedule(np.array([push, period - push]), source, np.zeros((2, size), dtype=np.int64))


# --- the stiff pump ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("strokes", "volume"), DRAWN.items())
def test_the_stiff_pump_draws_what_it_is_known_to_draw(strokes, volume):
    assert day().drawn[4 * strokes - 1] / MICROLITRE == pytest.approx(volume, rel=1e-7)


@pytest.mark.parametrize(("strokes", "kilopascals"), [*END_OF_PUSH.items(), (131, AFTER_131)])
def test_the_stiff_pump_pushes_at_the_known_pressure(strokes, kilopascals):
    assert day().pressure[4 * (strokes - 1), P1] / KPA == pytest.approx(kilopascals, abs=6e-7)


def test_the_stiff_pump_rests_at_the_known_pressure():
    assert day().pressure[-1, P3] / KPA == pytest.approx(END_OF_REST[1440], abs=6e-7)


def test_the_stiff_pump_conserves_fluid_and_switches_four_valves_a_stroke():
    assert day().residual < 1e-10 * day().drawn[-1]
    assert day().switches == 4 * 1440


def test_a_reservoir_that_is_linear_for_an_hour_moves_no_pressure_by_a_millionth():
    fine = day(together=5)
    gap = np.abs(day().pressure - fine.pressure) / np.maximum(np.abs(fine.pressure), KPA)
    assert gap.max() < 1e-7


# --- closed forms ------------------------------------------------------------------------------------------------


@given(st.floats(0.01, 100.0), st.floats(0.01, 100.0), st.floats(0.0, 30.0))
def test_a_step_of_flow_rises_with_the_time_constant(resistance, compliance, times):
    made = network([compliance], [(0, 1, Link(1.0 / resistance))], [0.0])
    tau = resistance * compliance
    stroke = Schedule(np.array([tau * (times + 1e-3)]), np.array([[2.0]]), np.zeros((1, 1), dtype=np.int64))
    got = resolve(made, stroke, 1, np.array([0.0]), NO_VALVES)
    assert got.pressure[0, 0] == pytest.approx(-2.0 * resistance * math.expm1(-times - 1e-3), rel=1e-13)
    out = 2.0 * tau * (times + 1e-3 + math.expm1(-times - 1e-3))
    assert got.volume[0, 0] == pytest.approx(out, rel=1e-9)


def test_periodic_strokes_peak_and_fall_as_published():
    """Impulses every two time constants: peak over mean is 2 / (1 - e^-2), trough over mean e^-2 times that."""
    made = network([1.0], [(0, 1, Link(1.0))], [0.0])
    got = resolve(made, pushes(2.0, 1e-11, 2.0), 30, np.array([0.0]), NO_VALVES)
    assert got.pressure[-2, 0] == pytest.approx(2.31303529, abs=5e-9)
    assert got.pressure[-1, 0] == pytest.approx(0.31303529, abs=5e-9)


def test_steady_flow_through_two_resistances():
    """Case steadyFlow_RC_R of svZeroDSolver: 5 through 100 and 100 against 100."""
    made = network([1e-4, 1e-4], [(0, 1, Link(0.01)), (1, 2, Link(0.01))], [100.0])
    pressure, flow = steady(made, [5.0, 0.0])
    assert pressure == pytest.approx([1100.0, 600.0], rel=1e-12)
    assert flow == pytest.approx([5.0, 5.0], rel=1e-12)


def test_steady_flow_through_a_bifurcation():
    """Case steadyFlow_bifurcationR_R1 of svZeroDSolver: trunk and branches of 100, ended by 100 against 100."""
    tube = Link(0.01)
    joins = [(0, 1, tube), (1, 2, tube), (1, 3, tube), (2, 4, tube), (3, 5, tube)]
    pressure, flow = steady(network([1e-4] * 4, joins, [100.0, 100.0]), [5.0, 0.0, 0.0, 0.0])
    assert pressure == pytest.approx([1100.0, 600.0, 350.0, 350.0], rel=1e-12)
    assert flow == pytest.approx([5.0, 2.5, 2.5, 2.5, 2.5], rel=1e-12)


def test_steady_flow_through_a_microfluidic_network():
    """The network of seven nodes of mmft-simulator; its channels conduct 1/28.26396 of h^4 / (mu l)."""
    channel = Link(1e-16 / (28.26396 * 1e-3 * 1e-3))
    joins = [(3, 0, channel), (4, 1, channel), (5, 2, channel), (0, 1, channel), (2, 1, channel), (1, 6, channel)]
    pressure, flow = steady(network([1e-16] * 3, joins, [1e3, 1e3, 1e3, 0.0]), [0.0] * 3)
    assert pressure == pytest.approx([833.33333, 666.66667, 833.33333], rel=1e-7)
    assert flow[[0, 1, 5]] == pytest.approx([5.89679007e-10, 1.17935801e-9, 2.35871603e-9], rel=1e-6)


def test_a_check_with_dry_friction_opens_and_shuts_as_a_relaxation_oscillator():
    """Filled at q, it opens at b; then the pressure falls towards c + q/g with C/g until it passes c + (b - c) / 2."""
    friction = Link(4.0, 1e-12, crack=1.0, breakaway=3.0, kind=CHECK)
    made = network([0.5], [(0, 1, friction)], [0.0])
    stroke = Schedule(np.array([100.0]), np.array([[-1.0]]), np.zeros((1, 1), dtype=np.int64))
    # drained at 1 from above: from 3 the valve never opens; filled at 1 it opens at 3 and stays open, as 1/4 < 2
    assert resolve(made, stroke, 1, np.array([2.9]), NO_VALVES).switches == 0
    filled = stroke._replace(source=-stroke.source)
    got = resolve(made, filled, 1, np.array([0.0]), NO_VALVES)
    assert got.switches == 1
    assert got.pressure[0, 0] == pytest.approx(1.25, rel=1e-10)
    # 1.5 s to fill to 3, then the volume that entered and is not stored
    assert got.volume[0, 0] == pytest.approx(100.0 - 0.5 * 1.25, rel=1e-9)


def test_a_dip_of_a_millisecond_in_a_day_shuts_the_valve():
    """Two modes of a chain make the pressure at a check dip below its crack for a moment and come back.

    u(t) = 1 + a - 4 (e^-t - e^-2t) with its least, a, at ln 2: the flow is known in closed form until the check shuts.
    """
    # node 0 relaxes with rate 1 from -4 towards 0, node 1 with rate 2 from -4: their difference is 4 (e^-2t - e^-t)
    depth = 1e-8
    check = Link(1e-9, 1e-12, crack=-1.0 + depth, breakaway=-1.0 + depth, kind=CHECK)
    joins = [(0, 2, Link(1.0)), (1, 2, Link(2.0)), (0, 1, check)]
    made = network([1.0, 1.0], joins, [0.0])
    stroke = Schedule(np.array([86400.0]), np.zeros((1, 2)), np.zeros((1, 3), dtype=np.int64))
    got = resolve(made, stroke, 1, np.array([-4.0, -4.0]), np.array([1, 1, 1]))
    assert got.switches == 2
    # a scan of a thousand points, even on a grid that starts at a microsecond, sees nothing
    times = np.geomspace(1e-6, 86400.0, 1000)
    assert (4.0 * (np.exp(-2.0 * times) - np.exp(-times)) > check.crack).all()


# --- laws of any network -----------------------------------------------------------------------------------------


def resolved(case, strokes=2):
    """Return what becomes of a random case."""
    made, stroke, pressure, opened = case
    return resolve(made, stroke, strokes, pressure, opened)


@given(cases(6, 4))
def test_fluid_is_conserved_in_any_network(case):
    """To rounding: of what passed, of what is stored, and of what a wide link would pass at the pressures around."""
    made, stroke, pressure, _ = case
    got = resolved(case)
    size = np.abs(pressure).max() + np.abs(made.boundary).max() + np.abs(got.pressure).max() + np.abs(made.crack).max()
    passed = np.abs(got.volume).max() + made.compliance.max() * size
    assert got.residual <= 1e-11 * passed + 1e-14 * made.conductance.max() * stroke.duration.sum() * size


@given(cases(5, 2))
def test_four_times_as_fast_is_the_same_to_the_bit(case):
    made, stroke, pressure, opened = case
    got = resolved(case)
    fast = made._replace(conductance=4.0 * made.conductance, leak=4.0 * made.leak)
    quick = Schedule(0.25 * stroke.duration, 4.0 * stroke.source, stroke.gates)
    again = resolve(fast, quick, 2, pressure, opened)
    assert again.pressure.tobytes() == got.pressure.tobytes()
    assert again.volume.tobytes() == got.volume.tobytes()
    assert (again.time * 4.0).tobytes() == got.time.tobytes()


@given(cases(5, 2))
def test_two_calls_are_as_good_as_one(case):
    made, stroke, pressure, opened = case
    got = resolved(case, strokes=3)
    first = resolve(made, stroke, 1, pressure, opened)
    second = resolve(made, stroke, 2, first.pressure[-1], first.open[-1])
    scale = 1.0 + np.abs(got.pressure).max()
    assert second.pressure[-1] == pytest.approx(got.pressure[-1], abs=1e-8 * scale)
    assert first.switches + second.switches == got.switches
    passed = first.volume[-1] + second.volume[-1]
    assert passed == pytest.approx(got.volume[-1], abs=1e-8 * (1.0 + np.abs(got.volume).max()))


@given(cases(4, 1))
@settings(max_examples=25)
def test_random_networks_agree_with_radau(case):
    made, stroke, pressure, opened = case
    got = resolved(case, strokes=1)
    judge = radau(made, stroke, pressure, opened)
    scale = 1.0 + np.abs(judge.pressure).max()
    assert got.pressure == pytest.approx(judge.pressure, abs=1e-6 * scale)
    assert got.volume == pytest.approx(judge.volume, abs=1e-6 * (1.0 + np.abs(judge.volume).max()))
    assert (got.open == judge.open).all()


@given(st.floats(-50.0, 50.0), st.floats(0.0, 20.0))
def test_more_driving_pressure_never_gives_less_flow(pressure, more):
    check = Link(2.0, 1e-3, 1.0, 1.0, 0.0, CHECK)
    volumes = []
    for driving in (pressure, pressure + more):
        made = network([0.1, 0.3], [(2, 0, check), (0, 1, Link(0.5)), (1, 3, check)], [driving, 0.0])
        stroke = Schedule(np.array([2.0]), np.array([[0.5, 0.0]]), np.zeros((1, 3), dtype=np.int64))
        volumes.append(resolve(made, stroke, 3, np.zeros(2), SHUT).volume[-1, 2])
    assert volumes[1] >= volumes[0] - 1e-10 * (1.0 + abs(volumes[0]))


# --- where rounding could decide ---------------------------------------------------------------------------------


def test_a_network_at_rest_stays_at_rest():
    check = Link(1.0, 1e-6, 0.0, 0.0, 0.0, CHECK)
    made = network([1.0, 1.0], [(2, 0, check), (0, 1, check), (1, 3, check)], [7.3, 7.3])
    for opened in (SHUT, 1 - SHUT):
        stroke = Schedule(np.array([1e6]), np.zeros((1, 2)), np.zeros((1, 3), dtype=np.int64))
        got = resolve(made, stroke, 10, np.array([7.3, 7.3]), opened)
        assert (got.pressure == 7.3).all()
        assert (got.volume == 0.0).all()
        assert got.switches == 0


def test_a_check_between_equal_branches_does_not_chatter():
    joins = [(2, 0, Link(0.3)), (2, 1, Link(0.3)), (0, 3, Link(0.7)), (1, 3, Link(0.7))]
    joins += [(0, 1, Link(5.0, 1e-3, 0.0, 0.0, 0.0, CHECK)), (1, 0, Link(5.0, 1e-3, 0.0, 0.0, 0.0, CHECK))]
    made = network([0.1, 0.1], joins, [10.0, 0.0])
    stroke = Schedule(np.array([0.7, 30.0]), np.array([[1.0, 1.0], [0.0, 0.0]]), np.zeros((2, 6), dtype=np.int64))
    got = resolve(made, stroke, 20, np.zeros(2), np.zeros(6, dtype=np.int64))
    assert got.switches == 0
    assert got.pressure[:, 0] == pytest.approx(got.pressure[:, 1], rel=1e-13)


def test_gates_follow_the_schedule_and_zero_flow_is_regular():
    gate = Link(1.0, 1e-12, kind=GATE)
    made = network([1.0], [(1, 0, gate), (0, 2, gate)], [6.0, 0.0])
    stroke = Schedule(np.array([50.0, 50.0]), np.zeros((2, 1)), np.array([[1, 0], [0, 1]]))
    got = resolve(made, stroke, 4, np.array([0.0]), np.zeros(2, dtype=np.int64))
    assert got.pressure[:, 0] == pytest.approx([6.0, 0.0] * 4, abs=1e-8)
    assert got.volume[-1] == pytest.approx([24.0, 24.0], rel=1e-9)
    assert got.open.tolist() == [[1, 0], [0, 1]] * 4


def test_of_every_few_strokes_the_last_is_recorded():
    whole = resolve(diaphragm(1e4), STROKE, 8, REST, SHUT, relief=RELIEF)
    some = resolve(diaphragm(1e4), STROKE, 8, REST, SHUT, every=3, relief=RELIEF)
    kept = [k for k in range(32) if k // 4 in (1, 4, 7)]
    for name in ("time", "pressure", "volume", "open"):
        assert getattr(some, name).tobytes() == getattr(whole, name)[kept].tobytes()
    assert some[4:] == whole[4:]


def bits() -> str:
    """Return a hash of all that some strokes of the stiff pump and of a stalled one give."""
    pump = transient(resolve, 3)
    stalled = resolve(diaphragm(1.99e5), STROKE, 3, REST, SHUT, relief=RELIEF)
    rows = (pump.pressure, pump.drawn, stalled.pressure, stalled.volume, stalled.open)
    return hashlib.sha256(b"".join(row.tobytes() for row in rows)).hexdigest()


def test_compiled_and_uncompiled_give_the_same_bits():
    code = "from tests.fluidics.test_exact import bits; print(bits())"
    assert run(code, NUMBA_DISABLE_JIT="1").strip() == bits()


# --- refusals ----------------------------------------------------------------------------------------------------

TANK = network([1.0], [(0, 1, Link(1.0))], [0.0])
GATES = network([1.0], [(0, 1, Link(1.0, 1.0, kind=GATE))] * 63, [0.0])
PUSH = Schedule(np.array([1.0]), np.array([[1.0]]), np.zeros((1, 1), dtype=np.int64))
ZERO = np.array([0.0])


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"pressure": np.array([0.0, 0.0])}, r"pressure has shape \(2,\); this network and schedule ask for \(1,\)"),
        ({"pressure": np.array([math.nan])}, "pressure has a number that is not finite"),
        ({"open_links": np.array([0, 0])}, r"open_links has shape \(2,\)"),
        ({"open_links": np.array([2])}, "open_links must hold 0 for shut and 1 for open"),
        ({"schedule": PUSH._replace(duration=np.array([0.0]))}, "must be above zero for every phase"),
        ({"schedule": PUSH._replace(duration=np.array([math.inf]))}, "schedule.duration has a number that is not"),
        ({"schedule": PUSH._replace(source=np.array([[math.inf]]))}, "schedule.source has a number that is not"),
        ({"schedule": PUSH._replace(gates=np.zeros((1, 2)))}, r"schedule.gates has shape \(1, 2\)"),
        ({"network": TANK._replace(boundary=np.array([math.nan]))}, "boundary has a number that is not finite"),
        ({"network": TANK._replace(gas=np.array([1e-3]))}, "node 0 has trapped gas, which is not linear: use"),
        ({"network": TANK._replace(loss=np.array([1e-3]))}, "link 0 has a loss, which is not linear: use the"),
        ({"network": TANK._replace(lift=np.array([1e-3]))}, "link 0 has a lift, which is not linear: use the"),
        ({"network": TANK._replace(kind=np.array([CHECK]))}, "link 0 lets nothing through when it is shut: give it a"),
        (
            {
                "network": GATES,
                "open_links": np.zeros(63),
                "schedule": PUSH._replace(gates=np.zeros((1, 63))),
            },
            "the network has 63 valves; 62 at most",
        ),
        ({"strokes": 0}, "strokes must be a whole number from 1, given 0"),
        ({"every": 0}, "every must be a whole number from 1, given 0"),
        ({"relief": 0}, "relief 0 must be -1 or the number of a check from a node to a boundary"),
    ],
)  # fmt: skip
def test_nonsense_is_refused(changed, sentence):
    given = {"network": TANK, "schedule": PUSH, "strokes": 1, "pressure": ZERO, "open_links": NO_VALVES}
    with pytest.raises(ValueError, match=sentence):
        resolve(**given | changed)


def test_valves_that_never_rest_raise():
    """A check that opens below the pressure at which it shuts can be neither open nor shut in between."""
    check = Link(1.0, 1e-3, 2.0, 2.0, 0.0, CHECK)
    torn = network([1.0], [(0, 1, check)], [0.0])._replace(breakaway=np.array([1.0]))
    with pytest.raises(RuntimeError, match=r"stroke 1, phase 1: valves switched 1000 times and did not come to rest"):
        resolve(torn, PUSH, 3, np.array([1.5]), NO_VALVES)
