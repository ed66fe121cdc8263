"""How fast solids settle from a passing drug, and how a settled layer narrows a lumen or holds a valve open; the
catheter that carries such a layer stands in `fluidics.lines.fouling_catheter`, what reaches a wall in
`fluidics.lines.graetz`."""

from __future__ import annotations

from fluidics.compile import inlined
from fluidics.elementary import exp
from fluidics.lines.valve import seat_conductance

_PI = 3.141592653589793
_SMALL = 1e-2  # [-]: below it a difference of exponentials loses digits


@inlined
def settling_rate(solids: float, equilibrium: float, surface_rate: float, flow: float) -> float:
    """Return how fast the volume of a deposit grows: what the surface takes, never more than the flow brings.

    dV/dt = min(k (c - c_eq), Q c), zero where c < c_eq or nothing flows out

    Parameters
    ----------
    solids, equilibrium : float
        Volume of solids in a volume of drug, and the one at which nothing settles [-].
    surface_rate : float
        Rate constant of the surface times its area [m3/s].
    flow : float
        Flow towards the body [m3/s].

    Returns
    -------
    float
        Volume of deposit per time [m3/s], zero or more.

    Notes
    -----
    First order in the excess; what has settled does not dissolve again. Transport through the stream does not limit
    molecules in a catheter: with a diffusivity of 1.5e-10 m2/s, half a metre of length and up to 100 uL/h Graetz's
    number is below one (`fluidics.lines.graetz`). Rate constants of stabilised insulin on polymers are not published.

    Examples
    --------
    >>> f"{settling_rate(1e-4, 0.0, 1e-8, 1e-10):.0e}"  # the surface would take a hundred times what comes
    '1e-14'
    """
    return max(min(surface_rate * (solids - equilibrium), flow * solids), 0.0)


@inlined
def narrowing(share: float) -> float:
    """Return by how much an even lining raises the resistance of a round lumen.

    R / R_0 = (1 - s)^-2

    Parameters
    ----------
    share : float
        Share of the cross-section that the lining fills [-], 0 to below 1.

    Returns
    -------
    float
        Resistance over that of the open lumen [-].

    Notes
    -----
    Poiseuille's law in what is left open. A deposit that grows at a constant volume rate and would fill the lumen at T
    gives (1 - t / T)^-2.

    Examples
    --------
    >>> narrowing(0.5)
    4.0
    """
    left = 1.0 - share
    return 1.0 / (left * left)


@inlined
def lining_share(thickness: float, radius: float) -> float:
    """Return the share of the cross-section [-] that a lining of a thickness [m] fills in a lumen of a radius [m].

    s = 1 - (1 - x / a)^2

    Examples
    --------
    >>> lining_share(0.5e-3, 1e-3)
    0.75
    """
    left = 1.0 - thickness / radius
    return 1.0 - left * left


@inlined
def wall_shear(viscosity: float, flow: float, radius: float) -> float:
    """Return the shear stress at the wall of a round tube.

    tau = 4 mu Q / (pi a^3)

    Parameters
    ----------
    viscosity, flow, radius : float
        Dynamic viscosity [Pa s], flow [m3/s], radius [m].

    Returns
    -------
    float
        Shear stress [Pa]: 1e-5 to 1e-3 while a pump infuses, tens while a catheter is flushed.

    Examples
    --------
    >>> f"{wall_shear(6.9e-4, 1e-8 / 3600.0, 0.25e-3):.1e}"  # 10 uL/h through 0.5 mm
    '1.6e-04'
    """
    return 4.0 * viscosity * flow / (_PI * radius * radius * radius)


@inlined
def fouled(thickness: float, growth: float, removal: float, dt: float) -> float:
    """Return the thickness of a lining that settles at a constant rate and is worn off in proportion to itself.

    dx/dt = g - r x,    x = x_inf + (x_0 - x_inf) e^(-r t),    x_inf = g / r

    Parameters
    ----------
    thickness : float
        At the start [m].
    growth : float
        Settling [m/s].
    removal : float
        Removal [1/s], in proportion to the wall shear; zero is allowed.
    dt : float
        Time [s].

    Returns
    -------
    float
        Thickness [m].

    Notes
    -----
    Kern and Seaton, Br. Chem. Eng. 4 (1959) 258. At the flow of a pump the wall shear is 1e-5 to 1e-3 Pa and removal
    can be left out; growth is then linear.

    Examples
    --------
    >>> round(fouled(0.0, 1e-6, 0.005, 1e9) * 1e3, 6)  # mm, once as much is worn off as settles
    0.2
    """
    x = removal * dt
    mean = (1.0 - exp(-x)) / x if x > _SMALL else 1.0 - x * (0.5 - x * (1.0 / 6.0 - x * (1.0 / 24.0 - x / 120.0)))
    return thickness * exp(-x) + growth * dt * mean


@inlined
def propped_leak(deposit: float, inner: float, outer: float, viscosity: float) -> float:
    """Return what a shut valve leaks when a deposit lies spread over its seat.

    g = pi h^3 / (6 mu ln(r_o / r_i)),    h = V / (pi (r_o^2 - r_i^2))

    Parameters
    ----------
    deposit : float
        Volume of the deposit [m3].
    inner, outer : float
        Radii of the seat [m].
    viscosity : float
        Dynamic viscosity [Pa s].

    Returns
    -------
    float
        Flow per pressure [m3/(s Pa)], with the cube of the deposit.

    Notes
    -----
    The deposit holds the disc up as high as an even layer of its volume would and does not block the gap; a single
    particle of height h leaks the same (`fluidics.lines.valve.seat_conductance`).

    Examples
    --------
    >>> round(propped_leak(1e-12, 1e-3, 1.2e-3, 6.9e-4) / propped_leak(0.5e-12, 1e-3, 1.2e-3, 6.9e-4), 9)
    8.0
    """
    height = deposit / (_PI * (outer * outer - inner * inner))
    return seat_conductance(height, inner, outer, viscosity)
