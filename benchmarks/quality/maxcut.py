"""Cuts in a given CPU time: python benchmarks/quality/maxcut.py FOLDER [NAMES] [--seconds 5] [--json FILE]

FOLDER holds graphs in rudy's format and best_known.json. One thread, seed 1, and one rule for all graphs: the
machine follows from the spectrum of the coupling, or is that of `--machine`, the number of steps from size,
edges and seconds (see `analoghop.problems.spins`). `--rivals`, where they are installed, get the same CPU
time: annealing and slower-annealing (dwave-samplers with its default of 1000 sweeps, and with 10 000),
bifurcation and ballistic (two modes of simulated-bifurcation). Best and mean are those of all starts that
fit.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np
from budget import RIVALS, Ran, machine

import analoghop
from analoghop.problems.spins import MACHINES
from analoghop.problems.spins.maxcut import MaxCut

SEED = 1


def told(ran: Ran | None) -> dict[str, Any] | None:
    if ran is None:
        return None
    costs = ran.costs
    return {"best": max(costs), "mean": float(np.mean(costs)), "starts": len(costs), "cpu_s": ran.cpu_s}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="by default all graphs")
    parser.add_argument("--seconds", type=float, default=5.0)
    parser.add_argument("--machine", default="automatic", choices=list(MACHINES), help="of spins")
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--rivals", nargs="*", default=[], choices=list(RIVALS), help="what else to run")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    known = json.loads((options.folder / "best_known.json").read_text())
    files = {path.stem: path for path in sorted(options.folder.iterdir()) if path.suffix == ".txt"}
    names = [name for name in known if name in files and (not options.names or name in options.names)]
    print(f"{options.machine}, {options.seconds:g} CPU s, seed {options.seed}")
    rivals = options.rivals
    heads = ["graph", "n", "m", "best known", "machine", "steps", "starts", "best", "mean", "gap %", "CPU s"]
    print("| " + " | ".join(heads + [f"{rival}: best / mean" for rival in rivals]) + " |")
    print("|---" * (len(heads) + len(rivals)) + "|")
    rows = []
    for name in names:
        problem = MaxCut.read(files[name])
        best_known = float(known[name]["best_known"])
        ran = machine(problem, options.machine, options.seconds, options.seed)
        ours = told(ran)
        assert ours is not None
        gap = 100.0 * (best_known - ours["best"]) / abs(best_known)
        used = str(ran.parameters.get("machine", options.machine))
        row = {"instance": name, "best_known": best_known, "machine": used, "gap": gap, **ours}
        row["steps"] = ran.parameters["steps"]
        cells = [name, problem.size, problem.graph.m, f"{best_known:g}", used, row["steps"], ours["starts"]]
        cells += [f"{ours['best']:g}", f"{ours['mean']:.1f}", f"{gap:.3f}", f"{ours['cpu_s']:.1f}"]
        for rival in rivals:
            other = told(RIVALS[rival](problem, options.seconds, options.seed))
            row[rival] = other
            cells.append("-" if other is None else f"{other['best']:g} / {other['mean']:.1f}")
        rows.append(row)
        print("| " + " | ".join(map(str, cells)) + " |", flush=True)
    gaps = [row["gap"] for row in rows]
    reached = sum(gap <= 0 for gap in gaps)
    print(f"\nmean gap {np.mean(gaps):.4f} % over {len(gaps)} graphs, {reached} at the best known")
    for rival in rivals:
        both = [(row["best"], row[rival]["best"]) for row in rows if row[rival] is not None]
        ahead, even = sum(a > b for a, b in both), sum(a == b for a, b in both)
        print(f"against {rival}: ahead on {ahead}, even on {even}, behind on {len(both) - ahead - even}")
    if options.json:
        settings = {"seconds": options.seconds, "machine": options.machine, "seed": options.seed}
        told_all = {"version": analoghop.__version__, **settings, "rows": rows}
        options.json.write_text(json.dumps(told_all, indent=1))


if __name__ == "__main__":
    main()
