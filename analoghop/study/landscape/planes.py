"""`basins_in_plane`: to which attractor the states of a plane lead."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, real, whole_number
from analoghop.circuit.circuit import Circuit
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.simulate_many import simulate_many
from analoghop.study.continuation.paths import system_of
from analoghop.study.findings import Findings
from analoghop.systems.base import System


def basins_in_plane(
    source: System | Circuit | str | Path,
    states: ArrayLike,
    *,
    resolution: int = 61,
    margin: float = 0.3,
    parameters: Mapping[str, str | float] | None = None,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Return the attractors reached from the plane through three `states` (3, n), in volts.

    A grid of `resolution` times `resolution` starts covers the three states with a `margin` in parts of their
    distances. The axes of the plane are orthonormal in input scales: the first one leads from the first state
    to the second. Arrays: `x`, `y` (resolution,), `label` (resolution, resolution; rows are y), -1 where a
    run did not settle; `settling` times in s; `places` (3, 2) of the three states; `attractors` (k, n) and
    the shares `share` (k,) of the plane. Raises `InputError` for states on one line.
    """
    system = system_of(source, parameters)
    corners = real(states, "`states`")
    if corners.shape != (3, system.size) or not np.isfinite(corners).all():
        raise InputError(f"`states` has shape {corners.shape}, expected (3, {system.size}) finite numbers")
    resolution = whole_number(resolution, "resolution", "a whole number")
    if not 3 <= resolution <= 2000:
        raise InputError(f"`resolution` is {resolution}, expected 3 to 2000")
    scale = system.input_scale[:, 0]
    axes, places = _axes(corners / scale)
    low, high = places.min(axis=0), places.max(axis=0)
    x, y = (
        np.linspace(a - margin * (b - a), b + margin * (b - a), resolution)
        for a, b in zip(low, high, strict=True)
    )
    grid = np.stack([part.ravel() for part in np.meshgrid(x, y)])
    starts = corners[0][:, None] + (axes.T @ grid) * scale[:, None]
    run = simulate_many(system, x0=starts, limits=limits, time_limit=time_limit)
    ends = run.attractors()
    label = np.full(grid.shape[1], -1, dtype=np.int64)
    label[run.place] = ends.labels
    settling = np.full(grid.shape[1], np.nan)
    settling[run.place] = run.settled_at
    lines = [f"{len(ends)} attractors from a plane of {resolution} x {resolution} starts"]
    lines += [
        f"attractor {k + 1}: {one.fraction:.2%} of the plane"
        + ("" if one.energy is None else f", energy {one.energy:.6g} W")
        for k, one in enumerate(ends)
    ]
    return Findings(
        "basins",
        {
            "x": x,
            "y": y,
            "label": label.reshape(resolution, resolution),
            "settling": settling.reshape(resolution, resolution),
            "places": places,
            "attractors": np.array([one.state for one in ends]).reshape(-1, system.size),
            "share": np.array([one.fraction for one in ends]),
        },
        {"settling": "s", "attractors": "V", "x": "input scales", "y": "input scales"},
        tuple(lines),
        record={"resolution": resolution, "margin": margin},
        interrupted=run.unfinished > 0,
    )


def _axes(corners: Array) -> tuple[Array, Array]:
    """Return orthonormal axes (2, n) of the plane through three points (3, n), and their places (3, 2)."""
    along, other = corners[1] - corners[0], corners[2] - corners[0]
    length = float(np.linalg.norm(along))
    if not length > 0:
        raise InputError("the first two `states` are the same")
    first = along / length
    across = other - first * float(first @ other)
    size = float(np.linalg.norm(across))
    if not size > 1e-9 * length:
        raise InputError("the three `states` lie on one line, expected three that span a plane")
    axes = np.array([first, across / size])
    return axes, (corners - corners[0]) @ axes.T
