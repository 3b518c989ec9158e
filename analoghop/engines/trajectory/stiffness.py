"""`Stiffness`: whether stability alone holds the steps of an explicit method down."""

from __future__ import annotations

from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.systems.base import System

_EVERY = 50  # steps between two looks
_STABLE = (
    3.0  # step times spectral bound: DOP853 is stable to 6, and the bound is at most about twice the radius
)
_STAGES = 12  # evaluations of a step of DOP853
_VECTOR = 30.0  # operations per state of an evaluation beside the entries of the Jacobian
_STEPS, _FACTORS = 300, 40  # steps and factorisations of an implicit run, slightly more than seen
_SOLVES = 4.0  # solutions per implicit step
_PYTHON = 2e5  # operations in the time that Python takes around one step
_BLAS = 0.2  # time of an operation of a dense factorisation over that of a sparse one
_GAIN = 2.0  # how much cheaper the implicit method must be


class Stiffness:
    """Looks at the steps of an explicit run from `start` to `end`, every fifty of them.

    Where their mean length is at the limit of stability (by a bound on the Jacobian's spectral radius), the
    operations of the rest of the run are counted for both kinds of methods.
    """

    def __init__(self, system: System, start: float, end: float) -> None:
        self._system, self._since, self._end = system, start, end
        self._steps = 0

    def limits(self, t: float, x: Array) -> bool:
        """Count the step that ended at `t` in the state `x` (n,); return whether to go on implicitly."""
        self._steps += 1
        if self._steps % _EVERY:
            return False
        mean, self._since = (t - self._since) / _EVERY, t
        J = self._system.jacobian(t, x[:, None])
        if not np.isfinite(J.data if hasattr(J, "toarray") else J).all():
            return False
        if mean * _radius(J) < _STABLE:
            return False
        left = (self._end - t) / mean
        entries = J.nnz if hasattr(J, "toarray") else J.size
        explicit = left * (_STAGES * (2.0 * entries + _VECTOR * len(x)) + _PYTHON)
        return bool(explicit > _GAIN * _implicit(J, mean))


def _radius(J: Any) -> float:
    """Return a bound on the spectral radius of a matrix: its largest sum of a row or column (Gershgorin)."""
    size = abs(J)
    return float(min(np.max(size.sum(axis=axis)) for axis in (0, 1)))


def _implicit(J: Any, step: float) -> float:
    """Return the operations of an implicit run with the Jacobian `J`."""
    n = J.shape[0]
    if not hasattr(J, "toarray"):
        return float(_FACTORS * _BLAS * n**3 / 1.5 + _STEPS * (_SOLVES * 2.0 * n * n + _PYTHON))
    from scipy.sparse import csc_array, eye_array
    from scipy.sparse.linalg import splu

    try:
        factors: Any = splu(csc_array(eye_array(n) - (10.0 * step) * J))
    except RuntimeError:  # singular by chance: no reason to change
        return float("inf")
    filled = float(factors.L.nnz + factors.U.nnz)
    return float(_FACTORS * 2.0 * filled * filled / n + _STEPS * (_SOLVES * 2.0 * filled + _PYTHON))
