"""Single anneals on instances of TSPLIB: python benchmarks/quality/tsp.py FOLDER --json FILE [--jobs 2]

FOLDER holds `tsplib/`, `hopfield_tank/` and `atsp/`, each with `best_known.json`. The default formulation
with its defaults, seed 0, raw: no repair, no polish; an invalid end state anneals again as the same start.
100 starts up to 16 cities, 30 below 180, 10 up to 200, 4 beyond, or `--starts`; instances above 500 cities
are left out.

Every instance is written to FILE as soon as it is measured, and those in FILE are not measured again: the
run, several minutes long, may be interrupted. `--only NAME` (repeated) chooses. Prints a table in Markdown.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from analoghop import TSP
from analoghop.intervals import wilson_interval
from analoghop.optimise import solve

SEED = 0
LARGEST = 500
PLACES = ("EUC_2D", "CEIL_2D", "GEO", "ATT", "EUCLIDEAN")
"""Kinds of distances that are those of places; others are tabulated beside."""
TARGETS = {
    "berlin52": 3.5,
    "kroA100": 2.5,
    "eil51": 4.5,
    "eil76": 6.0,
    "ch150": 5.0,
    "kroA150": 5.0,
    "kroA200": 6.0,
}
"""Mean gaps, in percent, that are to be reached."""


def starts(n: int) -> int:
    return 100 if n <= 16 else 30 if n < 180 else 10 if n <= 200 else 4


def instances(folder: Path) -> dict[str, tuple[Path, float]]:
    """Return file and best known length of every instance, by name."""
    old, library = folder / "hopfield_tank", folder / "tsplib"
    table = json.loads((old / "best_known.json").read_text())
    found = {
        "ht10": (old / "ht10.csv", table["ht10"]["optimal"]),
        "oliver30": (old / "oliver30.tsp", table["oliver30"]["optimal_EUC_2D_rounded"]),
    }
    best = json.loads((library / "best_known.json").read_text())
    found |= {path.stem: (path, best[path.stem]) for path in sorted(library.glob("*.tsp"))}
    one_way = folder / "atsp"
    best = json.loads((one_way / "best_known.json").read_text())
    return found | {path.stem: (path, best[path.stem]) for path in sorted(one_way.glob("*.atsp"))}


def measured(job: tuple[str, Path, float, int | None]) -> dict[str, Any]:
    name, path, best, given = job
    problem = TSP.read(path)
    result = solve(problem, starts=given or starts(problem.size), seed=SEED, best_known=best, baselines=False)
    told = result.to_dict()
    kept = (
        "size",
        "starts",
        "valid_rate",
        "valid_interval",
        "cost_best",
        "gap_mean",
        "gap_median",
        "gap_best",
    )
    return {
        "name": name,
        "type": problem.edge_weight_type,
        "symmetric": problem.symmetric,
        **{key: told[key] for key in kept},
        "optimal_rate": told["success_rate"],
        "optimal_interval": wilson_interval(result.successes, len(result.starts)),
        "reheated": told["parameters"].get("reheated", 0),
        "failed": result.failed,
        "roughness": told["parameters"]["roughness"],
        "steps": told["parameters"]["steps"],
        "cpu_s_per_start": result.cpu_s_per_start,
    }


def line(row: Mapping[str, Any]) -> str:
    least, most = (100 * bound for bound in row["valid_interval"])
    low, high = (100 * bound for bound in row["optimal_interval"])
    gaps = [f"{row[key]:.2f}" if row[key] is not None else "-" for key in ("gap_mean", "gap_best")]
    cells = (
        row["name"],
        row["type"],
        row["size"],
        row["starts"],
        f"{100 * row['valid_rate']:.4g} ({least:.0f} to {most:.0f})",
        *gaps,
        f"{100 * row['optimal_rate']:.3g} ({low:.0f} to {high:.0f})",
        row["reheated"],
        f"{row['cpu_s_per_start']:.3g}",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


HEAD = (
    "| instance | distances | cities | starts | valid % (95 %) | mean gap % | best gap % | optimal % (95 %) "
    "| reheated | CPU s per start |\n|---|---|---|---|---|---|---|---|---|---|"
)


def table(rows: Iterable[Mapping[str, Any]]) -> str:
    ordered = sorted(rows, key=lambda row: (row["type"] not in PLACES or not row["symmetric"], row["size"]))
    return "\n".join([HEAD, *map(line, ordered)])


def verdicts(rows: Iterable[Mapping[str, Any]]) -> list[str]:
    by_name = {row["name"]: row for row in rows}
    places = [row for row in by_name.values() if row["type"] in PLACES and row["size"] <= 200]
    middle = [row for row in places if row["size"] >= 48 and row["gap_mean"] is not None]
    said = []
    for name, target in TARGETS.items():
        if name in by_name:
            gap = by_name[name]["gap_mean"]
            said.append(
                f"{_word(gap is not None and gap <= target)}: {name} mean gap {gap:.2f} <= {target} %"
            )
    if middle:
        mean = float(np.mean([row["gap_mean"] for row in middle]))
        said.append(f"{_word(mean <= 3.2)}: mean over {len(middle)} of 48 to 200 cities {mean:.2f} <= 3.2 %")
    short = [f"{row['name']} {100 * row['valid_rate']:.4g} %" for row in places if row["valid_rate"] < 0.99]
    said.append(
        f"{_word(not short)}: all valid in 99 % of starts or more{', but ' * bool(short)}{', '.join(short)}"
    )
    for name, target in (("ht10", 0.99), ("burma14", 0.5)):
        if name in by_name:
            rate = by_name[name]["optimal_rate"]
            said.append(f"{_word(rate >= target)}: {name} optimal {100 * rate:.3g} >= {100 * target:.0f} %")
    return said


def _word(reached: bool) -> str:
    return "reached" if reached else "MISSED"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--json", type=Path, metavar="FILE", required=True)
    parser.add_argument("--only", action="append", metavar="NAME")
    parser.add_argument("--starts", type=int, metavar="N", help="of every instance")
    parser.add_argument("--jobs", type=int, default=1, metavar="N", help="instances at a time")
    arguments = parser.parse_args()
    found = instances(arguments.folder)
    if unknown := set(arguments.only or ()) - set(found):
        parser.error(f"no instance {', '.join(sorted(unknown))} in {arguments.folder}")
    rows: dict[str, Any] = {}
    if arguments.json.is_file():
        rows = json.loads(arguments.json.read_text())["instances"]
    chosen = arguments.only or [name for name, (path, _) in found.items() if TSP.read(path).size <= LARGEST]
    jobs = [(name, *found[name], arguments.starts) for name in chosen if name not in rows]
    with multiprocessing.get_context("spawn").Pool(arguments.jobs) as pool:
        for row in pool.imap_unordered(measured, jobs):
            rows[row["name"]] = row
            arguments.json.write_text(json.dumps({"seed": SEED, "instances": rows}, indent=1) + "\n")
            print(line(row), flush=True)
    shown = [rows[name] for name in chosen if name in rows]
    print("", table(shown), "", *verdicts(shown), sep="\n")


if __name__ == "__main__":
    main()
