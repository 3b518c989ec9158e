"""What the memories hold, with fixed seeds: python benchmarks/quality/memory.py [PARTS] [--neurons 1000]

Parts: capacity, basin, morita, pseudo-inverse, modern, heat, gain, faults; by default all. Each prints its
table beside the theory or the target, and whether it was reached. `--json FILE` keeps the numbers, `--plots
FOLDER` the pictures.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

from analoghop.formats.memories.columns import Columns
from analoghop.memory.cues import make_cues
from analoghop.memory.patterns import Memory
from analoghop.memory.recipe import MemoryRecipe
from analoghop.memory.studies.heat import heat
from analoghop.memory.studies.recall_rates import basin, capacity, faults, gain
from analoghop.memory.studies.trials import PatternSource
from analoghop.plotting import save_figure
from analoghop.plotting.memories.studies import study

SEED = 1
TRIALS = 40
PLOTS: list[Path] = []


def show(columns: Columns, *names: str) -> None:
    print("  " + "".join(f"{name:>12}" for name in names))
    for row in zip(*(columns[name].tolist() for name in names), strict=True):
        print("  " + "".join(f"{value:12.4f}" for value in row))


def picture(name: str, columns: Columns) -> None:
    if PLOTS:
        save_figure(study(columns).figure, PLOTS[0] / f"memory_{name}.png", columns.record)


def verdict(name: str, reached: bool) -> bool:
    print(f"  {'reached' if reached else 'MISSED'}: {name}")
    return bool(reached)


def counts(n: int, loads: list[float]) -> list[int]:
    return [max(1, round(load * n)) for load in loads]


def run_capacity(n: int) -> dict[str, Any]:
    loads = [0.02, 0.05, 0.08, 0.10, 0.12, 0.13, 0.14, 0.15, 0.16, 0.20]
    answer: dict[str, Any] = {}
    for recipe in (MemoryRecipe(), MemoryRecipe(model="binary")):
        columns = capacity(recipe, PatternSource(n, seed=SEED), counts(n, loads), trials=TRIALS, seed=SEED)
        print(f" {recipe.model}, from the pattern itself, gain {recipe.gain:g}, {TRIALS} trials")
        show(columns, "load", "overlap", "error", "correct", "theory")
        picture(f"capacity_{recipe.model}", columns)
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
        MemoryRecipe(),
        PatternSource(n, seed=SEED),
        counts(n, [0.05, 0.10, 0.12]),
        [0.35, 0.30, 0.25],
        trials=TRIALS,
        seed=SEED,
    )
    show(columns, "load", "start", "correct", "low", "high")
    picture("basin", columns)
    return {name: columns[name].tolist() for name in columns.names}


def run_morita(n: int) -> dict[str, Any]:
    answer = {}
    for load in (0.30, 0.35):
        memory = Memory.random(n, round(load * n), SEED)
        model = MemoryRecipe(amplifier="morita").build(memory)
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
    right, late = answer["0.3 0.5"]["correct"], answer["0.35 0.5"]["correct"]
    answer["target"] = verdict("20 of 20 at load 0.30 from overlap 0.5", right == 20)
    answer["fails"] = verdict(f"load 0.35 is too much: {late} of 20", late < 10)
    return answer


def run_pseudo_inverse(n: int) -> dict[str, Any]:
    answer = {}
    for load, noise in ((0.9, 0.0), (0.5, 0.1)):
        recipe = MemoryRecipe("pseudo-inverse")
        columns = capacity(
            recipe, PatternSource(n, seed=SEED), [round(load * n)], noise=noise, trials=20, seed=SEED
        )
        rate, overlap = columns["correct"][0], columns["overlap"][0]
        answer[f"{load} {noise}"] = {"correct": float(rate), "overlap": float(overlap)}
        verdict(f"load {load} from overlap {1 - 2 * noise:g}: {rate:.0%}, overlap {overlap:.4f}", rate == 1)
    return answer


def run_modern(n: int) -> dict[str, Any]:
    answer = {}
    memory = Memory.random(100, 10_000, SEED)
    cues = make_cues(memory, list(range(20)), noise=0.2, seed=SEED)
    for layers, model in ((1, "continuous"), (2, "continuous"), (1, "binary")):
        recall = MemoryRecipe("modern", model, layers=layers).build(memory).recall(cues)
        right, what = int(recall.correct.sum()), f"{model}, {layers} layers" if model != "binary" else model
        answer[what] = right
        verdict(f"{what}: {right}/20 of N = 100, P = 10000, 20 % flips, {recall.cpu_s:.1f} s", right == 20)
    return answer


def run_heat(n: int) -> dict[str, Any]:
    """Compare the stochastic model with the exact mean of one pattern and the mean field of load 0.05."""
    answer: dict[str, Any] = {}
    hot = [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 1.0, 1.1, 1.2]
    for size, count, temperatures, sets in (
        (n, 1, hot, 12),
        (2 * n, round(0.1 * n), [0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5], 16),
    ):
        columns = heat(PatternSource(size, seed=SEED), count, temperatures, sets=sets, seed=SEED)
        picture(f"heat{count}", columns)
        beside = "finite" if count == 1 else "theory"
        print(f" N = {size}, {count} patterns, beside the {'exact mean' if count == 1 else 'mean field'}")
        names = ("temperature", "overlap", "error", f"m_{beside}", "q", "q_error", f"q_{beside}", "retained")
        show(columns, *names, *(("m_theory",) if count == 1 else ()))
        z = np.concatenate([scores(columns, "overlap", "error", f"m_{beside}"),
                            scores(columns, "q", "q_error", f"q_{beside}")])  # fmt: skip
        what = f"{count} patterns: {len(z)} deviations, largest {abs(z).max():.1f}, rms {rms(z):.2f} errors"
        answer[str(count)] = {
            **{name: columns[name].tolist() for name in columns.names},
            "agrees": verdict(what, abs(z).max() < 3.5 and rms(z) < 1.5),
        }
    print(" sizes, at load 0.05")
    for temperature in (0.45, 0.5):
        for size in (n // 2, n, 2 * n, 4 * n):
            sets = max(6, 32 * n // (2 * size))
            columns = heat(PatternSource(size, seed=SEED), size // 20, [temperature], sets=sets, seed=SEED)
            row = {name: float(columns[name][0]) for name in columns.names}
            answer[f"{size} at {temperature}"] = row
            print(
                f"  T = {temperature:g}, N = {size}: m = {row['overlap']:.4f} +- {row['error']:.4f}, theory "
                f"{row['m_theory']:.4f}, retained {row['retained']:.2f}, all members {row['overlap_all']:.4f}"
            )
    return answer


def scores(columns: Columns, name: str, error: str, theory: str) -> np.ndarray:
    """Return the deviations from theory in standard errors, where a single unit has flipped at all."""
    seen = columns[error] > 0
    return np.asarray((columns[name] - columns[theory])[seen] / columns[error][seen])


def rms(z: np.ndarray) -> float:
    return float(np.sqrt(np.mean(z**2)))


def run_gain(n: int) -> dict[str, Any]:
    columns = gain(
        MemoryRecipe(), PatternSource(n, seed=SEED), round(0.05 * n), [1.0, 1.2, 1.5, 2.0, 5.0, 10.0, 20.0],
        trials=20, seed=SEED,
    )  # fmt: skip
    show(columns, "gain", "overlap", "correct")
    picture("gain", columns)
    return {name: columns[name].tolist() for name in columns.names}


def run_faults(n: int) -> dict[str, Any]:
    answer = {}
    for kind in ("cut", "dead", "stuck"):
        columns = faults(
            MemoryRecipe(), PatternSource(n, seed=SEED), round(0.05 * n), [0.0, 0.2, 0.4, 0.6, 0.8],
            kind=kind, trials=20, seed=SEED,
        )  # fmt: skip
        print(f" {kind}")
        show(columns, "fraction", "overlap", "correct", "settled")
        picture(f"faults_{kind}", columns)
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
    parser.add_argument("--plots", metavar="FOLDER")
    arguments = parser.parse_args()
    unknown = set(arguments.parts) - set(PARTS)
    if unknown:
        parser.error(f"unknown parts {', '.join(sorted(unknown))}, expected {', '.join(PARTS)}")
    if arguments.plots:
        PLOTS.append(Path(arguments.plots))
        PLOTS[0].mkdir(parents=True, exist_ok=True)
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
