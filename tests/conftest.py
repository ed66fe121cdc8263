"""What all tests share: where the project is, how hypothesis looks for cases, and figures without a screen."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("MPLBACKEND", "Agg")

# The same cases in every run, and no limit of time: a first call compiles
settings.register_profile("pumpsim", deadline=None, derandomize=True)
settings.load_profile("pumpsim")

# 1e-12 is nothing beside one, but the whole of a flow in m3/s: a tolerance is relative unless a test says otherwise
type(pytest.approx(0.0)).DEFAULT_ABSOLUTE_TOLERANCE = 0.0


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the folder of the project."""
    return Path(__file__).resolve().parent.parent
