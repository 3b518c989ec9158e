"""`Sampler`: a few dozen steps of a run, spread over it, with the states inside them."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from analoghop.arrays import Array
from analoghop.audits import Samples

_STEPS = 24  # steps that are kept at least, if there are so many; fewer than twice as many
_NUMBERS = 1 << 22  # in the states of all kept steps: 32 MB
_LEAST = 4  # steps that are kept at least, however large the system


class _Step(NamedTuple):
    start: float
    end: float
    before: Array
    after: Array
    times: Array
    states: Array
    weights: Array

    def with_nodes(self, count: int) -> _Step:
        """Return the step with `count` nodes: the last one repeated, without weight."""
        missing = count - len(self.times)
        if not missing:
            return self
        return self._replace(
            times=np.concatenate([self.times, np.repeat(self.times[-1:], missing)]),
            states=np.concatenate([self.states, np.repeat(self.states[:, -1:], missing, axis=1)], axis=1),
            weights=np.concatenate([self.weights, np.zeros(missing)]),
        )


class Sampler:
    """Keeps the longest step of every `stride` consecutive ones; the stride doubles as the run goes on.

    A long step is the better witness: the charges that it moves are large beside the errors it is allowed.
    """

    def __init__(self, t: float, x: Array) -> None:
        self._most = int(np.clip(_NUMBERS // (12 * max(len(x), 1)), _LEAST, 2 * _STEPS))
        self._t, self._x = t, x
        self._stride, self._seen = 1, 0
        self._kept: dict[int, _Step] = {}

    def add(
        self, t: Array, ends: Array, x: Array, node_t: Array, node_x: Array, weights: Array, steps: Array
    ) -> None:
        """Add steps that end at `t` (k,) in `x` (n, k), with the nodes `node_t` (k q,) and `node_x` (n, k q).

        `ends` are the times `t`, before a corner where a step ends there; `steps` (k,) their lengths.
        """
        count = len(weights)
        begins = np.concatenate([[self._t], t[:-1]])
        first = 0
        while first < len(t):
            last = min(len(t), first + self._stride - self._seen % self._stride)
            k = first + int(steps[first:last].argmax())
            if steps[k] > 0:
                inside = slice(k * count, (k + 1) * count)
                before = x[:, k - 1] if k else self._x
                self._keep(
                    _Step(
                        float(begins[k]),
                        float(ends[k]),
                        before.copy(),
                        x[:, k].copy(),
                        node_t[inside].copy(),
                        node_x[:, inside].copy(),
                        weights,
                    )
                )
            self._seen += last - first
            first = last
            self._thin()
        self._t, self._x = float(t[-1]), x[:, -1].copy()

    def _keep(self, step: _Step) -> None:
        place = self._seen // self._stride
        known = self._kept.get(place)
        if known is None or step.end - step.start > known.end - known.start:
            self._kept[place] = step

    def _thin(self) -> None:
        while len(self._kept) > self._most:
            self._stride *= 2
            pairs, self._kept = self._kept, {}
            for place, step in pairs.items():
                known = self._kept.get(place // 2)
                if known is None or step.end - step.start > known.end - known.start:
                    self._kept[place // 2] = step

    def samples(self, rtol: float, atol: Array) -> Samples | None:
        """Return the kept steps of a run with the tolerances `rtol` and `atol` (n,); None without any."""
        steps = list(self._kept.values())
        if not steps:
            return None
        nodes = max(len(step.times) for step in steps)  # another method may have other nodes
        steps = [step.with_nodes(nodes) for step in steps]
        before = np.stack([step.before for step in steps], axis=1)
        after = np.stack([step.after for step in steps], axis=1)
        return Samples(
            starts=np.array([step.start for step in steps]),
            ends=np.array([step.end for step in steps]),
            before=before,
            after=after,
            times=np.stack([step.times for step in steps]),
            states=np.stack([step.states for step in steps], axis=1),
            weights=np.stack([step.weights for step in steps]),
            tolerance=atol[:, None] + rtol * np.maximum(np.abs(before), np.abs(after)),
        )
