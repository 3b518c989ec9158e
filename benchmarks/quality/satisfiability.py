"""Satisfiability, with fixed seeds: python benchmarks/quality/satisfiability.py FOLDER [NAMES] [--json FILE]

FOLDER holds .cnf files and best_known.json, which says which formulas are satisfiable. Every satisfiable one
is run from `--starts` starts with the same options for all; CPU seconds are those of all starts together, the
time to solution that after which one start succeeds with 99 %.
"""

from __future__ import annotations

import argparse
import json
import time
from collections import defaultdict
from pathlib import Path
from typing import Any

import analoghop
from analoghop.problems.satisfiability.instance import Satisfiability

SEED = 1


def family(name: str) -> str:
    return name.rstrip("0123456789-").split("-")[0]


def run(path: Path, formulation: str, starts: int) -> dict[str, Any]:
    problem = Satisfiability.read(path)
    before = time.process_time()
    result = analoghop.solve(problem, formulation=formulation, starts=starts, seed=SEED, baselines=False)
    told = result.to_dict()
    return {
        "instance": path.stem,
        "variables": problem.size,
        "clauses": len(problem.clauses),
        "valid": result.valid,
        "starts": starts,
        "tts99_s": told["tts99"]["s"],
        "tts99_tau": told["tts99"]["tau"],
        "cpu_s": time.process_time() - before,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="instances, or beginnings of their names; by default all")
    parser.add_argument("--formulation", default="clauses")
    parser.add_argument("--starts", type=int, default=16)
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    known = json.loads((options.folder / "best_known.json").read_text())
    wanted = [
        name
        for name, entry in known.items()
        if entry["satisfiable"] and (not options.names or name.startswith(tuple(options.names)))
    ]
    rows = []
    print(f"{options.formulation}, {options.starts} starts, seed {SEED}")
    print("| formula | variables | clauses | starts that satisfy it | time to solution, CPU s | all, CPU s |")
    print("|---|---|---|---|---|---|")
    for name in wanted:
        row = run(options.folder / f"{name}.cnf", options.formulation, options.starts)
        rows.append(row)
        solution = "none" if row["tts99_s"] is None else f"{row['tts99_s']:.3f}"
        print(
            f"| {name} | {row['variables']} | {row['clauses']} | {row['valid']} of {row['starts']} |"
            f" {solution} | {row['cpu_s']:.2f} |",
            flush=True,
        )
    groups: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        groups[family(row["instance"])].append(row)
    print("\n| family | formulas | satisfied | starts that satisfy | slowest, CPU s of all starts |")
    print("|---|---|---|---|---|")
    for name, group in groups.items():
        found, valid = sum(row["valid"] > 0 for row in group), sum(row["valid"] for row in group)
        share = 100.0 * valid / sum(row["starts"] for row in group)
        slowest = max(row["cpu_s"] for row in group)
        print(f"| {name} | {len(group)} | {found} | {share:.1f} % | {slowest:.2f} |")
    if options.json:
        options.json.write_text(json.dumps({"version": analoghop.__version__, "rows": rows}, indent=1))


if __name__ == "__main__":
    main()
