"""A blockage put in front of any site, for what a laboratory does with a clamp; tissue that closes a tip by itself
stands in `fluidics.lines.occlusion`."""

from __future__ import annotations

from typing import Annotated, Any, NamedTuple

from fluidics.pump import Linear, Luck, Service, Surroundings
from fluidics.questions import advance, bubble, compliance, fresh, line, panel, refilled, rinsed, temperature


class Blocked(NamedTuple):
    """A site behind a resistance; its state is that of the site."""

    site: Any
    resistance: Annotated[float, "Pa s/m3"]


@temperature.answer
def blocked_temperature(site: Blocked) -> float:
    return temperature(site.site)


@fresh.answer
def fresh_behind(site: Blocked, luck: Luck) -> Any:
    return fresh(site.site, luck)


@advance.answer
def advance_behind(site: Blocked, own: Any, dt: float, around: Surroundings) -> Any:
    return advance(site.site, own, dt, around)


@panel.answer
def panel_behind(site: Blocked, own: Any, around: Surroundings) -> float:
    return panel(site.site, own, around)


@refilled.answer
def refilled_behind(site: Blocked, own: Any, service: Service, luck: Luck) -> Any:
    return refilled(site.site, own, service, luck)


@rinsed.answer
def rinsed_behind(site: Blocked, own: Any) -> Any:
    return rinsed(site.site, own)


@compliance.answer
def compliance_behind(site: Blocked, own: Any) -> float:
    return compliance(site.site, own)


@bubble.answer
def bubble_behind(site: Blocked, own: Any) -> float:
    return bubble(site.site, own)


@line.answer
def blocked_line(site: Blocked, own: Any, viscosity: float) -> Linear:
    law = line(site.site, own, viscosity)
    return Linear(offset=law.offset, slope=law.slope + site.resistance)
