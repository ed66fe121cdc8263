"""Scenario files as nested tables with the place of every key: inheritance from a base, overrides, and writing back to
TOML; what the keys mean stands in `scenarios.schema`."""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

LIBRARY = Path(__file__).parent / "library"

Table = dict[str, Any]
Keys = tuple[str, ...]

_HEADER = re.compile(r"\s*\[([^\[\]]+)\]\s*(?:#.*)?$")
_ARRAY = re.compile(r"\s*\[\[([^\[\]]+)\]\]\s*(?:#.*)?$")
_KEY = re.compile(r"\s*((?:[\w-]+|\"[^\"]*\"|'[^']*')(?:\s*\.\s*(?:[\w-]+|\"[^\"]*\"|'[^']*'))*)\s*=")
_BARE = re.compile(r"[A-Za-z0-9_-]+")
# keys that say the same in another way: the one written last, in the file or in its heir, holds
RIVALS = ({"rate", "scale"}, {"propellant", "antoine_a"}, {"propellant", "antoine_b"}, {"propellant", "antoine_c"})

# keys that go with one remedy, and go when an heir says another
FOLLOWERS = {"operated": "operate", "delay": "visit"}


class ScenarioError(Exception):
    """A scenario that cannot be used, with one sentence for each of its problems."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = list(problems)


class Document(NamedTuple):
    """A scenario as written: its tables, and where each key stands."""

    name: str
    tables: Table
    places: dict[Keys, str]


def names() -> list[str]:
    """Return the names of the library's scenarios."""
    return sorted(path.stem for path in LIBRARY.glob("*.toml"))


def near(word: str, known: Sequence[str]) -> str:
    """Return "; did you mean 'x'?" with the closest known word, or the known words when none is close and few exist."""
    close = difflib.get_close_matches(word, known, n=1, cutoff=0.55) or [k for k in known if k.endswith(f"_{word}")]
    if close:
        return f"; did you mean '{close[0]}'?"
    return f"; allowed: {', '.join(known)}" if 0 < len(known) <= 20 else ""


def _split(dotted: str) -> Keys:
    return tuple(part.strip().strip("\"'") for part in re.findall(r"\"[^\"]*\"|'[^']*'|[^.]+", dotted))


def located(text: str, file: str) -> dict[Keys, str]:
    """Return "file:line" of every table and key of a TOML text, as far as each begins its own line.

    The tables of an array have its name and their number, from 0.
    """
    found: dict[Keys, str] = {}
    count: Counter[Keys] = Counter()
    table: Keys = ()
    fence = ""
    for number, line in enumerate(text.splitlines(), 1):
        if not fence:
            if header := _HEADER.match(line):
                table = _split(header[1])
                found.setdefault(table, f"{file}:{number}")
            elif array := _ARRAY.match(line):
                name = _split(array[1])
                table = (*name, str(count[name]))
                count[name] += 1
                found.setdefault(table, f"{file}:{number}")
            elif key := _KEY.match(line):
                found.setdefault(table + _split(key[1]), f"{file}:{number}")
        for mark in re.findall(r'"""|\'\'\'', line):
            fence = mark if not fence else "" if mark == fence else fence
    return found


def merge(base: Any, change: Any) -> Any:
    """Return a table with the keys of another laid over it.

    A value with its source is replaced as a whole, so is a part that changes its type; the word "none" in the place of
    a table takes the table away.
    """
    if not _is_table(base) or not _is_table(change):
        return change
    if "type" in change and "type" in base and change["type"] != base["type"]:
        return change
    kept = {key: value for key, value in base.items() if not _outdone(key, base, change)}
    for key, value in change.items():
        if value == "none" and _is_table(kept.get(key)):
            del kept[key]
        else:
            kept[key] = merge(kept[key], value) if key in kept else value
    return kept


def _is_table(value: Any) -> bool:
    return isinstance(value, dict) and "value" not in value


def _outdone(key: str, base: Table, change: Table) -> bool:
    rivals = {other for pair in RIVALS if key in pair for other in pair if other != key}
    left = key in FOLLOWERS and base.get("remedy") == FOLLOWERS[key] != change.get("remedy", FOLLOWERS[key])
    return key not in change and (left or any(other in change and other not in base for other in rivals))


def _parsed(text: str, file: str) -> Document:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        message = str(error)
        where = re.search(r"\(at line (\d+), column (\d+)\)", message)
        place = f"{file}:{where[1]}:{where[2]}" if where else file
        reason = message.split(" (at ")[0]
        raise ScenarioError([f"{place}: not TOML: {reason[0].lower()}{reason[1:]}"]) from None
    return Document(Path(file).stem, tables, located(text, file) or {(): f"{file}:1"})


def _read(name_or_path: str, asked_at: str) -> Document:
    path = Path(name_or_path)
    if name_or_path in names():
        path = LIBRARY / f"{name_or_path}.toml"
    elif path.suffix != ".toml":
        hint = near(name_or_path, names()) or f"; the library has {', '.join(names())}"
        other = "" if hint.endswith("?") else "; or give the path of a .toml file"
        raise ScenarioError([f"{asked_at}unknown scenario '{name_or_path}'{hint}{other}"])
    file = path.name if path.parent == LIBRARY else str(path)
    try:
        return _parsed(path.read_text(encoding="utf-8-sig"), file)
    except UnicodeDecodeError as error:
        raise ScenarioError([f"{file}: not UTF-8 text at byte {error.start}"]) from None
    except OSError as error:
        raise ScenarioError([f"{asked_at}{file}: {error.strerror or error}"]) from None


def read(name_or_path: str) -> Document:
    """Return a scenario with all it inherits from its base.

    Parameters
    ----------
    name_or_path : str
        A name of the library or the path of a TOML file; `base` in a file names one of the library or a file beside it.

    Raises
    ------
    ScenarioError
        When there is no such scenario, it is not TOML, or its bases form a ring.
    """
    chain = [_read(name_or_path, "")]
    seen = {name_or_path}
    folder = Path(name_or_path).parent
    while (base := chain[-1].tables.get("base")) is not None:
        here = f"{chain[-1].places.get(('base',), chain[-1].name)}: base: "
        if not isinstance(base, str):
            raise ScenarioError([f"{here}{base!r} is not the name of a scenario"])
        key = base if base in names() else str(folder / base)
        if key in seen:
            raise ScenarioError([f"{here}'{base}' leads back to itself"])
        seen.add(key)
        if base not in names() and not base.endswith(".toml"):
            raise ScenarioError([f"{here}unknown scenario '{base}'{near(base, names())}"])
        chain.append(_read(key, here))
        folder = Path(key).parent
    tables: Table = {}
    places: dict[Keys, str] = {}
    for document in reversed(chain):
        tables = merge(tables, {key: value for key, value in document.tables.items() if key != "base"})
        places |= document.places
    return Document(chain[0].name, tables, places)


def overridden(document: Document, overrides: Sequence[str], parts: Sequence[str]) -> Document:
    """Return a scenario with values set from the command line, such as "reservoir.capacity=20 mL".

    Parameters
    ----------
    document : Document
        The scenario.
    overrides : sequence of str
        Each a dotted key, "=", and a value; parts of the pump may be named without "pump.".
    parts : sequence of str
        Names of the parts of the pump.

    Raises
    ------
    ScenarioError
        When an override has no "=".
    """
    tables, places, problems = document.tables, dict(document.places), []
    for override in overrides:
        dotted, equals, text = override.partition("=")
        path = _split(dotted.strip())
        if not equals or not path:
            problems.append(f'--set {override}: write KEY=VALUE, such as --set reservoir.capacity="20 mL"')
            continue
        path = ("pump", *path) if path[0] in parts else path
        if unknown := _no_such_row(path, tables):
            problems.append(f"--set {dotted.strip()}: {unknown}")
            continue
        change: Any = _word(text.strip())
        places[path] = f"--set {dotted.strip()}"
        for key in reversed(path):
            change = {key: change}
        tables = merge(tables, change)
    if problems:
        raise ScenarioError(problems)
    return Document(document.name, tables, places)


def _no_such_row(path: Keys, tables: Table) -> str:
    """Return what is wrong when a key belongs to a mode or hazard that is not there."""
    rows = tables.get(path[0])
    if path[0] not in ("modes", "hazards") or len(path) < 3 or not isinstance(rows, dict) or path[1] in rows:
        return ""
    return f"there is no {path[0][:-1]} '{path[1]}' (a new one is set as a whole table){near(path[1], list(rows))}"


def _word(text: str) -> Any:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text


def place(places: dict[Keys, str], path: Keys, name: str) -> str:
    """Return "file:line" of a key, else of the first key within it, else of the closest table around it."""
    within = (keys for keys in places if keys[: len(path)] == path)
    around = (path[:length] for length in range(len(path) - 1, 0, -1) if path[:length] in places)
    found = path if path in places else next(within, None) or next(around, None)
    return name if found is None else places[found]


def written(tables: Table, at: Keys = ()) -> str:
    """Return the TOML text of nested tables; read again it gives the same tables.

    Examples
    --------
    >>> print(written({"title": "A pump", "pump": {"drug": {"concentration": "400 U/mL"}}}), end="")
    title = "A pump"
    <BLANKLINE>
    [pump.drug]
    concentration = "400 U/mL"
    """
    plain = {key: value for key, value in tables.items() if not _is_table(value)}
    lines = [f"{_key(key)} = {_value(value)}" for key, value in plain.items()]
    if at and (lines or not tables):
        lines = ["", f"[{'.'.join(map(_key, at))}]", *lines]
    text = "".join(f"{line}\n" for line in lines)
    return text + "".join(written(value, (*at, key)) for key, value in tables.items() if _is_table(value))


def _key(key: str) -> str:
    return key if _BARE.fullmatch(key) else _quoted(key)


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def _value(value: Any) -> str:
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{_key(key)} = {_value(inner)}" for key, inner in value.items()) + " }"
    if isinstance(value, list):
        return "[" + ", ".join(_value(inner) for inner in value) + "]"
    if isinstance(value, str):
        return _quoted(value)
    return str(value).lower() if isinstance(value, bool) else repr(value) if isinstance(value, float) else str(value)
