"""What only a transient shows and a lifetime takes from a table: how long an occlusion stays silent and what is missed
until it is heard; the engine that resolves it stands in `fluidics.engines.stroke`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reliability.store import Variable
from reliability.tables import DAY, MILLILITRE


class Transients(NamedTuple):
    """Occlusions of a new pump, by programmed rate and by the resistance put in the way."""

    rates: NDArray[np.float64]  # (n_rates,) [m3/s] increasing
    resistances: NDArray[np.float64]  # (n_resistances,) [Pa s/m3] increasing
    alarm_delay: NDArray[np.float64]  # (n_rates, n_resistances) [s] infinite where the alarm stays silent
    missed_volume: NDArray[np.float64]  # (n_rates, n_resistances) [m3] until the alarm
    gap: float  # [-] greatest difference from the exact engine, relative


def missed_when_shut(transients: Transients, rate: float) -> float:
    """Return the volume [m3] missed until the alarm of a line that shuts, at a programmed rate.

    Parameters
    ----------
    transients : Transients
        The table; its greatest resistance stands for a line that is shut.
    rate : float
        Programmed rate [m3/s].

    Returns
    -------
    float
        Interpolated linearly between the rates of the table [m3]; at a rate outside, that of the nearest.

    Examples
    --------
    >>> table = np.array([[1.0], [3.0]])
    >>> missed_when_shut(Transients(np.array([1.0, 2.0]), np.array([1e15]), table, table, 0.0), 1.5)
    2.0
    """
    return float(np.interp(rate, transients.rates, transients.missed_volume[:, -1]))


def transient_variables(transients: Transients) -> dict[str, Variable]:
    """Return the table as arrays of a study file."""
    both = ("rate", "resistance")
    delay, missed = transients.alarm_delay / DAY, transients.missed_volume / MILLILITRE
    gap = "greatest difference of the stroke engine from the exact one, relative"
    return {
        "rate": Variable(("rate",), transients.rates / (MILLILITRE / DAY), "mL/d", "programmed rate"),
        "resistance": Variable(("resistance",), transients.resistances, "Pa s m-3", "resistance put in the way"),
        "alarm_delay": Variable(both, delay, "d", "from the occlusion to the alarm; infinite where none sounds"),
        "missed_volume": Variable(both, missed, "mL", "volume programmed and not delivered until the alarm"),
        "gap": Variable((), np.array(transients.gap), "1", gap),
    }
