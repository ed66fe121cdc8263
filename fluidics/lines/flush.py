"""What a flush scours from a lumen and what a rinse with alkali dissolves; neither moves tissue, whose growth stands in
`fluidics.lines.occlusion` and `fluidics.sites.capsule`."""

from __future__ import annotations

import math

from fluidics.lines.deposit import wall_shear

INSULIN_MOLAR_MASS = 5.808  # [kg/mol]
TITRATED = 8.0  # [-], assumed: hydroxide that an insulin molecule binds between pH 7.4 and 12
_PI = 3.141592653589793


def flush_shear(opening: float, length: float, viscosity: float, flow: float, pressure: float) -> float:
    """Return the shear stress at the wall of a lumen while it is flushed.

    tau = min(4 mu Q / (pi r^3), p r / (2 L))

    Parameters
    ----------
    opening, length : float
        Radius that is open and length of the lumen [m].
    viscosity : float
        Of the flushing fluid [Pa s].
    flow, pressure : float
        What the hand brings at most: flow [m3/s], pressure [Pa].

    Returns
    -------
    float
        Shear stress [Pa].

    Examples
    --------
    >>> round(flush_shear(0.205e-3, 0.25, 9e-4, 10e-6 / 60.0, 200e3))  # 10 mL/min through the catheter of an implant
    22
    """
    return min(wall_shear(viscosity, flow, opening), 0.5 * pressure * opening / length)


def flushed(
    thickness: float, radius: float, length: float, viscosity: float, flow: float, pressure: float, strength: float
) -> float:
    """Return how thick a lining is left after a flush.

    Scoured while tau > tau_s; up to the radius (4 mu Q / (pi tau_s))^(1/3)

    Parameters
    ----------
    thickness, radius, length : float
        Thickness of the lining, radius and length of the clean lumen [m].
    viscosity, flow, pressure : float
        As in `flush_shear`.
    strength : float
        Shear stress that the lining bears [Pa]; not published for insulin, an assumption.

    Returns
    -------
    float
        Thickness [m].

    Raises
    ------
    ValueError
        When the lining is thicker than the lumen or a number is not above zero.

    Notes
    -----
    At a given flow the shear falls as the lumen opens, so that a flush leaves a thin lining. At a given pressure it
    rises: a lumen so narrow that the hand's pressure does not move the lining stays as it is, and one that moves opens
    until the flow limits. A steady yield stress, no fatigue and no softening.

    Examples
    --------
    >>> round(flushed(0.1e-3, 0.205e-3, 0.25, 9e-4, 10e-6 / 60.0, 200e3, 30.0) * 1e6)  # um of 100
    20
    """
    if not 0.0 <= thickness <= radius:
        raise ValueError(f"lining of {thickness!r} m in a lumen of radius {radius!r} m: it is as thick at most")
    if not all(number > 0.0 for number in (length, viscosity, flow, pressure, strength)):
        raise ValueError("length, viscosity, flow, pressure and strength of a flush are above zero")
    opening = radius - thickness
    if opening <= 0.0 or flush_shear(opening, length, viscosity, flow, pressure) <= strength:
        return thickness
    scoured = (4.0 * viscosity * flow / (_PI * strength)) ** (1.0 / 3.0)
    return max(radius - scoured, 0.0)


def alkali_capacity(volume: float, hydroxide: float) -> float:
    """Return how much insulin an alkaline rinse can take up at most.

    m = V c M / z

    Parameters
    ----------
    volume : float
        Of the rinse [m3].
    hydroxide : float
        Its concentration [mol/m3].

    Returns
    -------
    float
        Mass of insulin [kg].

    Notes
    -----
    The number z of hydroxide bound per molecule is estimated from its acidic groups. A filling of 20 mL at 0.01 mol/L
    takes up thousands of units: the 22 of 52 rinses that did not bring the flow back (Renard et al., Diabetes Care 19
    (1996) 812) did not fail for want of alkali.

    Examples
    --------
    >>> round(alkali_capacity(20e-6, 10.0) * 1e6)  # mg
    145
    """
    return volume * hydroxide * INSULIN_MOLAR_MASS / TITRATED


def rinsed_mass(deposit: float, contact: float, dissolving_time: float, capacity: float) -> float:
    """Return the insulin deposit that an alkaline rinse leaves.

    m - min(m (1 - e^(-t / t_d)), m_max)

    Parameters
    ----------
    deposit : float
        Before the rinse [kg].
    contact, dissolving_time : float
        Time of contact, time constant of dissolution [s]; the latter an assumption.
    capacity : float
        What the rinse can take up [kg] (`alkali_capacity`).

    Returns
    -------
    float
        Mass left [kg].

    Examples
    --------
    >>> rinsed_mass(2.0, 1e9, 60.0, 1.5)
    0.5
    """
    return deposit - min(-deposit * math.expm1(-contact / dissolving_time), capacity)
