"""The models of a scenario file follow the parts field by field, bound every value, and say what is wrong where."""

from __future__ import annotations

import json
import tomllib
from typing import get_args

import jsonschema
import pytest

from fluidics.pump import Pump
from reliability.clinic import Clinic
from reliability.events import REMEDIES
from reliability.population import Population
from scenarios import entries
from scenarios.document import LIBRARY, ScenarioError
from scenarios.entries import Context, bound, reading
from scenarios.parts import MODES, PARTS, REGIMENS, Requirement, units
from scenarios.propellants import PROPELLANTS
from scenarios.schema import Hazard, ScenarioTable, json_schema

KINDS = [*(kind for kinds in PARTS.values() for kind in kinds.values()), *REGIMENS.values(), *MODES.values()]
KINDS += [Clinic, Population, Requirement]
BASE = 'base = "implanted-insulin"\ntitle = "a test"\n'


@pytest.fixture
def problems(tmp_path):
    """Return a function that says what is wrong with a scenario's text."""
    from scenarios.build import load

    def found(text: str) -> list[str]:
        path = tmp_path / "bad.toml"
        path.write_text(text, encoding="utf-8")
        try:
            load(str(path))
        except ScenarioError as error:
            return [problem.replace(str(tmp_path) + "/", "") for problem in error.problems]
        return []

    return found


# --- the models follow the parts -----------------------------------------------------------------------------------


def test_every_place_of_the_pump_has_its_words():
    assert tuple(PARTS) == Pump._fields


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_every_field_of_a_part_is_a_key_of_its_table(kind):
    schema = ScenarioTable.model_json_schema()["$defs"][kind.__name__]
    assert set(units(kind)) <= set(schema["properties"])
    assert schema["additionalProperties"] is False


def test_every_name_that_has_a_bound_of_its_own_is_a_field():
    """A field that was renamed would lose its bound without a word."""
    fields = {field for kind in KINDS for field in units(kind)} | {"rate", "scale", "shape", "operated", "spread"}
    sets = (entries.SHARES, entries.POSITIVE, entries.WHOLE, entries.FLAGS, entries.SIGNED, entries.NEVER_ALLOWED)
    for names in sets:
        assert names <= fields, f"no part has the field {names - fields}: rename it in scenarios/entries.py too"


def test_remedies_are_those_of_the_lifetime_kernel():
    for mode in json.loads(json_schema())["$defs"].values():
        if "starves" in mode.get("properties", {}):
            assert tuple(mode["properties"]["remedy"]["enum"]) == REMEDIES
    assert set(get_args(Hazard.model_fields["remedy"].annotation)) == set(REMEDIES) - {"visit"}


# --- bounds --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("field", "unit"), [(field, unit) for kind in KINDS for field, unit in units(kind).items()])
def test_no_field_takes_what_is_not_finite_and_all_but_signed_ones_refuse_a_negative_number(field, unit):
    assert bound(field, unit, float("nan"))
    assert bound(field, unit, float("inf"))
    assert bool(bound(field, unit, -1.0)) is (field not in entries.SIGNED)


@pytest.mark.parametrize("field", sorted(entries.SHARES))
def test_a_share_lies_between_nothing_and_all(field):
    assert not bound(field, "-", 0.0)
    assert not bound(field, "-", 1.0)
    assert "between 0 and 1" in bound(field, "-", 1.001)


@pytest.mark.parametrize("given", [0.5, 50.7, 0.0, -3.0, 1e300])
def test_a_world_holds_a_whole_number_of_patients(given):
    assert "must be a whole number from 1" in bound("patients_per_world", "-", given)
    assert not bound("patients_per_world", "-", 50.0)


@pytest.mark.parametrize("given", [True, "0.1 mL", [], "five"])
def test_what_is_no_pure_number_is_refused(given):
    with pytest.raises(ValueError, match=r"must be a number|pure number|not a number"):
        reading("cycle_spread", "-", given, Context())


def test_a_part_of_a_hundred_may_be_written_so():
    assert reading("missed", "-", "2 %", Context()).si == 0.02
    assert reading("missed", "-", 0.02, Context()).si == 0.02


# --- what is wrong is said, where it stands --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[pump.reservoir]\ncapcity = '20 mL'", "4: pump.reservoir.capcity: unknown key; did you mean 'capacity'?"),
        ("[pump.reservoir]\ncapacity = 20", "4: pump.reservoir.capacity: 20: needs a unit in quotes; allowed: mL, uL"),
        ("[pump.reservoir]\ncapacity = '20'", "4: pump.reservoir.capacity: '20': it has no unit; allowed: mL, uL"),
        ("[pump.reservoir]\ncapacity = '2 psi'", "4: pump.reservoir.capacity: '2 psi': its unit does not fit here"),
        ("[pump.catheter]\nlength = '-3 cm'", "4: pump.catheter.length: '-3 cm': must be above zero"),
        ("[pump.catheter]\nlength = 'nan cm'", "4: pump.catheter.length: 'nan cm': not a finite number"),
        ("[pump.catheter]\nlength = nan", "4: pump.catheter.length: NaN: needs a unit"),
        ("[clinic]\nerror_noise = nan", "4: clinic.error_noise: NaN: must be a finite number"),
        ("[clinic]\nmissed = 1.5", "4: clinic.missed: 1.5: must lie between 0 and 1"),
        ("[clinic]\nrinses = 'yes'", "4: clinic.rinses: 'yes': must be true or false"),
        ("[pump]\nsite = 3", "4: pump.site: 3 stands where a table of keys is needed"),
        ("[pump.drive]\ntype = 'pistn'", "4: pump.drive.type: 'pistn': unknown word; did you mean 'piston'?"),
        ("[pump.reservoir]\npropellant = 'R-12'", "4: pump.reservoir.propellant: 'R-12': unknown propellant; allowed"),
        ("[modes.low]\ntype = 'underdelivery'\nremedy = 'record'", "3: modes.low: lacks fraction"),
        ("[modes.low]\nfraction = 0.5", "3: modes.low: needs a type"),
        ("[modes.battery_depleted]\nremedy = 'replaced'", "4: modes.battery_depleted.remedy: 'replaced': unknown word"),
        ("[modes.battery_depleted]\nremedy = 'visit'", "a delay goes with remedy"),
        ("[hazards.infecton]\nrate = '1 /y'", "3: hazards.infecton: lacks remedy"),
        ("[hazards.wear]\nrate = '1 /y'\nremedy = 'record'\nscale = '1 y'", "3: hazards.wear: needs either rate"),
        ("[hazards.wear]\nremedy = 'record'", "3: hazards.wear: needs either rate or scale"),
        ("[hazards.Wear]\nrate = '1 /y'\nremedy = 'record'", "3: hazards.Wear: "),
        ("[hazards.pain]\nremedy = 'visit'", "4: hazards.pain.remedy: 'visit': unknown word; allowed: record, "),
        ("[hazards.wear]\nremedy = 'replace'\nrate = '1 /y'\ndelay = '1 d'", "3: hazards.wear: a delay goes with"),
        ("[hazards.wear]\nrate = '1 /y'\noperated = 0.5\nremedy = 'record'", "3: hazards.wear: operated goes with"),
        ("[hazards.infection]\noperated = 0", "hazards.infection: operated goes with remedy = \"operate\"; replace"),
        ("[hazards.pump_dysfunction]\noperated = 0", "operated goes with remedy"),
        ("[population]\npatients_per_world = 0.5", "4: population.patients_per_world: 0.5: must be a whole number"),
        ("[pump.reservior]\ncapacity = '3 mL'", "3: pump.reservior: unknown key; did you mean 'reservoir'?"),
        ("[reservoir]\ncapacity = '3 mL'", "3: reservoir: unknown key; did you mean 'pump.reservoir'?"),
        ("[pump.drug]\ngrowth = { value = '1 /d', kind = 'fitted' }", "4: pump.drug.growth: a fitted value says to"),
        ("[pump.drug]\ngrowth = { value = '1 /d', kind = 'stated' }", "4: pump.drug.growth: a measured or stated"),
        ("[pump.drug]\ngrowth = { value = '1 /d', sorce = 'x' }", "4: pump.drug.growth: sorce: unknown key"),
        ("[pump.drug]\ngrowth = { value = '0.02 /d', kind = 'guessed' }", "4: pump.drug.growth: kind: 'guessed'"),
        ("[pump.catheter]\nlength = { value = '9 cm', spread = '30 %' }", "a normal spread stays below 25 %"),
        ("[pump.drug]\nconcentration = '400 U'", "pump.drug.concentration: '400 U': its unit does not fit"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_once_with_line_key_given_and_allowed(problems, text, said):
    found = problems(BASE + text + "\n")
    assert len(found) == 1, found
    assert found[0].startswith("bad.toml:")
    assert said in found[0]


def test_all_problems_are_told_at_once_in_the_order_of_the_file(problems):
    text = (
        "[pump.reservoir]\ncapcity = '9 mL'\nresidual = '1 psi'\n[pump.catheter]\nlength = '-3 cm'\n[clinic]\nmised = 1"
    )
    assert [problem.split(":")[1] for problem in problems(BASE + text)] == ["4", "5", "7", "9"]


def test_a_missing_key_and_its_misspelling_are_one_problem(problems):
    text = (LIBRARY / "implanted-insulin.toml").read_text(encoding="utf-8").replace("capacity =", "capcity =")
    assert problems(text) == ["bad.toml:6: pump.reservoir.capcity: unknown key; did you mean 'capacity'?"]


def test_a_concentration_that_cannot_be_read_is_said_once(problems):
    text = (LIBRARY / "implanted-insulin.toml").read_text(encoding="utf-8").replace('"400 U/mL"', '"400 u/mL"')
    assert len(problems(text)) == 1


def test_what_a_part_lacks_is_one_sentence(problems):
    found = problems("title = 'a test'\n[pump.reservoir]\ntype = 'two-phase'\ncapacity = '15 mL'\nresidual = '1 mL'\n")
    assert (
        "bad.toml:2: pump.reservoir: lacks antoine_a, antoine_b, antoine_c, ambient, stiffness (or give propellant)"
        in found
    )


# --- for editors -----------------------------------------------------------------------------------------------------


def test_committed_schema_is_current(root):
    committed = (root / "scenarios" / "scenario.schema.json").read_text(encoding="utf-8")
    assert committed == json_schema(), "run: python -m scenarios.schema > scenarios/scenario.schema.json"


@pytest.mark.parametrize("path", sorted(LIBRARY.glob("*.toml")), ids=lambda path: path.stem)
def test_schema_accepts_the_library(path):
    jsonschema.validate(tomllib.loads(path.read_text(encoding="utf-8")), json.loads(json_schema()))


@pytest.mark.parametrize(
    "text",
    [
        "[pump.reservoir]\ntype = 'two-phase'\ncapcity = '20 mL'",
        "[pump.reservoir]\ntype = 'two-phase'\ncapacity = 20",
        "[pump.reservoir]\ntype = 'two-phase'\ncapacity = '20'",
        "[clinic]\nmissed = true",
        "[hazards.wear]\nremedy = 'replaced'",
    ],
)
def test_schema_refuses_what_an_editor_should_mark(text):
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(tomllib.loads(text), json.loads(json_schema()))


def test_shared_constants_are_sourced():
    for name, constants in tomllib.loads(PROPELLANTS.read_text(encoding="utf-8")).items():
        assert set(constants) == {"antoine_a", "antoine_b", "antoine_c"}, name
        assert all(entry["source"] and entry["kind"] for entry in constants.values()), name
