"""What begins fibrils in a formulation: free monomer, and interfaces that are renewed; what fibrils then do stands in
`fluidics.drugs.fibrils`, chance where nuclei are few in `fluidics.drugs.onset`."""

from __future__ import annotations

import math
from typing import Annotated, NamedTuple

from fluidics.drugs.assembly import HIGHEST


class Association(NamedTuple):
    """How insulin holds together: dimers, hexamers of them, two zinc ions in each, six phenols that lock it.

    dimers D = K_2 m^2,    hexamers H = K_6 D^3 (1 + z / K_z)^2 (1 + (1 + p / K_p)^6 / L) / (1 + 1 / L)

    Notes
    -----
    Hexamers are a conformation without phenol sites (T) or, 1 in L of them without phenol, one with six (R): two states
    of Monod's model; Bloom et al., J. Mol. Biol. 245 (1995) 324, resolve three. A dimer of human insulin comes apart at
    8.8 umol/L (Antolikova et al., J. Biol. Chem. 286 (2011) 36968): K_2 = 114 m3/mol. The other constants are known to
    an order of magnitude. The phenol is that in solution, of which a formulation has 15 to 30 mol/m3, several times the
    sites.
    """

    dimer: Annotated[float, "m3/mol"]  # K_2
    hexamer: Annotated[float, "m6/mol2"]  # K_6
    zinc: Annotated[float, "mol/m3"]  # K_z, free zinc that fills half of the sites
    phenol: Annotated[float, "mol/m3"]  # K_p, phenol that fills half of the sites of R
    allosteric: Annotated[float, "-"]  # L


class Interface(NamedTuple):
    """How fast fibrils begin on walls and on air that is renewed, and what covers both.

    Notes
    -----
    Law: Sluzky et al., Proc. Natl. Acad. Sci. 88 (1991) 9377 and AIChE J. 38 (1992) 1781: nucleation follows the
    hydrophobic area and its renewal, not the volume; walls that are wetted again and again: Frachon et al., Langmuir
    32 (2016) 13009. Surfactant takes the interface. Where it has taken all, nucleation is `hastening` times that on a
    bare one: 0 for poloxamer 188, above 1 for the reversed poloxamers, with which insulin aggregates sooner than
    without (Chawla et al., Diabetes 34 (1985) 420).
    """

    wall: Annotated[float, "mol/(m2 s)"]  # on a wall that is covered with insulin
    air: Annotated[float, "mol/m2"]  # on air that is covered with insulin, per renewal
    wetting: Annotated[float, "-"]  # what a wall gains that is always just being wetted, relative to its own
    coverage: Annotated[float, "mol/m3"]  # monomer that covers half
    surfactant: Annotated[float, "mol/m3"]  # surfactant that keeps half away; infinite when there is no such effect
    hastening: Annotated[float, "-"]  # nucleation under much surfactant over that without, little monomer


class Vessel(NamedTuple):
    """A reservoir or vial as insulin sees it."""

    volume: Annotated[float, "m3"]
    wall: Annotated[float, "m2"]
    air: Annotated[float, "m2"]  # zero when it was degassed


class Motion(NamedTuple):
    """What renews interfaces."""

    shaking: Annotated[float, "1/s"]  # renewals of the air by agitation
    strokes: Annotated[float, "1/s"]  # of the pump
    renewed: Annotated[float, "-"]  # share of the air that a stroke renews
    wetted: Annotated[float, "-"]  # share of the wall that is just being wetted


def _refuse_negative(**given: float) -> None:
    for name, value in given.items():
        if not 0.0 <= value < math.inf:
            raise ValueError(f"{name} must be zero or more, given {value!r}")


def _share_bound(law: Association, monomer: float, zinc: float, phenol: float) -> tuple[float, float]:
    """Return insulin in dimers and hexamers [mol/m3] beside so much monomer."""
    dimer = law.dimer * monomer * monomer
    locked = (1.0 + (1.0 + phenol / law.phenol) ** 6 / law.allosteric) / (1.0 + 1.0 / law.allosteric)
    bare = law.hexamer * dimer**3 * locked
    linear = 1.0 + 2.0 * bare / law.zinc
    free = 2.0 * zinc / (linear + math.sqrt(linear * linear + 8.0 * bare * zinc / law.zinc**2))
    return 2.0 * dimer, 6.0 * bare * (1.0 + free / law.zinc) ** 2


def free_monomer(law: Association, insulin: float, zinc: float, phenol: float) -> float:
    """Return the share of insulin that is free monomer [-].

    insulin = m + 2 D + 6 H,    zinc = z + 2 H (z / K_z) / (1 + z / K_z)

    Parameters
    ----------
    law : Association
        Constants of association.
    insulin, zinc : float
        In all, free or bound [mol/m3]; two zinc ions per hexamer are a third of the insulin.
    phenol : float
        Phenol and cresol in solution [mol/m3]; it falls when plastic takes it up.

    Raises
    ------
    ValueError
        When a concentration or constant is out of range.

    Notes
    -----
    Fibrils grow from monomer. With secondary nucleation of order 2 their growth rate goes with this share to the power
    1.5: at a hundredth, everything takes a thousand times as long.

    Examples
    --------
    Dimers alone: half of the insulin is in them when m = 1 / (2 K_2).

    >>> round(free_monomer(Association(100.0, 0.0, 1.0, 1.0, 1e6), 0.01, 0.0, 0.0), 6)
    0.5
    """
    _refuse_negative(zinc=zinc, phenol=phenol, dimer=law.dimer, hexamer=law.hexamer)
    if not 0.0 < insulin <= HIGHEST:
        raise ValueError(f"insulin must be above 0 and at most {HIGHEST:g} mol/m3, given {insulin!r}")
    if not min(law.zinc, law.phenol, law.allosteric) > 0.0:
        raise ValueError(f"constants of zinc, phenol and the allosteric one must be above zero, given {tuple(law)}")
    low, high = -50.0, 0.0  # logarithm of the share
    for _ in range(80):
        middle = 0.5 * (low + high)
        monomer = insulin * math.exp(middle)
        total = monomer + sum(_share_bound(law, monomer, zinc, phenol))
        low, high = (middle, high) if total < insulin else (low, middle)
    return math.exp(0.5 * (low + high))


def at_interfaces(law: Interface, vessel: Vessel, motion: Motion, surfactant: float) -> tuple[float, float]:
    """Return fibrils that begin at covered interfaces [mol/(m3 s)], and the monomer that covers half [mol/m3].

    J = (k_w A_w (1 + b wetted) + k_a A_a (shaking + renewed strokes)) / V

    The two are `interface` and `coverage` of an assembly.

    Parameters
    ----------
    law, vessel, motion
        See there.
    surfactant : float
        In solution [mol/m3].

    Raises
    ------
    ValueError
        When a number is negative or missing, or a share above 1.

    Examples
    --------
    >>> shaken = Motion(2.0, 0.0, 0.0, 0.0)
    >>> at_interfaces(Interface(0.0, 1e-15, 0.0, 0.1, 1e-3, 0.0), Vessel(1e-5, 1e-3, 1e-4), shaken, 1e-3)
    (2e-14, 0.2)
    """
    _refuse_negative(surfactant=surfactant, wall=law.wall, air=law.air, wetting=law.wetting, hastening=law.hastening)
    _refuse_negative(wall=vessel.wall, air=vessel.air, shaking=motion.shaking, strokes=motion.strokes)
    if not (vessel.volume > 0.0 and law.coverage > 0.0 and law.surfactant > 0.0):
        raise ValueError(f"volume and both coverages must be above zero, given {vessel.volume, *law[3:5]}")
    if not (0.0 <= motion.renewed <= 1.0 and 0.0 <= motion.wetted <= 1.0):
        raise ValueError(f"shares of what is renewed and wetted must be from 0 to 1, given {tuple(motion)[2:]}")
    renewals = motion.shaking + motion.renewed * motion.strokes
    begun = law.wall * vessel.wall * (1.0 + law.wetting * motion.wetted) + law.air * vessel.air * renewals
    taken = surfactant / law.surfactant
    return begun * (1.0 + law.hastening * taken) / vessel.volume, law.coverage * (1.0 + taken)
