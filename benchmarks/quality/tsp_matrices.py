"""Tours by matrices that no map has: python benchmarks/quality/tsp_matrices.py [--json FILE]

Three generated instances each, fixed seeds, of five kinds and 10, 20, 40 and 80 cities:

one-way    places in a square; 30 % of the streets are three times as long in one direction, and distances
           are the shortest ways through all streets
hills      places in a square with heights; a way up is longer by twice the climb
forbidden  places in a square; 30 % of the pairs have no way, told by a distance of 100 000
symmetric  whole numbers from 1 to 1000, the way back as long as the way there
random     the same, each way by itself

The optimum is proved: a linear program of the edges in whole numbers (HiGHS), to which the subtours of its
solutions are added as constraints until there are none, or 60 s are over: then the best tour of four other
searches by chains stands in for it, and `proved` counts fewer. Beside the default formulation, raw single
anneals with seed 0 (30 to 20 cities, 10 beyond): three runs of `--search chains`, and 2-opt with or-opt from
as many random tours as there were anneals. `--kind` and `--size` (repeated) choose.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse.csgraph import connected_components, shortest_path

from analoghop import TSP
from analoghop.optimise import solve

SEED = 0
KINDS = ("one-way", "hills", "forbidden", "symmetric", "random")
SIZES = (10, 20, 40, 80)
EACH = 3
FORBIDDEN = 1e5
LIMIT = 60.0
"""Seconds for the proof of an optimum."""


def instance(kind: str, n: int, number: int) -> TSP:
    rng = np.random.default_rng([KINDS.index(kind), n, number])
    upper = np.triu(np.ones((n, n), dtype=bool), 1)
    xy = rng.uniform(0.0, 1000.0, (n, 2))
    d = np.linalg.norm(xy[:, None] - xy, axis=-1)
    if kind == "one-way":
        slow = upper & (rng.uniform(size=(n, n)) < 0.3)
        there = rng.uniform(size=(n, n)) < 0.5
        d = shortest_path(np.where((slow & there) | (slow & ~there).T, 3.0 * d, d))
    elif kind == "hills":
        height = rng.uniform(0.0, 300.0, n)
        d = d + 2.0 * np.maximum(height - height[:, None], 0.0)
    elif kind == "forbidden":
        closed = upper & (rng.uniform(size=(n, n)) < 0.3)
        d = np.where(closed | closed.T, FORBIDDEN, d)
    else:
        d = rng.integers(1, 1001, (n, n)).astype(float)
        d = np.where(upper, d, d.T) if kind == "symmetric" else d
    d = np.round(d)
    return TSP(d, name=f"{kind}-{n}-{number}")


def optimum(d: np.ndarray) -> float | None:
    """Return the length of the shortest tour; None where it is not proved in time."""
    n, began = len(d), time.monotonic()
    both = not np.array_equal(d, d.T)
    # Ways there and back are one edge where they are as long: each city has two of these.
    i, j = np.nonzero(~np.eye(n, dtype=bool)) if both else np.triu_indices(n, 1)
    ones = np.ones(len(i))
    out, into = (sparse.csr_array((ones, (end, np.arange(len(i)))), shape=(n, len(i))) for end in (i, j))
    degrees = sparse.vstack([out, into]) if both else out + into
    needed = 1.0 if both else 2.0
    constraints = [LinearConstraint(degrees, needed, needed)]
    while (left := began + LIMIT - time.monotonic()) > 0:
        options = {"time_limit": left, "mip_rel_gap": 0.0}
        found = milp(d[i, j], integrality=ones, bounds=Bounds(0, 1), constraints=constraints, options=options)
        if found.status != 0:
            return None
        taken = found.x > 0.5
        edges = sparse.csr_array((ones[taken], (i[taken], j[taken])), shape=(n, n))
        count, part = connected_components(edges, directed=both, connection="strong")
        if count == 1:
            return float(d[i, j][taken].sum())
        inside = [part == k for k in range(count)]
        leaving = [(own[i] & ~own[j]) if both else (own[i] != own[j]) for own in inside]
        constraints.append(
            LinearConstraint(sparse.csr_array(np.stack(leaving).astype(float)), needed, np.inf)
        )
    return None


def searched(problem: TSP) -> float:
    """Return the length of the best tour of several long searches."""
    found = solve(problem, starts=4, seed=1, search="chains", baselines=False, settings={"steps": 1000})
    assert found.searched is not None
    return min(found.searched.costs)


def measured(kind: str, n: int) -> dict[str, Any]:
    """Return means over the instances of one kind and size; gaps in percent."""
    starts, rows = 30 if n <= 20 else 10, []
    for number in range(EACH):
        problem = instance(kind, n, number)
        best = optimum(problem.distances)
        proved = best is not None
        if best is None:
            best = searched(problem)
        raw = solve(problem, starts=starts, seed=SEED, best_known=best, baselines=False, polish="2opt+oropt")
        told = raw.to_dict()
        searching = solve(
            problem,
            starts=3,
            seed=SEED,
            best_known=best,
            baselines=False,
            search="chains",
            settings={"steps": 1000},
        ).to_dict()
        rows.append(
            {
                "optimum": best,
                "proved": float(proved),
                "valid": told["valid_rate"],
                "mean": told["gap_mean"],
                "best": told["gap_best"],
                "optimal": told["success_rate"],
                "chains": searching["search"]["gap_mean"],
                "local": told["polished"]["control"]["gap_mean"],
                "roughness": told["parameters"]["roughness"],
                "cpu_s": raw.cpu_s_per_start,
            }
        )
    known = {name: [row[name] for row in rows if row[name] is not None] for name in rows[0]}
    means = {name: float(np.mean(values)) if values else np.nan for name, values in known.items()}
    return {"kind": kind, "size": n, "instances": len(rows), "starts": starts, **means}


HEAD = (
    "| kind | cities | instances | proved | starts each | valid % | mean gap % | best gap % | optimal % "
    "| chains, mean % | random + 2-opt/or-opt % | CPU s per start |\n" + 12 * "|---" + "|"
)


def line(row: Mapping[str, Any]) -> str:
    cells: Iterable[Any] = (
        row["kind"],
        row["size"],
        row["instances"],
        round(row["proved"] * row["instances"]),
        row["starts"],
        f"{100 * row['valid']:.4g}",
        *(f"{row[name]:.2f}" for name in ("mean", "best")),
        f"{100 * row['optimal']:.3g}",
        *(f"{row[name]:.2f}" for name in ("chains", "local")),
        f"{row['cpu_s']:.3g}",
    )
    return "| " + " | ".join(map(str, cells)) + " |"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kind", action="append", choices=KINDS)
    parser.add_argument("--size", action="append", type=int, metavar="N")
    parser.add_argument("--json", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    print(HEAD)
    rows = []
    for kind in chosen.kind or KINDS:
        for n in chosen.size or SIZES:
            row = measured(kind, n)
            rows.append(row)
            print(line(row), flush=True)
    if chosen.json:
        chosen.json.write_text(json.dumps({"seed": SEED, "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
