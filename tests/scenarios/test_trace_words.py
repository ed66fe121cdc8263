"""What a trace says of pressures that a drive does not hold; the rest of its words are tested in `test_trace`."""

from __future__ import annotations

import re

import pytest

from fluidics.engines.trace import NEVER
from scenarios.build import load
from scenarios.programmes import asked
from scenarios.trace_words import HOUR
from scenarios.tracing import run


def said(name, hours, *changed):
    scenario = load(name)
    changes = asked(scenario, hours * HOUR, changed, ())
    return " ".join(run(scenario, hours * HOUR, "panel", changes, NEVER).complaints)


@pytest.mark.parametrize(
    ("name", "ambient", "words"),
    [
        ("implanted-insulin", 45, r"14,000 µL \(5,600 U\) came where .* were programmed: the reservoir ran through"),
        ("fixed-rate-hepatic", 450, "more came back from the site than was delivered"),
    ],
)
def test_a_reservoir_on_the_wrong_side_of_the_site_is_said(name, ambient, words):
    assert re.search(words, said(name, 6.0, f"1 h: reservoir.ambient = {ambient} kPa"))


def test_a_pump_ahead_by_a_stroke_or_on_a_flight_is_not_blamed():
    assert "came" not in said("worn-insulin-patch", 0.02)
    assert "came" not in said("fixed-rate-hepatic", 6.0, "1 h: reservoir.ambient = 75 kPa")
