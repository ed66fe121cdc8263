"""Sizing at the door: volumes in words, units of what comes out, tables a terminal can show, exit codes; the numbers
themselves are judged in tests/reliability/test_sizing.py."""

from __future__ import annotations

import json
import math

import pytest
from rich.console import Console
from typer.testing import CliRunner

from reliability.drawdown import Requirement
from reliability.paired import Change, Estimate
from reliability.sizing import MET, MISSED, OPEN, Changes, Sized, Sizing
from scenarios import size, size_figure
from scenarios.build import Scenario, ScenarioError, load
from scenarios.cli import app
from scenarios.report.drawing import check_kind

ML = 1e-6
DAY = 86400.0
YEAR = 365.25 * DAY


@pytest.fixture(scope="module")
def insulin() -> Scenario:
    return load("implanted-insulin")


def by_hand(*verdicts: int) -> Sizing:
    """Return a sizing of 10 mL, 15 mL, ... in round numbers, with a verdict for each."""
    none = Estimate(0.0, 0.0, math.nan)
    sized = tuple(
        Sized(
            volume=(10.0 + 5.0 * k) * ML,
            run_dry=Estimate(0.02, 0.01, 0.03),
            run_dry_per_refill=Estimate(0.0, 0.0, 0.001),
            dry_share=none,
            refills=Estimate(8.0 / YEAR, 7.0 / YEAR, 9.0 / YEAR),
            withdrawn=Estimate(40.0 * ML / YEAR, 39.0 * ML / YEAR, 41.0 * ML / YEAR),
            called=none,
            verdict=verdict,
        )
        for k, verdict in enumerate(verdicts)
    )
    change = Change(0.01, -0.01, 0.03, 4.0)
    costs = (Change(*(number * ML / YEAR for number in change[:3]), 4.0) for _ in range(3))
    changes = tuple(Changes(row.volume, change, change, change, *costs) for row in sized[:1])
    changes += tuple(Changes(row.volume, *([Change(0.0, 0.0, 0.0, math.nan)] * 6)) for row in sized[1:])
    smallest = next((row.volume for row in sized if row.verdict == MET), None)
    return Sizing(15.0 * ML, 500, 10 * YEAR, sized, changes, smallest)


def printed(table) -> str:
    console = Console(width=100, highlight=False)
    with console.capture() as shown:
        console.print(table)
    return shown.get()


# --- volumes in words --------------------------------------------------------------------------------------------


def test_volumes_are_read_in_any_unit_of_volume_or_drug(insulin):
    """U400: 4,000 U fill 10 mL."""
    assert size.volumes(insulin, "10 mL, 4000 U,0.02 L") == pytest.approx([10 * ML, 10 * ML, 20 * ML])


def test_volumes_that_are_not_named_lie_about_the_own_one(insulin):
    assert size.volumes(insulin, None) == pytest.approx([10 * ML, 12 * ML, 15 * ML, 18 * ML, 20 * ML])


def test_every_wrong_volume_is_named(insulin):
    with pytest.raises(ScenarioError) as refused:
        size.volumes(insulin, "10 mL, 12, 3 kPa, large")
    assert [problem.split(":")[0] for problem in refused.value.problems] == [
        "--volumes '12'", "--volumes '3 kPa'", "--volumes 'large'",
    ]  # fmt: skip


def test_volumes_below_the_low_message_and_too_few_patients_are_refused_at_once(insulin):
    with pytest.raises(ScenarioError) as refused:
        size.run(insulin, [2 * ML, -1 * ML, 15 * ML], 50, 1.0, 1)
    assert len(refused.value.problems) == 3
    assert "must be above 2 mL" in refused.value.problems[0]
    assert "give 51 or more" in refused.value.problems[2]


def test_scenario_without_requirement_says_how_to_state_one(insulin):
    with pytest.raises(ScenarioError) as refused:
        size.run(insulin._replace(requirement=None), [15 * ML], 200, 1.0, 1)
    assert '--set requirement.run_dry="1 %"' in refused.value.problems[0]


def test_endless_refills_become_a_sentence(insulin):
    clinic = insulin.design.clinic._replace(interval=600.0, interval_spread=0.0)
    hasty = insulin._replace(design=insulin.design._replace(clinic=clinic))
    with pytest.raises(ScenarioError, match="interval"):
        size.run(hasty, [15 * ML], 51, 10.0, 1)


# --- what comes out ----------------------------------------------------------------------------------------------


def test_readings_carry_units_and_all_numbers(insulin):
    found = size.readings(insulin, by_hand(MISSED, MET), seed=3)
    first = found["volumes"][0]
    assert (first["volume_mL"], first["requirement"], found["smallest_volume_mL"]) == (10.0, "missed", 15.0)
    assert first["run_dry"] == pytest.approx({"value": 2.0, "lower": 1.0, "upper": 3.0})
    assert first["refills"]["value"] == pytest.approx(8.0)
    assert first["withdrawn"]["value"] == pytest.approx(40.0)
    assert first["wasted_drug"]["value"] == pytest.approx(16_000.0)
    assert first["wasted_drug"]["units"] == "U / y"
    assert first["change"]["run_dry"] == pytest.approx({"value": 1.0, "lower": -1.0, "upper": 3.0, "gain": 4.0})
    assert set(found["units"]) == {quantity.name for quantity in size.QUANTITIES} < set(first)
    assert (found["patients"], found["years"], found["seed"]) == (500, 10.0, 3)


def test_drug_without_concentration_is_given_in_volume_alone():
    plain = load("fixed-rate-hepatic")
    if size.concentration(plain) is None:
        assert size.readings(plain, by_hand(MET), 1)["volumes"][0]["wasted_drug"] is None
        assert printed(size.cost_table(plain, by_hand(MET))).count("Wasted") == 1


def test_tables_fit_a_page_and_show_intervals_and_units(insulin):
    found = by_hand(MISSED, OPEN, MET)
    dry, cost, changes = (
        printed(table) for table in (size.dry_table(found), size.cost_table(insulin, found), size.changes_table(found))
    )
    for text in (dry, cost, changes):
        assert "…" not in text
        assert "mL" in text
    for words in ("2.0", "1.0 to 3.0", "%", "none seen", "missed", "open", "met", "as it is"):
        assert words in dry
    for words in ("40.0", "39.0 to 41.0", "mL / y", "16,000", "U / y"):
        assert words in cost
    assert "gain 4" in changes
    assert "nan" not in changes.lower()
    assert "as it is" not in changes


@pytest.mark.parametrize(
    ("verdicts", "begin", "end"),
    [
        ((MISSED, MET, MET), "15 mL is the smallest volume that meets: at most 1 % of patients ever run dry", "."),
        ((MISSED, OPEN), "No volume is shown to meet", "15 mL may, which more patients could tell."),
        ((MISSED,), "No volume is shown to meet", "95 % intervals)."),
    ],
)
def test_answer_names_the_smallest_volume_or_says_that_there_is_none(insulin, verdicts, begin, end):
    text = size.answer(insulin, by_hand(*verdicts))
    assert text.startswith(begin)
    assert text.endswith(end)


def test_a_reservoir_whose_pressure_falls_lasts_longer_than_a_sizing_says(insulin):
    assert size.flow_when_empty(insulin) == pytest.approx(1.0, abs=1e-9)
    assert "nearly empty" not in size.range_of_use(insulin)
    morphine = load("peristaltic-morphine")
    share = size.flow_when_empty(morphine)
    assert share < 0.99
    said = f"delivers {size.rounded(100.0 * share)} % of that, so that a fill lasts longer"
    assert said in size.range_of_use(morphine)


def test_requirement_in_words(insulin):
    both = insulin._replace(requirement=Requirement(run_dry=0.02, run_dry_per_refill=0.001))
    assert size.wanted(both) == "at most 2 % of patients ever run dry and at most 0.1 % of refills find a dry reservoir"


# --- the figure --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["svg", "png", "pdf"])
def test_figure_is_written(insulin, tmp_path, kind):
    path = tmp_path / f"size.{kind}"
    size_figure.plot(insulin, by_hand(MISSED, OPEN, MET), path)
    assert path.stat().st_size > 5_000


def test_figure_is_the_same_twice_and_says_what_is_required(insulin, tmp_path):
    paths = [tmp_path / "one.svg", tmp_path / "two.svg"]
    for path in paths:
        size_figure.plot(insulin, by_hand(MISSED, MET), path)
    first, second = (path.read_bytes() for path in paths)
    assert first == second
    assert b"required: at most 1 %" in first


@pytest.mark.parametrize(("name", "reason"), [("size.jpeg", "must end in"), ("nowhere/size.png", "there is no folder")])
def test_figure_that_cannot_be_written_is_refused_before_the_work(tmp_path, name, reason):
    with pytest.raises(ScenarioError, match=reason):
        check_kind(tmp_path / name)


# --- the command -------------------------------------------------------------------------------------------------

SMALL = ("--patients", "300", "--years", "2", "--volumes", "8 mL, 20 mL")


def command(*arguments: str):
    return CliRunner().invoke(app, ["size", "implanted-insulin", *arguments])


def test_command_ends_with_0_when_a_volume_meets_and_plots(tmp_path):
    done = command(*SMALL, "--set", "requirement.run_dry=5 %", "--plot", str(tmp_path / "size.svg"))
    assert done.exit_code == 0, done.output
    assert "is the smallest volume that meets: at most 5 % of patients ever run dry" in " ".join(done.stdout.split())
    assert (tmp_path / "size.svg").exists()


def test_command_ends_with_1_when_none_does():
    done = command(*SMALL, "--set", "requirement.run_dry=0 %", "--json")
    assert done.exit_code == 1
    found = json.loads(done.stdout)
    assert found["smallest_volume_mL"] is None
    assert [row["volume_mL"] for row in found["volumes"]] == [8.0, 15.0, 20.0]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--volumes", "12"), "--volumes '12'"),
        (("--volumes", "1 mL"), "must be above 2 mL"),
        (("--patients", "20"), "give 51 or more"),
        (("--plot", "size.gif"), "must end in .svg, .png or .pdf"),
        (("--set", "requirement.run_dry=2"), "must lie between 0 and 1"),
    ],
)
def test_command_ends_with_2_and_one_sentence_for_bad_input(arguments, sentence):
    done = command(*arguments)
    assert done.exit_code == 2
    assert sentence in done.stderr
    assert "Traceback" not in done.output


def test_command_ends_with_130_when_interrupted(monkeypatch):
    def interrupted(*given):
        raise KeyboardInterrupt

    monkeypatch.setattr(size, "run", interrupted)
    done = command()
    assert done.exit_code == 130
    assert "Interrupted" in done.stderr


def test_constant_dose_through_the_door_is_arithmetic():
    """40 U/d of U400 for 60 d leave 8 of the 14 mL that can be drawn, and 2 mL of activation: 10 mL a refill."""
    even = ["interval_spread=0 d", "missed=0 %", "interval=60 d"]
    settings = [f"clinic.{word}" for word in even]
    settings += ["population.rate_spread=0", "population.cycle_spread=0", "requirement.day_spread=0 %"]
    scenario = load("implanted-insulin", [*settings, "pump.reservoir.residual=1 mL", "pump.drive.accuracy=1"])
    for row in size.run(scenario._replace(spreads=scenario.spreads[:0]), [15 * ML], 100, 2.0, 1).sized:
        assert row.refills.value * YEAR == pytest.approx(6.0)
        assert row.withdrawn.value / row.refills.value == pytest.approx(10 * ML, rel=1e-9)
        assert row.run_dry.value == 0.0
