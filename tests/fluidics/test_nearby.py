"""The linear map of a stroke: the stroke itself where the drive is linear; none where force ends or alarms are near."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.engines.beat import struck
from fluidics.engines.lump import lumped
from fluidics.engines.nearby import WINDOW, mapped, predicted
from fluidics.engines.pace import NEVER, active_time, hold_time, paced, setting
from fluidics.questions import stroke, viscosity
from tests.fluidics.parts import ATMOSPHERE, BODY
from tests.fluidics.stroking import MICROLITRE, STIFF_RATE, stiff_pump


def stiff(alarm=NEVER, limit=1e9, bubble=0.0):
    """Return what a stroke of the occluded stiff pump needs, up to its pressures."""
    pump, state = stiff_pump(True)
    pump = pump._replace(drive=pump.drive._replace(stall_pressure=limit, bubble=bubble))
    mu = viscosity(pump.drug, state.drug, BODY)
    lump = lumped(pump, state, mu)
    push = active_time(pump.drive, state.drive, STIFF_RATE, 60.0)
    leak = stroke(pump.drive, state.drive, STIFF_RATE, -27e3, 1e5, ATMOSPHERE, mu).conductance
    hold = hold_time(pump.drive, state.drive, STIFF_RATE)
    given = setting(pump, state, STIFF_RATE, mu, lump, alarm)
    return pump, state, given, paced(lump, leak, push, hold, 60.0 - push, 1.0)


@given(p=st.floats(0.0, 1.2e5), share=st.floats(-1.0, 1.0), inlet=st.floats(-1.0, 1.0))
def test_the_map_of_a_linear_stroke_is_the_stroke(p, share, inlet):
    dp, dq = share * WINDOW, inlet * (1.0 - abs(share)) * WINDOW
    known = mapped(*stiff(), -27e3, p)
    near, exact = predicted(known, dp, dq), struck(*stiff(), -27e3 + dq, p + dp)
    assert known.holds
    for name in ("pressure", "peak", "time"):
        assert getattr(near, name) == pytest.approx(getattr(exact, name), rel=1e-10, abs=1e-6)
    for name in ("entered", "delivered"):
        assert getattr(near, name) == pytest.approx(getattr(exact, name), abs=1e-11 * 0.5 * MICROLITRE)


def test_a_bubble_in_the_chamber_bends_the_map_by_a_hundred_thousandth():
    case = stiff(bubble=0.2 * MICROLITRE)
    near = predicted(mapped(*case, -27e3, 5e4), 500.0, 0.0)
    exact = struck(*case, -27e3, 5.05e4)
    assert near.entered == pytest.approx(exact.entered, rel=1e-5)
    assert near.entered != exact.entered


@pytest.mark.parametrize("change", [{"alarm": 9e4}, {"limit": 9e4}])
def test_there_is_no_map_where_force_ends_or_an_alarm_is_near(change):
    """A stroke raises the line by 31 kPa."""
    assert mapped(*stiff(**change), -27e3, 4e4).holds
    assert not mapped(*stiff(**change), -27e3, 6e4).holds
