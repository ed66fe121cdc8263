"""Air in a worn pump: what the drug gives off when it warms or the atmosphere thins, how fast that grows, how pressure
changes what is there; the line that holds it stands in `fluidics.lines.infusion_set`."""

from __future__ import annotations

from fluidics.compile import inlined
from fluidics.elementary import exp

ATMOSPHERE = 101325.0  # [Pa]
_FREEZING = 273.15  # [K]


@inlined
def bunsen(temperature: float) -> float:
    """Return the volume of air [-], at 0 degC and 1 atm, that a volume of water dissolves under 1 atm.

    alpha = 0.0171 exp(1600 K (1 / T - 1 / 298.15 K))

    Parameters
    ----------
    temperature : float
        Temperature of the water [K].

    Notes
    -----
    Henry's constants of nitrogen and oxygen, 6.4e-6 and 1.2e-5 mol/(m3 Pa), both with 1600 K, as 0.78 and 0.21 of air.
    Within 1 % of the handbook values from 15 to 30 degC. Source: Sander, Atmos. Chem. Phys. 15 (2015) 4399.

    Examples
    --------
    >>> round(bunsen(298.15), 4)
    0.0171
    """
    return 0.0171 * exp(1600.0 * (1.0 / temperature - 1.0 / 298.15))


@inlined
def outgassed(liquid: float, cold: float, warm: float, before: float, after: float) -> float:
    """Return the volume [m3] of air that a saturated liquid gives off in the end, at its new temperature and pressure.

    V = V_liquid (alpha(T_1) p_1 - alpha(T_2) p_2) / p_2 * T_2 / T_0, by Henry's law

    Parameters
    ----------
    liquid : float
        Volume of the liquid [m3], saturated with air at first.
    cold, warm : float
        Temperature before and after [K].
    before, after : float
        Absolute pressure before and after [Pa].

    Returns
    -------
    float
        Volume of gas [m3]; zero where the liquid takes air up.

    Notes
    -----
    Water vapour in the bubble is left out: it adds 6 % at 37 degC. Bubbles on warming from 4 to 37 degC and on a climb
    of 300 m were seen by Lopez et al., BMJ Open Diabetes Res. Care 2 (2014) e000036.

    Examples
    --------
    >>> round(outgassed(1e-6, 277.15, 310.15, 101325.0, 101325.0) * 1e9)  # a millilitre from the refrigerator
    13
    """
    released = bunsen(cold) * before / after - bunsen(warm)
    return liquid * max(released, 0.0) * warm / _FREEZING


@inlined
def grown(now: float, final: float, dt: float, growth_time: float) -> float:
    """Return the volume [m3] of a bubble that nears its final volume, V' = (V_final - V) / t_g, after `dt` [s].

    Notes
    -----
    The first-order law with one time stands for diffusion to the bubble (Epstein and Plesset, J. Chem. Phys. 18 (1950)
    1505), whose own time depends on how many bubbles there are.

    Examples
    --------
    >>> grown(0.0, 12e-9, 1e9, 3600.0)
    1.2e-08
    """
    return final + (now - final) * exp(-dt / growth_time)


@inlined
def boyle(volume: float, before: float, after: float) -> float:
    """Return the volume [m3] of a gas at constant temperature when its absolute pressure [Pa] changes.

    Examples
    --------
    >>> round(boyle(13e-9, 1.0, 1.3) * 1e9, 1)  # 13 uL in a chamber at 1.3 atmospheres
    10.0
    """
    return volume * before / after
