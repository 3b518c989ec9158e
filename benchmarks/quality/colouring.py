"""Graph colouring, with fixed seeds: python benchmarks/quality/colouring.py FOLDER [NAMES] [--json FILE]

FOLDER holds DIMACS .col files. Two tables: the share of starts that colour a graph with its best known number
of colours, and the CPU seconds of one core until the first proper colouring, 16 starts at a time for
`--budget` seconds. Every graph gets the same options, the default ones of the formulation; `--set` changes
them for all. The numbers of colours are those below, the best known but where a table says otherwise.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np

import analoghop
from analoghop.engines.choice import stepper_of
from analoghop.engines.machines.run import run
from analoghop.intervals import wilson_interval
from analoghop.optimise.settings import with_settings
from analoghop.problems.baselines.dsatur import dsatur
from analoghop.problems.clusters import ClusterEncoding
from analoghop.problems.colouring.adaptive import AdaptiveColouring
from analoghop.problems.colouring.instance import Colouring
from analoghop.problems.graph import Graph

SEED = 1
BATCH = 16
PACE = 100  # steps by which the speed is measured, so that the budget can be one of steps

RATES = {
    "myciel3": 4, "myciel4": 5, "myciel5": 6, "myciel6": 7, "myciel7": 8,
    "queen5_5": 5, "queen6_6": 7, "queen7_7": 7, "queen8_8": 9, "queen8_12": 12, "queen9_9": 10,
    "miles250": 8, "miles500": 20, "miles750": 31, "miles1000": 42, "miles1500": 73,
    "mulsol.i.1": 49, "mulsol.i.2": 31, "mulsol.i.3": 31, "mulsol.i.4": 31, "mulsol.i.5": 31,
    "zeroin.i.1": 49, "zeroin.i.2": 30, "zeroin.i.3": 30,
    "anna": 11, "david": 11, "huck": 11, "jean": 10, "games120": 9, "school1": 14, "school1_nsh": 14,
    "le450_25a": 25, "le450_25b": 25, "flat300_20_0": 20, "le450_15b": 16,
    "DSJC125.1": 5, "le450_5c": 5, "queen10_10": 11,
}  # fmt: skip
FOUND = (
    ("DSJC125.5", 17), ("DSJC250.5", 29), ("le450_15a", 15), ("le450_15b", 15), ("le450_15c", 15),
    ("le450_5a", 5), ("le450_5b", 5), ("le450_5d", 5), ("queen10_10", 11), ("queen11_11", 12),
    ("queen12_12", 13), ("queen13_13", 14), ("fpsol2.i.1", 65), ("fpsol2.i.2", 30), ("inithx.i.1", 54),
    ("inithx.i.2", 31), ("1-FullIns_5", 6), ("will199GPIA", 7), ("ash331GPIA", 4), ("homer", 13),
    ("r125.5", 36), ("r250.5", 66), ("r250.5", 65), ("DSJR500.1", 12), ("DSJC500.1", 12),
    ("DSJC250.5", 28), ("flat300_28_0", 31), ("flat300_28_0", 30), ("DSJC250.9", 72),
)  # fmt: skip
WANTED = dict.fromkeys(RATES, 0.95) | {"DSJC125.1": 0.8, "le450_5c": 0.8, "queen10_10": 0.5}


def rate(path: Path, k: int, options: argparse.Namespace) -> dict[str, Any]:
    problem = Colouring.read(path, k)
    before = time.process_time()
    result = analoghop.solve(
        problem,
        formulation="memristive",
        starts=options.starts,
        seed=SEED,
        settings=options.settings,
        baselines=False,
    )
    low, high = wilson_interval(result.valid, options.starts)
    share = result.valid / options.starts
    return {
        "instance": path.stem,
        "vertices": problem.size,
        "edges": problem.graph.m,
        "colours": k,
        "dsatur": int(dsatur(problem.graph).max()) + 1,
        "left_out": result.parameters["left_out"],
        "rate": share,
        "interval": [low, high],
        "wanted": WANTED[path.stem],
        "cpu_s": time.process_time() - before,
    }


def timed(encoding: ClusterEncoding, steps: int) -> float:
    """Return the CPU seconds of some steps of a batch."""
    before, index = time.process_time(), np.arange(BATCH)
    run(stepper_of(encoding.system), encoding.start(0, index), 0, index, steps=steps)
    return time.process_time() - before


def find(path: Path, k: int, options: argparse.Namespace) -> dict[str, Any]:
    problem = Colouring.read(path, k)
    encoding = with_settings(AdaptiveColouring, options.settings).encode(problem)
    before, first, found = time.process_time(), 0, None
    pace = timed(encoding, PACE) / PACE
    while found is None and (used := time.process_time() - before) < options.budget:
        index = np.arange(first, first + BATCH)
        steps = max(1, int((options.budget - used) / pace))
        start = encoding.start(SEED, index)
        stepper = stepper_of(encoding.system)
        ends = run(stepper, start, SEED, index, steps=steps, stop_after_solved=1)
        for member in np.flatnonzero(ends.solved):
            answer = encoding.decode(ends.outputs[:, [member]])[0].answer
            if problem.verify(answer).valid:
                found = time.process_time() - before
                break
        first += BATCH
    return {
        "instance": path.stem,
        "vertices": problem.size,
        "edges": problem.graph.m,
        "colours": k,
        "dsatur": int(dsatur(problem.graph).max()) + 1,
        "left_out": encoding.parameters["left_out"],
        "found_cpu_s": found,
        "starts": first,
    }


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("names", nargs="*", help="graphs; by default all")
    parser.add_argument("--part", choices=("rates", "found"), help="one of the tables only")
    parser.add_argument("--starts", type=int, default=32)
    parser.add_argument("--budget", type=float, default=60.0, help="CPU seconds")
    parser.add_argument("--set", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--json", type=Path)
    options = parser.parse_args()
    options.settings = dict(pair.split("=", 1) for pair in options.set)
    # Loading and compiling is not what is measured.
    timed(AdaptiveColouring().encode(Colouring(Graph.of(3, [(0, 1), (1, 2), (0, 2)]), 3)), 1)
    tables: dict[str, Any] = {"seed": SEED, "settings": options.settings}

    def paths(table: Iterable[tuple[str, int]]) -> list[tuple[Path, int]]:
        wanted = [(name, k) for name, k in table if not options.names or name in options.names]
        found = [(options.folder / f"{name}.col", k) for name, k in wanted]
        return [(path, k) for path, k in found if path.exists()]

    if options.part != "found":
        print(f"\nStarts that colour the graph, of {options.starts}, seed {SEED}")
        print("| graph | vertices | edges | left out | k | DSATUR | rate | 95 % interval | target | CPU s |")
        print("|---|---|---|---|---|---|---|---|---|---|")
        rows = []
        for path, k in paths(RATES.items()):
            row = rate(path, k, options)
            rows.append(row)
            low, high = row["interval"]
            print(
                f"| {row['instance']} | {row['vertices']} | {row['edges']} | {row['left_out']} | {k} |"
                f" {row['dsatur']} | {row['rate']:.3f} | {low:.2f} to {high:.2f} | {row['wanted']:.2f} |"
                f" {row['cpu_s']:.2f} |",
                flush=True,
            )
        missed = [row["instance"] for row in rows if row["rate"] < row["wanted"]]
        print(f"targets missed: {', '.join(missed) or 'none'}")
        tables["rates"] = rows
    if options.part != "rates":
        print(f"\nFirst proper colouring within {options.budget:g} CPU s, {BATCH} starts at a time")
        print("| graph | vertices | edges | left out | k | DSATUR | CPU s | starts |")
        print("|---|---|---|---|---|---|---|---|")
        rows = []
        for path, k in paths(FOUND):
            row = find(path, k, options)
            rows.append(row)
            seconds = "not found" if row["found_cpu_s"] is None else f"{row['found_cpu_s']:.2f}"
            print(
                f"| {row['instance']} | {row['vertices']} | {row['edges']} | {row['left_out']} | {k} |"
                f" {row['dsatur']} | {seconds} | {row['starts']} |",
                flush=True,
            )
        tables["found"] = rows
    if options.json:
        options.json.write_text(json.dumps(tables, indent=1))


if __name__ == "__main__":
    main()
