"""Studies: batches against loops, the store, yields: python benchmarks/quality/experiments.py [--json FILE]

1. 400 parts of circuits/adc4.cir in one batch against a loop of `simulate`, as a ratio of CPU time.
2. 10 000 points that compute nothing, run and stored (wall clock); 100 000 rows reported (CPU time).
3. The converter of Tank and Hopfield (1986), sigma(g u) with rails 0 and 1 V, all resistors scattering: the
   share of 400 parts that read all 16 code centres, with Wilson's intervals, the gain annealed from 2 to 1000
   over 60 time constants from u = 0.
4. A Hebbian memory of 5 random patterns in 100 binary units, cues with 20 % of their bits flipped: the share
   of cues recalled without a wrong bit, with couplings that scatter, are cut, or belong to dead amplifiers;
   Student's intervals over 40 pairs of a memory and a part.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Iterator
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
    """Return the wall clock of 10 000 empty points, the CPU time of reporting 100 000 rows."""
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
    start = time.process_time()
    lines = report(Stored(folder / "b.db"))
    assert len(lines) == 100
    return {
        "empty_10k_s": empty,
        "report_100k_s": time.process_time() - start,
        "store_100k_mb": (folder / "b.db").stat().st_size / 1e6,
    }


def converter() -> tuple[Array, Array, Array, Array]:
    """Return T (4, 4), the conductances from reference and input, and the rest of each node's 100, (4,).

    Tank and Hopfield (1986), eq. 8; every node has the same total conductance and the time constant 1.
    """
    i = np.arange(4)
    T = -(2.0 ** (i[:, None] + i))
    np.fill_diagonal(T, 0.0)
    reference, signal = -(2.0 ** (2 * i - 1)), 2.0**i
    return T, reference, signal, 100.0 - np.abs(T).sum(axis=1) + reference - signal


def good_parts(
    tolerance: float,
    law: str,
    offset: float = 0.0,
    gain: float = 1000.0,
    spread: float = 0.0,
    annealed: bool = True,
    parts: int = PARTS,
) -> tuple[Array, Array]:
    """Return the largest error in LSB of each part, and how many of the 16 codes it reads."""
    T, reference, signal, rest = converter()
    names = [f"T{i}{j}" for i in range(4) for j in range(4)]
    names += [f"{word}{i}" for word in ("ref", "in", "rest") for i in range(4)]
    drawn = [deviations(SEED, "value", part, names, law) for part in range(parts)]
    factor = 1.0 + tolerance * np.array(drawn).T
    # The offset is given as sigma, a deviation as a share of 3 sigma.
    shift = 3.0 * np.array([deviations(SEED, "offset", p, list("0123"), "gaussian") for p in range(parts)]).T
    matrix = T[:, :, None] * factor[:16].reshape(4, 4, parts)
    inflow = signal[:, None] * factor[20:24]
    drive = reference[:, None] * factor[16:20]
    G = np.abs(matrix).sum(axis=1) + np.abs(drive) + inflow + rest[:, None] * factor[24:]
    worst, read = np.zeros(parts), np.zeros(parts, int)
    ramp = Schedule(np.array([0.0, 60.0]), np.array([2.0, gain]) / gain, "geometric") if annealed else None
    for x in range(16):
        network = Network(T, Amplifiers.uniform(Logistic(), 4, gain=gain), C=100.0, G=100.0, gain_factor=ramp)
        parameters = {"T": matrix, "G": G, "bias": drive + inflow * x, "offset": offset * shift}
        start = np.full(4, spread)
        run = simulate_many(network, x0=start, parameters=parameters, tstop=100.0, settle=True, rtol=1e-5)
        code = ((run.outputs > 0.5) * (2 ** np.arange(4))[:, None]).sum(axis=0)
        worst = np.maximum(worst, np.abs(code - x))
        read += code == x
    return worst, read


def yields() -> Iterator[dict[str, Any]]:
    """Yield the shares of good parts by tolerance, law, offset, and the codes read by gain and by start."""
    for law in ("uniform", "gaussian"):
        for tolerance in (0.005, 0.01, 0.02, 0.05):
            worst, _ = good_parts(tolerance, law)
            good = int((worst == 0).sum())
            low, high = wilson_interval(good, PARTS)
            yield {
                "law": law, "tolerance": tolerance, "yield": good / PARTS, "low": low, "high": high,
                "within_1_lsb": float((worst <= 1).mean()),
            }  # fmt: skip
    for offset in (0.001, 0.002, 0.005):
        worst, _ = good_parts(0.0, "uniform", offset)
        yield {"law": "offset sigma", "tolerance": offset, "yield": float((worst == 0).mean())}
    for gain in (10.0, 20.0, 50.0, 1000.0):
        _, read = good_parts(0.0, "uniform", gain=gain, parts=1)
        yield {"law": "gain", "tolerance": gain, "codes": int(read[0])}
    for spread in (0.0, 0.3, -0.3):
        _, read = good_parts(0.0, "uniform", spread=spread, annealed=False, parts=1)
        yield {"law": "fixed gain 1000 from u", "tolerance": spread, "codes": int(read[0])}


def faults(folder: Path) -> Iterator[dict[str, Any]]:
    """Yield the rates of recall of a memory by kind and share of its faults."""
    model = {"memory": "random", "neurons": 100, "patterns": 5, "noise": 0.2, "model": "binary"}
    kinds = {"tolerance": [0.2, 0.5, 0.99], "open": [0.1, 0.3, 0.5], "dead": [0.05, 0.1, 0.2]}
    for kind, shares in kinds.items():
        study = Study(
            kind,
            {**model, "settings": {"retrieved": 1.0}},
            vary={kind if kind == "tolerance" else f"tolerance.{kind}": shares},
            tolerance={"elements": ["*"], "law": "gaussian"},
            draws={"parts": 4, "starts": 10, "seed": SEED},
            metrics=["correct_rate"],
        )
        run_study(study, folder / f"{kind}.db")
        for line in report(Stored(folder / f"{kind}.db")):
            rate = line.means["correct_rate"]
            low, high = rate.interval or (0.0, 1.0)
            yield {"fault": kind, "share": line.values[study.axis_names[0]], "recalled": rate.value,
                   "low": low, "high": high}  # fmt: skip


def shown(row: dict[str, Any]) -> str:
    return "  ".join(f"{k} {v:.4g}" if isinstance(v, float) else f"{k} {v}" for k, v in row.items())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json")
    arguments = parser.parse_args()
    result: dict[str, Any] = {"batch": batch()}
    print(shown(result["batch"]), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        result["store"] = store(Path(folder))
    print(shown(result["store"]), flush=True)
    result["yields"] = []
    for row in yields():
        result["yields"].append(row)
        print(shown(row), flush=True)
    with tempfile.TemporaryDirectory() as folder:
        result["faults"] = list(faults(Path(folder)))
    for row in result["faults"]:
        print(shown(row), flush=True)
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(result, indent=1))


if __name__ == "__main__":
    main()
