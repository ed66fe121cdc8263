"""The space around the spinal cord, whose pressure follows posture and pulse; other sites stand in
`fluidics.sites.site`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.forcing import Forcing, forcing
from fluidics.lines.occlusion import Onset, awaited, first_wait, growth, growth_panel
from fluidics.pump import Linear, Luck, Surroundings
from fluidics.questions import advance, fresh, line, panel, temperature

CSF_DENSITY = 1000.6  # [kg/m3] at 37 degC: Lui, Polis and Cicutti, Can. J. Anaesth. 45 (1998) 297
_GRAVITY = 9.80665  # [m/s2]


class Intrathecal(NamedTuple):
    """Lumbar fluid at its mean pressure of a day, and a mass that may grow around the tip.

    p = (1 - s) p_lying + s rho g h,    R = R_mass (exp(age / t_c) - 1)

    with the share s of the day upright and the height h from the tip to the level in the neck where the pressure of
    someone who sits is that of the atmosphere. The mean is all that a linear line feels over a day; `pulse` adds the
    beat of the heart.

    Notes
    -----
    Lying, 90 % of adults have 5.7 to 15.5 mmHg (Norager et al., Fluids Barriers CNS 18 (2021) 19). The level of zero
    pressure lies in the upper neck (Magnaes, J. Neurosurg. 44 (1976) 698), 40 to 50 cm above the lumbar spine. Masses
    of inflamed tissue were seen in 6 of 208 patients (Deer, Pain Physician 7 (2004) 225); how fast one closes a
    catheter is not published. The fluid around the cord yields so much that the tip's resistance lies before it: the
    site adds no compliance to the line.
    """

    body_temperature: Annotated[float, "K"]
    lying_pressure: Annotated[float, "Pa"]
    column: Annotated[float, "m"]
    upright_share: Annotated[float, "-"]
    pulse_amplitude: Annotated[float, "Pa"] = 0.0
    pulse_rate: Annotated[float, "1/s"] = 1.1
    onset_rate: Annotated[float, "1/s"] = 0.0
    closing_time: Annotated[float, "s"] = 2592000.0  # thirty days, without effect while the onset rate is zero
    mass_resistance: Annotated[float, "Pa s/m3"] = 0.0


@temperature.answer
def spinal_temperature(site: Intrathecal) -> float:
    return site.body_temperature


@fresh.answer
def clear_space(site: Intrathecal, luck: Luck) -> Onset:
    return first_wait(luck.uniform)


@advance.answer
def grow_mass(site: Intrathecal, own: Onset, dt: float, around: Surroundings) -> Onset:
    return awaited(own, site.onset_rate, dt)


@panel.answer
def mass_panel(site: Intrathecal, own: Onset, around: Surroundings) -> float:
    return growth_panel(own, site.onset_rate, site.closing_time, around)


@line.answer
def spinal_line(site: Intrathecal, own: Onset, viscosity: float) -> Linear:
    upright = CSF_DENSITY * _GRAVITY * site.column
    mean = (1.0 - site.upright_share) * site.lying_pressure + site.upright_share * upright
    return Linear(offset=mean, slope=site.mass_resistance * (growth(own, site.closing_time) - 1.0))


def pulse(site: Intrathecal, at: int) -> Forcing:
    """Return the beat of the heart as a wave at a boundary of a network.

    p(t) = p + A sin(2 pi f t)

    Parameters
    ----------
    site : Intrathecal
        The site.
    at : int
        Number of the boundary, as links count it.

    Returns
    -------
    Forcing
        One wave whose mean is nothing.

    Examples
    --------
    >>> pulse(Intrathecal(310.15, 1400.0, 0.45, 0.0, pulse_amplitude=270.0), 6).swing
    array([270.])
    """
    return forcing((at, site.pulse_amplitude, site.pulse_rate, 0.0))
