"""Insulin that aggregates in the reservoir between refills; where the aggregate settles stands in the drives."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.compile import inlined
from fluidics.elementary import exp
from fluidics.fluid import water_viscosity
from fluidics.pump import Luck, Service, Surroundings
from fluidics.questions import advance, aggregate, fresh, mean_aggregate, refilled, rinsed, viscosity

GAS_CONSTANT = 8.31446261815324  # J/(mol K), CODATA 2018


class Insulin(NamedTuple):
    """Insulin whose aggregate grows on itself and on steady nucleation: dm/dt = kappa m + nu.

    The early phase of nucleated polymerisation with secondary nucleation (Knowles et al., Science 326 (2009) 1533),
    while free monomer is not yet depleted. Growth follows Arrhenius. Nucleation is lognormal: a median, times what the
    batch, the pump (lot and device: air left behind, surfaces) and the vial add. A refill leaves the residual share of
    the aggregate as seeds.

    Notes
    -----
    Mass is relative: what deposits one unit on the seats per deposition time of the drive. Absolute rates of
    stabilised insulin in a pump are not published; nucleation is fitted to field series, growth is assumed.
    """

    growth: Annotated[float, "1/s"]
    activation_energy: Annotated[float, "J/mol"]
    reference_temperature: Annotated[float, "K"]
    nucleation: Annotated[float, "1/s"]
    batch_spread: Annotated[float, "-"]
    lot_spread: Annotated[float, "-"]
    device_spread: Annotated[float, "-"]
    vial_spread: Annotated[float, "-"]
    relative_viscosity: Annotated[float, "-"]


class Aggregation(NamedTuple):
    """Aggregated mass, the nucleation rate of the present fill, and the factor of this pump."""

    mass: Annotated[float, "-"]
    nucleation: Annotated[float, "1/s"]
    device: Annotated[float, "-"]  # exponent that lot and device add to the nucleation


@inlined
def growth_rate(drug: Insulin, temperature: float) -> float:
    """Return the growth rate kappa [1/s] at a temperature [K]."""
    return drug.growth * exp(
        drug.activation_energy / GAS_CONSTANT * (1.0 / drug.reference_temperature - 1.0 / temperature)
    )


@fresh.answer
def new_insulin(drug: Insulin, luck: Luck) -> Aggregation:
    device = drug.lot_spread * luck.batch + drug.device_spread * luck.normal
    return Aggregation(mass=0.0, nucleation=drug.nucleation * exp(device), device=device)


@inlined
def mean_growth(x: float) -> float:
    """Return (e^x - 1) / x, the mean of e^t over 0..x, also where the difference would lose digits."""
    if x > 1e-2:
        return (exp(x) - 1.0) / x
    return 1.0 + x * (0.5 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x * (1.0 / 720.0)))))


@inlined
def mean_mean_growth(x: float) -> float:
    """Return (mean_growth(x) - 1) / x, what steady nucleation adds to the mean."""
    if x > 1e-2:
        return ((exp(x) - 1.0) / x - 1.0) / x
    return 0.5 + x * (1.0 / 6.0 + x * (1.0 / 24.0 + x * (1.0 / 120.0 + x * (1.0 / 720.0 + x * (1.0 / 5040.0)))))


@advance.answer
def grow(drug: Insulin, own: Aggregation, dt: float, around: Surroundings) -> Aggregation:
    x = growth_rate(drug, around.temperature) * dt
    mean = mean_growth(x)
    return Aggregation(
        mass=own.mass * (1.0 + x * mean) + own.nucleation * dt * mean, nucleation=own.nucleation, device=own.device
    )


@aggregate.answer
def aggregated_mass(drug: Insulin, own: Aggregation) -> float:
    return own.mass


@mean_aggregate.answer
def mean_aggregated_mass(drug: Insulin, own: Aggregation, dt: float, temperature: float) -> float:
    x = growth_rate(drug, temperature) * dt
    return own.mass * mean_growth(x) + own.nucleation * dt * mean_mean_growth(x)


@refilled.answer
def refill_insulin(drug: Insulin, own: Aggregation, service: Service, luck: Luck) -> Aggregation:
    shift = own.device + drug.batch_spread * luck.batch + drug.vial_spread * luck.normal
    return Aggregation(
        mass=own.mass * service.carry_over,
        nucleation=drug.nucleation * exp(shift),
        device=own.device,
    )


@rinsed.answer
def rinse_insulin(drug: Insulin, own: Aggregation) -> Aggregation:
    return Aggregation(mass=0.0, nucleation=own.nucleation, device=own.device)


@viscosity.answer
def insulin_viscosity(drug: Insulin, own: Aggregation, temperature: float) -> float:
    return drug.relative_viscosity * water_viscosity(temperature)


@inlined
def carried_growth(drug: Insulin, carry_over: float, interval: float, temperature: float) -> float:
    """Return rho exp(kappa tau) [-], the factor of old aggregate from refill to refill; above 1 it runs away."""
    return carry_over * exp(growth_rate(drug, temperature) * interval)
