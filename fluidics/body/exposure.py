"""How long a drug still acts when a pump stops: insulin under the skin and in the peritoneum, baclofen and morphine in
the fluid around the cord. The compartments stand in `fluidics.body.compartments`, what rises while insulin is missing
in `fluidics.body.missing_insulin`, doses off their setting in `fluidics.body.dose_limits`.

These are the smallest models that say how long an interruption takes to matter, with means of small groups of people
whose values differ several-fold. Nothing here is advice on a therapy or on a patient.
"""

from __future__ import annotations

import numpy as np

from fluidics.body.compartments import Kinetics

_MINUTE = 60.0


def two_channels(slow_share: float = 0.67, slow: float = 0.011 / _MINUTE, fast: float = 0.021 / _MINUTE) -> Kinetics:
    """Return subcutaneous insulin that takes a slow way of two equal stages and a fast one of one stage.

    Parameters
    ----------
    slow_share : float
        Share of the delivery that goes the slow way [-].
    slow, fast : float
        Rates of the stages [1/s].

    Returns
    -------
    Kinetics
        Insulin absorbed per time.

    Notes
    -----
    Means of seven people with lispro from a pump: Wilinska et al., IEEE Trans. Biomed. Eng. 52 (2005) 3. Interquartile
    ranges: share 0.53 to 0.82, slow 0.004 to 0.029, fast 0.011 to 0.040 per minute. The degradation they found in the
    tissue saturates and is left out: it lowers the level more than its course.

    Examples
    --------
    >>> from fluidics.body.compartments import left_after_stop
    >>> left_after_stop(two_channels(), [6120.0, 6180.0]).round(3)  # 102 and 103 min
    array([0.502, 0.498])
    """
    exchange = np.array([[-slow, 0.0, 0.0], [slow, -slow, 0.0], [0.0, 0.0, -fast]])
    return Kinetics(exchange, np.array([slow_share, 0.0, 1.0 - slow_share]), np.array([0.0, slow, fast]))


def two_states(
    split: float = 0.0164 / _MINUTE, whole: float = 0.0018 / _MINUTE, parted: float = 0.0182 / _MINUTE
) -> Kinetics:
    """Return subcutaneous insulin that is absorbed whole or, faster, after it has come apart.

    Parameters
    ----------
    split : float
        Rate at which insulin comes apart [1/s].
    whole, parted : float
        Rates of absorption before and after [1/s].

    Returns
    -------
    Kinetics
        Insulin absorbed per time.

    Notes
    -----
    Structure and values of the model of Dalla Man, Rizza and Cobelli, IEEE Trans. Biomed. Eng. 54 (2007) 1740, as its
    published programs have them. Beside `two_channels` it shows what the choice of a model is worth.

    Examples
    --------
    >>> from fluidics.body.compartments import time_until_left
    >>> round(time_until_left(two_states(), 0.5) / 60.0)
    87
    """
    exchange = np.array([[-(whole + split), 0.0], [split, -parted]])
    return Kinetics(exchange, np.array([1.0, 0.0]), np.array([whole, parted]))


def peritoneal(time_constant: float, past_liver: float = 1.0) -> Kinetics:
    """Return insulin in the peritoneum, which passes the liver first.

    Parameters
    ----------
    time_constant : float
        Of absorption [s].
    past_liver : float
        Share that the liver does not keep at the first pass [-].

    Returns
    -------
    Kinetics
        Insulin that reaches the circulation per time.

    Notes
    -----
    Liver and plasma are enough to describe it, so fast is the passage (J. Diabetes Sci. Technol. 16 (2022), doi
    10.1177/19322968221076559); 10 to 30 min are assumed. In dogs 0.497 +- 0.088 passed the liver (Diabetes 39 (1990)
    1361).

    Examples
    --------
    >>> from fluidics.body.compartments import settled
    >>> float(settled(peritoneal(1200.0), 1.0)[0])  # as much as is delivered in the time constant
    1200.0
    """
    rate = 1.0 / time_constant
    return Kinetics(np.array([[-rate]]), np.ones(1), np.array([past_liver * rate]))


def spinal(half_life: float, clearance: float) -> Kinetics:
    """Return a drug in the fluid around the cord as one compartment; what is looked at is its concentration.

    V = CL t_1/2 / ln 2

    Parameters
    ----------
    half_life : float
        Of elimination [s].
    clearance : float
        Volume cleared per time [m3/s].

    Returns
    -------
    Kinetics
        Concentration [amount/m3].

    Notes
    -----
    The fluid hardly mixes and most of the drug stays within centimetres of the tip (Bernards, Anesthesiology 105 (2006)
    169), so that the level is a mean and the course is what counts.

    Examples
    --------
    >>> from fluidics.body.compartments import settled
    >>> baclofen = spinal(1.5 * 3600.0, 30e-6 / 3600.0)
    >>> round(float(settled(baclofen, 500e-9 / 86400.0) @ baclofen.seen) * 1e3, 3)  # ug/mL at 500 ug/d
    0.694
    """
    volume = clearance * half_life / np.log(2.0)
    return Kinetics(np.array([[-clearance / volume]]), np.ones(1), np.array([1.0 / volume]))


def baclofen() -> Kinetics:
    """Return baclofen around the cord: half-life 1.5 h, clearance 30 mL/h.

    Notes
    -----
    The label's means; four people had 0.9 to 5 h and 13 to 80 mL/h (Sallerin-Caute et al., Eur. J. Clin. Pharmacol. 40
    (1991) 363). Signs of a stop come after 12 to 72 h, when the fluid has long been clear: the cord sets that time.

    Examples
    --------
    >>> round(float(-np.log(2.0) / baclofen().exchange[0, 0]) / 3600.0, 6)
    1.5
    """
    return spinal(1.5 * 3600.0, 30e-6 / 3600.0)


def morphine(mass: float = 70.0) -> Kinetics:
    """Return morphine around the cord of a person of a mass [kg]: half-life 175 min, clearance 2.81 uL/min for each kg.

    Notes
    -----
    Means after 0.5 mg; after 0.25 mg 196 min and 3.41 uL/min/kg: Nordberg et al., Anesthesiology 60 (1984) 448. Their
    volume of distribution, 0.88 mL/kg, is a quarter above that of one compartment with these two numbers.

    Examples
    --------
    >>> round(float(-np.log(2.0) / morphine().exchange[0, 0]) / 60.0, 6)
    175.0
    """
    return spinal(175.0 * _MINUTE, 2.81e-9 * mass / _MINUTE)
