"""A drug in watery solution that loses its strength in the reservoir; the laws stand in `fluidics.drugs.degradation`, a
drug that keeps it in `fluidics.drugs.infusate`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.drugs.degradation import loss_rate, mean_decay
from fluidics.elementary import exp
from fluidics.fluid import water_viscosity
from fluidics.pump import Luck, Service, Surroundings
from fluidics.questions import advance, fresh, potency, refilled, rinsed, viscosity


class DegradingDrug(NamedTuple):
    """A drug whose active share decays while soluble polymer forms from it: dA/dt = -k A, dP/dt = k_p A.

    Both rates follow Arrhenius from the same reference temperature, also beyond the range they were measured in; the
    time spent there is counted. A refill mixes the residual of the old fill, with what it has lost, into new drug; the
    pump is rinsed with new drug.

    Notes
    -----
    Shares refer to the drug as filled in. Laws that can be chosen, with the range they were measured in, stand in
    `fluidics.drugs.degradation`. Source for the order of the reaction: Storring et al., Diabetologia 11 (1975) 581.
    """

    relative_viscosity: Annotated[float, "-"]
    loss: Annotated[float, "1/s"]  # k at the reference temperature
    loss_energy: Annotated[float, "J/mol"]
    polymerisation: Annotated[float, "1/s"]  # k_p at the reference temperature
    polymerisation_energy: Annotated[float, "J/mol"]
    reference_temperature: Annotated[float, "K"]
    polymer_at_fill: Annotated[float, "-"]  # high-molecular-weight share of new drug
    coldest: Annotated[float, "K"]  # at which both rates were measured
    warmest: Annotated[float, "K"]


class Strength(NamedTuple):
    """Active share and high-molecular-weight share of the drug in the reservoir; how far both can be believed."""

    active: Annotated[float, "-"]
    polymer: Annotated[float, "-"]
    unmeasured: Annotated[float, "s"]  # that the pump spent at temperatures at which the rates were not measured


@fresh.answer
def new_strength(drug: DegradingDrug, luck: Luck) -> Strength:
    return Strength(active=1.0, polymer=drug.polymer_at_fill, unmeasured=0.0)


@advance.answer
def degrade(drug: DegradingDrug, own: Strength, dt: float, around: Surroundings) -> Strength:
    reference, kelvin = drug.reference_temperature, around.temperature
    lost = loss_rate(drug.loss, drug.loss_energy, reference, kelvin) * dt
    joined = loss_rate(drug.polymerisation, drug.polymerisation_energy, reference, kelvin) * dt
    measured = drug.coldest <= kelvin <= drug.warmest
    return Strength(
        active=own.active * exp(-lost),
        polymer=own.polymer + joined * own.active * mean_decay(lost),
        unmeasured=own.unmeasured if measured else own.unmeasured + dt,
    )


@refilled.answer
def refill_strength(drug: DegradingDrug, own: Strength, service: Service, luck: Luck) -> Strength:
    old, new = service.carry_over, 1.0 - service.carry_over
    return Strength(
        active=old * own.active + new,
        polymer=old * own.polymer + new * drug.polymer_at_fill,
        unmeasured=own.unmeasured,
    )


@rinsed.answer
def rinse_strength(drug: DegradingDrug, own: Strength) -> Strength:
    return Strength(active=1.0, polymer=drug.polymer_at_fill, unmeasured=own.unmeasured)


@potency.answer
def active_share(drug: DegradingDrug, own: Strength) -> float:
    return own.active


@viscosity.answer
def degrading_viscosity(drug: DegradingDrug, own: Strength, temperature: float) -> float:
    return drug.relative_viscosity * water_viscosity(temperature)
