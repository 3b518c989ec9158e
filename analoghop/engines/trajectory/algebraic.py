"""`Still`: the solver of a circuit without states, whose signals depend on its inputs only."""

from __future__ import annotations

from copy import copy

import numpy as np

from analoghop.arrays import Array

_STEPS = 100  # steps between two corners, which resolve the curvature of the signals


class Still:
    """Advances the time with the interface of SciPy's solvers, with states of shape (0,)."""

    nfev = njev = 0

    def __init__(self, start: float, end: float, max_step: float) -> None:
        self.t = self.t_old = start
        self.y = np.empty(0)
        self.status = "running"
        self._start, self._end = start, end
        self._count, self._steps = 0, max(_STEPS, int(np.ceil((end - start) / max_step)))

    def step(self) -> str | None:
        """Advance to the next of equally spaced times; this never fails."""
        self._count += 1
        self.t_old, self.t = self.t, self._start + (self._end - self._start) * self._count / self._steps
        if self._count == self._steps:
            self.t, self.status = self._end, "finished"
        return None

    def dense_output(self) -> Still:
        """Return the dense output of the step, a function of time."""
        return copy(self)

    def __call__(self, t: Array) -> Array:
        """Return the states at `t` (k,): an array (0, k)."""
        return np.empty((0, len(t)))
