"""`Watch`: recording, audit and stop tests of a run, in batches of accepted steps."""

from __future__ import annotations

from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.engines.base import Follower, StepOutput, Stop, just_after
from analoghop.engines.settling import Settling
from analoghop.engines.trajectory.audit import Audit
from analoghop.engines.trajectory.quadrature import (
    Quadrature,
    quadrature,
    quadrature_beside_corners,
)
from analoghop.engines.trajectory.sampling import Sampler
from analoghop.engines.trajectory.thinning import ThinnedTrace
from analoghop.solution import Status
from analoghop.systems.base import System

_COLUMNS = 1 << 17  # numbers in a batch of nodes, eight to a step: 1 MB stays in the cache
_STEPS = 256  # steps in a batch: its overhead, dozens of array operations, is then 1 us per step
_PROMPT = 16  # steps between two stop tests, if the run may end after any step
_STATES = 1 << 26  # numbers in the record of all accepted steps: 512 MB


class Watch:
    """Records accepted steps, audits their energy, tests for settling and for `stop`.

    With an audit and `sampled`, `sampler` keeps a few dozen steps with the nodes of their quadrature.
    `steps` counts them, `t` and `x` are time and state of the last tested one. `ended` is None, or the status
    with which the run is over; its record ends there.
    """

    def __init__(
        self,
        system: System,
        t: float,
        x: Array,
        grid: Array | None,
        audit: Audit | None,
        method: str,
        settling: Settling,
        settle: bool,
        stop: Stop | None,
        sampled: bool = False,
        follower: Follower | None = None,
    ) -> None:
        self._follower = follower
        self._outputs: list[StepOutput] = []
        self._system, self._grid, self._stop = system, grid, stop
        self._audit = audit
        self._settling, self._settle = settling, settle
        self.ended: Status | None = None
        self.steps = 0
        size = min(_STEPS, max(4, _COLUMNS // (8 * max(system.size, 1))))
        self._prompt = size if stop is None and not settle else _PROMPT
        self._t, self._lengths = np.empty(size), np.empty(size)
        self._x = np.empty((size, system.size))
        self.sampler = Sampler(t, x) if sampled and audit is not None else None
        self._quadrature, self._beside = self._rules(method)
        self._at_corner = np.zeros(size, dtype=bool)
        self._pending: list[tuple[Array, Array]] = []
        self._after, self._before, self._last = -np.inf, np.inf, True
        limit = max(1000, _STATES // (system.size + 1)) if grid is None else len(grid) + 1
        self._record = ThinnedTrace(system.size + 1, limit)
        # The start is a step of zero length, so that all records are steps.
        self._t[0], self._x[0], self._lengths[0] = t, x, 0.0
        self._filled, self._looked, self._next = 1, 0, 1
        self.t, self.x = t, x
        self._due = np.inf if grid is None else grid[1]
        if grid is not None:
            self._pending.append((grid[:1], x[:, None]))
        if audit is not None and self._quadrature is not None:
            audit.start(t, x)
            self._quadrature.rest(0, t, x)

    def _rules(self, method: str) -> tuple[Quadrature | None, Quadrature | None]:
        """Return the quadrature of the powers, and that of the steps that begin or end at corners."""
        if self._audit is None:
            return None, None
        room = len(self._t), self._system.size
        beside = quadrature_beside_corners(method, *room) if self._system.cornered else None
        return quadrature(method, *room), beside

    def segment(self, after: float, before: float, last: bool) -> None:
        """Begin a segment with the inputs `after` its beginning and `before` its end, the `last` or not."""
        self._after, self._before, self._last = after, before, last

    def change(self, method: str) -> None:
        """Work out all that has been taken; what comes now is made by another of SciPy's methods."""
        self.flush()
        self._quadrature, self._beside = self._rules(method)

    def accept(self, solver: Any, at_corner: bool = False) -> None:
        """Add the last step of `solver`, which may begin or end `at_corner` of an amplifier."""
        k = self._filled
        t = solver.t
        self._t[k] = t
        self._x[k] = solver.y
        if self._quadrature is not None:
            self._lengths[k] = t - solver.t_old
            self._quadrature.take(k, solver)
            self._at_corner[k] = at_corner
            if at_corner and self._beside is not None:
                self._beside.take(k, solver)
        if t >= self._due:
            self._on_grid(solver)
        if self._follower is not None:
            self._outputs.append(solver.dense_output())
        self._filled = k + 1
        self.steps += 1
        if self._filled == len(self._t):
            self.flush()
        elif self._filled - self._looked >= self._prompt:
            self._look()

    def _on_grid(self, solver: Any) -> None:
        assert self._grid is not None, "times are due only on a grid"
        end = int(np.searchsorted(self._grid, solver.t, side="right"))
        times = self._grid[self._next : end]
        states = solver.dense_output()(times)
        if times[-1] == solver.t:
            states[:, -1] = solver.y
        self._pending.append((times, states))
        self._next = end
        self._due = self._grid[end] if end < len(self._grid) else np.inf

    def _look(self) -> None:
        """Test the steps since the last call for `stop` and for settling."""
        first, last = self._looked, self._filled
        if first == last:
            return
        t, x = self._t[first:last], np.ascontiguousarray(self._x[first:last].T)
        if self._stop is not None:
            hits = np.flatnonzero(self._stop(self._system.outputs(t, x)))
            if len(hits):
                self.ended = Status.STOPPED
                kept = int(hits[0]) + 1
                self.steps -= len(t) - kept
                self._filled = first + kept
                t, x = t[:kept], x[:, :kept]
        self._looked = self._filled
        self.t, self.x = float(t[-1]), x[:, -1].copy()
        self._settling.add(t, x)
        if self._settle and self.ended is None and self._settling.settled(self.t, self.x):
            self.ended = Status.SETTLED

    def flush(self) -> None:
        """Process all steps that have been added."""
        self._look()
        k = self._filled
        if k == 0:
            return
        t, x = self._t[:k].copy(), np.ascontiguousarray(self._x[:k].T)
        if self._audit is not None and self._quadrature is not None:
            # The time of a corner belongs to the next segment: this one has the inputs just before it.
            node_t, node_x = self._quadrature.nodes(k)
            ends = np.minimum(t, self._before)
            node_t = np.clip(node_t, self._after, self._before)
            weights, lengths = self._quadrature.weights, self._lengths[:k]
            if self.sampler is not None:
                self.sampler.add(t, ends, x, node_t, node_x, weights, lengths)
            if self._beside is not None and self._at_corner[:k].any():
                node_t, node_x, weights = self._inside(node_t, node_x, self._beside)
            self._audit.add(ends, x, node_t, node_x, lengths, weights, t if self._last else ends)
        if self._follower is not None:
            # Steps behind the end of a run, which a stop test has set, are not part of it.
            corner = np.inf if self._last else self._before
            self._follower.follow([step for step in self._outputs if step.t <= self.t], corner)
            self._outputs.clear()
        self._keep(t, x)
        self._filled = self._looked = 0

    def _inside(self, node_t: Array, node_x: Array, beside: Quadrature) -> tuple[Array, Array, Array]:
        """Return nodes and weights (k, q) in which steps at corners have those of the quadrature `beside`."""
        assert self._quadrature is not None
        own = self._quadrature.weights
        at = self._at_corner[: len(node_t) // len(own)]
        t, x = beside.nodes(len(at))
        here = np.repeat(at, len(own))
        weights = np.where(at[:, None], beside.weights, own)
        return np.where(here, t, node_t), np.where(here, x, node_x), weights

    def _keep(self, t: Array, x: Array) -> None:
        if self._grid is None:
            self._record.extend(np.concatenate([t[None], x]))
            return
        for times, states in self._pending:
            seen = times <= self.t
            self._record.extend(np.concatenate([times[seen][None], states[:, seen]]))
        self._pending.clear()

    def jump(self, corner: float) -> None:
        """Process the corner at which a segment has ended."""
        self.flush()
        if self._audit is not None:
            self._audit.jump(self._before, just_after(corner), self.x)

    def finish(self) -> Array:
        """Return the record (1 + n, k): times, then states; it ends where the run has ended."""
        self.flush()
        record = self._record.columns()
        if record[0, -1] < self.t:
            end = np.concatenate([[self.t], self.x])[:, None]
            record = np.concatenate([record, end], axis=1)
        return record

    def verdict(self, status: Status, message: str) -> tuple[Status, str, float | None]:
        """Return the status of the finished run, its message, and the time since which it has been at rest.

        `status` and `message` are those of the integration.
        """
        if self.ended is Status.STOPPED:
            return Status.STOPPED, f"the outputs passed the stop test at t = {self.t:g} s", None
        since = self._settling.since
        if since is None or (status is not Status.TIME_UP and self.ended is None):
            return status, message, None
        obstacle = None if self.ended is Status.SETTLED else self._settling.obstacle(self.t, self.x)
        if obstacle is None:
            return Status.SETTLED, f"at rest since t = {since:g} s", since
        return status, f"{message}, {obstacle}", None
