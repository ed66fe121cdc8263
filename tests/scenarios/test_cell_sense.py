"""Pumps that a cell drives: what makes no sense is refused with the key, and what an engine leaves out is said."""

from __future__ import annotations

import pytest

from scenarios.build import ScenarioError, load
from scenarios.cases.cells import cell_cases
from scenarios.scenario import Changed
from scenarios.tracing import run

GAS, CELL = "worn-morphine-gas", "electro-osmotic-insulin"


@pytest.mark.parametrize(
    ("name", "given", "key", "reason"),
    [
        (GAS, ("reservoir.tail=0.2 mL", "reservoir.tail_stiffness=5 kPa/mL"), "tail_stiffness", "must be 0 Pa/m3"),
        (GAS, ("drive.cushion=0 mL",), "drive.cushion", "must be above zero"),
        (GAS, ("drive.reference_pressure=14.9 mL",), "drive.reference_pressure", "allowed: kPa, mmHg, psi"),
        (CELL, ("drive.outlet_crack=100 kPa",), "drive.outlet_crack", "must be below stall_pressure [Pa]"),
        (CELL, ("reservoir.gas_pressure=150 kPa",), "pump.reservoir", "the drug would run out"),
        (CELL, ("drive.electro_osmosis=0 uL/C",), "drive.electro_osmosis", "must be above zero"),
        (CELL, ("drive.cell_resistance=3 mA",), "drive.cell_resistance", "allowed: ohm, kohm"),
        (CELL, ("drive.greatest_current=-1 mA",), "drive.greatest_current", "must be above zero"),
        (CELL, ("drive.membrane_leak=-1 m3/s/Pa",), "drive.membrane_leak", "must not be negative"),
    ],
)
def test_nonsense_is_refused_with_its_key(name, given, key, reason):
    with pytest.raises(ScenarioError) as refused:
        load(name, given)
    (sentence,) = refused.value.problems
    assert key in sentence
    assert reason in sentence


def test_a_gas_generating_pump_presses_a_bag_and_nothing_else(tmp_path):
    scenario = tmp_path / "barrel.toml"
    scenario.write_text(
        f'base = "{GAS}"\ntitle = "Barrel"\n\n[pump.reservoir]\ntype = "barrel"\ncapacity = "5 mL"\n', encoding="utf-8"
    )
    with pytest.raises(ScenarioError, match='presses a limp bag; allowed: "bag"'):
        load(str(scenario))


def test_the_panel_engine_says_that_it_leaves_out_what_gas_gives_on_a_flight():
    scenario = load(GAS)
    flight = [Changed(3600.0, "reservoir.ambient", 75e3, "75 kPa")]
    (said,) = [c for c in run(scenario, 7200.0, "panel", flight, 1e300).complaints if "expands" in c]
    assert "try stroke" in said
    assert not any("expands" in c for c in run(scenario, 7200.0, "stroke", flight, 1e300).complaints)
    assert not any("expands" in c for c in run(scenario, 7200.0, "panel", [], 1e300).complaints)


def test_published_figures_of_cells_are_met():
    assert all(case.met for case in cell_cases())
