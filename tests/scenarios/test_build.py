"""A scenario becomes the same numbers however it is written: alone, by inheritance, by overrides, or written back."""

from __future__ import annotations

import math
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fluidics.pump import MEDIAN_LUCK
from fluidics.questions import fresh
from fluidics.rows import pack, slots
from reliability.chunk import kinds
from reliability.events import HAZARD, LIMIT, MODE, REMEDIES
from reliability.hazards import FRAILTY, HAZARD_WIDTH, OPERATED, RATE, REMEDY, SHAPE, STOPS
from reliability.interruption import MODE_DELAY, MODE_REMEDY, MODE_STARVES, MODE_STOPS, MODE_WIDTH
from reliability.population import LAW, LOGNORMAL_LAW, PER_LOT, SHARED, SLOT, SPREAD_SD, SPREAD_WIDTH
from reliability.streams import HAZARD as HAZARD_STREAM
from reliability.streams import SPREAD
from scenarios.build import ScenarioError, load, names, plan
from scenarios.document import located, merge, read, written
from scenarios.entries import NEVER
from scenarios.parts import PARTS, units
from scenarios.sense import MOST_HAZARDS, MOST_LIMITS, MOST_MODES, _room
from scenarios.units import DAY, YEAR

INSULIN = "implanted-insulin"
LOW = "{ type = 'underdelivery', fraction = 0.3, remedy = 'record' }"


def problem(name: str, *overrides: str) -> str:
    """Return what is wrong with a scenario that has one problem."""
    with pytest.raises(ScenarioError) as error:
        load(name, overrides)
    assert len(error.value.problems) == 1, error.value.problems
    return error.value.problems[0]


def many(section: str, row: str, count: int) -> list[str]:
    """Return overrides that add rows to a section."""
    return [f"{section}.more_{k}={row}" for k in range(count)]


@pytest.fixture
def written_file(tmp_path):
    """Return a function that writes a scenario file and returns its path."""

    def write(text: str, name: str = "mine.toml") -> str:
        (tmp_path / name).write_text(text, encoding="utf-8")
        return str(tmp_path / name)

    return write


# --- from words to numbers ----------------------------------------------------------------------------------------


def test_words_become_si():
    scenario = load(INSULIN)
    assert scenario.design.pump.reservoir.capacity == 15e-6
    assert scenario.design.pump.site.body_temperature == 310.15
    assert scenario.design.clinic.interval == 45 * DAY
    assert scenario.design.population.mean_rate == pytest.approx(0.1e-6 / DAY, rel=1e-15)
    assert scenario.design.clinic.low_volume == pytest.approx(2e-6, rel=1e-15)
    assert scenario.design.population.closing_date == NEVER


def test_every_number_of_a_design_has_a_value_of_the_same_path_and_si():
    scenario = load(INSULIN)
    values = {value.path: value.si for value in scenario.values}
    for slot, number in zip(slots(scenario.design.pump), pack(scenario.design.pump), strict=True):
        assert values[f"pump.{slot}"] == number
    for section in ("clinic", "population", "regimen"):
        part = getattr(scenario.design, section)
        assert {f"{section}.{field}": number for field, number in part._asdict().items()}.items() <= values.items()


def test_rows_of_modes_say_what_follows():
    scenario = load(INSULIN)
    assert scenario.mode_rows.shape == (len(scenario.mode_names), MODE_WIDTH)
    row = scenario.mode_rows[scenario.mode_names.index("reservoir_empty")]
    assert REMEDIES[int(row[MODE_REMEDY])] == "visit"
    assert (row[MODE_DELAY], row[MODE_STOPS], row[MODE_STARVES]) == (2 * DAY, 1.0, 1.0)
    assert type(scenario.design.modes[scenario.mode_names.index("reservoir_empty")]).__name__ == "EmptyReservoir"


def test_rows_of_hazards_say_what_follows():
    hazards = ["hazards.wear={ scale = '20 y', shape = 3.0, remedy = 'replace', stops = true }"]
    scenario = load(INSULIN, hazards)
    assert scenario.hazards.shape == (5, HAZARD_WIDTH)
    row = scenario.hazards[scenario.hazard_names.index("wear")]
    assert row[RATE] == pytest.approx(1.0 / (20 * YEAR), rel=1e-15)
    assert (row[SHAPE], row[FRAILTY], row[OPERATED], row[STOPS]) == (3.0, 0.0, 1.0, 1.0)
    assert REMEDIES[int(row[REMEDY])] == "replace"


def test_an_event_that_is_only_recorded_is_not_operated():
    scenario = load(INSULIN, ["hazards.itch={ rate = '1 /y', remedy = 'record' }"])
    row = scenario.hazards[scenario.hazard_names.index("itch")]
    assert row[OPERATED] == 0.0


def test_a_spread_becomes_a_row_that_points_at_its_slot():
    scenario = load(INSULIN, ['catheter.radius={ value = "0.2 mm", spread = "5 %", law = "lognormal", per = "lot" }'])
    assert scenario.spreads.shape == (1, SPREAD_WIDTH)
    row = scenario.spreads[0]
    assert slots(scenario.design.pump)[int(row[SLOT])] == "catheter.radius"
    assert (row[LAW], row[SPREAD_SD], row[SHARED]) == (LOGNORMAL_LAW, 0.05, PER_LOT)
    value = next(value for value in scenario.values if value.path == "pump.catheter.radius")
    assert value.spread == "5 % lognormal per lot"


def test_carry_over_number_is_rho_exp_kappa_tau():
    value = next(value for value in load(INSULIN).values if value.path == "pump.drug.carried_growth")
    assert value.si == pytest.approx(math.exp(0.02 * 45) / 15, rel=1e-12)
    assert value.kind == "derived"


def test_plan_carries_years_seed_and_replacement():
    scenario = load(INSULIN)
    made = plan(scenario, 10, 7, replaces=False)
    assert made.rules.horizon == 10 * YEAR
    assert (made.rules.replaces, made.seed) == (0.0, 7)
    assert made.mode_names == scenario.mode_names


@pytest.mark.slow
@pytest.mark.parametrize("name", names())
def test_every_library_scenario_runs(name):
    from reliability.chunk import simulate

    chunk = simulate(plan(load(name), 3, 1), 0, 20)
    assert np.all(chunk.patients["end"] > 0.0)
    assert np.all(chunk.patients["delivered"] > 0.0)


# --- inheritance, overrides, writing back -------------------------------------------------------------------------


@pytest.mark.parametrize("name", names())
def test_text_written_back_is_the_same_scenario(name, written_file):
    scenario = load(name)
    again = load(written_file(scenario.text))
    assert again.values == scenario.values
    assert again.design == scenario.design
    assert again.sha256 == scenario.sha256


def test_an_override_is_a_changed_file(written_file):
    path = written_file(f'title = "{load(INSULIN).title}"\nbase = "{INSULIN}"\n[pump.reservoir]\ncapacity = "20 mL"\n')
    description = load(INSULIN).description
    assert load(path).design == load(INSULIN, ["reservoir.capacity=20 mL"]).design
    assert load(path).description == description


@pytest.mark.parametrize("key", ["reservoir.capacity", "pump.reservoir.capacity"])
@pytest.mark.parametrize("text", ["20 mL", '"20 mL"', " 20 mL", "8000 U", '{ value = "20 mL" }'])
def test_an_override_may_name_and_write_its_value_in_several_ways(key, text):
    scenario = load(INSULIN, [f"{key}={text}"])
    assert scenario.design.pump.reservoir.capacity == pytest.approx(20e-6, rel=1e-15)
    value = next(value for value in scenario.values if value.path == "pump.reservoir.capacity")
    assert (value.kind, value.source) == ("given", "")


def test_the_last_override_holds():
    assert load(INSULIN, ["clinic.missed=0.1", "clinic.missed=0.2"]).design.clinic.missed == 0.2


def test_an_override_changes_the_hash_and_nothing_else_does():
    assert load(INSULIN).sha256 == load(INSULIN).sha256
    assert load(INSULIN).sha256 != load(INSULIN, ["reservoir.capacity=20 mL"]).sha256


def test_a_hazard_is_taken_away_by_none():
    assert "pain" not in load(INSULIN, ["hazards.pain=none"]).hazard_names


def test_a_scale_takes_the_place_of_an_inherited_rate():
    assert load(INSULIN, ["hazards.pain.scale=10 y"]).hazards[2, RATE] == pytest.approx(0.1 / YEAR, rel=1e-15)


def test_what_goes_with_a_remedy_goes_when_another_is_said():
    assert load(INSULIN, ["hazards.pain.operated=0.3"]).hazards[2, OPERATED] == 0.3
    replaced = load(INSULIN, ["hazards.pain.operated=0.3", "hazards.pain.remedy=replace"])
    assert replaced.hazards[2, OPERATED] == 1.0
    recorded = load(INSULIN, ["modes.reservoir_empty.remedy=record"])
    assert recorded.mode_rows[recorded.mode_names.index("reservoir_empty"), MODE_DELAY] == 0.0


def test_what_goes_with_a_remedy_may_be_said_before_it():
    scenario = load(INSULIN, ["hazards.infection.operated=0.3", "hazards.infection.remedy=operate"])
    assert scenario.hazards[1, OPERATED] == 0.3


def test_constants_take_the_place_of_an_inherited_propellant():
    given = ["reservoir.antoine_a=20.0", "reservoir.antoine_b=2500 K", "reservoir.antoine_c=-40 K"]
    assert load(INSULIN, given).design.pump.reservoir.antoine_c == -40.0


def test_a_part_of_another_type_keeps_nothing_of_the_old():
    said = problem(INSULIN, "power.type=none", "modes.battery_depleted=none", "power.energy=1 J")
    assert said == "--set power.energy: unknown key; allowed: type"
    assert load(INSULIN, ["power.type=none", "modes.battery_depleted=none"]).design.pump.power == ()


def test_a_base_may_be_a_file_beside_it(written_file):
    written_file(f'title = "first"\nbase = "{INSULIN}"\n[clinic]\nmissed = 0.1\n', "first.toml")
    path = written_file('title = "second"\nbase = "first.toml"\n[clinic]\npostponement = "9 d"\n')
    clinic = load(path).design.clinic
    assert (clinic.missed, clinic.postponement) == (0.1, 9 * DAY)


def test_a_problem_of_the_base_is_told_where_it_stands(written_file):
    first = written_file(f'title = "first"\nbase = "{INSULIN}"\n[clinic]\nmissed = 2.0\n', "first.toml")
    path = written_file('title = "second"\nbase = "first.toml"\n')
    assert problem(path).startswith(f"{first}:4: clinic.missed: 2.0: ")


leaves = st.one_of(st.text(max_size=8), st.integers(-9, 9), st.floats(allow_nan=False), st.booleans())
tables = st.recursive(
    st.dictionaries(st.text(min_size=1, max_size=6), st.one_of(leaves, st.lists(leaves, max_size=3)), max_size=3),
    lambda inner: st.dictionaries(st.text(min_size=1, max_size=6), st.one_of(leaves, inner), max_size=3),
    max_leaves=12,
)


@given(tables)
def test_any_tables_survive_being_written(tree):
    import tomllib

    assert tomllib.loads(written(tree)) == tree


@given(tables, tables)
def test_a_merge_holds_every_plain_key_of_the_change(base, change):
    merged = merge(base, change)
    assert all(merged[key] == value for key, value in change.items() if not isinstance(value, dict) and value != "none")


def test_every_key_of_the_library_has_its_line():
    text = (read(INSULIN), "implanted-insulin.toml")
    assert text[0].places[("pump", "reservoir", "capacity")] == "implanted-insulin.toml:6"
    assert located('a = """\nb = 1\n"""\n[c] # d\ne.f = 2\n', "x") == {
        ("a",): "x:1",
        ("c",): "x:4",
        ("c", "e", "f"): "x:5",
    }


# --- what makes no sense together ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("overrides", "said"),
    [
        (["reservoir.residual=15 mL"], "pump.reservoir: holds no usable volume"),
        (
            ["population.mean_rate=6000 U/d", "regimen.bolus_rate=1e6 U/h"],
            "the dose of a day, 15 mL, is larger than the reservoir, 14 mL usable",
        ),
        (
            ["population.mean_rate=13000 U/d", "regimen.bolus_rate=1e6 U/h"],
            "the boluses of a day, 14.62 mL, are larger",
        ),
        (["clinic.low_volume=14 mL"], "clinic.low_volume: 14 mL is not below what a full reservoir holds"),
        (["clinic.interval=91 d"], "clinic.interval: is longer than longest_interval"),
        (["clinic.missed=1"], "clinic.missed: must be below 1"),
        (["clinic.surgery_threshold=0.1"], "clinic.surgery_threshold: is below error_threshold"),
        (
            ["population.closing_date=1 y", "population.entry_span=2 y"],
            "population.closing_date: is not after the last",
        ),
        (["hazards.rinse={ rate = '1 /y', remedy = 'record' }"], "hazards.rinse: this name is taken"),
        (["hazards.reservoir_empty={ rate = '1 /y', remedy = 'record' }"], "this name is taken"),
        (["power.type=none"], "modes.battery_depleted: 'depleted-battery' asks for a part that this pump lacks"),
        (['clinic.missed={ value = 0.1, spread = "5 %" }'], "only the numbers of the pump may have a spread"),
        (["site.body_temperature=51 degC"], "must lie between 0 and 50 degC"),
        (["clinic.interval_spread=45 d"], "clinic.interval_spread: is not below interval"),
        (["hazards.infection.rate=0 /y"], 'a hazard is taken away by its name = "none"'),
        (
            ["hazards.infecton.rate=1 /y"],
            "there is no hazard 'infecton' (a new one is set as a whole table); did you",
        ),
        (["power.spread=0.25"], "--set power.spread: 0.25: a normal spread stays below 25 %"),
        (['power.spread={ value = 0.1, spread = "5 %" }'], "is a spread itself and cannot have one"),
        (
            many("modes", "{ type = 'underdelivery', fraction = 0.3, remedy = 'record' }", 13),
            "modes: there are 17, and at most 16 are",
        ),
        (["drug.growth=0.1 /d"], "the carry-over number is 6, above 1"),
    ],
)
def test_what_does_not_fit_together_is_one_sentence(overrides, said):
    assert said in problem(INSULIN, *overrides)


def test_a_cell_at_the_limit_of_the_spread_still_holds_energy():
    power = load(INSULIN, ["power.spread=0.249"]).design.pump.power
    assert 0.0 < fresh(power, MEDIAN_LUCK._replace(normal=-9.0)).energy < 0.01 * power.energy


def test_as_many_modes_as_have_room_get_kinds_of_their_own():
    scenario = load(INSULIN, many("modes", LOW, 12))
    told = kinds(plan(scenario, 1, 1))
    assert {*scenario.mode_names, *scenario.hazard_names} <= set(told.values())
    assert len(scenario.mode_names) == 16


def test_a_table_takes_no_more_modes_or_hazards_than_events_have_codes():
    assert (LIMIT + MOST_LIMITS, MODE + MOST_MODES) == (MODE, HAZARD)
    assert np.iinfo(np.int16).max == HAZARD + MOST_HAZARDS - 1
    rows = {"modes": {}, "hazards": dict.fromkeys(range(MOST_HAZARDS + 1)), "dose_limits": {}}
    ((keys, reason),) = _room(SimpleNamespace(**rows))
    assert keys == ("hazards",)
    assert "there are 32,737, and at most 32,736" in reason


def test_spreads_of_all_numbers_of_a_pump_have_streams_of_their_own():
    numbers = sum(max(len(units(kind)) for kind in kinds.values()) for kinds in PARTS.values())
    assert numbers <= HAZARD_STREAM - SPREAD


def test_a_runaway_is_simulated_when_asked_for():
    assert load(INSULIN, ["drug.growth=0.1 /d", "allow_runaway=true"]).design.pump.drug.growth == 0.1 / DAY


# --- files that cannot be read ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('title = "x\n', "mine.toml:1:11: not TOML: "),
        ("[pump\n", "mine.toml:1:6: not TOML: "),
        ('title = "x"\ntitle = "y"\n', "not TOML: "),
        (
            'title = "x"\nbase = "implanted-insuline"\n',
            "mine.toml:2: base: unknown scenario 'implanted-insuline'; did you",
        ),
        ('title = "x"\nbase = 3\n', "mine.toml:2: base: 3 is not the name of a scenario"),
        ('title = "x"\nbase = "mine.toml"\n', "mine.toml:2: base: 'mine.toml' leads back to itself"),
        ('title = "x"\nbase = "gone.toml"\n', "gone.toml: No such file or directory"),
        (
            'title = "x"\nbase = "implanted-insulin"\n[pump.reservoir]\npropellant = 3\n',
            "mine.toml:4: pump.reservoir.prop",
        ),
    ],
)
def test_a_file_that_cannot_be_read_is_one_sentence(written_file, text, said):
    assert said in problem(written_file(text))


def test_a_mark_of_byte_order_is_no_text(tmp_path):
    (tmp_path / "mine.toml").write_text(f'\ufefftitle = "x"\nbase = "{INSULIN}"\n', encoding="utf-8")
    assert load(str(tmp_path / "mine.toml")).title == "x"


def test_a_file_that_is_no_text_is_one_sentence(tmp_path):
    (tmp_path / "mine.toml").write_bytes(b"\xff\xfe")
    assert "mine.toml: not UTF-8 text at byte 0" in problem(str(tmp_path / "mine.toml"))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("implanted", "unknown scenario 'implanted'; did you mean 'implanted-insulin'?"),
        ("zzz", "unknown scenario 'zzz'; allowed: electro-osmotic-insulin, fixed-rate-hepatic, fixed-rate-pain, "),
        ("gone.toml", "gone.toml: No such file or directory"),
    ],
)
def test_a_scenario_that_is_not_there_is_one_sentence(name, said):
    assert said in problem(name)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("reservoir.capacity", "--set reservoir.capacity: write KEY=VALUE"),
        ("reservoir.volume=20 mL", "--set reservoir.volume: unknown key; allowed: propellant, type, capacity"),
        ("reservior.capacity=20 mL", "--set reservior.capacity: unknown key; did you mean 'pump.reservoir'?"),
        ("reservoir.capacity=20", "--set reservoir.capacity: 20: needs a unit in quotes"),
        ("modes.low=3", "--set modes.low: 3 stands where a table of keys is needed"),
        ("pump=3", "--set pump: 3 stands where a table of keys is needed"),
    ],
)
def test_an_override_that_does_not_fit_is_one_sentence(override, said):
    assert said in problem(INSULIN, override)


@pytest.mark.parametrize(
    ("ambient", "reason"), [("0.5 atm", "would let the drug run out"), ("10 atm", "cannot draw drug 945 kPa up")]
)
def test_a_piston_needs_suction_that_its_stroke_can_overcome(ambient, reason):
    with pytest.raises(ScenarioError) as refused:
        load("implanted-insulin", [f"pump.reservoir.ambient={ambient}"])
    assert reason in refused.value.problems[0]
    assert load("implanted-insulin", ["pump.reservoir.ambient=0.9 atm"]).design.pump.reservoir.ambient < 1e5
