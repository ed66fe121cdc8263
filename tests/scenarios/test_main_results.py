"""Which results of a study are its main ones, on the screen and in the report; their numbers are tested in
`test_results` and `test_report`."""

from __future__ import annotations

import pytest

from reliability.recurrent import Rate, Share
from reliability.store import open_study
from reliability.study import run_study
from scenarios.commands.summary import print_summary
from scenarios.report.results import answers, results, strained
from scenarios.report.shares import Requirement
from scenarios.report.words import NOTHING
from tests.reliability.plans import active_plan


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("studies") / "study.h5"
    run_study(active_plan(seed=5, years=2.0), 60, path, provenance={"title": "A pump"}, threads=1)
    return path


@pytest.fixture(scope="module")
def found(file):
    with open_study(file) as study:
        return results(study)


def test_few_worlds_are_told_on_the_screen(file, found, capsys):
    with open_study(file) as study:
        attributes = study.attributes
    print_summary(attributes, found._replace(worlds=1))
    assert "\nThis study has 1 world only, whose spread is poorly known: more patients" in capsys.readouterr().out
    print_summary(attributes, found._replace(worlds=10))
    assert "only" not in capsys.readouterr().out


def labels(found):
    return [row.label for row in answers(found)]


def test_main_results_hold_the_frequent_failures_of_physics_and_no_rare_one(found):
    often, seldom = (Rate(rate, 0.0, 9.0, 1.0, 3.0, 1.0) for rate in (5.0, 0.01))
    told = found._replace(modes=["Clogged", "Cracked"], rates=[*found.rates, ("Clogged", often), ("Cracked", seldom)])
    assert "Clogged" in labels(told)
    assert "Cracked" not in labels(told)


def test_rinses_that_had_nothing_to_restore_are_no_main_result(found):
    row = "Rinses at visits that restored the flow"
    assert row not in labels(found._replace(restored=Share(0.0, 0.0, 0.1)))
    assert row in labels(found._replace(restored=Share(0.1, 0.0, 0.2)))


@pytest.mark.parametrize(
    ("interval", "verdict"),
    [((0.001, 0.009), "met"), ((0.02, 0.04), "missed"), ((0.005, 0.02), "open")],
)
def test_a_requirement_is_met_missed_or_open_by_its_interval(found, interval, verdict):
    asked = Requirement(0.01, Share(sum(interval) / 2.0, *interval))
    said = [text for text in labels(found._replace(requirement=asked)) if "ran dry" in text]
    assert said == [f"Patients whose reservoir ran dry (at most 1 %: {verdict})"]
    assert not [text for text in labels(found._replace(requirement=None)) if "ran dry" in text]


def test_a_tiny_share_is_told_as_less(found):
    last = answers(found._replace(not_delivered=Share(3.1e-8, 0.0, 8.8e-8)))[-1]
    assert (last.value, last.interval) == ("< 0.001", NOTHING)


def test_a_cause_that_ends_several_pumps_a_year_is_said(found):
    assert strained(found) == []
    cause = found.causes[0].label
    told = found._replace(rates=[(cause, Rate(420.0, 400.0, 440.0, 10.0, 50.0, 1.0))])
    (said,) = strained(told)
    assert said.startswith(f"{cause.lower()} ends pumps 4.2 times per patient-year: such a pump can hardly be meant")
    assert strained(told._replace(causes=[])) == []  # what a visit mends may come as often as it likes
