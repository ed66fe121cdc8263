"""Exponential, logarithm, power, normal quantile in +, -, *, / and integer bits, so that results are the same on every
machine; whatever an operating system's mathematics library would round its own way does not enter a kernel."""

from __future__ import annotations

import math

import numpy as np

from fluidics.compile import inlined, linked

_LN2_HIGH = 0.6931471805598903  # the upper 42 bits of ln 2, so that its product with an exponent is exact
_LN2_LOW = 5.497923018708371e-14
_INVERSE_LN2 = 1.4426950408889634
_ROUNDING = 6755399441055744.0  # 1.5 * 2^52: adding and subtracting it rounds to an integer
_SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
_EXPONENT_ONE = 0x3FF0000000000000


@inlined
def exp(x: float) -> float:
    """Return e to the power x, within 2 units in the last place.

    The argument is cut to -708..709, where the result is a normal number: 3.3e-308 to 8.2e307.

    Examples
    --------
    >>> exp(0.0)
    1.0
    """
    x = min(max(x, -708.0), 709.0)
    k = (x * _INVERSE_LN2 + _ROUNDING) - _ROUNDING
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    # Taylor's series to degree 13: on |r| < 0.347 the first term left out is below 2^-57. The terms are paired, so that
    # a scalar processor can work on several at once instead of waiting for a long chain
    r2 = r * r
    r4 = r2 * r2
    a = (0.5 + r * (1.0 / 6.0)) + r2 * (1.0 / 24.0 + r * (1.0 / 120.0))
    b = (1.0 / 720.0 + r * (1.0 / 5040.0)) + r2 * (1.0 / 40320.0 + r * (1.0 / 362880.0))
    c = (1.0 / 3628800.0 + r * (1.0 / 39916800.0)) + r2 * (1.0 / 479001600.0 + r * (1.0 / 6227020800.0))
    p = 1.0 + (r + r2 * (a + r4 * (b + r4 * c)))
    return p * float(np.int64((np.int64(k) + 1023) << 52).view(np.float64))


@inlined
def log(x: float) -> float:
    """Return the natural logarithm of a positive normal number, within 2 units in the last place.

    Examples
    --------
    >>> log(1.0)
    0.0
    """
    bits = np.float64(x).view(np.int64)
    k = (bits - _SQRT_HALF_BITS) >> 52
    f = float(np.int64(bits - (k << 52)).view(np.float64)) - 1.0
    s = f / (2.0 + f)
    z = s * s
    # the series of artanh(s), |s| < 0.1716: the first term left out is below 2^-58
    z2 = z * z
    z4 = z2 * z2
    a = (2.0 / 3.0 + z * (2.0 / 5.0)) + z2 * (2.0 / 7.0 + z * (2.0 / 9.0))
    b = (2.0 / 11.0 + z * (2.0 / 13.0)) + z2 * (2.0 / 15.0 + z * (2.0 / 17.0))
    c = (2.0 / 19.0 + z * (2.0 / 21.0)) + z2 * (2.0 / 23.0)
    r = z * (a + z4 * (b + z4 * c))
    half = 0.5 * f * f
    n = float(k)
    return n * _LN2_HIGH - ((half - (s * (half + r) + n * _LN2_LOW)) - f)


@inlined
def power(x: float, y: float) -> float:
    """Return x to the power y for x >= 0, within 2 + 3 |y ln x| units in the last place; 0 to a
    positive power is 0.

    Examples
    --------
    >>> power(2.0, 0.0)
    1.0
    """
    if x <= 0.0:
        return 0.0
    return exp(y * log(x))


@inlined
def _seventh(
    x: float, c0: float, c1: float, c2: float, c3: float, c4: float, c5: float, c6: float, c7: float
) -> float:
    """Return a polynomial of degree 7, its terms paired."""
    x2 = x * x
    return ((c0 + x * c1) + x2 * (c2 + x * c3)) + (x2 * x2) * ((c4 + x * c5) + x2 * (c6 + x * c7))


@linked
def inverse_normal(u: float) -> float:
    """Return the standard normal quantile of a probability strictly inside (0, 1).

    Rational approximations with a relative error below 1e-15.

    Examples
    --------
    >>> inverse_normal(0.5)
    0.0

    References
    ----------
    M. J. Wichura, "The percentage points of the normal distribution", Applied Statistics 37 (1988) 477, AS 241.
    """
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        n = _seventh(
            r, 3.387132872796366608, 133.14166789178437745, 1971.5909503065514427, 13731.693765509461125,
            45921.953931549871457, 67265.770927008700853, 33430.575583588128105, 2509.0809287301226727,
        )  # fmt: skip
        d = _seventh(
            r, 1.0, 42.313330701600911252, 687.1870074920579083, 5394.1960214247511077,
            21213.794301586595867, 39307.89580009271061, 28729.085735721942674, 5226.495278852854561,
        )  # fmt: skip
        return q * n / d
    r = math.sqrt(-log(u if q < 0.0 else 1.0 - u))
    if r <= 5.0:
        r -= 1.6
        n = _seventh(
            r, 1.42343711074968357734, 4.6303378461565452959, 5.7694972214606914055, 3.64784832476320460504,
            1.27045825245236838258, 0.24178072517745061177, 0.0227238449892691845833, 7.7454501427834140764e-4,
        )  # fmt: skip
        d = _seventh(
            r, 1.0, 2.05319162663775882187, 1.6763848301838038494, 0.68976733498510000455,
            0.14810397642748007459, 0.0151986665636164571966, 5.475938084995344946e-4, 1.05075007164441684324e-9,
        )  # fmt: skip
    else:
        r -= 5.0
        n = _seventh(
            r, 6.6579046435011037772, 5.4637849111641143699, 1.7848265399172913358, 0.29656057182850489123,
            0.026532189526576123093, 0.0012426609473880784386, 2.71155556874348757815e-5, 2.01033439929228813265e-7,
        )  # fmt: skip
        d = _seventh(
            r, 1.0, 0.59983220655588793769, 0.13692988092273580531, 0.0148753612908506148525,
            7.868691311456132591e-4, 1.8463183175100546818e-5, 1.4215117583164458887e-7, 2.04426310338993978564e-15,
        )  # fmt: skip
    x = n / d
    return -x if q < 0.0 else x
