"""Catheters that foul and capsules that end their growth as scenarios: words become parts, a study runs, what makes no
sense is refused."""

from __future__ import annotations

import pytest

from fluidics.engines.rungs import ENGINES
from fluidics.engines.trace import traced
from fluidics.lines.fouling_catheter import FoulingCatheter, Lining, bore_volume
from fluidics.programmes.basal import constant
from fluidics.pump import new_pump
from fluidics.sites.capsule import Encapsulating
from reliability.chunk import simulate
from scenarios.build import load, plan
from scenarios.document import ScenarioError

PUMP = """base = "implanted-insulin-1994"
title = "a test"

[pump.catheter]
type = "fouling"
length = "25 cm"
radius = "0.205 mm"
solids = 0.1
equilibrium = 1e-4
surface_rate = "1 mL/d"
rinse_left = 0.0

[pump.site]
type = "encapsulating"
body_temperature = "37 degC"
pressure = "2 kPa"
onset_rate = "0.498 /y"
batch_spread = 0.5
closing_time = "23.7 d"
capsule_resistance = "2.3e11 Pa s/m3"
final_resistance = "1e18 Pa s/m3"
"""


@pytest.fixture
def scenario(tmp_path):
    """Return the path of a scenario of a fouling catheter in a capsule that ends its growth."""
    path = tmp_path / "fouling.toml"
    path.write_text(PUMP, encoding="utf-8")
    return str(path)


def test_words_become_parts(scenario):
    pump = load(scenario).design.pump
    assert (type(pump.catheter), type(pump.site)) == (FoulingCatheter, Encapsulating)
    assert pump.catheter.surface_rate == pytest.approx(1e-6 / 86400.0, rel=1e-12)
    assert (pump.site.final_resistance, pump.site.final_compliance) == (1e18, 0.0)


def delivered(path, share, yields):
    """Return what each engine delivers in a day over what is programmed, a share of the lumen being filled."""
    design = load(path).design
    pump = design.pump._replace(catheter=design.pump.catheter._replace(wall_compliance=yields))
    state = new_pump(pump)._replace(catheter=Lining(share * bore_volume(pump.catheter)))
    programme = constant(design.population.mean_rate, 86400.0)
    day = {engine: traced(pump, state, programme, 86400.0, engine).delivered[-1] for engine in ENGINES}
    return {engine: volume / (86400.0 * design.population.mean_rate) for engine, volume in day.items()}


@pytest.mark.parametrize(("share", "yields"), [(0.5, 0.0), (0.9, 1e-13)])
def test_every_engine_delivers_all_through_half_a_lumen_and_through_less_where_the_line_yields(
    scenario, share, yields
):
    assert delivered(scenario, share, yields) == pytest.approx(dict.fromkeys(ENGINES, 1.0), rel=0.003)


def test_a_stroke_stalls_in_a_rigid_line_long_before_the_mean_rate_does(scenario):
    # half a microlitre in a tenth of a second through a hundred times the resistance: 160 kPa, the solenoid has 100
    found = delivered(scenario, 0.9, 0.0)
    assert found["panel"] == pytest.approx(1.0, rel=1e-9)
    assert found["exact"] == pytest.approx(found["stroke"], rel=0.01)
    assert 0.6 < found["exact"] < 0.7


@pytest.mark.slow
def test_a_deposit_that_a_rinse_takes_off_costs_no_operation(scenario):
    """The same deposit, the same chance, and a rinse that takes off all of it or nothing, or no deposit at all."""
    operations = []
    for left, settles in ((0, "1 mL/d"), (1, "1 mL/d"), (1, "0 mL/d")):
        changes = [f"catheter.rinse_left={left}", f"catheter.surface_rate={settles}"]
        operations.append(simulate(plan(load(scenario, changes), 4.0, 7), 0, 100).devices["line_operations"].sum())
    cleaned, stuck, never = operations
    assert stuck > 1.15 * cleaned
    assert cleaned == pytest.approx(never, rel=0.05)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("site.final_resistance=1e11 Pa s/m3", "capsule_resistance: must be above zero and below final_resistance"),
        ("site.capsule_resistance=0 Pa s/m3", "capsule_resistance: must be above zero and below"),
        ("catheter.solids=1.2", "solids: 1.2: must lie between 0 and 1"),
        ("catheter.equilibrium=-0.1", "equilibrium: -0.1: must lie between 0 and 1"),
        ("catheter.radius=0 mm", "radius: '0 mm': must be above zero"),
        ("catheter.rinse_left=nan", "rinse_left"),
    ],
)
def test_what_makes_no_sense_is_refused(scenario, change, reason):
    with pytest.raises(ScenarioError) as found:
        load(scenario, [change])
    assert reason in str(found.value)
