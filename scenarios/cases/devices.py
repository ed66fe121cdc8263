"""Published figures of one pump, worked out with its own parts: how long a filling lasts, and where its reservoir stops
being below the ambient pressure; the comparison stands in `scenarios.validation`."""

from __future__ import annotations

from fluidics.engines.panel import seen, stepped
from fluidics.pump import MEDIAN_LUCK, new_pump
from fluidics.questions import fresh, histogram, mean_aggregate, pressure, usable
from reliability.design import Design
from scenarios.build import Scenario
from scenarios.cases.published import COMPUTED
from scenarios.units import DAY

SEA_LEVEL = 101_325.0  # [Pa]
_PANEL = 5.0 * DAY
_UNIT_PER_DAY = 1e-6 / 400.0 / DAY  # [m3/s] of U400 insulin
_ML = 1e-6
_MMHG = 133.322
_BODY, _FEVER = 310.15, 313.15

Figure = tuple[str, float, float, str, float]  # quantity, published value, its tolerance, unit, ours
Figures = tuple[str, str, str, str, tuple[Figure, ...]]  # case, source, role, note


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


def device_cases(scenario: Scenario) -> tuple[Figures, ...]:
    """Return the published figures of one pump beside those of a scenario, by case with its source and role.

    Parameters
    ----------
    scenario : Scenario
        The implanted insulin pump.
    """
    design, needs = scenario.design, scenario.requirement
    low, empty = design.clinic.low_volume, needs.empty_volume if needs else 0.0
    usual, most = 40.0 * _UNIT_PER_DAY, 66.0 * _UNIT_PER_DAY
    filling = (
        ("low-reservoir message", 130.0, 0.05, "d", days_until(design, usual, low)),
        ("empty-reservoir message", 140.0, 0.05, "d", days_until(design, usual, empty)),
        ("drawn back after 90 d", 6.0, 0.001, "mL", left_after(design, usual, 90.0) / _ML),
    )
    trial = (
        ("low-reservoir message", 78.8, 0.05, "d", days_until(design, most, low)),
        ("empty-reservoir message", 84.8, 0.05, "d", days_until(design, most, empty)),
        ("reservoir dry", 90.9, 0.05, "d", days_until(design, most, 0.0)),
    )
    vapour = (ambient_pressure(0.0) - vacuum(design, 0.0, _BODY)) / 1e3
    limits = (
        ("vapour pressure of the propellant at 37 degC", 70.3, 2.1, "kPa", vapour),
        ("below ambient at 2,400 m and 37 degC", 40.0, 8.0, "mmHg", vacuum(design, 2400.0, _BODY) / _MMHG),
        ("below ambient at 2,400 m and 40 degC", -20.0, 8.0, "mmHg", vacuum(design, 2400.0, _FEVER) / _MMHG),
        ("altitude at which nothing is left at 37 degC", 2980.0, 120.0, "m", altitude_without_vacuum(design, _BODY)),
    )
    arithmetic = "arithmetic: a ratio of stated volumes"
    equations = "by the vapour pressure of R-113 and the standard atmosphere; the manual has the limits alone"
    return (
        ("Filling of 6,000 U, 40 U/d", "medtronic_2007d", COMPUTED, arithmetic, filling),
        ("Filling of 6,000 U, 66 U/d", "medtronic_2005", COMPUTED, arithmetic, trial),
        ("Vacuum of the reservoir", "medtronic_2007c", COMPUTED, equations, limits),
    )
