"""Programmes and changes in words: volumes are those of the words, and what is wrong is said once."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path

import jsonschema
import pytest

from fluidics.programmes.programme import pieces, volume
from fluidics.questions import histogram
from scenarios import programmes
from scenarios.build import ScenarioError, load
from scenarios.document import located
from scenarios.scenario import BLOCKAGE, BLOCKED
from scenarios.schema import json_schema
from tests.scenarios.days import HEAD, PROGRAMME, scenario

DAY = 86400.0
HOUR = 3600.0
UNIT = 2.5e-9  # m3 of U400


@pytest.fixture(autouse=True)
def place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


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


def test_editors_accept_a_programme_and_mark_what_is_wrong_with_it():
    schema = json.loads(json_schema())
    right = tomllib.loads(HEAD + PROGRAMME)
    jsonschema.validate(right, schema)
    jsonschema.validate(right | {"programme": {"basal": "1 U/h"}}, schema)
    bolus = {"basal": "1 U/h", "bolus": [{"kind": "square"}]}
    for wrong in ({"basal": [["00:00"]]}, {"basal": 1}, bolus, {"bazal": "1 U/h"}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(right | {"programme": wrong}, schema)


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
        ("[programme]\nbasal = [['06:00', '1 U/h'], ['05:00', '2 U/h']]", "'05:00': comes after 06:00; give each time"),
        ("[programme]\nbasal = []", "day.toml:4: programme.basal: []: needs a rate, such as"),
        ("[programme]\nbasal = '1 U/h'\nminimum = '2 U/h'", "day.toml:3: programme: minimum is above every basal rate"),
        ("[[changes]]\nat = '1 h'\nset = 'site.pressure'\nvalue = '1 kPa'\n" * 2, "2 values for the same time, 1 h"),
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
        ("[[changes]]\nat = '2 h'\nset = 'site.body_temperature'\nvalue = '80 degC'", "must lie between 0 and 50 degC"),
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


def test_the_programme_of_the_readme_is_a_day_of_its_scenario(root):
    text = (root / "README.md").read_text(encoding="utf-8")
    read = scenario(text.split("```toml\n")[1].split("```")[0])
    made = programmes.programme(read, 2.0 * DAY)
    assert units(made, 0.0, 24.0) == pytest.approx(40.0, rel=1e-12)
