"""What a scenario file may say about time: the programme of a pump, and changes of its numbers while it is traced; what
is made of it stands in `scenarios.programmes`."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated, Any, Literal, NamedTuple

from pydantic import AfterValidator, BeforeValidator, Field, PlainValidator, WithJsonSchema, model_validator

from scenarios.entries import Entry, Strict, ValueOf, refused
from scenarios.units import convert

_CLOCK = re.compile(r"(\d\d?):(\d\d)")
_A_PAIR = {"type": "array", "minItems": 2, "maxItems": 2}


class Moment(NamedTuple):
    """A time of each day, or a time since the start."""

    given: str
    seconds: float
    daily: bool


def moment(text: Any) -> Moment:
    """Return a moment from its words.

    Raises
    ------
    ValueError
        When they are neither a time of day nor a time from the start on.

    Examples
    --------
    >>> moment("07:30")
    Moment(given='07:30', seconds=27000.0, daily=True)
    """
    clock = _CLOCK.fullmatch(text) if isinstance(text, str) else None
    if clock and int(clock[1]) < 24 and int(clock[2]) < 60:
        return Moment(str(text), 3600.0 * int(clock[1]) + 60.0 * int(clock[2]), daily=True)
    try:
        seconds = convert(text, "s") if isinstance(text, str) and not clock else -1.0
    except ValueError:
        seconds = -1.0
    if seconds < 0.0:
        raise refused(text, 'must be a time of each day, such as "07:30", or one from the start on, such as "2 h"')
    return Moment(str(text), seconds, daily=False)


def _of_each_day(at: Moment) -> Moment:
    if not at.daily:
        raise refused(at.given, 'must be a time of each day, such as "07:30"')
    return at


def _above_zero(entry: Entry) -> Entry:
    if not entry.value.si > 0.0:
        raise refused(entry.value.given, "must be above zero")
    return entry


def _pairs(given: Any) -> Any:
    """Return basal rates as tables; one rate alone begins at midnight."""
    if not isinstance(given, list):
        given = [["00:00", given]]
    if not given:
        raise refused(given, 'needs a rate, such as "1 U/h", or times and rates, such as [["00:00", "1 U/h"]]')
    for pair in given:
        if not isinstance(pair, list) or len(pair) != 2:
            raise refused(pair, 'must be a time and a rate, such as ["06:00", "1.2 U/h"]')
    return [{"at": at, "rate": rate} for at, rate in given]


def _rising(steps: list[BasalStep]) -> list[BasalStep]:
    for one, other in pairwise(steps):
        if not one.at.seconds < other.at.seconds:
            raise refused(other.at.given, f"comes after {one.at.given}; give each time of the day once, in their order")
    return steps


At = Annotated[Moment, PlainValidator(moment), WithJsonSchema({"type": "string"})]
Clock = Annotated[At, AfterValidator(_of_each_day)]
Rate = Annotated[Entry, ValueOf("programmed_rate", "m3/s")]
Speed = Annotated[Entry, ValueOf("bolus_rate", "m3/s")]
Dose = Annotated[Entry, ValueOf("volume", "m3"), AfterValidator(_above_zero)]
Span = Annotated[Entry, ValueOf("over", "s"), AfterValidator(_above_zero)]
Factor = Annotated[Entry, ValueOf("factor", "-")]
Share = Annotated[Entry, ValueOf("fraction", "-")]


class BasalStep(Strict):
    """A rate from a time of the day on."""

    at: Clock
    rate: Rate


class FlexStep(Strict):
    """A dose over a stretch of each day."""

    at: Clock
    over: Span
    volume: Dose


class Temporary(Strict):
    """A basal rate changed for a time, by a factor or to another rate."""

    at: At
    over: Span
    factor: Factor | None = None
    rate: Rate | None = None

    @model_validator(mode="after")
    def _one_change(self) -> Temporary:
        if (self.factor is None) == (self.rate is None):
            raise ValueError("needs either factor or rate")
        return self


class Suspension(Strict):
    """Delivery suspended for a time, or to the end; the pump keeps a minimum rate, the programme's if not given."""

    at: At
    over: Span | None = None
    minimum: Rate | None = None

    @model_validator(mode="after")
    def _ends(self) -> Suspension:
        if self.at.daily and self.over is None:
            raise ValueError("a suspension of each day needs over")
        return self


class BolusTable(Strict):
    """A dose on top of the basal rate: at once, spread over a time, or a share now and the rest over a time."""

    at: At
    volume: Dose
    kind: Literal["normal", "extended", "dual"] = "normal"
    now: Share | None = None
    over: Span | None = None

    @model_validator(mode="after")
    def _fits_its_kind(self) -> BolusTable:
        wanted = {"normal": (False, False), "extended": (False, True), "dual": (True, True)}[self.kind]
        if (self.now is not None, self.over is not None) != wanted:
            raise ValueError(
                "a normal bolus has neither now nor over, an extended one has over, a dual one has now and over"
            )
        return self


class ProgrammeTable(Strict):
    """What the pump is told to deliver; moments such as "07:30" come each day, moments such as "2 h" once."""

    basal: Annotated[
        list[BasalStep],
        BeforeValidator(_pairs),
        AfterValidator(_rising),
        WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "object"}, {"type": "array", "items": _A_PAIR}]}),
    ]
    bolus_rate: Speed | None = None
    minimum: Rate | None = None
    flex: list[FlexStep] = Field([])
    temporary: list[Temporary] = Field([])
    suspend: list[Suspension] = Field([])
    bolus: list[BolusTable] = Field([])

    @model_validator(mode="after")
    def _complete(self) -> ProgrammeTable:
        if self.flex and len(self.basal) > 1:
            raise ValueError("flex steps stand on one basal rate; give one, or write all as basal rates")
        if any(bolus.kind != "extended" for bolus in self.bolus) and self.bolus_rate is None:
            raise ValueError("lacks bolus_rate, the speed of normal boluses")
        if self.minimum and not self.flex and self.minimum.value.si > max(step.rate.value.si for step in self.basal):
            raise ValueError("minimum is above every basal rate: a pump that is suspended would give more; lower it")
        return self


class ChangeTable(Strict):
    """A number of the pump that takes another value at a time, while it is traced."""

    at: At
    set: str
    value: Any
