"""Numbers of a traced pump that follow a day: profiles, posture, flights and dives have closed forms and limits."""

from __future__ import annotations

import json
import math
import re
import shlex
import tomllib
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import xarray
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from fluidics.atmosphere import submerged_pressure
from scenarios import profile_file, programmes, tracing
from scenarios.build import ScenarioError, load
from scenarios.cli import app
from scenarios.profiles import MOST_STEPS, joined, steps
from scenarios.scenario import Profile
from scenarios.schema import json_schema

DAY, HOUR, NEVER = 86400.0, 3600.0, 1e300
HEAD = 'title = "A day"\nbase = "{}"\n'
AMBIENT, WARMTH = "reservoir.ambient", "site.body_temperature"
BAD_INPUT = 2
POSTURE = """
[[posture]]
at = "07:00"
position = "upright"
[[posture]]
at = "22:30"
position = "lying"
"""


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def scenario(text: str, base: str = "fixed-rate-hepatic"):
    Path("day.toml").write_text(HEAD.format(base) + text, encoding="utf-8")
    return load("day.toml")


def traced(read, span: float, engine: str = "panel", texts: tuple[str, ...] = ()):
    changes, followed = joined(read, span, programmes.asked(read, span, texts, ()))
    return tracing.run(read, span, engine, changes, NEVER, followed)


def profile(daily: bool = False, within: float = 0.01, **points: float) -> Profile:
    times, values = zip(*((float(at[1:]) * HOUR, value) for at, value in points.items()), strict=True)
    return Profile(AMBIENT, "test", daily, within, times, values)


def at(changes, time: float) -> float:
    return [change.value for change in changes if change.time <= time][-1]


# --- steps ---------------------------------------------------------------------------------------------------------


def test_a_profile_begins_at_its_first_point_and_stays_at_its_last():
    found = steps(profile(_2=1e5, _3=8e4, _4=8e4), DAY)
    assert found[0].time == 2.0 * HOUR
    assert (found[-1].time, found[-1].value) == (4.0 * HOUR, 8e4)
    assert at(found, 3.5 * HOUR) == 8e4


def test_a_profile_ends_with_the_trace():
    assert max(change.time for change in steps(profile(_2=1e5, _9=8e4), 3.0 * HOUR)) < 3.0 * HOUR


@given(st.floats(0.0, 5.0), st.floats(0.1, 10.0), st.floats(0.002, 0.5))
def test_every_day_of_a_daily_profile_is_the_line_between_its_points_within_the_bound(first, gap, within):
    second = first + gap
    points = {f"_{first}": 300.0, f"_{second}": 310.0}
    found = steps(profile(daily=True, within=within, **points), 3.0 * DAY)
    for hour in np.linspace(0.0, 71.9, 23):
        clock = hour % 24.0
        wanted = np.interp(clock, [second - 24.0, first, second, first + 24.0], [310.0, 300.0, 310.0, 300.0])
        assert at(found, hour * HOUR) == pytest.approx(wanted, abs=10.0 * within * (1.0 + 1e-6))


def test_a_daily_profile_may_cross_midnight():
    """From 23 h on for two hours."""
    found = steps(profile(daily=True, _23=100.0, _24=200.0, _25=100.0), 2.0 * DAY)
    assert at(found, 0.0) == pytest.approx(200.0, abs=1.0)
    assert at(found, 12.0 * HOUR) == 100.0
    assert at(found, 47.999 * HOUR) == pytest.approx(200.0, abs=1.1)


def test_a_number_that_stands_still_is_one_step():
    assert [change.value for change in steps(profile(daily=True, _1=1e5, _2=1e5), DAY)] == [1e5]


def test_too_many_steps_are_refused():
    with pytest.raises(ScenarioError, match=f"{MOST_STEPS:,} are the most; widen within"):
        steps(profile(daily=True, _1=1e5, _2=9e4), 3000.0 * DAY)


# --- changes of each day -------------------------------------------------------------------------------------------


def test_changes_at_times_of_the_day_come_every_day_and_the_day_begins_with_the_last():
    found = programmes.asked(scenario(POSTURE, "peristaltic-baclofen"), 2.0 * DAY, [], [])
    hours = [(change.time / HOUR, change.value) for change in found]
    assert hours == [(0.0, 0.0), (7.0, 1.0), (22.5, 0.0), (31.0, 1.0), (46.5, 0.0)]
    assert [bool(change.follows) for change in found] == [False, False, False, True, True]


def test_what_comes_once_goes_before_what_comes_each_day():
    read = scenario(POSTURE, "peristaltic-baclofen")
    found = programmes.asked(read, 2.0 * DAY, ["31 h: site.upright_share = 0.5", "7 h: site.upright_share = 0.2"], [])
    assert [change.value for change in found] == [0.0, 0.2, 0.0, 0.5, 0.0]


# --- physics -------------------------------------------------------------------------------------------------------


def test_posture_sets_the_pressure_at_the_tip():
    """10.5 mmHg of someone who lies, and 45 cm of fluid above the tip of someone upright."""
    trace = traced(scenario(POSTURE, "peristaltic-baclofen"), DAY).trace
    tip = trace.pressure[:, -1]
    lying, upright = 10.5 * 133.322387415, 1000.6 * 9.80665 * 0.45
    inside = (trace.time > 8.0 * HOUR) & (trace.time < 22.4 * HOUR)
    assert tip[trace.time < 6.9 * HOUR] == pytest.approx(lying, abs=2.0)  # the line adds a pascal
    assert tip[inside] == pytest.approx(upright, abs=2.0)


def test_the_mean_over_a_ramp_is_that_of_its_ends():
    """The flow through a capillary falls evenly with the pressure around the reservoir, without its spring."""
    still = "[pump.reservoir]\nstiffness = '0 Pa/m3'\n"
    flows = [traced(scenario(f"{still}ambient = '{kpa} kPa'\n"), 10.0 * HOUR).trace.delivered[-1] for kpa in (100, 80)]
    ramp = f'{still}[[profiles]]\nset = "{AMBIENT}"\npoints = [["0 h", "100 kPa"], ["10 h", "80 kPa"]]\n'
    trace = traced(scenario(ramp), 10.0 * HOUR).trace
    assert trace.delivered[-1] == pytest.approx(sum(flows) / 2.0, rel=1e-9)
    half = np.interp(5.0 * HOUR, trace.time, trace.delivered)
    assert half == pytest.approx((3.0 * flows[0] + flows[1]) / 8.0, rel=1e-9)


def test_a_flight_changes_a_pump_on_butane_by_a_tenth():
    """At cruise (p_sat - p_cabin - p_site) / (p_sat - p_sea - p_site), with CoolProp's vapour pressure at 37 degC."""
    text = '[pump.reservoir]\nstiffness = "0 Pa/m3"\n[pump.site]\npressure = "10 mmHg"\n'
    trace = traced(scenario(text + '[[flights]]\nat = "1 h"\ncruise = "3 h"\n'), 6.0 * HOUR).trace
    before, cruise, after = (
        (np.interp(end * HOUR, trace.time, trace.delivered) - np.interp(begin * HOUR, trace.time, trace.delivered))
        / ((end - begin) * HOUR)
        for begin, end in ((0.2, 0.8), (2.0, 4.0), (5.0, 6.0))
    )
    site = 10.0 * 133.322387415
    assert cruise / before == pytest.approx((347.77e3 - 75271.2 - site) / (347.77e3 - 101325.0 - site), rel=1e-4)
    assert after == pytest.approx(before, rel=1e-9)


def test_a_flight_begins_at_the_height_of_the_pump():
    read = scenario('[pump.reservoir]\nambient = "80 kPa"\n[[flights]]\nat = "1 h"\ncruise = "3 h"\n')
    (flown,) = read.profiles
    assert flown.value[0] == flown.value[-1] == 80e3
    assert min(flown.value) == pytest.approx(75271.2, abs=1.0)
    assert max(flown.value) == 80e3


def test_a_dive_has_the_pressure_of_its_depth_and_a_chamber_its_own():
    way = 'at = "1 h"\nover = "10 min"\nstay = "1 h"\n'
    sea, chamber = f'{way}depth = "18 m"\n', f'{way}pressure = "2.4 bar"\n'.replace('"1 h"', '"4 h"', 1)
    one, other = scenario(f"[[dives]]\n{sea}[[dives]]\n{chamber}").profiles
    assert max(one.value) == pytest.approx(submerged_pressure(18.0), rel=1e-12)
    assert np.diff(one.time).tolist() == pytest.approx([600.0, 3600.0, 600.0], abs=1e-6)
    assert (max(other.value), other.time[0]) == (2.4e5, 4.0 * HOUR)


@pytest.mark.parametrize("engine", ["exact", "stroke", "panel"])
def test_fluid_is_kept_through_a_flight_by_every_engine(engine):
    text = '[[flights]]\nat = "10 min"\ncruise = "10 min"\nwithin = "5 %"\n' + POSTURE.replace("07:00", "00:30")
    trace = traced(scenario(text, "peristaltic-baclofen"), HOUR, engine).trace
    assert abs(trace.residual) < 1e-9 * trace.delivered[-1]
    assert np.all(np.diff(trace.drawn) >= 0.0)


# --- screen, file and figure ---------------------------------------------------------------------------------------


def test_screen_file_and_figure_tell_of_a_profile():
    Path("cabin.csv").write_text(f"# a cabin\ntime [h],{AMBIENT} [kPa]\n0.5,101.325\n1,75\n2,75\n", encoding="utf-8")
    given = ["trace", "fixed-rate-hepatic", "-o", "t.h5", "--engine", "panel", "--hours", "3", "--profile", "cabin.csv"]
    ended = CliRunner().invoke(app, [*given, "--within", "10 %", "--plot", "t.svg"])
    assert ended.exit_code == 0, ended.output
    said = "reservoir.ambient             75 to 101.3 kPa, cabin.csv: 12 steps of at most 2.6 kPa (10 % of that)"
    assert said in ended.stdout
    assert "0.5000 h" not in ended.stdout  # steps are no events
    assert "ambient" in Path("t.svg").read_text(encoding="utf-8")
    with xarray.open_dataset("t.h5", engine="h5netcdf", decode_timedelta=False) as read:
        ambient = read[AMBIENT]
        assert ambient.attrs["units"] == "Pa"
        assert float(ambient.sel(time=slice(1.2 * HOUR, None)).max()) == 75e3
        assert float(ambient[0]) == 101325.0
        (told,) = json.loads(read.attrs["summary"])["profiles"]
        assert json.loads(read.attrs["changes"]) == []
    assert told["steps"] == 12
    assert (told["least"], told["largest_step"]) == (75e3, pytest.approx(2632.5, rel=1e-12))
    with xarray.open_dataset("t.h5", group="events", engine="h5netcdf", decode_timedelta=False) as kept:
        assert kept["time"].size == 12
        assert float(kept["value"].min()) == 75e3


def test_what_a_day_before_had_is_said_once():
    scenario(POSTURE, "peristaltic-baclofen")
    ended = CliRunner().invoke(app, ["trace", "day.toml", "-o", "t.h5", "--engine", "panel", "--hours", "48"])
    assert ended.exit_code == 0, ended.output
    assert "each day again" in ended.stdout
    assert [line.split("h ")[0].strip() for line in ended.stdout.splitlines() if "upright_share " in line] == [
        "0.0000",
        "7.0000",
        "22.5000",
    ]


def test_a_tip_that_closes_by_a_profile_slows_the_pump():
    """A capillary of 1.56e16 Pa s/m3 for water under 1.65 times its viscosity, and a tip that resists as much again."""
    closed = 1.65 * 1.56e16
    text = f'[[profiles]]\nset = "blockage"\npoints = [["1 h", "0 Pa s/m3"], ["2 h", "{closed} Pa s/m3"]]\n'
    trace = traced(scenario(text), 6.0 * HOUR).trace
    first, last = np.interp([HOUR, 6.0 * HOUR], trace.time, trace.delivered) - [
        0.0,
        np.interp(5.0 * HOUR, trace.time, trace.delivered),
    ]
    assert last / first == pytest.approx(0.5, rel=1e-3)


def test_editors_accept_a_day_and_mark_what_is_wrong_with_it():
    schema = json.loads(json_schema())
    right = tomllib.loads(HEAD.format("peristaltic-baclofen") + POSTURE + PROFILE) | {"dives": [{"depth": "10 m"}]}
    jsonschema.validate(right, schema)
    for wrong in ({"posture": [{"position": "supine"}]}, {"profiles": [{"points": [["1 h"]]}]}, {"flight": []}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(right | wrong, schema)


def test_a_profile_of_the_command_line_replaces_that_of_the_scenario():
    read = scenario(f'[[profiles]]\nset = "{AMBIENT}"\npoints = [["0 h", "100 kPa"], ["10 h", "80 kPa"]]\n')
    _, (only,) = joined(read, DAY, [], [profile(_2=1e5, _3=9e4)])
    assert only.source == "test"


def test_the_day_of_the_readme_can_be_traced(root):
    text = (root / "README.md").read_text(encoding="utf-8")
    (day,) = (block for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL) if "[[posture]]" in block)
    read = scenario(day, "peristaltic-baclofen")
    assert [profile.source for profile in read.profiles] == ["profiles.0", "flights.0", "dives.0"]
    assert traced(read, 42.0 * HOUR).trace.delivered[-1] > 0.0
    (table, command) = re.findall(r"\$ cat cabin.csv\n(.*?)\$ pumpsim (.*?)\n", text, re.DOTALL)[0]
    Path("cabin.csv").write_text(table, encoding="utf-8")
    assert CliRunner().invoke(app, shlex.split(command)).exit_code == 0


# --- bad input -----------------------------------------------------------------------------------------------------

PROFILE = f'[[profiles]]\nset = "{AMBIENT}"\n'
DIVE = '[[dives]]\nat = "1 h"\nover = "10 min"\nstay = "1 h"\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[profiles]]\nset = 'site.presure'\npoints = [['0 h', '1 kPa'], ['1 h', '2 kPa']]", "did you mean 'site.pre"),
        (PROFILE + "points = [['0 h', '1 atm'], ['1 h', '2 mL']]", "reservoir.ambient: '2 mL': its unit does not fit"),
        (PROFILE + "points = [['0 h', '1 atm'], ['1 h', '0 kPa']]", "'0 kPa': must be above zero"),
        (PROFILE + "points = [['0 h', '1 atm'], ['0 h', '2 atm']]", "'0 h': comes after 0 h; times must rise"),
        (PROFILE + "points = [['07:00', '1 atm'], ['8 h', '2 atm']]", "'8 h': give times of each day, such as 07:30"),
        (PROFILE + "points = [['0 h', '1 atm']]", "needs two points at least, such as"),
        (PROFILE + "points = [['0 h', '1 atm'], ['1 h']]", "must be a time and a value, such as"),
        (PROFILE + "points = [['soon', '1 atm'], ['1 h', '1 atm']]", "'soon': must be a time of each day"),
        (PROFILE + "within = '0 %'\npoints = [['0 h', '1 atm'], ['1 h', '2 atm']]", "'0 %': must be above zero and at"),
        (PROFILE, "day.toml:3: profiles.0: lacks points"),
        (PROFILE + "point = 1", "profiles.0.point: unknown key; did you mean 'points'?"),
        (PROFILE.replace(AMBIENT, WARMTH) + "points = [['0 h', '37 degC'], ['1 h', '80 degC']]", "0 and 50 degC"),
        (POSTURE, "day.toml:4: posture.0: posture is known of an intrathecal site"),
        (POSTURE.replace("lying", "supine"), "'supine': unknown word; allowed: lying, upright"),
        ("[flights]\nat = '1 h'", "flights: {'at': '1 h'} stands where tables [[flights]] are needed"),
        ("[[flights]]\nat = '1 h'", "day.toml:3: flights.0: lacks cruise"),
        ("[[flights]]\nat = '07:00'\ncruise = '23.5 h'", "flights.0: takes 24.21 h each day; a day has 24"),
        ("[[flights]]\nat = '1 h'\ncruise = '2 h'\nheight = '30000 m'", "-2000 m to 20000 m"),
        (DIVE, "day.toml:3: dives.0: needs either depth, or the pressure of a chamber"),
        (DIVE + "depth = '10 m'\npressure = '2 bar'", "needs either depth, or the pressure of a chamber"),
        (DIVE + "pressure = '1 atm'", "dives.0: '1 atm' is the pressure that is there already"),
        (DIVE + "depth = '10 m'\n[[flights]]\nat = '1.5 h'\ncruise = '1 h'", "reservoir.ambient: follows"),
        (DIVE + "depth = '9 m'\n[[changes]]\nat = '1.5 h'\nset = 'reservoir.ambient'\nvalue = '1 atm'", "at 1.5 h as"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_day_is_said_once(text, said):
    with pytest.raises(ScenarioError) as failed:
        scenario(text + "\n")
    found = failed.value.problems
    assert said in found[0], found
    assert len(found) == (2 if text == POSTURE else 1), found


RIGHT = f"time [h],{AMBIENT} [kPa]\n0,100\n1,90\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (None, "--profile p.csv: no such file or directory"),
        ("", "p.csv: needs a line that names the columns, and two points at least"),
        ("time [h]\n1\n2\n", "p.csv:1: 'time [h]': needs a column of time and one of a number of the pump"),
        (RIGHT.replace("time", "hours"), "p.csv:1: 'hours [h]': the first column is \"time [h]\" for what comes once"),
        (RIGHT.replace("[h]", "[kPa]"), "p.csv:1: 'time [kPa]': its unit does not fit here; allowed: h, d, y, min, s"),
        (RIGHT.replace(" [h]", ""), "p.csv:1: 'time': it has no unit; allowed: h, d, y, min, s"),
        (RIGHT.replace("ambient", "ambiant"), "p.csv:1: reservoir.ambiant: the pump has no such number; did you mean"),
        (RIGHT.replace("kPa", "mL"), "p.csv:1: 'reservoir.ambient [mL]': its unit does not fit here; allowed: kPa"),
        (RIGHT.replace(" [kPa]", ""), "p.csv:1: 'reservoir.ambient': it has no unit; allowed: kPa"),
        (RIGHT.replace("1,90", "0,90"), "p.csv:3: time [h]: '0': does not come after the time before; times must rise"),
        (RIGHT.replace("1,90", "-1,90"), "p.csv:3: time [h]: '-1': must be a number that is not below zero"),
        (RIGHT.replace("1,90", "x,90"), "p.csv:3: time [h]: 'x': must be a number that is not below zero"),
        (RIGHT.replace("1,90", "1,x"), "p.csv:3: reservoir.ambient: 'x': is not a number"),
        (RIGHT.replace("1,90", "1,nan"), "p.csv:3: reservoir.ambient: 'nan kPa': not a finite number"),
        (RIGHT.replace("1,90", "1,-5"), "p.csv:3: reservoir.ambient: '-5.0 kPa': must be above zero"),
        (RIGHT.replace("1,90", "1,90,3"), "p.csv:3: 3 values under the names of 2 columns"),
        (RIGHT.replace("time [h]", "clock"), "p.csv:2: clock: '0': must be a time of each day, such as"),
        (f"clock,{WARMTH} [degC]\n07:00,37\n2 h,38\n", "p.csv:3: clock: '2 h': must be a time of day, such as 07:30"),
        (f"clock,{WARMTH} [degC]\n07:00,37\n08:00,80\n", "p.csv:3: site.body_temperature: '80.0 degC': must lie"),
        (f"time [h],{AMBIENT} [kPa],{AMBIENT} [atm]\n0,1,1\n1,2,2\n", "p.csv:1: reservoir.ambient: 2 columns; "),
        (RIGHT.replace("0,1", "30,1").replace("1,9", "31,9"), "p.csv: reservoir.ambient: begins after the end of"),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_file_is_one_sentence_and_nothing_is_written(place, text, said):
    if text is not None:
        Path("p.csv").write_text(text, encoding="utf-8")
    ended = CliRunner().invoke(app, ["trace", "fixed-rate-hepatic", "-o", "t.h5", "--profile", "p.csv"])
    assert ended.exit_code == BAD_INPUT, ended.output
    assert ended.stderr.count("\n") == 1
    assert ended.stderr.startswith(said), ended.stderr
    assert not (place / "t.h5").exists()


@pytest.mark.parametrize("within", ["0 %", "2", "x", "1 kPa"])
def test_a_share_that_is_none_is_refused(within):
    given = ["trace", "fixed-rate-hepatic", "-o", "t.h5", "--within", within]
    ended = CliRunner().invoke(app, given)
    assert ended.exit_code == BAD_INPUT
    assert ended.stderr.startswith(f"--within {within}: ")


def test_a_file_may_hold_several_numbers_in_their_units():
    text = f"clock,{WARMTH} [degC],site.pressure [mmHg]\n06:00,36.5,80\n17:00,37.5,100\n"
    Path("p.csv").write_text("\ufeff" + text, encoding="utf-8")
    warmth, pressure = profile_file.read(load("fixed-rate-hepatic"), Path("p.csv"), 0.01)
    assert (warmth.slot, warmth.daily, warmth.value) == (WARMTH, True, (pytest.approx(309.65), pytest.approx(310.65)))
    assert pressure.value[1] == pytest.approx(100.0 * 133.322387415, rel=1e-12)
    assert math.isclose(pressure.time[1], 17.0 * HOUR)
