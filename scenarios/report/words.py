"""Numbers as a reader sees them: digits that mean something, intervals, labels; what they are numbers of stands in
`scenarios.report.results`."""

from __future__ import annotations

import math
import re

NOTHING, MINUS = "\N{EN DASH}", "\N{MINUS SIGN}"

SMALL = 1e-3  # below which a number may be rounded to zero
NARROW = 2e-5  # [-]: a narrower interval is told as a share of the number
RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
NAMES = {
    "underdelivery": "Underdelivery found at a visit",
    "rinse": "Rinse at a visit",
    "extra_rinse": "Rinse at an operation",
    "tip_obstruction": "Obstructed catheter tip",
    "encapsulation": "Encapsulated catheter tip",
    "flow_replacement": "Pump replaced for low flow",
    "operation_in_vain": "Operation that found nothing to mend",
    "cpu": "Processor",
    "scenario_sha256": "SHA-256 of the scenario",
    "study": "Identity of the study",
    "engine_gap_coarse": "Engine of this study",
    "engine_gap_fine": "Engine that it is compared with, at the rate that runs longest",
    "engine_gap_end_pressure": "That comparison: relative difference of the pressure at the end",
    "engine_gap_volume_per_stroke": "That comparison: relative difference of the volume of a stroke",
    "engine_gap_volume_per_day": "That comparison: relative difference of the volume of a day",
    "engine_gap_bound": "That comparison: bound above which the study complains",
    "occlusion_gap": "Table of occlusions: greatest relative difference of the stroke engine from the exact one",
    "occlusion_gap_bound": "That difference: bound above which the study complains",
    "panel_gap_patients": "Finer time steps (64 panels per cycle): patients followed again",
    "panel_gap_same_events": "Finer time steps: share of those patients with the same events",
    "panel_gap_median_shift_d": "Finer time steps: median shift of their events [d]",
    "panel_gap_greatest_shift_d": "Finer time steps: greatest shift of their events [d]",
    "panel_gap_delivered": "Finer time steps: relative difference of the volume delivered",
}


def rounded(value: float, digits: int = 3) -> str:
    """Return a number to so many significant digits, whole numbers above them kept whole.

    Examples
    --------
    >>> rounded(0.012345), rounded(123456.7), rounded(1.5e12), rounded(-2.5) == MINUS + "2.5"
    ('0.0123', '123,457', '1.5e+12', True)
    """
    if not math.isfinite(value):
        return NOTHING
    if value == 0.0:
        return "0"
    decimals = max(digits - 1 - math.floor(math.log10(abs(value))), 0)
    if decimals > 3 + digits or abs(value) >= 1e9:
        return f"{value:.{digits}g}".replace("e-0", "e-").replace("-", MINUS)
    text = f"{value:,.{decimals}f}"
    return (text.rstrip("0").rstrip(".") if "." in text else text).replace("-", MINUS)


def estimated(value: float, lower: float, upper: float) -> tuple[str, str]:
    """Return a number and its interval, both to the digit that the interval's half width makes the second.

    Examples
    --------
    >>> estimated(17.9512, 17.734, 18.2061)
    ('17.95', '17.73 to 18.21')
    >>> estimated(0.25, 0.25, 0.25) == ("0.25", NOTHING)
    True
    >>> estimated(0.2, 0.005, 30.0)
    ('0.2', '0.005 to 30')
    """
    half = 0.5 * (upper - lower)
    if not (math.isfinite(half) and half > 0.0):
        return rounded(value), NOTHING
    decimals = min(max(1 - math.floor(math.log10(half)), 0), 8)
    shown = [_fixed(number, decimals) for number in (value, lower, upper)]
    return shown[0], f"{shown[1]} to {shown[2]}"


def _fixed(number: float, decimals: int) -> str:
    """Return a number to so many decimals, or to its first digit where that would be zero although it is not small."""
    text = f"{number:,.{decimals}f}"
    if abs(number) >= SMALL and not text.strip("-0.,"):
        return rounded(number, 1)
    return text.replace("-", MINUS) if number else "0"


def compared(value: float, low: float, high: float, ours: float) -> tuple[str, str, str]:
    """Return a number, the interval around it that is accepted, and ours, all to the digits that the interval gives.

    Examples
    --------
    >>> compared(2.0, 1.9, 2.1, 2.0512)
    ('2.00', '1.90 to 2.10', '2.05')
    >>> compared(0.059, 0.059 - 1e-12, 0.059 + 1e-12, 0.059), compared(2.0, 2.0, math.inf, 4.4)
    (('0.059', 'within 2e-11', '0.059'), ('2', 'at least 2', '4.4'))
    """
    half = 0.5 * (high - low)
    if half == 0.0:
        return rounded(value), "exactly that", rounded(ours)
    if not math.isfinite(half):
        return rounded(value, 4), f"at least {rounded(low, 4)}", rounded(ours, 4)
    if half < NARROW * abs(value):
        return rounded(value, 9), f"within {half / abs(value):.0e}", rounded(ours, 9)
    return *estimated(value, low, high), estimated(ours, low, high)[0]


def scientific(value: float, unit: str) -> str:
    """Return a number with its SI unit, to five digits, with a power of ten where zeros would pile up.

    Examples
    --------
    >>> scientific(1.5e-5, "m3"), scientific(310.15, "K"), scientific(0.3, "-")
    ('1.5·10⁻⁵ m³', '310.15 K', '0.3')
    """
    mantissa, _, power = f"{value:.4e}".partition("e")
    if value == 0.0 or -3 <= int(power) < 5:
        number = f"{value:.5g}".replace("-", MINUS)
    else:
        number = f"{float(mantissa):g}·10{str(int(power)).translate(RAISED)}".replace("-", MINUS, 1)
    written = re.sub(r"(?<=[a-zA-Z])\d", lambda digit: digit[0].translate(RAISED), unit)
    return number if unit in {"-", "1", ""} else f"{number} {written}"


def counted(number: int, what: str) -> str:
    """Return a count with its noun.

    Examples
    --------
    >>> counted(1, "patient"), counted(10000, "patient")
    ('1 patient', '10,000 patients')
    """
    return f"{number:,} {what}{'' if number == 1 else 's'}"


def label(name: str) -> str:
    """Return the words for a name of the study file.

    Examples
    --------
    >>> label("depleted_battery"), label("extra_rinse")
    ('Depleted battery', 'Rinse at an operation')
    """
    if name in NAMES:
        return NAMES[name]
    words = name.replace("_", " ").replace("-", " ")
    return words[:1].upper() + words[1:]
