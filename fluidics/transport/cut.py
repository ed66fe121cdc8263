"""A front of which an end of the line has cut a part off, because fluid flowed back there; whole fronts stand in
`fluidics.transport.fronts`."""

from __future__ import annotations

import math

from fluidics.compile import inlined, kernel
from fluidics.network import Floats

FAR = 8.3  # standard deviations beyond which a normal law holds less than the rounding of one
_NARROW = 1e-2  # of such a slice the variance is that of an even law


@inlined
def _density(x: float) -> float:
    return 0.3989422804014327 * math.exp(-0.5 * x * x)


@inlined
def _between(low: float, high: float) -> float:
    """Return the share of a normal law between two places, by the tail on whose side both are."""
    if low > 0.0:
        return 0.5 * (math.erfc(low * 0.7071067811865476) - math.erfc(high * 0.7071067811865476))
    if high < 0.0:
        return 0.5 * (math.erfc(-high * 0.7071067811865476) - math.erfc(-low * 0.7071067811865476))
    return 1.0 - 0.5 * (math.erfc(high * 0.7071067811865476) + math.erfc(-low * 0.7071067811865476))


@inlined
def _weighted(x: float) -> float:
    return x * _density(x) if abs(x) < 40.0 else 0.0


@inlined
def slice_of_normal(low: float, high: float) -> tuple[float, float, float]:
    """Return share, mean and standard deviation of the part of a normal law between two places.

    P = Phi(h) - Phi(l), m = (phi(l) - phi(h)) / P, s^2 = 1 + (l phi(l) - h phi(h)) / P - m^2

    Parameters
    ----------
    low, high : float
        Where the slice begins and ends [standard deviations of the whole], within `FAR` or infinite.

    Returns
    -------
    tuple of float
        Share [-]; mean and standard deviation [standard deviations of the whole].

    Notes
    -----
    Source: Johnson, Kotz and Balakrishnan, Continuous Univariate Distributions 1 (1994) 156.

    Examples
    --------
    >>> share, mean, wide = slice_of_normal(-math.inf, 0.0)
    >>> round(share, 9), round(mean**2, 9), round(wide**2, 9)  # 1/2, 2/pi, 1 - 2/pi
    (0.5, 0.636619772, 0.363380228)
    """
    share = _between(low, high)
    mean = (_density(low) - _density(high)) / share
    if high - low < _NARROW:
        return share, mean, (high - low) / math.sqrt(12.0)
    return share, mean, math.sqrt(1.0 + (_weighted(low) - _weighted(high)) / share - mean * mean)


@kernel
def weigh_cut(
    place: Floats, spread: Floats, end: float, low: float, high: float, share: Floats, passed: Floats
) -> None:  # fmt: skip
    """Write what of a cut front has come to a place: the share that is there, and the volume that has gone through.

    A slice keeps its shape while mean and variance follow their own exact laws: X = place + spread (z - m) / s of a
    normal z between `low` and `high`; share = P(X > end), passed = E[max(X - end, 0)].

    Parameters
    ----------
    place, spread : (n,) arrays
        Mean of the front and its standard deviation, as volumes [m3].
    end : float
        Place that is looked at [m3].
    low, high : float
        Where the slice begins and ends [-].
    share, passed : (n,) arrays
        Written [-], [m3].
    """
    whole, mean, wide = slice_of_normal(low, high)
    for i in range(place.size):
        scale = spread[i] / wide
        at = mean + (end - place[i]) / scale
        if at <= low:
            share[i], passed[i] = 1.0, place[i] - end
        elif at < high:
            part = _between(at, high) / whole
            share[i], passed[i] = part, scale * ((_density(at) - _density(high)) / whole - at * part)
        else:
            share[i], passed[i] = 0.0, 0.0


def sliced(at: float, variance: float, low: float, high: float, end: float, behind: bool) -> tuple[float, ...]:
    """Return what an end of the line leaves of a front.

    Parameters
    ----------
    at, variance : float
        Mean [m3] and variance [m6] of the front.
    low, high : float
        Where its slice of the normal law begins and ends [-]; infinite where it is whole.
    end : float
        Place of the cut [m3].
    behind : bool
        Whether what lies behind the place stays, as at the tip, or what lies ahead of it, as at the inlet.

    Returns
    -------
    tuple of float
        Share that stays [-], its mean [m3], factor of its standard deviation [-], and where its slice begins and
        ends [-].

    Examples
    --------
    >>> sliced(3.0, 0.0, -math.inf, math.inf, 2.0, behind=True)[0]  # a sharp front has left
    0.0
    """
    inside = at < end if behind else at > end
    if variance == 0.0:
        return float(inside), at, 1.0, low, high
    whole, mean, wide = slice_of_normal(low, high)
    scale = math.sqrt(variance) / wide
    cut = mean + (end - at) / scale
    if not low < cut < high or abs(cut) > FAR:
        return float(inside), at, 1.0, low, high
    low, high = (low, cut) if behind else (cut, high)
    if _between(low, high) < 1e-16 * whole:
        return 0.0, at, 1.0, low, high
    share, centre, narrow = slice_of_normal(low, high)
    return share / whole, at + scale * (centre - mean), narrow / wide, low, high
