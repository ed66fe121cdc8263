"""The bellows of a gas-driven pump in full: propellant that may boil away, a stop, cold refills; the plain reservoir
stands in `fluidics.reservoirs.reservoir`, the vapour pressure in `fluidics.reservoirs.propellant`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.compile import inlined
from fluidics.elementary import exp
from fluidics.pump import Luck, Service, Surroundings
from fluidics.questions import (
    advance,
    ambient,
    capacity,
    carry_over,
    fresh,
    panel,
    pressure,
    refilled,
    stiffness,
    usable,
)
from fluidics.reservoirs.propellant import GAS_CONSTANT, propellant_pressure, saturation_pressure

WARM = 0.1  # [K]: a propellant this near to the body is warm; it then drives the flow within half a percent
STEP = 2.0  # [-]: panel per warming time until then
BEHIND = 0.05  # [-]: of the driving pressure, that is lost where a panel ends behind the stop


class PropellantReservoir(NamedTuple):
    """A bellows between drug and a closed space of propellant, which boils until its last liquid is gone.

    p = min(p_sat(T_p), n R T_p / (V_0 + V)) - p_ambient - k V - k_stop max(V - V_stop, 0)

    V is the drug drawn, V_0 the space of the propellant when the reservoir is full, and V_stop all that can be drawn:
    the bellows is then pressed solid. A stack of metal plates is stiff, k_stop = E a / (h A^2) with its modulus, the
    area that carries, its height and the effective area of the bellows: 1e13 to 1e14 Pa/m3, so that the pressure is
    gone within 20 uL. A liquid that is sucked boils rather than bear tension: the absolute pressure stays above zero.

    Drug colder than the body cools the propellant at a refill and both warm up with one time constant:

    T_p = T + c (T_refill - T),    dc / dt = -c / t_w,    c = cooled * share exchanged right after the refill

    where `cooled` is the heat capacity of the drug relative to drug, propellant and metal. A new pump is warm.

    Notes
    -----
    Both temperatures inside the fitted range of the constants (0 to 50 degC for those the scenarios share); an ideal
    gas after the last liquid, see `propellant_pressure`; the heat of boiling, which at the flow of a pump cools the
    propellant by less than a millikelvin, and that of condensing at a refill (0.3 K) are left out. Source of the
    principle: Blackshear et al., Surg. Gynecol. Obstet. 134 (1972) 51. The time constant is not published: ten minutes
    to an hour.
    """

    capacity: Annotated[float, "m3"]
    residual: Annotated[float, "m3"]
    antoine_a: Annotated[float, "-"]
    antoine_b: Annotated[float, "K"]
    antoine_c: Annotated[float, "K"]
    ambient: Annotated[float, "Pa"]
    stiffness: Annotated[float, "Pa/m3"]
    stop_stiffness: Annotated[float, "Pa/m3"]
    amount: Annotated[float, "mol"]  # of propellant, liquid and vapour
    space: Annotated[float, "m3"]  # that it fills when the reservoir is full
    refill_temperature: Annotated[float, "K"]
    cooled: Annotated[float, "-"]
    warming_time: Annotated[float, "s"]


class Expansion(NamedTuple):
    """Volume drawn since the reservoir was full, and how cold the propellant is."""

    volume: Annotated[float, "m3"]
    cold: Annotated[float, "-"]  # from 0 at the temperature of the body to 1 at that of the refill


@inlined
def propellant_temperature(reservoir: PropellantReservoir, own: Expansion, temperature: float) -> float:
    """Return the temperature [K] of the propellant in a body at a temperature [K]."""
    return temperature + own.cold * (reservoir.refill_temperature - temperature)


@inlined
def _drive(reservoir: PropellantReservoir, own: Expansion, temperature: float) -> float:
    warmth = propellant_temperature(reservoir, own, temperature)
    space = reservoir.space + own.volume
    return propellant_pressure(
        reservoir.antoine_a, reservoir.antoine_b, reservoir.antoine_c, reservoir.amount, space, warmth
    )


@inlined
def _stop(reservoir: PropellantReservoir) -> float:
    return reservoir.capacity - reservoir.residual


@fresh.answer
def full_and_warm(reservoir: PropellantReservoir, luck: Luck) -> Expansion:
    return Expansion(volume=0.0, cold=0.0)


@advance.answer
def expand(reservoir: PropellantReservoir, own: Expansion, dt: float, around: Surroundings) -> Expansion:
    return Expansion(volume=own.volume + around.flow * dt, cold=own.cold * exp(-dt / reservoir.warming_time))


@panel.answer
def bellows_panel(reservoir: PropellantReservoir, own: Expansion, around: Surroundings) -> float:
    dt = 1e300
    if own.cold * abs(reservoir.refill_temperature - around.temperature) > WARM:
        dt = STEP * reservoir.warming_time
    if around.flow * 1e300 <= reservoir.capacity:
        return dt
    # the pressure is gone within microlitres past the stop: a panel ends just behind it, the next ones follow the fall
    left = _stop(reservoir) - own.volume
    room = BEHIND * (around.p_in + reservoir.ambient) / reservoir.stop_stiffness
    if left <= 0.0:
        left, room = 0.0, 0.5 * (around.p_in - around.p_out) / reservoir.stop_stiffness
    return min(dt, max(left + room, 1e-6 * room) / around.flow) if room > 0.0 else dt


@refilled.answer
def refill_with_cold_drug(
    reservoir: PropellantReservoir, own: Expansion, service: Service, luck: Luck
) -> Expansion:
    share = reservoir.cooled * (1.0 - service.carry_over)
    return Expansion(volume=0.0, cold=own.cold + share * (1.0 - own.cold))


@pressure.answer
def bellows_pressure(reservoir: PropellantReservoir, own: Expansion, temperature: float) -> float:
    spring = reservoir.stiffness * own.volume
    stop = reservoir.stop_stiffness * max(own.volume - _stop(reservoir), 0.0)
    return max(_drive(reservoir, own, temperature) - spring - stop, 0.0) - reservoir.ambient


@stiffness.answer
def bellows_stiffness(reservoir: PropellantReservoir, own: Expansion, temperature: float) -> float:
    slope = reservoir.stiffness
    if own.volume > _stop(reservoir):
        slope += reservoir.stop_stiffness
    warmth = propellant_temperature(reservoir, own, temperature)
    boiling = saturation_pressure(reservoir.antoine_a, reservoir.antoine_b, reservoir.antoine_c, warmth)
    gas = _drive(reservoir, own, temperature)
    if gas < boiling:
        slope += gas / (reservoir.space + own.volume)
    return slope


@ambient.answer
def ambient_of_bellows(reservoir: PropellantReservoir) -> float:
    return reservoir.ambient


@capacity.answer
def full_bellows(reservoir: PropellantReservoir) -> float:
    return reservoir.capacity


@usable.answer
def left_in_bellows(reservoir: PropellantReservoir, own: Expansion) -> float:
    return _stop(reservoir) - own.volume


@carry_over.answer
def residual_in_bellows(reservoir: PropellantReservoir, own: Expansion) -> float:
    return reservoir.residual / reservoir.capacity


def exhaustion(reservoir: PropellantReservoir, temperature: float) -> float:
    """Return the volume drawn at which the last liquid propellant is gone.

    V = n R T / p_sat(T) - V_0

    Parameters
    ----------
    reservoir : PropellantReservoir
        The bellows.
    temperature : float
        Of the propellant [K].

    Returns
    -------
    float
        Volume drawn [m3]; below zero when not even a full reservoir holds liquid.

    Examples
    --------
    >>> bellows = PropellantReservoir(
    ...     30e-6, 2e-6, 20.78252, 2257.98, -28.72, 101325.0, 0.0, 1e13, 6e-3, 5e-6, 293.15, 0.5, 1800.0
    ... )
    >>> round(exhaustion(bellows, 310.15) * 1e6, 1)  # six millimoles of n-butane last for 39.5 mL
    39.5
    """
    boiling = saturation_pressure(reservoir.antoine_a, reservoir.antoine_b, reservoir.antoine_c, temperature)
    return reservoir.amount * GAS_CONSTANT * temperature / boiling - reservoir.space
