"""Published figures of one pump, worked out with its own parts: how long a filling lasts, and where its reservoir stops
being below the ambient pressure; the comparison stands in `scenarios.validation`."""

from __future__ import annotations

from fluidics.engines.panel import seen, stepped
from fluidics.pump import MEDIAN_LUCK, new_pump
from fluidics.questions import fresh, histogram, mean_aggregate, pressure, usable
from reliability.design import Design
from scenarios.units import DAY

SEA_LEVEL = 101_325.0  # [Pa]
_PANEL = 5.0 * DAY


def ambient_pressure(altitude: float) -> float:
    """Return the pressure [Pa] of the standard atmosphere at an altitude [m].

    p = p_0 (1 - L h / T_0)^(g / (R L))

    Parameters
    ----------
    altitude : float
        Geopotential altitude [m], below 11,000 m.

    Notes
    -----
    T_0 = 288.15 K, L = 6.5 K/km, exponent 5.25588. Source: ISO 2533:1975, standard atmosphere.

    Examples
    --------
    >>> round(ambient_pressure(2400.0))
    75626
    """
    return float(SEA_LEVEL * (1.0 - 0.0065 * altitude / 288.15) ** 5.25588)


def days_until(design: Design, rate: float, left: float) -> float:
    """Return the days that a new pump takes from a full reservoir down to a volume left in it.

    Parameters
    ----------
    design : Design
        The pump and its regimen.
    rate : float
        Programmed mean rate [m3/s].
    left : float
        Volume still in the reservoir, residual included [m3].
    """
    pump = design.pump
    flow = seen(pump, new_pump(pump), histogram(design.regimen, rate), 1.0).flow
    held = usable(pump.reservoir, fresh(pump.reservoir, MEDIAN_LUCK)) + pump.reservoir.residual
    return float((held - left) / flow / DAY)


def left_after(design: Design, rate: float, days: float) -> float:
    """Return the volume [m3] that a refill draws back after a number of days, residual included.

    Parameters
    ----------
    design, rate
        As in `days_until`.
    days : float
        Length of the cycle [d].
    """
    pump, levels = design.pump, histogram(design.regimen, rate)
    state, time = new_pump(pump), 0.0
    around = seen(pump, state, levels, 1.0)
    while time < days * DAY:
        dt = min(_PANEL, days * DAY - time)
        whole = mean_aggregate(pump.drug, state.drug, dt, around.temperature)
        step = stepped(pump, state, levels, around, whole, dt, 1.0)
        state, around, time = step.state, step.after, time + dt
    return float(usable(pump.reservoir, state.reservoir) + pump.reservoir.residual)


def vacuum(design: Design, altitude: float, temperature: float) -> float:
    """Return by how much [Pa] a full reservoir is below the ambient pressure; negative when it is above.

    Parameters
    ----------
    design : Design
        The pump.
    altitude, temperature : float
        Altitude [m] and body temperature [K].
    """
    reservoir = design.pump.reservoir._replace(ambient=ambient_pressure(altitude))
    return -float(pressure(reservoir, fresh(reservoir, MEDIAN_LUCK), temperature))


def altitude_without_vacuum(design: Design, temperature: float) -> float:
    """Return the altitude [m] at which a full reservoir is no longer below the ambient pressure, by bisection.

    Parameters
    ----------
    design, temperature
        As in `vacuum`.
    """
    low, high = 0.0, 11_000.0
    for _ in range(40):
        middle = 0.5 * (low + high)
        low, high = (middle, high) if vacuum(design, middle, temperature) > 0.0 else (low, middle)
    return 0.5 * (low + high)
