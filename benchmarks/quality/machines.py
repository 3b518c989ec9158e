"""Machines of the literature beside ours: python benchmarks/quality/machines.py FOLDER [--json FILE]

Time to solution at 99 %, in milliseconds of CPU time on one thread, with its 95 % interval: how long starts
take until one of them has reached the best known cost (Wilson's interval of the share of starts that do,
times the time of a start). Every machine has its defaults, by rule the same for all instances; nothing is
tuned for an instance. A cell runs lots of starts until the bounds of its interval differ by less than the
factor `--ratio` (2), or `--seconds` (5) are over: "> x" is a lower bound where no start was successful.

FOLDER holds `biqmac`, `gset` and `sat`. 20 instances: cuts of random graphs with and without signs, tori with
normal weights and with signs, quadratic problems in bits; random formulas and colourings as formulas.
Loading compiled code is not counted.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from analoghop.engines.choice import ready
from analoghop.intervals import wilson_interval
from analoghop.limits import Limits
from analoghop.optimise.anneal import starts_of
from analoghop.problems.base import Formulation, Problem
from analoghop.problems.satisfiability.encodings import FORMULATIONS, AdaptiveClauses
from analoghop.problems.satisfiability.instance import Satisfiability
from analoghop.problems.spins import MACHINES, InertialMachine
from analoghop.problems.spins.maxcut import MaxCut
from analoghop.problems.spins.qubo import QUBO
from analoghop.problems.statistics import reaches, time_interval, time_to_solution
from analoghop.problems.turns import circuits

SEED, LOT, MOST = 0, 64, 4096

SPINS: Mapping[str, Formulation[Any]] = {
    "ours by rule": MACHINES["automatic"](),
    "ours, noise": MACHINES["noise"](),
    "discrete SB": InertialMachine(release=0.0),
    "ballistic SB": InertialMachine(release=0.0, comparator=False),
    "generalised SB": InertialMachine(release=1.25),
    "CIM-CAC": MACHINES["amplitude"](),
    "CIM-CFC": MACHINES["feedback"](),
    "CIM-SFC": MACHINES["separation"](),
    "oscillators": MACHINES["oscillator"](),
    "p-bits": MACHINES["bits"](),
}
CLAUSES: Mapping[str, Formulation[Any]] = {
    "ours, clauses": AdaptiveClauses(others=0),
    "gradient flow": FORMULATIONS["satisfaction"](),
    "memcomputing": FORMULATIONS["memcomputing"](),
    "LagONN": FORMULATIONS["lagrange"](),
}
CUTS = ("g05_60.0", "g05_60.1", "g05_100.0", "pm1s_100.0", "pm1d_80.0", "w05_100.0")
TORI = ("t2g10_5555", "t2g10_6666", "t3g5_5555", "ising2.5-100_5555")
BITS = ("beasley/bqp50-1", "beasley/bqp100-1", "gka/gka1a")
FORMULAS = ("uf50-01", "uf75-01", "uf100-01", "uf100-02", "flat30-2", "flat75-1")


class Case(NamedTuple):
    """An instance, the cost to be reached, and the machines that run it."""

    name: str
    problem: Problem
    target: float
    machines: Mapping[str, Formulation[Any]]


def cases(folder: Path) -> Iterator[Case]:
    known = json.loads((folder / "biqmac" / "best_known.json").read_text())
    for kind, names in (("rudy", CUTS), ("ising", TORI)):
        for name in names:
            problem = MaxCut.read(next((folder / "biqmac" / kind).glob(f"{name}*")))
            yield Case(name, problem, _known(known, f"{kind}/{name}"), SPINS)
    for name in BITS:
        problem = QUBO.read(next((folder / "biqmac").glob(f"{name}.sparse")))
        yield Case(name.split("/")[1], problem, _known(known, name), SPINS)
    cuts = json.loads((folder / "gset" / "best_known.json").read_text())
    yield Case("G11", MaxCut.read(folder / "gset" / "G11.txt"), _known(cuts, "G11"), SPINS)
    for name in FORMULAS:
        yield Case(name, Satisfiability.read(folder / "sat" / f"{name}.cnf"), 0.0, CLAUSES)


def _known(table: Mapping[str, Any], name: str) -> float:
    value = table[name]
    return float(value["best_known"] if isinstance(value, Mapping) else value)


class Cell(NamedTuple):
    """What the starts of one machine did on one instance: times in seconds."""

    starts: int
    successes: int
    per_start: float

    @property
    def interval(self) -> tuple[float | None, float | None]:
        """The 95 % interval of the time to solution, None for no bound."""
        return time_interval(wilson_interval(self.successes, self.starts), self.per_start)

    def done(self, ratio: float) -> bool:
        """Whether the bounds differ by less than the factor `ratio`."""
        low, high = self.interval
        return low is not None and high is not None and high <= ratio * low

    def text(self) -> str:
        """Return the time to solution with its interval, in milliseconds."""
        low, high = self.interval
        best = time_to_solution(self.successes / self.starts, self.per_start)
        if best is None or high is None or low is None:
            return f"> {_ms(low or 0.0)}"
        return f"{_ms(best)} ({_ms(low)} to {_ms(high)})"


def _ms(seconds: float) -> str:
    return f"{1000.0 * seconds:.3g}"


def measured(case: Case, form: Formulation[Any], seconds: float, ratio: float) -> Cell:
    encoding = form.encode(case.problem)
    index = np.zeros(1, dtype=np.int64)
    for one in circuits(encoding):
        ready(one.system, one.start(SEED, index), duration=one.duration, engine="fused")
    made = hits = 0
    used, lot = 0.0, 16
    while True:
        before = time.process_time()
        found = starts_of(
            case.problem, encoding, SEED, np.arange(made, made + lot), Limits(threads=1), "fused"
        )
        used += time.process_time() - before
        made += lot
        hits += sum(
            start.verdict.valid
            and (
                case.target == 0.0
                or reaches(float(start.verdict.cost or 0.0), case.target, case.problem.sense)
            )
            for start in found
        )
        cell = Cell(made, hits, used / made)
        if cell.done(ratio) or used >= seconds or made >= MOST:
            return cell
        lot = LOT


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seconds", type=float, default=5.0, help="most CPU time of a cell")
    parser.add_argument("--ratio", type=float, default=2.0, help="of the bounds of an interval")
    parser.add_argument("--only", action="append", metavar="NAME", help="instance, repeated")
    parser.add_argument("--json", type=Path, metavar="FILE", help="also keeps what it has between calls")
    options = parser.parse_args()
    kept: dict[str, dict[str, list[Any]]] = {}
    if options.json is not None and options.json.exists():
        kept = json.loads(options.json.read_text())
    for case in cases(options.folder):
        if options.only and case.name not in options.only:
            continue
        row = kept.setdefault(case.name, {})
        for name, form in case.machines.items():
            if name in row:
                continue
            row[name] = list(measured(case, form, options.seconds, options.ratio))
            if options.json is not None:
                options.json.write_text(json.dumps(kept, indent=1))
    for machines in (SPINS, CLAUSES):
        rows = {name: row for name, row in kept.items() if row.keys() >= machines.keys()}
        print(f"\n| instance | {' | '.join(machines)} |\n{'|---' * (len(machines) + 1)}|")
        for name, row in rows.items():
            print(f"| {name} | {' | '.join(Cell(*row[machine]).text() for machine in machines)} |")


if __name__ == "__main__":
    main()
