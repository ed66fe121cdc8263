"""The numbers of a report: that they are those of the tables and curves of the study file, with their limits."""

from __future__ import annotations

from typing import NamedTuple
from xml.etree import ElementTree as ET

import numpy as np
import pytest
from scipy.special import stdtrit

from reliability.events import RINSE
from reliability.fan import delivery_error
from reliability.recurrent import share
from reliability.store import open_study
from reliability.study import run_study
from scenarios.report import figures
from scenarios.report.figures import Curve
from scenarios.report.results import answers, at_risk, ends, events, results
from scenarios.report.shares import restored
from scenarios.report.words import MINUS, estimated
from tests.reliability.plans import active_plan

PATIENTS, YEARS = 200, 4.0


@pytest.fixture(scope="module")
def file(tmp_path_factory):
    path = tmp_path_factory.mktemp("results") / "study.h5"
    run_study(active_plan(seed=5, years=YEARS), PATIENTS, path, provenance={}, threads=1)
    return path


@pytest.fixture(scope="module")
def found(file):
    with open_study(file) as study:
        return results(study)


def test_rinses_of_any_kind_are_those_of_the_patients(file, found):
    with open_study(file) as study:
        patients = study.table("patients", ["rinses", "end"])
    rate = dict(found.rates)["Rinses of any kind"]
    assert rate.events == patients["rinses"].sum() > 0
    assert rate.rate == pytest.approx(100.0 * patients["rinses"].sum() / (patients["end"].sum() / 365.25), rel=1e-12)


def test_every_kind_of_event_has_a_row_and_what_never_happened_a_limit(file, found):
    with open_study(file) as study:
        kinds, seen = study.kinds, study.table("events", ["kind"])["kind"]
    rows = events(found)
    assert len(rows) == 2 + len(kinds) - 1
    never = [rate for _, rate in found.rates if rate.events == 0]
    assert len(never) == len([code for code in kinds if code and code not in seen])
    for rate in never:
        assert rate.rate == 0.0
        assert rate.upper == pytest.approx(-np.log(0.025) / rate.exposure, rel=1e-9)


def test_what_stands_at_the_end_of_follow_up_is_the_last_of_the_curve(found):
    for years in (found.years, found.survival.time[-1] - 1e-3, found.survival.time[-1]):
        rows = ends(found._replace(years=float(years)))
        assert [row.value for row in rows] == [
            estimated(*(100.0 * side[-1] for side in (curve.value, curve.lower, curve.upper)))[0]
            for curve in found.causes
        ]


def test_ended_are_first_pumps_alone(file, found):
    with open_study(file) as study:
        devices = study.table("devices", ["ordinal", "cause"])
    first = devices["cause"][devices["ordinal"] == 0]
    assert sum(found.ended) == (first > 0).sum() < (devices["cause"] > 0).sum()
    assert found.at_risk[0] == len(first) == PATIENTS
    assert found.pumps == len(devices["cause"])


def test_share_of_rinses_that_helped_is_that_of_the_events(file, found):
    with open_study(file) as study:
        events = study.table("events", ["kind", "value"])
    values = events["value"][events["kind"] == RINSE]
    assert found.restored.share == pytest.approx(values.mean(), rel=1e-12)
    assert found.restored.lower <= found.restored.share <= found.restored.upper <= 1.0
    assert any(row.label == "Rinses at visits that restored the flow" for row in answers(found))


def test_no_rinse_is_no_share_of_rinses(found):
    assert not any("restored" in row.label for row in answers(found._replace(restored=None)))


class Rinses(NamedTuple):
    """Stands for a study file whose events are rinses of given patients."""

    patient: list[int]
    value: list[float]

    def pieces(self, name, columns):
        column = {"patient": np.array(self.patient), "value": np.array(self.value)}
        yield {**column, "kind": np.full(len(self.patient), RINSE)}


def test_rinses_of_one_world_have_the_limits_of_clopper_and_pearson():
    found = restored(Rinses([0, 0, 1, 2], [1.0, 0.0, 0.0, 0.0]), np.zeros(3, dtype=np.int64))
    assert found == share(1, 4)


def test_rinses_that_never_help_have_an_upper_limit():
    assert restored(Rinses([0, 1], [0.0, 0.0]), np.array([0, 1])) == share(0, 2)


def test_curves_end_with_follow_up_and_not_with_its_month(tmp_path):
    path = tmp_path / "short.h5"
    run_study(active_plan(seed=5, years=0.1), 60, path, provenance={}, threads=1)
    with open_study(path) as study:
        short = results(study)
    assert short.years == pytest.approx(0.1, rel=1e-12)
    assert short.survival.time.tolist() == pytest.approx([0.0, 1.0 / 12.0, 0.1], rel=1e-12)
    assert {float(curve.time[-1]) for curve in [*short.firsts, *short.means]} == {short.years}
    assert "0 % at 0.1 y" in figures.incidences(short.firsts, "firsts", "[y]", short.years)
    drawing = ET.fromstring(figures.survival(short.survival, at_risk(short)))
    words = ["".join(node.itertext()).strip() for node in drawing.iter() if node.tag.endswith("text")]
    assert {"0.0833", "0.1"} <= set(words)


def test_causes_and_pumps_in_service_sum_to_one(found):
    total = found.survival.value + sum(curve.value for curve in found.causes)
    np.testing.assert_allclose(total, 1.0, atol=1e-9)
    assert [row.label for row in ends(found)] == [curve.label for curve in found.causes]
    assert sum(found.ended) < found.pumps


def test_half_of_the_patients_is_where_the_curve_crosses(found):
    row = next(row for row in answers(found) if row.label.startswith("Half of the patients"))
    first = found.firsts[0]
    assert np.interp(float(row.value), first.time, first.value) == pytest.approx(0.5, abs=0.01)
    low, high = map(float, row.interval.split(" to "))
    assert np.interp(low, first.time, first.upper) == pytest.approx(0.5, abs=0.01)
    assert np.interp(high, first.time, first.lower) == pytest.approx(0.5, abs=0.01)


def half(found, lower, upper):
    """Return when half of the patients are operated in a study whose bands lie that far from a line to all at 10 y."""
    time, value = np.linspace(0.0, 10.0, 121), np.linspace(0.0, 1.0, 121)
    first = Curve("x", time, value, lower * value, np.minimum(upper * value, 1.0))
    rows = answers(found._replace(firsts=[first, *found.firsts[1:]]))
    return next(row for row in rows if row.label.startswith("Half of the patients"))


def test_half_of_the_patients_has_an_interval_within_one_month(found):
    assert half(found, 0.999, 1.001)[1:3] == ("5.0000", "4.9950 to 5.0050")


def test_half_of_the_patients_may_be_operated_after_the_study(found):
    assert half(found, 0.4, 1.25)[1:3] == ("5", "4 to more than 10")


def test_volume_not_delivered_is_a_ratio_with_the_spread_between_worlds(file, found):
    with open_study(file) as study:
        patients = study.table("patients", ["world", "delivered", "undelivered"])
    lost = np.bincount(patients["world"], patients["undelivered"])
    asked = lost + np.bincount(patients["world"], patients["delivered"])
    share, worlds = lost.sum() / asked.sum(), len(lost)
    error = np.sqrt(worlds / (worlds - 1) * np.sum((lost - share * asked) ** 2)) / asked.sum()
    reach = np.exp(stdtrit(worlds - 1, 0.975) * error / (1.0 - share))
    limits = (1.0 - (1.0 - share) * reach, 1.0 - (1.0 - share) / reach)
    assert found.not_delivered == pytest.approx((share, *limits), rel=1e-5)
    row = answers(found)[-1]
    assert row.label == "Programmed volume that was not delivered"
    low, high = (float(limit.replace(MINUS, "-")) for limit in row.interval.split(" to "))
    assert low < float(row.value.replace(MINUS, "-")) < high


def test_fan_is_the_delivery_error_of_the_plan(found):
    plan = active_plan(seed=5, years=YEARS)
    np.testing.assert_array_equal(found.fan.error, delivery_error(plan, PATIENTS).error)
    np.testing.assert_allclose(found.fan.edges, np.arange(YEARS + 1.0), rtol=1e-12)
