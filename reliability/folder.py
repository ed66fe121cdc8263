"""The folder of a study that is not finished: its manifest, its finished shards, and the patients that are missing;
what stands in a shard is in `reliability.store`."""

from __future__ import annotations

import errno
import fcntl
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from reliability.chunk import Chunk
from reliability.store import StudyError, open_study, read_shard, shard_image

_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}


class Folder(NamedTuple):
    """Where a study gathers its shards."""

    path: Path
    study: str  # hash of all that decides the numbers


class Shard(NamedTuple):
    """A finished chunk on disk."""

    first: int
    size: int
    path: Path


def folder_of(target: Path) -> Path:
    """Return the folder in which a study file grows.

    Examples
    --------
    >>> folder_of(Path("studies/demo.h5")).name
    'demo.h5.study'
    """
    return target.with_name(target.name + ".study")


def _sync(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def move_into_place(source: Path, target: Path) -> None:
    """Make a finished file appear under its name, whole or not at all, whatever happens to the machine."""
    with source.open("rb+") as file:
        os.fsync(file.fileno())
    source.replace(target)
    _sync(target.parent)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that appears whole or not at all.

    Raises
    ------
    StudyError
        When the disk is full, or refuses.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.part")
    try:
        part.write_bytes(content)
        move_into_place(part, path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise unwritable(path.parent, error) from error


def unwritable(folder: Path, error: OSError) -> StudyError:
    """Return the message for a file that cannot be written in the folder of a study."""
    cause, remedy = (error.strerror or str(error), "see to it")
    if error.errno in _FULL:
        cause, remedy = "the disk is full", "free some space"
    return StudyError(
        f"{folder} cannot be written, {cause}; all finished patients are kept there: {remedy} and run the same "
        "command with --resume."
    )


def _manifest(path: Path) -> dict[str, str]:
    try:
        told = json.loads((path / "manifest.json").read_text(encoding="utf-8"))
        return {str(name): str(value) for name, value in told.items()}
    except (OSError, ValueError, AttributeError) as error:
        raise StudyError(
            f"{path} holds no readable manifest: delete this folder, or choose another file for the result."
        ) from error


def claim(target: Path, identity: dict[str, str], resume: bool) -> Folder | None:
    """Return the folder of a study, found or still to be made; None when the study is finished.

    Parameters
    ----------
    target : Path
        The result file.
    identity : dict
        All that decides the numbers, each as a hash or a number; ``study`` is the hash of the rest.
    resume : bool
        Whether to go on where an earlier run stopped.

    Raises
    ------
    StudyError
        When the file or the folder exists and must not be touched, or has no folder to be in.
    """
    path, study = folder_of(target), identity["study"]
    if target.exists():
        if not resume:
            raise StudyError(f"{target} exists: choose another file for the result, or delete this one first.")
        with open_study(target) as found:
            if found.attributes.get("study") != study:
                raise StudyError(f"{target} is the result of another study: choose another file for the result.")
        shutil.rmtree(path, ignore_errors=True)
        return None
    if not target.parent.is_dir():
        raise _unmade(path, "there is no such folder")
    if not path.exists():
        return Folder(path, study)
    if not resume:
        raise StudyError(
            f"{path} holds an unfinished study: add --resume to go on with it, or delete this folder to start anew."
        )
    if (before := _manifest(path)) != identity:
        changed = [name for name in identity if name != "study" and before.get(name) != identity[name]]
        raise StudyError(
            f"{path} was begun with another {', '.join(changed) or 'study'}: go back to what was asked first, "
            "or delete this folder to start anew."
        )
    return Folder(path, study)


@contextmanager
def alone(folder: Folder) -> Iterator[None]:
    """Hold the folder of a study against other processes; the hold ends with this one, however it ends.

    Raises
    ------
    StudyError
        When another process is at work on the study.
    """
    handle = os.open(folder.path, os.O_RDONLY)
    try:
        _lock(handle, folder.path)
        yield
    finally:
        os.close(handle)


def _lock(handle: int, path: Path) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise StudyError(
            f"{path} grows already, in another process: wait for it, or choose another file for the result."
        ) from error
    except OSError:
        return  # a file system without locks


def make(folder: Folder, identity: dict[str, str]) -> None:
    """Make the folder of a study; it has its manifest from its first moment.

    Raises
    ------
    StudyError
        When it cannot be made.
    """
    path = folder.path
    new = path.with_name(path.name + ".new")
    try:
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir()
        write_whole(new / "manifest.json", json.dumps(identity, indent=1).encode())
        new.rename(path)
        _sync(path.parent)
    except OSError as error:
        raise _unmade(path, str(error.strerror)) from error


def _unmade(path: Path, why: str) -> StudyError:
    return StudyError(f"{path} cannot be made ({why}): choose another file for the result.")


def keep(folder: Folder, chunk: Chunk) -> Shard:
    """Return the shard of a finished chunk, written.

    Raises
    ------
    StudyError
        When the disk is full, or refuses.
    """
    path = folder.path / f"patients-{chunk.first:010d}-{chunk.size:08d}.h5"
    write_whole(path, shard_image(chunk, folder.study))
    return Shard(chunk.first, chunk.size, path)


def finished(folder: Folder, say: Callable[[str], None]) -> list[Shard]:
    """Return the shards that are whole and belong to the study, in patient order; the others are set aside.

    Parameters
    ----------
    folder : Folder
    say : callable
        Gets one sentence for each shard that is set aside.
    """
    for part in folder.path.glob("*.part"):
        part.unlink(missing_ok=True)
    good: list[Shard] = []
    covered = 0
    for path in sorted(folder.path.glob("patients-*.h5")):
        try:
            chunk = read_shard(path, folder.study)
            if chunk.first < covered:
                raise StudyError(f"{path.name} repeats patients of another shard")
        except StudyError as error:
            path.replace(path.with_suffix(".aside"))
            say(f"{error}: it is set aside and its patients are computed again.")
            continue
        covered = chunk.first + chunk.size
        good.append(Shard(chunk.first, chunk.size, path))
    return good


def missing(shards: Sequence[Shard], patients: int, size: int) -> Iterator[tuple[int, int]]:
    """Return the ranges of patients, first and count, that no shard holds, in pieces of at most `size`.

    Examples
    --------
    >>> list(missing([Shard(4, 2, Path())], patients=9, size=3))
    [(0, 3), (3, 1), (6, 3)]
    """
    gaps, at = [], 0
    for shard in shards:
        gaps.append((at, shard.first))
        at = shard.first + shard.size
    for start, stop in [*gaps, (at, patients)]:
        for first in range(start, stop, size):
            yield first, min(size, stop - first)
