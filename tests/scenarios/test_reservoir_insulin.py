"""One kernel, two insulins: what stabilised U400 and that of 1993 and 1994 do in a reservoir that is refilled each
quarter, with catheters and tips that stay open."""

from __future__ import annotations

import pytest

from reliability.chunk import simulate
from reliability.recurrent import event_rate
from scenarios.build import load, plan

OPEN = ("pump.catheter.onset_rate=0 /y", "pump.site.onset_rate=0 /y")
QUARTERLY = ("clinic.interval=90 d", "clinic.interval_spread=7 d", "clinic.longest_interval=104 d")


def rinses(name: str, years: float, overrides: tuple[str, ...]) -> tuple[int, float]:
    """Return rinses and patient-years of 400 patients."""
    patients = simulate(plan(load(name, overrides), years, 1), 0, 400).patients
    return int(patients["rinses"].sum()), float((patients["end"] - patients["entry"]).sum()) / 365.25


def test_insulin_of_1994_blocks_pumps_at_the_published_rate():
    """52 rinses in 103 patient-years (Renard et al. 1996), to which its nucleation is calibrated."""
    count, years = rinses("implanted-insulin-1994", 4.5, OPEN)
    published = event_rate([52], [103.0])
    assert published.lower < count / years < published.upper


def test_stabilised_insulin_outlasts_ninety_days():
    """The manual allows a refill every 90 days: the same kernel with the later nucleation, at that interval.

    What is left are the worst of the pumps, whose spread was fitted to the years before: one fill in 450.
    """
    count, years = rinses("implanted-insulin", 10.0, (*OPEN, *QUARTERLY))
    assert years > 3000.0
    assert count / (years * 365.25 / 90.0) < 0.005
    assert count / years < 0.03 * 52.0 / 103.0


@pytest.mark.parametrize("name", ["implanted-insulin", "implanted-insulin-1994"])
def test_the_two_differ_in_nucleation_alone(name):
    drug, other = (load(each).design.pump.drug for each in (name, "implanted-insulin"))
    assert drug._replace(nucleation=0.0) == other._replace(nucleation=0.0)
