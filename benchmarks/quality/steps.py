"""Whether success depends on the step: python benchmarks/quality/steps.py FOLDER [--json FILE]

FOLDER holds tsplib/, qap/, dimacs_col/, gset/ and sat/. Every formulation that carries a step of its own runs
with it and with a half and a quarter of it, over the same time of the circuit, from the same starts; a fixed
seed, the default options. Success: the best known value where one is given, an allowed share above it for
tours and below it for cuts, else validity. Two shares are told apart by Fisher's exact test at 1 %.

At the end what a step beyond the limit does: Hopfield's network of G1 at the gain 20 with steps of 0.5 and
0.1 time constants, which are refused unless they are forced, and with the own one: mean cut of 16 starts.
"""

from __future__ import annotations

import argparse
import copy
import json
import time
import warnings
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from scipy import sparse
from scipy.stats import fisher_exact

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.couplings import Sparse
from analoghop.engines import Ensemble
from analoghop.ensembles import random_starts
from analoghop.intervals import wilson_interval
from analoghop.optimise import solve
from analoghop.optimise.catalogue import entry
from analoghop.problems.base import Encoding, Formulation, Problem
from analoghop.problems.spins.maxcut import MaxCut
from analoghop.problems.turns import circuits
from analoghop.simulate_many import simulate_many
from analoghop.systems.circuits.network import Network

SEED = 5
FACTORS = (1.0, 0.5, 0.25)
GRID = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
ESCARGOT = "1....7.9..3..2...8..96..5....53..9...1..8...26....4...3......1..4......7..7...3.."


class Case(NamedTuple):
    kind: str
    instance: str
    formulation: str
    starts: int
    best: float | None = None
    allowed: float = 0.0
    colours: int | None = None


CASES = (
    Case("tsp", "tsplib/burma14.tsp", "potts", 200, 3323),
    Case("tsp", "tsplib/berlin52.tsp", "potts", 60, 7542, 0.02),
    Case("qap", "qap/nug21.dat", "potts", 200, 2438, 0.01),
    Case("qap", "qap/nug30.dat", "potts", 100, 6124, 0.01),
    Case("colouring", "dimacs_col/queen6_6.col", "memristive", 60, colours=7),
    Case("colouring", "dimacs_col/le450_5a.col", "memristive", 32, colours=5),
    Case("colouring", "dimacs_col/DSJC125.1.col", "memristive", 32, colours=5),
    Case("queens", "8", "memristive", 100),
    Case("queens", "30", "memristive", 50),
    Case("sudoku", GRID, "memristive", 50),
    Case("sudoku", ESCARGOT, "memristive", 32),
    Case("sat", "sat/uf100-01.cnf", "clauses", 64),
    Case("sat", "sat/uf100-01.cnf", "satisfaction", 64),
    Case("maxcut", "gset/G1.txt", "inertial", 16, 11624, 0.005),
    Case("maxcut", "gset/G1.txt", "amplitude", 16, 11624, 0.005),
    Case("maxcut", "gset/G1.txt", "gain", 16, 11624, 0.005),
    Case("maxcut", "gset/G1.txt", "noise", 16, 11624, 0.005),
)


@dataclass(frozen=True)
class Stepped(Formulation[Any]):
    """A formulation, the first of those that take turns, whose circuits take `factor` times its step over the
    same time."""

    inner: Formulation[Any]
    factor: float

    name = "stepped"
    purpose = "another step"

    def encode(self, problem: Problem) -> Encoding:
        encoding = copy.copy(circuits(self.inner.encode(problem))[0])
        for part in ("system", "again", "warm"):
            if hasattr(encoding, part):
                object.__setattr__(encoding, part, self._stepped(getattr(encoding, part)))
        return encoding

    def _stepped(self, system: Any) -> Any:
        changes = {"step": system.step * self.factor}
        names = {f.name for f in fields(system)}
        if "look" in names:
            changes["look"] = max(1, round(system.look / self.factor))
        if "reach" in names:  # members choose their steps themselves, by how far they may move
            changes["reach"] = system.reach * self.factor
        return replace(system, **changes)


def read(case: Case, folder: Path) -> Problem:
    kind = entry(case.kind)
    path = folder / case.instance
    problem = kind.read(str(path) if path.exists() else case.instance)
    return problem if case.colours is None else replace(problem, colours=case.colours)


def successes(case: Case, problem: Problem, factor: float) -> tuple[int, float, float]:
    """Return how many starts succeed, the step in time constants, and the CPU time."""
    formulation = entry(case.kind).formulations[case.formulation]()
    sign = -1.0 if case.kind == "maxcut" else 1.0
    before = time.process_time()
    result = solve(problem, Stepped(formulation, factor), starts=case.starts, seed=SEED, baselines=False)
    good = 0
    for start in result.starts:
        if not start.verdict.valid:
            continue
        bound = None if case.best is None else case.best * (1.0 + sign * case.allowed)
        good += bound is None or sign * start.verdict.cost <= sign * bound + 1e-9
    step = formulation.encode(problem).step * factor
    return good, step, time.process_time() - before


def flipping(path: Path) -> dict[str, float]:
    """Return the mean cut of the network of a graph for steps beyond its limit and for the engine's own."""
    graph = MaxCut.read(path).graph
    n, (i, j) = graph.n, graph.edges.T
    half = sparse.coo_array((np.broadcast_to(graph.weights, len(i)), (i, j)), shape=(n, n))
    W = sparse.csr_array(half + half.T)
    rms = float(np.sqrt(W.multiply(W).sum() / n))
    network = Network(Sparse(-W / rms), Amplifiers.uniform(Tanh(), n, gain=20.0))
    starts = random_starts(network, 16, seed=SEED, scale=0.2)
    found = {}
    for dt in (0.5, 0.1, None):
        engine = Ensemble("euler", dt=dt, unsafe=dt is not None)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            run = simulate_many(network, starts, tstop=100.0, settle=False, engine=engine)
        s = np.where(run.outputs >= 0, 1.0, -1.0)
        found["own" if dt is None else str(dt)] = float(np.mean((W.sum() - np.sum(s * (W @ s), axis=0)) / 4))
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", action="append", metavar="KIND", help="problems to run; repeated")
    parser.add_argument("--json", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    rows: list[dict[str, Any]] = []
    print("| problem | instance | formulation | step, tau | factor | success | 95 % interval | CPU s |")
    print("|---|---|---|---|---|---|---|---|")
    for case in CASES:
        if chosen.only and case.kind not in chosen.only:
            continue
        problem = read(case, chosen.folder)
        for factor in FACTORS:
            good, step, cpu = successes(case, problem, factor)
            low, high = wilson_interval(good, case.starts)
            rows.append(
                {
                    "problem": case.kind,
                    "instance": problem.name,
                    "formulation": case.formulation,
                    "step": step,
                    "factor": factor,
                    "success": good,
                    "starts": case.starts,
                    "cpu_s": cpu,
                }
            )
            print(
                f"| {case.kind} | {problem.name} | {case.formulation} | {step:.3g} | {factor:g} | "
                f"{good} of {case.starts} | {100 * low:.0f} to {100 * high:.0f} % | {cpu:.1f} |",
                flush=True,
            )
        mine = rows[-len(FACTORS) :]
        table = [[row["success"], row["starts"] - row["success"]] for row in mine]
        worst = min(fisher_exact([table[0], other]).pvalue for other in table[1:])
        if worst < 0.01:
            print(f"    {case.formulation}, {problem.name}: success may depend on the step, p = {worst:.2g}")
    report: dict[str, Any] = {"seed": SEED, "rows": rows}
    if not chosen.only:
        report["G1_mean_cut_by_step"] = flipping(chosen.folder / "gset/G1.txt")
        print("G1, gain 20, mean cut by step:", report["G1_mean_cut_by_step"])
    if chosen.json:
        chosen.json.write_text(json.dumps(report, indent=1) + "\n")


if __name__ == "__main__":
    main()
