"""Random streams: published known answers, the open unit interval, moments and independence."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

import reliability.streams as streams
from reliability.streams import normal, philox, two_uniforms, uniform

MANY = 100_000


def words(text: str) -> list[np.uint64]:
    return [np.uint64(int(word, 16)) for word in text.split()]


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ("00000000 00000000 00000000 00000000", "00000000 00000000", "6627e8d5 e169c58d bc57ac4c 9b00dbd8"),
        ("ffffffff ffffffff ffffffff ffffffff", "ffffffff ffffffff", "408f276d 41c83b0e a20bc7c6 6d5451fd"),
        ("243f6a88 85a308d3 13198a2e 03707344", "a4093822 299f31d0", "d16cfe09 94fdcceb 5001e420 24126ea1"),
    ],
    ids=["zeros", "ones", "pi"],
)
def test_philox_gives_the_published_known_answers(counter, key, answer):
    # the three vectors of Philox4x32-10 published with Salmon et al., Proc. SC11 (2011)
    assert [int(w) for w in philox(*words(counter), *words(key))] == [int(w) for w in words(answer)]


def test_the_extreme_words_stay_inside_the_unit_interval():
    lowest = streams._unit(np.uint64(0), np.uint64(0))
    highest = streams._unit(np.uint64(0xFFFFFFFF), np.uint64(0xFFFFFFFF))
    assert lowest == 2.0**-53
    assert highest == 1.0 - 2.0**-53 < 1.0


def drawn(subjects=(1,), events=(0,), stream=1, seed=7):
    return np.array([two_uniforms(seed, s, e, stream) for s in subjects for e in events])


@pytest.mark.parametrize("axis", ["subjects", "events"])
def test_numbers_are_uniform(axis):
    found = drawn(**{axis: range(MANY)})
    assert 0.0 < found.min() < 1e-3 < 1.0 - 1e-3 < found.max() < 1.0
    for column in found.T:
        assert abs(column.mean() - 0.5) < 4.0 / np.sqrt(12.0 * MANY)
        assert abs(column.var() - 1.0 / 12.0) < 4.0 / np.sqrt(180.0 * MANY)
        counts = np.bincount((column * 1000.0).astype(int), minlength=1000)
        assert stats.chisquare(counts).pvalue > 1e-4


def test_neighbours_are_independent():
    by_event = drawn(events=range(MANY))
    by_subject = drawn(subjects=range(MANY))
    other_stream = drawn(events=range(MANY), stream=2)
    other_seed = drawn(events=range(MANY), seed=8)
    pairs = [
        (by_event[:, 0], by_event[:, 1]),
        (by_event[:-1, 0], by_event[1:, 0]),
        (by_subject[:-1, 0], by_subject[1:, 0]),
        (by_event[:, 0], by_subject[:, 0]),
        (by_event[:, 0], other_stream[:, 0]),
        (by_event[:, 0], other_seed[:, 0]),
    ]
    for a, b in pairs:
        assert abs(np.corrcoef(a, b)[0, 1]) < 4.0 / np.sqrt(len(a))


def test_every_coordinate_of_the_counter_matters():
    base = (3, 5, 7, 11)
    seen = {two_uniforms(*base)}
    for place in range(4):
        for shift in (1, 2**20, 2**31):
            moved = list(base)
            moved[place] += shift
            seen.add(two_uniforms(*moved))
    for wide in ((2**40, 5, 7, 11), (3, 2**40, 7, 11), (2**63 - 1, 5, 7, 11), (3, 2**63 - 1, 7, 11)):
        seen.add(two_uniforms(*wide))
    assert len(seen) == 1 + 12 + 4


def test_normals_have_the_standard_law():
    found = np.array([normal(7, subject, 0, 1) for subject in range(MANY)])
    assert abs(found.mean()) < 4.0 / np.sqrt(MANY)
    assert abs(found.var() - 1.0) < 4.0 * np.sqrt(2.0 / MANY)
    assert stats.kstest(found, "norm").pvalue > 1e-4


def test_one_number_is_the_first_of_two():
    assert uniform(1, 2, 3, 4) == two_uniforms(1, 2, 3, 4)[0]


def test_a_stream_serves_one_purpose():
    """No two purposes may share a number, with room for six parts, spread rows and hazard rows."""
    single = [v for k, v in vars(streams).items() if k.isupper() and isinstance(v, int) and not k.startswith("_")]
    assert len(single) == len(set(single))
    below = [v for v in single if v < streams.PART]
    assert max(below) < streams.PART
    assert streams.PART + 6 <= streams.SPREAD
    assert streams.SPREAD < streams.HAZARD
