"""The share of volume that was not delivered; other numbers of a report are tested with the page in `test_report`."""

from __future__ import annotations

import numpy as np
import pytest

from scenarios.report.results import _not_delivered


def volumes(world, undelivered):
    return {"world": np.array(world), "undelivered": np.array(undelivered), "delivered": np.full(len(world), 100.0)}


def test_volume_not_delivered_in_a_single_world_has_the_spread_between_its_patients():
    undelivered = [1.0, 2.0, 4.0] * 5
    one, each = (_not_delivered(volumes(worlds, undelivered)) for worlds in ([0] * 15, range(15)))
    assert one == each
    assert 0.0 < one.lower < one.share < one.upper


def test_volume_delivered_beyond_the_programme_is_a_share_below_zero():
    share = _not_delivered(volumes([0, 1, 2, 3], [-2.0, -2.1, -1.9, -2.0]))
    assert share.share == pytest.approx(-8.0 / 392.0, rel=1e-9)
    assert share.lower < share.share < share.upper < 0.0


def test_volume_not_delivered_to_a_single_patient_has_no_limits():
    share = _not_delivered(volumes([0], [3.0]))
    assert share.share == pytest.approx(3.0 / 103.0, rel=1e-9)
    assert np.isnan(share.lower)
    assert np.isnan(share.upper)
