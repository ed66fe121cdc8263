"""The table of occlusions: what is read from it, and how it stands in a study file."""

from __future__ import annotations

import numpy as np
import pytest

from fluidics.engines.transient import Table
from reliability.events import VISIT
from reliability.modes import OcclusionAlarm
from reliability.transients import missed_when_shut, transient_variables, with_transients
from tests.reliability.plans import quiet_plan

DAY = 86400.0
TABLE = Table(
    rates=np.array([0.1, 0.2, 0.4]) * 1e-6 / DAY,
    resistances=np.array([1e15, 1e18]),
    delay=np.array([[np.inf, 0.3], [0.2, 0.15], [0.05, 0.04]]) * DAY,
    missed=np.array([[np.inf, 0.030], [0.030, 0.028], [0.022, 0.020]]) * 1e-6,
    released=np.full((3, 2), 0.019) * 1e-6,
    gap=0.004,
)


@pytest.mark.parametrize(("rate", "missed"), [(0.1, 30e-9), (0.15, 29e-9), (0.3, 24e-9), (0.01, 30e-9), (5.0, 20e-9)])
def test_a_shut_line_misses_what_the_table_says_between_its_rates(rate, missed):
    assert missed_when_shut(TABLE, rate * 1e-6 / DAY) == pytest.approx(missed, rel=1e-12)


def test_the_order_of_the_table_does_not_matter():
    backwards = {"rates": TABLE.rates[::-1], "resistances": TABLE.resistances[::-1], "missed": TABLE.missed[::-1, ::-1]}
    turned = TABLE._replace(**backwards)
    assert missed_when_shut(turned, 0.15e-6 / DAY) == missed_when_shut(TABLE, 0.15e-6 / DAY)


@pytest.mark.parametrize("rate", [0.05, 0.1, 0.15])
def test_a_pump_that_stays_silent_misses_without_end(rate):
    silent = TABLE._replace(missed=np.array([[1.0, np.inf], [1.0, np.inf], [1.0, 0.02]]))
    assert missed_when_shut(silent, rate * 1e-6 / DAY) == np.inf
    assert missed_when_shut(silent, 0.4e-6 / DAY) == pytest.approx(0.02)


def test_alarms_of_a_plan_wait_for_the_volume_of_the_table():
    plan = quiet_plan()
    modes = (*plan.design.modes, OcclusionAlarm(80e3))
    people = plan.design.population._replace(mean_rate=0.15e-6 / DAY)
    alarmed = plan._replace(
        design=plan.design._replace(modes=modes, population=people),
        mode_rows=np.vstack([plan.mode_rows, [VISIT, 600.0, 0.0, 0.0, 0.0]]),
    )
    found = with_transients(alarmed, TABLE)
    assert found.transients is TABLE
    assert found.mode_rows[-1].tolist() == pytest.approx([VISIT, 600.0, 0.0, 0.0, 29e-9])
    assert (found.mode_rows[:-1] == alarmed.mode_rows[:-1]).all()
    assert alarmed.mode_rows[-1, -1] == 0.0


def test_the_file_has_the_table_in_its_units():
    told = transient_variables(TABLE)
    assert {name: variable.units for name, variable in told.items()} == {
        "rate": "mL/d",
        "resistance": "Pa s m-3",
        "alarm_delay": "d",
        "missed_volume": "mL",
        "released_volume": "mL",
        "gap": "1",
    }
    assert told["rate"].values == pytest.approx([0.1, 0.2, 0.4])
    assert told["alarm_delay"].values[0, 0] == np.inf
    assert told["alarm_delay"].values[2, 1] == pytest.approx(0.04)
    assert told["missed_volume"].values[1] == pytest.approx([0.030, 0.028])
    for name in ("alarm_delay", "missed_volume", "released_volume"):
        assert told[name].values.shape == tuple(len(told[dim].values) for dim in told[name].dims)
