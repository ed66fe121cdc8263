"""The references never change: neither their text nor a bit of their results."""

from __future__ import annotations

import hashlib

from benchmarks import reference


def test_text_is_frozen(root):
    """Each ratio in baseline.json stands on this file; a new reference is a new file and a new baseline."""
    text = (root / "benchmarks" / "reference.py").read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert digest == "759bf78bbe8295adc126b3929371c4e72c0a1a072f4f2017f69b5e71c47c5264"


def test_arithmetic_chain_keeps_its_bits():
    assert reference.arithmetic_chain(1000).hex() == "0x1.28e4319449e00p+2"
    assert reference.arithmetic().hex() == "0x1.3081d3bd13f96p+2"


def test_arithmetic_chain_equals_plain_python():
    chain = getattr(reference.arithmetic_chain, "py_func", reference.arithmetic_chain)
    assert chain(1000) == reference.arithmetic_chain(1000)


def test_memory_stream_goes_through_the_whole_array():
    assert reference.memory() == 0.5 * (reference._LENGTH - 1) + 1.0
    assert reference._B[0] == 1.0
    assert reference._B.sum() == 0.25 * reference._LENGTH * (reference._LENGTH - 1) + reference._LENGTH


def test_process_ends_well():
    assert reference.process() == 0
