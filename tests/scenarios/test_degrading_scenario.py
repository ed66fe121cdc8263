"""A drug that loses its strength in a scenario: from words through years of refills and a fever in a trace; the part
stands in `fluidics.drugs.degrading`."""

from __future__ import annotations

import math

import numpy as np
import pytest
from typer.testing import CliRunner

from fluidics.drugs.degradation import OLD_SOLUTIONS, loss_rate, received
from fluidics.drugs.degrading import DegradingDrug
from fluidics.engines.trace import Change, traced
from fluidics.programmes.basal import constant
from fluidics.pump import new_pump
from fluidics.questions import potency
from scenarios.build import load
from scenarios.cli import app
from scenarios.document import ScenarioError
from scenarios.units import DAY

DRUG = """base = "fixed-rate-hepatic"
title = "a test"

[pump.drug]
type = "degrading"
relative_viscosity = 1.65
loss = "0.2 %/d"
loss_energy = "142 kJ/mol"
polymerisation = "0.05 %/d"
polymerisation_energy = "118 kJ/mol"
reference_temperature = "37 degC"
polymer_at_fill = "0.2 %"
coldest = "5 degC"
warmest = "45 degC"
"""


@pytest.fixture
def scenario(tmp_path):
    """Return the path of a scenario whose drug loses its strength."""
    path = tmp_path / "weak.toml"
    path.write_text(DRUG, encoding="utf-8")
    return str(path)


def test_words_become_the_part(scenario):
    drug = load(scenario).design.pump.drug
    assert type(drug) is DegradingDrug
    assert drug.loss == pytest.approx(0.002 / DAY, rel=1e-15)
    assert drug.loss_energy == 142e3


@pytest.mark.parametrize(
    "change", ["drug.loss=-1 /d", "drug.loss=2 mL", "drug.coldest=-1 K", "drug.polymer_at_fill=120 %"]
)
def test_nonsense_is_refused(scenario, change):
    with pytest.raises(ScenarioError):
        load(scenario, [change])


def test_a_study_runs(scenario, tmp_path):
    out = tmp_path / "weak.h5"
    arguments = ["study", scenario, "--years", "1", "--patients", "10", "--seed", "3", "--threads", "1", "-o", str(out)]
    ended = CliRunner().invoke(app, arguments)
    assert ended.exit_code == 0, ended.output


def test_a_day_of_fever_costs_what_the_law_says(scenario):
    design = load(scenario).design
    pump, rate = design.pump, design.population.mean_rate
    feverish = [Change(DAY, "site.body_temperature", 313.15)]
    done = traced(pump, new_pump(pump), constant(rate, 2.0 * DAY), 2.0 * DAY, "panel", feverish)
    rates = [loss_rate(pump.drug.loss, pump.drug.loss_energy, 310.15, kelvin) for kelvin in (310.15, 313.15)]
    assert potency(pump.drug, done.state.drug) == pytest.approx(math.exp(-sum(rates) * DAY), rel=1e-12)


def test_what_a_traced_pump_delivered_is_worth_less_than_its_volume(scenario):
    design = load(scenario).design
    done = traced(
        design.pump, new_pump(design.pump), constant(design.population.mean_rate, DAY), DAY, "panel"
    )  # fmt: skip
    active = received(OLD_SOLUTIONS, done.time, done.delivered, np.full(done.time.size - 1, 310.15))
    share = (active[-1] - active[0]) / (done.delivered[-1] - done.delivered[0])
    assert share == pytest.approx(1.0 - 0.5 * OLD_SOLUTIONS.rate * DAY, abs=1e-5)
