"""`WORK`: small runs of every kind by compiled code, after which its kernels lie in the cache on the disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np


def _spins() -> None:
    from analoghop import Ising, solve
    from analoghop.problems.spins import MACHINES

    rng = np.random.default_rng(0)
    J = np.triu(rng.normal(size=(12, 12)), 1)
    for machine in MACHINES.values():
        solve(Ising(J + J.T), machine(), starts=1, seed=0, engine="fused")


def _lines() -> None:
    from analoghop import Colouring, IndependentSet, Queens, Sudoku, solve

    ring = np.roll(np.eye(6), 1, axis=1)
    graph = ring + ring.T
    grid = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
    for problem in (Colouring(graph, 3), IndependentSet(graph), Queens(8), Sudoku(grid)):
        solve(problem, starts=1, seed=0, engine="fused")


def _assignments() -> None:
    from analoghop import QAP, TSP, solve

    places = np.random.default_rng(0).random((12, 2))
    for problem in (TSP(places), QAP(TSP(places).distances, TSP(places[::-1]).distances)):
        solve(problem, starts=1, seed=0, engine="fused")


def _chains() -> None:
    from analoghop import TSP, Limits, solve

    places = np.random.default_rng(0).random((40, 2))
    solve(TSP(places), search="chains", starts=1, seed=0, limits=Limits(5.0))


def _clauses() -> None:
    from analoghop import Satisfiability, solve
    from analoghop.problems.satisfiability.encodings import FORMULATIONS

    formula = Satisfiability([(1, 2, -3), (-1, 3), (2, -3), (-2, 3, 4)])
    for formulation in FORMULATIONS.values():
        solve(formula, formulation(), starts=1, seed=0, engine="fused")


def _memories() -> None:
    from analoghop import Memory

    patterns = np.where(np.random.default_rng(0).random((2, 40)) < 0.5, -1.0, 1.0)
    for model in ("binary", "stochastic"):
        Memory(patterns).recall(model=model, seed=0)


def _ensembles() -> None:
    from analoghop import Amplifiers, Fused, Network, Tanh, random_starts, simulate_many
    from analoghop.couplings import Dense

    rng = np.random.default_rng(0)
    T = rng.normal(size=(8, 8))
    network = Network(Dense(T + T.T), Amplifiers.uniform(Tanh(), 8, gain=2.0))
    for dtype in ("float64", "float32"):
        simulate_many(network, random_starts(network, 8, seed=0), tstop=1.0, engine=Fused(dtype=dtype))


WORK: Mapping[str, Callable[[], None]] = {
    "spins": _spins,
    "lines": _lines,
    "assignments": _assignments,
    "chains": _chains,
    "clauses": _clauses,
    "memories": _memories,
    "ensembles": _ensembles,
}
