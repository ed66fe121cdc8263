"""Trace files: what was written is read, by xarray and h5py alike; a file appears whole or not at all."""

from __future__ import annotations

import errno
import json
import math

import h5py
import numpy as np
import pytest
import xarray
from hypothesis import given
from hypothesis import strategies as st

from fluidics.engines.trace import Event, Trace
from reliability import recording
from reliability.recording import Column, mean_flow, write_trace
from tests.fluidics.parts import QUIET

TOLD = {"title": "A pump", "scenario": "title = 'A pump'\n", "scenario_sha256": "0" * 64, "parameters": "[]"}


@pytest.fixture
def trace() -> Trace:
    time = np.array([0.1, 0.2, 60.0, 120.0])
    return Trace(
        engine="exact",
        time=time,
        programmed=1e-12 * time,
        node_names=("reservoir", "chamber", "line 1", "tip"),
        pressure=np.arange(16.0).reshape(4, 4) * 1e3,
        link_names=("inlet", "outlet", "tip"),
        volume=np.outer(time, [1e-12, 0.9e-12, 0.8e-12]),
        open=np.array([[0, 1, 1], [1, 0, 1], [0, 0, 1], [0, 1, 1]]),
        drawn=1e-12 * time,
        delivered=0.8e-12 * time,
        events=(Event(60.0, "site.pressure", 5e3), Event(90.0, "alarm", 9e4), Event(100.0, "site.pressure", 4e3)),
        strokes=2,
        switches=5,
        residual=1e-25,
        state=QUIET,
    )


@pytest.fixture
def file(tmp_path, trace):
    write_trace(tmp_path / "t.h5", trace, TOLD)
    return tmp_path / "t.h5"


def test_xarray_reads_what_was_written(file, trace):
    with xarray.open_dataset(file, engine="h5netcdf", decode_timedelta=False) as read:
        assert dict(read.sizes) == {"time": 4, "node": 4, "link": 3}
        assert read["node"].values.tolist() == list(trace.node_names)
        np.testing.assert_array_equal(read["pressure"].sel(node="line 1"), trace.pressure[:, 2])
        np.testing.assert_array_equal(read["volume"], trace.volume)
        np.testing.assert_array_equal(read["valve"].sel(link="inlet"), trace.open[:, 0])
        for column in ("time", "programmed", "drawn", "delivered"):
            np.testing.assert_array_equal(read[column], getattr(trace, column))
        assert read["pressure"].dims == ("time", "node")
        assert read["pressure"].attrs["units"] == "Pa"


def test_xarray_reads_the_events_by_name(file, trace):
    with xarray.open_dataset(file, group="events", engine="h5netcdf", decode_timedelta=False) as read:
        names = read["kind"].attrs["flag_meanings"].split()
        assert [names[code] for code in read["kind"].values] == [event.name for event in trace.events]
        assert read["time"].values.tolist() == [event.time for event in trace.events]
        assert read["value"].values.tolist() == [event.value for event in trace.events]


def test_a_trace_without_events_has_an_empty_table(tmp_path, trace):
    write_trace(tmp_path / "t.h5", trace._replace(events=()), TOLD)
    with xarray.open_dataset(tmp_path / "t.h5", group="events", engine="h5netcdf", decode_timedelta=False) as read:
        assert read.sizes["event"] == 0


def test_every_array_tells_its_unit_and_what_it_is(file):
    def told(name, data):
        if isinstance(data, h5py.Dataset):
            assert data.attrs["long_name"], name
            assert name in ("node", "link") or data.attrs["units"], name
            assert data.dtype.kind in "if" or name in ("node", "link")
            assert data.dtype != np.float16
            assert len(data.dims) == data.ndim
            assert all(len(dim) == 1 or data.is_scale for dim in data.dims), name

    with h5py.File(file) as opened:
        opened.visititems(told)


def test_valve_states_carry_their_meaning(file):
    with h5py.File(file) as opened:
        attributes = opened["valve"].attrs
        assert dict(zip(attributes["flag_values"].tolist(), attributes["flag_meanings"].split(), strict=True)) == {
            0: "shut",
            1: "open",
        }


def test_the_file_says_where_it_comes_from_and_how_to_open_it(file):
    with h5py.File(file) as opened:
        attributes = dict(opened.attrs)
    assert attributes["schema"] == "pumpsim/trace"
    assert attributes["engine"] == "exact"
    assert {"pumpsim", "numba", "numpy", "h5py", "sources"} <= set(json.loads(attributes["versions"]))
    assert TOLD.items() <= attributes.items()
    assert "h5netcdf" in attributes["how_to_open"]


# --- flows -------------------------------------------------------------------------------------------------------


def test_what_is_known_besides_stands_beside_it(tmp_path, trace):
    more = [Column("strength", np.array([1.0, 0.9, 0.8, 0.7]), "1", "active share")]
    write_trace(tmp_path / "t.h5", trace, TOLD, more)
    with xarray.open_dataset(tmp_path / "t.h5", engine="h5netcdf", decode_timedelta=False) as read:
        assert read["strength"].dims == ("time",)
        assert read["strength"].attrs["units"] == "1"
        assert read["strength"].attrs["long_name"] == "active share"
        np.testing.assert_array_equal(read["strength"], more[0].values)


@given(st.lists(st.tuples(st.floats(1e-3, 1e3), st.floats(0.0, 1e-9)), min_size=1, max_size=30))
def test_mean_flow_times_time_is_the_volume(steps):
    time, volume = np.cumsum(np.array(steps), axis=0).T
    flow = mean_flow(time, volume)
    assert math.fsum(flow * np.diff(time, prepend=0.0)) == pytest.approx(volume[-1], rel=1e-9, abs=1e-24)


def test_where_no_time_passes_the_flow_is_that_before():
    assert mean_flow(np.array([0.0, 1.0, 1.0, 2.0]), np.array([0.0, 3.0, 3.0, 4.0])).tolist() == [0.0, 3.0, 3.0, 1.0]


# --- whole or not at all -----------------------------------------------------------------------------------------


def test_a_full_disk_leaves_the_file_before_and_nothing_else(file, trace, monkeypatch):
    before = file.read_bytes()

    def full(source, target):
        raise OSError(errno.ENOSPC, "No space left on device", str(target))

    monkeypatch.setattr(recording, "move_into_place", full)
    with pytest.raises(OSError, match="No space left"):
        write_trace(file, trace, {})
    assert file.read_bytes() == before
    assert [path.name for path in file.parent.iterdir()] == ["t.h5"]


def test_a_missing_folder_is_an_error_and_makes_nothing(tmp_path, trace):
    with pytest.raises(OSError, match="No such file"):
        write_trace(tmp_path / "not" / "t.h5", trace, {})
    assert not (tmp_path / "not").exists()
