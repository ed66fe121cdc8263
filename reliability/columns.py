"""Here live the checks on columns of times, codes and weights from outside; what is done with them lives in counts.py
and recurrent.py."""

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]
Numbers = NDArray[Any]


def numbers(name: str, values: ArrayLike) -> Floats:
    """Return one column of floats.

    Parameters
    ----------
    name : what messages call it
    values : (n,) numbers or booleans; NaN and infinite values pass

    Returns
    -------
    (n,) array

    Raises
    ------
    TypeError
        for anything but numbers
    ValueError
        for more or fewer dimensions than one

    Examples
    --------
    >>> numbers("entry", [0, 1]).tolist()
    [0.0, 1.0]
    """
    column = np.asarray(values)
    if column.size and column.dtype.kind not in "biuf":
        raise TypeError(f"{name} holds {column.dtype.name}: give a list or array of numbers.")
    if column.ndim != 1:
        raise ValueError(f"{name} has {column.ndim} dimensions: give one column.")
    return column.astype(np.float64)


def amounts(name: str, values: ArrayLike) -> Floats:
    """Return one column of finite numbers that are not negative, such as times or weights.

    Parameters
    ----------
    name, values : as in `numbers`

    Returns
    -------
    (n,) array

    Raises
    ------
    TypeError, ValueError
        as in `numbers`, and for a value that is negative, NaN or infinite

    Examples
    --------
    >>> amounts("time", [0, 1.5]).tolist()
    [0.0, 1.5]
    """
    column = numbers(name, values)
    wrong = np.flatnonzero(~((column >= 0.0) & (column < np.inf)))
    if wrong.size:
        raise ValueError(f"{name} holds {column[wrong[0]]:g} in row {wrong[0]}: give finite numbers, 0 or above.")
    return column


def codes(name: str, values: ArrayLike) -> Integers:
    """Return one column of whole numbers that are not negative, such as causes or labels.

    Parameters
    ----------
    name, values : as in `numbers`; whole floats pass

    Returns
    -------
    (n,) array of integers

    Raises
    ------
    TypeError, ValueError
        as in `amounts`, and for a value that is not whole

    Examples
    --------
    >>> codes("event", [True, False]).tolist()
    [1, 0]
    """
    column = amounts(name, values)
    wrong = np.flatnonzero(column != np.floor(column))
    if wrong.size:
        raise ValueError(f"{name} holds {column[wrong[0]]:g} in row {wrong[0]}: give whole numbers, 0 or above.")
    return column.astype(np.int64)


def weights(values: ArrayLike) -> Floats:
    """Return weights on a binary grid so coarse that their sums are exact, hence the same in any order.

    Parameters
    ----------
    values : (n,) weights; whole ones come back unchanged while n times the largest is below 2**50

    Returns
    -------
    (n,) multiples of a power of two, within 2**-50 of n times the largest weight

    Raises
    ------
    TypeError, ValueError
        as in `amounts`, and when all weights are 0

    Examples
    --------
    >>> weights([1, 0.5, 3]).tolist()
    [1.0, 0.5, 3.0]
    """
    column = amounts("weight", values)
    if not column.any():
        raise ValueError("weight is 0 in all rows: give some row a weight above 0.")
    largest_sum = column.size.bit_length() + math.frexp(float(column.max()))[1]
    unit = max(math.ldexp(1.0, largest_sum - 52), math.ulp(0.0))
    return np.asarray(np.rint(column / unit) * unit)


def entries(values: ArrayLike, ends: Floats) -> Floats:
    """Return the starts of observation, each below its end.

    Parameters
    ----------
    values : (n,) starts; a negative one, -inf included, means at risk at time 0 too
    ends : (n,) checked ends of observation

    Returns
    -------
    (n,) array

    Raises
    ------
    TypeError, ValueError
        as in `numbers`, for unequal lengths, NaN, or a start at or after its end

    Examples
    --------
    >>> entries([0, 1], numbers("time", [1, 2])).tolist()
    [0.0, 1.0]
    """
    column = numbers("entry", values)
    same_length("entry", column, ends)
    wrong = np.flatnonzero(~(column < ends))
    if wrong.size:
        row = wrong[0]
        raise ValueError(
            f"entry is {column[row]:g} in row {row}, where the end is {ends[row]:g}: give an entry below the end."
        )
    return column


def same_length(name: str, column: Numbers, like: Numbers) -> None:
    """Return nothing, and refuse columns of different lengths.

    Parameters
    ----------
    name : what messages call the column
    column, like : columns that must have one value per row each

    Raises
    ------
    ValueError
        for different lengths

    Examples
    --------
    >>> same_length("cause", codes("cause", [0, 1]), amounts("time", [1, 2]))
    """
    if column.size != like.size:
        raise ValueError(f"{name} has {column.size} rows where {like.size} are expected: give one value for each row.")
