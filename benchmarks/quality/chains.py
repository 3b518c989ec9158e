"""Tours by `--search chains`, with fixed seeds: python benchmarks/quality/chains.py FOLDER [NAMES]

FOLDER holds TSPLIB files and best_known.json. Every run begins with a raw anneal of 1000 steps and makes 150
calls of the small circuit per city, fewer where it reaches the best known length; with `--seconds S` it may
take S seconds of wall clock instead. No 2-opt is in it. The control is 2-opt with or-opt from the same raw
anneals, and from as many random tours. CPU seconds are those of a run, its anneal included.
"""

from __future__ import annotations

import argparse
import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from analoghop import TSP
from analoghop.optimise import solve
from analoghop.problems.tsp import Potts

POLISH = "2opt+oropt"
TARGETS = {
    "berlin52": 0.05, "kroA100": 0.05, "eil51": 0.2, "lin105": 0.2, "eil76": 1.0, "ch150": 1.0,
    "kroA200": 1.0, "lin318": 2.0, "pcb442": 3.0,
}  # fmt: skip
"""Mean gaps in percent that were set as targets."""


def best_known(folder: Path) -> dict[str, float]:
    told = json.loads((folder / "best_known.json").read_text())
    values = {name: told[name]["best_known"] if isinstance(told[name], dict) else told[name] for name in told}
    return {name: float(value) for name, value in values.items()}


def measure(problem: TSP, best: float, runs: int, seconds: float | None) -> dict[str, Any]:
    began = time.process_time()
    limit = None if seconds is None else runs * seconds
    result = solve(
        problem, Potts(steps=1000), starts=runs, seed=1, search="chains", best_known=best,
        baselines=False, time_limit=limit,
    )  # fmt: skip
    cpu = (time.process_time() - began) / runs
    found = result.searched
    assert found is not None
    rng = np.random.default_rng(1)
    raw = [start.answer for start in result.starts if start.verdict.valid]
    control = [problem.random_answer(rng) for _ in range(runs)]
    after = {
        name: [problem.length(problem.polish(POLISH, tour)) for tour in tours]
        for name, tours in (("raw_2opt", raw), ("random_2opt", control))
    }
    gaps = 100 * (np.array(found.costs) / best - 1)
    lengths = {"raw": result.costs, **after}
    return {
        "n": problem.size,
        "runs": runs,
        "mean": float(gaps.mean()),
        "best": float(gaps.min()),
        "worst": float(gaps.max()),
        "optimal": float((gaps < 1e-9).mean()),
        "calls": found.calls / runs,
        "cpu_s": cpu,
        **{name: 100 * (float(np.mean(some)) / best - 1) if some else None for name, some in lengths.items()},
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", metavar="NAMES", help="instances, by default all up to --largest")
    parser.add_argument("--largest", type=int, default=200, metavar="CITIES")
    parser.add_argument("--smallest", type=int, default=48, metavar="CITIES")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--seconds", type=float)
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    known = best_known(arguments.folder)
    found: dict[str, Any] = {}
    head = ("mean", "best", "worst", "optimal", "calls", "cpu s", "raw", "raw 2opt", "rnd 2opt")
    print(f"{'':10}{'n':>5}" + "".join(f"{word:>10}" for word in head))
    # The first call compiles.
    solve(TSP(np.ones((5, 5))), starts=1, search="chains", baselines=False)
    for name in arguments.names or sorted(known, key=lambda name: (len(name), name)):
        path = arguments.folder / f"{name}.tsp"
        if not path.is_file():
            continue
        problem = TSP.read(path)
        if not arguments.names and not arguments.smallest <= problem.size <= arguments.largest:
            continue
        row = found[name] = measure(problem, known[name], arguments.runs, arguments.seconds)
        keys = ("mean", "best", "worst", "optimal", "calls", "cpu_s", "raw", "raw_2opt", "random_2opt")
        shown = "".join(f"{'-':>10}" if row[key] is None else f"{row[key]:10.3f}" for key in keys)
        target = TARGETS.get(name)
        word = "" if target is None else f"  {'reached' if row['mean'] <= target else 'MISSED'}: {target} %"
        print(f"{name:10}{row['n']:5}{shown}{word}", flush=True)
    small = [row for row in found.values() if row["n"] <= 105]
    if small:
        share = float(np.mean([row["optimal"] for row in small]))
        print(f"optimal in {share:.0%} of the runs up to 105 cities; mean gap of all instances ", end="")
        print(f"{np.mean([row['mean'] for row in found.values()]):.3f} %")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
