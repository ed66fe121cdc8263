"""Programmes in words, changes in time, and the command trace: volumes are those of the words, results agree with each
other, and what is wrong is said once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import xarray
from typer.testing import CliRunner

from fluidics.engines.gap import Gap
from fluidics.programme import pieces, volume
from fluidics.questions import histogram
from scenarios import programmes, tracing
from scenarios.build import Scenario, ScenarioError, load
from scenarios.cli import app
from scenarios.document import located
from scenarios.programmes import BLOCKAGE, BLOCKED

DAY = 86400.0
HOUR = 3600.0
UNIT = 2.5e-9  # m3 of U400
BAD_INPUT = 2

HEAD = 'title = "A day"\nbase = "implanted-insulin"\n'
PROGRAMME = """
[population]
mean_rate = "37.16 U/d"

[regimen]
type = "programmed-day"

[programme]
basal = [["00:00", "0.9 U/h"], ["06:00", "1.2 U/h"]]
bolus_rate = "60 U/h"
minimum = "0.2 U/h"

[[programme.bolus]]
at = "07:00"
volume = "6 U"

[[programme.bolus]]
at = "12:00"
volume = "5 U"
kind = "dual"
now = "60 %"
over = "2 h"

[[programme.temporary]]
at = "22:00"
over = "4 h"
factor = "80 %"

[[programme.suspend]]
at = "30 h"
over = "1 h"

[[changes]]
at = "2 h"
set = "pump.site.pressure"
value = "5 kPa"
"""


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scenario(text: str = PROGRAMME) -> Scenario:
    Path("day.toml").write_text(HEAD + text, encoding="utf-8")
    return load("day.toml")


def wrong(text: str) -> list[str]:
    with pytest.raises(ScenarioError) as failed:
        scenario(text)
    return failed.value.problems


def units(programme, start, stop) -> float:
    return volume(programme, start * HOUR, stop * HOUR) / UNIT


# --- programmes in words -------------------------------------------------------------------------------------------


def test_a_day_in_words_gives_its_units():
    made = programmes.programme(scenario(), 2.0 * DAY)
    assert units(made, 0.0, 6.0) == pytest.approx(6 * 0.9, rel=1e-12)  # nothing is under way at the start
    assert units(made, 7.0, 7.1) == pytest.approx(6.0 + 0.1 * 1.2, rel=1e-12)
    assert units(made, 12.0, 12.05) == pytest.approx(3.0 + 0.05 * 1.2, rel=1e-12)
    assert units(made, 12.05, 14.05) == pytest.approx(2.0 + 2.0 * 1.2, rel=1e-12)
    assert units(made, 22.0, 24.0) == pytest.approx(2.0 * 0.8 * 1.2, rel=1e-12)
    assert units(made, 24.0, 26.0) == pytest.approx(2.0 * 0.8 * 0.9, rel=1e-12)
    assert units(made, 26.0, 30.0) == pytest.approx(4.0 * 0.9, rel=1e-12)


def test_a_suspension_keeps_the_minimum_and_comes_once():
    made = programmes.programme(scenario(), 3.0 * DAY)
    assert units(made, 30.0, 31.0) == pytest.approx(0.2, rel=1e-12)
    assert units(made, 54.0, 55.0) == pytest.approx(7.2 - 6.0, rel=1e-12)


def test_the_regimen_of_lifetimes_has_the_mean_of_a_day_between_others_and_no_more():
    """6 h at 0.9 and 18 h at 1.2 U/h, 11 U of boluses, less a fifth of two hours of each: once events are not part."""
    read = scenario()
    mean = 6 * 0.9 + 18 * 1.2 + 11.0 - 0.2 * (2 * 0.9 + 2 * 1.2)
    levels = histogram(read.design.regimen, mean * UNIT / DAY)
    assert sum(level.rate * level.share for level in levels) == pytest.approx(mean * UNIT / DAY, rel=1e-12)
    assert levels[3].rate * HOUR / UNIT == pytest.approx(61.2, rel=1e-9)
    assert levels[3].share * DAY == pytest.approx(360.0 + 180.0, rel=1e-9)
    _, found = programmes.day(read.programme)
    assert found == pytest.approx(mean * UNIT / DAY, rel=1e-12)


def test_flex_steps_stand_on_their_base_rate():
    text = '[programme]\nbasal = "0.048 mL/d"\n[[programme.flex]]\nat = "06:00"\nover = "2 h"\nvolume = "0.1 mL"\n'
    made = programmes.programme(scenario(text), 2.0 * DAY)
    assert volume(made, 6.0 * HOUR, 8.0 * HOUR) == pytest.approx(1e-7, rel=1e-12)
    assert volume(made, 0.0, DAY) == pytest.approx(1e-7 + 0.048e-6 * 22.0 / 24.0, rel=1e-12)


def test_a_scenario_without_a_programme_has_that_of_its_regimen():
    read = load("implanted-insulin")
    made = programmes.programme(read, DAY)
    assert volume(made, 0.0, DAY) == pytest.approx(read.design.population.mean_rate * DAY, rel=1e-12)
    assert len(made.boluses) == 3


def test_a_temporary_rate_may_be_another_rate():
    text = '[programme]\nbasal = "1 U/h"\n[[programme.temporary]]\nat = "1 h"\nover = "1 h"\nrate = "2 U/h"\n'
    rates = [rate * HOUR / UNIT for _, _, rate in pieces(programmes.programme(scenario(text), DAY), 0.0, DAY)]
    assert rates == pytest.approx([1.0, 2.0, 1.0], rel=1e-12)


def test_a_programme_written_and_read_again_is_the_same():
    first = scenario()
    Path("again.toml").write_text(first.text, encoding="utf-8")
    again = load("again.toml")
    assert again.programme == first.programme
    assert again.changes == first.changes


def test_values_of_a_programme_are_among_those_of_the_scenario():
    values = {value.path: value.given for value in scenario().values}
    assert values["programme.bolus.1.volume"] == "5 U"
    assert values["programme.basal.0.rate"] == "0.9 U/h"


def test_tables_of_an_array_are_numbered_where_they_stand():
    places = located("[[a.b]]\nc = 1\n[[a.b]] # second\nc = 2\n[d]\ne = 1\n", "f.toml")
    assert places == {
        ("a", "b", "0"): "f.toml:1", ("a", "b", "0", "c"): "f.toml:2", ("a", "b", "1"): "f.toml:3",
        ("a", "b", "1", "c"): "f.toml:4", ("d",): "f.toml:5", ("d", "e"): "f.toml:6",
    }  # fmt: skip


BOLUS = '[programme]\nbasal = "1 U/h"\nbolus_rate = "60 U/h"\n[[programme.bolus]]\nvolume = "6 U"\n'
SUSPEND = '[programme]\nbasal = "1 U/h"\n[[programme.suspend]]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[programme]\nbasal = '1 kPa'", "day.toml:4: programme.basal.0.rate: '1 kPa': its unit does not fit here"),
        ("[programme]\nbasal = 1", "day.toml:4: programme.basal.0.rate: 1: needs a unit in quotes; allowed: mL/d"),
        ("[programme]\nbasal = [['06:00']]", "programme.basal: [\"06:00\"]: must be a time and a rate"),
        ("[programme]\nbasal = [['25:00', '1 U/h']]", "programme.basal.0.at: '25:00': must be a time of each day"),
        ("[programme]\nbasal = [['2 h', '1 U/h']]", "programme.basal.0.at: '2 h': must be a time of each day"),
        ("[programme]\nbasal = [['06:00', '1 U/h'], ['05:00', '2 U/h']]", "day.toml:3: programme: basal rates: times"),
        ("[programme]\nbasal = '0 U/h'", "day.toml:3: programme: a programme that delivers nothing"),
        ("[programme]\nbazal = '1 U/h'", "day.toml:4: programme.bazal: unknown key; did you mean 'basal'?"),
        ("[programme]\nbolus_rate = '60 U/h'", "day.toml:3: programme: lacks basal"),
        (BOLUS + "at = '07:61'", "day.toml:8: programme.bolus.0.at: '07:61': must be a time of each day, such as"),
        (BOLUS + "at = '07:00'\nkind = 'dual'\nnow = 0.5", "day.toml:6: programme.bolus.0: a normal bolus has neither"),
        (BOLUS + "at = '07:00'\nover = '2 h'", "a normal bolus has neither now nor over"),
        (BOLUS + "at = '07:00'\nkind = 'square'", "day.toml:9: programme.bolus.0.kind: 'square': unknown word"),
        (BOLUS + "at = '07:00'\nkimd = 'dual'", "day.toml:9: programme.bolus.0.kimd: unknown key; did you mean"),
        (BOLUS.replace("6 U", "0 U") + "at = '07:00'", "day.toml:7: programme.bolus.0.volume: '0 U': must be abov"),
        (BOLUS.replace("bolus_rate = \"60 U/h\"\n", "") + "at = '7:00'", "programme: lacks bolus_rate, the speed of"),
        (SUSPEND + "at = '07:00'", "day.toml:5: programme.suspend.0: a suspension of each day needs over"),
        (SUSPEND.replace("suspend", "temporary") + "at = '1 h'\nover = '1 h'", "needs either factor or rate"),
        (SUSPEND.replace("suspend", "flex") + "at = '1 h'\nover = '1 h'\nvolume = '1 U'", "programme.flex.0.at: '1 h'"),
        ("[regimen]\ntype = 'programmed-day'", "day.toml:3: regimen: a programmed day needs a table [programme]"),
        ("[regimen]\ntype = 'programmed-day'\n[programme]\nbasal = '1 U/h'", "the programme gives 0.6 times that in a"),
        ("[[changes]]\nat = '2 h'\nset = 'site.presure'\nvalue = '1 kPa'", "day.toml:3: changes.0: site.presure: the"),
        ("[[changes]]\nat = '2 h'\nset = 'site.pressure'\nvalue = '1 mL'", "site.pressure: '1 mL': its unit does"),
        ("[[changes]]\nat = '2 h'\nset = 'catheter.radius'\nvalue = '-1 mm'", "catheter.radius: '-1 mm': must be"),
        ("[[changes]]\nat = '2 h'\nset = 'site.pressure'", "day.toml:3: changes.0: lacks value"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_time_is_said_once_with_line_key_given_and_allowed(text, said):
    found = wrong(text + "\n")
    assert len(found) == 1, found
    assert said in found[0]


def test_all_that_is_wrong_with_time_is_said_at_once():
    found = wrong(BOLUS + "at = 'noon'\n[[programme.bolus]]\nat = '1 h'\nvolume = '1 kPa'\n[[changes]]\nset = 'x'\n")
    assert [sentence.split(":")[1] for sentence in found] == ["8", "11", "12"]


# --- changes -------------------------------------------------------------------------------------------------------


def test_a_change_in_words_is_a_number_of_the_pump_in_si():
    (change,) = scenario().changes
    assert (change.time, change.slot, change.value) == (7200.0, "site.pressure", 5e3)


def test_changes_of_the_command_line_join_those_of_the_file_in_order_of_time():
    texts = ['1 h: pump.reservoir.ambient = "80 kPa"', "07:30: blockage = 1e17 Pa s/m3", "3 h:drive.accuracy=0.9"]
    found = programmes.asked(scenario(), DAY, texts, ["5 h"])
    assert [(change.time / HOUR, change.slot, change.value) for change in found] == [
        (1.0, "reservoir.ambient", 80e3),
        (2.0, "site.pressure", 5e3),
        (3.0, "drive.accuracy", 0.9),
        (5.0, BLOCKAGE, BLOCKED),
        (7.5, BLOCKAGE, 1e17),
    ]


def test_changes_of_the_file_after_the_end_are_left_out():
    assert programmes.asked(scenario(), HOUR, [], []) == []


# --- the command ---------------------------------------------------------------------------------------------------


def traced(*arguments: str, name: str = "implanted-insulin"):
    ended = CliRunner().invoke(app, ["trace", name, "-o", "t.h5", *arguments])
    assert ended.exit_code == 0, ended.output
    return ended


@pytest.fixture
def opened(place):
    """Return a function that reads the file written last."""
    found = []

    def read(group: str | None = None):
        found.append(xarray.open_dataset("t.h5", group=group, engine="h5netcdf", decode_timedelta=False))
        return found[-1]

    yield read
    for each in found:
        each.close()


@pytest.mark.parametrize("engine", ["exact", "stroke", "panel"])
def test_file_screen_and_balance_agree(opened, engine):
    told = json.loads(traced("--hours", "2", "--engine", engine, "--json").stdout)
    read = opened()
    assert told["engine"] == engine == read.attrs["engine"]
    assert float(read["delivered"][-1]) * 1e9 == told["delivered_uL"]
    assert float(read["time"][-1]) / HOUR == told["hours"] == pytest.approx(2.0, abs=0.2)
    assert abs(told["residual"]) < 1e-9
    assert told["delivered_uL"] / told["programmed_uL"] - 1.0 == pytest.approx(told["difference"], abs=1e-12)
    assert told["delivered_uL"] == pytest.approx(told["programmed_uL"], rel=0.15)  # a stroke more or less
    line = read["pressure"].sel(node=[n for n in read["node"].values if str(n).startswith("line")])
    assert float(line.max()) / 1e3 == told["greatest_line_pressure_kPa"]
    assert json.loads(read.attrs["summary"]) == {key: told[key] for key in told if key != "file"}


def test_a_coarser_engine_tells_its_gap_and_the_finest_has_none(opened):
    assert json.loads(traced("--hours", "1", "--engine", "exact", "--json").stdout)["gap"] is None
    told = json.loads(traced("--hours", "1", "--engine", "stroke", "--json").stdout)["gap"]
    assert (told["coarse"], told["fine"]) == ("stroke", "exact")
    assert abs(told["volume_per_day"]) < told["bound"]
    read = opened()
    assert read.attrs["engine_gap_volume_per_day"] == told["volume_per_day"]
    assert read.attrs["engine_gap_bound"] == told["bound"]


def test_a_gap_above_its_bound_is_said(monkeypatch):
    far = Gap("stroke", "exact", 0.0, 0.0, 0.25, bound=0.01)
    monkeypatch.setattr(tracing, "gap", lambda *_: far)
    ended = traced("--hours", "1", "--engine", "stroke")
    assert "the stroke engine differs from the exact engine by more than 1 %: volume per day 25 %" in ended.stderr
    assert "gap to the engine exact       at most 25 %, bound 1 %" in ended.stdout


def test_an_interrupted_trace_writes_nothing(place, monkeypatch):
    def interrupted(*_):
        raise KeyboardInterrupt

    monkeypatch.setattr(tracing, "run", interrupted)
    ended = CliRunner().invoke(app, ["trace", "implanted-insulin", "-o", "t.h5"])
    assert ended.exit_code == 130
    assert list(place.iterdir()) == []


def test_an_engine_that_fails_is_one_sentence(place, monkeypatch):
    def failing(*_):
        raise RuntimeError("no convergence")

    monkeypatch.setattr(tracing, "traced", failing)
    ended = CliRunner().invoke(app, ["trace", "implanted-insulin", "-o", "t.h5"])
    assert ended.exit_code == BAD_INPUT
    assert ended.stderr == "implanted-insulin: the engine exact cannot follow this pump: no convergence\n"
    assert list(place.iterdir()) == []


def test_the_flow_that_is_written_adds_up_to_the_volume(opened):
    traced("--hours", "1", "--engine", "exact")
    read = opened()
    steps = np.diff(read["time"].values, prepend=0.0)
    for name in ("programmed", "drawn", "delivered"):
        assert float(np.sum(steps * read[f"{name}_flow"])) == pytest.approx(float(read[name][-1]), rel=1e-12)


def test_the_file_holds_the_whole_scenario_and_its_changes(opened):
    scenario()
    traced("--hours", "3", "--engine", "panel", "--change", "1 h: site.pressure = 3 kPa", name="day.toml")
    read = opened()
    Path("again.toml").write_text(read.attrs["scenario"], encoding="utf-8")
    assert load("again.toml").sha256 == read.attrs["scenario_sha256"]
    assert [change["value"] for change in json.loads(read.attrs["changes"])] == [3e3, 5e3]
    events = opened("events")
    assert events["time"].values.tolist() == [HOUR, 2.0 * HOUR]
    assert events["value"].values.tolist() == [3e3, 5e3]
    assert "trace day.toml" in read.attrs["command"] or read.attrs["command"].startswith("pumpsim")


def test_a_blocked_tip_raises_the_line_to_its_alarm_and_stops_delivery(opened):
    told = json.loads(
        traced("--hours", "6", "--engine", "stroke", "--occlude", "2 h", "--alarm", "60 kPa", "--json").stdout
    )
    assert [event["name"] for event in told["events"]] == ["blockage", "alarm"]
    assert told["events"][1]["hours"] > 2.0
    read = opened()
    blocked = read["delivered"].sel(time=slice(2.0 * HOUR, None))
    assert float(blocked[-1] - blocked[0]) < 1e-12


def test_a_warmer_body_makes_a_gas_driven_pump_faster():
    cold, warm = (
        json.loads(traced("--hours", "6", "--engine", "panel", "--json", *more, name="fixed-rate-hepatic").stdout)
        for more in ((), ("--change", "0 h: site.body_temperature = 39 degC"))
    )
    assert warm["delivered_uL"] > 1.1 * cold["delivered_uL"]


def test_what_the_pump_cannot_deliver_is_said_in_its_units():
    text = PROGRAMME.replace('bolus_rate = "60 U/h"', 'bolus_rate = "6000 U/h"').replace('"6 U"', '"6.1 U"')
    scenario(text.replace("37.16", "37.26"))
    ended = traced("--hours", "14", "--engine", "panel", name="day.toml")
    said = "at 7 h the programme asks for 1.5e+04 µL/h (6001 U/h); the drive reaches 3600 µL/h (1440 U/h)"
    assert said in ended.stderr
    assert "a bolus of 15.25 µL (6.1 U), which is no whole number of strokes of 0.5 µL (0.2 U)" in ended.stderr


@pytest.mark.parametrize(("kind", "magic"), [("png", b"\x89PNG"), ("svg", b"<?xml"), ("pdf", b"%PDF")])
def test_figure_is_written_in_the_kind_of_its_name(place, kind, magic):
    traced("--hours", "8", "--engine", "stroke", "--plot", f"t.{kind}", "--occlude", "3 h")
    assert (place / f"t.{kind}").read_bytes().startswith(magic)


def test_figure_names_its_axes_and_events(place):
    traced("--hours", "1", "--plot", "t.svg", "--change", "0.5 h: site.pressure = 3 kPa")
    text = (place / "t.svg").read_text(encoding="utf-8")
    for word in ("Flow [U/h]", "Pressure [kPa]", "Volume [U]", "inlet", "outlet", "[min]", "site.pressure 3 kPa"):
        assert word in text


def test_figure_of_the_same_trace_is_the_same(place):
    texts = []
    for _ in range(2):
        traced("--hours", "1", "--engine", "panel", "--plot", "t.svg")
        texts.append((place / "t.svg").read_bytes())
    assert texts[0] == texts[1]


# --- bad input -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--engine", "exakt"), "--engine exakt: unknown engine; did you mean 'exact'?"),
        (("--hours", "-3"), "--hours -3: must be above zero and at most 87840"),
        (("--hours", "nan"), "--hours nan: must be above zero and at most 87840"),
        (("-o", "not/there.h5"), "--output not/there.h5: there is no folder not; make it first"),
        (("-o", "t.toml"), "--output t.toml: must end in .h5"),
        (("--plot", "t.bmp"), "--plot t.bmp: must end in .svg, .png or .pdf"),
        (("--plot", "not/t.png"), "--plot not/t.png: there is no folder not; make it first"),
        (("--alarm", "60"), "--alarm 60: it has no unit; allowed: kPa, mmHg, psi, cmH2O, Pa"),
        (("--alarm", "-60 kPa"), "--alarm -60 kPa: must be above zero"),
        (("--occlude", "soon"), "--occlude soon: 'soon': must be a time of each day, such as"),
        (("--occlude", "30 h"), "--occlude 30 h: comes after the end of the trace, 24 h"),
        (("--change", "2 h site.pressure 5 kPa"), "--change 2 h site.pressure 5 kPa: write TIME: NAME = VALUE"),
        (("--change", "2 h: site.presure = 5 kPa"), "the pump has no such number; did you mean 'site.pressure'?"),
        (("--change", "2 h: site.pressure = 5"), "site.pressure: 5.0: needs a unit in quotes; allowed: kPa"),
        (("--set", "site.pressure=-1 kPa"), "--set site.pressure: '-1 kPa': must not be negative"),
    ],
)  # fmt: skip
def test_bad_input_ends_with_one_sentence_and_writes_nothing(place, arguments, said):
    given = ("trace", "implanted-insulin", *(() if "-o" in arguments else ("-o", "t.h5")), *arguments)
    ended = CliRunner().invoke(app, list(given))
    assert ended.exit_code == BAD_INPUT, ended.output
    assert ended.stdout == ""
    assert ended.stderr.count("\n") == 1
    assert said in ended.stderr
    assert list(place.iterdir()) == []


def test_all_wrong_changes_are_told_at_once(place):
    ended = CliRunner().invoke(
        app, ["trace", "implanted-insulin", "-o", "t.h5", "--change", "x", "--change", "y", "--occlude", "z"]
    )
    assert ended.exit_code == BAD_INPUT
    assert [line.split(":")[0] for line in ended.stderr.splitlines()] == ["--change x", "--change y", "--occlude z"]


def test_the_alarm_of_a_scenario_is_that_of_its_occlusion_mode():
    text = '[modes.occluded]\ntype = "occlusion-alarm"\nremedy = "record"\npressure = "70 kPa"\n'
    assert tracing.alarm_pressure(scenario(text), None) == 70e3
    assert tracing.alarm_pressure(scenario(text), "50 kPa") == 50e3
    assert tracing.alarm_pressure(load("implanted-insulin"), None) >= 1e300


def test_the_programme_of_the_readme_is_a_day_of_its_scenario(root):
    text = (root / "README.md").read_text(encoding="utf-8")
    read = scenario(text.split("```toml\n")[1].split("```")[0])
    made = programmes.programme(read, 2.0 * DAY)
    assert units(made, 0.0, 24.0) == pytest.approx(40.0, rel=1e-12)
