"""Quadratic assignments by single anneals, with fixed seeds: python benchmarks/quality/qap.py FOLDER [NAMES]

FOLDER holds QAPLIB files and best_known.json. One rule for all: the formulation's own defaults. Raw end
states, without repair or polish; invalid ones are annealed again as part of the same start, and count as
invalid where that does not help. Beside them the local search by best exchanges from as many random
permutations, and from the raw answers. CPU seconds are those of one start, its repeats included.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from analoghop.optimise import solve
from analoghop.problems.qap import QAP
from analoghop.problems.statistics import gap

COLUMNS = ("valid", "mean", "best", "reached", "cpu_ms", "swaps", "swaps_random")


def measure(problem: QAP, best: float, starts: int) -> dict[str, Any]:
    result = solve(problem, starts=starts, seed=1, best_known=best, baselines=False, polish="2-swap")
    told = result.to_dict()
    control = told["polished"]["control"]["cost_mean"]
    return {
        "n": problem.size,
        "starts": starts,
        "valid": told["valid_rate"],
        "reheated": result.parameters.get("reheated", 0),
        "mean": told["gap_mean"],
        "best": told["gap_best"],
        "reached": told["success_rate"],
        "cpu_ms": 1000 * result.cpu_s_per_start,
        "swaps": told["polished"]["gap_mean"],
        "swaps_random": gap(control, best),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAMES", help="instances, by default all")
    parser.add_argument("--starts", type=int, default=10)
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    known = json.loads((arguments.folder / "best_known.json").read_text())
    found: dict[str, Any] = {}
    print(f"{'':10}{'n':>5}" + "".join(f"{name:>14}" for name in COLUMNS))
    for name in arguments.names or sorted(known):
        problem = QAP.read(arguments.folder / f"{name}.dat")
        best = known[name]
        row = found[name] = measure(problem, best["best_known"], arguments.starts)
        shown = "".join(f"{'-':>14}" if row[key] is None else f"{row[key]:14.3f}" for key in COLUMNS)
        print(f"{name:10}{row['n']:5}{shown}", flush=True)
    for what in ("mean", "best", "swaps", "swaps_random"):
        gaps = [row[what] for row in found.values() if row[what] is not None]
        print(f"{what}: mean {np.mean(gaps):.2f} %, median {np.median(gaps):.2f} % of {len(gaps)} instances")
    print(f"valid in {np.mean([row['valid'] for row in found.values()]):.1%} of all starts")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
