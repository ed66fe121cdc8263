"""The command bridge: its plan judged by transport, screen and JSON alike, and one sentence for what is wrong."""

from __future__ import annotations

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from fluidics.transport.flow import Flow
from fluidics.transport.stretch import Fill, Tube
from fluidics.transport.transport import transported
from scenarios.bridging import NO_ADVICE
from scenarios.build import load
from scenarios.cli import app
from scenarios.report.words import rounded

HOUR, DAY = 3600.0, 86400.0
BAD_INPUT = 2
BACLOFEN = "peristaltic-baclofen"
STRONGER = ("--from", "500 ug/mL", "--to", "2000 ug/mL", "--catheter", "0.22 mL")


def bridged(*arguments: str, name: str = BACLOFEN):
    return CliRunner().invoke(app, ["bridge", name, *arguments])


def told(*arguments: str, name: str = BACLOFEN) -> dict:
    ended = bridged(*arguments, "--json", name=name)
    assert ended.exit_code == 0, ended.output
    return json.loads(ended.stdout)


def arriving(found: dict, drug: float, tubes: list[Tube]) -> np.ndarray:
    """Return the dose [-] in each hour of the clock, of 500 changed to 2000 ug/mL by the steps that were told."""
    starts = np.array([step["hours"] for step in found["steps"]]) * HOUR
    rates = np.array([step["rate_mL_per_d"] for step in found["steps"]]) * 1e-6 / DAY
    edges = np.append(starts, 2.0 * starts[-1] + 20.0 * HOUR)
    volumes = np.append(0.0, np.cumsum(rates * np.diff(edges)))
    time = np.union1d(np.arange(0.0, edges[-1], HOUR), edges)
    flow = Flow(time, np.interp(time, edges, volumes))
    mass = transported(tubes, flow, [Fill(0.0, 2.0)], [0.5] * len(tubes), 7e-10).mass
    hours = np.arange(0.0, edges[-1], HOUR)
    return np.diff(mass[np.searchsorted(time, hours)]) / (drug * HOUR / DAY)


@pytest.mark.parametrize("dose", [50, 200, 400, 900])
def test_every_hour_of_a_fourfold_change_has_its_dose_within_two_percent(dose):
    found = told(*STRONGER, "--dose", f"{dose} ug/d")
    assert (found["tubing_mL"], found["catheter_mL"]) == pytest.approx((0.14, 0.22), rel=1e-12)
    assert found["worst_hour"] < 0.02 < found["one_step_worst_hour"]
    assert found["complaints"] == []
    doses = arriving(found, dose * 1e-9, [Tube(0.14e-6, 0.4e-3), Tube(0.22e-6, 0.25e-3)])
    assert np.abs(doses - 1.0).max() < 0.02


def test_rates_go_from_the_old_one_to_the_new_one_by_steps_that_are_not_too_short():
    found = told(*STRONGER, "--dose", "400 ug/d", "--step", "30 min")
    rates, hours = ([step[key] for step in found["steps"]] for key in ("rate_mL_per_d", "hours"))
    assert (rates[0], rates[-1]) == pytest.approx((0.8, 0.2), rel=1e-12)
    assert found["one_step_hours"] == pytest.approx(0.36 / 0.8 * 24.0, rel=1e-12)
    assert np.diff(hours).min() >= 0.5 - 1e-9
    assert hours[-1] == found["hours"]


def test_screen_tells_what_json_tells():
    shown, found = bridged(*STRONGER).stdout, told(*STRONGER)
    assert f"worst hour of the dose    {rounded(100.0 * found['worst_hour'], 2)} % off" in shown
    assert f"one step instead          {rounded(100.0 * found['one_step_worst_hour'], 2)} % off" in shown
    assert "500 ug/mL to 2000 ug/mL at 400 ug/d" in shown
    assert len([line for line in shown.splitlines() if line.endswith(" mL/d")]) == len(found["steps"])
    assert shown.endswith(f"\n{NO_ADVICE}\n")


def test_the_line_is_that_of_the_scenario_unless_it_is_given():
    catheter = load(BACLOFEN).design.pump.catheter
    found = told("--from", "500 ug/mL", "--to", "2000 ug/mL", "--tubing", "0.199 mL")
    long = catheter.proximal_length + catheter.distal_length
    assert found["catheter_mL"] == pytest.approx(np.pi * catheter.distal_radius**2 * long * 1e6, rel=1e-12)
    assert found["tubing_mL"] == pytest.approx(0.199, rel=1e-12)


def test_insulin_is_bridged_in_units_and_down_to_a_weaker_one():
    found = told("--to", "100 U/mL", "--tubing", "0.02 mL", name="implanted-insulin")
    assert found["dose_U_per_d"] == pytest.approx(40.0, rel=1e-12)
    assert found["steps"][-1]["rate_mL_per_d"] == pytest.approx(0.4, rel=1e-12)
    assert found["worst_hour"] < 0.02


def test_a_plan_that_misses_is_told():
    ended = bridged(*STRONGER, "--dose", "900 ug/d", "--step", "3 h")
    assert ended.exit_code == 0
    assert "the best plan found with steps of 3 h and more errs by" in ended.stderr


def test_a_rate_that_the_drive_does_not_reach_is_told():
    fast = ("--dose", "4000 U/d", "--from", "40 U/mL", "--step", "1 min")
    ended = bridged("--to", "100 U/mL", "--tubing", "0.5 mL", *fast, name="implanted-insulin")
    assert ended.exit_code == 0, ended.output
    assert "at 0 h the programme asks for" in ended.stderr


def test_help_names_the_command():
    assert "\n  bridge " in CliRunner().invoke(app, ["--help"]).stdout


def test_a_figure_is_written(tmp_path):
    path = tmp_path / "b.svg"
    assert bridged(*STRONGER, "--plot", str(path)).exit_code == 0
    assert "Dose in the hour before" in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        (BACLOFEN, ["--to", "2000"], "--to '2000': its unit does not fit here; allowed: U/mL, mg/mL, ug/mL"),
        (BACLOFEN, ["--to", "0 ug/mL"], "--to '0 ug/mL': must be above zero"),
        (BACLOFEN, ["--from", "500 ug/mL", "--to", "500 ug/mL"], "the same as --from 500 ug/mL; give two that differ"),
        (BACLOFEN, ["--to", "2000 ug/mL"], "the pump holds that already; say what else it holds by --from"),
        (BACLOFEN, ["--to", "100 U/mL"], "does not fit to 2000 ug/mL; give both per unit, or both per mass"),
        (BACLOFEN, ["--to", "1 mg/mL", "--dose", "5 mg"], "--dose 5 mg: its unit does not fit here; allowed: "),
        (BACLOFEN, ["--to", "1 mg/mL", "--dose", "0 ug/d"], "--dose 0 ug/d: must be above zero"),
        (BACLOFEN, ["--to", "1 mg/mL", "--step", "nan s"], "--step nan s: not a finite number"),
        (BACLOFEN, ["--to", "1 mg/mL", "--step", "90 d"], "--step 90 d: longer than the whole bridge"),
        (BACLOFEN, ["--to", "1 mg/mL", "--tubing", "-1 mL"], "--tubing -1 mL: must not be below zero"),
        ("implanted-insulin", ["--to", "100 U/mL"], "a piston, does not say what it holds between"),
        ("implanted-insulin", ["--to", "1 U/mL", "--tubing", "1 uL", "--tubing-bore", "0 mm"], "-bore 0 mm: must"),
        ("fixed-rate-pain", ["--to", "10 mg/mL"], "fixed-rate-pain: a restrictor has one rate"),
        ("worn-insulin-tubed", ["--from", "x", "--to", "200 U/mL"], "--from 'x': not a number with a unit"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_one_sentence(name, arguments, sentence):
    ended = bridged(*arguments, name=name)
    assert ended.exit_code == BAD_INPUT
    assert sentence in ended.stderr
    assert len([line for line in ended.stderr.splitlines() if not line.startswith("Planning")]) == 1
