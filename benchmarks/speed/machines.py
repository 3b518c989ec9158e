# ruff: noqa: E402 - one thread has to be asked for before NumPy loads
"""Compiled steps of machines: python benchmarks/speed/machines.py [--cases inertial,colouring] [--repeats 5]

CPU time of one thread, single precision, a block of replicas that fills the vector registers. A unit of work
is an edge for spins, an edge and a colour for colouring, a literal of a clause for satisfiability; the table
gives nanoseconds for one unit, step and replica, the least of the repeats. `numpy`: the same steps by their
definition, in double precision, where `--numpy` asks for it.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np

import analoghop
from analoghop.engines.choice import stepper_of
from analoghop.engines.fused.registers.lanes import BYTES
from analoghop.engines.machines.run import run
from analoghop.optimise.catalogue import entry
from analoghop.problems.base import Encoding
from analoghop.problems.colouring.instance import Colouring
from analoghop.problems.graph import Graph
from analoghop.problems.satisfiability.instance import Satisfiability
from analoghop.problems.spins import MACHINES
from analoghop.problems.spins.maxcut import MaxCut
from analoghop.problems.turns import circuits
from analoghop.systems.machine import Machine

STEPS = 400
REPLICAS = BYTES // 4
"""Numbers of single precision in a vector register."""


class Case(NamedTuple):
    what: str
    encoding: Encoding
    units: int


def graph(n: int, degree: float, weights: str = "ones", seed: int = 0) -> Graph:
    rng = np.random.default_rng(seed)
    pairs = rng.integers(0, n, (int(n * degree), 2))
    pairs = np.unique(np.sort(pairs[pairs[:, 0] != pairs[:, 1]], axis=1), axis=0)
    edges = rng.permutation(pairs)[: int(n * degree / 2)]
    edges = edges[np.lexsort(edges.T[::-1])]
    values = {
        "ones": None,
        "signs": rng.choice([-1.0, 1.0], len(edges)),
        "reals": rng.normal(size=len(edges)),
    }
    return Graph(n, edges, values[weights])


SIZES = (
    (800, 50.0, "ones"),
    (1000, 20.0, "ones"),
    (1000, 20.0, "reals"),
    (2000, 10.0, "signs"),
    (5000, 5.0, "ones"),
)


def spins(name: str) -> Iterator[Case]:
    for n, degree, weights in SIZES:
        one = graph(n, degree, weights)
        yield Case(
            f"n {n}, degree {degree:g}, {weights}", MACHINES[name](steps=STEPS).encode(MaxCut(one)), one.m
        )


def colouring() -> Iterator[Case]:
    for n, degree, k in ((125, 60.0, 12), (250, 125.0, 20), (450, 50.0, 10), (1000, 10.0, 3)):
        one = graph(n, degree)
        encoding = entry("colouring").formulation(None)().encode(Colouring(one, k))
        yield Case(f"n {n}, degree {degree:g}, {k} colours", encoding, one.m * k)


def satisfiability(name: str) -> Iterator[Case]:
    rng = np.random.default_rng(0)
    for n, ratio in ((100, 6.0), (1000, 6.0)):
        clauses = [
            tuple(int(v) for v in (rng.permutation(n)[:3] + 1) * rng.choice([-1, 1], 3))
            for _ in range(int(ratio * n))
        ]
        problem = Satisfiability.of(n, clauses)
        encoding = circuits(entry("sat").formulation(name)().encode(problem))[0]
        yield Case(f"{n} variables, {len(clauses)} clauses of 3", encoding, 3 * len(clauses))


CASES: dict[str, Callable[[], Iterator[Case]]] = {
    **{
        name: (lambda name=name: spins(name))
        for name in ("inertial", "amplitude", "gain", "noise", "oscillator")
    },
    "colouring": colouring,
    "clauses": lambda: satisfiability("clauses"),
    "satisfaction": lambda: satisfiability("satisfaction"),
}


def nanoseconds(case: Case, compiled: bool, repeats: int) -> float:
    machine = case.encoding.system
    assert isinstance(machine, Machine)
    stepper = stepper_of(machine, engine="fused" if compiled else "numpy")
    steps, index = min(machine.steps, STEPS if compiled else 20), np.arange(REPLICAS)
    x0 = case.encoding.start(0, index)
    run(stepper, x0, 0, index, steps=1)
    least = np.inf
    for _ in range(repeats):
        before = time.process_time()
        taken = run(stepper, x0, 0, index, steps=steps).evaluations
        least = min(least, (time.process_time() - before) / taken)
    return 1e9 * float(least) / case.units


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--numpy", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    rows = []
    print(f"{REPLICAS} replicas side by side")
    print("| machine | case | ns per unit, step and replica |" + (" numpy |" if options.numpy else ""))
    print("|---|---|---|" + ("---|" if options.numpy else ""))
    for name in options.cases.split(","):
        for case in CASES[name]():
            figure = nanoseconds(case, True, options.repeats)
            slow = nanoseconds(case, False, 1) if options.numpy else None
            rows.append({"machine": name, "case": case.what, "ns": figure, "numpy_ns": slow})
            tail = "" if slow is None else f" {slow:.2f} |"
            print(f"| {name} | {case.what} | {figure:.3f} |{tail}", flush=True)
    if options.json:
        options.json.write_text(json.dumps({"version": analoghop.__version__, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
