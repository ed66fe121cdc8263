"""When the base of a dissolved salt falls out of solution, and how the precipitate slows a restrictor chip; how solids
settle on a wall stands in `fluidics.lines.deposit`.

All concentrations are of the base; ten parts of morphine sulfate pentahydrate hold eight of the base's monohydrate.
"""

from __future__ import annotations

import math

# Morphine. Dissociation at 35 degC: Roy and Flynn, Pharm. Res. 6 (1989) 147. The base dissolves 1 in 5000 of water at
# room temperature: Clarke's Analysis of Drugs and Poisons (2005). 50 mg/mL of the hydrochloride dissolve in water at
# 22 degC, 20 to 30 at 4 degC: Vermeire and Remon, Int. J. Pharm. 146 (1997) 213
MORPHINE_PKA = 8.08  # [-]
MORPHINE_BASE = 0.2  # [kg/m3]
MORPHINE_SALT = 50.0 * 303.4 / 375.8  # [kg/m3] as monohydrate of the base
SULFATE_TO_BASE = 303.4 / 379.4  # [-]: monohydrate of the base in half a mole of the pentahydrate of the sulfate


def solubility(
    ph: float, base: float = MORPHINE_BASE, pka: float = MORPHINE_PKA, salt: float = MORPHINE_SALT
) -> float:
    """Return how much of a weak base stays dissolved at a pH.

    S = min(S_0 (1 + 10^(pKa - pH)), S_salt)

    Parameters
    ----------
    ph : float
        Of the solution [-], 4 to 12.5.
    base, salt : float
        Solubility of the base itself and of its salt, as base [kg/m3].
    pka : float
        Dissociation constant of the salt [-].

    Returns
    -------
    float
        Solubility [kg/m3], which is mg/mL.

    Raises
    ------
    ValueError
        When the pH is outside the range.

    Notes
    -----
    Measured from pH 5 to 12.5 by Roy and Flynn, Pharm. Res. 6 (1989) 147; below it the salt limits.

    Examples
    --------
    >>> round(solubility(6.5), 1), round(solubility(4.5), 1)
    (7.8, 40.4)
    """
    if not 4.0 <= ph <= 12.5:
        raise ValueError(f"pH {ph!r}: the solubility of a weak base is known from pH 4 to 12.5")
    return min(base * (1.0 + 10.0 ** (pka - ph)), salt)


def precipitation_ph(
    concentration: float, base: float = MORPHINE_BASE, pka: float = MORPHINE_PKA, salt: float = MORPHINE_SALT
) -> float:
    """Return the pH above which a solution of a weak base falls out.

    pH = pKa - log10(c / S_0 - 1)

    Parameters
    ----------
    concentration : float
        Of the base [kg/m3].
    base, pka, salt : float
        As in `solubility`.

    Returns
    -------
    float
        pH [-]; infinite for what the base itself dissolves.

    Raises
    ------
    ValueError
        When the concentration is negative, no number, or more than the salt dissolves.

    Examples
    --------
    >>> round(precipitation_ph(10.0 * SULFATE_TO_BASE), 2)  # 10 mg/mL of the sulfate
    6.49
    """
    if not 0.0 <= concentration <= salt:
        raise ValueError(f"concentration {concentration!r} kg/m3: from nothing to {salt:.4g}, what the salt dissolves")
    if concentration <= base:
        return math.inf
    return pka - math.log10(concentration / base - 1.0)


def filling_time(lumen: float, flow: float, excess: float, density: float) -> float:
    """Return how long the excess that a flow brings takes to fill a lumen.

    T = V rho / (Q (c - S))

    Parameters
    ----------
    lumen : float
        Volume of the narrow passage [m3].
    flow : float
        Flow through the clean passage [m3/s].
    excess : float
        Concentration above saturation [kg/m3].
    density : float
        Of the precipitate as it lies [kg/m3].

    Returns
    -------
    float
        Time [s]; infinite without excess.

    Examples
    --------
    >>> round(filling_time(9.2e-9, 1e-6 / 86400.0, 1.0, 1300.0) / 86400.0)  # 4.7 m of 50 um at 1 mL/d, in days
    12
    """
    return lumen * density / (flow * excess) if excess > 0.0 else math.inf


def fed_flow(time: float, filling: float) -> float:
    """Return the flow through a chip in which all excess settles, over that of the clean one.

    Q / Q_0 = (1 + t / T)^-2

    Parameters
    ----------
    time, filling : float
        Time and filling time [s].

    Returns
    -------
    float
        Share of the flow [-].

    Notes
    -----
    Under a constant pressure Q goes with the square of what is open, and the flow that is left brings less: the pump
    slows down and never stops. An even lining of a round or flat passage.

    Examples
    --------
    >>> fed_flow(1.0, 1.0)
    0.25
    """
    left = 1.0 / (1.0 + time / filling)
    return left * left


def crusted_flow(time: float, closing: float) -> float:
    """Return the flow through a chip whose wall takes precipitate at a steady rate, over that of the clean one.

    Q / Q_0 = (1 - t / T)^2, zero from T on

    Parameters
    ----------
    time, closing : float
        Time and the time at which the passage is full [s].

    Returns
    -------
    float
        Share of the flow [-].

    Notes
    -----
    The surface limits, not the supply: this pump stops. Both ends are seen: flow slowed or stopped by precipitate of
    morphine above 10 mg/mL at a pH near or above 6.5 (Codman MedStream manual).

    Examples
    --------
    >>> crusted_flow(0.5, 1.0), crusted_flow(2.0, 1.0)
    (0.25, 0.0)
    """
    left = max(1.0 - time / closing, 0.0)
    return left * left
