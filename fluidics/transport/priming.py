"""Filling an implanted line with drug at once: what comes early, what is missing then, what a wrong dead volume adds;
changing slowly from one drug to another stands in `fluidics.transport.bridge_bolus`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import numpy as np

from fluidics.network import Floats
from fluidics.transport.flow import Flow
from fluidics.transport.stretch import Fill, Tube
from fluidics.transport.transport import transported

_FULL = 0.99  # share of the dose at which delivery counts as whole again


class Primed(NamedTuple):
    """What a priming bolus does besides filling the line."""

    early: Annotated[float, "kg"]  # drug that the patient has by its end
    short: Annotated[float, "kg"]  # drug that is missing afterwards, against the dose from its end on
    reduced: Annotated[float, "s"]  # time after its end until the fluid at the tip has 99 % of its concentration
    mixing: Annotated[float, "-"]  # time in a tube per radial diffusion time; below 0.5 shapes are not Gaussian


def misprimed(assumed: float, dead: float, concentration: float) -> float:
    """Return the drug [kg] that a priming bolus gives too much when the dead volume is taken too large.

    (V_assumed - V) c; below zero where it is taken too small, and the drug comes late.

    Parameters
    ----------
    assumed, dead : float
        Volume of the line as programmed and as it is [m3].
    concentration : float
        Of the drug [kg/m3].

    Raises
    ------
    ValueError
        When a volume or the concentration is below zero or not finite.

    Notes
    -----
    The internal tubing of one implanted pump has 0.199 mL, that of its successor 0.140 mL.

    Examples
    --------
    >>> round(misprimed(0.199e-6, 0.140e-6, 25.0) * 1e6, 9)  # morphine 25 mg/mL: milligrams
    1.475
    """
    if not all(0.0 <= value < np.inf for value in (assumed, dead, concentration)):
        raise ValueError(
            f"priming with {concentration!r} kg/m3 of {assumed!r} m3 into {dead!r} m3; none may be below zero"
        )
    return (assumed - dead) * concentration


def primed(
    tubes: Sequence[Tube], volume: float, over: float, rate: float, concentration: float, diffusivity: float
) -> Primed:
    """Return what a priming bolus into a line without drug does, when the dose follows at once.

    Parameters
    ----------
    tubes : sequence of Tube
        From the pump to the tip, full of fluid without drug.
    volume, over : float
        Volume of the bolus [m3], and how long it takes [s].
    rate : float
        Flow afterwards [m3/s].
    concentration, diffusivity : float
        Of the drug: [kg/m3], [m2/s].

    Raises
    ------
    ValueError
        When volume, time or rate is not above zero and finite.

    Notes
    -----
    Fast flow mixes drug with the fluid before it, so that some arrives during the bolus and is missing afterwards:
    early - short = (V - V_dead) c. Reported by the manufacturer of an implanted pump, for which the function was
    recalled (Therapeutic Goods Administration, RC-2013-RN-00677-1, 2013); amounts were not published.

    Examples
    --------
    >>> line = [Tube(0.14e-6, 4e-4), Tube(0.22e-6, 2.65e-4)]
    >>> seen = primed(line, 0.36e-6, 1080.0, 4e-12, 2.0, 7e-10)
    >>> round(seen.early / seen.short, 6)
    1.0
    """
    if not all(0.0 < value < np.inf for value in (volume, over, rate)):
        raise ValueError(f"priming bolus of {volume!r} m3 in {over!r} s before {rate!r} m3/s; all must be above zero")
    dead = sum(tube.volume for tube in tubes)
    after = np.linspace(0.0, 10.0 * dead / rate, 2001)
    time, flowed = np.append(0.0, over + after), np.append(0.0, volume + rate * after)
    come = transported(tubes, Flow(time, flowed), [Fill(0.0, concentration)], [0.0] * len(tubes), diffusivity)
    given = come.mass[1:] - come.mass[1]
    short = float(concentration * rate * after[-1] - given[-1])
    return Primed(float(come.mass[1]), short, _until_full(after, come.concentration[1:] / concentration), come.mixing)


def _until_full(after: Floats, share: Floats) -> float:
    """Return the time [s] at which a rising share reaches that of a whole dose."""
    return float(np.interp(_FULL, share, after)) if share[0] < _FULL else 0.0
