"""Where the drug arrives: the peritoneum with the capsule it grows, the artery; growth of the capsule stands in
`fluidics.lines.occlusion`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.lines.occlusion import Onset, awaited, first_wait, growth, growth_panel, supplied
from fluidics.pump import Linear, Luck, Service, Stateless, Surroundings
from fluidics.questions import advance, fresh, line, panel, refilled, temperature


class Peritoneum(NamedTuple):
    """Peritoneal space at a mean pressure, in which omentum may encapsulate the tip: R = R_0 (exp(age / t_c) - 1)."""

    body_temperature: Annotated[float, "K"]
    pressure: Annotated[float, "Pa"]
    onset_rate: Annotated[float, "1/s"]
    batch_spread: Annotated[float, "-"]
    closing_time: Annotated[float, "s"]
    capsule_resistance: Annotated[float, "Pa s/m3"]


@temperature.answer
def peritoneal_temperature(site: Peritoneum) -> float:
    return site.body_temperature


@fresh.answer
def clean_peritoneum(site: Peritoneum, luck: Luck) -> Onset:
    return first_wait(luck.uniform)


@advance.answer
def grow_capsule(site: Peritoneum, own: Onset, dt: float, around: Surroundings) -> Onset:
    return awaited(own, site.onset_rate, dt)


@refilled.answer
def refill_into_peritoneum(site: Peritoneum, own: Onset, service: Service, luck: Luck) -> Onset:
    return supplied(own, site.batch_spread, luck.batch)


@panel.answer
def capsule_panel(site: Peritoneum, own: Onset, around: Surroundings) -> float:
    return growth_panel(own, site.onset_rate, site.closing_time, around)


@line.answer
def peritoneal_line(site: Peritoneum, own: Onset, viscosity: float) -> Linear:
    return Linear(offset=site.pressure, slope=site.capsule_resistance * (growth(own, site.closing_time) - 1.0))


class Artery(NamedTuple):
    """An artery at its mean pressure."""

    body_temperature: Annotated[float, "K"]
    pressure: Annotated[float, "Pa"]


@temperature.answer
def arterial_temperature(site: Artery) -> float:
    return site.body_temperature


@fresh.answer
def artery_state(site: Artery, luck: Luck) -> Stateless:
    return Stateless()


@advance.answer
def artery_stays(site: Artery, own: Stateless, dt: float, around: Surroundings) -> Stateless:
    return own


@line.answer
def arterial_line(site: Artery, own: Stateless, viscosity: float) -> Linear:
    return Linear(offset=site.pressure, slope=0.0)
