"""`ClusterEncoding`: an instance whose answer is read from the winners of clusters with adaptive lines."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers
from analoghop.problems.base import Answer, Encoding, Raw
from analoghop.systems.machines.adaptive_lines import AdaptiveLines

JITTER = 0.01
"""Standard deviation of the initial inputs."""


@dataclass(frozen=True, eq=False)
class ClusterEncoding(Encoding):
    """The circuit `system`; an answer is a choice of one cell in each cluster."""

    system: AdaptiveLines
    parameters: Mapping[str, float | int | str | bool]
    duration: float
    tau: float
    step: float | None

    @abstractmethod
    def answer_of(self, choices: Integers) -> Answer:
        """Return the answer for the index of the winning cell in each cluster, (clusters,)."""

    @abstractmethod
    def choices_of(self, answer: Answer) -> Integers:
        """Return the index of the cell in each cluster that represents `answer`, (clusters,)."""

    def start(self, seed: int, index: NDArray[Any]) -> Array:
        """Return inputs of standard deviation 0.01 and weights of 1."""
        sequences = (np.random.SeedSequence(seed, spawn_key=(int(k),)) for k in index)
        drawn = [np.random.default_rng(sequence).standard_normal(self.system.cells) for sequence in sequences]
        return self.system.states(JITTER * np.stack(drawn, axis=1))

    def decode(self, outputs: Array) -> Sequence[Raw]:
        """Return the answers given by the largest output of each cluster."""
        choices = self.system.clusters.choices(np.asarray(outputs, dtype=np.float64))
        return [Raw(self.answer_of(column)) for column in choices.T]

    def embed(self, answer: Answer) -> Array:
        """Return outputs of 1 for the cells of `answer`, else 0."""
        outputs = np.zeros((self.system.cells, 1))
        outputs[self.system.clusters.starts[:-1] + self.choices_of(answer)] = 1.0
        return outputs
