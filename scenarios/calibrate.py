"""The fit of the insulin pump to Montpellier and Zwolle, run as `python -m scenarios.calibrate`; what was left out of
it stands in `scenarios.validation`, the generic fit in `reliability.calibration`."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from reliability.calibration import Fit, Parameter, binomial_residual, least_deviance, poisson_residual
from reliability.chunk import Plan
from reliability.columns import Floats
from reliability.design import Design
from scenarios.build import load
from scenarios.cohorts import MONTPELLIER, ZWOLLE, counts, planned, repeated
from scenarios.units import DAY, YEAR

TIMES = 400  # repetitions of each cohort, 18,800 and 22,400 patients
SEED = 1996  # of every evaluation, so that only the parameters make a difference
TIP = 28.0 / 46.0  # share of onsets at the tip: that of the operations, no more is known


class Target(NamedTuple):
    """A published count, among so many trials or, where these are infinite, a free count."""

    name: str
    published: float
    trials: float = math.inf


TARGETS = (
    Target("Montpellier: episodes of more than 15 % loss", 76.0),
    Target("Montpellier: operations on the catheter", 46.0),
    Target("Montpellier: episodes rinsed first", 52.0, 76.0),
    Target("Montpellier: catheter operations that a rinse had to follow", 12.0, 46.0),
    Target("Montpellier: pumps replaced for their flow", 5.0),
    Target("Zwolle: operations on the catheter", 23.0),
)

# What holds the directions that the targets leave open: place of the parameter, centre, factor of one standard error.
# The level of nucleation and its spread trade off, and so do onset and closing: it is an onset only while it is rarer
# than four operations for each one seen (0.45 a year), and a bolus is first lost 8.7 closing times after it.
HELD = ((1, 1.0, 1.3), (2, 0.9, 2.0), (3, 20.0, 2.0), (4, 50.0, 3.0))


def parameters() -> tuple[Parameter, ...]:
    """Return the fitted numbers as the library has them, with the bounds of the fit."""
    old, new = load(MONTPELLIER.scenario).design.pump, load(ZWOLLE.scenario).design.pump
    onsets = [pump.catheter.onset_rate + pump.site.onset_rate for pump in (old, new)]
    return (
        Parameter("nucleation in the 1990s [1/d]", old.drug.nucleation * DAY, 1e-7, 1e-4),
        Parameter("spread of ln nucleation by device [-]", old.drug.device_spread, 0.3, 2.0),
        Parameter("onset at tip or capsule in the 1990s [1/y]", onsets[0] * YEAR, 0.05, 5.0),
        Parameter("closing time [d]", old.catheter.closing_time / DAY, 3.0, 60.0),
        Parameter("pressure factor of deposits [-]", old.drive.pressure_factor, 1.0, 500.0),
        Parameter("resistance of the filter [Pa s/m3]", old.drive.filter_resistance, 1e16, 1e18),
        Parameter("onset at tip or capsule from 2000 on [1/y]", onsets[1] * YEAR, 0.01, 1.0),
    )


def with_values(designs: tuple[Design, Design], values: Floats) -> tuple[Design, Design]:
    """Return the designs of Montpellier and Zwolle with the fitted numbers (7,), in the order of `parameters`."""
    nucleation, spread, onset, closing, factor, filter_resistance, later_onset = map(float, values)
    levels = nucleation / DAY, designs[1].pump.drug.nucleation
    changed = []
    for design, level, total in zip(designs, levels, (onset, later_onset), strict=True):
        old = design.pump
        pump = old._replace(
            drug=old.drug._replace(nucleation=level, device_spread=spread),
            drive=old.drive._replace(pressure_factor=factor, filter_resistance=filter_resistance),
            catheter=old.catheter._replace(onset_rate=TIP * total / YEAR, closing_time=closing * DAY),
            site=old.site._replace(onset_rate=(1.0 - TIP) * total / YEAR, closing_time=closing * DAY),
        )
        changed.append(design._replace(pump=pump))
    return changed[0], changed[1]


def expected(plans: tuple[Plan, Plan], values: Floats) -> Floats:
    """Return what the model expects of each target (n_targets,), as a count or as a share."""
    designs = with_values((plans[0].design, plans[1].design), values)
    sums = []
    for plan, design, cohort in zip(plans, designs, (MONTPELLIER, ZWOLLE), strict=True):
        whole = plan._replace(design=design)
        sums.append({name: float(n.sum()) for name, n in counts(whole, repeated(whole, cohort, TIMES), cohort).items()})
    old, new = sums
    years, later = MONTPELLIER.patient_years / old["patient_years"], ZWOLLE.patient_years / new["patient_years"]
    return np.array([
        old["underdelivery"] * years,
        old["catheter"] * years,
        old["rinse"] / max(old["underdelivery"], 1.0),
        old["catheter_rinse"] / max(old["catheter"], 1.0),
        old["flow_replacement"] * years,
        new["catheter"] * later,
    ])  # fmt: skip


def residuals(found: Floats) -> Floats:
    """Return the signed roots of the deviances (n_targets,) of the targets from what a model expects."""
    return np.array([
        poisson_residual(target.published, value)
        if math.isinf(target.trials)
        else binomial_residual(target.published, target.trials, value)
        for target, value in zip(TARGETS, map(float, found), strict=True)
    ])  # fmt: skip


def fitted() -> Fit:
    """Return the fit; its first residuals are those of the targets, the others those of what is held."""
    plans = planned(MONTPELLIER, SEED), planned(ZWOLLE, SEED)

    def of(values: Floats) -> Floats:
        pulls = [math.log(values[place] / centre) / math.log(factor) for place, centre, factor in HELD]
        return np.concatenate((residuals(expected(plans, values)), pulls))

    return least_deviance(of, parameters())


def report(fit: Fit) -> str:
    """Return what was fitted to what, as text."""
    off = fit.residuals[: len(TARGETS)]
    seen = expected((planned(MONTPELLIER, SEED), planned(ZWOLLE, SEED)), fit.values)
    lines = [f"{'fitted value':<62}{'value':>11}{'factor of one error':>22}"]
    for parameter, value, error in zip(parameters(), fit.values, fit.log_errors, strict=True):
        lines.append(f"{parameter.name:<62}{value:>11.4g}{math.exp(min(error, 50.0)):>22.3g}")
    lines += ["", f"{'target':<62}{'published':>11}{'expected':>11}{'residual':>11}"]
    for target, value, residual in zip(TARGETS, seen, off, strict=True):
        count = value if math.isinf(target.trials) else value * target.trials
        lines.append(f"{target.name:<62}{target.published:>11g}{count:>11.1f}{residual:>11.2f}")
    chi2 = float(off @ off)
    lines.append(f"\nchi-square {chi2:.2f} of {len(TARGETS)} targets, {fit.deviance - chi2:.2f} of {len(HELD)} held")
    return "\n".join([*lines, f"{fit.evaluations} evaluations"])


if __name__ == "__main__":
    print(report(fitted()))
