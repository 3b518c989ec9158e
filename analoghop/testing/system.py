"""`check_system`: the laws of a system of equations."""

from __future__ import annotations

from typing import Any

import numpy as np

from analoghop.arrays import Array, members
from analoghop.engines.trajectory.scipy_ivp import ScipyIVP
from analoghop.systems.base import System
from analoghop.testing.claims import agree, demand, equal, is_positive, refused

MEMBERS = 4
RUN = 2.0  # duration of the run that checks the theorem, in slowest time constants


def check_system(system: System, states: Array | None = None, time: float | None = None) -> None:
    """Raise `AssertionError`, naming the law and the numbers, unless `system` keeps its contract.

    `states` (size, members) are the states of the checks, by default normal numbers in units of
    `input_scale`: give them if not every vector is a valid state, away from boundaries. `time` (s) is the
    time of the checks, by default 0.37 of `quiet_after`, or of the slowest time constant.

    The laws, of `analoghop.systems.base.System`: names and shapes; members are independent of each other, and
    each may have its own time; `bind` equals `rhs`; the Jacobian is the derivative of the rate; in `flow` the
    rate is that of `rhs`, and dE/dt = supplied - dissipated; if the theorem applies, the supplied power is
    zero, the dissipated power not negative, and along a short run of SciPy the energy never rises and agrees
    with the power balance; if it does not apply, there is a reason; nothing changes after `quiet_after`.
    """
    if states is None:
        rng = np.random.default_rng(0)
        states = system.input_scale * rng.normal(size=(system.size, MEMBERS))
    x = members(states, system.size, "states")
    t = _moment(system) if time is None else time
    _check_names(system)
    _check_scales(system, x, t)
    _check_members(system, x, t)
    _check_jacobian(system, x, t)
    _check_energy(system, x, t)
    _check_rest(system, x)


def _moment(system: System) -> float:
    """Return a time at which schedules change, away from their corners."""
    quiet = system.quiet_after()
    span = quiet if 0 < quiet < np.inf else float(system.time_constants.max())
    t = 0.37 * span
    corners = np.array(system.breakpoints(span), dtype=np.float64)
    while len(corners) and np.abs(corners - t).min() < 1e-3 * span:
        t += 2e-3 * span
    return t


def _check_names(system: System) -> None:
    names = system.signal_names
    demand(len(set(names)) == len(names), "signals have different names")
    demand(all(name == name.lower() for name in names), "names of signals are lower case")
    demand(system.size >= 1 and system.n_outputs >= 0, f"the system has {system.size} states")


def _check_scales(system: System, x: Array, t: float) -> None:
    column = (system.size, 1)
    for name in ("time_constants", "input_scale"):
        value = getattr(system, name)
        demand(value.shape == column, f"`{name}` has the shape {value.shape}, expected {column}")
        demand(is_positive(value), f"`{name}` holds {value.min():g}, expected positive finite numbers")
    demand(system.decay.shape == column, f"`decay` has the shape {system.decay.shape}, expected {column}")
    demand((system.decay >= 0).all(), f"`decay` holds {system.decay.min():g}, expected 0 or more")
    if system.noise is not None:
        demand(system.noise.shape == column, f"`noise` has the shape {system.noise.shape}, expected {column}")
    count = x.shape[1]
    meter = (len(system.meters), count)
    demand(system.meter(t, x).shape == meter, f"`meter` has not the shape {meter}")
    stored = system.stored(t, x)
    demand(stored is None or stored.shape == (count,), f"`stored` has not the shape {(count,)}")


def _check_members(system: System, x: Array, t: float) -> None:
    count = x.shape[1]
    before = x.copy()
    rate, outputs = system.rhs(t, x), system.outputs(t, x)
    demand(rate.shape == x.shape, f"`rhs` has the shape {rate.shape}, expected {x.shape}")
    wanted = (system.n_outputs, count)
    demand(outputs.shape == wanted, f"`outputs` has the shape {outputs.shape}, expected {wanted}")
    equal("`rhs` and `outputs` leave the states as they were", x, before)
    scale = max(1e-300, float(np.abs(rate).max()))
    agree("the rate that `bind` returns", system.bind()(t, x[:, 0].copy()), rate[:, 0], atol=1e-11 * scale)
    times = t * np.linspace(0.8, 1.0, count)
    mine, seen = system.rhs(times, x), system.outputs(times, x)
    for k in range(count):
        one, when = x[:, [k]], float(times[k])
        law = f"member {k} at a time of its own"
        agree(f"the rate of {law}", mine[:, [k]], system.rhs(when, one), atol=1e-11 * scale)
        alone = system.outputs(when, one)
        largest = max(1.0, float(np.abs(alone).max(initial=0.0)))
        agree(f"the outputs of {law}", seen[:, [k]], alone, atol=1e-11 * largest)
    signals = system.observe(t, x, system.signal_names)
    wanted = (len(system.signal_names), count)
    demand(signals.shape == wanted, f"`observe` has the shape {signals.shape}, expected {wanted}")
    refused("an unknown signal", lambda: system.observe(t, x, ["v(no such signal)"]), KeyError)


def _check_jacobian(system: System, x: Array, t: float) -> None:
    rng, point = np.random.default_rng(1), x[:, :1]
    J: Any = system.jacobian(t, point)
    demand(tuple(J.shape) == (system.size, system.size), f"the Jacobian has the shape {tuple(J.shape)}")
    for _ in range(3):
        d = 1e-6 * system.input_scale * rng.normal(size=point.shape)
        change = 0.5 * (system.rhs(t, point + d) - system.rhs(t, point - d))
        size = float(np.abs(system.rhs(t, point)).max() + np.abs(change).max() / 1e-6)
        agree("the Jacobian is the derivative of the rate", (J @ d) / 1e-6, change / 1e-6, atol=1e-6 * size,
              rtol=1e-6)  # fmt: skip


def _check_energy(system: System, x: Array, t: float) -> None:
    theorem, count = system.theorem, x.shape[1]
    demand(
        theorem.applies is not bool(theorem.reasons),
        f"a theorem applies or has reasons why not: {theorem.applies}, {theorem.reasons}",
    )
    if not system.has_energy:
        demand(not theorem.applies, "a theorem applies, but the system has no energy")
        refused("the energy of a system that has none", lambda: system.energy(t, x), NotImplementedError)
        refused("the flow of a system that has no energy", lambda: system.flow(t, x), NotImplementedError)
        return
    times = t * np.linspace(0.8, 1.0, count)
    flow = system.flow(times, x)
    rate = system.rhs(times, x)
    agree("the rate of `flow`", flow.rate, rate, atol=1e-9 * float(np.abs(rate).max()), rtol=1e-9)
    for name, part in system.energy(times, x).items():
        demand(part.shape == (count,), f"the part {name!r} of the energy has the shape {part.shape}")

    def energy(s: float) -> Array:
        parts = system.energy(times + s, x + s * flow.rate)
        return np.asarray(np.sum(list(parts.values()), axis=0))

    fast = float((np.abs(flow.rate) / system.input_scale).max())
    # A step within which the states and the schedules change little.
    h = 1e-5 / max(fast, 1.0 / float(system.time_constants.max()))
    change, wanted = (energy(h) - energy(-h)) / (2 * h), flow.supplied - flow.dissipated
    total = np.sum(np.abs(list(system.energy(times, x).values())), axis=0)
    size = np.abs(flow.supplied) + np.abs(flow.dissipated)
    allowed = 1e-6 * float(size.max()) + 1e-15 * float(total.max()) / h
    agree("dE/dt = supplied - dissipated", change, wanted, atol=allowed)
    if theorem.applies:
        _check_theorem(system, x, t)


def _check_theorem(system: System, x: Array, t: float) -> None:
    demand(theorem_name := system.theorem.name, "a theorem that applies has a name")
    flow = system.flow(t, x)
    size = float(np.abs(flow.dissipated).max(initial=0.0))
    demand(not flow.supplied.any(), f"{theorem_name}: {flow.supplied.max():g} W are supplied, expected none")
    lowest = float(flow.dissipated.min())
    demand(lowest >= -1e-12 * (1.0 + size), f"{theorem_name}: the dissipated power is {lowest:g}, below 0")
    span = RUN * float(system.time_constants.max())
    run = ScipyIVP(rtol=1e-10).integrate(system, x[:, :1], (0.0, span))
    energy = run.energy
    demand(energy is not None and energy.guaranteed, f"{theorem_name}: a run does not know that it applies")
    assert energy is not None
    floor = 1e-9 * energy.drop + 1e-12 * float(np.abs(energy.total).max())
    demand(
        energy.largest_rise <= floor, f"{theorem_name}: the energy rises by {energy.largest_rise:g} in a run"
    )
    demand(
        energy.balance_error < 1e-4,
        f"{theorem_name}: power and energy differ by {energy.balance_error:.2g} of a run",
    )


def _check_rest(system: System, x: Array) -> None:
    quiet = system.quiet_after()
    demand(quiet >= 0, f"`quiet_after` is {quiet:g}, expected 0 or more")
    until = 2.0 * quiet if 0 < quiet < np.inf else 10.0 * float(system.time_constants.max())
    corners = np.array(system.breakpoints(until), dtype=np.float64)
    inside = (corners > 0) & (corners < until)
    demand(
        inside.all() and (np.diff(corners) > 0).all(), f"breakpoints {corners} do not rise in (0, {until:g})"
    )
    if quiet < np.inf:
        late, later = quiet + 1e-3 * until, quiet + until
        equal("the rate after `quiet_after`", system.rhs(later, x), system.rhs(late, x))
