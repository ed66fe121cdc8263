"""Air that a refill leaves behind: which way valve episodes go with it, and what the same drug does when it is shaken;
nothing here is tuned to a field series."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from scipy.optimize import brentq

from fluidics.drugs.formulation import nucleation_on_air
from fluidics.lines.air import outgassed
from fluidics.pump import MEDIAN_LUCK, new_pump
from fluidics.questions import advance, ambient, fresh, potency, pressure
from reliability.chunk import kinds, simulate
from reliability.modes import WeakDrug
from scenarios.build import load, plan
from scenarios.document import ScenarioError
from scenarios.units import DAY
from tests.fluidics.parts import AROUND, BODY

NAME = "implanted-insulin-air"
OPEN = ("pump.catheter.onset_rate=0 /y", "pump.site.onset_rate=0 /y")  # so that only valves fail
DEGASSED, PROTECTED = "drug.degassing=100 %", "drug.surfactant=5 umol/L"
YEARS, PATIENTS = 8.0, 300
HOUR = 3600.0


@pytest.fixture(scope="module")
def rinses():
    """Return a function from overrides to rinses in all pumps, every run with the same luck."""
    done = {}

    def simulated(*overrides: str) -> int:
        if overrides not in done:
            whole = plan(load(NAME, (*OPEN, *overrides)), YEARS, 1)
            done[overrides] = int(simulate(whole, 0, PATIENTS).patients["rinses"].sum())
        return done[overrides]

    return simulated


# --- pumps ----------------------------------------------------------------------------------------------------------


def test_more_air_more_valve_episodes(rinses):
    counts = [rinses(DEGASSED), rinses("drug.air=0.1 mL"), rinses(), rinses("drug.air=0.5 mL")]
    assert counts == sorted(counts)
    assert all(more > 1.3 * less + 10.0 for less, more in pairwise(counts))


def test_air_that_is_moved_more_begins_more(rinses):
    assert rinses("drug.renewal=10 /d") < 0.5 * rinses() < rinses() < 0.5 * rinses("drug.renewal=1000 /d")


def test_degassed_refills_bring_no_valve_episode_in_eight_years(rinses):
    assert rinses(DEGASSED) == 0


def test_surfactant_with_imperfect_degassing_brings_none_either(rinses):
    assert rinses(PROTECTED, "drug.degassing=95 %") == 0
    assert 10 * rinses(PROTECTED) < rinses()
    assert 2 * rinses("drug.degassing=95 %") < rinses()


def test_preservative_that_walls_take_hastens(rinses):
    assert rinses("drug.uptake=0 %") < rinses("drug.uptake=15 %")


def test_the_pump_differs_from_the_degassed_one_by_its_drug_alone():
    with_air, without = (load(name).design for name in (NAME, "implanted-insulin"))
    same = with_air._replace(pump=with_air.pump._replace(drug=without.pump.drug), modes=with_air.modes[:-1])
    assert same == without
    assert with_air.modes[-1] == WeakDrug(0.9)
    assert all(getattr(with_air.pump.drug, field) == getattr(without.pump.drug, field) for field in (
        "growth", "nucleation", "activation_energy", "reference_temperature", "batch_spread", "device_spread",
    ))  # fmt: skip


def test_the_air_is_what_a_refill_gives_off_by_henrys_law():
    pump = load(NAME).design.pump
    absolute = ambient(pump.reservoir) + pressure(pump.reservoir, new_pump(pump).reservoir, BODY)
    assert pump.drug.air == pytest.approx(outgassed(pump.drug.volume, 293.15, BODY, 101325.0, absolute), rel=0.03)
    assert pump.drug.volume == pump.reservoir.capacity


# --- the drug -------------------------------------------------------------------------------------------------------


def drug(*overrides: str):
    return load(NAME, overrides).design.pump.drug


def fails_after(part) -> float:
    """Return the time [s] from a fill to the aggregate that deposits one unit a day, with median luck."""
    own = fresh(part, MEDIAN_LUCK)
    return math.exp(brentq(lambda x: math.log(advance(part, own, math.exp(x), AROUND).mass), 0.0, 22.0))


def shaken(*overrides: str):
    """Return the drug in a well: 200 /m of air, ten renewals a second."""
    part = drug("drug.renewal=10 /s", *overrides)
    return part._replace(air=(200.0 * part.volume) ** 1.5 / math.sqrt(36.0 * math.pi))


def test_shaken_with_air_it_fails_when_it_was_calibrated_to():
    """Commercial insulin under stressed aging: 10 h (Maikawa et al., Adv. Ther. 3 (2020) 1900094)."""
    assert fails_after(shaken("drug.uptake=0 %")) / HOUR == pytest.approx(10.0, rel=0.05)


def test_stabilised_u400_without_air_outlasts_ninety_days_by_the_same_law():
    part = drug(DEGASSED)
    own = advance(part, fresh(part, MEDIAN_LUCK), 90.0 * DAY, AROUND)
    assert own.mass < 1e-3
    assert potency(part, own) > 0.95
    # no change in a week without air against ten hours with it
    assert fails_after(part) / fails_after(shaken()) > 17.0


def test_surfactant_protects_for_eight_days_of_shaking_and_the_reversed_kind_hastens():
    """Chawla et al., Diabetes 34 (1985) 420; the surfactant is calibrated to the first, the sign is not."""
    assert fails_after(shaken(PROTECTED)) > 8.0 * DAY
    assert fails_after(shaken(PROTECTED, "drug.hastening=3")) < fails_after(shaken())


def test_air_begins_more_than_twenty_times_what_begins_without():
    assert nucleation_on_air(drug(), drug().air) > 20.0 * drug().nucleation


# --- words ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "change",
    ["drug.air=-1 mL", "drug.degassing=110 %", "drug.volume=0 mL", "drug.uptake=-5 %", "drug.surfactant_half=0 umol/L",
     "drug.interface=0 nm", "drug.growth=0.2 /d"],
)  # fmt: skip
def test_nonsense_is_refused(change):
    with pytest.raises(ScenarioError):
        load(NAME, [change])


@pytest.mark.parametrize(("loss", "felt"), [("0.2 %/d", True), ("0.0352 %/d", False)])
def test_weak_drug_is_recorded_when_a_quarter_costs_a_tenth_of_it(loss, felt):
    """The worst of old solutions loses 16 % in 90 days, neutral insulin 3 %; refills each quarter."""
    quarterly = ("clinic.interval=90 d", "clinic.longest_interval=104 d")
    whole = plan(load(NAME, [*OPEN, *quarterly, DEGASSED, f"drug.loss={loss}"]), 2.0, 1)
    chunk = simulate(whole, 0, 50)
    named = kinds(whole)
    count = np.count_nonzero([named[int(kind)] == "insulin_weak" for kind in chunk.events["kind"]])
    refills = int(chunk.patients["refills"].sum())
    assert 0.5 * refills < count if felt else count == 0
