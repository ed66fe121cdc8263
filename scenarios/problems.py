"""What is wrong with a scenario file, as sentences that say where, what was given and what is allowed; what a file may
say stands in `scenarios.schema`."""

from __future__ import annotations

import difflib
import re
import types
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from scenarios.document import RIVALS, Document, Keys, place
from scenarios.entries import complaint
from scenarios.parts import PARTS


def problems(failed: ValidationError, document: Document, model: type[BaseModel]) -> list[str]:
    """Return a sentence for each problem, in the order of the file; a missing key and a near unknown one are one.

    Parameters
    ----------
    failed : ValidationError
        What pydantic found.
    document : Document
        The scenario, with the place of each key.
    model : type of BaseModel
        The model that found it.
    """
    found = [(_keys(error, document.tables), error) for error in failed.errors()]
    missing = {keys: None for keys, error in found if error["type"] == "missing"}
    sentences = []
    for keys, error in found:
        if error["type"] == "extra_forbidden":
            absent = [other[-1] for other in missing if other[:-1] == keys[:-1]]
            for word in difflib.get_close_matches(keys[-1], absent, n=1, cutoff=0.55):
                del missing[(*keys[:-1], word)]
        if error["type"] != "missing":
            known = _known(model, keys[:-1], document.tables) if error["type"] == "extra_forbidden" else []
            sentences.append(sentence(document, keys, complaint(error, known)))
    tables: dict[Keys, list[str]] = {}
    for keys in missing:
        tables.setdefault(keys[:-1], []).append(keys[-1])
    sentences += [sentence(document, table, _missing(words)) for table, words in tables.items()]
    return sorted(dict.fromkeys(sentences), key=line_of)


def _missing(words: list[str]) -> str:
    instead = {other for word in words for pair in RIVALS if word in pair for other in pair if other not in words}
    hint = f" (or give {', '.join(instead)})" if instead else ""
    return f"lacks {', '.join(words)}{hint}"


def line_of(said: str) -> tuple[str, int]:
    """Return file and line of a sentence, by which sentences stand in the order of the file."""
    found = re.match(r"(.*?):(\d+)", said)
    return (found[1], int(found[2])) if found else ("", 0)


def sentence(document: Document, keys: Keys, reason: str) -> str:
    """Return "file:line: key: reason"; a key set from the command line is its own place."""
    where = place(document.places, keys, document.name)
    dotted = ".".join(keys)
    return f"{where}: {reason}" if not dotted or where.startswith("--set ") else f"{where}: {dotted}: {reason}"


def _keys(error: Any, tables: Any) -> Keys:
    """Return the keys where pydantic found an error, without the words by which a union chose its member."""
    keys: list[str] = []
    for step in map(str, error["loc"]):
        inside = isinstance(tables, dict)
        if inside and step not in tables and tables.get("type") == step:
            continue
        if step != "[key]":
            keys.append(step)
        tables = tables.get(step) if inside else tables[int(step)] if _numbered(tables, step) else None
    return (*keys, "type") if error["type"] == "union_tag_invalid" else tuple(keys)


def _numbered(tables: Any, key: str) -> bool:
    """Return whether a key is the number of a table in an array."""
    return isinstance(tables, list) and key.isdigit() and int(key) < len(tables)


def _models(annotation: Any) -> list[Any]:
    """Return the models an annotation may stand for."""
    if get_origin(annotation) in (Union, types.UnionType):
        return [model for inner in get_args(annotation) for model in _models(inner)]
    if get_args(annotation) and get_origin(annotation) is not dict:
        return _models(get_args(annotation)[0])
    return [annotation]


def _known(model: Any, keys: Keys, tables: Any) -> list[str]:
    """Return the keys that the table at some keys knows; at the top also those of the pump's parts, in full."""
    if not keys:
        return [*model.model_fields, *(f"pump.{part}" for part in PARTS)]
    for key in keys:
        if _numbered(tables, key):
            tables = tables[int(key)]
            continue
        tables = tables.get(key, {}) if isinstance(tables, dict) else {}
        annotation = model.model_fields[key].annotation if hasattr(model, "model_fields") else get_args(model)[1]
        choices = [m for m in _models(annotation) if m is not type(None)]
        words = [m for m in choices if _word(m) == (tables.get("type") if isinstance(tables, dict) else None)]
        model = (words or choices)[0]
    return list(model.model_fields) if hasattr(model, "model_fields") else []


def _word(model: Any) -> str | None:
    fields = getattr(model, "model_fields", {})
    return get_args(fields["type"].annotation)[0] if "type" in fields else None
