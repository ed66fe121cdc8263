"""Gas trapped beside a fluid that is stored elastically: how pressure follows the fluid; where gas sits stands beside
the parts, in their answers to `fluidics.questions.bubble`."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

from fluidics.compile import inlined


class Rise(NamedTuple):
    """How far a pressure is above that at the start, and how it goes on."""

    rise: Annotated[float, "Pa"]
    slope: Annotated[float, "Pa/m3"]  # with the fluid stored


@inlined
def compressed(compliance: float, gas: float, absolute: float, stored: float) -> Rise:
    """Return the rise of pressure of an elastic room with trapped gas after some fluid has come in.

    stored = C x + gas (1 / P - 1 / (P + x)),    slope = 1 / (C + gas / (P + x)^2)

    with P the absolute pressure at the start and x the rise: the wall gives way by C x, and the gas, which keeps its
    temperature (Boyle), by the change of its volume. A quadratic in x, solved without cancellation.

    Parameters
    ----------
    compliance : float
        Volume that the wall gives per pressure [m3/Pa]; may be 0 when there is gas.
    gas : float
        Pressure times volume of the gas [J]; 0 for none.
    absolute : float
        Absolute pressure at the start [Pa].
    stored : float
        Fluid that has come in since the start [m3].

    Returns
    -------
    Rise
        Rise of pressure [Pa] and its slope [Pa/m3]; NaN when a rigid room is asked to hold more than its gas leaves.

    Notes
    -----
    Isothermal: a bubble of a microlitre takes the temperature of the wall in well under a second. Gas that dissolves
    or comes out of solution is not part of this law.

    Examples
    --------
    >>> round(compressed(0.0, 101325.0 * 13e-9, 101325.0, 3e-9).rise / 101325.0, 6)  # 13 uL lose 3 uL at 1.3 atm
    0.3
    """
    if gas == 0.0:
        return Rise(rise=stored / compliance, slope=1.0 / compliance)
    second = compliance * absolute
    first = second * absolute + gas - stored * absolute
    last = stored * absolute * absolute
    root = math.sqrt(first * first + 4.0 * second * last)
    if first > 0.0:
        rise = 2.0 * last / (first + root)
    elif compliance > 0.0:
        rise = 0.5 * (root - first) / second
    else:
        rise = math.nan
    end = absolute + rise
    return Rise(rise=rise, slope=1.0 / (compliance + gas / (end * end)))


@inlined
def pressure_of(stored: float, compliance: float, gas: float, ambient: float) -> float:
    """Return the pressure at which an elastic room with trapped gas holds a volume of fluid.

    stored = C p - J / (p + p_ambient)

    Parameters
    ----------
    stored : float
        Fluid in the room, up to the volume that it has without gas at the pressure of the atmosphere [m3].
    compliance : float
        Volume that the wall gives per pressure [m3/Pa], above zero.
    gas : float
        Pressure times volume of the gas [J]; 0 for none.
    ambient : float
        Pressure of the atmosphere, absolute [Pa].

    Returns
    -------
    float
        Relative to the atmosphere [Pa].

    Notes
    -----
    Isothermal, a quadratic solved without cancellation; how a pressure moves from a known one is `compressed`.

    Examples
    --------
    >>> round(pressure_of(-1e-9, 1e-12, 1e-4, 1e5), 6)  # a microlitre of gas at one bar, and an unstretched wall
    0.0
    """
    if gas == 0.0:
        return stored / compliance
    room = stored + compliance * ambient
    root = math.sqrt(room * room + 4.0 * compliance * gas)
    return (0.5 * (room + root) / compliance if room > 0.0 else 2.0 * gas / (root - room)) - ambient
