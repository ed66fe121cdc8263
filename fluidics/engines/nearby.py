"""The results of a stroke as a linear map, kept while pressures stay near those where it was taken; the stroke stands
in `fluidics.engines.beat`."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from fluidics.compile import inlined, linked
from fluidics.engines.beat import Beat, struck
from fluidics.engines.pace import Pace, Setting
from fluidics.pump import Pump, PumpState
from fluidics.questions import stroke

WINDOW = 1e3  # [Pa]: within it a stroke's map is taken as linear


class Map(NamedTuple):
    """What a stroke does around two pressures: at the line's and the reservoir's own, and one window above each."""

    holds: bool
    p: Annotated[float, "Pa"]
    p_in: Annotated[float, "Pa"]
    here: Beat
    line: Beat  # change per pressure of the line
    inlet: Beat  # change per pressure of the reservoir


@inlined
def per_pressure(beat: Beat, base: Beat) -> Beat:
    """Return how a stroke's results change per pressure, from two strokes a window apart."""
    return Beat(
        pressure=(beat.pressure - base.pressure) / WINDOW,
        entered=(beat.entered - base.entered) / WINDOW,
        delivered=(beat.delivered - base.delivered) / WINDOW,
        retained=0.0,
        peak=(beat.peak - base.peak) / WINDOW,
        time=0.0,
        alarmed=beat.alarmed or beat.retained != 0.0,
    )


@linked
def mapped(pump: Pump, state: PumpState, given: Setting, pace: Pace, p_in: float, p: float) -> Map:
    """Return the map of a stroke around two pressures [Pa].

    It holds where no force ends, no alarm is near, and no valve comes to stand open or ceases to.
    """
    here = struck(pump, state, given, pace, p_in, p)
    line = per_pressure(struck(pump, state, given, pace, p_in, p + WINDOW), here)
    inlet = per_pressure(struck(pump, state, given, pace, p_in + WINDOW, p), here)
    air, mu = given.lump.ambient, given.viscosity
    above = stroke(pump.drive, state.drive, given.rate, p_in + WINDOW, p, air, mu).crack
    below = stroke(pump.drive, state.drive, given.rate, p_in - WINDOW, p, air, mu).crack
    holds = not (here.alarmed or line.alarmed or inlet.alarmed) and here.retained == 0.0 and above == below
    return Map(holds=holds, p=p, p_in=p_in, here=here, line=line, inlet=inlet)


@inlined
def predicted(known: Map, dp: float, dq: float) -> Beat:
    """Return what a stroke does by its map, at distances from its pressures [Pa]."""
    here, line, inlet = known.here, known.line, known.inlet
    return Beat(
        pressure=(here.pressure + inlet.pressure * dq) + line.pressure * dp,
        entered=(here.entered + line.entered * dp) + inlet.entered * dq,
        delivered=(here.delivered + line.delivered * dp) + inlet.delivered * dq,
        retained=0.0,
        peak=(here.peak + line.peak * dp) + inlet.peak * dq,
        time=here.time,
        alarmed=False,
    )
