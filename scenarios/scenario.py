"""A scenario as data: its values, what changes in time, and the numbers a study runs on; how a file becomes one stands
in `scenarios.build`."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from reliability import doses
from reliability.design import Design
from scenarios.parts import Requirement
from scenarios.timetable import ProgrammeTable

BLOCKAGE = "blockage"  # a word for the resistance in front of the site, beside the names of the pump's numbers
BLOCKED = 1e21  # [Pa s/m3]: a hundred kilopascals then press a hundredth of a microlitre through in a day


class Value(NamedTuple):
    """One number of a scenario, as given and in SI, with its source."""

    path: str
    given: str
    si: float
    unit: str
    source: str
    kind: str  # measured, stated, assumed, fitted; given by a user; derived from others
    note: str
    spread: str
    fitted_to: str = ""


class Changed(NamedTuple):
    """A number of the pump, or the blockage in front of its site, that takes another value at a time."""

    time: float  # [s]
    slot: str  # dotted name among the slots of the pump, or `BLOCKAGE`
    value: float  # SI
    given: str
    daily: bool = False
    follows: str = ""  # the profile of which it is a step, or the change of a day before that it repeats


class Profile(NamedTuple):
    """A number of the pump that goes from point to point; by times of the day it goes round."""

    slot: str
    source: str  # where it stands
    daily: bool
    within: float  # [-]: of its range, by which it moves within a step
    time: tuple[float, ...]  # [s]
    value: tuple[float, ...]  # SI

    @property
    def bound(self) -> float:
        """Return by how much the number moves within a step at most, in SI."""
        return self.within * (max(self.value) - min(self.value))


class Scenario(NamedTuple):
    """A scenario that was read, checked and turned into SI numbers."""

    name: str
    title: str
    text: str  # whole TOML, all inheritance and overrides resolved
    sha256: str
    values: tuple[Value, ...]
    design: Design
    spreads: NDArray[np.float64]
    mode_rows: NDArray[np.float64]
    hazards: NDArray[np.float64]
    mode_names: tuple[str, ...]
    hazard_names: tuple[str, ...]
    requirement: Requirement | None
    description: str = ""
    programme: ProgrammeTable | None = None
    changes: tuple[Changed, ...] = ()
    profiles: tuple[Profile, ...] = ()
    exposure: str = ""  # which drug it is, where its units do not say
    limits: NDArray[np.float64] = np.zeros((0, doses.LIMIT_WIDTH))  # of the dose
    limit_names: tuple[str, ...] = ()
