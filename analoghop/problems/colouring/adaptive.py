"""`AdaptiveColouring`: winner-take-all vertices, and edges whose weights grow while in conflict."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers
from analoghop.couplings.spectrum import extremes
from analoghop.errors import InputError
from analoghop.problems.base import Answer, Formulation
from analoghop.problems.clusters import ClusterEncoding
from analoghop.problems.colouring.instance import Colouring
from analoghop.problems.colouring.reduction import Reduction
from analoghop.problems.option import option
from analoghop.systems.machines.adaptive_lines import AdaptiveLines
from analoghop.systems.machines.cycles import Cycles
from analoghop.systems.machines.exclusions import Exclusions

DENSE = (0.3, 0.7)
"""Range of the density of dense random graphs."""

MOST_CYCLES = 14
"""Largest number of cycles: gain and noise of every step are in memory, 16 million steps."""


@dataclass(frozen=True)
class AdaptiveColouring(Formulation[Colouring]):
    """`du_ic = (-u_ic - sum_j w_ij (d_j/d_i) v_jc) dt + s dW`, v the softmax of g u over the colours c,
    `w_ij' = eta v_i.v_j - delta (w_ij - 1)` for each edge; d are the degrees, so that hubs win over leaves.

    The gain rises geometrically from 0.7 g_c over `ramp` steps, through the critical gain g_c =
    k/|lambda_min(A)| at which the symmetric state loses its stability, to max(20, 4 g_c), and stays there;
    the noise s falls linearly. Both restart in each of `cycles`, the first of 1000 steps and each twice as
    long as the one before; u and w continue. The run ends at the first proper colouring.

    None means the default: `gain` (final), `noise` (initial) and `fall` (final noise of a cycle divided by
    the initial one), `delta`; dense random graphs, see `dense_random`, have other defaults. `step` of Euler's
    rule, in time constants; the defaults were found with its default, smaller steps work too. With too few
    colours the weights stay large, and with the default step all vertices may oscillate in phase without end,
    all edges in conflict: a step of 0.2 shows the end state of the circuit itself. `core`: whether vertices
    of fewer than k neighbours, which can always be coloured last, are left out of the circuit. Vertices
    without neighbours always are.
    """

    cycles: int = option(
        5, "number of anneals in a row, each twice as long as the one before", low=1, high=MOST_CYCLES
    )
    gain: float | None = option(
        None, "gain at the end of a cycle", above=0, none="20, or four times the critical gain"
    )
    noise: float | None = option(
        None,
        "noise at the beginning of a cycle",
        "u per root time constant",
        low=0,
        none="by the density of the graph",
    )
    fall: float | None = option(
        None,
        "noise at the end of a cycle, divided by that at its beginning",
        low=0,
        none="by the density of the graph",
    )
    eta: float = option(
        0.5, "rate at which the weight of an edge in conflict grows", "1/time constant", low=0
    )
    delta: float | None = option(
        None,
        "rate at which weights fall back to 1",
        "1/time constant",
        low=0,
        none="by the density of the graph",
    )
    ramp: int = option(500, "steps in which the gain rises", low=1)
    step: float = option(0.4, "length of a step", "time constants", above=0)
    core: bool = option(True, "whether vertices of fewer neighbours than colours are left out of the circuit")
    tau: float = option(1.0, "time constant of the circuit", "s", above=0)

    name: ClassVar[str] = "memristive"
    purpose: ClassVar[str] = "winner-take-all vertices, edge weights that grow while in conflict"

    def encode(self, problem: Colouring) -> MemristiveEncoding:
        """Return the circuit. Raises `InputError` where the number of colours is open."""
        if problem.colours is None:
            raise InputError("the number of `colours` is open: this circuit needs one")
        k = int(problem.colours)
        graph = problem.graph
        reduction = Reduction.isolated(graph)
        if self.core:
            core = Reduction.core(graph, k)
            # The core is empty for graphs that are easy to colour greedily: these run completely.
            reduction = core if len(core.kept) else reduction
        edges, n = reduction.edges, len(reduction.kept)
        degrees = np.bincount(edges.ravel(), minlength=n).astype(np.float64)
        lowest = _smallest_eigenvalue(edges, n)
        critical = k / abs(lowest)
        # The core of a structured graph may look random: the test uses the whole graph.
        random = dense_random(graph.degrees[graph.degrees > 0], lowest)
        plan = self._plan(random, critical)
        i, j = edges.T
        lengths = 1000 * 2.0 ** np.arange(self.cycles) * 0.4 * self.tau
        duration = float(lengths.sum())
        system = AdaptiveLines(
            np.full(n, k),
            Cycles(0.7 * critical, plan["gain"], lengths, self.ramp * 0.4 * self.tau, geometric=True),
            duration=duration,
            step=self.step * self.tau,
            pairs=Exclusions(n * k, i * k, j * k, k, degrees[i] * degrees[j], self.eta, plan["delta"]),
            sigma=plan["noise"],
            noise_factor=Cycles(1.0, plan["fall"], lengths, lengths),
            capacity=degrees**2,
            check_every=max(1, round(10 * 0.4 / self.step)),
            tau=self.tau,
        )
        parameters: dict[str, float | int | str | bool] = {
            "colours": k,
            "critical_gain": critical,
            "lambda_min": lowest,
            "dense_random": random,
            "first_gain": 0.7 * critical,
            **plan,
            "eta": self.eta,
            "ramp": self.ramp,
            "cycles": self.cycles,
            "steps": system.steps,
            "step_tau": self.step,
            "core": self.core,
            "left_out": len(reduction.removed),
        }
        return MemristiveEncoding(system, parameters, duration, self.tau, system.step, problem, reduction)

    def _plan(self, random: bool, critical: float) -> dict[str, float]:
        if random:
            usual = {"gain": max(10.0, 4.0 * critical), "noise": 0.3, "fall": 1.0, "delta": 0.1}
        else:
            usual = {"gain": max(20.0, 4.0 * critical), "noise": 0.3, "fall": 0.5, "delta": 0.05}
        chosen = {name: getattr(self, name) for name in usual}
        return {name: usual[name] if value is None else float(value) for name, value in chosen.items()}


@dataclass(frozen=True, eq=False)
class MemristiveEncoding(ClusterEncoding):
    """A cluster for each kept vertex, a cell for each colour."""

    problem: Colouring
    reduction: Reduction

    def answer_of(self, choices: Integers) -> Answer:
        """Return a colour per vertex; the vertices left out are coloured last."""
        return tuple(self.reduction.complete(choices).tolist())

    def choices_of(self, answer: Answer) -> Integers:
        """Return the colours of the kept vertices."""
        return np.asarray(answer, dtype=np.int64)[self.reduction.kept]

    def objective(self, outputs: Array) -> Array:
        """Return sum_edges v_i.v_j: the number of conflicts."""
        return np.asarray(self.system.pairs.excess(outputs).sum(axis=0))


def dense_random(degrees: NDArray[Any], lowest: float) -> bool:
    """Return whether a graph with these `degrees` and smallest eigenvalue looks like a dense random one.

    Its density p is from 0.3 to 0.7, the degrees have at most twice the binomial variance
    n p (1 - p), and the eigenvalue is at least 0.8 of -2 sqrt(n p (1 - p)), the edge of the semicircle.
    """
    n = len(degrees)
    p = float(degrees.mean()) / max(n - 1, 1)
    variance = n * p * (1.0 - p)
    scattered = float(degrees.var()) <= 2.0 * variance
    return bool(DENSE[0] <= p <= DENSE[1] and scattered and abs(lowest) >= 1.6 * np.sqrt(variance))


def _smallest_eigenvalue(edges: NDArray[Any], n: int) -> float:
    """Return the smallest eigenvalue of the adjacency matrix."""
    from scipy.sparse import csr_array

    i, j = edges.T
    places = (np.concatenate([i, j]), np.concatenate([j, i]))
    return extremes(csr_array((np.ones(2 * len(edges)), places), shape=(n, n)))[0]
