"""The drug in a trace: strength, what arrives after a refill, what an interruption means, on screen and in the file."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest
import xarray
from typer.testing import CliRunner

from fluidics.body.compartments import left_after_stop
from fluidics.body.exposure import two_channels, two_states
from fluidics.body.missing_insulin import KETONES, missed_time
from fluidics.drugs.degradation import OLD_SOLUTIONS, received
from fluidics.engines.trace import Event, Trace
from fluidics.lines.dead_volume import tubes
from fluidics.pump import MEDIAN_LUCK, new_pump
from fluidics.questions import capacity, carry_over, fresh
from scenarios.build import ScenarioError, load
from scenarios.cli import app
from scenarios.consequence import NO_ADVICE, Interruption, interruption, matters, rows
from tests.scenarios.test_degrading_scenario import DRUG

HOUR = 3600.0
BAD_INPUT = 2
BACLOFEN = "peristaltic-baclofen"


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def traced(name: str, *arguments: str):
    ended = CliRunner().invoke(app, ["trace", name, "-o", "t.h5", "--engine", "panel", *arguments])
    assert ended.exit_code == 0, ended.output
    return ended


def told(name: str, *arguments: str) -> dict:
    return json.loads(traced(name, *arguments, "--json").stdout)["drug"]


def stored(*names: str) -> list[np.ndarray]:
    with xarray.open_dataset("t.h5", engine="h5netcdf", decode_timedelta=False) as read:
        return [read[name].values for name in names]


# --- strength ------------------------------------------------------------------------------------------------------


def test_active_volume_of_a_weakening_drug_follows_its_law():
    Path("weak.toml").write_text(DRUG.replace("0.2 %/d", "5 %/d"), encoding="utf-8")
    found = told("weak.toml", "--hours", "48")
    time, delivered, strength = stored("time", "delivered", "strength")
    law = OLD_SOLUTIONS._replace(rate=0.05 / 86400.0, activation_energy=142e3)
    from_start = received(law, np.append(0.0, time), np.append(0.0, delivered), np.full(time.size, 310.15))
    assert found["active_uL"] == pytest.approx(from_start[-1] * 1e9, rel=1e-6)
    assert found["strength"] == strength[-1] == pytest.approx(np.exp(-0.1), rel=1e-9)
    shown = traced("weak.toml", "--hours", "48").stdout
    assert f"{100.0 * found['strength']:.2f} % at the end" in shown
    assert "delivered at full strength" in shown


def test_time_in_a_heat_in_which_nobody_measured_is_told():
    Path("weak.toml").write_text(DRUG, encoding="utf-8")
    ended = traced("weak.toml", "--hours", "6", "--change", "2 h: site.body_temperature = 47 degC")
    assert "for 4 h the drug was at temperatures at which its loss was not measured" in ended.stderr


def test_a_drug_that_keeps_its_strength_says_nothing():
    found = told(BACLOFEN, "--hours", "6")
    assert (found["strength"], found["arriving"], found["interruption"], found["matters"]) == (1.0, None, None, [])
    assert found["flags"] == {"underdose": None, "withdrawal": None, "overdose": None}  # too short to tell
    shown = traced(BACLOFEN, "--hours", "6").stdout
    assert not any(word in shown for word in ("strength", "arriving", "interrupted", "dose:", NO_ADVICE))


# --- refills -------------------------------------------------------------------------------------------------------


def test_a_refill_arrives_when_the_dead_volume_has_passed():
    found = told(BACLOFEN, "--hours", "96", "--refill", "3 h: 4000 ug/mL")["arriving"]
    pump = load(BACLOFEN).design.pump
    kept = carry_over(pump.reservoir, fresh(pump.reservoir, MEDIAN_LUCK))
    assert found["unit"] == "mg/mL"
    assert found["concentration"] == pytest.approx(2.0 * kept + 4.0 * (1.0 - kept), rel=1e-6)
    time, delivered, come = stored("time", "delivered", "arriving_concentration")
    dead = sum(tube.volume for tube in (*tubes(pump.drive), *tubes(pump.catheter)))
    since = np.interp(found["half_hours"] * HOUR, time, delivered) - np.interp(3.0 * HOUR, time, delivered)
    assert since == pytest.approx(dead, rel=0.05)  # an hour of this panel is 3 % of it
    assert come[0] == 2000.0
    assert come[-1] == pytest.approx(found["concentration"] * 1e3, rel=1e-12)
    assert np.diff(come).min() >= -1e-9


def test_a_refill_is_an_event_on_the_screen_in_the_file_and_in_the_figure():
    ended = traced(BACLOFEN, "--hours", "6", "--engine", "stroke", "--refill", "3 h: 4000 ug/mL", "--plot", "t.svg")
    assert "3.0000 h  refill 4 mg/mL" in ended.stdout
    assert "half of the change has not arrived yet" in ended.stdout
    with xarray.open_dataset("t.h5", group="events", engine="h5netcdf", decode_timedelta=False) as read:
        assert "refill" in read["kind"].attrs["flag_meanings"]
    text = Path("t.svg").read_text(encoding="utf-8")
    assert "refill 4 mg/mL" in text
    assert "At the tip" in text


def test_a_fluid_without_drug_ends_the_dose_and_is_flagged():
    found = told(BACLOFEN, "--hours", "120", "--refill", "0 h: none")
    assert found["arriving"]["concentration"] < 0.2
    assert found["flags"]["withdrawal"]
    assert found["flags"]["underdose"]


def test_a_twofold_concentration_at_the_old_rate_is_an_overdose():
    arguments = (BACLOFEN, "--hours", "72", "--refill", "1 h: 4000 ug/mL")
    assert told(*arguments)["flags"] == {"underdose": False, "withdrawal": False, "overdose": True}
    assert "above 130 % of the setting for more than 6 h" in traced(*arguments).stdout


def test_what_the_file_lacks_is_not_written_and_a_pump_that_does_not_say_its_tubing_says_so():
    ended = traced("implanted-insulin", "--hours", "6", "--refill", "1 h: 100 U/mL")
    assert "the drive piston does not say what it holds between reservoir and catheter: left out" in ended.stderr
    with xarray.open_dataset("t.h5", engine="h5netcdf", decode_timedelta=False) as read:
        assert read["arriving_concentration"].attrs["units"] == "U/m3"
    traced("implanted-insulin", "--hours", "1")
    with xarray.open_dataset("t.h5", engine="h5netcdf", decode_timedelta=False) as read:
        assert "arriving_concentration" not in read


# --- fluid that comes back -----------------------------------------------------------------------------------------

DESCENT = ("--hours", "12", "--change", "3 h: reservoir.ambient = 75 kPa", "--change", "6 h: reservoir.ambient = 1 atm")


def test_gas_that_shrinks_on_descent_draws_the_body_s_fluid_through_the_line_into_the_reservoir():
    shown = traced("worn-morphine-gas", *DESCENT, "--engine", "stroke")
    time, delivered, come = stored("time", "delivered", "arriving_concentration")
    back = np.maximum.accumulate(delivered) - delivered
    most = int(np.argmax(back))
    assert f"{back[most] * 1e9:.4g} µL at most, at {time[most] / HOUR:.2f} h" in shown.stdout
    pump = load("worn-morphine-gas").design.pump
    line, left = sum(tube.volume for tube in tubes(pump.catheter)), capacity(pump.reservoir) - delivered[most]
    mixed = come[0] * (1.0 - (back[most] - line) / left)  # all but the line of what came back
    assert come[0] > come[-1] == pytest.approx(mixed, rel=1e-3)
    assert come[most] == pytest.approx(0.0, abs=1e-9)
    assert f"in the reservoir at the end   {come[-1] * 1e-3:.4g} mg/mL" in shown.stdout


def test_a_pump_that_draws_nothing_back_says_nothing_of_it():
    found = told(BACLOFEN, *DESCENT)
    assert found["drawn_back"] is None
    assert found["arriving"] is None


@pytest.mark.parametrize(
    ("name", "text", "sentence"),
    [
        (BACLOFEN, "x", "--refill x: write TIME: CONCENTRATION"),
        (BACLOFEN, "1 h: 4 U/mL", "is not counted as the drug of the scenario is; allowed: mg/mL"),
        (BACLOFEN, "1 h: -4 mg/mL", "must be above zero"),
        (BACLOFEN, "1 h: nan mg/mL", "not a finite number"),
        (BACLOFEN, "07:00: 4 mg/mL", "must be a time from the start on, before the end of the trace at 2 h"),
        (BACLOFEN, "2 h: 4 mg/mL", "must be a time from the start on, before the end of the trace at 2 h"),
        ("fixed-rate-hepatic", "1 h: 4 mg/mL", "the scenario does not say what the pump holds"),
    ],
)
def test_a_wrong_refill_is_one_sentence(place, name, text, sentence):
    ended = CliRunner().invoke(app, ["trace", name, "-o", "t.h5", "--hours", "2", "--refill", text])
    assert ended.exit_code == BAD_INPUT
    assert sentence in ended.stderr
    assert len(ended.stderr.splitlines()) == 1
    assert list(place.iterdir()) == []


def test_two_refills_at_once_are_refused():
    twice = ["--refill", "1 h: 1 mg/mL", "--refill", "60 min: 3 mg/mL"]
    ended = CliRunner().invoke(app, ["trace", BACLOFEN, "-o", "t.h5", *twice])
    assert ended.exit_code == BAD_INPUT
    assert "two refills at the same time" in ended.stderr


# --- consequences --------------------------------------------------------------------------------------------------


def test_a_blocked_set_under_the_skin_tells_when_it_matters_by_both_models():
    found = told("worn-insulin-tubed", "--hours", "8", "--occlude", "2 h")
    assert found["interruption"]["from_hours"] == 2.0
    assert found["interruption"]["to_hours"] == 8.0
    left = found["interruption"]["left"]
    assert left < 1e-3
    absorbed, ketones, ketosis = found["matters"]
    for model, hours in ((two_states(), absorbed["least_hours"]), (two_channels(), absorbed["most_hours"])):
        assert left + (1.0 - left) * left_after_stop(model, hours * HOUR) == pytest.approx(0.5, rel=1e-9)
    for each, limit in ((ketones, 1.6), (ketosis, 3.0)):
        for model, hours in ((two_states(), each["least_hours"]), (two_channels(), each["most_hours"])):
            risen = KETONES.start + KETONES.slope * missed_time(model, hours * HOUR, left)
            assert risen == pytest.approx(limit, rel=1e-9)
    shown = traced("worn-insulin-tubed", "--hours", "8", "--occlude", "2 h").stdout
    assert "2.00 to 8.00 h (blocked), 0 % of the programmed volume comes" in shown
    assert "ketones 1.6 mmol/L           8.7 to 9.3 h after it began, were it to last" in shown
    assert NO_ADVICE in shown


def test_insulin_in_the_peritoneum_matters_sooner_than_under_the_skin():
    deep, skin = (
        told(name, "--hours", "8", "--occlude", "2 h") for name in ("implanted-insulin", "worn-insulin-tubed")
    )
    for one, other in zip(deep["matters"], skin["matters"], strict=True):
        assert one["what"] == other["what"]
        assert one["most_hours"] < other["least_hours"]


def test_an_empty_reservoir_is_an_interruption_that_lasts():
    small = ("--set", "reservoir.capacity=1.7 mL", "--set", "clinic.low_volume=0 mL")
    found = told(BACLOFEN, "--hours", "96", *small)
    assert found["interruption"]["cause"] == "reservoir empty"
    assert found["interruption"]["to_hours"] == pytest.approx(96.0, rel=1e-3)
    assert [each["most_hours"] for each in found["matters"]] == pytest.approx([1.5, 1.5 * np.log2(100.0)], rel=1e-9)
    assert found["flags"]["withdrawal"]


def test_a_blockage_that_is_released_ends_its_interruption():
    found = told(BACLOFEN, "--hours", "30", "--occlude", "2 h", "--change", "20 h: blockage = 0 Pa s/m3")
    assert (found["interruption"]["from_hours"], found["interruption"]["to_hours"]) == (2.0, 20.0)


def _trace(*events: tuple[float, str]) -> Trace:
    """Return ten hours in which nothing is delivered, with events at given hours."""
    time = HOUR * np.arange(1.0, 11.0)
    none, told = np.zeros(10), tuple(Event(HOUR * hours, name, 0.0) for hours, name in events)
    return Trace(
        "panel", time, time, (), none, (), none, none, none, none, told, 0, 0, 0.0, new_pump(load(BACLOFEN).design.pump)
    )


@pytest.mark.parametrize(
    ("events", "lasts"),
    [
        (((1.0, "alarm"), (2.0, "answered"), (2.0, "alarm"), (3.0, "answered")), (1.0, 3.0)),
        (((1.0, "alarm"), (2.0, "answered"), (4.0, "alarm"), (5.0, "answered")), (1.0, 2.0)),
        (((1.0, "blockage"), (2.0, "alarm"), (3.0, "release"), (4.0, "answered")), (1.0, 4.0)),
        (((1.0, "blockage"), (2.0, "alarm"), (3.0, "answered"), (4.0, "release")), (1.0, 4.0)),
        (((1.0, "blockage"), (2.0, "release"), (3.0, "alarm")), (1.0, 2.0)),
        (((1.0, "alarm"), (2.0, "reservoir empty"), (3.0, "answered")), (1.0, 10.0)),
    ],
)
def test_an_interruption_lasts_until_nothing_stops_the_pump(events, lasts):
    found = interruption(_trace(*events))
    assert (found.start / HOUR, found.stop / HOUR) == lasts


def test_a_steady_pump_keeps_its_dose():
    found = told(BACLOFEN, "--hours", "30")
    assert found["flags"] == {"underdose": False, "withdrawal": False, "overdose": False}
    assert found["interruption"] is None


def test_ketones_later_than_they_were_followed_are_told_as_later():
    half = Interruption(0.0, HOUR, "blocked", 0.45)
    found = matters(load("worn-insulin-tubed"), "U", half)
    assert [math.isfinite(each.most_hours) for each in found] == [True, True, False]
    assert dict(rows(half, found, None))["  ketones 3.0 mmol/L"].startswith("more than 16.0 h")


def test_morphine_is_followed_for_as_long_as_it_takes():
    found = matters(load("gated-morphine"), "g", Interruption(0.0, HOUR, "alarm", 0.0))
    assert [each.most_hours for each in found] == pytest.approx([175 / 60, 175 / 60 * np.log2(100.0)], rel=1e-9)


def test_a_drug_that_nobody_names_has_no_consequence():
    found = told("fixed-rate-hepatic", "--hours", "12", "--occlude", "2 h")
    assert found["interruption"] is not None
    assert (found["matters"], found["flags"]) == ([], None)
    assert NO_ADVICE not in traced("fixed-rate-hepatic", "--hours", "12", "--occlude", "2 h").stdout


def test_the_word_exposure_goes_with_a_mass_and_knows_its_drugs():
    assert load("gated-morphine").exposure == "morphine"
    with pytest.raises(ScenarioError, match="goes with a concentration in mass"):
        load("gated-morphine", ["drug.concentration=2 U/mL"])
    with pytest.raises(ScenarioError, match="allowed: baclofen, morphine"):
        load("gated-morphine", ['drug.exposure="saline"'])
