"""Trace files: what one device did in time, as one HDF5 file that opens anywhere; how a device is traced stands in
`fluidics.engines.trace`, study files in `reliability.store`."""

from __future__ import annotations

import io
import json
import os
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import h5py
import numpy as np
from numpy.typing import NDArray

from reliability.folder import move_into_place
from reliability.provenance import versions

if TYPE_CHECKING:
    from fluidics.engines.trace import Event, Trace

SCHEMA = "pumpsim/trace"
SCHEMA_VERSION = "1.0"
FLAGS = {0: "shut", 1: "open"}
HOW_TO_OPEN = (
    'xarray.open_dataset("FILE.h5", engine="h5netcdf") holds pressure[time, node], volume[time, link], '
    'valve[time, link] and what is programmed, drawn and delivered; group="events" holds the events; the attributes '
    "parameters, versions and summary are JSON; any reader of HDF5 opens it"
)
_STORED = {"compression": "gzip", "compression_opts": 1, "shuffle": True, "fletcher32": True}


class Column(NamedTuple):
    """What is known besides, at each time of a trace."""

    name: str
    values: NDArray[np.float64]  # (r,)
    units: str
    meaning: str


def write_trace(
    path: Path, trace: Trace, attributes: Mapping[str, str | int | float], more: Sequence[Column] = ()
) -> None:
    """Write a trace as an HDF5 file that appears whole or not at all.

    Parameters
    ----------
    path : Path
        The new file; one of that name is replaced.
    trace : Trace
        What the device did.
    attributes : mapping
        What the file tells of where the trace comes from: scenario, parameters, command.
    more : sequence of Column
        What else is known at each time.

    Raises
    ------
    OSError
        When the file cannot be written.
    """
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(trace_image(trace, attributes, more))
        move_into_place(part, path)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def is_trace(path: Path) -> bool:
    """Return whether a file is a trace of this program."""
    try:
        with h5py.File(path, "r") as file:
            return bool(file.attrs.get("schema") == SCHEMA)
    except OSError:
        return False


def trace_image(trace: Trace, attributes: Mapping[str, str | int | float], more: Sequence[Column] = ()) -> bytes:
    """Return the bytes of the file; it is made in memory, so that a full disk is met by a plain write."""
    image = io.BytesIO()
    with h5py.File(image, "w") as file:
        file.attrs.update(
            {
                "Conventions": "CF-1.11",
                "schema": SCHEMA,
                "schema_version": SCHEMA_VERSION,
                "created": datetime.now(UTC).isoformat(timespec="seconds"),
                "versions": json.dumps(versions()),
                "engine": trace.engine,
                "how_to_open": HOW_TO_OPEN,
                **attributes,
            }
        )
        _scales(file, trace)
        _columns(file, trace)
        for column in more:
            _dataset(file, column.name, column.values, column.units, column.meaning, ("time",))
        _events(file.create_group("events"), trace.events)
    return image.getvalue()


def _scales(file: Any, trace: Trace) -> None:
    """Write the three dimensions: times, nodes and links by their names."""
    _dataset(file, "time", trace.time, "s", "time since the start of the trace", ())
    for name, labels, meaning in (
        ("node", trace.node_names, "place in the pump that has a pressure"),
        ("link", trace.link_names, "path between two places"),
    ):
        file.create_dataset(name, data=list(labels), dtype=h5py.string_dtype())
        file[name].attrs["long_name"] = meaning
    for name in ("time", "node", "link"):
        file[name].make_scale(name)


def _columns(file: Any, trace: Trace) -> None:
    """Write all that is known at each time."""
    there = "pressure, relative to the atmosphere around the pump"
    _dataset(file, "pressure", trace.pressure, "Pa", there, ("time", "node"))
    _dataset(file, "volume", trace.volume, "m3", "volume that passed since the start", ("time", "link"))
    _dataset(file, "valve", trace.open.astype(np.int8), "1", "whether a path is open", ("time", "link"), FLAGS)
    for name, column, meaning in (
        ("programmed", trace.programmed, "programmed"),
        ("drawn", trace.drawn, "drawn from the reservoir"),
        ("delivered", trace.delivered, "delivered to the site"),
    ):
        _dataset(file, name, column, "m3", f"volume {meaning} since the start", ("time",))
        flow = mean_flow(trace.time, column)
        _dataset(file, f"{name}_flow", flow, "m3/s", f"mean flow {meaning} since the time before", ("time",))


def mean_flow(time: NDArray[np.float64], volume: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the mean flow [m3/s] between each time and the one before, from volumes since time zero.

    Where no time passes the flow is that of the time before, zero at first.

    Examples
    --------
    >>> mean_flow(np.array([1.0, 3.0]), np.array([2.0, 2.0])).tolist()
    [2.0, 0.0]
    """
    steps = np.diff(time, prepend=0.0)
    passed = np.diff(volume, prepend=0.0)
    last = np.maximum.accumulate(np.where(steps > 0.0, np.arange(len(time)), -1))
    flow = np.divide(passed, steps, out=np.zeros_like(passed), where=steps > 0.0)
    return np.where(last >= 0, flow[last], 0.0)


def _events(group: Any, events: Sequence[Event]) -> None:
    """Write the events; their names are codes, explained beside them."""
    names = sorted({event.name for event in events})
    count = np.arange(len(events))
    _dataset(group, "event", count, "1", "number of the event, from 0", ())
    group["event"].make_scale("event")
    times = np.array([event.time for event in events], dtype=np.float64)
    values = np.array([event.value for event in events], dtype=np.float64)
    codes = np.array([names.index(event.name) for event in events], dtype=np.int16)
    _dataset(group, "time", times, "s", "time since the start of the trace", ("event",))
    _dataset(group, "kind", codes, "1", "what happened", ("event",), dict(enumerate(names)))
    meaning = "new value of the number that changed, pressure of an alarm, resistance of a blockage; in SI"
    _dataset(group, "value", values, "1", meaning, ("event",))


def _dataset(
    group: Any,
    name: str,
    values: NDArray[Any],
    units: str,
    meaning: str,
    dims: tuple[str, ...],
    flags: Mapping[int, str] | None = None,
) -> None:
    data = group.create_dataset(name, data=values, **(_STORED if values.size else {}))
    data.attrs["units"] = units
    data.attrs["long_name"] = meaning
    if flags:
        data.attrs["flag_values"] = np.array(list(flags), dtype=values.dtype)
        data.attrs["flag_meanings"] = " ".join(word.replace(" ", "_") for word in flags.values())
    for k, dim in enumerate(dims):
        data.dims[k].attach_scale(group[dim])
        data.dims[k].label = dim
