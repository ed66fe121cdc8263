"""What a scenario file may say of a day around a traced pump: posture, profiles, flights, dives; what is
made of it stands in `scenarios.profiles`."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, WithJsonSchema, model_validator

from scenarios.entries import Entry, Strict, ValueOf, refused
from scenarios.timetable import At, Span

_A_POINT = {"type": "array", "minItems": 2, "maxItems": 2}
WITHIN = 0.01  # [-]: of its range, by which a number moves within a step unless a profile says another share


def _pairs(given: Any) -> Any:
    if not isinstance(given, list) or len(given) < 2:
        raise refused(given, 'needs two points at least, such as [["2 h", "37 degC"], ["5 h", "39 degC"]]')
    for pair in given:
        if not isinstance(pair, list) or len(pair) != 2:
            raise refused(pair, 'must be a time and a value, such as ["2 h", "37 degC"]')
    return [{"at": at, "value": value} for at, value in given]


def _rising(points: list[Point]) -> list[Point]:
    for one, other in pairwise(points):
        if one.at.daily != other.at.daily:
            raise refused(other.at.given, "give times of each day, such as 07:30, or times from the start on; not both")
        if not one.at.seconds < other.at.seconds:
            raise refused(other.at.given, f"comes after {one.at.given}; times must rise")
    return points


def _some(entry: Entry) -> Entry:
    if not 0.0 < entry.value.si <= 1.0:
        raise refused(entry.value.given, 'must be above zero and at most 1, such as "1 %"')
    return entry


Within = Annotated[Entry, ValueOf("within", "-"), AfterValidator(_some)]
Height = Annotated[Entry, ValueOf("height", "m")]
Depth = Annotated[Entry, ValueOf("depth", "m")]
Ambient = Annotated[Entry, ValueOf("ambient", "Pa")]


class PostureTable(Strict):
    """A position of the patient from a time on; who sits or stands is upright."""

    at: At
    position: Literal["lying", "upright"]


class Point(Strict):
    """A value at a time."""

    at: At
    value: Any


class ProfileTable(Strict):
    """A number of the pump that goes from point to point while it is traced; by times of the day it goes round."""

    set: str
    points: Annotated[
        list[Point],
        BeforeValidator(_pairs),
        AfterValidator(_rising),
        WithJsonSchema({"type": "array", "items": _A_POINT, "minItems": 2}),
    ]
    within: Within | None = None


class FlightTable(Strict):
    """A flight from the place where the pump is, in a cabin with the pressure at a height, 2438.4 m if not given."""

    at: At
    cruise: Span
    height: Height | None = None
    within: Within | None = None


class DiveTable(Strict):
    """A dive to a depth in the sea, or a treatment in a chamber at a pressure; `over` is the time of each way."""

    at: At
    over: Span
    stay: Span
    depth: Depth | None = None
    pressure: Ambient | None = None
    within: Within | None = None

    @model_validator(mode="after")
    def _one_place(self) -> DiveTable:
        if (self.depth is None) == (self.pressure is None):
            raise ValueError("needs either depth, or the pressure of a chamber")
        return self
