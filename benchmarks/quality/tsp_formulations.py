"""The travelling salesman's formulations side by side: python benchmarks/quality/tsp_formulations.py FOLDER

FOLDER holds `tsplib/` and `hopfield_tank/`, each with `best_known.json`. Every formulation makes single
anneals with its defaults, no repair, no polish: 500 of hopfield-tank and 100 of the others up to 16 cities,
10 up to 60, 3 beyond; seed 0. Prints valid rate, mean and best gap to the best known (over the valid ones)
and CPU seconds per start; `--json FILE` keeps them. `--only NAME` and `--instance NAME` (repeated) choose.
`--few` has 3 to 7 cities in their place: 20 instances each with places at random, 20 starts of each.
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import numpy as np

from analoghop import TSP
from analoghop.errors import InputError
from analoghop.optimise import solve
from analoghop.problems.tsp import FORMULATIONS

INSTANCES = {
    "ht10": "hopfield_tank/ht10.csv",
    "burma14": "tsplib/burma14.tsp",
    "eil51": "tsplib/eil51.tsp",
    "berlin52": "tsplib/berlin52.tsp",
    "kroA100": "tsplib/kroA100.tsp",
}
SEED = 0


def starts(formulation: str, n: int) -> int:
    if n <= 16:
        return 500 if formulation == "hopfield-tank" else 100
    return 10 if n <= 60 else 3


def best_known(path: Path) -> float:
    known = json.loads((path.parent / "best_known.json").read_text())[path.stem]
    return float(known["optimal"] if isinstance(known, dict) else known)


def measured(formulation: str, path: Path) -> dict[str, Any] | None:
    problem = TSP.read(path)
    count = starts(formulation, problem.size)
    try:
        result = solve(
            problem, formulation, starts=count, seed=SEED, best_known=best_known(path), baselines=False
        )
    except InputError as error:
        print(f"{path.stem:<10}{formulation:<15}{error}")
        return None
    told = result.to_dict()
    kept = ("starts", "valid_rate", "valid_interval", "gap_mean", "gap_best", "success_rate", "violations")
    return {name: told[name] for name in kept} | {"cpu_s_per_start": result.cpu_s_per_start}


def few(formulation: str, n: int) -> dict[str, Any]:
    """Return the valid rate of 20 starts on each of 20 instances of `n` cities."""
    results = [
        solve(
            TSP.from_coordinates(np.random.default_rng([n, number]).uniform(size=(n, 2))),
            formulation,
            starts=20,
            seed=SEED,
            baselines=False,
        )
        for number in range(20)
    ]
    return {"starts": 400, "valid_rate": sum(result.valid for result in results) / 400}


def text(value: float | None, unit: str = "") -> str:
    return "-" if value is None else f"{max(value, 0.0):.2f}{unit}"  # no tour is shorter than the optimum


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--only", action="append", choices=list(FORMULATIONS))
    parser.add_argument("--instance", action="append", choices=list(INSTANCES))
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--few", action="store_true", help="3 to 7 cities")
    arguments = parser.parse_args()
    found: dict[str, Any] = {"seed": SEED}
    if arguments.few:
        for n in range(3, 8):
            rows = {name: few(name, n) for name in arguments.only or FORMULATIONS}
            found[str(n)] = rows
            rates = (f"{name} {100 * row['valid_rate']:.4g} %" for name, row in rows.items())
            print(f"{n} cities valid: {', '.join(rates)}", flush=True)
        arguments.instance = []
    print(f"{'':<10}{'':<15}{'starts':>7}{'valid':>8}{'mean gap':>10}{'best gap':>10}{'CPU s':>9}")
    for name in INSTANCES if arguments.instance is None else arguments.instance:
        for formulation in arguments.only or FORMULATIONS:
            row = measured(formulation, arguments.folder / INSTANCES[name])
            if row is None:
                continue
            found.setdefault(name, {})[formulation] = row
            print(
                f"{name:<10}{formulation:<15}{row['starts']:>7}{100 * row['valid_rate']:>7.1f}%"
                f"{text(row['gap_mean'], ' %'):>10}{text(row['gap_best'], ' %'):>10}"
                f"{row['cpu_s_per_start']:>9.3f}",
                flush=True,
            )
    if arguments.json:
        arguments.json.write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
