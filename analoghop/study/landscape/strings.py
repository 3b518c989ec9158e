"""`string_between`: the way of lowest energy between two minima, as a string of states."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, column, whole_number
from analoghop.engines.settling import dense_jacobian
from analoghop.errors import InputError
from analoghop.limits import Limits, limited
from analoghop.study.findings import Findings
from analoghop.systems.base import System

_STEP = 0.2  # time step in own time constants, explicit
_STILL = 1e-5  # movement of the string per step, relative to its length, that ends it


def string_between(
    system: System,
    first: ArrayLike,
    second: ArrayLike,
    *,
    images: int = 41,
    steps: int = 4000,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Return a way from the minimum `first` (n,) to `second` (n,) along the circuit's own flow.

    The simplified string method (E, Ren & Vanden-Eijnden 2007): `images` states between both move with the
    circuit and are spread evenly again, until the string stands still. It then runs down from saddles along
    the flow. Newton's method makes the highest saddle exact. Arrays: `states` (images, n), `energies`
    (images,), `length` (images,) along the string, `saddle` (n,), `saddle_energy` (1,), `saddle_index` (1,).
    Which of several ways it becomes depends on the straight line from which it begins. Raises `InputError`
    for a circuit without an energy.
    """
    if not system.has_energy:
        raise InputError(f"this circuit has no energy: {system.theorem.reason}")
    images = whole_number(images, "images", "a whole number")
    if images < 5:
        raise InputError(f"`images` is {images}, expected 5 or more")
    a, b = column(first, system.size, "first")[:, 0], column(second, system.size, "second")[:, 0]
    t, scale = system.quiet_after(), system.input_scale
    share = np.linspace(0.0, 1.0, images)
    # A bend: on a straight line through a symmetric maximum the string would stay there.
    bend = 1e-3 * scale * np.random.default_rng(0).standard_normal((system.size, 1))
    X = a[:, None] + (b - a)[:, None] * share + bend * np.sin(np.pi * share)
    step = _STEP * system.time_constants.min()
    with limited(limits, time_limit=time_limit) as within, within.heed():
        for k in range(steps):
            moved = _spread(X + step * system.rhs(t, X), scale)
            change = float(np.abs((moved - X) / scale).max())
            X = moved
            within.tell(k + 1, steps, "steps")
            if within.over or change < _STILL * images:
                break
        over = within.over
    energies = _energy(system, t, X)
    saddle, index = _saddle(system, t, X[:, int(np.argmax(energies))])
    height = float(_energy(system, t, saddle[:, None])[0])
    way = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(X / scale, axis=1), axis=0)))
    line = f"highest saddle {height:.6g} W (index {index}), {height - energies[0]:.6g} W above the first"
    return Findings(
        "string",
        {
            "length": way,
            "energies": energies,
            "states": X.T,
            "saddle": saddle,
            "saddle_energy": np.array([height]),
            "saddle_index": np.array([index]),
        },
        {"energies": "W", "states": "V", "saddle": "V", "saddle_energy": "W"},
        (line,),
        record={"images": images},
        interrupted=over,
    )


def _energy(system: System, t: float, X: Array) -> Array:
    return np.asarray(np.sum(list(system.energy(t, X).values()), axis=0))


def _spread(X: Array, scale: Array) -> Array:
    """Return states (n, images) at equal distances along the polygon through `X`."""
    way = np.append(0.0, np.cumsum(np.linalg.norm(np.diff(X / scale, axis=1), axis=0)))
    even = np.linspace(0.0, way[-1], X.shape[1])
    return np.array([np.interp(even, way, row) for row in X])


def _saddle(system: System, t: float, x: Array) -> tuple[Array, int]:
    """Return the equilibrium to which Newton's method leads from `x` (n,), and its index."""
    start = x
    for _ in range(30):
        J = dense_jacobian(system, t, x)
        step = np.linalg.lstsq(J, -system.rhs(t, x[:, None])[:, 0], rcond=None)[0]
        x = x + step
        if np.abs(step / system.input_scale[:, 0]).max() < 1e-13:
            break
    if not np.isfinite(x).all() or np.abs((x - start) / system.input_scale[:, 0]).max() > 5.0:
        x = start
    return x, int(np.count_nonzero(np.linalg.eigvals(dense_jacobian(system, t, x)).real > 0))
