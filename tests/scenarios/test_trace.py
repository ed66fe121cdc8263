"""The command trace: screen, file and figure agree with each other, and what is wrong is said in one sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path

import numpy as np
import pytest
import xarray
from typer.testing import CliRunner

from fluidics.engines.gap import Gap
from fluidics.programmes.deliverable import quantum
from fluidics.programmes.programme import volume
from scenarios import programmes, trace_figure, trace_words, tracing
from scenarios.build import load, names
from scenarios.cli import app
from tests.scenarios.days import PROGRAMME, scenario

HOUR = 3600.0
BAD_INPUT = 2


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


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
    assert re.search(r"gap to exact +25 % at a steady rate; bound 1 %", ended.stdout)


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


@pytest.mark.parametrize("name", names())
def test_every_scenario_of_the_library_is_traced_and_keeps_its_fluid(name):
    told = json.loads(traced("--hours", "3", "--engine", "exact", "--json", name=name).stdout)
    assert told["delivered_uL"] > 0.0
    assert told["residual"] < 1e-9


def test_a_blocked_tip_raises_the_line_to_its_alarm_and_stops_delivery(opened):
    told = json.loads(
        traced("--hours", "6", "--engine", "stroke", "--occlude", "2 h", "--alarm", "60 kPa", "--json").stdout
    )
    assert [event["name"] for event in told["events"]] == ["blockage", "alarm"]
    assert told["events"][1]["hours"] > 2.0
    read = opened()
    blocked = read["delivered"].sel(time=slice(2.0 * HOUR, None))
    assert float(blocked[-1] - blocked[0]) < 1e-12


BLOCKED = ("--hours", "8", "--occlude", "2 h - 5 h", "--alarm", "60 kPa")


@pytest.mark.parametrize("engine", ["exact", "stroke", "panel"])
def test_an_answered_alarm_is_told_and_the_pump_goes_on(opened, engine):
    told = json.loads(traced(*BLOCKED, "--answer", "20 min", "--engine", engine, "--json").stdout)
    names = [event["name"] for event in told["events"]]
    assert names[:3] == ["blockage", "alarm", "answered"]
    assert names[-1] in ("release", "answered")
    first, answered = (next(e["hours"] for e in told["events"] if e["name"] == name) for name in ("alarm", "answered"))
    assert answered - first == pytest.approx(1.0 / 3.0, abs=1e-6)
    read = opened()
    blocked, open_again = slice(3.0 * HOUR, 4.5 * HOUR), slice(6.0 * HOUR, 7.5 * HOUR)
    got, asked = (read[name].to_series() for name in ("delivered", "programmed"))
    given = [np.ptp(got.loc[time]) / np.ptp(asked.loc[time]) for time in (blocked, open_again)]
    assert given == pytest.approx([0.0, 1.0], abs=0.1)
    assert 5.0 <= told["drug"]["interruption"]["to_hours"] <= 5.0 + 1.0 / 3.0


def test_answers_are_said_in_words():
    shown = traced(*BLOCKED, "--answer", "20 min", "--engine", "stroke").stdout
    for line in (r"2.0000 h +tip blocked", r"2\.\d+ h +alarm 60 kPa", r"2\.\d+ h +answered", r"5.0000 h +release"):
        assert re.search(f"^{line}$", shown, re.MULTILINE), line


def test_a_gate_that_opens_sounds_an_alarm_within_its_phase():
    """The accumulator raises the line from 2.9 to 9.4 kPa and is empty again when its gate shuts."""
    told = [
        json.loads(traced("--hours", "1", "--json", *alarm, name="gated-morphine").stdout)
        for alarm in ((), ("--alarm", "5 kPa"))
    ]
    assert told[0]["greatest_line_pressure_kPa"] > 9.0
    assert [event["name"] for event in told[1]["events"]] == ["alarm"]
    assert told[1]["greatest_line_pressure_kPa"] == pytest.approx(5.0, rel=1e-6)


def test_a_warmer_body_makes_a_gas_driven_pump_faster():
    cold, warm = (
        json.loads(traced("--hours", "6", "--engine", "panel", "--json", *more, name="fixed-rate-hepatic").stdout)
        for more in ((), ("--change", "0 h: site.body_temperature = 39 degC"))
    )
    assert warm["delivered_uL"] > 1.1 * cold["delivered_uL"]


def test_what_is_drawn_is_delivered_or_kept():
    ended = CliRunner().invoke(app, ["trace", "gated-morphine", "-o", "t.h5", "--hours", "3"])
    told = dict(re.split(r"  +", line, maxsplit=1) for line in ended.stdout.splitlines() if "  " in line)
    drawn, delivered, kept = (
        float(told[row].split()[0].replace("\N{MINUS SIGN}", "-"))
        for row in ("drawn from the reservoir", "delivered", "drawn less delivered")
    )
    assert kept < -2.0  # the accumulator was full
    assert drawn - delivered == pytest.approx(kept, abs=0.02)


@pytest.mark.parametrize(("base", "said"), [("roller-insulin", 0), ("implanted-insulin-vapor", 1)])
def test_a_rotor_stops_anywhere_and_a_gate_gives_whole_aliquots(base, said):
    text = '[programme]\nbasal = "1 U/h"\nbolus_rate = "60 U/h"\n[[programme.bolus]]\nat = "07:00"\nvolume = "5.5 U"\n'
    Path("day.toml").write_text(f'title = "A day"\nbase = "{base}"\n{text}')
    read = load("day.toml")
    told = list(trace_words.complaints(read, programmes.programme(read, 12.0 * HOUR)))
    assert len(told) == said
    assert all("5.5 U), which is no whole number of strokes of 2 µL (0.2 U)" in each for each in told)


def test_a_long_mean_is_written_in_hours():
    assert trace_figure._length(900.0) == "15 min"
    assert trace_figure._length(90e3) == "25 h"
    assert trace_figure._length(9e5) == "10.4 d"


def test_volumes_and_pressures_are_written_out():
    words = trace_words.Words(load("fixed-rate-hepatic"))
    assert words.volume(28e-6) == "28,000 µL"
    assert trace_words.Words(load("implanted-insulin")).rate(1e-9 / 3600.0) == "1 µL/h (0.4 U/h)"
    ended = CliRunner().invoke(app, ["trace", "worn-insulin-patch", "-o", "t.h5", "--hours", "1"])
    assert re.search(r"line pressure, as recorded +0\.000 to \d\.\d{3} kPa", ended.stdout)


def test_the_command_line_replaces_a_change_of_the_scenario():
    text = '[[changes]]\nat = "1 h"\nset = "site.pressure"\nvalue = "3 kPa"\n'
    (change,) = programmes.asked(scenario(text), 7200.0, ["1 h: site.pressure = 4 kPa"], [])
    assert change.value == 4000.0


def test_what_the_pump_cannot_deliver_is_said_in_its_units():
    text = PROGRAMME.replace('bolus_rate = "60 U/h"', 'bolus_rate = "6000 U/h"').replace('"6 U"', '"6.1 U"')
    scenario(text.replace("37.16", "37.26"))
    ended = traced("--hours", "14", "--engine", "panel", name="day.toml")
    said = "at 7 h the programme asks for 15,003 µL/h (6,001 U/h); the drive reaches 3,600 µL/h (1,440 U/h)"
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


def test_flows_in_the_figure_are_means_over_whole_strokes_also_beside_a_bolus():
    """A bolus of 6 U at 7 h in 6 min: strokes belong to the time in which their volume is programmed."""
    read = scenario()
    asked = programmes.asked(read, 9.0 * HOUR, [], [])
    run = tracing.run(read, 9.0 * HOUR, "stroke", asked, tracing.NEVER)
    size = quantum(read.design.pump.drive)
    edges = np.array(trace_figure._windows(run, size))
    programmed = np.array([volume(run.programme, 0.0, edge) for edge in edges]) / size
    assert np.abs(programmed - np.rint(programmed)).max() < 1e-6
    assert np.diff(programmed).min() > 0.5
    delivered = np.interp(edges, np.append(0.0, run.trace.time), np.append(0.0, run.trace.delivered)) / size
    assert np.diff(delivered) == pytest.approx(np.diff(programmed), rel=0.01)
    assert edges[edges < 7.0 * HOUR][-1] > 6.8 * HOUR
    assert (np.diff(edges)[np.diff(programmed) > 20.0] < 0.11 * HOUR).all()  # nothing of the bolus before or after


def test_a_drive_without_strokes_has_windows_of_time_within_steps():
    read = load("fixed-rate-hepatic")
    run = tracing.run(read, 6.0 * HOUR, "panel", (), tracing.NEVER)
    assert np.diff(trace_figure._windows(run, 0.0)) == pytest.approx(6.0 * HOUR / trace_figure.WINDOWS, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "arguments", "said"),
    [
        (
            "implanted-insulin",
            ("--set", "drive.stall_pressure=50 kPa", "--alarm", "60 kPa", "--occlude", "2 h"),
            r"no alarm at 60 kPa: the drive stalls at 50 kPa, and the line comes to \d+(\.\d+)? kPa",
        ),
        ("implanted-insulin", ("--alarm", "900 kPa"), "no alarm at 900 kPa: the drive stalls at 100 kPa, and the line"),
        ("peristaltic-baclofen", ("--alarm", "90 kPa", "--occlude", "3.9 h"), "no alarm at 90 kPa: the line comes"),
        ("peristaltic-baclofen", ("--occlude", "2 h"), "no alarm: none is stated, nor given by --alarm; the drive"),
        ("gated-morphine", ("--occlude", "2 h"), "the drive pushes with the pressure of its reservoir, 246.4 kPa"),
        ("worn-morphine-gas", ("--occlude", "2 h"), "the drive pushes against any pressure"),
    ],
)
def test_an_alarm_that_cannot_sound_is_said(name, arguments, said):
    assert re.search(said, traced("--hours", "4", "--engine", "stroke", *arguments, name=name).stderr)


def test_nothing_is_said_where_an_alarm_sounds_or_nothing_is_blocked():
    heard = traced("--hours", "6", "--engine", "stroke", "--alarm", "60 kPa", "--occlude", "2 h")
    assert "no alarm" not in heard.stderr + traced("--hours", "1", name="peristaltic-baclofen").stderr


def test_a_plunger_is_no_valve(place):
    ended = traced("--hours", "3", "--plot", "t.svg", name="worn-insulin-tubed")
    assert re.search(r"^plunger, sticking or moving +\d", ended.stdout, re.MULTILINE)
    assert "valve" not in ended.stdout
    text = (place / "t.svg").read_text(encoding="utf-8")
    assert "plunger" in text
    assert "outlet" not in text


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
        (("--answer", "20"), "--answer 20: it has no unit; allowed: "),
        (("--answer", "-20 min"), "--answer -20 min: must be at least 1 s after the alarm"),
        (("--occlude", "3 h - 2 h"), "--occlude 3 h - 2 h: ends before it begins; give the earlier time first"),
        (("--occlude", "2 h - later"), "--occlude 2 h - later: 'later': must be a time of each day, such as"),
        (("--occlude", "2 h - 30 h"), "--occlude 2 h - 30 h: comes after the end of the trace, 24 h"),
        (("--occlude", "soon"), "--occlude soon: 'soon': must be a time of each day, such as"),
        (("--occlude", "30 h"), "--occlude 30 h: comes after the end of the trace, 24 h"),
        (("--change", "2 h site.pressure 5 kPa"), "--change 2 h site.pressure 5 kPa: write TIME: NAME = VALUE"),
        (("--change", "2 h: site.presure = 5 kPa"), "the pump has no such number; did you mean 'site.pressure'?"),
        (("--change", "2 h: site.pressure = 5"), "site.pressure: 5.0: needs a unit in quotes; allowed: kPa"),
        (("--set", "site.pressure=-1 kPa"), "--set site.pressure: '-1 kPa': must not be negative"),
        (("--change", "2 h: site.pressure = 1 kPa", "--change", "2 h: site.pressure = 2 kPa"), "2 values for the same"),
        (("--occlude", "2 h", "--occlude", "120 min"), "blockage: 2 values for the same time, 2 h; give one"),
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


def test_an_engine_without_compliance_says_so_when_the_line_is_blocked():
    given = ("--hours", "3", "--occlude", "1 h")
    assert "the engine panel takes the line as rigid: alarms come at once" in traced("--engine", "panel", *given).stderr
    assert "rigid" not in traced("--engine", "stroke", *given).stderr
    assert "rigid" not in traced("--engine", "panel", "--hours", "3").stderr


def test_a_folder_is_no_file(place):
    (place / "t.h5").mkdir()
    ended = CliRunner().invoke(app, ["trace", "implanted-insulin", "-o", "t.h5"])
    assert ended.exit_code == BAD_INPUT
    assert ended.stderr == "--output t.h5: is a folder; give the name of a file\n"


def test_a_trace_replaces_a_trace_and_nothing_else(place):
    traced("--hours", "0.1")
    traced("--hours", "0.2")
    (place / "study.h5").write_bytes(b"\x89HDF\r\n\x1a\n of another kind")
    ended = CliRunner().invoke(app, ["trace", "implanted-insulin", "-o", "study.h5"])
    assert ended.exit_code == BAD_INPUT
    assert ended.stderr == "--output study.h5: exists and is no trace; give another name, or delete it first\n"
    assert (place / "study.h5").read_bytes().endswith(b"of another kind")


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
