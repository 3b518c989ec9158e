"""`Binary`: a sigmoid for each vertex and colour, as in Hopfield's papers; the historical baseline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.activations import Logistic
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array
from analoghop.couplings import Eye, Ones, Sparse, best, kron
from analoghop.errors import InputError
from analoghop.problems.base import Answer, Encoding, Formulation, Raw
from analoghop.problems.clusters import JITTER
from analoghop.problems.colouring.instance import Colouring
from analoghop.problems.graph import adjacency
from analoghop.problems.option import option
from analoghop.schedules import Schedule
from analoghop.systems.circuits.network import Network


@dataclass(frozen=True)
class Binary(Formulation[Colouring]):
    """`u_ic' = -u_ic - A sum_{d != c} v_id - B sum_{j~i} v_jc + D`, v = 1/(1 + exp(-g u)).

    `A` penalises a second colour, `B` a neighbour's colour, and the bias `D` rewards a colour. The gain g
    rises geometrically from `first_gain` to `last_gain` over `ramp` of `duration` time constants. A start is
    valid where each vertex has one output above 1/2.
    """

    A: float = option(2.0, "penalty of a second colour of a vertex", above=0)
    B: float = option(1.0, "penalty of the colour of a neighbour", above=0)
    D: float = option(1.8, "reward of a colour", above=0)
    first_gain: float = option(0.2, "gain at the beginning", above=0)
    last_gain: float = option(20.0, "gain at the end", above=0)
    ramp: float = option(600.0, "time in which the gain rises", "time constants", above=0)
    duration: float = option(700.0, "duration of the anneal", "time constants", above=0)
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

    name: ClassVar[str] = "binary"
    purpose: ClassVar[str] = "one sigmoid per vertex and colour: the historical baseline, small graphs only"

    def encode(self, problem: Colouring) -> BinaryEncoding:
        """Return the circuit. Raises `InputError` where the number of colours is open."""
        if problem.colours is None:
            raise InputError("the number of `colours` is open: this circuit needs one")
        n, k = problem.size, int(problem.colours)
        graph = problem.graph
        edges = Sparse(adjacency(replace(graph, weights=None)))
        others = Ones(k, k) - Eye(k)
        T = kron(Eye(n), others) * -self.A + kron(edges, Eye(k)) * -self.B
        names = tuple(f"{i + 1}_{c + 1}" for i in range(n) for c in range(k))
        knots = np.array([0.0, self.ramp * self.tau])
        system = Network(
            best(T),
            Amplifiers.uniform(Logistic(), n * k),
            C=np.array(self.tau),
            bias=np.array(self.D),
            gain_factor=Schedule(knots, np.array([self.first_gain, self.last_gain]), "geometric"),
            names=names,
        )
        fields = ("A", "B", "D", "first_gain", "last_gain", "ramp")
        parameters: dict[str, float | int | str | bool] = {"colours": k}
        parameters |= {name: getattr(self, name) for name in fields}
        return BinaryEncoding(system, self.duration * self.tau, self.tau, None, parameters, problem)


@dataclass(frozen=True, eq=False)
class BinaryEncoding(Encoding):
    """A row of amplifiers for each vertex, one for each colour."""

    system: Network
    duration: float
    tau: float
    step: float | None
    parameters: Mapping[str, float | int | str | bool]
    problem: Colouring

    def start(self, seed: int, index: NDArray[Any]) -> Array:
        """Return inputs of standard deviation 0.01."""
        sequences = (np.random.SeedSequence(seed, spawn_key=(int(k),)) for k in index)
        drawn = [np.random.default_rng(sequence).standard_normal(self.system.size) for sequence in sequences]
        return np.asarray(JITTER * np.stack(drawn, axis=1))

    def decode(self, outputs: Array) -> Sequence[Raw]:
        """Return the colours if each vertex has one, else the number of vertices with none or several."""
        on = outputs.reshape(self.problem.size, -1, outputs.shape[1]) > 0.5
        wrong = (on.sum(axis=1) != 1).sum(axis=0).tolist()
        colours = on.argmax(axis=1).T.tolist()
        return [
            Raw(None, {"vertices without one colour": bad}) if bad else Raw(tuple(answer))
            for bad, answer in zip(wrong, colours, strict=True)
        ]

    def embed(self, answer: Answer) -> Array:
        """Return 1 for the colour of each vertex, else 0."""
        v = np.zeros((self.problem.size, self.system.size // self.problem.size))
        v[np.arange(self.problem.size), np.asarray(answer, dtype=np.int64)] = 1.0
        return v.reshape(-1, 1)

    def objective(self, outputs: Array) -> Array:
        """Return sum_edges v_i.v_j: the number of conflicts."""
        v = outputs.reshape(self.problem.size, -1, outputs.shape[1])
        i, j = self.problem.graph.edges.T
        return np.asarray(np.sum(v[i] * v[j], axis=(0, 1)))
