"""`MemoryCircuit`: a circuit of a memory with its conversion of cues to states and of states to patterns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array
from analoghop.memory.cues import make_cues
from analoghop.problems.base import Answer, Encoding, Raw
from analoghop.systems.base import System

if TYPE_CHECKING:
    from analoghop.memory.patterns import Memory

TAU = 1e-3
"""Time constant of a node in seconds: 10 kOhm and 100 nF."""

PATIENCE = 1000.0
"""Longest recall in time constants: mostly 20 are enough to settle, but near capacity, and near the peak of
Morita's amplifier, the last units move slowly for up to 900."""


@dataclass(frozen=True, eq=False)
class MemoryCircuit(Encoding):
    """A circuit whose first n states u, the features, represent a pattern by their signs.

    A bit of a cue begins at `amplitude` volts. `readers` (m, n): the m further states begin at the product of
    this matrix and the signs of the features; m may be 0. `middle`: the output at which the sign of a feature
    changes. If the outputs are not those of the features, or are not monotone, it is None, and the features
    at rest are `drive` (n, n_outputs) times the outputs plus `shift` (n, 1). `noise`: the share of bits that
    `start` flips, `first`: the pattern that is the cue of trajectory 0.
    """

    memory: Memory
    system: System
    duration: float
    tau: float
    parameters: Mapping[str, float | int | str | bool]
    amplitude: float = 1.0
    readers: Array = field(default_factory=lambda: np.zeros((0, 0)))
    middle: float | None = 0.0
    drive: Array = field(default_factory=lambda: np.zeros((0, 0)))
    shift: Array = field(default_factory=lambda: np.zeros((1, 1)))
    noise: float = 0.1
    first: int = 0
    step: float | None = None

    @property
    def patience(self) -> float:
        """Longest settling time of a recall in seconds."""
        return max(PATIENCE * self.tau, self.duration)

    def begin(self, cues: Array) -> Array:
        """Return the states (size, members) that represent `cues` (n, members)."""
        u = self.amplitude * np.asarray(cues, dtype=np.float64)
        return np.concatenate([u, self.readers @ np.sign(u)]) if self.readers.size else u

    def signs(self, states: Array) -> Array:
        """Return the pattern that `states` (size, members) represent, +1 and -1 (0 for 0), (n, members)."""
        return np.sign(states[: self.memory.size])

    def start(self, seed: int, index: NDArray[Any]) -> Array:
        """Return the starts of the trajectories `index`: the cue of number k is pattern `first` + k (modulo).

        A share `noise` of the bits is flipped.
        """
        numbers = np.asarray(index, dtype=np.int64)
        wanted = (self.first + numbers) % self.memory.count
        cues = make_cues(self.memory, wanted, noise=self.noise, seed=seed, numbers=numbers.tolist())
        return self.begin(cues.values)

    def decode(self, outputs: Array) -> Sequence[Raw]:
        """Return per column of the outputs the stored pattern that it equals, or its distance from one."""
        if self.middle is not None:
            features = outputs[: self.memory.size] - self.middle
        else:
            features = self.drive @ outputs + self.shift
        found = []
        for u in features.T:
            signs = np.where(u >= 0.0, 1.0, -1.0)
            verdict = self.memory.verify(signs)
            found.append(Raw(signs if verdict.valid else None, verdict.violations))
        return found

    def embed(self, answer: Answer) -> Array:
        """Return the outputs of the circuit at the pattern `answer` (n,)."""
        return self.system.outputs(0.0, self.begin(np.asarray(answer, dtype=np.float64)[:, None]))
