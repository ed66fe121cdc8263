"""A pump that cannot work is refused in one sentence, before anything is compiled for it."""

from __future__ import annotations

import math
from typing import NamedTuple

import pytest

from fluidics.check import check
from fluidics.programmes.regimen import ConstantRate
from fluidics.pump import Luck, Stateless, Surroundings
from fluidics.questions import advance, fresh
from tests.fluidics.parts import HEPATIC_PUMP, INSULIN_PUMP, MEALS, RATE


class Unanswered(NamedTuple):
    """A part nobody knows."""

    size: float = 1.0


class Begun(NamedTuple):
    """A part whose author has only begun."""

    size: float = 1.0


@pytest.fixture
def begun():
    """Return a part that answers only what every part answers."""

    @fresh.answer
    def new(part: Begun, luck: Luck) -> Stateless:
        return Stateless()

    @advance.answer
    def stays(part: Begun, own: Stateless, dt: float, around: Surroundings) -> Stateless:
        return own

    yield Begun()
    del fresh.answers[Begun], advance.answers[Begun]


@pytest.mark.parametrize(("pump", "regimen"), [(INSULIN_PUMP, MEALS), (HEPATIC_PUMP, ConstantRate())])
def test_a_sound_pump_passes(pump, regimen):
    check(pump, (), regimen, RATE)


def refused(kind, pump, modes=(), regimen=MEALS):
    with pytest.raises(kind) as complaint:
        check(pump, modes, regimen, RATE)
    text = str(complaint.value)
    assert "\n" not in text, "one sentence"
    return text


@pytest.mark.parametrize("place", INSULIN_PUMP._fields)
def test_a_part_without_answers_is_named(place):
    text = refused(TypeError, INSULIN_PUMP._replace(**{place: Unanswered()}))
    assert text.startswith("Unanswered has no answer to 'fresh'")


@pytest.mark.parametrize(
    ("place", "question"),
    [
        ("reservoir", "pressure"),
        ("drug", "viscosity"),
        ("drive", "stall"),
        ("catheter", "line"),
        ("site", "temperature"),
    ],
)
def test_an_answer_that_a_place_owes_is_named(begun, place, question):
    text = refused(TypeError, INSULIN_PUMP._replace(**{place: begun}))
    assert text.startswith(f"Begun has no answer to '{question}'; it is answered by: ")


def test_a_state_of_another_type_is_named(begun):
    @advance.answer
    def turns(part: Begun, own: Stateless, dt: float, around: Surroundings) -> Begun:
        return part

    text = refused(TypeError, INSULIN_PUMP._replace(power=begun))
    assert text.startswith("advance of power returned a Begun; it must return what 'fresh' returns, a Stateless")


def test_an_int_is_refused_by_its_place():
    pump = INSULIN_PUMP._replace(drive=INSULIN_PUMP.drive._replace(stall_pressure=100_000))
    assert refused(TypeError, pump).startswith("pump.drive.stall_pressure is 100000, a int")


@pytest.mark.parametrize("number", [math.nan, math.inf])
def test_a_number_that_is_not_finite_is_refused_by_its_place(number):
    pump = INSULIN_PUMP._replace(site=INSULIN_PUMP.site._replace(pressure=number))
    assert refused(ValueError, pump).startswith("pump.site.pressure is")


def test_a_reservoir_without_usable_volume_is_refused():
    pump = INSULIN_PUMP._replace(reservoir=INSULIN_PUMP.reservoir._replace(residual=15e-6))
    assert "residual" in refused(ValueError, pump)


def test_a_regimen_without_answer_is_named():
    assert refused(TypeError, INSULIN_PUMP, (), Unanswered()).startswith("Unanswered has no answer to 'histogram'")


def test_a_mode_without_margin_is_named():
    assert refused(TypeError, INSULIN_PUMP, (Unanswered(),)).startswith("Unanswered has no answer to 'margin'")
