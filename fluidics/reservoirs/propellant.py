"""Pressure of a propellant, boiling or all vapour; the reservoirs it drives stand in `fluidics.reservoirs.reservoir`
and `fluidics.reservoirs.propellant_reservoir`."""

from __future__ import annotations

from fluidics.compile import inlined
from fluidics.elementary import exp

GAS_CONSTANT = 8.31446261815324  # [J/(mol K)]


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
    Holds while both phases are present and inside the fitted range of the constants. Those the scenarios share, of ten
    propellants, are within 0.03 % of the reference equations of state (CoolProp 8) from 15 to 45 degC and within 0.04 %
    from 0 to 50 degC.

    Examples
    --------
    >>> round(saturation_pressure(20.7350, 2532.61, -45.65, 310.15) / 1e3)  # R-113 at 37 degC
    70
    """
    return exp(a - b / (temperature + c))


@inlined
def propellant_pressure(a: float, b: float, c: float, amount: float, space: float, temperature: float) -> float:
    """Return the pressure of a propellant in a closed space, boiling or all vapour.

    p = min(p_sat(T), n R T / V)

    Parameters
    ----------
    a, b, c : float
        Antoine constants [-], [K], [K].
    amount : float
        Liquid and vapour [mol].
    space : float
        What both fill [m3].
    temperature : float
        Temperature [K].

    Returns
    -------
    float
        Absolute pressure [Pa].

    Notes
    -----
    The last liquid is gone where both laws meet. The vapour is taken as an ideal gas; near saturation at 37 degC it is
    denser by 3 % (R-113) to 13 % (isobutane), so that the liquid is gone in as much less space, and the pressure is
    up to that much lower then.

    Examples
    --------
    >>> round(propellant_pressure(20.78252, 2257.98, -28.72, 1e-3, 100e-6, 310.15) / 1e3, 1)  # a millimole in 100 mL
    25.8
    """
    return min(saturation_pressure(a, b, c, temperature), amount * GAS_CONSTANT * temperature / space)
