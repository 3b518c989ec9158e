"""A formulation small enough to follow: Hopfield and Tank's network of 1985, on SciPy."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.activations import Logistic
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array, Mask
from analoghop.problems.base import Answer, Encoding, Formulation, Raw
from analoghop.problems.tsp import TSP
from analoghop.systems.circuits.network import Network


class ToyEncoding(Encoding):
    step = None
    tau = 1.0

    def __init__(self, problem: TSP, options: "Toy") -> None:
        n, u0 = problem.size, options.u0
        d = problem.distances / problem.distances.max()
        eye, ones = np.eye(n), np.ones((n, n))
        ring = np.roll(eye, 1, axis=0) + np.roll(eye, -1, axis=0)
        T = (
            -500 * (np.kron(eye, ones - eye) + np.kron(ones - eye, eye))
            - 200.0
            - options.D * np.kron(d, ring)
        )
        self.n, self.u0 = n, u0
        self.system = Network(T, Amplifiers.uniform(Logistic(), n * n, gain=2 / u0), bias=200.0 * (n + 2))
        self.duration = options.duration
        self.parameters = {"D": options.D, "u0": u0}
        self.broken = options.broken

    def start(self, seed: int, index: NDArray[Any]) -> Array:
        starts = [np.random.default_rng([seed, k]).uniform(-1, 1, self.n**2) for k in index]
        x0 = -0.5 * self.u0 * np.log(self.n - 1) + 0.1 * self.u0 * np.array(starts).T
        x0[:, index < self.broken] = 1e308
        return x0

    def start_near(self, answer: Answer, seed: int, index: NDArray[Any]) -> Array:
        return self.start(seed, index) + self.u0 * (self.embed(answer) - 0.5)

    def decode(self, outputs: Array) -> Sequence[Raw]:
        squares = outputs.reshape(self.n, self.n, -1) > 0.5
        return [self._read(squares[:, :, k]) for k in range(squares.shape[2])]

    def _read(self, V: Mask) -> Raw:
        rows, columns = (int((V.sum(axis=axis) != 1).sum()) for axis in (1, 0))
        if rows or columns:
            return Raw(None, {"rows": rows, "columns": columns})
        return Raw(tuple(V.argmax(axis=0).tolist()))

    def embed(self, answer: Answer) -> Array:
        V = np.zeros((self.n, self.n))
        V[list(answer), np.arange(self.n)] = 1.0
        return V.reshape(-1, 1)


@dataclass(frozen=True)
class Toy(Formulation[TSP]):
    D: float = 300.0
    u0: float = 0.02
    duration: float = 0.4
    broken: int = 0

    name: ClassVar[str] = "toy"
    purpose: ClassVar[str] = "for tests"

    def encode(self, problem: TSP) -> ToyEncoding:
        return ToyEncoding(problem, self)
