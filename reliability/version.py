"""Which version of pumpsim this is; the versions of all that a result depends on stand in `reliability.provenance`."""

from __future__ import annotations

import re
from pathlib import Path

PROJECT = Path(__file__).parents[1] / "pyproject.toml"


def version(distribution: str = "pumpsim") -> str:
    """Return the version of a distribution, of this one from its source tree when it is not installed."""
    from importlib import metadata

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return stated() if distribution == "pumpsim" else "not installed"


def stated() -> str:
    """Return the version that the source tree states, and that there is none where it lacks the file."""
    if not PROJECT.is_file():
        return "not installed"
    found = re.search(r'^name = "pumpsim"\nversion = "(.+)"$', PROJECT.read_text(encoding="utf-8"), re.MULTILINE)
    return found[1] if found else "not installed"
