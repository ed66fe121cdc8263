"""Published runs of insulin through sticky lines, and what a wall makes of them; the laws stand in
`test_adsorption`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from fluidics.drugs.adsorption import Lining, eluted, filled, flushed, soaked, stride
from fluidics.drugs.langmuir import Sites

HOUR = 3600.0
UNIT = 34.7e-9  # kg of insulin
BORE = 1e-3  # m, assumed of microbore lines
BARE = Sites(0.0, 0.0, 0.0)
LEFT = 0.828  # of the stock that the bag of Zahid et al. leaves in solution; fitted with the sites
FULL_DAY = (200.0, 400.0, 600.0, 800.0, 1000.0, 1200.0, 1400.0)  # min


class Run(NamedTuple):
    """One line, filled with the stock at once, then run at one rate."""

    volume: float  # [m3]
    flow: float  # [m3/s]
    stock: float  # [kg/m3]
    primer: float  # [kg/m3] that stood in the line for 20 minutes before; 0 for none
    hours: tuple[float, ...]
    recovered: tuple[float, ...]  # [-] of the stock
    bag: bool  # whether recovery refers to what was put into the bag, not to what came out of it


def run(volume, flow, stock, primer, hours, percent, bag):
    """Return a run from mL, mL/h, U/mL, hours and percent."""
    dense = UNIT / 1e-6
    recovered = tuple(0.01 * value for value in percent)
    return Run(volume * 1e-6, flow * 1e-6 / HOUR, stock * dense, primer * dense, hours, recovered, bag)


# Fuloria et al., Pediatrics 102 (1998) 1401: PVC
FULORIA_SLOW = run(0.3, 0.05, 0.2, 0.0, (1.0, 2.0, 4.0, 8.0, 24.0), (17, 11, 27, 55, 100), False)
FULORIA_FAST = run(0.3, 0.2, 0.2, 0.0, (1.0, 2.0, 4.0, 8.0), (22, 38, 67, 75), False)
PRIMED_SLOW = run(0.3, 0.05, 0.2, 5.0, (1.0, 2.0, 4.0, 8.0), (70, 70, 70, 100), False)
PRIMED_FAST = run(0.3, 0.2, 0.2, 5.0, (1.0, 2.0, 4.0, 8.0), (42, 85, 91, 95), False)

# Zahid et al. (2008), as tabulated in Mol. Cell. Pediatr. 9 (2022), doi 10.1186/s40348-022-00154-y
_HOURS = tuple(minutes / 60.0 for minutes in FULL_DAY)
ZAHID_SLOW = run(0.4, 0.1, 1.0, 0.0, _HOURS, (54.9, 65.7, 74.4, 79.8, 85.1, 86.0, 90.0), True)
ZAHID_FAST = run(0.4, 0.5, 1.0, 0.0, _HOURS, (72.8, 80.2, 84.4, 87.7, 89.4, 91.5, 91.5), True)


CALIBRATION = (FULORIA_SLOW, FULORIA_FAST, ZAHID_SLOW)


def recoveries(case: Run, fast: Sites, slow: Sites, left: float, cells: int = 60) -> np.ndarray:
    """Return the share of the stock that comes out at the times of a run; the bag leaves a share of it in solution."""
    share = left if case.bag else 1.0
    lining = Lining(case.volume, 4.0 * case.volume / BORE, fast, slow)
    line = filled(case.primer, cells)
    if case.primer:
        line = soaked(lining, line, HOUR / 3.0, 40)
    line = flushed(line, share * case.stock)
    step = stride(lining, cells, case.flow)
    feed = np.full(int(np.ceil(case.hours[-1] * HOUR / step)) + 1, share * case.stock)
    come = eluted(lining, line, case.flow, feed)
    return np.interp(np.array(case.hours) * HOUR, come.time, come.concentration) / case.stock


def misses(cases, fast: Sites, slow: Sites, left: float, cells: int = 60) -> np.ndarray:
    """Return by how much what comes out differs from what was published, run after run."""
    return np.concatenate([recoveries(case, fast, slow, left, cells) - np.array(case.recovered) for case in cases])


def rms(differences: np.ndarray) -> float:
    """Return the root of the mean square."""
    return float(np.sqrt(np.mean(differences**2)))
