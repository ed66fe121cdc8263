"""A capsule that grows around the tip after a random onset, up to a size, and lets fluid back in; the one that grows
without end stands in `fluidics.sites.site`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.compile import inlined
from fluidics.elementary import exp
from fluidics.lines.occlusion import CLOSED, Onset, awaited, first_wait, growth_panel, supplied
from fluidics.pump import Linear, Luck, Service, Surroundings
from fluidics.questions import advance, back_pressure, compliance, fresh, line, panel, refilled, temperature


@inlined
def grown_share(age: float, ratio: float) -> float:
    """Return how much of its final size a capsule has that grows by a logistic law from nothing.

    f = (1 - e^(-x)) / (1 + (K - 1) e^(-x)): (e^x - 1) / K while small, 1 in the end

    Parameters
    ----------
    age : float
        Time since onset over the time constant, x [-]; beyond 300 it counts as 300.
    ratio : float
        Final size over the scale K [-] of the first, exponential growth; above one.

    Returns
    -------
    float
        Share of the final size [-].

    Notes
    -----
    Verhulst's logistic curve, shifted and stretched so that it begins at nothing. That tissue grows like this around a
    tip is an assumption; that it begins at random and not with age is what Renard et al. (Diabetes Care 19 (1996) 812)
    found.

    Examples
    --------
    >>> grown_share(0.0, 50.0), grown_share(1e9, 50.0)
    (0.0, 1.0)
    """
    left = exp(-min(age, CLOSED))
    return (1.0 - left) / (1.0 + (ratio - 1.0) * left)


class Encapsulating(NamedTuple):
    """Peritoneal space whose capsule ends its growth, R = R_end f, and opens like a flap when fluid is drawn back.

    f = (1 - e^(-x)) / (1 + (K - 1) e^(-x)),    x = age / t_c,    K = R_end / R_0

    While it is small this is `fluidics.sites.site.Peritoneum`, R_0 (e^x - 1). The capsule's own compliance grows with
    it.

    Notes
    -----
    The flap shows in `back_pressure`: drawing fluid back costs nothing. `line` is the law of outflow, which is right
    while the tip delivers on average. Final resistance, compliance and the flap are assumptions. Rate of onset: 18
    capsules in 103 patient-years (Renard et al., Diabetes Care 19 (1996) 812).
    """

    body_temperature: Annotated[float, "K"]
    pressure: Annotated[float, "Pa"]
    onset_rate: Annotated[float, "1/s"]
    batch_spread: Annotated[float, "-"]
    closing_time: Annotated[float, "s"]
    capsule_resistance: Annotated[float, "Pa s/m3"]  # scale of the first growth
    final_resistance: Annotated[float, "Pa s/m3"]
    final_compliance: Annotated[float, "m3/Pa"] = 0.0


@inlined
def capsule_share(site: Encapsulating, own: Onset) -> float:
    """Return how much of its final size the capsule has [-]."""
    return grown_share(own.age / site.closing_time, site.final_resistance / site.capsule_resistance)


@temperature.answer
def encapsulating_temperature(site: Encapsulating) -> float:
    return site.body_temperature


@fresh.answer
def no_capsule(site: Encapsulating, luck: Luck) -> Onset:
    return first_wait(luck.uniform)


@advance.answer
def encapsulate(site: Encapsulating, own: Onset, dt: float, around: Surroundings) -> Onset:
    return awaited(own, site.onset_rate, dt)


@refilled.answer
def refill_into_capsule(site: Encapsulating, own: Onset, service: Service, luck: Luck) -> Onset:
    return supplied(own, site.batch_spread, luck.batch)


@panel.answer
def encapsulating_panel(site: Encapsulating, own: Onset, around: Surroundings) -> float:
    return growth_panel(own, site.onset_rate, site.closing_time, around)


@line.answer
def capsule_line(site: Encapsulating, own: Onset, viscosity: float) -> Linear:
    return Linear(offset=site.pressure, slope=site.final_resistance * capsule_share(site, own))


@back_pressure.answer
def capsule_pressure(site: Encapsulating, own: Onset, flow: float, viscosity: float) -> float:
    law = line(site, own, viscosity)
    return law.offset + law.slope * max(flow, 0.0)


@compliance.answer
def capsule_compliance(site: Encapsulating, own: Onset) -> float:
    return site.final_compliance * capsule_share(site, own)
