"""Two studies made by hand for the tests: round numbers of the right size, no scenario file; what they must show stands
in the tests that use them."""

from __future__ import annotations

import math

import numpy as np

from fluidics.drives import Piston
from fluidics.drugs.aggregation import Insulin
from fluidics.lines.catheter import Catheter
from fluidics.power import Battery
from fluidics.programmes.regimen import BasalBolus
from fluidics.pump import Pump
from fluidics.reservoirs.reservoir import TwoPhaseReservoir
from fluidics.rows import slots
from fluidics.sites.site import Peritoneum
from reliability.chunk import Plan
from reliability.clinic import Clinic
from reliability.design import Design, Rules
from reliability.events import EXPLANT, OPERATE, RECORD, REPLACE, VISIT
from reliability.hazards import HAZARD_WIDTH
from reliability.modes import DepletedBattery, EmptyReservoir, Underdelivery
from reliability.population import LOGNORMAL_LAW, PER_DEVICE, Population

DAY = 86400.0
YEAR = 365.25 * DAY
ML = 1e-6
DAILY = 0.1 * ML / DAY  # 40 U of U400 insulin a day


def pump(nucleation: float, tip_onset: float, capsule_onset: float) -> Pump:
    """Return a pump of the implanted insulin class; nucleation per day, onsets per year."""
    return Pump(
        reservoir=TwoPhaseReservoir(
            capacity=15 * ML,
            residual=1 * ML,
            # 6.8803 - 1099.9 / (227.5 + t), in mmHg and degC: about 31 kPa below the atmosphere at body temperature
            antoine_a=math.log(133.322368) + 6.8803 * math.log(10.0),
            antoine_b=1099.9 * math.log(10.0),
            antoine_c=227.5 - 273.15,
            ambient=101325.0,
            stiffness=0.0,
        ),
        drug=Insulin(
            growth=0.02 / DAY,
            activation_energy=1e5,
            reference_temperature=310.15,
            nucleation=nucleation / DAY,
            batch_spread=0.3,
            lot_spread=0.0,
            device_spread=1.0,
            vial_spread=0.3,
            relative_viscosity=1.05,
        ),
        drive=Piston(
            stroke_volume=0.5e-9,
            accuracy=1.0,
            stall_pressure=100e3,
            filter_resistance=31e3 / (0.6 * DAILY),
            reference_viscosity=6.9e-4,
            deposition_time=1 * DAY,
            pressure_factor=55.0,
            rinse_left=0.02,
        ),
        catheter=Catheter(
            length=0.25, radius=0.2e-3, onset_rate=tip_onset / YEAR, batch_spread=0.5, closing_time=13.4 * DAY
        ),
        site=Peritoneum(
            body_temperature=310.15,
            pressure=2e3,
            onset_rate=capsule_onset / YEAR,
            batch_spread=0.5,
            closing_time=13.4 * DAY,
            capsule_resistance=2.3e11,
        ),
        power=Battery(energy=3800.0, spread=0.05, base_power=7.5e-6, stroke_energy=7.5e-6 * DAY / 200),
    )


def clinic(interval: float, spread: float) -> Clinic:
    """Return a clinic that refills at an interval [s] with a spread [s]."""
    return Clinic(
        interval=interval,
        interval_spread=spread,
        longest_interval=104 * DAY,
        missed=0.0,
        postponement=30 * DAY,
        low_volume=2 * ML,
        low_response=3 * DAY,
        error_noise=0.02,
        error_threshold=0.15,
        surgery_threshold=0.5,
        rinses=1.0,
        replacement_threshold=0.4,
        replacement_delay=7 * DAY,
        reimplantation_delay=90 * DAY,
        abandonment=0.1,
    )


POPULATION = Population(
    mean_rate=DAILY,
    rate_spread=0.25,
    cycle_spread=0.05,
    frailty_spread=0.6,
    death_rate=0.01 / YEAR,
    loss_rate=0.01 / YEAR,
    abandonment_rate=0.01 / YEAR,
    entry_span=2 * YEAR,
    closing_date=11 * YEAR,
    patients_per_world=50.0,
    batch_duration=270 * DAY,
    lot_duration=365 * DAY,
    response_time=10 * 3600.0,
    bearable_time=10 * 3600.0,
)
# 55 % of the dose as basal; boluses at 60 times the mean rate
REGIMEN = BasalBolus(basal_share=0.55, bolus_rate=60 * DAILY)
MODES = (DepletedBattery(0.02), EmptyReservoir(), Underdelivery(0.5), Underdelivery(0.2))
# remedy, delay, stops, starves, missed
MODE_ROWS = np.array(
    [[REPLACE, 0, 0, 0, 0], [VISIT, 2 * DAY, 1, 1, 0], [VISIT, 14 * DAY, 0, 0, 0], [RECORD, 0, 0, 1, 0]],
    dtype=np.float64,
)


def hazard_rows(rows) -> np.ndarray:
    """Return hazard rows of rate, shape, frail, remedy, share operated, stops, and what a row says besides."""
    return np.array([[*row, *[0.0] * (HAZARD_WIDTH - len(row))] for row in rows], dtype=np.float64)


HAZARDS = hazard_rows(
    [
        [0.042 / YEAR, 1, 1, REPLACE, 1.0, 1],
        [0.025 / YEAR, 1, 1, EXPLANT, 1.0, 0],
        [0.039 / YEAR, 1, 1, OPERATE, 1.0, 0],
        [0.060 / YEAR, 1, 1, OPERATE, 0.2, 0],
        [1.0 / (20 * YEAR), 3, 0, REPLACE, 1.0, 1],
    ]
)


def _plan(design: Design, seed: int, years: float) -> Plan:
    accuracy = slots(design.pump).index("drive.accuracy")
    return Plan(
        design=design,
        rules=Rules(horizon=years * YEAR, panels=1.0, replaces=1.0),
        spreads=np.array([[accuracy, LOGNORMAL_LAW, 0.02, PER_DEVICE]], dtype=np.float64),
        mode_rows=MODE_ROWS,
        hazards=HAZARDS,
        mode_names=("depleted_battery", "empty_reservoir", "underdelivery_50", "underdelivery_20"),
        hazard_names=("electronics", "infection", "pain", "other", "wear"),
        seed=seed,
    )


def quiet_plan(seed: int = 1, years: float = 10.0) -> Plan:
    """Return a study of stable insulin: few underdeliveries, pumps end by hazards and battery."""
    device = pump(nucleation=math.exp(-15.0), tip_onset=0.055, capsule_onset=0.035)
    return _plan(Design(device, MODES, REGIMEN, clinic(45 * DAY, 5 * DAY), POPULATION), seed, years)


def active_plan(seed: int = 1, years: float = 10.0) -> Plan:
    """Return a study of poorly stabilised insulin: valves leak and tips close, so that rinses and operations abound."""
    device = pump(nucleation=math.exp(-12.1), tip_onset=0.36, capsule_onset=0.23)
    return _plan(Design(device, MODES, REGIMEN, clinic(90 * DAY, 7 * DAY), POPULATION), seed, years)
