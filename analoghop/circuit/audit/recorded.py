"""`recorded_samples`: intervals of a run whose engine keeps no states inside its steps, from its record."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Array
from analoghop.audits import Samples
from analoghop.solution import Solution

_POINTS = 5  # recorded times of one interval: those of Boole's rule, Simpson's being the rougher one
_WINDOWS = 24
_RTOL = 1e-3  # of an engine with a fixed step, which allows itself no error that it could name
_SIGMAS = 0.6  # of a walk, where ten times the tolerance is allowed: six deviations
_DOUBT = 4.0  # times the difference of the two rules: what is between the recorded times is not known


def recorded_samples(solution: Solution) -> Samples | None:
    """Return up to 24 groups of five recorded times between the corners of the inputs; None without any.

    White noise moves the states beside the rate that the deck gives: six deviations of its walk are allowed.
    """
    t, x, system = solution.times, solution.states, solution.system
    first = np.arange(0, len(t) - _POINTS + 1)
    corners = np.asarray(system.breakpoints(float(t[-1])))
    last = first + _POINTS - 1
    clear = np.searchsorted(corners, t[first], side="right") == np.searchsorted(corners, t[last], side="left")
    first = first[clear & (t[last] > t[first])]
    if not len(first):
        return None
    first = first[np.unique(np.linspace(0, len(first) - 1, _WINDOWS).astype(np.intp))]
    inside = first[:, None] + np.arange(_POINTS)
    times, last = t[inside], first + _POINTS - 1
    length = t[last] - t[first]
    nodes = (times - t[first][:, None]) / length[:, None]
    fine, rough = _weights(nodes), np.zeros(nodes.shape)
    rough[:, ::2] = _weights(nodes[:, ::2])
    rtol = float(solution.record.get("rtol", 0.0)) if solution.record.get("dt") is None else 0.0  # type: ignore[arg-type]
    rtol = rtol or _RTOL
    before, after = x[:, first], x[:, last]
    tolerance = rtol * (0.01 * system.input_scale + np.maximum(np.abs(before), np.abs(after)))
    if system.noise is not None:
        factor = 1.0 if system.noise_factor is None else np.abs(system.noise_factor.value(times)).max(axis=1)
        tolerance = tolerance + _SIGMAS * system.noise * np.sqrt(length) * factor
    return Samples(
        starts=t[first],
        ends=t[last],
        before=before,
        after=after,
        times=times,
        states=x[:, inside],
        weights=fine,
        tolerance=tolerance,
        other=fine - _DOUBT * (fine - rough),
    )


def _weights(nodes: Array) -> Array:
    """Return the weights (w, q) of the integral over [0, 1] of the polynomial through the `nodes` (w, q)."""
    powers = np.arange(nodes.shape[1])
    matrices = nodes[:, None, :] ** powers[None, :, None]
    moments = np.broadcast_to((1.0 / (powers + 1.0))[None, :, None], (*nodes.shape, 1))
    return np.asarray(np.linalg.solve(matrices, moments)[:, :, 0])
