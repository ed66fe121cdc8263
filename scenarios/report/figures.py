"""The figures of a report: survival, incidence, recurrent events, rates, the fan of delivery error; their common style
stands in `scenarios.report.drawing`, where the numbers come from in `scenarios.report.results`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from scenarios.report.drawing import BLUE, INK, MUTED, SHADES, decades_axis, drawn, percent_axis, svg, years_axis

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Floats = NDArray[np.float64]

LEAST_ERROR = 0.005  # of the axis of the fan: nobody looks for less


class Curve(NamedTuple):
    """An estimate over time with its limits; all arrays have shape (n_times,)."""

    label: str
    time: Floats  # [y]
    value: Floats
    lower: Floats
    upper: Floats


class Interval(NamedTuple):
    """A number with its interval."""

    label: str
    value: float
    lower: float
    upper: float


def _band(axes: Axes, curve: Curve) -> None:
    """Draw a step curve above its band."""
    axes.fill_between(curve.time, curve.lower, curve.upper, step="post", color=BLUE, alpha=0.22, linewidth=0)
    axes.step(curve.time, curve.value, where="post", color=BLUE)


def _titled(axes: Axes, curve: Curve) -> None:
    """Write the name of a curve above its axes, and its last value under the name."""
    axes.set_title(curve.label, pad=18)
    last = f"{100.0 * curve.value[-1]:.2g} % at {curve.time[-1]:.3g} y"
    axes.annotate(last, (0.0, 1.0), (0, 5), xycoords="axes fraction", textcoords="offset points", color=MUTED)


def survival(curve: Curve, at_risk: Sequence[tuple[float, int]]) -> str:
    """Return the figure of survival of first pumps with its band, and the pumps at risk [y, count] below it."""
    with drawn(3.3) as (figure, grid):
        axes = grid[0, 0]
        _band(axes, curve)
        years_axis(axes, float(curve.time[-1]), "Age of the pump [y], and first pumps at risk")
        axes.set_ylim(0.0, 1.0)
        axes.set_ylabel("First pumps in service")
        percent_axis(axes)
        ticks = {year: f"{year:.3g}\n{count:,}" for year, count in at_risk}
        if len(ticks) < 3:
            ticks.setdefault(float(curve.time[-1]), f"{curve.time[-1]:.3g}")
        axes.set_xticks(list(ticks), list(ticks.values()))
        return svg(figure, "survival", "Share of first pumps in service against their age, with its 95 % band")


def incidences(curves: Sequence[Curve], name: str, axis: str, years: float) -> str:
    """Return small figures of cumulative incidence, one for each curve, all on the same axes; nothing for no curve."""
    if not curves:
        return ""
    columns = min(len(curves), 3)
    rows = -(-len(curves) // columns)
    top = max(float(np.nanmax([curve.value, curve.upper])) for curve in curves)
    with drawn(0.6 + 1.7 * rows, rows, columns, sharex=True, sharey=True) as (figure, grid):
        grid[0, 0].set_ylim(0.0, 1.1 * top if top > 0.0 else 0.01)
        for axes in grid.flat[len(curves) :]:
            axes.set_axis_off()
        for k, (axes, curve) in enumerate(zip(grid.flat, curves, strict=False)):
            _band(axes, curve)
            _titled(axes, curve)
            percent_axis(axes)
            years_axis(axes, years, axis if k + columns >= len(curves) else "")
            axes.tick_params(labelbottom=k + columns >= len(curves))
        names = ", ".join(curve.label for curve in curves)
        return svg(figure, name, f"Cumulative incidence with 95 % bands: {names}")


def means(curves: Sequence[Curve], years: float) -> str:
    """Return the figures of the mean cumulative number of recurrent events per patient, each on its own axis."""
    with drawn(2.5, 1, max(len(curves), 1)) as (figure, grid):
        for axes, curve in zip(grid.flat, curves, strict=True):
            _band(axes, curve)
            axes.set_title(curve.label)
            axes.set_ylim(0.0, None)
            years_axis(axes, years, "Time since entry [y]")
        grid[0, 0].set_ylabel("Mean number per patient")
        return svg(figure, "means", "Mean cumulative number of events per patient against time, with 95 % bands")


def rates(intervals: Sequence[Interval], unit: str) -> str:
    """Return the figure of rates above zero with their intervals, the first on top; nothing when all are zero."""
    shown = [row for row in intervals if row.value > 0.0]
    if not shown:
        return ""
    reach = [(max(row.lower, 0.2 * row.value), max(row.upper, row.value)) for row in shown]
    with drawn(0.75 + 0.27 * len(shown)) as (figure, grid):
        axes = grid[0, 0]
        for k, (row, sides) in enumerate(zip(shown, reach, strict=True)):
            axes.plot(sides, [k, k], color=BLUE, linewidth=2.4, alpha=0.5)
            axes.plot(row.value, k, "o", color=BLUE, markersize=4.5)
        decades_axis(axes, min(low for low, _ in reach), max(high for _, high in reach))
        axes.set_ylim(len(shown) - 0.5, -0.5)
        axes.set_yticks(range(len(shown)), [row.label for row in shown])
        axes.grid(True, axis="x")
        axes.grid(False, axis="y")
        axes.tick_params(axis="y", length=0)
        axes.set_xlabel(unit)
        return svg(figure, "rates", f"{unit}, with 95 % intervals")


def fan(edges: Floats, quantile: Floats, error: Floats) -> str:
    """Return the fan of delivery error: in each year, the median patient and the middle shares of patients.

    Parameters
    ----------
    edges : ndarray (n_years + 1,) [y]
    quantile : ndarray (n_quantiles,)
        An odd number of them, the median in the middle.
    error : ndarray (n_quantiles, n_years)
        Share of the programmed volume that was not delivered.
    """
    middle = quantile.size // 2
    with drawn(3.0) as (figure, grid):
        axes = grid[0, 0]
        for k in range(middle):
            label = f"{100.0 * (quantile[-1 - k] - quantile[k]):.0f} % of patients"
            axes.stairs(
                error[-1 - k], edges, baseline=error[k], fill=True, color=SHADES[k % 2], linewidth=0, label=label
            )
        axes.axhline(0.0, color=MUTED, linewidth=0.8)
        axes.stairs(error[middle], edges, baseline=None, color=INK, linewidth=1.8, label="median patient")
        axes.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=middle + 1, frameon=False, borderaxespad=0.0)
        years_axis(axes, float(edges[-1]), "Time since entry [y]")
        low, high = axes.get_ylim()
        top = max(high, LEAST_ERROR)
        axes.set_ylim(min(low, -0.02 * top), top)  # a median of zero lies on the axis and is still seen
        axes.set_ylabel("Not delivered")
        percent_axis(axes)
        return svg(figure, "fan", "Quantiles over patients of the yearly share of the programmed volume not delivered")
