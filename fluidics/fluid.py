"""Viscosity of water and of glycerol in it; the drugs that use it stand in their own files."""

from __future__ import annotations

from fluidics.compile import inlined
from fluidics.elementary import exp, log, power

_LN10 = 2.302585092994046


@inlined
def water_viscosity(temperature: float) -> float:
    """Return the dynamic viscosity of water.

    mu = 2.414e-5 Pa s * 10^(247.8 K / (T - 140 K))

    Parameters
    ----------
    temperature : float
        Temperature [K].

    Returns
    -------
    float
        Dynamic viscosity [Pa s].

    Notes
    -----
    Within 0.5 % of IAPWS between 290 K and 315 K (0.2 % between 293 K and 313 K); 1.3 % low at 277 K.

    References
    ----------
    Al-Shemmeri, "Engineering Fluid Mechanics" (2012), p. 18; compared with IAPWS 2008 as in CoolProp 8.

    Examples
    --------
    >>> round(water_viscosity(310.15) * 1e3, 2)
    0.69
    """
    return 2.414e-5 * exp(_LN10 * 247.8 / (temperature - 140.0))


@inlined
def glycerol_ratio(share: float, temperature: float) -> float:
    """Return the viscosity of a solution of glycerol in water relative to that of water.

    mu / mu_w = (mu_g / mu_w)^(1 - alpha),    alpha = 1 - c + a b c (1 - c) / (a c + b (1 - c))

    a = 0.705 - 0.0017 t,  b = (4.9 + 0.036 t) a^2.5, with the temperature t in degC, and

    mu_w = 1.790e-3 Pa s exp(-(1230 + t) t / (36100 + 360 t)),  mu_g = 12.100 Pa s exp(-(1233 - t) t / (9900 + 70 t))

    Parameters
    ----------
    share : float
        Mass of glycerol over mass of solution [-], 0 to 1.
    temperature : float
        Temperature [K], 273 to 373.

    Returns
    -------
    float
        Viscosity ratio [-].

    Notes
    -----
    Within a few percent of measured viscosities for any share and 0 to 100 degC. It falls with temperature: a solution
    loses more of its viscosity in a fever than water does.

    References
    ----------
    Cheng, "Formula for the viscosity of a glycerol-water mixture", Ind. Eng. Chem. Res. 47 (2008) 3285.

    Examples
    --------
    >>> round(glycerol_ratio(0.2, 310.15), 2)
    1.65
    """
    t = temperature - 273.15
    water = log(1.790e-3) - (1230.0 + t) * t / (36100.0 + 360.0 * t)
    glycerol = log(12.1) - (1233.0 - t) * t / (9900.0 + 70.0 * t)
    a = 0.705 - 0.0017 * t
    b = (4.9 + 0.036 * t) * power(a, 2.5)
    alpha = 1.0 - share + a * b * share * (1.0 - share) / (a * share + b * (1.0 - share))
    return exp((1.0 - alpha) * (glycerol - water))
