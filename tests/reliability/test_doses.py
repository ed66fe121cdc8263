"""Spells of a wrong dose: told when they lasted longer than the patient bears, for as long as they lasted."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fluidics.body.dose_limits import DoseLimits, flagged
from fluidics.elementary import exp
from reliability.doses import LIMIT_WIDTH, SPELL_WIDTH, Doses, begin, jump, moved, told
from reliability.events import LIMIT, MODE
from reliability.streams import TOLERANCE, normal
from reliability.tables import EVENTS
from tests.reliability.plans import DAY

HOUR = 3600.0
PROPOSED = DoseLimits()
WITHDRAWAL, OVERDOSE = (0.5, -1.0, 24.0 * HOUR, 0.0), (1.3, 1.0, 6.0 * HOUR, 0.0)
TIME, AGE, KIND, VALUE = (next(k for k, one in enumerate(EVENTS) if one.name == name) for name in
                          ("time", "age", "kind", "value"))  # fmt: skip
ORDINAL = 1


def followed(limits):
    """Return the doses of a new patient, on a second pump implanted after 10 days."""
    doses = Doses(np.array(limits, dtype=float), np.zeros((len(limits), SPELL_WIDTH)), np.array([1.0, 10.0 * DAY]))
    begin(doses)
    return doses


def notes(doses, number=0, room=20):
    """Return the events that are told."""
    events = np.full((room, len(EVENTS)), -7.0)
    return events[: told(doses, 5, number, events, 0)]


def through(limits, edges, shares):
    """Return the events of a dose that jumps between shares at edges, and is right at last."""
    doses, events = followed(limits), []
    for time, share in zip(edges, [*shares, 1.0], strict=True):
        jump(doses, share, time)
        events.append(notes(doses))
    return np.concatenate(events)


def test_a_limit_has_the_stated_width_and_its_codes_have_room():
    assert len(WITHDRAWAL) == LIMIT_WIDTH
    assert LIMIT + 7 == MODE


def test_a_stop_of_three_days_is_withdrawal_after_one_that_lasts_two():
    (event,) = through([WITHDRAWAL, OVERDOSE], [50.0 * DAY, 53.0 * DAY], [0.0])
    assert (event[KIND], event[TIME], event[VALUE]) == (LIMIT, 51.0 * DAY, 2.0)
    assert (event[ORDINAL], event[AGE]) == (1.0, 41.0 * DAY)


@pytest.mark.parametrize("share", [0.0, 0.4999, 0.5, 1.0, 1.3, 1.3001, 4.0])
def test_only_what_lies_beyond_a_limit_counts(share):
    kinds = through([WITHDRAWAL, OVERDOSE], [0.0, 10.0 * DAY], [share])[:, KIND]
    assert kinds.tolist() == [LIMIT] * (share < 0.5) + [LIMIT + 1] * (share > 1.3)


@pytest.mark.parametrize("hours", [23.99, 24.0])
def test_what_is_borne_is_not_told(hours):
    assert not len(through([WITHDRAWAL], [0.0, hours * HOUR], [0.0]))


def test_a_break_begins_a_new_spell():
    stops = [0.0, 20.0 * HOUR, 21.0 * HOUR, 41.0 * HOUR]
    assert not len(through([WITHDRAWAL], stops, [0.0, 1.0, 0.0]))


steps = st.lists(st.tuples(st.floats(1.0, 40.0), st.floats(0.0, 2.0)), min_size=1, max_size=12)


@given(steps)
@settings(max_examples=60, deadline=None)
def test_events_come_where_whole_histories_are_flagged(history):
    spans, shares = (np.array(column) for column in zip(*history, strict=True))
    edges = np.concatenate(([0.0], np.cumsum(spans * HOUR)))
    rows = [(0.8, -1.0, PROPOSED.under_time, 0.0), WITHDRAWAL, OVERDOSE]
    kinds = set(through(rows, edges, shares.tolist())[:, KIND] - LIMIT)
    flags = flagged(edges, shares, np.ones(len(shares)), PROPOSED)
    judged = (flags.underdose, flags.withdrawal, flags.overdose)
    assert kinds == {float(k) for k, flag in enumerate(judged) if flag}


@given(st.floats(0.6, 1.2), st.floats(0.0, 0.4), st.floats(0.1, 80.0))
@settings(max_examples=30, deadline=None)
def test_a_dose_that_falls_evenly_passes_its_limit_where_the_line_does(before, after, days):
    doses = followed([WITHDRAWAL])
    jump(doses, before, 0.0)
    assert not moved(doses, before, after, 0.0, days * DAY)
    assert moved(doses, after, before, days * DAY, days * DAY)
    passed = days * (before - 0.5) / (before - after)
    told_of = notes(doses)
    long = 2.0 * (days - passed) - 1.0
    assert len(told_of) == (long > 1e-9) or abs(long) < 1e-9
    for event in told_of:
        assert event[TIME] == pytest.approx((passed + 1.0) * DAY, rel=1e-12)
        assert event[VALUE] == pytest.approx(long, rel=1e-9, abs=1e-9)


def test_each_patient_bears_a_time_of_his_own():
    limit = (0.5, -1.0, 30.0 * HOUR, 0.46)
    onsets = []
    for patient in range(2000):
        doses = followed([limit])
        jump(doses, 0.0, 0.0)
        jump(doses, 1.0, 100.0 * DAY)
        (event,) = notes(doses, patient)
        onsets.append(event[TIME])
        assert event[TIME] == limit[2] * exp(limit[3] * normal(5, patient, 0, TOLERANCE))
    logs = np.log(np.array(onsets) / limit[2])
    assert abs(logs.mean()) < 4.0 * 0.46 / math.sqrt(2000)
    assert logs.std() == pytest.approx(0.46, rel=4.0 / math.sqrt(4000))


def test_events_beyond_the_room_are_counted_and_not_written():
    doses = followed([WITHDRAWAL, OVERDOSE])
    jump(doses, 0.0, 0.0)
    jump(doses, 1.0, 9.0 * DAY)
    events = np.full((1, len(EVENTS)), -7.0)
    assert told(doses, 5, 0, events[:0], 3) == 4
    assert (events == -7.0).all()
