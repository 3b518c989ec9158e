"""Memory of a million starts: python benchmarks/speed/ensemble_memory.py [--starts 1000000] [--states 100]

Only final states are kept. Each engine and precision runs in a process of its own, which first runs 64 starts
and then all of them; what its resident memory has grown by in between, at its peak, is held against the bound
that the engine states. Prints a table and, with `--json FILE`, writes it.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

CASES = (("Ensemble", "float64"), ("Ensemble", "float32"), ("Fused", "float64"), ("Fused", "float32"))


def bound(starts: int, n: int, dtype: str) -> float:
    """Return the bytes that `Ensemble` and `Fused` state for one thread."""
    size = 8 if dtype == "float64" else 4
    tile = max(1 << 17, 64 * n * size)
    return starts * (size * n + 64) + 30 * tile + 10 * 1024 * n * 8


def run(engine: str, dtype: str, starts: int, n: int) -> dict[str, Any]:
    """Return what a run takes; to be called once in a process, since peaks are never forgotten."""
    import resource

    import numpy as np

    from analoghop import Amplifiers, Network, Tanh, random_starts
    from analoghop.engines import Ensemble, Fused

    A = np.random.default_rng(0).normal(size=(n, n)) / np.sqrt(n)
    network = Network((A + A.T) / 2, Amplifiers.uniform(Tanh(), n, gain=3.0))
    chosen = {"Ensemble": Ensemble, "Fused": Fused}[engine](dtype=dtype)
    chosen.integrate_many(network, random_starts(network, 64, seed=1), (0.0, 1.0))
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    found = chosen.integrate_many(network, random_starts(network, starts, seed=1), (0.0, 1.0))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    assert len(found) == starts
    return {
        "engine": engine,
        "dtype": dtype,
        "starts": starts,
        "states": n,
        "before_bytes": before,
        "grown_bytes": after - before,
        "bound_bytes": bound(starts, n, dtype),
        "cpu_s": found.cpu_s,
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=1_000_000)
    parser.add_argument("--states", type=int, default=100)
    parser.add_argument("--json", type=Path, metavar="FILE")
    parser.add_argument("--one", nargs=2, metavar=("ENGINE", "DTYPE"), help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    if chosen.one:
        print(json.dumps(run(*chosen.one, chosen.starts, chosen.states)))
        return
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    rows = []
    print("| engine | precision | interpreter | grown by | stated bound | CPU s |")
    print("|---|---|---|---|---|---|")
    for engine, dtype in CASES:
        words = [sys.executable, __file__, "--starts", str(chosen.starts), "--states", str(chosen.states)]
        answer = subprocess.run([*words, "--one", engine, dtype], check=True, capture_output=True, text=True)
        row = json.loads(answer.stdout)
        rows.append(row)
        grown, most = row["grown_bytes"], row["bound_bytes"]
        print(
            f"| {engine} | {dtype} | {row['before_bytes'] / 1e6:.0f} MB | {grown / 1e6:.0f} MB |"
            f" {most / 1e6:.0f} MB{'' if grown <= most else ' EXCEEDED'} | {row['cpu_s']:.0f} |",
            flush=True,
        )
    if chosen.json:
        chosen.json.write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main()
