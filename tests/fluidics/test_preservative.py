"""Preservative in the wall: published shares, limits, and a step-by-step twin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.drugs.nucleation import Association, free_monomer
from fluidics.drugs.preservative import POLYETHYLENE, PVC, Uptake, preservative_left

HOUR = 3600.0


def test_walls_keep_back_what_was_published():
    assert 1.0 - preservative_left(PVC, 72.0 * HOUR) == pytest.approx(0.88, abs=0.01)
    assert 0.10 <= 1.0 - preservative_left(POLYETHYLENE, 72.0 * HOUR) <= 0.15


def test_short_contact_takes_in_proportion():
    assert 1.0 - preservative_left(PVC, 1.0) == pytest.approx(PVC.share * PVC.rate, rel=1e-4)


def test_uptake_follows_its_differential_equation():
    uptake, left, steps = Uptake(0.6, 1e-4), 1.0, 20000
    for _ in range(steps):
        middle = left - 0.5 * uptake.rate * (left - 0.4)
        left -= uptake.rate * (middle - 0.4)
    assert preservative_left(uptake, float(steps)) == pytest.approx(left, rel=1e-8)


@given(st.floats(0.0, 1.0), st.floats(0.0, 1e6), st.floats(0.0, 1e6))
def test_preservative_only_falls_and_never_below_what_the_wall_leaves(share, contact, more):
    uptake = Uptake(share, 1e-5)
    first, later = preservative_left(uptake, contact), preservative_left(uptake, contact + more)
    assert 1.0 - share - 1e-15 <= later <= first + 1e-15 <= 1.0 + 1e-15


def test_insulin_that_loses_its_phenol_to_pvc_has_more_free_monomer():
    law = Association(dimer=114.0, hexamer=1e6, zinc=0.1, phenol=1.0, allosteric=1e6)
    full = free_monomer(law, 0.6, 0.2, 20.0)
    in_pvc = free_monomer(law, 0.6, 0.2, 20.0 * preservative_left(PVC, 72.0 * HOUR))
    in_polyethylene = free_monomer(law, 0.6, 0.2, 20.0 * preservative_left(POLYETHYLENE, 72.0 * HOUR))
    assert full < in_polyethylene < in_pvc
    assert in_pvc > 1.5 * full > 1.2 * in_polyethylene
