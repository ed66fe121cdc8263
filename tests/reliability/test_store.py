"""What stands in a study file, who can read it, and what is refused; its chunks come from the kernel."""

from __future__ import annotations

import json

import h5py
import numpy as np
import pytest

from reliability.chunk import Chunk, kinds, simulate
from reliability.store import (
    StudyError,
    Variable,
    chunk_digest,
    digest,
    merge,
    open_study,
    read_shard,
    shard_image,
)
from reliability.tables import GROUPS, TABLES
from tests.reliability.plans import active_plan

PLAN = active_plan()
ATTRIBUTES = {"title": "a study", "seed": 1, "years": 10.0}


def curve(study):
    time = np.arange(3.0)
    return {
        "device_life": {
            "survival": Variable(("cause", "time"), np.ones((2, 3)), "1", "survival"),
            "time": Variable(("time",), time, "d", "time"),
            "cause": Variable(("cause",), np.array([1, 2]), "1", "cause", {1: "rinse", 2: "tip obstruction"}),
        }
    }


def merged(folder, chunks, name="study.h5", **options):
    shards = []
    for k, chunk in enumerate(chunks):
        shards.append(folder / f"{name}-{k}")
        shards[-1].write_bytes(shard_image(chunk, "abc"))
    merge(shards, folder / name, ATTRIBUTES, kinds(PLAN), curve, **options)
    return folder / name


@pytest.fixture(scope="module")
def chunks():
    return [simulate(PLAN, first, 20) for first in (0, 20, 40)]


@pytest.fixture(scope="module")
def path(chunks, tmp_path_factory):
    return merged(tmp_path_factory.mktemp("store"), chunks)


def joined(chunks, table, column):
    return np.concatenate([getattr(chunk, table)[column] for chunk in chunks])


def changed(chunk, table, column, row):
    """Return a copy of a chunk with the last bit of one number turned."""
    copy = {name: values.copy() for name, values in getattr(chunk, table).items()}
    copy[column].view(f"u{copy[column].itemsize}")[row] ^= 1
    return chunk._replace(**{table: copy})


def test_a_shard_gives_back_its_chunk(chunks, tmp_path):
    shard = tmp_path / "shard.h5"
    shard.write_bytes(shard_image(chunks[1], "abc"))
    again = read_shard(shard, "abc")
    assert (again.first, again.size) == (20, 20)
    assert chunk_digest(again) == chunk_digest(chunks[1])


def test_a_shard_of_another_study_or_no_shard_is_refused(chunks, tmp_path):
    shard = tmp_path / "shard.h5"
    shard.write_bytes(shard_image(chunks[0], "abc"))
    with pytest.raises(StudyError, match="another study"):
        read_shard(shard, "abd")
    shard.write_bytes(b"no HDF5 at all")
    with pytest.raises(StudyError, match="cannot be read"):
        read_shard(shard, "abc")


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.9, 0.999])
def test_a_truncated_shard_is_refused(chunks, tmp_path, share):
    image = shard_image(chunks[0], "abc")
    shard = tmp_path / "shard.h5"
    shard.write_bytes(image[: int(share * len(image))])
    with pytest.raises(StudyError, match=r"shard\.h5"):
        read_shard(shard, "abc")


def test_no_turned_bit_of_a_shard_changes_a_number_unseen(chunks, tmp_path):
    """Bits that no number hangs on may turn; all others are found."""
    image, wanted = bytearray(shard_image(chunks[0], "abc")), chunk_digest(chunks[0])
    shard, rng, found = tmp_path / "shard.h5", np.random.default_rng(1), 0
    for at in rng.integers(0, len(image), 150):
        bit = 1 << int(rng.integers(8))
        image[at] ^= bit
        shard.write_bytes(image)
        try:
            assert chunk_digest(read_shard(shard, "abc")) == wanted
        except StudyError:
            found += 1
        image[at] ^= bit
    assert found > 30


def test_the_file_holds_the_chunks_in_patient_order(chunks, path):
    with open_study(path) as study:
        for table in TABLES:
            for name, values in study.table(table).items():
                np.testing.assert_array_equal(values, joined(chunks, table, name), strict=True)
        assert study.attributes["title"] == "a study"
        assert study.attributes["years"] == 10.0
        assert study.kinds == kinds(PLAN)
        assert study.curves["device_life"]["survival"].shape == (2, 3)
        assert study.meaning("patients/end") == {
            "units": "d",
            "long_name": "end of follow-up since the patient's entry",
        }


def test_digest_is_of_the_data_alone(chunks, path, tmp_path):
    assert digest(merged(tmp_path, chunks, "packed.h5", compress=True)) == digest(path)
    whole = simulate(PLAN, 0, 60)
    assert digest(merged(tmp_path, [whole], "whole.h5")) == digest(path)
    assert (tmp_path / "packed.h5").stat().st_size < path.stat().st_size
    for table, column, row in [("patients", "delivered", 7), ("devices", "cause", 0), ("events", "time", 3)]:
        other = merged(tmp_path, [changed(chunks[0], table, column, row), *chunks[1:]], "other.h5")
        assert digest(other) != digest(path), (table, column)


def test_only_types_that_every_reader_knows(path):
    types, filters = set(), set()

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            types.add(item.dtype.str)
            filters.add((item.fletcher32, item.shuffle, item.compression))

    with h5py.File(path) as file:
        file.visititems(visit)
        shuffled = file["patients/end"]
        assert shuffled.fletcher32
        assert shuffled.shuffle
    assert types <= {"<f8", "<i8", "<i4", "<i2", "|i1"}
    assert {compression for _, _, compression in filters} == {None}


def test_dimensions_units_and_codes_are_told(path):
    with h5py.File(path) as file:
        assert file.attrs["schema"] == "pumpsim/study"
        assert json.loads(file.attrs["kinds"])["0"] == "in_service"
        for table, dim in {"patients": "patient", "devices": "device", "events": "event"}.items():
            assert file[table][dim].is_scale
            for column in TABLES[table]:
                data = file[table][column.name]
                assert data.dims[0][0] == file[table][dim]
                assert data.attrs["units"] == column.units
                assert data.attrs["units"] != "days"
        cause = file["devices/cause"]
        codes = dict(zip(cause.attrs["flag_values"], cause.attrs["flag_meanings"].split(" "), strict=True))
        assert codes == kinds(PLAN)
        assert cause.attrs["flag_values"].dtype == cause.dtype
        assert file["curves/device_life/cause"].attrs["flag_meanings"] == "rinse tip_obstruction"
        assert [dim.keys() for dim in file["curves/device_life/survival"].dims] == [["cause"], ["time"]]


def test_every_group_tells_what_it_holds(path):
    with h5py.File(path) as file:
        groups = [name for name in GROUPS if name in file]
        assert groups == ["patients", "devices", "events", "curves", "curves/device_life"]
        assert {name: (file[name].attrs["title"], file[name].attrs["description"]) for name in groups}.items() <= (
            GROUPS.items()
        )
        assert "DIMENSION_LABELS" not in file["devices/time"].attrs


def test_it_opens_in_xarray(chunks, path):
    xarray = pytest.importorskip("xarray")
    with xarray.open_dataset(path, group="devices", engine="h5netcdf") as devices:
        assert devices["time"].dims == ("device",)
        np.testing.assert_array_equal(devices["time"], joined(chunks, "devices", "time"))
        assert devices["device"].to_numpy().tolist() == list(range(devices.sizes["device"]))
    with xarray.open_dataset(path, group="events", engine="h5netcdf") as events:
        assert events["kind"].attrs["flag_meanings"].startswith("in_service underdelivery")
    with xarray.open_dataset(path, group="curves/device_life", engine="h5netcdf") as life:
        assert life["survival"].dims == ("cause", "time")
    with xarray.open_datatree(path, engine="h5netcdf") as tree:
        assert tree.attrs["title"] == "a study"
        assert tree["patients"].sizes["patient"] == 60


def test_tables_without_rows(path, tmp_path, chunks):
    """A study in which nothing happens has a table of events with no rows."""
    quiet = Chunk(0, 20, chunks[0].patients, chunks[0].devices, {n: v[:0] for n, v in chunks[0].events.items()})
    empty = merged(tmp_path, [quiet], "empty.h5")
    with open_study(empty) as study:
        assert len(study.table("events")["time"]) == 0
    assert len(digest(empty)) == 64
    xarray = pytest.importorskip("xarray")
    with xarray.open_dataset(empty, group="events", engine="h5netcdf") as events:
        assert events.sizes["event"] == 0


def test_a_long_scenario_fits_the_attributes(tmp_path, chunks, monkeypatch):
    monkeypatch.setitem(ATTRIBUTES, "scenario", "# µL\n" * 100_000)
    with open_study(merged(tmp_path, chunks[:1])) as study:
        assert study.attributes["scenario"] == "# µL\n" * 100_000


def test_what_is_no_study_is_refused(tmp_path):
    with pytest.raises(StudyError, match="there is no such file"), open_study(tmp_path / "none.h5"):
        pass
    text = tmp_path / "text.h5"
    text.write_text("text")
    with pytest.raises(StudyError, match="is not a pumpsim study: it is no HDF5 file"), open_study(text):
        pass
    foreign = tmp_path / "foreign.h5"
    with h5py.File(foreign, "w") as file:
        file["a"] = 1
    with pytest.raises(StudyError, match="is not a pumpsim study: it is HDF5"):
        digest(foreign)
    with h5py.File(foreign, "a") as file:
        file.attrs.update({"schema": "pumpsim/study", "schema_version": "2.0"})
    with pytest.raises(StudyError, match=r"schema version 2\.0"), open_study(foreign):
        pass


def test_a_table_or_column_that_is_not_there_is_named(path):
    with open_study(path) as study:
        assert list(study.table("events", ["kind"])) == ["kind"]
        with pytest.raises(ValueError, match=r"no table 'pumps': .*devices"):
            study.table("pumps")
        with pytest.raises(ValueError, match=r"no column 'life': .*cause"):
            study.table("devices", ["life"])
