"""The version of a source tree is the one that its project file states."""

from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path

from reliability import version as module
from reliability.version import version

ROOT = Path(__file__).resolve().parents[2]


def test_a_source_tree_knows_its_version(monkeypatch):
    def missing(name):
        raise metadata.PackageNotFoundError(name)

    monkeypatch.setattr(metadata, "version", missing)
    stated = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert version() == stated
    assert version("numpy") == "not installed"


def test_a_tree_without_its_project_file_has_no_version(monkeypatch, tmp_path):
    monkeypatch.setattr(module, "PROJECT", tmp_path / "pyproject.toml")
    assert module.stated() == "not installed"
