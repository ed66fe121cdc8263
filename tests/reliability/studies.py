"""More studies made by hand, whose answers are known in closed form, and what the tests of the kernel do with chunks;
the two life-like studies stand in `tests.reliability.plans`."""

from __future__ import annotations

import hashlib
import math

import numpy as np

from fluidics.drives import Restrictor
from fluidics.drugs.aggregation import Insulin
from fluidics.drugs.infusate import Infusate
from fluidics.lines.catheter import Catheter
from fluidics.power import Unpowered
from fluidics.programmes.regimen import ConstantRate
from fluidics.pump import Pump
from fluidics.reservoirs.reservoir import TwoPhaseReservoir
from fluidics.sites.site import Artery
from reliability.chunk import Chunk, Plan, simulate
from reliability.design import Design, Rules
from reliability.events import OPERATE, RECORD, REPLACE
from reliability.hazards import HAZARD_WIDTH
from reliability.interruption import MODE_WIDTH
from tests.reliability.plans import DAILY, DAY, MODES, POPULATION, YEAR, clinic, hazard_rows, quiet_plan

TABLES = ("patients", "devices", "events")
STEADY = POPULATION._replace(
    rate_spread=0.0, cycle_spread=0.0, frailty_spread=0.0, death_rate=0.0, loss_rate=0.0, abandonment_rate=0.0,
    entry_span=0.0, closing_date=1e12,
)  # fmt: skip
NO_SPREADS = np.zeros((0, 4))


def hepatic_plan(seed: int = 1, years: float = 10.0) -> Plan:
    """Return a study of a pump that a propellant drives at a fixed rate, refilled every month."""
    pump = Pump(
        # n-butane: 6.80896 - 935.86 / (238.73 + t), in mmHg and degC
        reservoir=TwoPhaseReservoir(
            50e-6, 2e-6, math.log(133.322368) + 6.80896 * math.log(10.0), 935.86 * math.log(10.0), 238.73 - 273.15,
            101325.0, 0.0,
        ),
        drug=Infusate(1.0),
        drive=Restrictor(2.1e16, 6.9e-4),
        catheter=Catheter(0.5, 0.3e-3, 0.05 / YEAR, 0.3, 20.0 * DAY),
        site=Artery(310.15, 12e3),
        power=Unpowered(),
    )  # fmt: skip
    hazards = hazard_rows(
        [[0.03 / YEAR, 1.0, 1, REPLACE, 1.0, 1], [0.1 / YEAR, 1.0, 0, OPERATE, 0.5, 0], [0.05 / YEAR, 2.0, 0, 0, 0, 0]]
    )
    people = POPULATION._replace(mean_rate=1e-6 / DAY, rate_spread=0.0, cycle_spread=0.0)
    monthly = clinic(30.0 * DAY, 3.0 * DAY)._replace(rinses=0.0)
    return Plan(
        design=Design(pump, (), ConstantRate(), monthly, people),
        rules=Rules(years * YEAR, 1.0, 1.0),
        spreads=NO_SPREADS,
        mode_rows=np.zeros((0, MODE_WIDTH)),
        hazards=hazards,
        mode_names=(),
        hazard_names=("stop", "catheter", "other"),
        seed=seed,
    )  # fmt: skip


def still_plan(hazards=None, interval: float = YEAR, years: float = 10.0, seed: int = 1, **people: float) -> Plan:
    """Return a study in which no physics happens: no growth, leak, onset, spread or drain, and a drop as dose."""
    plan = quiet_plan(seed, years)
    pump = plan.design.pump
    drug = Insulin(0.0, 0.0, 310.15, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)
    pump = pump._replace(
        drug=drug,
        catheter=pump.catheter._replace(onset_rate=0.0, batch_spread=0.0),
        site=pump.site._replace(onset_rate=0.0, batch_spread=0.0),
        power=pump.power._replace(spread=0.0, base_power=0.0, stroke_energy=0.0),
    )
    seldom = clinic(interval, 0.0)._replace(
        longest_interval=100.0 * YEAR, low_volume=0.0, low_response=100.0 * YEAR, error_noise=0.0, replacement_delay=0.0
    )
    population = STEADY._replace(mean_rate=1e-6 * DAILY)._replace(**people)
    return plan._replace(
        design=Design(pump, MODES, plan.design.regimen, seldom, population),
        spreads=NO_SPREADS,
        hazards=np.zeros((0, HAZARD_WIDTH)) if hazards is None else hazard_rows(hazards),
        hazard_names=() if hazards is None else tuple(f"hazard_{k}" for k in range(len(hazards))),
    )


def weibull_plan(seed: int = 1) -> Plan:
    """Return devices, one for each patient, that end by the first of two Weibull lives, with scales of 10 and 12 y."""
    hazards = [
        [1.0 / (10.0 * YEAR), 2.0, 0, REPLACE, 1.0, 0],
        [1.0 / (12.0 * YEAR), 1.2, 0, REPLACE, 1.0, 0],
    ]
    plan = still_plan(hazards, interval=4.0 * YEAR, years=10.0, seed=seed)
    return plan._replace(rules=plan.rules._replace(replaces=0.0))


def recurring_plan(rate: float, shape: float, years: float = 10.0, interval: float = 90.0 * DAY) -> Plan:
    """Return a study in which one hazard happens again and again and leads to nothing; rate per second."""
    return still_plan([[rate, shape, 0, RECORD, 0.0, 0]], interval, years)


def joined(chunks: list[Chunk], table: str) -> dict[str, np.ndarray]:
    """Return one table of consecutive chunks."""
    parts = [getattr(chunk, table) for chunk in chunks]
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def hashed(chunks: list[Chunk]) -> str:
    """Return the hash of all columns of consecutive chunks."""
    text = hashlib.sha256()
    for table in TABLES:
        for name, column in joined(chunks, table).items():
            text.update(f"{table}.{name}:{column.dtype}:{len(column)}".encode())
            text.update(column.tobytes())
    return text.hexdigest()


def in_chunks(plan: Plan, count: int, size: int, room: int = 8) -> list[Chunk]:
    """Return the histories of `count` patients in chunks of a size."""
    return [simulate(plan, first, min(size, count - first), room) for first in range(0, count, size)]
