"""A drug in watery solution that does not change on its way; insulin, which does, stands in
`fluidics.drugs.aggregation`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.fluid import water_viscosity
from fluidics.pump import Luck, Stateless, Surroundings
from fluidics.questions import advance, fresh, viscosity


class Infusate(NamedTuple):
    """A stable infusate whose viscosity is a multiple of that of water."""

    relative_viscosity: Annotated[float, "-"]


@fresh.answer
def new_infusate(drug: Infusate, luck: Luck) -> Stateless:
    return Stateless()


@advance.answer
def infusate_stays(drug: Infusate, own: Stateless, dt: float, around: Surroundings) -> Stateless:
    return own


@viscosity.answer
def infusate_viscosity(drug: Infusate, own: Stateless, temperature: float) -> float:
    return drug.relative_viscosity * water_viscosity(temperature)
