"""What is wrong with a scenario file, as sentences that say where, what was given and what is allowed; what a file may
say stands in `scenarios.schema`."""

from __future__ import annotations

import difflib
import types
from typing import Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from scenarios.document import Document, Keys, place
from scenarios.entries import complaint


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
    found = [(_keys(error["loc"], document.tables), error) for error in failed.errors()]
    missing = {keys for keys, error in found if error["type"] == "missing"}
    sentences: dict[str, None] = {}
    for keys, error in found:
        if error["type"] == "extra_forbidden":
            absent = [other[-1] for other in missing if other[:-1] == keys[:-1]]
            meant = difflib.get_close_matches(str(keys[-1]), absent, n=1, cutoff=0.55)
            missing -= {(*keys[:-1], word) for word in meant}
    for keys, error in found:
        if error["type"] != "missing" or keys in missing:
            known = _known(model, keys[:-1], document.tables)
            sentences[sentence(document, keys, complaint(error, known))] = None
    return list(sentences)


def sentence(document: Document, keys: Keys, reason: str) -> str:
    """Return "file:line: key: reason"."""
    where = place(document.places, keys, document.name)
    dotted = ".".join(keys)
    return f"{where}: {reason}" if where == f"--set {dotted}" else f"{where}: {dotted}: {reason}"


def _keys(loc: tuple[int | str, ...], tables: Any) -> Keys:
    """Return the keys of a pydantic location, without the words by which a union chose its member."""
    keys: list[str] = []
    for step in map(str, loc):
        inside = isinstance(tables, dict)
        if inside and step not in tables and tables.get("type") == step:
            continue
        if step != "[key]":
            keys.append(step)
        tables = tables.get(step) if inside else None
    return tuple(keys)


def _models(annotation: Any) -> list[Any]:
    """Return the models an annotation may stand for."""
    if get_origin(annotation) in (Union, types.UnionType):
        return [model for inner in get_args(annotation) for model in _models(inner)]
    if get_args(annotation) and get_origin(annotation) is not dict:
        return _models(get_args(annotation)[0])
    return [annotation]


def _known(model: Any, keys: Keys, tables: Any) -> list[str]:
    """Return the keys that the table at some keys knows."""
    for key in keys:
        tables = tables.get(key, {}) if isinstance(tables, dict) else {}
        annotation = model.model_fields[key].annotation if hasattr(model, "model_fields") else get_args(model)[1]
        choices = [m for m in _models(annotation) if m is not type(None)]
        words = [m for m in choices if _word(m) == (tables.get("type") if isinstance(tables, dict) else None)]
        model = (words or choices)[0]
    return list(model.model_fields) if hasattr(model, "model_fields") else []


def _word(model: Any) -> str | None:
    fields = getattr(model, "model_fields", {})
    return get_args(fields["type"].annotation)[0] if "type" in fields else None
