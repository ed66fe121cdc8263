"""Pumps that are worn live set by set: alarms at the rate of a renewal process, each set with luck of its own, and
patients who come when the volume that an alarm needs has been missed."""

from __future__ import annotations

import json
import math
import shutil
from pathlib import Path

import numpy as np
import pytest

from reliability.events import MODE, UNDERDELIVERY
from reliability.population import CATHETER
from reliability.streams import PART, uniform
from tests.fluidics.parts import ROOT, run
from tests.reliability.plans import DAILY, DAY

SECOND = 1.0 / DAY
ASK = """
import json, worn_sets
from pathlib import Path
print(json.dumps(worn_sets.told(Path(worn_sets.__file__).parent)))
"""
FEW = (
    "from worn_sets import worn_plan; from tests.reliability.studies import hashed, in_chunks\n"
    "from tests.reliability.plans import DAY\n"
    "print(hashed(in_chunks(worn_plan(6.0 * DAY, 3.0 * DAY, 0.0, years=2.0), 3, 3)))"
)


def worn(folder, code, **environment):
    shutil.copy(Path(__file__).with_name("worn_sets.py"), folder)
    return run(code, PYTHONPATH=f"{ROOT}:{folder}", **environment)


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    return json.loads(worn(tmp_path_factory.mktemp("worn"), ASK, NUMBA_DISABLE_JIT="0"))


def test_alarms_come_at_the_rate_of_a_renewal_process(told):
    # each set lasts to its alarm or to its change after 3 days: F(3 d) alarms in the mean life of a set
    x = 0.5
    shut, life = -math.expm1(-x * x), 6.0 * 0.5 * math.sqrt(math.pi) * math.erf(x)
    expected = 2000.0 * 2.0 * 365.25 * shut / life
    assert abs(told["alarms"] - expected) < 4.0 * math.sqrt(expected)
    assert told["counts"]["refills"] == pytest.approx(2000.0 * 2.0 * 365.25 / life, rel=3e-3)


def test_a_set_that_shuts_is_an_episode_and_no_operation(told):
    assert told["kinds"] == [UNDERDELIVERY, MODE]
    assert told["counts"]["operations"] == 0
    assert told["counts"]["devices"] == 2000
    # all but the alarms at the end of follow-up are seen at a visit
    assert told["alarms"] - 2000 < told["counts"]["episodes"] <= told["alarms"]


def lives(patient, count):
    """Return the lives [d] of the sets of a patient, each from the number set aside for its refill and place."""
    drawn = [uniform(1, patient, event, PART + CATHETER) for event in range(count)]
    return 6.0 * np.sqrt(-np.log(drawn))


def test_each_set_lives_by_its_own_number_and_the_patient_comes_when_the_volume_is_missed(told):
    late = {name: np.array(values) for name, values in told["late"].items()}
    for patient in range(5):
        found = late["time"][(late["patient"] == patient) & (late["kind"] == MODE)]
        assert len(found) > 50
        # a twentieth of a millilitre goes into the line before the alarm, and with the alarm comes the next set
        delay = 0.05e-6 / DAILY / DAY
        expected = np.cumsum(lives(patient, len(found)) + delay) - delay
        # a crossing is found to a second
        np.testing.assert_allclose(found, expected, rtol=0.0, atol=1.001 * SECOND * len(found))
        missed = told["late_undelivered"][patient]
        assert missed == pytest.approx(0.05 * len(found), abs=0.05 + 1e-5)


def test_any_chunks_buffers_and_threads_give_the_same_bits(told):
    assert len(set(told["pieces"])) == 1
    assert len(set(told["digests"])) == 1


def test_compiled_and_uncompiled_give_the_same_bits(told, tmp_path):
    assert worn(tmp_path, FEW, NUMBA_DISABLE_JIT="1").strip() == told["few"]
