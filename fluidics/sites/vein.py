"""A vein as the place where the drug arrives; other sites stand in `fluidics.sites.site`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.pump import Linear, Luck, Stateless, Surroundings
from fluidics.questions import advance, fresh, line, temperature


class Vein(NamedTuple):
    """A central vein at its mean pressure, 2 to 8 mmHg at the height of the heart.

    Notes
    -----
    Breath moves the pressure by as much again, at times below that of the atmosphere. Source: Magder, Curr. Opin. Crit.
    Care 12 (2006) 219. The vein yields without measure, so that the site adds no compliance to the line.
    """

    body_temperature: Annotated[float, "K"]
    pressure: Annotated[float, "Pa"]


@temperature.answer
def venous_temperature(site: Vein) -> float:
    return site.body_temperature


@fresh.answer
def vein_state(site: Vein, luck: Luck) -> Stateless:
    return Stateless()


@advance.answer
def vein_stays(site: Vein, own: Stateless, dt: float, around: Surroundings) -> Stateless:
    return own


@line.answer
def venous_line(site: Vein, own: Stateless, viscosity: float) -> Linear:
    return Linear(offset=site.pressure, slope=0.0)
