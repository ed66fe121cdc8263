"""The references never change: neither their text nor a bit of their results."""

from __future__ import annotations

import hashlib

from benchmarks import reference


def test_text_is_frozen(root):
    """Each ratio in baseline.json stands on this file; a new reference is a new file and a new baseline."""
    text = (root / "benchmarks" / "reference.py").read_text(encoding="utf-8")
    digest = hashlib.sha256(text.encode()).hexdigest()
    assert digest == "e73115e25ccc42bd8c0766641ae471e71acc9694415e6eafbe8b40bf0dd82289"


def test_arithmetic_chain_keeps_its_bits():
    assert reference.arithmetic_chain(1000).hex() == "0x1.28e4319449e00p+2"
    assert reference.arithmetic().hex() == "0x1.3081d3bd13f96p+2"


def test_arithmetic_chain_equals_plain_python():
    chain = getattr(reference.arithmetic_chain, "py_func", reference.arithmetic_chain)
    assert chain(1000) == reference.arithmetic_chain(1000)


def test_process_ends_well():
    assert reference.process() == 0
