"""The words of a report suit the pump: worn or implanted, rinsed or not, with insulin or without."""

from __future__ import annotations

import pytest

from fluidics.engines.trace import NEVER
from scenarios.build import load
from scenarios.commands.study import provenance
from scenarios.report.terms import IMPLANTED, WORN, terms

IN_VAIN = "operation_in_vain"
NO_INSULIN = {"ketoacidosis", "rinse", "extra_rinse"}


@pytest.mark.parametrize("name", ["worn-insulin-tubed", "worn-insulin-patch"])
def test_nobody_is_operated_for_a_worn_pump(name):
    found = terms(provenance(load(name)))
    assert found._replace(impossible=frozenset()) == WORN
    assert not found.rinsed()
    assert not any("operat" in text or "implant" in text for text in found[:-1])


@pytest.mark.parametrize("name", ["peristaltic-baclofen", "gated-morphine", "fixed-rate-pain", "fixed-rate-hepatic"])
def test_ketoacidosis_and_rinses_are_not_of_a_pump_without_insulin(name):
    found = terms(provenance(load(name)))
    assert found == IMPLANTED._replace(impossible=frozenset(NO_INSULIN))


def test_all_may_happen_to_an_implanted_insulin_pump_but_an_operation_after_which_nothing_is_rinsed():
    assert terms(provenance(load("implanted-insulin"))) == IMPLANTED._replace(impossible=frozenset({IN_VAIN}))
    assert terms({}) == IMPLANTED


def test_ketoacidosis_is_of_insulin_pumps_worn_ones_too():
    assert "ketoacidosis" not in terms(provenance(load("worn-insulin-tubed"))).impossible


def test_a_patient_who_bears_any_time_without_drug_has_no_ketoacidosis():
    found = terms(provenance(load("implanted-insulin", ["population.bearable_time=none"])))
    assert found.impossible == {"ketoacidosis", IN_VAIN}
    assert load("implanted-insulin", ["population.bearable_time=none"]).design.population.bearable_time == NEVER
