"""The last failure before an event: of the same patient, up to the event, in pieces as in one."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from reliability.causes import NOBODY, last_failures
from reliability.events import HAZARD, LIMIT, MODE, UNDERDELIVERY

KINDS = (UNDERDELIVERY, LIMIT, LIMIT + 2, MODE, MODE + 3, HAZARD + 5)
rows = st.lists(st.tuples(st.integers(0, 4), st.sampled_from(KINDS)), min_size=1, max_size=30).map(sorted)


def obvious(kinds, patients):
    found, last = [], {}
    for kind, patient in zip(kinds, patients, strict=True):
        if kind >= MODE:
            last[patient] = kind
        found.append(last.get(patient, 0))
    return found


@given(rows)
def test_it_is_what_a_walk_through_each_patient_finds(events):
    patients, kinds = (np.array(column) for column in zip(*events, strict=True))
    assert last_failures(kinds, patients)[0].tolist() == obvious(kinds, patients)


@given(rows, st.integers(0, 30))
def test_pieces_give_the_same(events, at):
    patients, kinds = (np.array(column) for column in zip(*events, strict=True))
    first, last = last_failures(kinds[:at], patients[:at])
    rest, end = last_failures(kinds[at:], patients[at:], last)
    whole, whole_end = last_failures(kinds, patients)
    assert [*first, *rest] == whole.tolist()
    assert end == whole_end


def test_nothing_happened_before_the_first_event():
    assert last_failures(np.array([LIMIT]), np.array([0]))[0].tolist() == [0]
    assert last_failures(np.array([], dtype=int), np.array([], dtype=int))[1] == NOBODY
