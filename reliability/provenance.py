"""What a study file tells about itself: versions, processor, and the hash of all that decides its numbers; how it is
written stands in `reliability.store`."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numba
import numpy as np

from fluidics.compile import cache_folder
from reliability.chunk import Plan, simulate
from reliability.store import library_version
from reliability.version import version

YEAR = 365.25 * 86400.0  # s


def _plain(value: Any) -> Any:
    """Return nested tuples and arrays as lists that JSON keeps to the last bit."""
    if isinstance(value, np.ndarray):
        return [value.dtype.str, list(value.shape), value.tobytes().hex()]
    if isinstance(value, tuple):
        return [type(value).__name__, *(_plain(part) for part in value)]
    return value.hex() if isinstance(value, float) else str(value)


def sources() -> str:
    """Return the name of the compiled kernels, a hash of all sources that decide a chunk's numbers."""
    return cache_folder(Path(simulate.__code__.co_filename).resolve()).name


def identity(plan: Plan, patients: int, provenance: Mapping[str, str]) -> dict[str, str]:
    """Return all that decides the numbers of a study, and the hash of it."""
    told = {
        "plan": hashlib.sha256(json.dumps(_plain(plan._replace(seed=0))).encode()).hexdigest(),
        "scenario": provenance.get("scenario_sha256", ""),
        "seed": str(plan.seed),
        "number of patients": str(patients),
        "version of the program": sources(),
    }
    return told | {"study": hashlib.sha256(json.dumps(told).encode()).hexdigest()}


def versions() -> dict[str, str]:
    """Return the versions that a result depends on."""
    return {
        "pumpsim": version(),
        "sources": sources(),
        "python": platform.python_version(),
        "numba": numba.__version__,
        "llvmlite": importlib.metadata.version("llvmlite"),
        "numpy": np.__version__,
        "h5py": library_version(),
    }


def _processor() -> str:
    from llvmlite.binding import get_host_cpu_name  # type: ignore[import-untyped]

    return str(numba.config.CPU_NAME or get_host_cpu_name())


def attributes(plan: Plan, patients: int, study: str) -> dict[str, str | int | float]:
    """Return the attributes that every study file has."""
    return {
        "Conventions": "CF-1.11",
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": json.dumps(versions()),
        "cpu": _processor(),
        "seed": plan.seed,
        "patients": patients,
        "years": plan.rules.horizon / YEAR,
        "replaces": int(plan.rules.replaces),
        "study": study,
        "how_to_open": 'xarray.open_dataset("FILE.h5", group="patients", engine="h5netcdf"); groups: patients, '
        "devices, events, and the estimates in curves/device_life, curves/first_operation, curves/recurrent, "
        "curves/rates, curves/delivery_error, and transients where an occlusion alarm needed them; the attributes "
        "parameters, kinds and versions are JSON; any reader of HDF5 opens it",
    }
