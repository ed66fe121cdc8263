"""The ladder of engines: from the finest to the coarsest, all with one kind of answer."""

from __future__ import annotations

from fluidics.engines.recorded import Recorded
from fluidics.engines.rungs import ENGINES
from fluidics.pump import new_pump
from tests.fluidics.parts import INSULIN_PUMP, RATE


def test_engines_stand_from_the_finest_to_the_coarsest():
    assert list(ENGINES) == ["exact", "stroke", "panel"]


def test_every_engine_answers_alike():
    for engine in ENGINES.values():
        part = engine(INSULIN_PUMP, new_pump(INSULIN_PUMP), RATE, 3600.0, None, 1e300)
        assert isinstance(part, Recorded)
        assert part.pressure.shape == (len(part.time), len(part.node_names))
        assert part.volume.shape == part.open.shape == (len(part.time), len(part.link_names))
        assert part.time[-1] >= 3600.0 * (1.0 - 1e-12)
        assert not part.alarmed
