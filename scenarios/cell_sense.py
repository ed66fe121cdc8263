"""Whether the numbers of a pump that an electric cell drives make sense together; what holds for every pump stands in
`scenarios.sense`."""

from __future__ import annotations

from collections.abc import Iterator

from fluidics.drives import ElectroOsmotic, GasGenerating
from fluidics.pump import MEDIAN_LUCK
from fluidics.questions import fresh, line, pressure, temperature, viscosity
from fluidics.reservoirs.bag import Bag
from reliability.design import Design
from scenarios.document import Keys


def cell_nonsense(design: Design) -> Iterator[tuple[Keys, str]]:
    """Yield the key and a sentence for each thing that does not fit together in a pump that a cell drives.

    Parameters
    ----------
    design : Design
        The pump, of any kind.
    """
    if isinstance(design.pump.drive, GasGenerating):
        yield from _in_gas(design)
    if isinstance(design.pump.drive, ElectroOsmotic):
        yield from _through_valves(design)


def _in_gas(design: Design) -> Iterator[tuple[Keys, str]]:
    reservoir = design.pump.reservoir
    if not isinstance(reservoir, Bag):
        yield ("pump", "reservoir", "type"), 'the gas of a gas-generating pump presses a limp bag; allowed: "bag"'
    elif reservoir.tail > 0.0 and reservoir.tail_stiffness > 0.0:
        reason = "must be 0 Pa/m3 in a gas-generating pump, where the gas presses the bag to its end"
        yield ("pump", "reservoir", "tail_stiffness"), reason


def _through_valves(design: Design) -> Iterator[tuple[Keys, str]]:
    pump, drive = design.pump, design.pump.drive
    if not drive.outlet_crack < drive.stall_pressure:
        yield ("pump", "drive", "outlet_crack"), "must be below stall_pressure [Pa], or nothing is ever pushed out"
    body = temperature(pump.site)
    inlet = pressure(pump.reservoir, fresh(pump.reservoir, MEDIAN_LUCK), body)
    water = viscosity(pump.drug, fresh(pump.drug, MEDIAN_LUCK), body)
    outlet = line(pump.site, fresh(pump.site, MEDIAN_LUCK), water).offset + drive.outlet_crack
    if inlet > outlet:
        yield (
            ("pump", "reservoir"),
            f"its pressure, {inlet / 1e3:.3g} kPa, is above the {outlet / 1e3:.3g} kPa that open the outlet: the drug "
            "would run out; raise ambient or drive.outlet_crack, or take a reservoir without pressure",
        )
