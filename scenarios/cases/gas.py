"""Published figures of pumps that a boiling propellant, a spring, a balloon or a vacuum drives, beside simulated ones;
pumps with rollers and gates stand in `scenarios.cases.implanted`."""

from __future__ import annotations

from functools import cache

from fluidics.atmosphere import SEA_LEVEL, standard_height, standard_pressure, submerged_pressure
from fluidics.drugs.infusate import Infusate
from fluidics.engines.panel import seen, stepped
from fluidics.programmes.regimen import ConstantRate
from fluidics.pump import MEDIAN_LUCK, Pump, PumpState, after_refill, new_pump
from fluidics.questions import histogram, mean_aggregate, operate, pressure, temperature, viscosity
from fluidics.reservoirs.propellant import saturation_pressure
from fluidics.reservoirs.propellant_reservoir import PropellantReservoir
from fluidics.reservoirs.spring_reservoir import SpringReservoir
from scenarios.build import load
from scenarios.cases.published import CALIBRATED, COMPUTED, HELD_OUT, WEAK, Case, near, within
from scenarios.units import DAY

BODY = 310.15
MMHG = 133.322387415
_SPINE = 10.0 * MMHG
_LOW, _HIGH = 800e2, 1000e2  # [Pa]: in a chamber, and outside
_NOMINAL = 8e-6 / DAY  # [m3/s] of the pump of 60 mL
_WEEK, _WARMING = 7.0 * DAY, 3.0 * 3600.0  # [s]: between refills, and until a cold filling is warm
_SOLVED = "worked out with reference equations of state"
_FITTED = "constants fitted to the reference from 0 to 50 degC"
_UNNAMED = "the propellant is not published: three are shown and none is chosen"


@cache
def gas_cases() -> tuple[Case, ...]:
    """Return every published figure that gas-driven and spring-driven pumps are held against."""
    return (*surroundings(), *solved(), *chambers(), *propellant(), *atmosphere(), *disposable(), *series())


@cache
def gas_pump(propellant: str, back: float = _SPINE) -> Pump:
    """Return the library's hepatic pump on a propellant, with water, without a spring, against a pressure [Pa]."""
    pump = load("fixed-rate-hepatic", (f"pump.reservoir.propellant={propellant}",)).design.pump
    alone: Pump = pump._replace(
        reservoir=pump.reservoir._replace(stiffness=0.0),
        drug=Infusate(1.0),
        site=pump.site._replace(pressure=back, body_temperature=BODY),
    )
    return alone


def gauge(pump: Pump, kelvin: float = BODY) -> float:
    """Return the pressure [Pa] of a full reservoir over the atmosphere around it."""
    return float(pressure(pump.reservoir, new_pump(pump).reservoir, kelvin))


def delivery(pump: Pump) -> float:
    """Return the flow [m3/s] of a new pump."""
    state, body = new_pump(pump), temperature(pump.site)
    p_in = pressure(pump.reservoir, state.reservoir, body)
    mu = viscosity(pump.drug, state.drug, body)
    return float(operate(pump.drive, state.drive, 0.0, p_in, mu, pump, state).flow)


def change(pump: Pump, kelvin: float = BODY, ambient: float = SEA_LEVEL, back: float | None = None) -> float:
    """Return by how much the flow changes [%] in a body at a temperature [K], under an ambient pressure [Pa], against a
    pressure of the body [Pa] that is its own when none is given."""
    site = pump.site._replace(body_temperature=kelvin)
    if back is not None:
        site = site._replace(pressure=back)
    other = pump._replace(site=site, reservoir=pump.reservoir._replace(ambient=ambient))
    return 100.0 * (delivery(other) / delivery(pump) - 1.0)


# degC more, 300 m, 2,438 m, 10 m of water, an artery [%]; a tolerance as a share, kPa over the atmosphere
_SURROUNDINGS = {
    "n-butane": ((6.1, 1.45, 10.6, -40.0, -4.9), 0.02, 246.4),
    "R-114": ((6.5, 1.7, 12.6, -47.0, -5.8), 0.02, 208.8),
    "R-245fa": ((8.3, 2.9, 21.0, -79.0, -9.7), 0.02, 125.5),
    "R-11": ((11.3, 6.4, None, None, -21.5), 0.03, 57.3),
}


def surroundings() -> tuple[Case, ...]:
    """Return what warmth, height, depth and back pressure do to pumps on four propellants."""
    rows = []
    for name, (published, slack, over) in _SURROUNDINGS.items():
        case, pump = f"Pump on {name}", gas_pump(name)
        found = {
            "flow, one degree warmer": change(pump, kelvin=BODY + 1.0),
            "flow at 300 m": change(pump, ambient=standard_pressure(300.0)),
            "flow at 2,438 m": change(pump, ambient=standard_pressure(2438.0)),
            "flow 10 m under fresh water": change(pump, ambient=submerged_pressure(10.0, density=1000.0)),
            "flow into an artery of 100 mmHg": change(pump, back=100.0 * MMHG),
        }
        rows.append(within(case, "pressure at 37 degC over the atmosphere", over, slack, gauge(pump) / 1e3, "kPa",
                           COMPUTED, "bell_2014", _SOLVED))  # fmt: skip
        rows += [
            within(case, quantity, value, slack, ours, "%", COMPUTED, "bell_2014", _SOLVED)
            for value, (quantity, ours) in zip(published, found.items(), strict=True)
            if value is not None
        ]
    cold = gauge(gas_pump("R-11"), 298.15) / 1e3
    rows.append(
        within("Pump on R-11", "pressure at 25 degC", 4.7, 0.03, cold, "kPa", COMPUTED, "bell_2014", "nearly no drive")
    )
    return tuple(rows)


def solved() -> tuple[Case, ...]:
    """Return the flows of a butane pump against nothing, over that at 37 degC and sea level."""
    pump = gas_pump("n-butane", 0.0)
    published = ((35.0, SEA_LEVEL, 0.88560128), (39.0, SEA_LEVEL, 1.12470105), (41.0, SEA_LEVEL, 1.26034369),
                 (37.0, 81e3, 1.08247397))  # fmt: skip
    note = "1e-4 with the viscosity of the standard for water in place of the pump's fit to it"
    return tuple(
        within("Butane pump, solved flows", f"flow at {celsius:g} degC and {around / 1e3:.0f} kPa", ratio, 1e-3,
               1.0 + change(pump, celsius + 273.15, around) / 100.0, "-", COMPUTED, "bell_2014", note)
        for celsius, around, ratio in published
    )  # fmt: skip


def chambers() -> tuple[Case, ...]:
    """Return the ambient pressures at which gas-driven pumps stop."""
    return tuple(
        within("Pump in a pressure chamber", f"pressure that stops {name}", published, 0.02,
               gauge(gas_pump(name, 0.0)) / SEA_LEVEL + 1.0, "atm", COMPUTED, "bell_2014", _SOLVED)
        for name, published in (("n-butane", 3.4), ("R-114", 3.1), ("R-11", 1.57))
    )  # fmt: skip


def vapour(name: str, kelvin: float) -> float:
    """Return the saturation pressure [Pa] that a pump's propellant has."""
    reservoir = gas_pump(name).reservoir
    return float(saturation_pressure(reservoir.antoine_a, reservoir.antoine_b, reservoir.antoine_c, kelvin))


def propellant() -> tuple[Case, ...]:
    """Return saturation pressures, and the height at which one no longer holds a reservoir below the ambient."""
    published = (
        ("R-11", 310.15, 158593.199), ("R-114", 310.15, 310086.619), ("n-butane", 310.15, 347766.385),
        ("R-123", 310.15, 139729.955), ("R-113", 310.15, 70354.523), ("R-11", 293.15, 88681.912),
        ("R-11", 298.15, 106046.519), ("R-11", 308.15, 148670.658), ("R-11", 313.15, 174427.485),
    )  # fmt: skip
    rows = [
        within("Propellants", f"{name} at {kelvin - 273.15:.0f} degC", value / 1e3, 1e-3, vapour(name, kelvin) / 1e3,
               "kPa", CALIBRATED, "bell_2014", _FITTED)
        for name, kelvin, value in published
    ]  # fmt: skip
    height = standard_height(vapour("R-113", BODY))
    rows.append(near("Propellants", "height at which R-113 no longer sucks", 2970.0, 10.0, height, "m", COMPUTED,
                     "bell_2014", _SOLVED))  # fmt: skip
    return tuple(rows)


def atmosphere() -> tuple[Case, ...]:
    """Return pressures of the standard atmosphere."""
    published = ((0.0, 101325.0), (1500.0, 84559.677), (2438.4, 75271.205), (3000.0, 70121.162), (5000.0, 54048.286))
    return tuple(
        within("Standard atmosphere", f"pressure at {height:g} m", value / 1e3, 1e-6, standard_pressure(height) / 1e3,
               "kPa", COMPUTED, "noaa_1976")
        for height, value in published
    )  # fmt: skip


def spring_pump(spring: float, vacuum: float = 0.0, ambient: float = SEA_LEVEL, back: float = 0.0) -> Pump:
    """Return a disposable pump: a spring [Pa] or a vacuum [share of the atmosphere], and a pressure at the tip [Pa]."""
    return gas_pump("n-butane", back)._replace(reservoir=SpringReservoir(60e-6, 1e-6, spring, vacuum, 0.0, ambient))


def disposable() -> tuple[Case, ...]:
    """Return what warmth does to a spring-driven pump, and height to a vacuum and a balloon."""
    cold = spring_pump(50e3)
    cold = cold._replace(site=cold.site._replace(body_temperature=298.15))
    case, source = "Disposable pumps at 800 hPa", "mizuuchi_2003"
    vacuum, balloon = (0.0, 455e2 / _HIGH), (571e2, 0.0)

    def lost(drive: tuple[float, float], back: float) -> float:
        level = delivery(spring_pump(*drive, _HIGH))
        return 100.0 * (delivery(spring_pump(*drive, _LOW, back)) / level - 1.0)

    outside = _HIGH - _LOW
    return (
        near("Spring and capillary", "flow, from 25 to 30 degC", 10.8, 1.5, change(cold, kelvin=303.15), "%", HELD_OUT,
             "springfusor_1997", "by the viscosity of water"),
        near(case, "vacuum, tip at 1,000 hPa", -64.0, 3.0, lost(vacuum, outside), "%", CALIBRATED, source,
             "fixes a drive of 455 hPa"),
        Case(case, "vacuum, all of it at 800 hPa", -19.0, -27.0, -19.0, lost(vacuum, 0.0), "%", HELD_OUT, source,
             "published: 19 to 27 % of three pumps"),
        near(case, "balloon, tip at 1,000 hPa", -35.0, 3.0, lost(balloon, outside), "%", CALIBRATED, source,
             "fixes a drive of 571 hPa"),
        near(case, "balloon, all of it at 800 hPa", 0.0, 7.0, lost(balloon, 0.0), "%", WEAK, source,
             "published: no change; a spring and another balloon lost a fifth, which no drive resting on the ambient "
             "explains"),
    )  # fmt: skip


def weekly(name: str, kelvin: float, bias: float = 0.0) -> float:
    """Return the flow of a pump of 60 mL [% of nominal] from one cold refill to the next, a week apart.

    It was calibrated at 37 degC, at sea level, against nothing, and sits in a body at a temperature [K].
    """
    bench, levels = gas_pump(name, 0.0), histogram(ConstantRate(), _NOMINAL)
    gas = bench.reservoir
    bellows = PropellantReservoir(
        capacity=62e-6, residual=2e-6, antoine_a=gas.antoine_a, antoine_b=gas.antoine_b, antoine_c=gas.antoine_c,
        ambient=SEA_LEVEL, stiffness=0.0, stop_stiffness=1e13, amount=0.05, space=10e-6, refill_temperature=293.15,
        cooled=0.5, warming_time=1800.0,
    )  # fmt: skip
    drive = bench.drive._replace(resistance=gauge(bench) / _NOMINAL / (1.0 - bias))
    site = bench.site._replace(body_temperature=kelvin)
    pump: Pump = bench._replace(reservoir=bellows, drive=drive, site=site)
    warm = walked(pump, after_refill(pump, new_pump(pump), MEDIAN_LUCK), levels, _WARMING, 6)
    full = walked(pump, warm, levels, _WEEK - _WARMING, 1)
    return float(100.0 * full.reservoir.volume / (_WEEK * _NOMINAL))


def walked(pump: Pump, state: PumpState, levels: object, span: float, count: int) -> PumpState:
    """Return the state after `count` equal panels that fill a time [s]."""
    dt, around = span / count, seen(pump, state, levels, 1.0)
    for _ in range(count):
        whole = mean_aggregate(pump.drug, state.drug, dt, around.temperature)
        step = stepped(pump, state, levels, around, whole, dt, 1.0)
        state, around = step.state, step.after
    return state


def series() -> tuple[Case, ...]:
    """Return the mean flow of 34 pumps over 14,191 days, with the bias put in, and with cool bodies in its place."""
    case, source, published = "Pump of 60 mL, 34 patients", "damascelli_1999", 90.26
    cool = [308.65 + 0.5 * (k + 0.5) / 5.0 for k in range(5)]  # bodies of 35.5 to 36 degC
    rows = [
        near(case, "mean flow with the bias put in", published, 2.0, weekly("n-butane", BODY, 1.0 - published / 100.0),
             "% of nominal", CALIBRATED, source, "weekly cold refills come on top")
    ]  # fmt: skip
    for name, miss in (("n-butane", "explains three quarters of the bias"), ("neopentane", ""), ("R-245fa", "")):
        ours = sum(weekly(name, kelvin) for kelvin in cool) / len(cool)
        rows.append(near(case, f"mean flow in bodies of 35.5 to 36 degC, {name}", published, 2.0, ours, "% of nominal",
                         HELD_OUT, source, _UNNAMED, miss))  # fmt: skip
    return tuple(rows)
