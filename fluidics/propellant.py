"""Saturation pressure of a two-phase propellant; the reservoir it drives stands in `fluidics.reservoir`."""

from __future__ import annotations

from fluidics.compile import inlined
from fluidics.elementary import exp


@inlined
def saturation_pressure(a: float, b: float, c: float, temperature: float) -> float:
    """Return the vapour pressure of a liquid by Antoine's law.

    ln(p / 1 Pa) = a - b / (T + c)

    Parameters
    ----------
    a, b, c : float
        Antoine constants [-], [K], [K].
    temperature : float
        Temperature of the propellant [K].

    Returns
    -------
    float
        Absolute saturation pressure [Pa].

    Notes
    -----
    Holds while both phases are present and inside the fitted range of the constants.

    Examples
    --------
    >>> round(saturation_pressure(20.7350, 2532.61, -45.65, 310.15) / 1e3)  # R-113 at 37 degC
    70
    """
    return exp(a - b / (temperature + c))
