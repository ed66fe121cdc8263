"""Study files: how chunks become shards, shards one HDF5 file, and how it is read back; which shards a study still
lacks stands in `reliability.folder`, what is computed from the tables in `reliability.curves`."""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import h5py
import numpy as np
from numpy.typing import NDArray

from reliability.chunk import Chunk
from reliability.events import ENDS
from reliability.tables import GROUPS, TABLES, Column, Table

SCHEMA = "pumpsim/study"
SCHEMA_VERSION = "1.1"
DIMENSIONS = {"patients": "patient", "devices": "device", "events": "event"}

_BLOCK = 65536  # rows per piece: half a megabyte of floats, which fits the cache that HDF5 keeps per column


class StudyError(Exception):
    """What a user can mend, said in one sentence."""


class Variable(NamedTuple):
    """One array of the result file with its meaning."""

    dims: tuple[str, ...]
    values: NDArray[Any]
    units: str
    long_name: str
    labels: Mapping[int, str] = {}  # what the codes stand for, when the values are codes


Variables = dict[str, Variable]
Curves = dict[str, Variables]


def _digest_column(text: Any, name: str, column: Any) -> None:
    """Add one column, an array or a dataset, to a hash: its name, type, length and numbers."""
    text.update(f"{name} {column.dtype.newbyteorder('<').str} {column.shape[0]}\n".encode())
    for at in range(0, column.shape[0], _BLOCK):
        block = np.asarray(column[at : at + _BLOCK])
        text.update(np.ascontiguousarray(block, block.dtype.newbyteorder("<")))


def library_version() -> str:
    """Return the version of the library that writes the files."""
    return str(h5py.__version__)


def chunk_digest(chunk: Chunk) -> str:
    """Return the SHA-256 of all numbers of a chunk."""
    text = hashlib.sha256()
    for table in TABLES:
        for name, column in sorted(getattr(chunk, table).items()):
            _digest_column(text, f"{table}/{name}", column)
    return text.hexdigest()


def shard_image(chunk: Chunk, study: str) -> bytes:
    """Return the bytes of an HDF5 file with one chunk of the study of a given hash.

    The file is made in memory, so that a full disk is met by a plain write and never by HDF5.
    """
    image = io.BytesIO()
    with h5py.File(image, "w") as file:
        file.attrs.update({"study": study, "first": chunk.first, "count": chunk.size, "sha256": chunk_digest(chunk)})
        for table in TABLES:
            for name, column in getattr(chunk, table).items():
                whole = {"chunks": column.shape, "fletcher32": True} if len(column) else {}
                file.create_dataset(f"{table}/{name}", data=column, **whole)
    return image.getvalue()


def read_shard(path: Path, study: str) -> Chunk:
    """Return the chunk of a shard.

    Raises
    ------
    StudyError
        When it cannot be read, belongs to another study, or its numbers are not those that were written.
    """
    try:
        with h5py.File(path, "r") as file:
            told = dict(file.attrs)
            tables = {t: {c.name: file[f"{t}/{c.name}"][:] for c in columns} for t, columns in TABLES.items()}
        if told["study"] != study:
            raise StudyError(f"{path.name} belongs to another study")
        chunk = Chunk(int(told["first"]), int(told["count"]), **tables)
        intact = told["sha256"] == chunk_digest(chunk) and len(chunk.patients["world"]) == chunk.size
    except (OSError, KeyError, RuntimeError, ValueError, TypeError) as error:
        raise StudyError(f"{path.name} cannot be read ({error})") from error
    if not intact:
        raise StudyError(f"{path.name} does not hold the numbers that were written")
    return chunk


def _labels(column: Column, kinds: Mapping[int, str]) -> Mapping[int, str]:
    return {"": {}, "ends": dict(enumerate(ENDS)), "kinds": kinds}[column.codes]


def _describe(data: Any, units: str, long_name: str, labels: Mapping[int, str]) -> None:
    data.attrs["units"] = units
    data.attrs["long_name"] = long_name
    if labels:
        codes = sorted(labels)
        data.attrs["flag_values"] = np.array(codes, dtype=data.dtype)
        data.attrs["flag_meanings"] = " ".join(labels[code].replace(" ", "_") for code in codes)


def _group(file: Any, name: str) -> Any:
    """Return a new group that tells what it holds."""
    group = file.create_group(name)
    group.attrs["title"], group.attrs["description"] = GROUPS[name]
    return group


def _attach(group: Any, name: str, dims: Sequence[str]) -> None:
    """Name the dimensions of a variable, or make it the scale of its own."""
    if dims == (name,):
        group[name].make_scale(name)
    for k, dim in enumerate(dims):
        if dim != name:
            group[name].dims[k].attach_scale(group[dim])


class _Output(io.FileIO):
    """A file that goes on quietly after its first failed write, and keeps the error for whoever asks.

    HDF5 does not survive a failed write: it fails again when the file is closed and takes the process with it.
    """

    failure: OSError | None = None

    def write(self, data: Any) -> int:
        """Return the length of the data, all of it written unless a write has failed."""
        rest = memoryview(data).cast("B")
        size = len(rest)
        try:
            while rest and self.failure is None:
                rest = rest[super().write(rest) :]
        except OSError as error:
            self.failure = error
        return size

    def truncate(self, size: int | None = None) -> int:
        """Return the new length of the file, changed unless a write has failed."""
        try:
            return super().truncate(size) if self.failure is None else size or 0
        except OSError as error:
            self.failure = error
            return size or 0

    def check(self) -> None:
        """Raise the error of the first failed write, if there was one."""
        if self.failure is not None:
            raise self.failure


def _make_table(file: Any, table: str, total: int, kinds: Mapping[int, str], compression: Mapping[str, Any]) -> None:
    """Make the columns of a table of `total` rows, and number the rows."""
    dim, group = DIMENSIONS[table], _group(file, table)
    filters = {"chunks": (min(total, _BLOCK),), "fletcher32": True, "shuffle": True, **compression} if total else {}
    scale = group.create_dataset(dim, (total,), "i8", **filters)
    for at in range(0, total, _BLOCK):
        scale[at : at + _BLOCK] = np.arange(at, min(at + _BLOCK, total))
    _describe(scale, "1", f"number of the {dim}, from 0", {})
    _attach(group, dim, (dim,))
    for column in TABLES[table]:
        data = group.create_dataset(column.name, (total,), column.dtype, **filters)
        _describe(data, column.units, column.long_name, _labels(column, kinds))
        _attach(group, column.name, (dim,))


def _lengths(shard: Path) -> list[int]:
    with h5py.File(shard, "r") as file:
        return [len(file[f"{table}/{columns[0].name}"]) for table, columns in TABLES.items()]


def _fill_tables(file: Any, output: _Output, shards: Sequence[Path], lengths: NDArray[np.int64]) -> None:
    """Copy the columns of one shard after the other; `lengths` are the rows of each, per table."""
    starts = np.cumsum(lengths, axis=0) - lengths
    places = {table: {column.name: file[table][column.name] for column in TABLES[table]} for table in TABLES}
    for shard, start, length in zip(shards, starts, lengths, strict=True):
        with h5py.File(shard, "r") as source:
            for at, rows, (table, place) in zip(start, length, places.items(), strict=True):
                if rows:
                    group = source[table]
                    for name, data in place.items():
                        data[at : at + rows] = group[name][:]
        output.check()


def _write_variables(file: Any, name: str, variables: Variables) -> None:
    group = _group(file, name)
    for key, variable in variables.items():
        group[key] = variable.values
        _describe(group[key], variable.units, variable.long_name, variable.labels)
    for key in sorted(variables, key=lambda key: variables[key].dims != (key,)):
        _attach(group, key, variables[key].dims)


def _write_curves(file: Any, curves: Curves) -> None:
    _group(file, "curves")
    for name, variables in curves.items():
        _write_variables(file, f"curves/{name}", variables)


def merge(
    shards: Sequence[Path],
    path: Path,
    attributes: Mapping[str, str | int | float],
    kinds: Mapping[int, str],
    estimates: Callable[[StudyFile], Curves],
    compress: bool = False,
    transients: Variables | None = None,
) -> None:
    """Write the study file from its shards in patient order, with what `estimates` makes of the tables.

    Parameters
    ----------
    shards : sequence of Path
        Checked shards that hold each patient once, in order.
    path : Path
        The new file.
    attributes : mapping
        Attributes of the file.
    kinds : mapping
        Labels of the codes of events and of ends of devices.
    estimates : callable
        Makes the curves from the open file.
    compress : bool
        Whether to pack the columns with gzip.
    transients : mapping of Variable, optional
        The table of occlusions that the study used, if it used one.

    Raises
    ------
    OSError
        When the disk is full.
    """
    compression = {"compression": "gzip", "compression_opts": 1} if compress else {}
    lengths = np.array([_lengths(shard) for shard in shards])
    with _Output(path, "w+b") as output:
        try:
            with h5py.File(output, "w") as file:
                for table, total in zip(TABLES, lengths.sum(axis=0), strict=True):
                    _make_table(file, table, int(total), kinds, compression)
                _fill_tables(file, output, shards, lengths)
                file.attrs.update({**attributes, "schema": SCHEMA, "schema_version": SCHEMA_VERSION})
                file.attrs["kinds"] = json.dumps({str(code): label for code, label in kinds.items()})
                file.flush()
                output.check()
                if transients:
                    _write_variables(file, "transients", transients)
                _write_curves(file, estimates(StudyFile(file)))
        finally:
            # what could not be written cannot be read back either; the first failure is the one to tell
            output.check()


class StudyFile:
    """A study file opened for reading."""

    def __init__(self, file: Any) -> None:
        self._file = file

    @property
    def attributes(self) -> dict[str, Any]:
        """Return the attributes of the file: what was asked, with which versions, from which scenario."""
        given = self._file.attrs.items()
        return {name: value.item() if isinstance(value, np.generic) else value for name, value in given}

    @property
    def kinds(self) -> dict[int, str]:
        """Return the label of every code of an event or of a device's end."""
        return {int(code): label for code, label in json.loads(self._file.attrs["kinds"]).items()}

    def table(self, name: str, columns: Sequence[str] | None = None) -> Table:
        """Return columns of a table, all of them by default.

        Raises
        ------
        ValueError
            When the file has no such table or column.
        """
        known = {t: [column.name for column in TABLES[t]] for t in TABLES}
        if name not in known:
            raise ValueError(f"there is no table {name!r}: ask for one of {', '.join(known)}.")
        wanted = known[name] if columns is None else list(columns)
        for column in wanted:
            if column not in self._file[name]:
                raise ValueError(f"table {name!r} has no column {column!r}: it has {', '.join(known[name])}.")
        return {column: self._file[name][column][:] for column in wanted}

    def pieces(self, name: str, columns: Sequence[str]) -> Iterator[Table]:
        """Return columns of a table in consecutive pieces, for tables that are too long to hold."""
        for at in range(0, len(self._file[name][columns[0]]), 16 * _BLOCK):
            yield {column: self._file[name][column][at : at + 16 * _BLOCK] for column in columns}

    @property
    def curves(self) -> dict[str, dict[str, NDArray[Any]]]:
        """Return the arrays of every estimate."""
        groups = self._file.get("curves", {})
        return {name: {key: data[()] for key, data in group.items()} for name, group in groups.items()}

    @property
    def transients(self) -> dict[str, NDArray[Any]]:
        """Return the arrays of the table of occlusions, none when the study used none."""
        return {key: data[()] for key, data in self._file.get("transients", {}).items()}

    def meaning(self, name: str) -> dict[str, Any]:
        """Return the attributes of one array, such as ``curves/device_life/survival``: units, long_name, codes."""
        return {key: value for key, value in self._file[name].attrs.items() if key not in _BOOKKEEPING}


_BOOKKEEPING = {"CLASS", "NAME", "DIMENSION_LIST", "REFERENCE_LIST"}


@contextmanager
def open_study(path: str | os.PathLike[str]) -> Iterator[StudyFile]:
    """Return a study file, open for reading inside a `with` block.

    Raises
    ------
    StudyError
        When there is no such file, or it is not a study of this program.
    """
    if not Path(path).is_file():
        raise StudyError(f"{path}: there is no such file; `pumpsim study` makes one.")
    try:
        file = h5py.File(path, "r")
    except OSError as error:
        raise StudyError(f"{path} is not a pumpsim study: it is no HDF5 file, or a damaged one ({error}).") from error
    with file:
        if file.attrs.get("schema") != SCHEMA:
            raise StudyError(f"{path} is not a pumpsim study: it is HDF5, but not of the schema {SCHEMA!r}.")
        version = str(file.attrs.get("schema_version", "0"))
        if version.split(".")[0] != SCHEMA_VERSION.split(".")[0]:
            raise StudyError(f"{path} has schema version {version}; this pumpsim reads {SCHEMA_VERSION}: update it.")
        yield StudyFile(file)


def digest(path: str | os.PathLike[str]) -> str:
    """Return the SHA-256 of a study's data alone: names, types and numbers of the columns of its tables.

    It is the same for any chunk size, number of threads or workers, interruption, date and compression.
    """
    text = hashlib.sha256()
    with open_study(path) as study:
        for table, columns in TABLES.items():
            for name in sorted(column.name for column in columns):
                _digest_column(text, f"{table}/{name}", study._file[table][name])
    return text.hexdigest()
