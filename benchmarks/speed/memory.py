# ruff: noqa: E402 - one thread has to be asked for before NumPy loads
"""Recall against a loop of single recalls, and the binary sweep against C: python benchmarks/speed/memory.py

CPU time of one thread. Recalls: 1000 cues, 10 % of their bits flipped, of random patterns in 1000 neurons, as
one batch, and one by one through SciPy's `solve_ivp` (RK45, rtol 1e-3, atol 1e-3 of the amplifiers' input
scale, as the batch), of which `--sample` are timed. Three loops: one that stops each recall by a terminal
event where it is nearly at rest (rates below 1 % of voltages per time constant; the batch waits for 0.1 %);
one that goes on for as long as the slowest cue needs, which has to be known; and a bound, each for the time
that the batch found.
Sweep: 2000 units, random order, from random states, against the same algorithm in C (gcc -O3) where there is
a compiler; both draw the same numbers, and end in the same state. Prints JSON.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")

import argparse
import ctypes
import json
import shutil
import subprocess
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from analoghop.engines import Ensemble
from analoghop.engines.choice import numba_installed, stepper_of
from analoghop.memory.cues import make_cues
from analoghop.memory.discrete.machine import DiscreteMemory
from analoghop.memory.discrete.plan import Sweeps
from analoghop.memory.discrete.updates import keys, stream
from analoghop.memory.patterns import Memory
from analoghop.memory.recipe import MemoryRecipe
from analoghop.memory.rules import hebbian

NEURONS, CUES, TOL, GAIN, SETTLE = 1000, 1000, 1e-3, 20.0, 1e-3
DTYPES = ("float64", "float32")


def best(call, repeats):
    """Return the least CPU time of `call`, and what it answered last."""
    times = []
    for _ in range(repeats):
        begin = time.process_time()
        answer = call()
        times.append(time.process_time() - begin)
    return min(times), answer


def recalls(load: float, sample: int, repeats: int) -> dict[str, Any]:
    count = round(load * NEURONS)
    memory = Memory.random(NEURONS, count, 1)
    cues = make_cues(memory, np.arange(CUES) % count, noise=0.1)
    rows = {}
    for dtype in DTYPES:
        engine = Ensemble(dtype=dtype, rtol=TOL, atol=TOL, settle_tol=SETTLE)
        model = MemoryRecipe(gain=GAIN, engine=engine).build(memory)
        model.recall(make_cues(memory, [0]))
        cpu, recall = best(lambda m=model: m.recall(cues), repeats)
        rows[f"batch, {dtype}"] = {"cpu_s": cpu, "correct": float(recall.correct.mean())}
    W, x0 = model.circuit.system.T.toarray(), model.circuit.begin(cues.values)
    own = recall.effort / model.circuit.tau
    chosen = np.linspace(0, CUES - 1, sample).astype(int)

    def rate(t, u):
        return W @ np.tanh(GAIN * u) - u

    def moving(t, u):
        return np.abs(rate(t, u) / np.maximum(np.abs(u), 1.0 / GAIN)).max() - 10.0 * SETTLE

    moving.terminal = True
    loops = {
        "loop, stopped by an event": lambda k: (1000.0, moving),
        "loop, all as long as the slowest": lambda k: (float(own.max()), None),
        "loop, each for its own known time": lambda k: (float(own[k]), None),
    }
    for name, plan in loops.items():

        def loop(plan=plan):
            ends = []
            for k in chosen:
                end, event = plan(k)
                run = solve_ivp(rate, (0.0, end), x0[:, k], "RK45", rtol=TOL, atol=TOL / GAIN, events=event)
                ends.append(run.y[:, -1])
            return np.sign(ends)

        cpu, ends = best(loop, repeats)
        cpu *= CUES / sample
        rows[name] = {
            "cpu_s": cpu,
            "same_patterns": float((ends == recall.signs[:, chosen].T).all(axis=1).mean()),
            "times_the_batch": {dtype: cpu / rows[f"batch, {dtype}"]["cpu_s"] for dtype in DTYPES},
        }
    times = {"median": float(np.median(own)), "slowest": float(own.max())}
    return {"load": load, "cues": CUES, "sample": sample, "settled_after_tau": times, "rows": rows}


C = r"""
#include <math.h>
#include <stdint.h>
static const uint64_t GOLDEN = 0x9E3779B97F4A7C15ull;
static uint64_t draw(uint64_t z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}
void sweep(double *x, double *h, const double *columns, uint64_t state, int64_t n, double temperature,
           int64_t *order) {
    for (int64_t k = 0; k < n; k++) order[k] = k;
    for (int64_t k = n - 1; k > 0; k--) {
        int64_t other = ((draw(state + GOLDEN * k) >> 32) * (uint64_t)(k + 1)) >> 32;
        int64_t kept = order[k]; order[k] = order[other]; order[other] = kept;
    }
    for (int64_t k = 0; k < n; k++) {
        int64_t i = order[k];
        double old = x[i], new = old;
        if (temperature > 0) {
            double up = 1.0 / (1.0 + exp(-2.0 * h[i] / temperature));
            new = (draw(state + GOLDEN * (n + k)) >> 11) * 0x1p-53 < up ? 1.0 : -1.0;
        } else if (h[i] > 0) new = 1.0;
        else if (h[i] < 0) new = -1.0;
        if (new != old) {
            double step = new - old;
            const double *column = columns + i * n;
            x[i] = new;
            for (int64_t j = 0; j < n; j++) h[j] += step * column[j];
        }
    }
}
"""


def compiled_c(folder: str) -> Any:
    source, library = Path(folder) / "sweep.c", Path(folder) / "sweep.so"
    source.write_text(C)
    subprocess.run(
        ["gcc", "-O3", "-march=native", "-shared", "-fPIC", source, "-o", library, "-lm"], check=True
    )
    function = ctypes.CDLL(str(library)).sweep
    real, whole = (np.ctypeslib.ndpointer(kind, flags="C") for kind in (np.float64, np.int64))
    function.argtypes = [real, real, real, ctypes.c_uint64, ctypes.c_int64, ctypes.c_double, whole]
    function.restype = None
    return function


def sweep_times(temperature: float, repeats: int, n: int = 2000, members: int = 8) -> dict[str, Any]:
    weights = hebbian(Memory.random(n, n // 10, 1))
    start = np.random.default_rng(0).choice([-1.0, 1.0], (members, n))
    fields = start @ weights.W
    if not numba_installed():
        return {"skipped": "numba is not installed"}
    stepper = stepper_of(DiscreteMemory(weights, Sweeps(temperature=temperature)), engine="fused")
    columns, states = np.ascontiguousarray(weights.W.T), stream(keys(1, np.arange(members)), n, 0)
    loaded = stepper.load(start.T, 0)

    def ours():
        block = replace(loaded, x=start.copy(), h=fields.copy())
        changed = stepper.sweep(block, 0, states)
        return block.x, int(changed.sum())

    ours()
    cpu, (mine, flips) = best(ours, 5 * repeats)
    row: dict[str, Any] = {"temperature": temperature, "members": members, "flips": flips, "ours_s": cpu}
    if shutil.which("gcc") is None:
        return row | {"c": "no gcc"}
    with tempfile.TemporaryDirectory() as folder:
        function, order = compiled_c(folder), np.empty(n, np.int64)

        def theirs():
            x, h = start.copy(), fields.copy()
            for m in range(members):
                function(x[m], h[m], columns, int(states[m]), n, temperature, order)
            return x

        theirs()
        cpu, answer = best(theirs, 5 * repeats)
    return row | {"c_s": cpu, "times_c": row["ours_s"] / cpu, "same": bool((answer == mine).all())}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sample", type=int, default=10, help="recalls of the loops that are timed")
    parser.add_argument("--repeats", type=int, default=2)
    chosen = parser.parse_args()
    found = {
        "recalls": [recalls(load, chosen.sample, chosen.repeats) for load in (0.05, 0.1)],
        "sweeps": [sweep_times(temperature, chosen.repeats) for temperature in (0.0, 0.5)],
    }
    print(json.dumps(found, indent=1))


if __name__ == "__main__":
    main()
