"""`Portrait`: the vector field of a circuit with two states on a grid, and its equilibria."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.systems.base import System

Window = tuple[tuple[float, float], tuple[float, float]]

POINTS = 161
_COARSE = 41
_MOST_CELLS = 400  # candidates beyond this are a line of equilibria, not many points


class RestPoint(NamedTuple):
    """An equilibrium (2,) and the eigenvalues (2,) of the Jacobian there, in 1/s."""

    state: Array
    eigenvalues: NDArray[np.complex128]

    @property
    def kind(self) -> str:
        """ "stable", "saddle" or "unstable"."""
        real = self.eigenvalues.real
        if (real < 0).all():
            return "stable"
        return "saddle" if real.min() < 0 < real.max() else "unstable"


@dataclass(frozen=True, eq=False)
class Portrait:
    """States (2, p, p) on a grid (second index: first state), dx/dt there, energy (p, p) or None, equilibria.

    All at one time, with sources and schedules frozen.
    """

    states: Array
    rates: Array
    energy: Array | None
    equilibria: tuple[RestPoint, ...]

    @property
    def flat(self) -> Array:
        """The states as members, (2, p p)."""
        return self.states.reshape(2, -1)


def portrait(system: System, time: float, trajectory: Array | None, window: Window | None) -> Portrait:
    """Return the portrait of a system with two states at `time`.

    `window` ((low, high), (low, high)); None is a box around `trajectory` (2, k) and the equilibria. Raises
    `InputError` for another number of states or an invalid window.
    """
    if system.size != 2:
        raise InputError(f"a phase plane needs a circuit with 2 states; this one has {system.size}")
    visited = np.zeros((2, 0)) if trajectory is None else trajectory[:, np.isfinite(trajectory).all(axis=0)]
    box = _box_of_targets(system, time, visited) if window is None else np.array(window, dtype=np.float64)
    if box.shape != (2, 2) or not np.isfinite(box).all() or not (box[:, 0] < box[:, 1]).all():
        raise InputError("`window` of a phase plane is ((low, high), (low, high)), each increasing")
    grid, rates = _field(system, time, box)
    equilibria = _equilibria(system, time, grid, rates)
    if window is None:
        box = _around(np.concatenate([visited, *(e.state[:, None] for e in equilibria)], axis=1), box)
        grid, rates = _field(system, time, box)
    energy = None
    if system.has_energy:
        parts = system.energy(time, grid.reshape(2, -1)).values()
        energy = np.sum(list(parts), axis=0).reshape(grid.shape[1:])
    return Portrait(grid, rates, energy, equilibria)


def _box_of_targets(system: System, time: float, visited: Array) -> Array:
    """Return a box (2, 2) that contains the trajectory and the targets of its points.

    The target of state i is x_i + tau_i dx_i/dt. With amplifiers that saturate, the range of the targets over
    any large box contains all equilibria; if it keeps growing, the box stays near the trajectory.
    """
    reach = 3.0 * system.input_scale
    seen = np.concatenate([visited, -reach, reach], axis=1)
    low, high = first = seen.min(axis=1), seen.max(axis=1)
    for _ in range(4):
        grid = np.stack(np.meshgrid(*np.linspace(low, high, _COARSE).T)).reshape(2, -1)
        pulled = grid + system.time_constants * system.rhs(time, grid)
        before = high - low
        low, high = np.minimum(low, pulled.min(axis=1)), np.maximum(high, pulled.max(axis=1))
    if not ((high - low) < 1.2 * before).all():
        low, high = first
    margin = 0.06 * (high - low)
    return np.stack([low - margin, high + margin], axis=1)


def _around(points: Array, box: Array) -> Array:
    """Return a box around `points` (2, m) with a margin; `box` if they have no extent."""
    extent = np.ptp(points, axis=1) if points.shape[1] else np.zeros(2)
    if not extent.any():
        return box
    middle = 0.5 * (points.min(axis=1) + points.max(axis=1))
    half = np.maximum(0.6 * extent, 0.2 * extent.max())
    return np.stack([middle - half, middle + half], axis=1)


def _field(system: System, time: float, box: Array) -> tuple[Array, Array]:
    """Return the states (2, p, p) of a grid over `box` and their rates."""
    grid = np.stack(np.meshgrid(*(_axis_grid(system, time, box, row) for row in (0, 1))))
    return grid, system.rhs(time, grid.reshape(2, -1)).reshape(grid.shape)


def _axis_grid(system: System, time: float, box: Array, row: int) -> Array:
    """Return the grid of one axis, denser where outputs change: even in length plus change of output."""
    line = np.linspace(box[row, 0], box[row, 1], 2001)
    states = np.repeat(box.mean(axis=1)[:, None], len(line), axis=1)
    states[row] = line
    length = np.linspace(0.0, 1.0, len(line))
    for output in system.outputs(time, states):
        change = np.abs(np.diff(output))
        if change.sum() > 0:
            length[1:] += np.cumsum(change) / change.sum()
    knots: Array = np.interp(np.linspace(0.0, length[-1], POINTS), length, line)
    return knots


def _equilibria(system: System, time: float, grid: Array, rates: Array) -> tuple[RestPoint, ...]:
    corners = np.stack([rates[:, :-1, :-1], rates[:, 1:, :-1], rates[:, :-1, 1:], rates[:, 1:, 1:]])
    crossed = ((corners.min(axis=0) <= 0) & (corners.max(axis=0) >= 0)).all(axis=0)
    cells = np.argwhere(crossed)
    if len(cells) > _MOST_CELLS:
        return ()
    span = np.ptp(grid.reshape(2, -1), axis=1)
    found: list[RestPoint] = []
    for i, j in cells:
        # For piecewise linear amplifiers, some corner of the cell is on the linear piece of the equilibrium.
        near = grid[:, i : i + 2, j : j + 2].reshape(2, 4)
        starts = [near.mean(axis=1), *near.T]
        state = next(
            (s for s in (_newton(system, time, start, span) for start in starts) if s is not None), None
        )
        if state is None or any((np.abs(state - e.state) < 1e-5 * span).all() for e in found):
            continue
        eigenvalues = np.linalg.eigvals(_jacobian(system, time, state)).astype(np.complex128)
        found.append(RestPoint(state, eigenvalues))
    return tuple(found)


def _newton(system: System, time: float, start: Array, span: Array) -> Array | None:
    """Return the equilibrium near `start` (2,), None if the iteration leaves its neighbourhood."""
    state = start
    for _ in range(50):
        rate = system.rhs(time, state[:, None])[:, 0]
        try:
            step = np.linalg.solve(_jacobian(system, time, state), rate)
        except np.linalg.LinAlgError:
            return None
        state = state - step
        if not (np.abs(state - start) < 0.1 * span).all():
            return None
        if (np.abs(step) < 1e-10 * span).all():
            return state
    return None


def _jacobian(system: System, time: float, state: Array) -> Array:
    matrix = system.jacobian(time, state[:, None])
    return np.asarray(matrix if isinstance(matrix, np.ndarray) else matrix.toarray())
