"""What the memories hold, with fixed seeds: python benchmarks/quality/memory.py [PARTS] [--neurons 1000]

Parts: capacity, basin, morita, pseudo-inverse, modern, heat, gain, faults; by default all. Each prints its
table beside the theory or the target, and whether it was reached; `--json FILE` keeps the numbers.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from analoghop.engines import Ensemble
from analoghop.formats.columns import Columns
from analoghop.problems.memory.cues import make_cues
from analoghop.problems.memory.patterns import Memory
from analoghop.study.memory_basin import basin
from analoghop.study.memory_capacity import capacity
from analoghop.study.memory_faults import faults
from analoghop.study.memory_gain import gain
from analoghop.study.memory_heat import heat
from analoghop.study.memory_models import Recipe
from analoghop.study.memory_trials import Source

ENGINE = Ensemble(dtype="float32")
SEED = 1
TRIALS = 40


def show(columns: Columns, *names: str) -> None:
    print("  " + "".join(f"{name:>12}" for name in names))
    for row in zip(*(columns[name].tolist() for name in names), strict=True):
        print("  " + "".join(f"{value:12.4f}" for value in row))


def verdict(name: str, reached: bool) -> bool:
    print(f"  {'reached' if reached else 'MISSED'}: {name}")
    return bool(reached)


def counts(n: int, loads: list[float]) -> list[int]:
    return [max(1, round(load * n)) for load in loads]


def run_capacity(n: int) -> dict[str, Any]:
    loads = [0.02, 0.05, 0.08, 0.10, 0.12, 0.13, 0.14, 0.15, 0.16, 0.20]
    answer: dict[str, Any] = {}
    for recipe in (Recipe(engine=ENGINE), Recipe(model="binary")):
        columns = capacity(recipe, Source(n, seed=SEED), counts(n, loads), trials=TRIALS, seed=SEED)
        print(f" {recipe.model}, from the pattern itself, gain {recipe.gain:g}, {TRIALS} trials")
        show(columns, "load", "overlap", "error", "correct", "theory")
        low = columns["load"] <= 0.1
        gap = float(np.abs(columns["overlap"] - columns["theory"])[low].max())
        before, after = (float(columns["correct"][np.isclose(columns["load"], a)][0]) for a in (0.13, 0.16))
        answer[recipe.model] = {
            **{name: columns[name].tolist() for name in columns.names},
            "theory": verdict(f"within 0.01 of theory up to load 0.10 (largest gap {gap:.4f})", gap < 0.01),
            "breakdown": verdict(
                f"breakdown: {before:.2f} at 0.13, {after:.2f} at 0.16", before > after + 0.3
            ),
        }
    return answer


def run_basin(n: int) -> dict[str, Any]:
    columns = basin(
        Recipe(engine=ENGINE),
        Source(n, seed=SEED),
        counts(n, [0.05, 0.10, 0.12]),
        [0.35, 0.30, 0.25],
        trials=TRIALS,
        seed=SEED,
    )
    show(columns, "load", "start", "correct", "low", "high")
    return {name: columns[name].tolist() for name in columns.names}


def run_morita(n: int) -> dict[str, Any]:
    answer = {}
    for load in (0.30, 0.35):
        memory = Memory.random(n, round(load * n), SEED)
        model = Recipe(amplifier="morita", engine=ENGINE).build(memory)
        for start in (1.0, 0.7, 0.5):
            cues = make_cues(memory, list(range(20)), noise=(1 - start) / 2, seed=SEED)
            recall = model.recall(cues)
            right, settled = int(recall.correct.sum()), int(recall.settled.sum())
            near = int((recall.overlaps > 0.95).sum())
            slowest = np.nanmax(recall.effort, initial=0.0) / model.circuit.tau
            print(
                f"  load {load:.2f} from overlap {start:.1f}: correct {right}/20, settled {settled}/20, "
                f"overlap above 0.95 at the end {near}/20, slowest {slowest:.0f} tau, {recall.cpu_s:.1f} s"
            )
            answer[f"{load} {start}"] = {"correct": right, "settled": settled, "near": near}
    answer["target"] = verdict("20 of 20 at load 0.30 from overlap 0.5", answer["0.3 0.5"]["correct"] == 20)
    return answer


def run_pseudo_inverse(n: int) -> dict[str, Any]:
    answer = {}
    for load, noise in ((0.9, 0.0), (0.5, 0.1)):
        recipe = Recipe("pseudo-inverse", engine=ENGINE)
        columns = capacity(recipe, Source(n, seed=SEED), [round(load * n)], noise=noise, trials=20, seed=SEED)
        rate, overlap = columns["correct"][0], columns["overlap"][0]
        answer[f"{load} {noise}"] = {"correct": float(rate), "overlap": float(overlap)}
        verdict(f"load {load} from overlap {1 - 2 * noise:g}: {rate:.0%}, overlap {overlap:.4f}", rate == 1)
    return answer


def run_modern(n: int) -> dict[str, Any]:
    answer = {}
    memory = Memory.random(100, 10_000, SEED)
    cues = make_cues(memory, list(range(20)), noise=0.2, seed=SEED)
    for layers, model in ((1, "continuous"), (2, "continuous"), (1, "binary")):
        recall = Recipe("modern", model, layers=layers).build(memory).recall(cues)
        right, what = int(recall.correct.sum()), f"{model}, {layers} layers" if model != "binary" else model
        answer[what] = right
        verdict(f"{what}: {right}/20 of N = 100, P = 10000, 20 % flips, {recall.cpu_s:.1f} s", right == 20)
    return answer


def run_heat(n: int) -> dict[str, Any]:
    answer = {}
    n = max(n, 2000)
    for count, temperatures in (
        (1, [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]),
        (round(0.05 * n), [0.05, 0.1, 0.2, 0.3, 0.4, 0.45]),
    ):
        columns = heat(Source(n, seed=SEED), count, temperatures, sweeps=300, warm_up=60, sets=12, per_set=2)
        print(f" N = {n}, {count} patterns")
        show(columns, "temperature", "overlap", "error", "m_theory", "q", "q_error", "q_theory")
        # The theory is that of N -> infinity: beside the sampling error stands one of order 1/N.
        scores = []
        for name, error, theory in (("overlap", "error", "m_theory"), ("q", "q_error", "q_theory")):
            allowed = 3 * columns[error] + 5.0 / n
            scores.append(float((np.abs(columns[name] - columns[theory]) / allowed).max()))
        what = f"{count} patterns: within 3 standard errors + 5/N (largest {max(scores):.2f} of that)"
        answer[str(count)] = {
            **{name: columns[name].tolist() for name in columns.names},
            "agrees": verdict(what, max(scores) <= 1.0),
        }
    return answer


def run_gain(n: int) -> dict[str, Any]:
    columns = gain(
        Recipe(engine=ENGINE), Source(n, seed=SEED), round(0.05 * n), [1.0, 1.2, 1.5, 2.0, 5.0, 10.0, 20.0],
        trials=20, seed=SEED,
    )  # fmt: skip
    show(columns, "gain", "overlap", "correct")
    return {name: columns[name].tolist() for name in columns.names}


def run_faults(n: int) -> dict[str, Any]:
    answer = {}
    for kind in ("cut", "dead", "stuck"):
        columns = faults(
            Recipe(engine=ENGINE), Source(n, seed=SEED), round(0.05 * n), [0.0, 0.2, 0.4, 0.6, 0.8],
            kind=kind, trials=20, seed=SEED,
        )  # fmt: skip
        print(f" {kind}")
        show(columns, "fraction", "overlap", "correct", "settled")
        answer[kind] = {name: columns[name].tolist() for name in columns.names}
    return answer


PARTS: dict[str, Callable[[int], dict[str, Any]]] = {
    "capacity": run_capacity,
    "basin": run_basin,
    "morita": run_morita,
    "pseudo-inverse": run_pseudo_inverse,
    "modern": run_modern,
    "heat": run_heat,
    "gain": run_gain,
    "faults": run_faults,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PARTS", help=", ".join(PARTS))
    parser.add_argument("--neurons", type=int, default=1000)
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"unknown parts {', '.join(sorted(unknown))}, expected {', '.join(PARTS)}")
    found: dict[str, Any] = {"neurons": arguments.neurons, "seed": SEED}
    for part in arguments.parts or PARTS:
        print(part)
        began = time.process_time()
        found[part] = PARTS[part](arguments.neurons)
        found[part]["cpu_s"] = time.process_time() - began
        print(f"  {found[part]['cpu_s']:.1f} s of computing")
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(found, indent=1) + "\n")


if __name__ == "__main__":
    main()
