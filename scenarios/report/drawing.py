"""Figures as SVG text that stands inside a page, or as files: size, style, identifiers; what is drawn stands in
`scenarios.report.figures` and beside the commands that draw."""

from __future__ import annotations

import html
import io
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from scenarios.document import ScenarioError

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# colours that people who confuse red and green tell apart (Okabe and Ito 2008, Color universal design)
BLUE, INK, MUTED, RULE = "#0072b2", "#1a1a1a", "#5f6b76", "#d4d9de"
SHADES = ("#c3ddee", "#82b8da")  # of the same blue, the outer one first

STYLE: Any = {
    "axes.axisbelow": True,
    "axes.edgecolor": MUTED,
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.labelcolor": INK,
    "axes.labelsize": 10,
    "axes.linewidth": 0.8,
    "axes.spines.left": False,
    "axes.spines.right": False,
    "axes.spines.top": False,
    "axes.titlelocation": "left",
    "axes.titlesize": 10,
    "font.size": 10,
    "grid.color": RULE,
    "grid.linewidth": 0.8,
    "lines.linewidth": 1.6,
    "svg.fonttype": "none",
    "svg.hashsalt": "pumpsim",
    "xtick.color": MUTED,
    "xtick.labelcolor": INK,
    "ytick.color": RULE,
    "ytick.labelcolor": INK,
}
WIDTH = 7.2  # [inch] of the text column
KINDS = (".svg", ".png", ".pdf")  # of files


@contextmanager
def drawn(height: float, rows: int = 1, columns: int = 1, **layout: Any) -> Iterator[tuple[Figure, Any]]:
    """Yield a figure of the page's width and a given height [inch], with its axes, in the style of the report."""
    import matplotlib as mpl
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    with mpl.rc_context():
        mpl.rcdefaults()
        mpl.rcParams.update(STYLE)
        figure = Figure(figsize=(WIDTH, height), layout=ConstrainedLayoutEngine(w_pad=0.06, h_pad=0.06))
        yield figure, figure.subplots(rows, columns, squeeze=False, **layout)


def check_kind(path: Path) -> None:
    """Refuse a file whose kind of figure cannot be written.

    Raises
    ------
    ScenarioError
        When its name ends otherwise than .svg, .png or .pdf, or its folder is not there.
    """
    if path.suffix.lower() not in KINDS:
        raise ScenarioError([f"--plot {path}: must end in {', '.join(KINDS[:-1])} or {KINDS[-1]}"])
    if not path.parent.is_dir():
        raise ScenarioError([f"--plot {path}: there is no folder {path.parent}; make it first"])


def write(figure: Figure, path: Path) -> None:
    """Write a figure as a file of the kind that its name says; the same figure gives the same file."""
    figure.savefig(path, dpi=200, metadata={"Date": None} if path.suffix.lower() == ".svg" else None)


def svg(figure: Figure, name: str, description: str) -> str:
    """Return a figure as an SVG element with identifiers of its own and a description for readers who do not see it.

    The same figure gives the same text: no date, no random identifiers.
    """
    buffer = io.StringIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    text = buffer.getvalue()
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    text = re.sub(r'\bid="', f'id="{name}-', text)
    text = re.sub(r'(url\(#|href="#)', rf"\1{name}-", text)
    box = re.search(r'viewBox="[^"]*"', text)
    opening = f'<svg role="img" aria-label="{html.escape(description)}" {box.group() if box else ""}'
    opening += ' xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink">'
    return re.sub(r"\s*\n\s*", "\n", re.sub(r"^<svg[^>]*>", opening, text))


def years_axis(axes: Axes, years: float, label: str) -> None:
    """Lay out an axis of years from 0 on, of whole years where they are many."""
    from matplotlib.ticker import MaxNLocator

    axes.set_xlim(0.0, years)
    axes.set_xlabel(label)
    axes.xaxis.set_major_locator(MaxNLocator(5, steps=[1, 2, 5, 10], integer=years >= 4.0))
    axes.xaxis.set_major_formatter(lambda year, _: f"{year:.4g}")


def decades_axis(axes: Axes, low: float, high: float) -> None:
    """Lay out a logarithmic axis of whole decades around two numbers above zero, labelled with plain numbers."""
    from matplotlib.ticker import LogLocator, NullFormatter

    first, last = math.floor(math.log10(low)), math.ceil(math.log10(high))
    last = max(last, first + 1)
    axes.set_xscale("log")
    axes.set_xlim(10.0**first, 10.0**last)
    axes.xaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0) if last - first < 3 else (1.0,), numticks=100))
    axes.xaxis.set_major_formatter(lambda value, _: f"{value:g}")
    axes.xaxis.set_minor_formatter(NullFormatter())


def percent_axis(axes: Axes) -> None:
    """Write the vertical axis in percent of shares."""
    axes.yaxis.set_major_formatter(lambda share, _: f"{100.0 * share:.4g} %")
