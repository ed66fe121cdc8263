"""Words such as "20 mL" become SI numbers here, by a small closed table; which unit a key wants stands in the parts of
`fluidics` and `reliability`."""

from __future__ import annotations

import difflib
import math
import re
from typing import NamedTuple

# A dimension counts length, mass, time, temperature, amount, current, insulin units, mass of drug
Dimension = tuple[int, ...]

_NONE: Dimension = (0, 0, 0, 0, 0, 0, 0, 0)
_LENGTH: Dimension = (1, 0, 0, 0, 0, 0, 0, 0)
_VOLUME: Dimension = (3, 0, 0, 0, 0, 0, 0, 0)
_TIME: Dimension = (0, 0, 1, 0, 0, 0, 0, 0)
_TEMPERATURE: Dimension = (0, 0, 0, 1, 0, 0, 0, 0)
_AMOUNT: Dimension = (0, 0, 0, 0, 1, 0, 0, 0)
_CURRENT: Dimension = (0, 0, 0, 0, 0, 1, 0, 0)
_CHARGE: Dimension = (0, 0, 1, 0, 0, 1, 0, 0)
_INSULIN: Dimension = (0, 0, 0, 0, 0, 0, 1, 0)
_DRUG: Dimension = (0, 0, 0, 0, 0, 0, 0, 1)
_VOLTAGE: Dimension = (2, 1, -3, 0, 0, -1, 0, 0)
_RESISTANCE: Dimension = (2, 1, -3, 0, 0, -2, 0, 0)
_PRESSURE: Dimension = (-1, 1, -2, 0, 0, 0, 0, 0)
_VISCOSITY: Dimension = (-1, 1, -1, 0, 0, 0, 0, 0)
_ENERGY: Dimension = (2, 1, -2, 0, 0, 0, 0, 0)
_POWER: Dimension = (2, 1, -3, 0, 0, 0, 0, 0)

DAY = 86400.0
YEAR = 365.25 * DAY

# Units of insulin and masses of drug keep their own scale, U and g: what they are in SI depends on the substance
UNITS: dict[str, tuple[Dimension, float]] = {
    "1": (_NONE, 1.0), "-": (_NONE, 1.0), "%": (_NONE, 0.01),
    "m": (_LENGTH, 1.0), "cm": (_LENGTH, 1e-2), "mm": (_LENGTH, 1e-3), "um": (_LENGTH, 1e-6), "nm": (_LENGTH, 1e-9),
    "L": (_VOLUME, 1e-3), "dL": (_VOLUME, 1e-4), "mL": (_VOLUME, 1e-6), "ml": (_VOLUME, 1e-6),
    "uL": (_VOLUME, 1e-9), "ul": (_VOLUME, 1e-9), "nL": (_VOLUME, 1e-12),
    "s": (_TIME, 1.0), "ms": (_TIME, 1e-3), "min": (_TIME, 60.0), "h": (_TIME, 3600.0), "d": (_TIME, DAY),
    "day": (_TIME, DAY), "days": (_TIME, DAY), "week": (_TIME, 7.0 * DAY), "weeks": (_TIME, 7.0 * DAY),
    "y": (_TIME, YEAR), "year": (_TIME, YEAR), "years": (_TIME, YEAR),
    "K": (_TEMPERATURE, 1.0),
    "mol": (_AMOUNT, 1.0), "mmol": (_AMOUNT, 1e-3), "umol": (_AMOUNT, 1e-6), "nmol": (_AMOUNT, 1e-9),
    "A": (_CURRENT, 1.0), "mA": (_CURRENT, 1e-3), "uA": (_CURRENT, 1e-6), "nA": (_CURRENT, 1e-9),
    "V": (_VOLTAGE, 1.0), "mV": (_VOLTAGE, 1e-3), "ohm": (_RESISTANCE, 1.0), "kohm": (_RESISTANCE, 1e3),
    "C": (_CHARGE, 1.0), "Ah": (_CHARGE, 3600.0), "mAh": (_CHARGE, 3.6),
    "U": (_INSULIN, 1.0), "IU": (_INSULIN, 1.0), "mU": (_INSULIN, 1e-3),
    "g": (_DRUG, 1.0), "mg": (_DRUG, 1e-3), "ug": (_DRUG, 1e-6), "ng": (_DRUG, 1e-9),
    "Pa": (_PRESSURE, 1.0), "mPa": (_PRESSURE, 1e-3), "hPa": (_PRESSURE, 1e2), "kPa": (_PRESSURE, 1e3),
    "MPa": (_PRESSURE, 1e6), "GPa": (_PRESSURE, 1e9), "bar": (_PRESSURE, 1e5), "mbar": (_PRESSURE, 1e2),
    "atm": (_PRESSURE, 101325.0), "psi": (_PRESSURE, 6894.757293168361), "mmHg": (_PRESSURE, 133.322387415),
    "cmH2O": (_PRESSURE, 98.0665), "mmH2O": (_PRESSURE, 9.80665),
    "P": (_VISCOSITY, 0.1), "cP": (_VISCOSITY, 1e-3),
    "J": (_ENERGY, 1.0), "kJ": (_ENERGY, 1e3), "mJ": (_ENERGY, 1e-3), "uJ": (_ENERGY, 1e-6), "Wh": (_ENERGY, 3600.0),
    "W": (_POWER, 1.0), "mW": (_POWER, 1e-3), "uW": (_POWER, 1e-6), "nW": (_POWER, 1e-9),
}  # fmt: skip

_SCALES = {"degC": (1.0, 273.15), "degF": (5.0 / 9.0, 273.15 - 32.0 * 5.0 / 9.0)}
_SPELLINGS = str.maketrans({"µ": "u", "μ": "u", "°": "deg", "·": " ", "*": " ", "²": "2", "³": "3", "^": None})
_QUANTITY = re.compile(r"([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?|[+-]?(?:nan|inf))(?![.\d])\s*(.*)", re.DOTALL)
_FACTOR = re.compile(r"([A-Za-z]+)([+-]?\d)?")

# What a message offers, by dimension; of any other dimension it offers the SI unit
_OFFERS = (
    "mm, cm, m, um", "mL, uL, L, m3", "mL/d, uL/h, mL/h, uL/min", "kPa, mmHg, psi, cmH2O, Pa", "degC, K, degF",
    "h, d, y, min, s", "/y, /d, /h, /s", "mPa s, cP, Pa s", "J, mJ, kJ, Wh", "W, mW, uW", "kJ/mol, J/mol",
    "U/mL, mg/mL", "mg/mL, ug/mL", "Pa s/m3, kPa s/mL", "kPa/mL, Pa/m3", "U, mU", "mg, ug", "mAh, C", "mA, uA, A",
    "ohm, kohm", "uL/C, m3/C",
)  # fmt: skip


class Quantity(NamedTuple):
    """A number in SI (or U or g of drug) and its dimension."""

    number: float
    dimension: Dimension


def _factor(word: str) -> tuple[Dimension, float]:
    """Return dimension and factor of one unit with its exponent, such as "m3"."""
    if word in UNITS:
        return UNITS[word]
    found = _FACTOR.fullmatch(word)
    if found is None or found[1] not in UNITS or found[2] is None:
        near = difflib.get_close_matches(word, [*UNITS, *_SCALES], n=1, cutoff=0.5)
        raise ValueError(f"unknown unit '{word}'" + (f"; did you mean '{near[0]}'?" if near else ""))
    dimension, factor = UNITS[found[1]]
    power = int(found[2])
    return tuple(power * n for n in dimension), factor**power


def scale(unit: str) -> Quantity:
    """Return one of a unit: "Pa s/m3" is pascal times second per cubic metre, "/y" is per year.

    Examples
    --------
    >>> scale("mL/d") == Quantity(1e-6 / 86400.0, scale("m3/s").dimension)
    True

    Raises
    ------
    ValueError
        When a unit is unknown.
    """
    if unit in ("", "-"):
        return Quantity(1.0, _NONE)
    above, *below = unit.split("/")
    total, number = list(_NONE), 1.0
    for words, sign in ((above.split(), 1), *((part.split(), -1) for part in below)):
        if sign < 0 and len(words) != 1:
            raise ValueError(f"unit '{unit}' is ambiguous; write one unit after each '/'")
        for word in words:
            dimension, factor = _factor(word)
            number = number * factor if sign > 0 else number / factor
            total = [n + sign * k for n, k in zip(total, dimension, strict=True)]
    return Quantity(number, tuple(total))


def offered(dimension: Dimension) -> str:
    """Return the units to name in a message for a dimension; nothing when there is no usual one."""
    for offer in _OFFERS:
        if scale(offer.split(", ")[0].replace("degC", "K")).dimension == dimension:
            return offer
    return ""


def quantity(text: str) -> Quantity:
    """Return a quantity from its words.

    Parameters
    ----------
    text : str
        A number and a unit, such as "20 mL", "0.9 mL/d", "37 degC", "400 U/mL", "5 %".

    Raises
    ------
    ValueError
        When the text is not a finite number with a known unit.

    Examples
    --------
    >>> quantity("20 mL").number
    2e-05
    """
    found = _QUANTITY.fullmatch(text.strip())
    if found is None:
        raise ValueError("not a number with a unit")
    number = float(found[1])
    if not math.isfinite(number):
        raise ValueError("not a finite number")
    unit = found[2].translate(_SPELLINGS).strip()
    if unit in _SCALES:
        factor, zero = _SCALES[unit]
        return Quantity(number * factor + zero, _TEMPERATURE)
    one = scale(unit)
    if not math.isfinite(number * one.number):
        raise ValueError("not a finite number")
    return Quantity(_exactly(found[1], one.number), one.dimension)


def _exactly(number: str, factor: float) -> float:
    """Return number times factor, rounded once where the factor is a power of ten: "2.5 uL" is 2.5e-9, no less."""
    power = round(math.log10(factor))
    if factor == float(f"1e{power}") and "e" not in number.lower():
        return float(f"{number}e{power}")
    return float(number) * factor


def convert(text: str, unit: str, concentration: Quantity | None = None) -> float:
    """Return the SI number of a quantity that must have the dimension of `unit`.

    A volume or flow may be given as drug, which the concentration divides: "40 U/d" of U400 is 0.1 mL/d.

    Parameters
    ----------
    text : str
        Number and unit.
    unit : str
        A unit of the wanted dimension; "-" for a pure number.
    concentration : Quantity, optional
        Drug per volume.

    Raises
    ------
    ValueError
        When number, unit or dimension do not fit.

    Examples
    --------
    >>> convert("400 U", "m3", quantity("400 U/mL"))
    1e-06
    """
    given = quantity(text)
    wanted = scale(unit).dimension
    if given.dimension == wanted:
        return given.number
    if concentration is not None:
        as_drug = tuple(n + k for n, k in zip(wanted, concentration.dimension, strict=True))
        if given.dimension == as_drug:
            return given.number / concentration.number
    if wanted == _NONE:
        raise ValueError('it is a pure number; write it without a unit, or as "5 %"')
    allowed = offered(wanted) or unit
    if given.dimension == _NONE:
        raise ValueError(f"it has no unit; allowed: {allowed}")
    missing = concentration is None and any(given.dimension[6:])
    raise ValueError(
        f"its unit does not fit here; allowed: {allowed}" + (", or drug when it has a concentration" if missing else "")
    )
