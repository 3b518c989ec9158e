"""CPU seconds of an anneal of 2000 steps: python benchmarks/speed/assignment.py FOLDER [--json FILE]

FOLDER holds TSPLIB's berlin52 and kroA100. The default circuit in single precision, per start of a batch,
best of a few repetitions: compiled, and in plain NumPy without noise and with it; then the growth with the
number of cities, on random places. Run it on an idle machine, with one thread of linear algebra.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np

from analoghop import TSP
from analoghop.engines.choice import numba_installed, stepper_of
from analoghop.engines.machines.run import run
from analoghop.problems.tsp import Potts

STEPS = 2000
TARGETS = {("berlin52", "compiled"): 0.03, ("kroA100", "compiled"): 0.1}
TARGETS |= {("berlin52", "NumPy, no noise"): 0.05, ("kroA100", "NumPy, no noise"): 0.15}
SIZES = (50, 100, 200)
STEEPEST = 3.0
"""Power of the number of cities that the growth may reach."""


def variants() -> dict[str, tuple[str, float | None, int]]:
    """Return engine, noise and batch by name."""
    found: dict[str, tuple[str, float | None, int]] = {
        "NumPy, no noise": ("numpy", 0.0, 16),
        "NumPy": ("numpy", None, 16),
    }
    return {"compiled": ("fused", None, 4), **found} if numba_installed() else found


def seconds(problem: TSP, engine: str, sigma: float | None, batch: int, repetitions: int) -> float:
    encoding = Potts(steps=STEPS, sigma=sigma).encode(problem)
    index = np.arange(batch)
    states = encoding.start(0, index)
    stepper = stepper_of(encoding.system, engine=engine)
    run(stepper, states[:, :1], 0, index[:1])
    best = math.inf
    for _ in range(repetitions):
        began = time.process_time()
        run(stepper, states, 0, index)
        best = min(best, time.process_time() - began)
    return best / batch


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path)
    parser.add_argument("--repetitions", type=int, default=5)
    parser.add_argument("--json", type=Path, metavar="FILE")
    arguments = parser.parse_args()
    rows = []
    print("| instance | engine | CPU s per start and 2000 steps | target |\n|---|---|---|---|")
    for name in ("berlin52", "kroA100"):
        problem = TSP.read(arguments.folder / f"{name}.tsp")
        for engine, (word, sigma, batch) in variants().items():
            took = seconds(problem, word, sigma, batch, arguments.repetitions)
            target = TARGETS.get((name, engine))
            rows.append({"instance": name, "engine": engine, "cpu_s": took, "target_s": target})
            print(f"| {name} | {engine} | {took:.4f} | {'' if target is None else target} |", flush=True)
    growth = {}
    print(f"\n| engine | {' | '.join(f'{n} cities' for n in SIZES)} | power of n |")
    print(f"|{'---|' * (len(SIZES) + 2)}")
    for engine, (word, sigma, batch) in variants().items():
        places = [np.random.default_rng(n).random((n, 2)) for n in SIZES]
        took = [
            seconds(TSP.from_coordinates(xy), word, sigma, batch, max(1, arguments.repetitions // 2))
            for xy in places
        ]
        power = math.log(took[-1] / took[0]) / math.log(SIZES[-1] / SIZES[0])
        growth[engine] = {"cpu_s": dict(zip(map(str, SIZES), took, strict=True)), "power": power}
        print(f"| {engine} | {' | '.join(f'{t:.4f}' for t in took)} | {power:.2f} |", flush=True)
    missed = [row for row in rows if row["target_s"] is not None and row["cpu_s"] > row["target_s"]]
    for row in missed:
        print(f"MISSED: {row['instance']}, {row['engine']}")
    steep = [engine for engine, found in growth.items() if found["power"] > STEEPEST]
    print("all targets reached" if not missed and not steep else f"too steep: {', '.join(steep) or 'none'}")
    if arguments.json:
        arguments.json.write_text(json.dumps({"instances": rows, "growth": growth}, indent=1) + "\n")


if __name__ == "__main__":
    main()
