"""Cold starts, process by process: our command line against ngspice on its default settings.

python benchmarks/speed/cold.py prints the best CPU and wall time of five runs each, as JSON.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

CIRCUITS = Path(__file__).parents[2] / "circuits"
REPEATS = 5


def best(command: list[str], folder: str) -> dict[str, float]:
    cpu, wall = [], []
    for _ in range(REPEATS):
        before, begin = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
        subprocess.run(command, cwd=folder, capture_output=True, check=True)
        wall.append(time.perf_counter() - begin)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return {"cpu_s": round(min(cpu), 3), "wall_s": round(min(wall), 3)}


def main() -> None:
    ours = [sys.executable, "-m", "analoghop"]
    deck = str(CIRCUITS / "hopfield_tank10.cir")
    picture = [*ours, "run", str(CIRCUITS / "flipflop.cir"), "--plot", "x.png"]
    os.environ.update(OMP_NUM_THREADS="1", OPENBLAS_NUM_THREADS="1")
    with tempfile.TemporaryDirectory() as folder:
        table = {
            "analoghop --version": best([*ours, "--version"], folder),
            "analoghop run flipflop.cir --plot": best(picture, folder),
            "analoghop run hopfield_tank10.cir": best([*ours, "run", deck], folder),
        }
        if shutil.which("ngspice"):
            table["ngspice hopfield_tank10.cir"] = best(["ngspice", "-b", "-r", "x.raw", deck], folder)
    print(json.dumps(table, indent=2))


if __name__ == "__main__":
    main()
