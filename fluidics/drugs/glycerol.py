"""Glycerol in water, with which a pump rests between courses of treatment; other infusates stand in
`fluidics.drugs.infusate`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.fluid import glycerol_ratio, water_viscosity
from fluidics.pump import Luck, Stateless, Surroundings
from fluidics.questions import advance, fresh, viscosity


class GlycerolSolution(NamedTuple):
    """A solution whose viscosity follows its share of glycerol and the temperature of the body.

    Notes
    -----
    Range and source are those of `glycerol_ratio`. In a fever it thins faster than water: one kelvin at 37 degC takes
    1.9 % from water, 2.9 % from half glycerol.
    """

    mass_share: Annotated[float, "-"]  # of glycerol in the solution


@fresh.answer
def new_solution(drug: GlycerolSolution, luck: Luck) -> Stateless:
    return Stateless()


@advance.answer
def solution_stays(drug: GlycerolSolution, own: Stateless, dt: float, around: Surroundings) -> Stateless:
    return own


@viscosity.answer
def solution_viscosity(drug: GlycerolSolution, own: Stateless, temperature: float) -> float:
    return water_viscosity(temperature) * glycerol_ratio(drug.mass_share, temperature)
