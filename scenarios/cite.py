"""Where the numbers come from: the sources of a scenario as references a reader can follow; the numbers themselves
stand in `scenarios.build`."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scenarios.build import Value

BIBLIOGRAPHY = Path(__file__).parent / "references.bib"

_PLACES = ("journal", "howpublished", "organization", "institution")
_ENTRY = re.compile(r"@(\w+)\{(\w+),\n(.*?)\n\}", re.DOTALL)
_FIELD = re.compile(r"^\s*(\w+) = \{(.*)\},?$", re.MULTILINE)


@cache
def bibliography() -> dict[str, dict[str, str]]:
    """Return the fields of every entry of the project's bibliography, by key.

    Examples
    --------
    >>> bibliography()["renard_1996"]["year"]
    '1996'
    """
    text = BIBLIOGRAPHY.read_text(encoding="utf-8")
    return {key: {"entry": kind, **dict(_FIELD.findall(body))} for kind, key, body in _ENTRY.findall(text)}


def _initials(author: str) -> str:
    family, _, given = author.partition(", ")
    short = " ".join(f"{name[0]}." for name in given.split())
    return f"{family} {short}".strip()


def _authors(names: str) -> str:
    if names.startswith("{"):
        return names.strip("{}")
    return ", ".join("et al." if name == "others" else _initials(name) for name in names.split(" and "))


def reference(fields: dict[str, str]) -> str:
    """Return an entry of the bibliography in one line.

    Examples
    --------
    >>> print(reference({"author": "Fischell, R. E. and others", "title": "A pump", "year": "1990"}))
    Fischell R. E., et al. A pump. (1990).
    """
    where = next((fields[key] for key in _PLACES if key in fields), "")
    volume = fields.get("volume", "") + (f":{fields['pages'].replace('--', '-')}" if "pages" in fields else "")
    parts = [
        _authors(fields["author"]) if "author" in fields else "",
        fields["title"],
        " ".join(word for word in (where, volume, f"({fields['year']})") if word),
        fields.get("note", ""),
        f"doi:{fields['doi']}" if "doi" in fields else "",
    ]
    return " ".join(part if part.endswith(".") else f"{part}." for part in parts if part)


def references() -> dict[str, str]:
    """Return every source of the project in one line each, by key."""
    return {key: reference(fields) for key, fields in bibliography().items()}


def cited(values: Iterable[Value]) -> dict[str, str]:
    """Return the sources that values name, by key in the order of first use; one we do not know is its own text.

    Parameters
    ----------
    values : iterable of Value
        Values of a scenario.
    """
    known = references()
    return {value.source: known.get(value.source, value.source) for value in values if value.source}
