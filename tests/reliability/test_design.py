"""What a study asks of the kernels travels as it stands: to threads, and pickled to workers."""

from __future__ import annotations

import pickle

from fluidics.rows import pack, unpack
from reliability.design import MOST_DEVICES, MOST_VISITS, Design, Rules
from tests.reliability.plans import YEAR, active_plan


def test_counters_of_all_events_of_a_patient_fit_their_32_bits():
    assert MOST_DEVICES * MOST_VISITS <= 2**32


def test_a_design_survives_pickling_and_rows():
    design = active_plan().design
    again = pickle.loads(pickle.dumps(design))
    assert again == design
    assert isinstance(again, Design)
    assert unpack(design.pump, pack(design.pump)) == design.pump


def test_rules_are_floats():
    rules = Rules(10.0 * YEAR, 1.0, 1.0)
    assert all(type(value) is float for value in rules)
    assert all(type(value) is float for value in active_plan().rules)
