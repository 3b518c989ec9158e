"""Small instances, whose answers are enumerated: python benchmarks/quality/small.py [KINDS] [--count 300]

KINDS: spins, tours, assignments, models; by default all. Each instance gets `--starts` starts (32) of the
default formulation, raw. The table says for how many no start is valid, and for how many none is optimal.
Spins, up to 12: complete graphs, "exactly one" with small costs as a QUBO, dense, sparse and whole random
models with fields of very different sizes, cuts of random graphs, partitions of numbers. Tours of 4 to 8
cities: points in a plane, symmetric and asymmetric matrices. Assignments of 2 to 5 facilities: symmetric,
sparse, and asymmetric with diagonals. Models: 1 to 3 sums over 3 to 8 variables, with linear and quadratic
objectives or none.
"""

from __future__ import annotations

import argparse
import itertools
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

import analoghop
from analoghop.problems.base import Problem
from analoghop.problems.qap import QAP
from analoghop.problems.spins.ising import Ising
from analoghop.problems.tsp import TSP


class Instance(NamedTuple):
    """An instance and its optimum."""

    name: str
    problem: Problem
    optimum: float


def spins(seed: int, count: int) -> Iterator[Instance]:
    rng = np.random.default_rng(seed)
    for k in range(count):
        family = ("complete", "one-hot", "dense", "sparse", "cut", "whole", "numbers")[k % 7]
        n = 3 + (k // 7) % 10 if family == "complete" else int(rng.integers(3, 13))
        ones, h = upper(np.ones((n, n))), np.zeros(n)
        if family == "complete":
            J = -ones
        elif family == "one-hot":
            weight, costs = (
                rng.choice([1.0, 2.0, 5.0]),
                rng.uniform(0.0, 0.5, n) * rng.choice([0.1, 1.0, 2.0]),
            )
            J, h = -weight * ones / 2, -((costs - weight) / 2 + weight * (n - 1) / 2)
        elif family == "dense":
            J, h = upper(rng.normal(size=(n, n))), rng.normal(size=n) * rng.choice([0.1, 1.0, 3.0, 10.0])
        elif family == "sparse":
            J = upper(rng.normal(size=(n, n)) * (rng.random((n, n)) < 0.5))
            h = rng.normal(size=n) * rng.choice([0.1, 1.0, 3.0])
        elif family == "cut":
            J = -upper((rng.random((n, n)) < rng.choice([0.5, 0.8])).astype(float))
        elif family == "whole":
            J = upper(rng.integers(-3, 4, (n, n)).astype(float))
            h = rng.integers(-5, 6, n).astype(float)
        else:
            numbers = rng.integers(1, 20, n).astype(float)
            J = -upper(np.outer(numbers, numbers)) / 10
        if not J.any():
            J[0, 1] = J[1, 0] = 1.0
        S = 2.0 * bits(n) - 1.0
        energy = -0.5 * np.sum(S * (S @ J), axis=1) - S @ h
        yield Instance(f"{family} {n}", Ising(J, h), float(energy.min()))


def tours(seed: int, count: int) -> Iterator[Instance]:
    rng = np.random.default_rng(seed)
    for k in range(count):
        family, n = ("plane", "symmetric", "asymmetric")[k % 3], int(rng.integers(4, 9))
        if family == "plane":
            problem = TSP.from_coordinates(rng.random((n, 2)))
        else:
            d = rng.integers(1, 50, (n, n)).astype(float)
            problem = TSP(upper(d) if family == "symmetric" else d)
        orders = np.array(list(itertools.permutations(range(1, n))))
        orders = np.hstack([np.zeros((len(orders), 1), dtype=int), orders])
        lengths = problem.distances[orders, np.roll(orders, -1, axis=1)].sum(axis=1)
        yield Instance(f"{family} {n}", problem, float(lengths.min()))


def assignments(seed: int, count: int) -> Iterator[Instance]:
    rng = np.random.default_rng(seed)
    for k in range(count):
        family, n = ("asymmetric", "symmetric", "sparse")[k % 3], int(rng.integers(2, 6))
        A, B = rng.integers(0, 10, (2, n, n)).astype(float)
        if family != "asymmetric":
            np.fill_diagonal(A, 0.0)
            np.fill_diagonal(B, 0.0)
        if family == "symmetric":
            A, B = A + A.T, B + B.T
        elif family == "sparse":
            A *= rng.random((n, n)) < 0.5
        p = np.array(list(itertools.permutations(range(n))))
        costs = np.einsum("ij,kij->k", A, B[p[:, :, None], p[:, None, :]])
        yield Instance(f"{family} {n}", QAP(A, B), float(costs.min()))


def models(seed: int, count: int) -> Iterator[Instance]:
    rng, made = np.random.default_rng(seed), 0
    while made < count:
        n = int(rng.integers(3, 9))
        model, values = analoghop.Model(), bits(n)
        x, allowed, senses = model.variables(n), np.ones(len(values), bool), []
        for _ in range(int(rng.integers(1, 4))):
            size = int(rng.integers(2, n + 1))
            at, kind = rng.choice(n, size, replace=False), int(rng.integers(4))
            a = np.ones(size)
            if kind >= 2:
                a = rng.integers(*((1, 10) if kind == 2 else (-5, 6)), size).astype(float)
                a[a == 0] = 1.0
            bound, sense = float(a @ rng.integers(0, 2, size)), ("==", "<=", ">=")[int(rng.integers(3))]
            model.linear(x[at], a, sense, bound)
            sums = values[:, at] @ a
            allowed &= {"==": sums == bound, "<=": sums <= bound, ">=": sums >= bound}[sense]
            senses.append(sense)
        if not allowed.any():
            continue
        made += 1
        costs, linear = np.zeros(len(values)), rng.integers(-9, 10, n).astype(float)
        products: dict[tuple[int, int], float] = {}
        if rng.random() < 0.9:
            costs = values @ linear
            if rng.random() < 0.5:
                pairs = [pair for pair in itertools.combinations(range(n), 2) if rng.random() < 0.4]
                products = {pair: float(rng.integers(-9, 10)) for pair in pairs}
                costs = costs + sum(w * values[:, i] * values[:, j] for (i, j), w in products.items())
            model.minimise(dict(enumerate(linear.tolist())), products)
        yield Instance(f"{' '.join(senses)}, {n}", model.problem(), float(costs[allowed].min()))


KINDS: dict[str, Callable[[int, int], Iterator[Instance]]] = {
    "spins": spins,
    "tours": tours,
    "assignments": assignments,
    "models": models,
}


def upper(matrix: Any) -> Any:
    """Return the part above the diagonal, mirrored."""
    return np.triu(matrix, 1) + np.triu(matrix, 1).T


def bits(n: int) -> Any:
    """Return all values of n bits, (2^n, n)."""
    return np.array(list(itertools.product((0, 1), repeat=n)))


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kinds", nargs="*", help=", ".join(KINDS))
    parser.add_argument("--count", type=int, default=300)
    parser.add_argument("--starts", type=int, default=32)
    parser.add_argument("--seed", type=int, default=2024)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = []
    print(f"{options.starts} starts, seed {options.seed}\n")
    print("| kind | instances | none valid | optimum missed | optimal starts % | CPU ms per start | missed |")
    print("|---|---|---|---|---|---|---|")
    for kind in options.kinds or KINDS:
        invalid, missed, share, began = 0, [], 0.0, time.process_time()
        for name, problem, optimum in KINDS[kind](options.seed, options.count):
            ran = analoghop.solve(
                problem, starts=options.starts, seed=options.seed, baselines=False, engine="fused"
            )
            invalid += not ran.valid
            costs = [start.verdict.cost for start in ran.starts if start.verdict.valid]
            hits = np.isclose(np.array(costs, dtype=float), optimum, rtol=1e-9, atol=1e-9)
            share += hits.sum() / options.starts
            if not hits.any():
                missed.append(name)
        used = 1000.0 * (time.process_time() - began) / (options.count * options.starts)
        rows.append(
            {"kind": kind, "instances": options.count, "invalid": invalid, "missed": missed, "ms": used}
        )
        cells = [kind, options.count, invalid, len(missed), f"{100.0 * share / options.count:.1f}"]
        print(f"| {' | '.join(map(str, cells))} | {used:.2f} | {'; '.join(missed)} |", flush=True)
    if options.json is not None:
        options.json.write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
