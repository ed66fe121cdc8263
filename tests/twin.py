"""The slow obvious twin of the lifetime kernel for the insulin pump: plain floats, small fixed steps, no compiled code;
its pump and clinic stand in `tests/twin_pump.py`. It shares the random numbers and the names of codes with the kernel,
and none of its physics or decisions."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, log
from typing import NamedTuple

from reliability import events as code
from reliability import hazards as hazard_column
from reliability import interruption as mode_column
from reliability import streams
from reliability.chunk import Plan
from reliability.streams import two_uniforms
from tests.twin_pump import BLOCK, DAY, Course, Decision, Device, Event, Person, person

STEP = 0.5 * DAY


class Stop(NamedTuple):
    """Why and when a device's stretch between refills ended for good; cause 0 when at a visit or the end."""

    time: float
    cause: int
    remedy: int


class Cycle:
    """One device from a refill to its next visit."""

    def __init__(self, device: Device, time: float, visit: float, interruptions: int) -> None:
        self.device, self.time, self.visit, self.interruptions = device, time, visit, interruptions
        self.until = min(visit, device.who.end)
        self.delivered = self.expected = 0.0
        self.latched: set[int] = set()
        self.reported = False
        self.cause = self.remedy = 0

    def go(self) -> Iterator[tuple[int, int]]:
        """Step to the visit; yield the mode or hazard (the other is -1) that interrupts, as it happens."""
        device, course = self.device, self.device.course
        before = device.margins(self.time)
        while self.time < self.until:
            ages = device.firing_ages
            firing = min(range(len(ages)), key=ages.__getitem__, default=-1)
            fires_at = device.start + ages[firing] if firing >= 0 else inf
            to = min(self.time + STEP, self.until, fires_at)
            kept = device.deposit, device.drawn, device.energy
            volume = device.step(self.time, to - self.time)
            after = device.margins(to)
            open_modes = [k for k in range(len(after)) if device.running and k not in self.latched]
            crossed = {k: max(before[k], 0.0) / (max(before[k], 0.0) - after[k]) for k in open_modes if after[k] < 0.0}
            # a crossing is also a decision about the visit: how far from crossing would the mode have been by then?
            rest = (self.until - to) / (to - self.time)
            by_visit = {k: after[k] + (after[k] - before[k]) * rest for k in open_modes}
            if rest == 0.0 or crossed:
                course.decisions += [Decision(to, f"mode {k}", by_visit[k]) for k in open_modes]
            mode = min(crossed, key=crossed.__getitem__, default=-1)
            if mode >= 0:
                to = self.time + crossed[mode] * (to - self.time)
                device.deposit, device.drawn, device.energy = kept
                volume = device.step(self.time, to - self.time)
                after = device.margins(to)
            if to == self.until or mode >= 0:
                course.dated(to, "hazard", fires_at, to)
            programmed = device.programmed * (to - self.time)
            self.delivered += volume
            self.expected += programmed if device.running else 0.0
            course.delivered += volume
            course.missed += programmed - volume
            self.time, before = to, after
            if mode >= 0:
                yield mode, -1
            elif to == fires_at:
                yield -1, firing

    def run(self) -> None:
        """Live the cycle with all that interrupts it."""
        for mode, row in self.go():
            self.interruptions += 1
            if mode >= 0:
                self.mode_happens(mode)
            else:
                self.hazard_happens(row)
            if self.cause:
                return

    def mode_happens(self, mode: int) -> None:
        """Follow a physical mode that crossed."""
        row = self.device.plan.mode_rows[mode].tolist()
        self.latched.add(mode)
        noticed = self.time + row[mode_column.MODE_MISSED] / self.device.programmed + row[mode_column.MODE_DELAY]
        if row[mode_column.MODE_REMEDY] == code.VISIT and noticed < self.until:
            self.visit = noticed
            self.until = min(self.until, self.visit)
            self.reported = True
        self.happens(
            code.MODE + mode,
            int(row[mode_column.MODE_REMEDY]),
            bool(row[mode_column.MODE_STOPS]),
            bool(row[mode_column.MODE_STARVES]),
        )

    def hazard_happens(self, j: int) -> None:
        """Follow a hazard that fired."""
        device, row = self.device, self.device.plan.hazards[j].tolist()
        device.firing_ages[j] = device.firing_age(j, self.time - device.start, device.block + self.interruptions)
        stops = bool(row[hazard_column.STOPS])
        self.happens(code.HAZARD + j, int(row[hazard_column.REMEDY]), stops, stops)

    def happens(self, kind: int, remedy: int, stops: bool, starves: bool) -> None:
        """Record what happened and what it leads to at once."""
        device, course, people = self.device, self.device.course, self.device.plan.design.population
        course.events.append(Event(self.time, kind, device.ordinal, 0.0))
        event = device.block + self.interruptions
        u = two_uniforms(device.plan.seed, device.who.number, event, streams.RESPONSE)[0]
        late = self.time + people.bearable_time
        ends = remedy in (code.REPLACE, code.EXPLANT)
        relief = self.visit
        if ends:
            following = implantation(device.plan, device.who, device.ordinal, remedy, self.time)
            relief = self.time if following is None else following
        relief = min(relief, device.who.end)
        starves = starves and device.running
        if starves:
            course.dated(self.time, "relief", late, relief)
        if starves and late < relief and -log(u) * people.response_time > people.bearable_time:
            course.events.append(Event(late, code.KETOACIDOSIS, device.ordinal, 0.0))
        if ends:
            self.cause, self.remedy = kind, remedy
        if stops:
            device.running = False


def live(device: Device) -> Stop:
    """Follow a device from its implantation to its end or that of the follow-up."""
    time, who, course = device.start, device.who, device.course
    interruptions = 0
    for number in range(BLOCK):
        device.running = True
        rate = device.refill(time, number)
        wait, noise = device.wait(number, rate)
        cycle = Cycle(device, time, time + wait, interruptions)
        cycle.run()
        time, interruptions = cycle.time, cycle.interruptions
        if cycle.cause:
            return Stop(time, cycle.cause, cycle.remedy)
        course.dated(time, "end of follow-up", who.end, cycle.visit)
        if time >= who.end:
            return Stop(time, 0, code.RECORD)
        course.refills += 1
        lost = 1.0 - cycle.delivered / cycle.expected
        if cycle.reported and device.running:
            lost = device.now(time).loss
        if device.visit(time, lost + noise, number + 1):
            return Stop(time, code.FLOW_REPLACEMENT, code.REPLACE)
    raise RuntimeError("a device of the twin had more visits than are set aside")


def implantation(plan: Plan, who: Person, ordinal: int, remedy: int, time: float) -> float | None:
    """Return when the pump after one that ended at a time is implanted, or None when follow-up ends with it."""
    clinic = plan.design.clinic
    if not plan.rules.replaces:
        return None
    if remedy != code.EXPLANT:
        return time + clinic.replacement_delay
    gives_up = two_uniforms(plan.seed, who.number, ordinal, streams.EXPLANT)[0] < clinic.abandonment
    return None if gives_up else time + clinic.reimplantation_delay


def follow(plan: Plan, number: int) -> Course:
    """Return the course of one patient of a plan.

    Parameters
    ----------
    plan : Plan
        A study of pumps with two-phase reservoir, insulin, piston, catheter, peritoneum and battery.
    number : int
        Number of the patient.
    """
    course, who = Course(), person(plan, number)
    course.end, course.reason = who.end, who.reason
    time, ordinal = 0.0, 0
    while time < course.end:
        device = Device(plan, who, ordinal, time, course)
        course.devices += 1
        stop = live(device)
        if stop.cause == 0:
            break
        following = implantation(plan, who, ordinal, stop.remedy, stop.time)
        if following is None:
            course.end, course.reason = stop.time, code.ABANDONED if plan.rules.replaces else code.DEVICE_END
            break
        time = following
        ordinal += 1
    course.events.sort(key=lambda event: event.time)
    return course
