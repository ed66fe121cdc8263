"""Codes that do not collide, and buffers that count past their end without writing there."""

from __future__ import annotations

import numpy as np

import reliability.events as codes
from reliability.events import note
from reliability.tables import EVENTS


def test_a_record_lands_in_its_columns():
    buffer = np.full((2, len(EVENTS)), -1.0)
    assert note(buffer, 0, 7, 2, 10.0, 4.0, codes.RINSE, 0.25, 1) == 1
    assert buffer[0].tolist() == [7.0, 2.0, 10.0, 4.0, float(codes.RINSE), 0.25, 1.0]
    assert (buffer[1] == -1.0).all()


def test_a_full_buffer_is_counted_past_and_not_written_past():
    whole = np.full((10, len(EVENTS)), -1.0)
    buffer, count = whole[:3], 0
    for k in range(8):
        count = note(buffer, count, k, 0, float(k), 0.0, codes.RINSE, 0.0, 0)
    assert count == 8
    assert whole[:3, 0].tolist() == [0.0, 1.0, 2.0]
    assert (whole[3:] == -1.0).all()


def test_kinds_of_clinic_modes_and_hazards_do_not_collide():
    assert max(codes.CLINIC_KINDS) < codes.MODE < codes.HAZARD
    assert len(set(codes.CLINIC_KINDS.values())) == len(codes.CLINIC_KINDS)
    assert 0 not in codes.CLINIC_KINDS


def test_every_code_has_its_word():
    assert codes.ENDS[codes.DEATH] == "death"
    assert codes.ENDS[codes.DEVICE_END] == "device_end"
    assert len(codes.ENDS) == 6
    assert codes.REMEDIES[codes.OPERATE] == "operate"
    assert codes.REMEDIES[codes.EXPLANT] == "explant"
    assert len(codes.COMPLAINTS) == codes.TOO_MANY_DEVICES + 1
    assert codes.RECORD < codes.VISIT < codes.REPLACE < codes.EXPLANT < codes.OPERATE
