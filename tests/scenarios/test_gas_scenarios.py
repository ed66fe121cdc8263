"""Gas-driven pumps as scenarios: propellants by their names, what makes no sense is refused, a study runs."""

from __future__ import annotations

import h5py
import numpy as np
import pytest
from typer.testing import CliRunner

from fluidics.lines.segmented_catheter import SegmentedCatheter
from fluidics.pump import new_pump
from fluidics.questions import pressure
from fluidics.reservoirs.propellant_reservoir import PropellantReservoir
from fluidics.reservoirs.spring_reservoir import SpringReservoir
from fluidics.sites.intrathecal import Intrathecal
from scenarios.build import load
from scenarios.cli import app
from scenarios.document import ScenarioError
from scenarios.propellants import propellants
from tests.fluidics.gas_driven import delivery

PUMP = """base = "fixed-rate-hepatic"
title = "a test"

[pump.reservoir]
type = "propellant"
capacity = "30 mL"
residual = "2 mL"
propellant = "n-butane"
ambient = "1 atm"
stiffness = "0.1 kPa/mL"
stop_stiffness = "1e13 Pa/m3"
amount = "20 mmol"
space = "10 mL"
refill_temperature = "20 degC"
cooled = 0.5
warming_time = "30 min"

[pump.catheter]
type = "segmented"
proximal_length = "60 cm"
proximal_radius = "0.25 mm"
distal_length = "40 cm"
distal_radius = "0.25 mm"
wall = "0.35 mm"
modulus = "10 MPa"
side_holes = 6
hole_radius = "0.2 mm"
onset_rate = "0.05 /y"
batch_spread = 0.0
closing_time = "14 d"

[pump.site]
type = "intrathecal"
body_temperature = "37 degC"
lying_pressure = "10.6 mmHg"
column = "45 cm"
upright_share = "60 %"
onset_rate = "0.009 /y"
closing_time = "30 d"
mass_resistance = "2e11 Pa s/m3"
"""


OUTSIDE = "must lie between 0 and 50 degC, where the vapour pressure of n-butane is known"


@pytest.fixture
def scenario(tmp_path):
    """Return the path of a scenario of a gas-driven pump for the spine."""
    path = tmp_path / "spine.toml"
    path.write_text(PUMP, encoding="utf-8")
    return str(path)


def test_words_become_parts(scenario):
    pump = load(scenario).design.pump
    assert (type(pump.reservoir), type(pump.catheter)) == (PropellantReservoir, SegmentedCatheter)
    assert type(pump.site) is Intrathecal
    assert (pump.reservoir.amount, pump.reservoir.refill_temperature) == (0.02, 293.15)
    assert (pump.catheter.modulus, pump.catheter.blocked_holes) == (10e6, 0.0)
    assert pump.site.pulse_rate == 1.1


@pytest.mark.parametrize("name", propellants())
def test_every_propellant_goes_by_its_name(scenario, name):
    # n-pentane drives nothing against the spine, R-113 sucks; both are told by their pressure alone
    pump = load(scenario, [f"reservoir.propellant={name}", "reservoir.amount=40 mmol"]).design.pump
    found = pressure(pump.reservoir, new_pump(pump).reservoir, 310.15)
    assert -32e3 < found < 390e3
    assert (found < 0.0) is (name == "R-113")


def test_a_spring_has_a_word(scenario):
    spring = "type=spring,capacity=60 mL,residual=1 mL,spring=57 kPa,vacuum_share=0,stiffness=0 Pa/m3,ambient=1 atm"
    pump = load(scenario, [f"reservoir.{each}" for each in spring.split(",")]).design.pump
    assert pump.reservoir == SpringReservoir(60e-6, 1e-6, 57e3, 0.0, 0.0, 101325.0)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ("reservoir.refill_temperature=-5 degC", f"refill_temperature: {OUTSIDE}"),
        ("site.body_temperature=51 degC", f"body_temperature: {OUTSIDE}"),
        ("reservoir.propellant=R-12", "'R-12': unknown propellant; allowed: R-113, n-butane"),
        ("reservoir.amount=1 mmol", "amount: 1 mmol in 10 mL: a full reservoir holds no liquid; raise it or"),
        ("reservoir.amount=0 mol", "amount: '0 mol': must be above zero"),
        ("reservoir.amount=2 mL", "amount: '2 mL': its unit does not fit here; allowed: mol"),
        ("reservoir.cooled=1.2", "cooled: 1.2: must lie between 0 and 1"),
        ("reservoir.warming_time=0 s", "warming_time: '0 s': must be above zero"),
        ("catheter.distal_radius=-0.2 mm", "distal_radius: '-0.2 mm': must be above zero"),
        ("catheter.side_holes=0", "side_holes: 0: must be a whole number from 1"),
        ("catheter.modulus=0 Pa", "modulus: '0 Pa': must be above zero"),
        ("site.upright_share=120 %", "upright_share: '120 %': must lie between 0 and 1"),
    ],
)  # fmt: skip
def test_nonsense_is_refused_with_the_field_and_its_unit(scenario, change, reason):
    with pytest.raises(ScenarioError) as refused:
        load(scenario, [change])
    assert len(refused.value.problems) == 1
    assert reason in refused.value.problems[0]


def test_a_study_runs_and_the_pumps_deliver_what_the_propellant_gives(scenario, tmp_path):
    out = tmp_path / "spine.h5"
    arguments = ["study", scenario, "--years", "1", "--patients", "20", "--seed", "3", "--threads", "1", "-o", str(out)]
    ended = CliRunner().invoke(app, arguments)
    assert ended.exit_code == 0, ended.output
    with h5py.File(out) as file:
        patients = file["patients"]
        delivered, deficit = np.array(patients["delivered"]), np.array(patients["deficit"])
        days = np.array(patients["end"]) - np.array(patients["entry"])
    fault_free = (deficit == 0.0) & (days > 60.0)
    assert fault_free.sum() > 5
    # half a percent less for the spring, and less still for an hour after each cold refill
    expected = delivery(load(scenario).design.pump) * 86400e6
    assert delivered[fault_free] / days[fault_free] == pytest.approx(expected * 0.995, rel=0.006)
