"""QUBOs in a given CPU time: python benchmarks/quality/qubo.py FOLDER [PREFIXES] [--seconds 1] [--json FILE]

FOLDER holds best_known.json, whose keys are paths of .sparse files (Biq Mac: be, beasley, gka). One thread,
seed 1, one rule for all (see maxcut.py); a run ends when it has reached the best known cost. Instances of up
to `--largest` variables are taken. With `--rivals` simulated annealing of dwave-samplers gets the same time.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
from budget import annealing, machine

import analoghop
from analoghop.problems.spins.qubo import QUBO

SEED = 1


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("prefixes", nargs="*", help="beginnings of names; by default all")
    parser.add_argument("--seconds", type=float, default=1.0)
    parser.add_argument("--machine", default="automatic")
    parser.add_argument("--largest", type=int, default=250)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--rivals", action="store_true")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    known = json.loads((options.folder / "best_known.json").read_text())
    names = [
        name
        for name, entry in known.items()
        if entry["file"].endswith(".sparse") and entry["vertices"] <= options.largest
        if not options.prefixes or name.startswith(tuple(options.prefixes))
    ]
    print(f"{options.machine}, at most {options.seconds:g} CPU s, seed {options.seed}")
    print("| instance | n | best known | machine | starts | reached it | best | CPU s | annealing |")
    print("|---|---|---|---|---|---|---|---|---|")
    rows = []
    for name in names:
        problem = QUBO.read(options.folder / known[name]["file"])
        goal = float(known[name]["best_known"])
        ran = machine(problem, options.machine, options.seconds, options.seed, goal)
        best = min(ran.costs)
        reached = sum(cost <= goal + 1e-6 for cost in ran.costs)
        other = annealing(problem, options.seconds, options.seed) if options.rivals else None
        row = {
            "instance": name,
            "best_known": goal,
            "machine": ran.parameters.get("machine", options.machine),
            "starts": len(ran.costs),
            "reached": reached,
            "best": best,
            "cpu_s": ran.cpu_s,
            "annealing": None if other is None else min(other.costs),
        }
        rows.append(row)
        cells = [name, problem.size, f"{goal:g}", row["machine"], row["starts"], reached, f"{best:g}"]
        cells += [f"{ran.cpu_s:.2f}", "-" if other is None else f"{min(other.costs):g}"]
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)
    found = sum(row["reached"] > 0 for row in rows)
    slowest = max(row["cpu_s"] for row in rows)
    print(
        f"\nbest known reached on {found} of {len(rows)} ({100.0 * found / len(rows):.1f} %), "
        f"mean {np.mean([row['cpu_s'] for row in rows]):.3f} and at most {slowest:.2f} CPU s"
    )
    if options.json:
        settings = {"seconds": options.seconds, "machine": options.machine, "seed": options.seed}
        told_all = {"version": analoghop.__version__, **settings, "rows": rows}
        options.json.write_text(json.dumps(told_all, indent=1))


if __name__ == "__main__":
    main()
