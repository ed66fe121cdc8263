"""One value of a scenario file: its SI number, bounds, source and spread; units stand in `scenarios.units`, which
fields there are follows from the parts in `scenarios.schema`."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, GetJsonSchemaHandler, ValidationError, ValidationInfo, model_validator

from scenarios import units
from scenarios.document import near

if TYPE_CHECKING:
    from pydantic_core import CoreSchema

NEVER = 1e300  # what a kernel takes for a time that does not come
NORMAL_LIMIT = 0.25  # normal draws are cut at four standard deviations, where a number must still be above zero

# Bounds follow from the dimension and, where that is not enough, from what a field is by its name
SHARES = {
    "basal_share", "rinse_left", "reserve", "fraction", "missed", "error_threshold", "surgery_threshold",
    "replacement_threshold", "abandonment", "operated", "run_dry", "run_dry_per_refill", "answering",
    "kink_share", "cooled", "upright_share", "mass_share", "lowest_share", "low_share", "high_share", "highest_share",
    "release", "likeness", "solids", "equilibrium", "polymer_at_fill", "degassing", "uptake",
}  # fmt: skip
POSITIVE = {
    "capacity", "stroke_volume", "accuracy", "stall_pressure", "filter_resistance", "deposition_time", "closing_time",
    "resistance", "relative_viscosity", "energy", "interval", "longest_interval", "mean_rate", "bolus_rate",
    "batch_duration", "lot_duration", "response_time", "bearable_time", "rate", "scale", "shape",
    "ambient", "quantum", "increment", "push_time", "slide_conductance", "outlet_conductance", "creep_time",
    "clog_scale", "clog_shape", "outgassing_time", "permeability", "layer_permeability", "layer_time",
    "amount", "space", "warming_time", "modulus",
    "revolution_volume", "motor_work", "occlusion", "lift_pressure", "tubing_volume", "creep_revolutions",
    "strain", "fatigue_strain", "accumulator", "aliquot", "gate_conductance", "gate_leak", "fill_time", "dump_time",
    "escape", "full_rate", "cycle", "first_resistance", "second_resistance", "third_resistance", "nominal_pressure",
    "shut_leak", "gas_volume", "gas_pressure", "final_resistance", "volume", "surfactant_half",
    "reference_pressure", "cushion", "electro_osmosis", "half_cycle", "greatest_current", "valve_conductance",
}  # fmt: skip
WHOLE = {"patients_per_world", "rollers", "side_holes"}
FLAGS = {"rinses"}
SIGNED = {"antoine_c", "height"}
NEVER_ALLOWED = {"closing_date", "longest_interval", "low_response", "bearable_time", "empty_response"}
_POSITIVE_DIMENSIONS = {units.scale(unit).dimension for unit in ("m", "K", "Pa s")}
_PER_VOLUME = {units.scale(unit).dimension: unit for unit in ("U/m3", "g/m3")}
_NUMBER = r"^\s*[+-]?[0-9.]+([eE][+-]?[0-9]+)?\s*"


class Reading(NamedTuple):
    """A value as given, and the SI number it means."""

    given: str
    si: float
    unit: str


class Context(NamedTuple):
    """What the reading of one value needs to know of the others."""

    concentration: units.Quantity | None = None
    broken: bool = False  # the concentration is there and cannot be read, which is said once


def refused(given: Any, reason: str) -> ValueError:
    """Return the error that says what was given and why it cannot be."""
    shown = f"'{given}'" if isinstance(given, str) else json.dumps(given, default=str)
    return ValueError(f"{shown}: {reason}")


def bound(field: str, unit: str, si: float) -> str:
    """Return what is wrong with a number in a field, or nothing.

    Examples
    --------
    >>> bound("length", "m", -1.0)
    'must be above zero'
    """
    if not math.isfinite(si):
        return "must be a finite number"
    if field in SIGNED:
        return ""
    if field in SHARES:
        return "" if 0.0 <= si <= 1.0 else 'must lie between 0 and 1, such as 0.05 or "5 %"'
    if field in WHOLE:
        return "" if 1.0 <= si <= 1e15 and si == int(si) else "must be a whole number from 1 to 1e15"
    if field == "rate" and si == 0.0:
        return 'must be above zero; a hazard is taken away by its name = "none"'
    if field in POSITIVE or units.scale(unit).dimension in _POSITIVE_DIMENSIONS:
        return "" if si > 0.0 else "must be above zero"
    return "" if si >= 0.0 else "must not be negative"


def _allowed(unit: str) -> str:
    return units.offered(units.scale(unit).dimension) or unit


def _concentration(given: Any) -> Reading:
    """Return the reading of drug per volume: U400 holds 400 U in a millilitre."""
    if not isinstance(given, str):
        raise refused(given, "needs a unit in quotes; allowed: U/mL, mg/mL, ug/mL")
    try:
        read = units.quantity(given)
    except ValueError as error:
        raise refused(given, str(error)) from None
    if read.dimension not in _PER_VOLUME:
        raise refused(given, "its unit does not fit here; allowed: U/mL, mg/mL, ug/mL")
    if not read.number > 0.0:
        raise refused(given, "must be above zero")
    return Reading(given, read.number, _PER_VOLUME[read.dimension])


def _si(given: Any, unit: str, context: Context) -> float:
    if unit == "-" and isinstance(given, int | float) and not isinstance(given, bool):
        return float(given)
    if not isinstance(given, str):
        reason = "must be a number" if unit == "-" else f"needs a unit in quotes; allowed: {_allowed(unit)}"
        raise refused(given, reason)
    try:
        return units.convert(given, unit, context.concentration)
    except ValueError as error:
        if context.broken and "concentration" in str(error):
            return 1.0
        raise refused(given, str(error)) from None


def reading(field: str, unit: str, given: Any, context: Context) -> Reading:
    """Return the reading of a value of a field.

    Raises
    ------
    ValueError
        When it is not a number with a unit that fits, or out of bounds.
    """
    if field in FLAGS:
        if not isinstance(given, bool):
            raise refused(given, "must be true or false")
        return Reading(str(given).lower(), float(given), "-")
    if field in NEVER_ALLOWED and given == "none":
        return Reading("none", NEVER, unit)
    if field == "concentration":
        return _concentration(given)
    si = _si(given, unit, context)
    if wrong := bound(field, unit, si):
        raise refused(given, wrong)
    return Reading(str(given), si, unit)


def complaint(error: Any, known: Any) -> str:
    """Return one of pydantic's errors as a sentence, with the closest of the known keys for one that is not known."""
    kind, context = error["type"], error.get("ctx", {})
    if kind == "extra_forbidden":
        return f"unknown key{near(str(error['loc'][-1]), list(known))}"
    if kind == "missing":
        return "is missing"
    if kind in ("literal_error", "union_tag_invalid"):
        words = context.get("expected") or context.get("expected_tags", "")
        allowed = [word.strip("' ") for word in str(words).replace(" or ", ", ").split(",")]
        given = error["input"].get("type") if isinstance(error["input"], dict) else error["input"]
        return f"'{given}': unknown word{near(str(given), allowed)}"
    if kind == "union_tag_not_found":
        return "needs a type"
    if "model" in kind or kind.startswith("dict"):
        return f"{error['input']!r} stands where a table of keys is needed"
    if kind == "list_type":
        return f"{error['input']!r} stands where tables [[{'.'.join(map(str, error['loc']))}]] are needed"
    if kind == "value_error":
        return str(context["error"])
    reason = str(error["msg"])
    return f"{error['input']!r}: {reason[0].lower()}{reason[1:]}"


def _within(error: Any) -> str:
    """Return a complaint about a key of an entry, after the key."""
    said = complaint(error, Entry.model_fields)
    return f"{error['loc'][0]}: {said}" if error["loc"] else said


class ValueOf(NamedTuple):
    """Tells pydantic that a field of this name holds a value in a unit, alone or as a table with its source."""

    field: str
    unit: str
    with_source: bool = True

    def _read(self, given: Any, info: ValidationInfo) -> Any:
        context = info.context or Context()
        if not self.with_source:
            return reading(self.field, self.unit, given, context)
        table = given if isinstance(given, dict) else {"value": given}
        try:
            entry = Entry.model_validate(table)
        except ValidationError as failed:
            said = [_within(error) for error in failed.errors()]
            if "value" in table:
                said += self._wrong(table["value"], context)
            raise ValueError("; ".join(said)) from None
        return entry.model_copy(update={"value": reading(self.field, self.unit, entry.value, context)})

    def _wrong(self, given: Any, context: Context) -> list[str]:
        try:
            reading(self.field, self.unit, given, context)
        except ValueError as error:
            return [str(error)]
        return []

    def __get_pydantic_core_schema__(self, source: Any, handler: Any) -> CoreSchema:
        """Return the validator."""
        from pydantic_core import core_schema

        return core_schema.with_info_plain_validator_function(self._read)

    def __get_pydantic_json_schema__(self, core: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        """Return what an editor may know of the value."""
        alone = self._alone()
        return {"anyOf": [alone, {"title": "Entry"}]} if self.with_source else alone

    def _alone(self) -> dict[str, Any]:
        if self.field in FLAGS:
            return {"type": "boolean"}
        if self.unit == "-":
            return {"type": ["number", "string"]}
        allowed = "U/mL, mg/mL" if self.field == "concentration" else _allowed(self.unit)
        pattern = _NUMBER + r"[^0-9.\s].*$"
        if self.field in NEVER_ALLOWED:
            pattern = f"({pattern})|^none$"
        return {"type": "string", "pattern": pattern, "description": f"with a unit: {allowed}"}


class Entry(BaseModel):
    """A value with its source: { value = "15 mL", source = "...", kind = "stated" }."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)

    value: Any
    source: str = ""
    kind: Literal["measured", "stated", "assumed", "fitted", "given"] = "given"
    note: str = ""
    fitted_to: str = ""
    spread: Annotated[Reading | None, ValueOf("spread", "-", with_source=False)] = None
    law: Literal["normal", "lognormal"] = "normal"
    per: Literal["device", "lot", "patient"] = "device"

    @model_validator(mode="after")
    def _explained(self) -> Entry:
        if self.kind == "fitted" and not self.fitted_to:
            raise ValueError('a fitted value says to what: add fitted_to = "..."')
        if self.kind in ("measured", "stated") and not self.source:
            raise ValueError('a measured or stated value names its source: add source = "..."')
        if self.spread and self.law == "normal" and self.spread.si >= NORMAL_LIMIT:
            raise ValueError('a normal spread stays below 25 %; law = "lognormal" has no limit')
        return self


class Strict(BaseModel):
    """A table that knows all its keys."""

    model_config = ConfigDict(extra="forbid", arbitrary_types_allowed=True)
