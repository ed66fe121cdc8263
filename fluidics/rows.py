"""Nested tuples of numbers as flat rows and back: for parameters drawn per device, checkpoints and stored results; the
tuples themselves stand beside their parts."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba.extending import overload
from numpy.typing import NDArray


def slots(value: Any, prefix: str = "") -> list[str]:
    """Return the dotted names of all numbers in a nested NamedTuple, in the order of its row.

    Examples
    --------
    >>> from fluidics.pump import Linear
    >>> slots(Linear(offset=0.0, slope=1.0))
    ['offset', 'slope']
    """
    if not isinstance(value, tuple):
        return [prefix]
    names = getattr(value, "_fields", range(len(value)))
    return [
        slot
        for name, part in zip(names, value, strict=True)
        for slot in slots(part, f"{prefix}.{name}".strip("."))
    ]


def pack(value: Any) -> NDArray[np.float64]:
    """Return all numbers of a nested NamedTuple as one row (n_slots,)."""
    leaves: list[float] = []

    def walk(part: Any) -> None:
        if isinstance(part, tuple):
            for inner in part:
                walk(inner)
        else:
            leaves.append(float(part))

    walk(value)
    return np.array(leaves, dtype=np.float64)


def _rebuilt(like: Any, row: Any, at: int) -> tuple[Any, int]:
    if not isinstance(like, tuple):
        return float(row[at]), at + 1
    parts = []
    for inner in like:
        part, at = _rebuilt(inner, row, at)
        parts.append(part)
    return (type(like)(*parts) if hasattr(like, "_fields") else tuple(parts)), at


def unpack(like: Any, row: Any) -> Any:
    """Return a nested tuple of the type of `like` with the numbers of a row; works inside kernels.

    Parameters
    ----------
    like : NamedTuple
        Gives the type; its numbers are not used.
    row : ndarray (n_slots,)
        Numbers in the order of `slots`.
    """
    return _rebuilt(like, row, 0)[0]


def _constructor(kind: Any, at: int, names: dict[str, Any]) -> tuple[str, int]:
    """Return the source that builds a tuple of a numba type from `row`, and the next free slot."""
    if not hasattr(kind, "types"):
        return f"row[{at}]", at + 1
    inner = []
    for part in kind.types:
        text, at = _constructor(part, at, names)
        inner.append(text)
    cls = getattr(kind, "instance_class", None)
    if cls is None:
        return f"({', '.join(inner)},)", at
    name = f"Kind{len(names)}"  # two parts of different files may have classes of one name
    names[name] = cls
    return f"{name}({', '.join(inner)})", at


@overload(unpack, strict=False, jit_options={"_nrt": False})
def _unpack(like: Any, row: Any) -> Any:
    names: dict[str, Any] = {}
    text, _ = _constructor(like, 0, names)
    # a constructor call cannot be spread over a tuple in compiled code, so it is written out for the type at hand
    exec(f"def unpacked(like, row):\n    return {text}\n", names)
    return names["unpacked"]
