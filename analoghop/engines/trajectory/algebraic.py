"""`Still`: the solver of a circuit without capacitors, whose signals follow its inputs."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Array

_STEPS = 100  # to a stretch between corners, so that what bends there is seen


class Still:
    """Walks through time like a solver of SciPy's, with states of shape (0,)."""

    nfev = njev = 0

    def __init__(self, start: float, end: float, max_step: float) -> None:
        self.t = self.t_old = start
        self.y = np.empty(0)
        self.status = "running"
        self._start, self._end = start, end
        self._count, self._steps = 0, max(_STEPS, int(np.ceil((end - start) / max_step)))

    def step(self) -> str | None:
        """Go on to the next of equally spaced times; there is nothing that could fail."""
        self._count += 1
        self.t_old, self.t = self.t, self._start + (self._end - self._start) * self._count / self._steps
        if self._count == self._steps:
            self.t, self.status = self._end, "finished"
        return None

    def dense_output(self) -> Still:
        """Return what gives the states inside the step."""
        return self

    def __call__(self, t: Array) -> Array:
        """Return the states at `t` (k,): an array (0, k)."""
        return np.empty((0, len(t)))
