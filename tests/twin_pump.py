"""The twin's patient and insulin pump: every formula and every decision of the clinic written out in plain floats; how
they are followed in time stands in `tests/twin.py`."""

from __future__ import annotations

from math import exp, inf, log, pi
from statistics import NormalDist
from typing import Any, NamedTuple

from reliability import events as code
from reliability import hazards as hazard_column
from reliability import population as spread_column
from reliability import streams
from reliability.chunk import Plan
from reliability.streams import two_uniforms

DAY = 86400.0
BLOCK = 4096  # numbers of visits and interruptions set aside for each pump of a patient
GAS_CONSTANT = 8.31446261815324

normal = NormalDist().inv_cdf


class Event(NamedTuple):
    """What the result file says of one event."""

    time: float  # [s] since the patient's entry
    kind: int
    device: int
    value: float


class Decision(NamedTuple):
    """A comparison that chose a way, and how far it was from choosing the other.

    A loss near a threshold changes by about one point a day, so a day between two dates counts as a margin of 0.01.
    """

    time: float  # [s]
    name: str
    margin: float  # [-]
    of_dates: bool = False


class Course:
    """What became of one patient."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self.decisions: list[Decision] = []
        self.end = 0.0
        self.reason = 0
        self.devices = 0
        self.refills = 0
        self.delivered = 0.0
        self.missed = 0.0

    def above(self, time: float, name: str, value: float, threshold: float) -> bool:
        """Return whether a value is above its threshold, and remember how close it was."""
        self.decisions.append(Decision(time, name, value - threshold))
        return value > threshold

    def dated(self, time: float, name: str, one: float, other: float) -> None:
        """Remember how close two dates [s] were whose order matters."""
        self.decisions.append(Decision(time, name, 0.01 * (one - other) / DAY, of_dates=True))


class Person(NamedTuple):
    """A patient as drawn."""

    number: int
    world: int
    rate: float
    frailty: float
    entry: float
    end: float
    reason: int


def person(plan: Plan, number: int) -> Person:
    """Return the patient of a number."""
    people = plan.design.population
    dose, frail = two_uniforms(plan.seed, number, 0, streams.PATIENT)
    enter, die = two_uniforms(plan.seed, number, 1, streams.PATIENT)
    lose, give_up = two_uniforms(plan.seed, number, 2, streams.PATIENT)
    entry = enter * people.entry_span
    ends = [(plan.rules.horizon, code.HORIZON), (people.closing_date - entry, code.DATE)]
    competing = (
        (die, people.death_rate, code.DEATH),
        (lose, people.loss_rate, code.LOST),
        (give_up, people.abandonment_rate, code.ABANDONED),
    )
    ends += [(-log(u) / rate, reason) for u, rate, reason in competing if rate > 0.0]
    end, reason = min(ends)
    return Person(
        number=number,
        world=number // int(people.patients_per_world),
        rate=people.mean_rate * exp(people.rate_spread * normal(dose)),
        frailty=exp(people.frailty_spread * normal(frail) - people.frailty_spread**2 / 2.0),
        entry=entry,
        end=end,
        reason=reason,
    )


class Growth:
    """Tissue that starts to close a line when its onset hazard is spent."""

    def __init__(self, part: Any, uniform: float) -> None:
        self.part = part
        self.wait = -log(uniform)
        self.onset = inf
        self.hazard = part.onset_rate

    def batch(self, time: float, z: float) -> None:
        """Go on with the drug of another batch."""
        if self.onset < time:
            return
        if self.onset < inf:
            self.wait = (self.onset - time) * self.hazard
        self.hazard = self.part.onset_rate * exp(self.part.batch_spread * z - self.part.batch_spread**2 / 2.0)
        self.onset = time + self.wait / self.hazard if self.hazard > 0.0 else inf

    def grown(self, time: float) -> float:
        """Return the factor by which the resistance has grown."""
        return exp(max(time - self.onset, 0.0) / self.part.closing_time)


class Point(NamedTuple):
    """Flows and pressures of one moment, averaged over the rates of the day."""

    flow: float
    square: float  # mean square of the line pressure
    loss: float


class Device:
    """One implanted pump."""

    def __init__(self, plan: Plan, who: Person, ordinal: int, start: float, course: Course) -> None:
        self.plan, self.who, self.ordinal, self.start, self.course = plan, who, ordinal, start, course
        self.block = ordinal * BLOCK
        self.pump = self.spread(plan.design.pump)
        lot = normal(two_uniforms(plan.seed, who.world, self.lot_number(), streams.LOT)[0])
        drug, power = self.pump.drug, self.pump.power
        self.luck = drug.lot_spread * lot + drug.device_spread * normal(self.part_luck(1, 0)[1])
        self.energy = self.full = power.energy * (1.0 + power.spread * max(normal(self.part_luck(5, 0)[1]), -4.0))
        self.catheter = Growth(self.pump.catheter, self.part_luck(3, 0)[0])
        self.capsule = Growth(self.pump.site, self.part_luck(4, 0)[0])
        self.deposit = 0.0
        self.drawn = 0.0
        self.seeds = 0.0
        self.nucleation = 0.0
        self.filled_at = start
        self.running = True
        self.constants()
        self.firing_ages = [self.firing_age(j, 0.0, self.block) for j in range(len(plan.hazards))]

    def lot_number(self) -> int:
        """Return the number of the lot that is implanted at the time."""
        return int((self.who.entry + self.start) / self.plan.design.population.lot_duration)

    def part_luck(self, place: int, event: int) -> tuple[float, float]:
        """Return the two uniform numbers of a fresh part."""
        return two_uniforms(self.plan.seed, self.who.number, self.block + event, streams.PART + place)

    def spread(self, pump: Any) -> Any:
        """Return the pump with its drawn parameters."""
        numbers = [number for part in pump for number in part]
        for k, row in enumerate(self.plan.spreads.tolist()):
            event, subject = self.ordinal + 1, self.who.number
            if row[spread_column.SHARED] == spread_column.PER_LOT:
                event, subject = self.lot_number(), self.who.world
            elif row[spread_column.SHARED] == spread_column.PER_PATIENT:
                event = 0
            z = normal(two_uniforms(self.plan.seed, subject, event, streams.SPREAD + k)[0])
            sd = row[spread_column.SPREAD_SD]
            lognormal = row[spread_column.LAW] == spread_column.LOGNORMAL_LAW
            factor = exp(sd * z) if lognormal else 1.0 + sd * min(max(z, -4.0), 4.0)
            numbers[int(row[spread_column.SLOT])] *= factor
        left = iter(numbers)
        return type(pump)(*(type(part)(*(float(next(left)) for _ in part)) for part in pump))

    def constants(self) -> None:
        """Work out what does not change while the pump lives."""
        reservoir, drug, drive, catheter, site, _ = self.pump
        body = site.body_temperature
        self.viscosity = drug.relative_viscosity * 2.414e-5 * 10.0 ** (247.8 / (body - 140.0))
        self.vacuum = exp(reservoir.antoine_a - reservoir.antoine_b / (body + reservoir.antoine_c)) - reservoir.ambient
        arrhenius = drug.activation_energy / GAS_CONSTANT * (1.0 / drug.reference_temperature - 1.0 / body)
        self.kappa = drug.growth * exp(arrhenius)
        self.lumen = 8.0 * self.viscosity * catheter.length / (pi * catheter.radius**4)
        self.filter = drive.filter_resistance * self.viscosity / drive.reference_viscosity

    def firing_age(self, j: int, age: float, event: int) -> float:
        """Return the age at which hazard j fires next, its threshold drawn at an age."""
        row = self.plan.hazards[j].tolist()
        rate, shape = row[hazard_column.RATE], row[hazard_column.SHAPE]
        weight = self.who.frailty if row[hazard_column.FRAILTY] else 1.0
        threshold = -log(two_uniforms(self.plan.seed, self.who.number, event, streams.HAZARD + j)[0])
        if rate <= 0.0:
            return inf
        return ((rate * age) ** shape + threshold / weight) ** (1.0 / shape) / rate

    # ---- physics

    def refill(self, time: float, number: int) -> float:
        """Fill with fresh drug, set the programme, return the mean programmed rate."""
        people, regimen = self.plan.design.population, self.plan.design.regimen
        a, b = two_uniforms(self.plan.seed, self.who.number, self.block + number, streams.FILL)
        batches = (self.who.entry + time) / people.batch_duration
        batch_number = int(batches)
        self.course.dated(time, "batch", batches * people.batch_duration, round(batches) * people.batch_duration)
        batch = normal(two_uniforms(self.plan.seed, self.who.world, batch_number, streams.BATCH)[0])
        drug, reservoir = self.pump.drug, self.pump.reservoir
        self.seeds = self.mass(time) * reservoir.residual / reservoir.capacity
        self.nucleation = drug.nucleation * exp(self.luck + drug.batch_spread * batch + drug.vial_spread * normal(b))
        self.filled_at = time
        self.drawn = 0.0
        self.catheter.batch(time, batch)
        self.capsule.batch(time, batch)
        rate = self.who.rate * exp(people.cycle_spread * normal(a))
        bolus_share = min((1.0 - regimen.basal_share) * rate / regimen.bolus_rate, 0.999)
        basal_rate = regimen.basal_share * rate / (1.0 - bolus_share)
        self.levels = [(basal_rate, 1.0 - bolus_share), (regimen.bolus_rate, bolus_share)]
        self.programmed = sum(share * rate for rate, share in self.levels)
        return rate

    def mass(self, time: float) -> float:
        """Return the aggregated mass: dm/dt = kappa m + nu since the refill."""
        since = time - self.filled_at
        if self.kappa == 0.0:
            return self.seeds + self.nucleation * since
        grown = exp(self.kappa * since)
        return self.seeds * grown + self.nucleation * (grown - 1.0) / self.kappa

    def operating(self, deposit: float, drawn: float, tip: float, capsule: float) -> Point:
        """Return the operating point with a tip and a capsule grown by their factors."""
        reservoir, _, drive, _, site, _ = self.pump
        leak = deposit**3 / (1.0 + deposit**3) / self.filter
        line = self.lumen * tip + site.capsule_resistance * (capsule - 1.0)
        p_in = self.vacuum - reservoir.stiffness * drawn
        flow = square = 0.0
        for rate, share in self.levels:
            # stroke volume in = leak back + flow out, at p = p_site + line * flow, unless the stroke stalls
            q = (drive.accuracy * rate - leak * (site.pressure - p_in)) / (1.0 + leak * line)
            q = min(q, (drive.stall_pressure - site.pressure) / line)
            flow += share * q
            square += share * (site.pressure + line * q) ** 2
        return Point(flow, square, 1.0 - flow / self.programmed)

    def now(self, time: float) -> Point:
        """Return the operating point at a time, as if the pump ran."""
        return self.operating(self.deposit, self.drawn, self.catheter.grown(time), self.capsule.grown(time))

    def slopes(self, time: float, deposit: float, drawn: float) -> tuple[float, float]:
        """Return the growth of the deposit and the net flow."""
        drive = self.pump.drive
        if self.running:
            point = self.operating(deposit, drawn, self.catheter.grown(time), self.capsule.grown(time))
        else:
            point = Point(0.0, self.pump.site.pressure**2, 1.0)
        held = 1.0 + drive.pressure_factor * point.square / drive.stall_pressure**2
        return self.mass(time) / drive.deposition_time * held, point.flow

    def step(self, time: float, dt: float) -> float:
        """Advance by one midpoint step and return the volume delivered."""
        d, v = self.slopes(time, self.deposit, self.drawn)
        d, v = self.slopes(time + dt / 2.0, self.deposit + d * dt / 2.0, self.drawn + v * dt / 2.0)
        self.deposit += d * dt
        self.drawn += v * dt
        power = self.pump.power
        strokes = self.programmed / self.pump.drive.stroke_volume if self.running else 0.0
        self.energy -= (power.base_power + power.stroke_energy * strokes) * dt
        return v * dt

    def margins(self, time: float) -> list[float]:
        """Return how far each physical mode is from happening."""
        found = []
        for mode in self.plan.design.modes:
            kind = type(mode).__name__
            if kind == "DepletedBattery":
                found.append(self.energy / self.full - mode.reserve)
            elif kind == "EmptyReservoir":
                reservoir = self.pump.reservoir
                found.append((reservoir.capacity - reservoir.residual - self.drawn) / reservoir.capacity)
            elif kind == "Underdelivery":
                found.append(1.0 - self.now(time).loss - mode.fraction)
            else:
                raise TypeError(f"the twin knows no mode {kind}")
        return found

    # ---- the clinic

    def wait(self, number: int, rate: float) -> tuple[float, float]:
        """Return the time from a refill to the next visit, and the error of its measurement."""
        clinic, reservoir = self.plan.design.clinic, self.pump.reservoir
        u, v = two_uniforms(self.plan.seed, self.who.number, self.block + number, streams.VISIT)
        noise = clinic.error_noise * normal(v)
        kept = 1.0 - clinic.missed
        if u >= kept:
            wait = clinic.interval + clinic.postponement
        else:
            wait = clinic.interval + clinic.interval_spread * normal(min(u / kept, 1.0 - 1e-16))
            wait = min(max(wait, clinic.interval / 5.0), clinic.longest_interval)
        alarm = max(reservoir.capacity - clinic.low_volume, 0.0) / rate
        return min(wait, alarm + clinic.low_response), noise

    def visit(self, time: float, error: float, number: int) -> bool:
        """Treat a measured error and return whether the pump must be replaced."""
        clinic, course = self.plan.design.clinic, self.course
        if not course.above(time, "episode", error, clinic.error_threshold):
            return False
        course.events.append(Event(time, code.UNDERDELIVERY, self.ordinal, error))
        if not course.above(time, "surgery first", error, clinic.surgery_threshold) and clinic.rinses:
            self.rinse(time)
            u = two_uniforms(self.plan.seed, self.who.number, self.block + number, streams.DETAIL)[0]
            again = self.now(time).loss + clinic.error_noise * normal(u)
            failed = course.above(time, "rinse failed", again, clinic.error_threshold)
            course.events.append(Event(time, code.RINSE, self.ordinal, 0.0 if failed else 1.0))
            if not failed:
                return False
        return self.operate(time, error, number)

    def rinse(self, time: float) -> None:
        """Dissolve what has settled."""
        self.deposit *= self.pump.drive.rinse_left
        self.seeds = self.nucleation = 0.0
        self.filled_at = time

    def operate(self, time: float, error: float, number: int) -> bool:
        """Operate, and return whether the pump must be replaced."""
        clinic, course = self.plan.design.clinic, self.course
        tip, capsule = self.catheter.grown(time), self.capsule.grown(time)
        line_loss = self.operating(0.0, self.drawn, tip, capsule).loss
        pump_loss = self.operating(self.deposit, self.drawn, 1.0, 1.0).loss
        as_new = self.operating(0.0, self.drawn, 1.0, 1.0).loss
        much = course.above(time, "line alone", line_loss - as_new, clinic.error_threshold)
        more = course.above(time, "pump more than line", pump_loss, line_loss)
        at_fault = max(tip, capsule) > 1.0 and (much or not more)
        if at_fault:
            by_tip, by_capsule = self.lumen * (tip - 1.0), self.pump.site.capsule_resistance * (capsule - 1.0)
            encapsulated = course.above(time, "capsule more than tip", by_capsule / max(by_tip + by_capsule, 1.0), 0.5)
            kind = code.ENCAPSULATION if encapsulated else code.TIP_OBSTRUCTION
            course.events.append(Event(time, kind, self.ordinal, error))
            self.catheter = Growth(self.pump.catheter, self.part_luck(3, number)[0])
            self.capsule = Growth(self.pump.site, self.part_luck(4, number)[0])
        if course.above(time, "replacement", pump_loss, clinic.replacement_threshold):
            course.events.append(Event(time, code.FLOW_REPLACEMENT, self.ordinal, error))
            return True
        low = course.above(time, "pump alone", pump_loss, clinic.error_threshold)
        if clinic.rinses and (low or not at_fault):
            course.events.append(Event(time, code.EXTRA_RINSE, self.ordinal, error))
            self.rinse(time)
        return False
