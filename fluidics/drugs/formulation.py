"""Insulin as it is formulated, in a reservoir with some air: aggregate begins, grows and settles while strength falls;
the plain law of aggregation stands in `fluidics.drugs.aggregation`, that of strength in `fluidics.drugs.degrading`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.compile import inlined
from fluidics.drugs.aggregation import mean_growth, mean_mean_growth
from fluidics.drugs.degradation import loss_rate
from fluidics.elementary import exp, power
from fluidics.fluid import water_viscosity
from fluidics.pump import Luck, Service, Surroundings
from fluidics.questions import advance, aggregate, fresh, mean_aggregate, potency, refilled, rinsed, viscosity

_SPHERE = 4.835975862049408  # (36 pi)^(1/3): area of a sphere of volume 1


class FormulatedInsulin(NamedTuple):
    """Insulin whose aggregate begins by itself and on air that moves, grows on itself, and which loses its strength.

    dm/dt = (kappa y^3 m + nu) e^w,    nu = (n y^3 + j a / V r y (1 + h s / s_0) / (1 + s / s_0)) e^luck,
    y^12 = (1 + c^6) / (1 + (c p)^6),    dA/dt = -k A

    y^2 is free monomer over that of new drug: nearly all insulin is in hexamers, of which six preservative molecules
    lock one in one of two ways. Growth goes with monomer to the power 3/2, and so do nuclei of order 2 in the bulk,
    counted in the mass they bring; those at a hardly covered interface go with its root. The air is a sphere of area a
    whose interface is renewed r times per time. Surfactant s takes the interface, and hastens where h is above 1.

    What the walls leave of the preservative, a share p, holds for a whole fill, and so do growth and nucleation: walls
    take theirs within days of a fill that lasts for weeks. The growth of a fill is overstated by less than the time
    they take over that of the fill, 0.6 of 45 days with the rate in `fluidics.drugs.preservative`.

    Notes
    -----
    Mass is relative, as in `fluidics.drugs.aggregation`; e^w is its Arrhenius factor, here of nucleation too. Sources:
    interfaces, Sluzky et al., Proc. Natl. Acad. Sci. 88 (1991) 9377; orders, Knowles et al., Science 326 (2009) 1533;
    preservative, Chantelau et al., Diabetes Care 10 (1987) 348. The draw of a refill is that of its air. Renewals are a
    number of the patient: a body moves air more often than strokes do, and those can be counted in as in
    `fluidics.drugs.nucleation`. The volume is that of a full reservoir: when half of it is used, twice as much begins
    on the same air. Air that dissolves or leaves with the drug stays counted. The loss was measured from coldest to
    warmest; time beyond is counted.
    """

    growth: Annotated[float, "1/s"]  # kappa of new drug at the reference temperature
    activation_energy: Annotated[float, "J/mol"]
    reference_temperature: Annotated[float, "K"]
    nucleation: Annotated[float, "1/s"]  # n of new drug without air, in the bulk and on walls
    batch_spread: Annotated[float, "-"]
    lot_spread: Annotated[float, "-"]
    device_spread: Annotated[float, "-"]
    air: Annotated[float, "m3"]  # median at a refill with drug that was not degassed
    air_spread: Annotated[float, "-"]  # of its logarithm
    degassing: Annotated[float, "-"]  # share of the air that degassing takes away
    renewal: Annotated[float, "1/s"]  # r, of the interface of the air, by movement and strokes
    interface: Annotated[float, "m"]  # j, mass begun per area and renewal
    volume: Annotated[float, "m3"]  # V
    surfactant: Annotated[float, "mol/m3"]  # s
    surfactant_half: Annotated[float, "mol/m3"]  # s_0, keeps half of the interface
    hastening: Annotated[float, "-"]  # h, nucleation under much surfactant over that under none
    preservative: Annotated[float, "-"]  # c, phenols of new drug over those that lock half of the hexamers
    uptake: Annotated[float, "-"]  # share of the preservative that the walls take of a fill
    relative_viscosity: Annotated[float, "-"]
    loss: Annotated[float, "1/s"]  # k at the reference temperature
    loss_energy: Annotated[float, "J/mol"]
    coldest: Annotated[float, "K"]  # at which the loss was measured
    warmest: Annotated[float, "K"]


class Formulated(NamedTuple):
    """Aggregate, what this fill and this pump make of it, and the strength of the drug in the reservoir."""

    mass: Annotated[float, "-"]
    growth: Annotated[float, "1/s"]  # of this fill at the reference temperature
    nucleation: Annotated[float, "1/s"]  # the same
    device: Annotated[float, "-"]  # exponent that lot and device add to the nucleation
    preservative: Annotated[float, "-"]  # share that the walls leave in this fill
    active: Annotated[float, "-"]
    unmeasured: Annotated[float, "s"]  # that the pump spent at temperatures at which the loss was not measured


@inlined
def air_left(drug: FormulatedInsulin, normal: float) -> float:
    """Return the air [m3] that a refill leaves in the reservoir, from a standard normal number."""
    return drug.air * (1.0 - drug.degassing) * exp(drug.air_spread * normal)


@inlined
def loosened(drug: FormulatedInsulin, preservative: float) -> float:
    """Return y [-], the square root of free monomer over that of new drug, when a share of the preservative is left.

    Notes
    -----
    Within 6 % of the mass balances of `fluidics.drugs.nucleation.free_monomer` for U100 and U400 with two zinc ions
    each. """
    cube = drug.preservative * drug.preservative * drug.preservative
    left = cube * preservative * preservative * preservative
    return power((1.0 + cube * cube) / (1.0 + left * left), 1.0 / 12.0)


@inlined
def nucleation_on_air(drug: FormulatedInsulin, air: float) -> float:
    """Return what a volume of air [m3] begins in new drug [1/s]: area over volume, renewals, surfactant."""
    taken = drug.surfactant / drug.surfactant_half
    area = _SPHERE * power(air, 2.0 / 3.0)
    return drug.interface * area / drug.volume * drug.renewal * (1.0 + drug.hastening * taken) / (1.0 + taken)


@inlined
def prepared(
    drug: FormulatedInsulin, mass: float, preservative: float, active: float, normal: float, device: float,
    batch: float, unmeasured: float,
) -> Formulated:  # fmt: skip
    """Return the state of a fill, whose rates follow from its preservative [-], its air and what luck adds."""
    y = loosened(drug, preservative)
    begun = drug.nucleation * y * y * y + nucleation_on_air(drug, air_left(drug, normal)) * y
    return Formulated(
        mass=mass,
        growth=drug.growth * y * y * y,
        nucleation=begun * exp(device + batch),
        device=device,
        preservative=preservative,
        active=active,
        unmeasured=unmeasured,
    )


@fresh.answer
def new_formulation(drug: FormulatedInsulin, luck: Luck) -> Formulated:
    device = drug.lot_spread * luck.batch + drug.device_spread * luck.normal
    return prepared(drug, 0.0, 1.0 - drug.uptake, 1.0, 0.0, device, 0.0, 0.0)


@inlined
def warming(drug: FormulatedInsulin, temperature: float) -> float:
    """Return the factor [-] of growth and nucleation at a temperature [K]."""
    return loss_rate(1.0, drug.activation_energy, drug.reference_temperature, temperature)


@advance.answer
def age(drug: FormulatedInsulin, own: Formulated, dt: float, around: Surroundings) -> Formulated:
    kelvin = around.temperature
    warm = warming(drug, kelvin)
    x = own.growth * warm * dt
    mean = mean_growth(x)
    measured = drug.coldest <= kelvin <= drug.warmest
    return Formulated(
        mass=own.mass * (1.0 + x * mean) + own.nucleation * warm * dt * mean,
        growth=own.growth,
        nucleation=own.nucleation,
        device=own.device,
        preservative=own.preservative,
        active=own.active * exp(-loss_rate(drug.loss, drug.loss_energy, drug.reference_temperature, kelvin) * dt),
        unmeasured=own.unmeasured if measured else own.unmeasured + dt,
    )


@aggregate.answer
def formulated_mass(drug: FormulatedInsulin, own: Formulated) -> float:
    return own.mass


@mean_aggregate.answer
def mean_formulated_mass(drug: FormulatedInsulin, own: Formulated, dt: float, temperature: float) -> float:
    warm = warming(drug, temperature)
    x = own.growth * warm * dt
    return own.mass * mean_growth(x) + own.nucleation * warm * dt * mean_mean_growth(x)


@refilled.answer
def refill_formulation(drug: FormulatedInsulin, own: Formulated, service: Service, luck: Luck) -> Formulated:
    old, new = service.carry_over, 1.0 - service.carry_over
    left = (old * own.preservative + new) * (1.0 - drug.uptake)
    active, batch = old * own.active + new, drug.batch_spread * luck.batch
    return prepared(drug, old * own.mass, left, active, luck.normal, own.device, batch, own.unmeasured)


@rinsed.answer
def rinse_formulation(drug: FormulatedInsulin, own: Formulated) -> Formulated:
    return Formulated(
        mass=0.0,
        growth=own.growth,
        nucleation=own.nucleation,
        device=own.device,
        preservative=own.preservative,
        active=1.0,
        unmeasured=own.unmeasured,
    )


@potency.answer
def active_insulin(drug: FormulatedInsulin, own: Formulated) -> float:
    return own.active


@viscosity.answer
def formulated_viscosity(drug: FormulatedInsulin, own: Formulated, temperature: float) -> float:
    return drug.relative_viscosity * water_viscosity(temperature)


@inlined
def carried_growth(drug: FormulatedInsulin, carry_over: float, interval: float, temperature: float) -> float:
    """Return the factor of old aggregate from refill to refill [-], once refills no longer change the preservative."""
    kept = 1.0 - drug.uptake
    y = loosened(drug, kept * (1.0 - carry_over) / (1.0 - kept * carry_over))
    return carry_over * exp(drug.growth * y * y * y * warming(drug, temperature) * interval)
