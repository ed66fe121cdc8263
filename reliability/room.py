"""Whether a study fits on the disk and into the memory of this machine, before it is made; where it is kept stands in
`reliability.folder`."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import NamedTuple

from reliability.chunk import Chunk
from reliability.store import StudyError
from reliability.tables import Table

COPIES = 2  # on the disk while shards are merged into one file
EVENT = 16  # bytes of memory for each event, in the estimates


class Need(NamedTuple):
    """What patients need."""

    disk: float  # [byte]
    memory: float  # [byte]


def needed(sample: Chunk, patients: int) -> Need:
    """Return what so many patients need, were they all like a sample.

    Parameters
    ----------
    sample : Chunk
        The first patients of the study.
    patients : int
        How many there are to be.

    Returns
    -------
    Need
        All columns on the disk, twice, and those of patients and pumps in memory, with a few bytes for each event.
    """
    people, events = _bytes(sample.patients) + _bytes(sample.devices), sample.events
    more = patients / sample.size
    return Need(COPIES * more * (people + _bytes(events)), more * (people + EVENT * len(events["kind"])))


def _bytes(table: Table) -> int:
    return sum(column.nbytes for column in table.values())


def machine(folder: Path) -> Need:
    """Return what this machine has: free space on the disk of a folder, and memory."""
    return Need(shutil.disk_usage(folder).free, os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"))


def check_room(sample: Chunk, patients: int, folder: Path) -> None:
    """Refuse a study that fits neither on the disk of a folder nor into memory.

    Parameters
    ----------
    sample : Chunk
        The first patients of the study.
    patients : int
        How many are still to be simulated.
    folder : Path
        Where the study will be written.

    Raises
    ------
    StudyError
        With what it needs, what there is, and how many patients would fit.
    """
    has = machine(folder)
    for name, needs, there in zip(("disk", "memory"), needed(sample, patients), has, strict=True):
        if needs > there:
            most, elsewhere = int(patients * (there / needs)), ", or write elsewhere" if name == "disk" else ""
            raise StudyError(
                f"{patients:,} patients need about {needs / 1e9:,.3g} GB of {name}, and there are {there / 1e9:,.3g} "
                f"GB: ask for {most:,} at most, or for fewer years{elsewhere}."
            )
