"""Studies: batches against loops, the store, yields: python benchmarks/quality/experiments.py [--json FILE]

1. 400 parts of circuits/adc4.cir in one batch against a loop of `simulate`, as a ratio of CPU time.
2. 10 000 points that compute nothing, run and stored; 100 000 rows opened and reported.
3. The converter of Tank and Hopfield (1986), sigma(g u) with rails 0 and 1 V, all resistors scattering: the
   share of 400 parts that read all 16 code centres, with Wilson's intervals, the gain annealed from 2 to 1000
   over 60 time constants from u = 0.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from analoghop import Circuit, simulate, simulate_many
from analoghop.activations import Logistic
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array
from analoghop.experiments import Stored, Study, report, run_study
from analoghop.experiments.plan.points import Point
from analoghop.experiments.scattering.draws import deviations
from analoghop.experiments.store.point_result import PointResult
from analoghop.experiments.store.writer import writing
from analoghop.intervals import wilson_interval
from analoghop.schedules import Schedule
from analoghop.systems.circuits.network import Network

ADC = Path(__file__).parents[2] / "circuits" / "adc4.cir"
PARTS, SEED, LOOP = 400, 7, 20


def nothing(x: float) -> float:
    return 0.0


def batch() -> dict[str, float]:
    """Return the CPU time of a batch and of a loop (from some of its runs), and how far they are apart."""
    rng = np.random.default_rng(SEED)
    elements = [e for e in Circuit.read(ADC).elements if e.name[0] in "rc"]
    values = {e.name: e.value * (1 + 0.01 * rng.uniform(-1, 1, PARTS)) for e in elements}
    simulate_many(ADC, parameters={name: given[:2] for name, given in values.items()})
    simulate(ADC, settle=True)
    start = time.process_time()
    run = simulate_many(ADC, parameters=values)
    together = time.process_time() - start
    start, apart = time.process_time(), 0.0
    for k in range(LOOP):
        point = {name: float(given[k]) for name, given in values.items()}
        single = simulate(ADC, parameters=point, settle=True)
        apart = max(apart, float(np.abs(single.states[:, -1] - run.states[:, k]).max()))
    loop = (time.process_time() - start) * PARTS / LOOP
    return {"batch_s": together, "loop_s": loop, "ratio": loop / together, "largest_difference_v": apart}


def store(folder: Path) -> dict[str, float]:
    """Return the seconds of 10 000 empty points, and of opening and reporting 100 000 rows."""
    start = time.perf_counter()
    run_study(
        Study("empty", nothing, vary={"x": {"lin": [0, 1, 10_000]}}, metrics=["value"]), folder / "a.db"
    )
    empty = time.perf_counter() - start
    study = Study(
        "rows",
        lambda gain, seed: 0,
        vary={"gain": {"lin": [1, 100, 100]}},
        draws={"starts": 1000},
        metrics=["v"],
    )
    with writing(folder / "b.db") as writer:
        writer.begin(study, 100_000, "benchmark", {})
        for gain in range(100):
            rows = [
                PointResult(
                    f"{gain:04d}{k:04d}",
                    Point({"gain": float(gain)}, None, k),
                    "done",
                    {"v": k * 0.5, "good": k % 3 > 0},
                )
                for k in range(1000)
            ]
            writer.add((1000 * gain + k, row) for k, row in enumerate(rows))
    start = time.perf_counter()
    lines = report(Stored(folder / "b.db"))
    assert len(lines) == 100
    return {
        "empty_10k_s": empty,
        "report_100k_s": time.perf_counter() - start,
        "store_100k_mb": (folder / "b.db").stat().st_size / 1e6,
    }


def converter() -> tuple[Array, Array, Array]:
    """Return T (4, 4), and the conductances from reference and input, (4,): eq. 8 of the paper."""
    i = np.arange(4)
    T = -(2.0 ** (i[:, None] + i))
    np.fill_diagonal(T, 0.0)
    return T, -(2.0 ** (2 * i - 1)), 2.0**i


def good_parts(
    tolerance: float,
    law: str,
    offset: float = 0.0,
    gain: float = 1000.0,
    spread: float = 0.0,
    annealed: bool = True,
) -> tuple[Array, Array]:
    """Return the largest error in LSB of each part, and how many of the 16 codes it reads."""
    T, reference, signal = converter()
    names = [f"T{i}{j}" for i in range(4) for j in range(4)] + [
        f"{w}{i}" for w in ("ref", "in") for i in range(4)
    ]
    d = np.array([deviations(SEED, "value", part, names, law) for part in range(PARTS)]).T * tolerance
    shift = np.array(
        [deviations(SEED, "offset", part, list("0123"), "gaussian") * 3 for part in range(PARTS)]
    ).T
    factor = 1.0 + d
    matrix = T[:, :, None] * factor[:16].reshape(4, 4, PARTS)
    worst, read = np.zeros(PARTS), np.zeros(PARTS, int)
    ramp = Schedule(np.array([0.0, 60.0]), np.array([2.0, gain]) / gain, "geometric") if annealed else None
    for x in range(16):
        bias = reference[:, None] * factor[16:20] + signal[:, None] * factor[20:] * x
        network = Network(T, Amplifiers.uniform(Logistic(), 4, gain=gain), gain_factor=ramp)
        parameters = {"T": matrix, "bias": bias}
        if offset:
            parameters["offset"] = offset * shift
        run = simulate_many(
            network, x0=np.full(4, spread), parameters=parameters, tstop=100.0, settle=True, rtol=1e-5
        )
        code = ((run.outputs > 0.5) * (2 ** np.arange(4))[:, None]).sum(axis=0)
        worst = np.maximum(worst, np.abs(code - x))
        read += code == x
    return worst, read


def yields() -> list[dict[str, Any]]:
    found = []
    for law in ("uniform", "gaussian"):
        for tolerance in (0.005, 0.01, 0.02, 0.05):
            worst, _ = good_parts(tolerance, law)
            good = int((worst == 0).sum())
            low, high = wilson_interval(good, PARTS)
            found.append(
                {
                    "law": law,
                    "tolerance": tolerance,
                    "yield": good / PARTS,
                    "low": low,
                    "high": high,
                    "within_1_lsb": float((worst <= 1).mean()),
                }
            )
    for offset in (0.001, 0.002, 0.005):
        worst, _ = good_parts(0.0, "uniform", offset)
        found.append({"law": "offset sigma", "tolerance": offset, "yield": float((worst == 0).mean())})
    for gain in (10.0, 20.0, 50.0, 1000.0):
        _, read = good_parts(0.0, "uniform", gain=gain)
        found.append({"law": "gain", "tolerance": gain, "codes": int(read[0])})
    for spread in (0.0, 0.3, -0.3):
        _, read = good_parts(0.0, "uniform", spread=spread, annealed=False)
        found.append({"law": "fixed gain 1000 from u", "tolerance": spread, "codes": int(read[0])})
    return found


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        result = {"batch": batch(), "store": store(Path(folder)), "yields": yields()}
    for name, value in {**result["batch"], **result["store"]}.items():
        print(f"{name:24} {value:.4g}")
    for row in result["yields"]:
        print(
            "  ".join(
                f"{key} {value:.4g}" if isinstance(value, float) else f"{key} {value}"
                for key, value in row.items()
            )
        )
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
