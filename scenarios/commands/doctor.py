"""What pumpsim stands on here: versions, processor, folders, and whether another package took one of its names."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from reliability.version import version
from scenarios.commands.screen import Json, print_json, print_table, say

if TYPE_CHECKING:
    from importlib import metadata

PACKAGES = ("numba", "llvmlite", "numpy", "h5py", "dask", "distributed", "pydantic", "typer", "scipy", "matplotlib")
LITTLE_SPACE = 1e9  # [byte] a million patients over ten years take about half of it


def name_clash() -> str | None:
    """Return one sentence when another distribution owns the import name `reliability`, else None.

    Both packages share one folder then, pip says nothing, and whichever came last wins file by file.
    """
    from importlib import metadata

    for distribution in metadata.distributions():
        if _brings_reliability(distribution) and (name := distribution.metadata["Name"]) != "pumpsim":
            return (
                f"The distribution '{name}' {distribution.version} also installs a package named 'reliability', and "
                "the two cannot share an environment: give pumpsim one of its own, made by python3 -m venv."
            )
    return None


def _brings_reliability(distribution: metadata.Distribution) -> bool:
    names = distribution.read_text("top_level.txt")
    if names is not None:
        return "reliability" in names.split()
    return "\nreliability/__init__.py," in "\n" + (distribution.read_text("RECORD") or "")


def doctor(as_json: Json = False) -> None:
    """Show what pumpsim finds here, and what is wrong."""
    found, troubles = findings(), problems()
    if as_json:
        print_json({**found, "problems": troubles})
    else:
        print_table(list(found.items()))
        for trouble in troubles:
            say(trouble)
    raise typer.Exit(1 if troubles else 0)


def findings() -> dict[str, str]:
    """Return what pumpsim finds here, in words."""
    import platform
    import shutil

    from llvmlite.binding import get_host_cpu_name  # type: ignore[import-untyped]

    folder = kernel_folder()
    return {
        "pumpsim": version(),
        "python": f"{platform.python_version()} ({platform.system()} {platform.machine()})",
        **{package: version(package) for package in PACKAGES},
        "processor": os.environ.get("NUMBA_CPU_NAME") or get_host_cpu_name(),
        "cores": str(cores()),
        "compiled kernels": f"{folder} ({'there' if folder.exists() else 'made at the first study, about 10 s'})",
        "free space here": f"{shutil.disk_usage('.').free / 1e9:.1f} GB",
    }


def problems() -> list[str]:
    """Return what stands in the way of a study, one sentence each."""
    import shutil

    found = [clash] if (clash := name_clash()) else []
    folder = kernel_folder()
    there = next(parent for parent in (folder, *folder.parents) if parent.exists())
    if not os.access(there, os.W_OK):
        found.append(f"{there} cannot be written, so kernels compile at every start: set NUMBA_CACHE_DIR to a folder.")
    free = shutil.disk_usage(".").free
    if free < LITTLE_SPACE:
        found.append(f"Only {free / 1e9:.2f} GB are free here, and a million patients may need 1 GB: make room.")
    return found


def kernel_folder() -> Path:
    """Return the folder of the compiled lifetime kernel."""
    from fluidics.compile import cache_folder

    return cache_folder(Path(__file__).parents[2] / "reliability" / "history.py")


def cores() -> int:
    """Return the number of processor cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
