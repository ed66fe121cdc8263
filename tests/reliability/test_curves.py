"""The estimates of a study file against the estimators for plain arrays and against plain counting."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from reliability.chunk import kinds
from reliability.curves import MONTH, OPERATION, device_life, recurrences
from reliability.events import DEATH, EXTRA_RINSE, RINSE, UNDERDELIVERY
from reliability.recurrent import event_rate
from reliability.store import open_study
from reliability.study import run_study
from reliability.survival import aalen_johansen, kaplan_meier
from tests.reliability.plans import active_plan, quiet_plan


def opened(path, plan, patients):
    run_study(plan, patients, path, provenance={})
    with open_study(path) as study:
        tables = {name: study.table(name) for name in ("patients", "devices", "events")}
        told = {
            f"{group}/{key}": study.meaning(f"curves/{group}/{key}") for group, v in study.curves.items() for key in v
        }
        return tables, study.curves, told


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return opened(tmp_path_factory.mktemp("curves") / "active.h5", active_plan(), 1000)


def at(time, values, months, start=0.0):
    index = np.searchsorted(time, months, side="right") - 1
    return np.where(index >= 0, np.asarray(values)[..., np.maximum(index, 0)], start)


def test_device_life_is_that_of_exact_times(study):
    """Counting in steps of a day lets who leaves in a step stay at risk to its end; nothing else changes."""
    tables, curves, _ = study
    life = curves["device_life"]
    devices = {name: column[tables["devices"]["ordinal"] == 0] for name, column in tables["devices"].items()}
    assert life["at_risk"][0] == 1000
    assert life["time"].tolist() == pytest.approx((MONTH * np.arange(121)).tolist())
    curve = kaplan_meier(devices["time"], devices["cause"] > 0)
    np.testing.assert_allclose(life["survival"], at(curve.time, curve.survival, life["time"], 1.0), atol=4e-4)
    exact = aalen_johansen(devices["time"], devices["cause"])
    assert life["cause"].tolist() == exact.causes.tolist()
    np.testing.assert_allclose(life["incidence"], at(exact.time, exact.incidence, life["time"]), atol=4e-4)
    np.testing.assert_allclose(life["survival"] + life["incidence"].sum(axis=0), 1.0, rtol=1e-12)
    ratio = life["survival_standard_error"][12:108] / at(curve.time, curve.standard_error, life["time"])[12:108]
    assert 0.5 < np.median(ratio) < 2.0


def test_first_operation_counts_death_and_abandonment_as_competing(study):
    tables, curves, _ = study
    patients, first = tables["patients"], curves["first_operation"]
    operated = ~np.isnan(patients["first_operation"])
    time = np.where(operated, patients["first_operation"], patients["end"])
    cause = np.where(operated, 1, np.select([patients["reason"] == DEATH, patients["reason"] == 4], [2, 3], 0))
    exact = aalen_johansen(time, cause)
    np.testing.assert_allclose(first["incidence"], at(exact.time, exact.incidence, first["time"]), atol=4e-4)
    assert first["incidence"][0, -1] > 0.9


def all_alone(events, *cuts):
    """Return the recurrences when each patient is a world of its own, from events in pieces."""
    pieces = [{name: values[a:b] for name, values in events.items()} for a, b in pairwise((0, *cuts, None))]
    return recurrences(pieces, np.arange(1000), 40)


def test_operations_in_the_events_are_those_of_the_patients(study):
    tables, _, _ = study
    happened, counts = all_alone(tables["events"])
    counted = np.bincount(happened[OPERATION].world, minlength=1000)
    np.testing.assert_array_equal(counted, tables["patients"]["operations"])
    events = tables["events"]
    assert np.sum(events["operated"] == 1) == counted.sum() > 0
    assert len(happened[2].step) == np.isin(events["kind"], (RINSE, EXTRA_RINSE)).sum()
    np.testing.assert_array_equal(np.bincount(happened[3].world, minlength=1000), tables["patients"]["episodes"])
    np.testing.assert_array_equal(counts[UNDERDELIVERY], tables["patients"]["episodes"])


def test_pieces_of_the_events_change_nothing(study):
    """Not even where one operation is cut in two."""
    events = study[0]["events"]
    whole = all_alone(events)
    same = np.flatnonzero(np.diff(events["time"]) == 0)
    cut = all_alone(events, *(same[:50] + 1))
    assert len(same) > 50
    np.testing.assert_array_equal(cut.counts, whole.counts)
    for code, happened in whole.happened.items():
        np.testing.assert_array_equal(cut.happened[code], happened)


def test_mean_number_of_operations_is_near_the_number_per_patient(study):
    """Nearly all are followed to the end, so the plain mean up to 8 years is close; deaths lower both alike."""
    tables, curves, _ = study
    recurrent = curves["recurrent"]
    entered = tables["patients"]["end"] >= 8 * 365.25
    happened = all_alone(tables["events"]).happened[OPERATION]
    counts = np.bincount(happened.world[happened.step <= 96 * 30], minlength=1000)
    gone = np.isin(tables["patients"]["reason"], (2, 4)) & ~entered
    plain = counts[entered | gone]
    mean = recurrent["mean"][0, 96]
    assert mean == pytest.approx(plain.mean(), abs=3 * plain.std() / np.sqrt(len(plain)))
    assert recurrent["mean_lower"][0, 96] < mean < recurrent["mean_upper"][0, 96]
    assert (np.diff(recurrent["mean"], axis=1) >= 0.0).all()


def test_rates_are_events_over_exposure(study):
    tables, curves, _ = study
    rates, patients, events = curves["rates"], tables["patients"], tables["events"]
    years = patients["end"] / 365.25
    assert rates["exposure"] == pytest.approx(years.sum() / 100)
    codes = rates["kind"].tolist()
    assert codes == sorted(kinds(active_plan()))
    seen = rates["kind"][rates["events"] > 0]
    assert seen.tolist() == [0, *np.unique(events["kind"])]
    assert (rates["rate_upper"] > 0.0).all()
    here = codes.index(UNDERDELIVERY)
    wanted = event_rate(patients["episodes"], years / 100, patients["world"])
    found = [rates[name][here] for name in ("rate", "rate_lower", "rate_upper", "rate_standard_error")]
    assert found == pytest.approx([wanted.rate, wanted.lower, wanted.upper, wanted.standard_error])
    assert rates["events"][0] == patients["operations"].sum()


def test_every_estimate_states_what_it_estimates(study):
    _, curves, told = study
    for name, meaning in told.items():
        assert meaning["units"] in {"1", "d", "0.01 Julian_year-1", "100 Julian_year"}, name
        assert len(meaning["long_name"]) >= 6, name
    assert "the first pump of a patient" in told["device_life/survival"]["long_name"]
    assert "death and loss censor" in told["device_life/survival"]["long_name"]
    assert "clustered by world, of 20 worlds, of" in told["recurrent/mean_standard_error"]["long_name"]
    assert told["rates/rate_upper"]["units"] == "0.01 Julian_year-1"
    meanings = told["device_life/cause"]["flag_meanings"].split()
    assert meanings == [kinds(active_plan())[code] for code in curves["device_life"]["cause"]]
    assert told["rates/kind"]["flag_meanings"].split()[0] == "operation"


def test_limits_cover_across_seeds(tmp_path):
    """Ten small studies against a large one: the clustered limits hold the truth in most of them."""
    _, large, _ = opened(tmp_path / "large.h5", active_plan(seed=99), 4000)
    covered = []
    for seed in range(10):
        _, small, _ = opened(tmp_path / f"{seed}.h5", active_plan(seed=seed), 500)
        for group, name, place in [("device_life", "survival", 48), ("recurrent", "mean", (0, 60))]:
            found = small[group]
            covered.append(found[f"{name}_lower"][place] <= large[group][name][place] <= found[f"{name}_upper"][place])
    assert np.mean(covered) >= 0.8


def test_limits_cover_from_two_worlds_and_say_that_these_are_few(tmp_path):
    """Lives of known law, in worlds that share no luck; 200 intervals of 95 % miss some 10, so 20 are 3 errors away."""
    rng, covered = np.random.default_rng(5), []
    world, grid = np.arange(100) // 50, np.array([0.0, 1.0]) * MONTH
    for _ in range(200):
        life = rng.exponential(2.0 * MONTH, 100)
        devices = {"ordinal": np.zeros(100), "time": np.minimum(life, MONTH), "cause": np.where(life < MONTH, 1, 0)}
        found = device_life(devices, world, {1: "end"}, grid)
        lower, upper = (found[f"survival_{side}"].values[1] for side in ("lower", "upper"))
        covered.append(lower <= np.exp(-0.5) <= upper)
    assert 0.9 <= np.mean(covered) <= 0.99
    assert "of 2 worlds, which are few" in found["survival_lower"].long_name


def test_life_is_that_of_first_pumps():
    """A frail patient's many short-lived pumps would else weigh more than a sturdy one's."""
    devices = {"ordinal": np.array([0, 0, 1, 2]), "time": np.array([90.0, 20.0, 10.0, 5.0]), "cause": np.ones(4)}
    found = device_life(devices, np.array([0, 1, 1, 1]), {1: "end"}, np.array([0.0, 2.0]) * MONTH)
    assert found["survival"].values.tolist() == [1.0, 0.5]
    assert found["at_risk"].values.tolist() == [2, 1]


@pytest.mark.parametrize("patients", [1, 2])
def test_the_smallest_studies(tmp_path, patients):
    """One world has no scatter between worlds: no error, and Poisson limits for the rates."""
    _, curves, told = opened(tmp_path / "one.h5", quiet_plan(), patients)
    assert np.isnan(curves["device_life"]["survival_standard_error"]).all()
    assert curves["device_life"]["survival"][0] == 1.0
    assert "single world" in told["rates/rate_lower"]["long_name"]
    assert "single world" in told["device_life/survival_lower"]["long_name"]


def test_a_study_in_which_nothing_happens(tmp_path):
    plan = quiet_plan(years=0.01)
    tables, curves, _ = opened(tmp_path / "short.h5", plan._replace(hazards=plan.hazards[:0], hazard_names=()), 60)
    assert len(tables["events"]["time"]) == 0
    assert curves["device_life"]["incidence"].shape == (0, 2)
    assert curves["device_life"]["survival"].tolist() == [1.0, 1.0]
    assert curves["recurrent"]["mean"].tolist() == [[0.0, 0.0]] * 3
    never = curves["rates"]
    assert len(never["kind"]) == len(kinds(plan)) - len(plan.hazards)
    assert not never["rate"].any()
    # nothing in T excludes 3.7 / T and more (Garwood)
    assert never["rate_upper"] == pytest.approx(-np.log(0.025) / never["exposure"], rel=1e-12)
