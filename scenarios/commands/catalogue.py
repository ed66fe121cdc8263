"""Commands about scenario files: list, show, new, check, diff, cite; reading them stands in `scenarios.build`."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from scenarios.commands.screen import Json, Overrides, print_json, print_table, say

if TYPE_CHECKING:
    from scenarios.build import Scenario, Value

Name = Annotated[str, typer.Argument(metavar="NAME", help="A scenario of the library, or the path of a TOML file.")]


def list_scenarios(as_json: Json = False) -> None:
    """List the scenarios of the library."""
    from scenarios.build import load, names

    titles = {name: load(name).title for name in names()}
    if as_json:
        print_json([{"name": name, "title": title} for name, title in titles.items()])
    else:
        print_table([("scenario", "title"), *titles.items()])


def show(name: Name, overrides: Overrides = None, as_json: Json = False) -> None:
    """Show the values of a scenario and their sources.

    An asterisk marks what is only assumed.
    """
    from scenarios.build import load

    scenario = load(name, overrides or ())
    if as_json:
        print_json({"name": scenario.name, "title": scenario.title, "values": [v._asdict() for v in scenario.values]})
        return
    print(f"{scenario.name}: {scenario.title}\n")
    print_table([("", "parameter", "value", "SI", "kind", "source"), *map(_line, scenario.values)])
    assumed = sum(value.kind == "assumed" for value in scenario.values)
    print(f"\n{assumed} of {len(scenario.values)} values are assumed (*).")


def new(name: Name, overrides: Overrides = None) -> None:
    """Print a scenario file to start from.

    For example: pumpsim new implanted-insulin > my.toml
    """
    from scenarios.build import load

    print(load(name, overrides or ()).text, end="")


def check(
    files: Annotated[list[str], typer.Argument(metavar="FILE...", help="Scenario files, or names of the library.")],
    overrides: Overrides = None,
    as_json: Json = False,
) -> None:
    """Say all that is wrong with scenario files."""
    problems = {file: _problems(file, overrides or ()) for file in files}
    if as_json:
        print_json([{"file": file, "problems": found} for file, found in problems.items()])
    else:
        for file, found in problems.items():
            for problem in found:
                say(problem)
            if not found:
                print(f"{file}: in order")
    raise typer.Exit(2 if any(problems.values()) else 0)


def _problems(file: str, overrides: Sequence[str]) -> list[str]:
    from scenarios.build import ScenarioError, load

    try:
        load(file, overrides)
    except ScenarioError as error:
        return list(error.problems)
    return []


def diff(
    a: Annotated[str, typer.Argument(metavar="A", help="A scenario.")],
    b: Annotated[str, typer.Argument(metavar="B", help="Another scenario.")],
    overrides: Overrides = None,
    as_json: Json = False,
) -> None:
    """Show where two scenarios differ.

    Values are compared after inheritance and units are resolved.
    """
    from scenarios.build import load

    left, right = (_contents(load(name, overrides or ())) for name in (a, b))
    both = [(path, left.get(path, ABSENT), right.get(path, ABSENT)) for path in dict.fromkeys([*left, *right])]
    differing = [(path, one, other) for path, one, other in both if one.meaning != other.meaning]
    if as_json:
        print_json([{"path": path, "a": one.given, "b": other.given} for path, one, other in differing])
    elif differing:
        print_table([("parameter", a, b), *((path, one.given, other.given) for path, one, other in differing)])
    else:
        print("no difference")


def cite(
    name: Annotated[str, typer.Argument(metavar="NAME", help="A study file, or what other commands take as NAME.")],
    overrides: Overrides = None,
    as_json: Json = False,
) -> None:
    """List the sources of a study or a scenario."""
    from scenarios.cite import cited

    sources = cited(_values(name, overrides or ()))
    if as_json:
        print_json([{"source": key, "reference": text} for key, text in sources.items()])
    else:
        for key, text in sources.items():
            print(f"[{key}] {text}")


def _values(name: str, overrides: Sequence[str]) -> Sequence[Value]:
    from scenarios.build import Value, load, names

    if name in names() or not (name.endswith(".h5") or (Path(name).is_file() and not name.endswith(".toml"))):
        return load(name, overrides).values
    from reliability.store import open_study

    with open_study(name) as study:
        return [Value(**value) for value in json.loads(study.attributes.get("parameters", "[]"))]


def _line(value: Value) -> tuple[str, ...]:
    assumed = "*" if value.kind == "assumed" else ""
    return (assumed, value.path, _given(value), _si(value), value.kind, value.source)


def _given(value: Value) -> str:
    return f"{value.given}, spread {value.spread}" if value.spread else value.given


def _si(value: Value) -> str:
    from scenarios.entries import NEVER

    return "never" if value.si >= NEVER else f"{value.si:.6g} {value.unit}".removesuffix(" -")


class Content(NamedTuple):
    """What a scenario says under one key, as given and as it is compared."""

    given: str
    meaning: Any


ABSENT = Content("-", None)


def _contents(scenario: Scenario) -> dict[str, Content]:
    """Return all that a scenario says: its words, such as types and remedies, and its values, alike in any unit."""
    import tomllib

    words = {path: Content(str(word), word) for path, word in _leaves(tomllib.loads(scenario.text), "") if "." in path}
    return words | {value.path: Content(_given(value), (value.si, value.spread)) for value in scenario.values}


def _leaves(table: dict[str, Any], at: str) -> Iterator[tuple[str, Any]]:
    for key, inner in table.items():
        if isinstance(inner, dict) and "value" not in inner:
            yield from _leaves(inner, f"{at}{key}.")
        else:
            yield f"{at}{key}", inner
