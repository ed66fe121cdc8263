"""A drive that pushes at a steady rate into a line that is shut, in closed form: what the pressure is, and when it is
noticed; pulses and lines that leak are left to the engines."""

from __future__ import annotations

from fluidics.compile import inlined
from fluidics.elementary import exp

_ROUNDS = 60


@inlined
def loaded_pressure(rate: float, time: float, fast: float, slow: float, creep_time: float) -> float:
    """Return the pressure that a steady rate has built up in a shut line.

    p = Q / C (t + C_slow t_c / C (1 - e^(-t C / (C_fast t_c)))),    C = C_fast + C_slow

    Parameters
    ----------
    rate, time : float
        Rate [m3/s], and time since the line is shut [s].
    fast, slow : float
        Compliance that follows the pressure at once, above zero, and that which creeps after it [m3/Pa].
    creep_time : float
        Time in which it creeps [s], above zero.

    Returns
    -------
    float
        Rise of the pressure [Pa].

    Notes
    -----
    C_fast p' + x' = Q, t_c x' = C_slow p - x: a standard linear solid (Findley et al., Creep and Relaxation of
    Nonlinear Viscoelastic Materials, 1976). Without creep p = Q t / C.

    Examples
    --------
    >>> round(loaded_pressure(2.5e-10, 60.0, 3e-13, 0.0, 1.0))  # 1.5 U/min of U100 for a minute, 0.3 uL/kPa
    50000
    """
    whole = fast + slow
    lag = slow * creep_time / whole
    return rate / whole * (time + lag * (1.0 - exp(-time * whole / (fast * creep_time))))


@inlined
def time_to_pressure(rate: float, pressure: float, fast: float, slow: float, creep_time: float) -> float:
    """Return the time after which a steady rate into a shut line has raised its pressure by a given amount.

    Parameters
    ----------
    rate : float
        Rate [m3/s], above zero.
    pressure : float
        Rise of the pressure [Pa], not below zero.
    fast, slow, creep_time
        As in `loaded_pressure`.

    Returns
    -------
    float
        Time [s]; times the rate it is the volume missed.

    Notes
    -----
    Newton's method on a concave function, from below its root: it never overshoots.

    Examples
    --------
    >>> round(time_to_pressure(2.5e-10, 50e3, 3e-13, 0.0, 1.0))
    60
    """
    whole = fast + slow
    lag = slow * creep_time / whole
    wanted = pressure * whole / rate
    time = max(wanted - lag, wanted * fast / whole)
    for _ in range(_ROUNDS):
        left = exp(-time * whole / (fast * creep_time))
        missing = wanted - time - lag * (1.0 - left)
        step = missing / (1.0 + slow / fast * left)
        if step <= 1e-15 * time:
            break
        time += step
    return time
