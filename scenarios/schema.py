"""Models of a scenario file, derived from the fields of the parts, so that a part is described once; which words stand
for which part stands in `scenarios.parts`, what is made of a valid file in `scenarios.build`."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal, Union

from pydantic import AfterValidator, Field, StrictBool, StringConstraints, create_model, model_validator

from reliability.clinic import Clinic
from reliability.population import Population
from scenarios import units
from scenarios.entries import Context, Entry, Strict, ValueOf, reading, refused
from scenarios.parts import MODES, PARTS, REGIMENS, Requirement, default
from scenarios.parts import units as units_of
from scenarios.propellants import propellants
from scenarios.surroundings import DiveTable, FlightTable, PostureTable, ProfileTable
from scenarios.timetable import ChangeTable, ProgrammeTable

_MAY_BE_ABSENT = {"closing_date"}


class Drug(Strict):
    """The drug in the reservoir; by its concentration, volumes and flows may be given as amounts of drug.

    `exposure` says which drug it is where its units do not: how long it acts after a stop is known of these.
    """

    concentration: Annotated[Entry | None, ValueOf("concentration", "U/m3")] = None
    exposure: Literal["baclofen", "morphine"] | None = None

    @model_validator(mode="after")
    def _weighed(self) -> Drug:
        if self.exposure and self.concentration and self.concentration.value.unit == "U/m3":
            raise ValueError(f'exposure = "{self.exposure}" goes with a concentration in mass, such as "2 mg/mL"')
        return self


def _known_propellant(name: str) -> str:
    if name not in propellants():
        raise refused(name, f"unknown propellant; allowed: {', '.join(propellants())}")
    return name


class Reservoir(Strict):
    """The reservoir; a propellant by its name brings its constants."""

    propellant: Annotated[str, AfterValidator(_known_propellant)] | None = None

    @model_validator(mode="before")
    @classmethod
    def _filled(cls, table: Any) -> Any:
        if isinstance(table, dict) and "propellant" in table and not any(key.startswith("antoine") for key in table):
            unknown = {"antoine_a": 1.0, "antoine_b": "1 K", "antoine_c": "1 K"}
            return {**table, **propellants().get(str(table["propellant"]), unknown)}
        return table


class Mode(Strict):
    """A failure that has physics, and what it leads to."""

    remedy: Literal["record", "visit", "replace", "explant", "operate"]
    stops: StrictBool = False
    starves: StrictBool = False
    delay: Annotated[Entry | None, ValueOf("delay", "s")] = None

    @model_validator(mode="after")
    def _comes_or_not(self) -> Mode:
        if (self.remedy == "visit") != (self.delay is not None):
            raise ValueError('a delay goes with remedy = "visit", and such a visit needs one')
        return self


class Hazard(Strict):
    """A failure by its Weibull law: the cumulative hazard at an age is (rate * age)^shape.

    Replacing and explanting always are operations; of those that bring remedy = "operate", `operated` is the share that
    is operated, all unless given. Of the drug that leaves the pump only the share `dose` arrives from then on, above
    one where a vial is too strong, until the next visit or, with a delay, until the patient comes after it.
    """

    remedy: Literal["record", "replace", "explant", "operate"]
    stops: StrictBool = False
    rate: Annotated[Entry | None, ValueOf("rate", "1/s")] = None
    scale: Annotated[Entry | None, ValueOf("scale", "s")] = None
    shape: Annotated[Entry | None, ValueOf("shape", "-")] = None
    operated: Annotated[Entry | None, ValueOf("operated", "-")] = None
    frailty: StrictBool = False
    delay: Annotated[Entry | None, ValueOf("delay", "s")] = None
    dose: Annotated[Entry | None, ValueOf("dose", "-")] = None

    @model_validator(mode="after")
    def _one_scale(self) -> Hazard:
        if (self.rate is None) == (self.scale is None):
            raise ValueError("needs either rate or scale = 1 / rate")
        return self

    @model_validator(mode="after")
    def _operated_or_not(self) -> Hazard:
        if self.operated is not None and self.remedy != "operate":
            raise ValueError(
                'operated goes with remedy = "operate"; replace and explant always are operations, record never is'
            )
        return self

    @model_validator(mode="after")
    def _goes_on(self) -> Hazard:
        if self.delay is not None and self.remedy not in ("record", "operate"):
            raise ValueError('a delay goes with remedy = "record" or "operate"; the others end the pump at once')
        if self.dose is not None and (self.stops or self.remedy not in ("record", "operate")):
            raise ValueError('a dose goes with a pump that runs on: remedy = "record" or "operate", without stops')
        return self


class DoseLimit(Strict):
    """A share of the dose that is set, and for how long the median patient bears a dose beyond it.

    The dose is that of active drug; the name of the limit is that of what happens after that time.
    """

    below: Annotated[Entry | None, ValueOf("below", "-")] = None
    above: Annotated[Entry | None, ValueOf("above", "-")] = None
    time: Annotated[Entry, ValueOf("time", "s")]
    spread: Annotated[Entry | None, ValueOf("spread", "-")] = None  # log standard deviation between patients

    @model_validator(mode="after")
    def _one_side(self) -> DoseLimit:
        if (self.below is None) == (self.above is None):
            raise ValueError("needs either below or above, a share of the dose that is set")
        for given, side in ((self.below, 1.0), (self.above, -1.0)):
            if given and side * given.value.si > side:
                words = "the dose that is set must lie within: below at most 100 %, above at least 100 %"
                raise ValueError(f"{given.value.given}: {words}")
        return self


class Head(Strict):
    """What stands above the tables of a scenario."""

    title: Annotated[str, StringConstraints(min_length=1)]
    description: str = ""
    base: str = ""
    allow_runaway: StrictBool = False


def _entries(kind: type) -> dict[str, Any]:
    """Return the fields of a part as fields of a model."""
    fields: dict[str, Any] = {}
    for field, unit in units_of(kind).items():
        optional = field in _MAY_BE_ABSENT or default(kind, field) is not None
        holder = Annotated[Entry, ValueOf(field, unit)]
        fields[field] = (holder | None, None) if optional else (holder, ...)
    return fields


def _model(kind: type, base: type[Strict] = Strict, word: str = "") -> type[Strict]:
    """Return the model of a part or a section, with its type word if it has one."""
    word_field: dict[str, Any] = {"type": (Literal[word], ...)} if word else {}
    sentence = (kind.__doc__ or "").split("\n")[0]
    return create_model(kind.__name__, __base__=base, __doc__=sentence, **word_field, **_entries(kind))


def _one_of(kinds: dict[str, type], base: type[Strict] = Strict) -> Any:
    """Return the type of a table whose `type` says which part it describes."""
    models = tuple(_model(kind, base, word) for word, kind in kinds.items())
    return models[0] if len(models) == 1 else Annotated[Union[models], Field(discriminator="type")]  # noqa: UP007


_BASES: dict[str, type[Strict]] = {"reservoir": Reservoir, "drug": Drug}
_Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]*$")]

_parts: dict[str, Any] = {place: (_one_of(kinds, _BASES.get(place, Strict)), ...) for place, kinds in PARTS.items()}
_pump = create_model("Pump", __base__=Strict, __doc__="The parts of one device.", **_parts)
_sections: dict[str, Any] = {
    "pump": (_pump, ...),
    "regimen": (_one_of(REGIMENS), ...),
    "clinic": (_model(Clinic), ...),
    "population": (_model(Population), ...),
    "modes": (dict[_Name, _one_of(MODES, Mode)], {}),  # type: ignore[misc]
    "hazards": (dict[_Name, Hazard], {}),
    "dose_limits": (dict[_Name, DoseLimit], {}),
    "requirement": (_model(Requirement) | None, None),
    "programme": (ProgrammeTable | None, None),
    "changes": (list[ChangeTable], []),
    "profiles": (list[ProfileTable], []),
    "posture": (list[PostureTable], []),
    "flights": (list[FlightTable], []),
    "dives": (list[DiveTable], []),
}
ScenarioTable = create_model("Scenario", __base__=Head, __doc__="A scenario.", **_sections)


def context(tables: dict[str, Any]) -> Context:
    """Return what the values need to know of the drug, from the tables of a scenario not yet checked."""
    pump = tables.get("pump")
    drug = pump.get("drug") if isinstance(pump, dict) else None
    given = drug.get("concentration") if isinstance(drug, dict) else None
    given = given.get("value") if isinstance(given, dict) else given
    if given is None:
        return Context(broken=not isinstance(drug, dict))
    try:
        reading("concentration", "U/m3", given, Context())
    except ValueError:
        return Context(broken=True)
    return Context(concentration=units.quantity(given))


def json_schema() -> str:
    """Return the JSON schema of scenario files for editors; nothing is required, since a base may say it."""
    schema = _without_required(ScenarioTable.model_json_schema())
    schema["$defs"]["Entry"] = _without_required(Entry.model_json_schema())
    for section in ("modes", "hazards", "dose_limits"):
        named = schema["properties"][section]["patternProperties"]
        for pattern, table in named.items():
            named[pattern] = {"anyOf": [table, {"const": "none"}]}  # what a base has and this scenario has not
    text = json.dumps(schema, indent=1)
    return text.replace('"title": "Entry"\n', '"$ref": "#/$defs/Entry"\n') + "\n"


def _without_required(schema: Any) -> Any:
    """Return the schema without what only a whole scenario has; a part without its type may be one of several."""
    if isinstance(schema, list):
        return [_without_required(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    kept = {key: _without_required(value) for key, value in schema.items() if key != "required"}
    if "oneOf" in kept:
        kept["anyOf"] = kept.pop("oneOf")
    return kept


if __name__ == "__main__":
    print(json_schema(), end="")
