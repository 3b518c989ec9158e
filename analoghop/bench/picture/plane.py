"""`plane_of`: the phase plane of a circuit of two states: its flow, nullclines and equilibria."""

from __future__ import annotations

from typing import Any

import numpy as np

from analoghop.bench.session import Session
from analoghop.errors import AnalogHopError
from analoghop.limits import Limits
from analoghop.study.all_equilibria import equilibria

POINTS = 81
"""Points of the grid along each side."""
_MARGIN = 1.3
_PATIENCE = 0.5


def plane_of(session: Session) -> dict[str, Any] | None:
    """Return the plane of two states; None for other numbers of states.

    `x` and `y` (POINTS,) are the axes in volts; `dx` and `dy` (POINTS, POINTS) the rates, row by row from the
    lowest y; the nullclines are where these are zero. `equilibria` are [x, y, stable], with the present
    inputs.
    """
    rig = session.rig
    system = rig.system
    if system.size != 2:
        return None
    found: list[list[Any]] = []
    if system.noise is None:
        try:
            points = equilibria(system, starts=64, limits=Limits(_PATIENCE))
            found = [
                [*points.states[:, k].tolist(), bool(points.indices[k] == 0)] for k in range(len(points))
            ]
        except AnalogHopError:
            found = []  # a driven circuit has none: the plane is drawn without them
    middle = system.thresholds[:, 0]
    reach = 2.5 * system.input_scale[:, 0]
    seen = np.array([[*point[:2]] for point in found] + [snapshot.x for snapshot in session.history])
    reach = np.maximum(reach, np.abs(seen - middle).max(axis=0, initial=0.0)) * _MARGIN
    axes = [np.linspace(m - r, m + r, POINTS) for m, r in zip(middle, reach, strict=True)]
    X, Y = np.meshgrid(*axes)
    rates = system.rhs(session.t, np.stack([X.ravel(), Y.ravel()]))
    return {
        "names": list(system.state_names),
        "x": axes[0].tolist(),
        "y": axes[1].tolist(),
        "dx": rates[0].tolist(),
        "dy": rates[1].tolist(),
        "equilibria": found,
    }
