"""Pressure around a pump on a mountain, in a cabin, under water; what it does to a pump stands in the reservoirs."""

from __future__ import annotations

import math

import numpy as np

from fluidics.network import Floats

SEA_LEVEL = 101325.0  # [Pa]
TROPOPAUSE = 11000.0  # [m]: above it the temperature stands still
SEA_WATER = 1025.0  # [kg/m3]
_EARTH = 6356766.0  # [m]: radius by which gravity falls with height
_GRAVITY = 9.80665  # [m/s2]
_GAS = 8.31432 / 0.0289644  # [J/(kg K)]: of dry air, as the standard has it
_WARMTH = 288.15  # [K] at sea level
_LAPSE = 0.0065  # [K/m]
_EXPONENT = _GRAVITY / (_GAS * _LAPSE)
_COLD = _WARMTH - _LAPSE * TROPOPAUSE
_SCALE = _GAS * _COLD / _GRAVITY  # [m]: over which the pressure falls to 1/e above the tropopause
_HIGH = SEA_LEVEL * (_COLD / _WARMTH) ** _EXPONENT


def standard_pressure(height: float) -> float:
    """Return the pressure of the standard atmosphere at a height above the sea.

    p = p_0 (1 - L H / T_0)^(g / (R L)),  H = h r / (r + h)

    up to H = 11 km; from there on the pressure falls exponentially.

    Parameters
    ----------
    height : float
        Height [m], -2000 to 20,000.

    Returns
    -------
    float
        Absolute pressure [Pa].

    Raises
    ------
    ValueError
        When the height lies outside.

    Notes
    -----
    Weather moves the pressure at sea level by 3 % either way. Source: U.S. Standard Atmosphere (1976), NASA-TM-X-74335;
    ISO 2533:1975 is the same up to 32 km.

    Examples
    --------
    >>> round(standard_pressure(3000.0))
    70121
    """
    if not -2000.0 <= height <= 20000.0:
        raise ValueError(f"height {height!r} m: the standard atmosphere holds here from -2000 m to 20000 m")
    geopotential = height * _EARTH / (_EARTH + height)
    if geopotential <= TROPOPAUSE:
        return float(SEA_LEVEL * (1.0 - _LAPSE * geopotential / _WARMTH) ** _EXPONENT)
    return float(_HIGH * math.exp((TROPOPAUSE - geopotential) / _SCALE))


def standard_height(pressure: float) -> float:
    """Return the height at which the standard atmosphere has a pressure, the inverse of `standard_pressure`.

    Parameters
    ----------
    pressure : float
        Absolute pressure [Pa].

    Returns
    -------
    float
        Height [m].

    Raises
    ------
    ValueError
        When the pressure is that of no height from -2000 m to 20,000 m.

    Examples
    --------
    >>> standard_height(101325.0)
    0.0
    """
    low, high = standard_pressure(20000.0), standard_pressure(-2000.0)
    if not low <= pressure <= high:
        raise ValueError(f"pressure {pressure!r} Pa: the standard atmosphere has {high:.0f} to {low:.0f} Pa here")
    if pressure >= _HIGH:
        geopotential = _WARMTH / _LAPSE * (1.0 - (pressure / SEA_LEVEL) ** (1.0 / _EXPONENT))
    else:
        geopotential = TROPOPAUSE + _SCALE * math.log(_HIGH / pressure)
    return geopotential * _EARTH / (_EARTH - geopotential)


def submerged_pressure(depth: float, surface: float = SEA_LEVEL, density: float = SEA_WATER) -> float:
    """Return the pressure under water.

    p = p_surface + rho g d

    Parameters
    ----------
    depth : float
        Depth [m].
    surface : float
        Absolute pressure at the surface [Pa].
    density : float
        Density of the water [kg/m3]; that of the sea if not given.

    Returns
    -------
    float
        Absolute pressure [Pa].

    Examples
    --------
    >>> round(submerged_pressure(10.0, density=1000.0) / 101325.0, 3)  # ten metres are nearly one atmosphere more
    1.968
    """
    return surface + density * _GRAVITY * depth


def excursion(pressure: float, stay: float, rate: float, surface: float = SEA_LEVEL) -> tuple[Floats, Floats]:
    """Return the pressure of a dive or of a treatment in a chamber, as knots between which it is linear in time.

    Parameters
    ----------
    pressure : float
        Absolute pressure that is reached [Pa], above or below that at the surface.
    stay : float
        Time at that pressure [s].
    rate : float
        How fast the pressure changes on the way there and back [Pa/s]; a diver who sinks 18 m in a minute has 3000.
    surface : float
        Absolute pressure before and after [Pa].

    Returns
    -------
    time, pressure : ndarray (4,)
        Since the start [s], and absolute [Pa].

    Raises
    ------
    ValueError
        When the rate is not above zero.

    Examples
    --------
    >>> time, pressure = excursion(2.0 * 101325.0, 5400.0, 101325.0 / 600.0)  # 90 minutes at 2 atm, 10 minutes each way
    >>> time
    array([   0.,  600., 6000., 6600.])
    """
    if not rate > 0.0:
        raise ValueError(f"rate {rate!r} Pa/s: the pressure must change at a rate above zero")
    way = abs(pressure - surface) / rate
    return np.array([0.0, way, way + stay, way + stay + way]), np.array([surface, pressure, pressure, surface])


def flight(
    height: float,
    cruise: float,
    climb_rate: float = 2.54,
    descent_rate: float = 1.524,
    knots: int = 8,
    ground: float = 0.0,
) -> tuple[Floats, Floats]:
    """Return the pressure of an airliner's cabin during a flight, as knots between which it is linear in time.

    Parameters
    ----------
    height : float
        Cabin height at cruise [m]; airworthiness rules allow 2438 m (8000 ft; 14 CFR 25.841).
    cruise : float
        Time at that height [s].
    climb_rate, descent_rate : float
        Rates at which the cabin's height changes [m/s]; 500 and 300 ft/min are what passengers bear with ease.
    knots : int
        Number of equal steps in height of climb and descent.
    ground : float
        Height of both airports [m].

    Returns
    -------
    time, pressure : ndarray (2 knots + 2,)
        Since take-off [s], and absolute [Pa].

    Examples
    --------
    >>> time, pressure = flight(2438.4, 7200.0)
    >>> float(time[-1]), round(float(pressure.min()))
    (9760.0, 75271)
    """
    rise = np.linspace(ground, height, knots + 1)
    up = np.array([standard_pressure(float(h)) for h in rise])
    climbed = np.abs(rise - ground)
    top = climbed[-1] / climb_rate + cruise
    time = np.concatenate([climbed / climb_rate, top + climbed / descent_rate])
    return time, np.concatenate([up, up[::-1]])
