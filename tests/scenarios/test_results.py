"""Shares of a study: volumes that were not delivered, reservoirs run dry; other numbers of a report are tested with the
page in `test_report`."""

from __future__ import annotations

import json
from typing import NamedTuple

import numpy as np
import pytest
from scipy.stats import binomtest

from reliability.events import MODE
from scenarios.report.shares import not_delivered, requirement
from scenarios.report.terms import IMPLANTED, WORN


def volumes(world, undelivered):
    return {"world": np.array(world), "undelivered": np.array(undelivered), "delivered": np.full(len(world), 100.0)}


def test_volume_not_delivered_in_a_single_world_has_the_spread_between_its_patients():
    undelivered = [1.0, 2.0, 4.0] * 5
    one, each = (not_delivered(volumes(worlds, undelivered)) for worlds in ([0] * 15, range(15)))
    assert one == each
    assert 0.0 < one.lower < one.share < one.upper


def test_volume_delivered_beyond_the_programme_is_a_share_below_zero():
    share = not_delivered(volumes([0, 1, 2, 3], [-2.0, -2.1, -1.9, -2.0]))
    assert share.share == pytest.approx(-8.0 / 392.0, rel=1e-9)
    assert share.lower < share.share < share.upper < 0.0


def test_a_share_that_cannot_be_negative_has_no_negative_limit():
    share = not_delivered(volumes([0, 1, 2, 3], [0.0, 0.0, 0.0, 1e-5]))
    assert share.lower == 0.0 < share.share < share.upper


def test_volume_not_delivered_to_a_single_patient_has_no_limits():
    share = not_delivered(volumes([0], [3.0]))
    assert share.share == pytest.approx(3.0 / 103.0, rel=1e-9)
    assert np.isnan(share.lower)
    assert np.isnan(share.upper)


def test_half_of_the_patients_is_said_of_those_who_wear_a_pump_too():
    assert [terms.half for terms in (IMPLANTED, WORN)] == [
        "Half of the patients operated again after",
        "Half of the patients have another pump after",
    ]


class Study(NamedTuple):
    """What of a study file the requirement is read from."""

    attributes: dict
    kinds: dict
    events: list

    def pieces(self, table, columns):
        yield from self.events


def test_patients_who_ran_dry_are_counted_once_and_only_by_empty_reservoirs():
    dry, other = MODE + 1, MODE
    told = {
        "parameters": json.dumps([{"path": "requirement.run_dry", "si": 0.01}]),
        "scenario": '[modes.a]\ntype = "occlusion-alarm"\n[modes.b]\ntype = "empty-reservoir"\n',
    }
    pieces = [
        {"patient": np.array([0, 0, 2]), "kind": np.array([dry, dry, other])},
        {"patient": np.array([0, 1]), "kind": np.array([dry, dry])},
    ]
    study, one = Study(told, {other: "a", dry: "b"}, pieces), np.zeros(10, dtype=np.int64)
    found = requirement(study, one)
    assert (found.allowed, found.found.share) == (0.01, 0.2)
    exact = binomtest(2, 10).proportion_ci(0.95, "exact")
    assert (found.found.lower, found.found.upper) == pytest.approx((exact.low, exact.high), rel=1e-9)
    assert requirement(study._replace(attributes={**told, "parameters": "[]"}), one) is None
    assert requirement(study._replace(attributes={**told, "scenario": ""}), one) is None
