"""The figure of a sizing: how often reservoirs run dry against their volume, beside what the volume costs; the numbers
stand in `scenarios.size`."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.build import Scenario
from scenarios.report.drawing import BLUE, INK, MUTED, drawn, write
from scenarios.size import MILLILITRE, QUANTITIES, Quantity

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from reliability.sizing import Sizing

PANELS = {
    "run_dry": "Patients who ever run dry",
    "run_dry_per_refill": "Refills that find a dry reservoir",
    "refills": "Refills [1/y]",
    "withdrawn": "Drug wasted [mL/y]",
}


def plot(scenario: Scenario, sizing: Sizing, path: Path) -> None:
    """Write the figure of a sizing as SVG, PNG or PDF."""
    asked: Any = scenario.requirement
    limits = {"run_dry": asked.run_dry, "run_dry_per_refill": asked.run_dry_per_refill}
    with drawn(4.6, 2, 2, sharex=True) as (figure, grid):
        for axes, (name, title) in zip(grid.flat, PANELS.items(), strict=True):
            quantity = next(quantity for quantity in QUANTITIES if quantity.name == name)
            _estimates(axes, sizing, quantity)
            if name in limits:
                _accepted(axes, 100.0 * limits[name])
                _powers(axes)
            else:
                axes.set_ylim(0.0, 1.12 * max(quantity.scale * getattr(row, name).value for row in sizing.sized))
            axes.axvline(sizing.own / MILLILITRE, color=MUTED, linewidth=0.8, linestyle=":", zorder=0)
            axes.set_title(title)
        for axes in grid[1]:
            axes.margins(x=0.08)
            axes.set_xlabel("Reservoir [mL]; dotted: as it is")
            axes.set_xticks([row.volume / MILLILITRE for row in sizing.sized])
            axes.xaxis.set_major_formatter(lambda volume, _: f"{volume:.3g}")
        write(figure, path)


def _estimates(axes: Axes, sizing: Sizing, quantity: Quantity) -> None:
    """Draw a quantity with its intervals; where nothing was seen, an arrow hangs from the upper limit."""
    for row in sizing.sized:
        volume = row.volume / MILLILITRE
        value, lower, upper = (quantity.scale * number for number in getattr(row, quantity.name)[:3])
        if value > 0.0:
            axes.plot([volume, volume], [lower, upper], color=BLUE, linewidth=2.4, alpha=0.5)
            axes.plot(volume, value, "o", color=BLUE, markersize=5)
        else:
            axes.plot(volume, upper, "v", color=BLUE, markersize=5, markerfacecolor="white")


def _accepted(axes: Axes, percent: float) -> None:
    """Draw the line that the requirement does not accept to be crossed."""
    if 0.0 < percent < 100.0:
        axes.axhline(percent, color=INK, linewidth=1.0, linestyle="--")
        axes.annotate(
            f"required: at most {percent:.4g} %", (1.0, percent), (0, 3), xycoords=("axes fraction", "data"),
            textcoords="offset points", color=INK, fontsize=8, ha="right",
        )  # fmt: skip


def _powers(axes: Axes) -> None:
    """Lay out an axis of probabilities in whole powers of ten."""
    axes.set_yscale("log")
    low, high = axes.get_ylim()
    axes.set_ylim(10.0 ** math.floor(math.log10(low)), min(10.0 ** math.ceil(math.log10(high)), 100.0))
    axes.yaxis.set_major_formatter(lambda value, _: f"{value:.15g} %" if value >= 1e-4 else f"{value:.0e} %")
    axes.minorticks_off()
