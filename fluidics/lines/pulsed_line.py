"""A line that is fed in pulses: how far its pressure lies above its mean meanwhile; the drives that pulse stand in
`fluidics.drives`, lines resolved in time in `fluidics.engines`."""

from __future__ import annotations

from typing import Any

from fluidics.compile import inlined
from fluidics.elementary import exp
from fluidics.questions import ambient, bubble, compliance

_SHARP = 1e-9  # [-]: least time constant relative to a pulse
_SMALL = 1e-4  # [-]: below which a series is nearer than a difference


@inlined
def line_storage(pump: Any, state: Any) -> float:
    """Return the fluid that catheter and site store per pressure [m3/Pa], air at the pressure of the atmosphere."""
    air = ambient(pump.reservoir)
    gas = bubble(pump.catheter, state.catheter) + bubble(pump.site, state.site)
    return compliance(pump.catheter, state.catheter) + compliance(pump.site, state.site) + gas / (air * air)


@inlined
def _left(x: float) -> float:
    """Return (1 - e^-x) / x."""
    if x < _SMALL:
        return 1.0 - x * (0.5 - x / 6.0)
    return (1.0 - exp(-x)) / x


@inlined
def pulse_resistance(resistance: float, storage: float, on: float, off: float) -> float:
    """Return by how much the pressure of a line during pulses exceeds its mean, per flow of a pulse.

    R (1 - d - tau / t_on (1 - x) (1 - y) / (1 - x y)),    x = exp(-t_on / tau),  y = exp(-t_off / tau),
    tau = R C,  d = t_on / (t_on + t_off)

    Parameters
    ----------
    resistance : float
        From the line to where the fluid goes [Pa s/m3].
    storage : float
        Fluid that the line stores per pressure [m3/Pa].
    on, off : float
        How long a pulse takes, above zero, and the pause after it [s].

    Returns
    -------
    float
        Pressure per flow [Pa s/m3]: R (1 - d) for a line that stores nothing, 0 for one that stores many pulses.

    Notes
    -----
    The periodic state of one resistance and one store under a square wave of flow, averaged over the pulse.

    Examples
    --------
    >>> round(pulse_resistance(2e15, 0.0, 10.0, 30.0) / 1e9)
    1500000
    """
    time = max(resistance * storage, _SHARP * on)
    # off times the mean decay over the pause, and so on: no difference of numbers that are nearly one
    emptied = off * _left(off / time)
    smoothed = _left(on / time) * emptied / ((on + off) * _left((on + off) / time))
    return resistance * max(off / (on + off) - smoothed, 0.0)
