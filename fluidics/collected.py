"""What a laboratory collects from worn pumps in equal windows of time, increment by increment; the pod that pushes the
increments stands in `fluidics.drives.patch`."""

from __future__ import annotations

import numpy as np

from fluidics.drives.patch import Patch
from fluidics.network import Floats


def alike(numbers: Floats, likeness: float) -> Floats:
    """Return standard normal numbers of which each resembles the one before.

    e_1 = z_1,    e_k = r e_(k-1) + sqrt(1 - r^2) z_k

    Parameters
    ----------
    numbers : ndarray (pods, n)
        Independent standard normal numbers [-].
    likeness : float
        Correlation r of neighbours [-], from 0 to below 1.

    Returns
    -------
    ndarray (pods, n)
        Standard normal numbers, correlated as r^distance.

    Examples
    --------
    >>> alike(np.array([[1.0, 0.0, 0.0]]), 0.5)
    array([[1.  , 0.5 , 0.25]])
    """
    found = numbers.copy()
    if likeness > 0.0:
        rest = np.sqrt(1.0 - likeness * likeness)
        for k in range(1, numbers.shape[1]):
            found[:, k] = likeness * found[:, k - 1] + rest * numbers[:, k]
    return found


def increments_of(drive: Patch, rate: float, gain: Floats, drift: Floats, noise: Floats) -> Floats:
    """Return the volume of every increment of some pods; a ratchet never pulls one back.

    V = max(e^(s_g z) V_increment + s_d z' V_increment / Q + s_n e, 0)

    Parameters
    ----------
    drive : Patch
        The pump.
    rate : float
        Programmed rate [m3/s].
    gain, drift : ndarray (pods,)
        Standard normal numbers of each pod [-].
    noise : ndarray (pods, n)
        Standard normal number of each increment [-], from which `alike` makes its noise.

    Returns
    -------
    ndarray (pods, n)
        Volumes [m3].

    Examples
    --------
    >>> none = np.zeros(1)
    >>> increments_of(Patch(0.5e-9, 1e5, 3e-13), 1e-11, none, none, np.zeros((1, 2)))
    array([[5.e-10, 5.e-10]])
    """
    mean = drive.increment * (np.exp(drive.gain_spread * gain) + drive.drift_spread * drift / rate)
    return np.maximum(mean[:, None] + drive.noise * alike(noise, drive.likeness), 0.0)


def delivered_in_windows(
    drive: Patch, rate: float, window: float, gain: Floats, drift: Floats, noise: Floats
) -> Floats:
    """Return what some pods deliver in consecutive windows at a constant programmed rate, from the first increment on.

    Parameters
    ----------
    drive, rate, gain, drift, noise
        As in `increments_of`; n increments make the length of the run.
    window : float
        Length of a window [s].

    Returns
    -------
    ndarray (pods, windows)
        Volumes [m3] of all windows that are full.

    Notes
    -----
    An increment belongs to the window in which it falls due, at the end of its period, so that a window that holds no
    whole number of increments shows it.

    Raises
    ------
    ValueError
        When the run is shorter than one window.

    Examples
    --------
    >>> none = np.zeros(1)
    >>> delivered_in_windows(Patch(0.5e-9, 1e5, 3e-13), 1e-9 / 60.0, 60.0, none, none, np.zeros((1, 4)))
    array([[1.e-09, 1.e-09]])
    """
    period = drive.increment / rate
    count = int(noise.shape[1] * period / window + 1e-9)
    if count < 1:
        raise ValueError(
            f"{noise.shape[1]} increments last {noise.shape[1] * period:g} s, less than one window of {window:g} s; "
            "give more numbers"
        )
    pushed = increments_of(drive, rate, gain, drift, noise)
    total = np.concatenate([np.zeros((len(gain), 1)), np.cumsum(pushed, axis=1)], axis=1)
    due = np.minimum((np.arange(count + 1) * (window / period) + 1e-9).astype(np.int64), noise.shape[1])
    return np.diff(total[:, due], axis=1)
