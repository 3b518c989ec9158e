# ruff: noqa: E402 - one thread has to be asked for before NumPy loads
"""Many starts on a GPU through PyTorch: python benchmarks/speed/gpu.py [--starts 100000] [--device cuda]

100 states, float32, rtol 1e-4; compared with one core's compiled float32 where numba is installed, and with
one core's NumPy, both on a part of the starts and extrapolated. It needs NumPy, SciPy and PyTorch, and no
installation: it finds the package beside it. Prints JSON; says so where there is no GPU.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import argparse
import json
import time
from importlib.util import find_spec

import numpy as np

from analoghop.activations import Logistic
from analoghop.amplifiers import Amplifiers
from analoghop.couplings import Cycle, Dense, Eye, Ones, kron
from analoghop.engines import Ensemble
from analoghop.ensembles import GivenStarts
from analoghop.systems.circuits.network import Network

SPAN = (0.0, 0.4)
PART = 1000


def salesman():
    """The 10-city circuit of Hopfield & Tank (1985), its coupling as a matrix."""
    n, rng = 10, np.random.default_rng(0)
    places = rng.random((n, 2))
    W = np.linalg.norm(places[:, None] - places, axis=2)
    I, J = Eye(n), Ones(n)
    T = -500 * kron(I, J - I) - 500 * kron(J - I, I) - 200 * Ones(n * n) - 500 * kron(Dense(W), Cycle(n))
    return Network(Dense(T.toarray()), Amplifiers.uniform(Logistic(), n * n, gain=100.0), bias=3000.0)


def starts(members):
    return GivenStarts(-0.01 * np.log(9) + np.random.default_rng(1).uniform(-0.002, 0.002, (100, members)))


def row(engine, network, begins, total, warm=1):
    """Return times of the best of two runs, extrapolated to `total` starts."""
    for _ in range(warm):
        engine.integrate_many(network, GivenStarts(begins.array()[:, :64]), SPAN)
    runs = [engine.integrate_many(network, begins, SPAN) for _ in range(2)]
    run = min(runs, key=lambda r: r.wall_s)
    factor = total / len(run)
    return {
        "starts_run": len(run),
        "wall_s": run.wall_s * factor,
        "cpu_s": run.cpu_s * factor,
        "extrapolated": factor != 1.0,
        "evaluations_per_start": float(run.evaluations.mean()),
        "statuses": {status.value: count for status, count in run.statuses.items()},
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--starts", type=int, default=100_000)
    parser.add_argument("--device", default=None, help="default: cuda where there is one")
    chosen = parser.parse_args()
    network, report = salesman(), {"states": 100, "starts": chosen.starts, "dtype": "float32"}
    device = chosen.device
    if find_spec("torch") is None or find_spec("array_api_compat") is None:
        report["gpu"] = "not measured: PyTorch or array-api-compat is not installed"
    else:
        import torch

        if device is None and torch.cuda.is_available():
            device = "cuda"
        if device is None:
            report["gpu"] = "not measured: there is no GPU"
        else:
            if device.startswith("cuda"):
                report["gpu_name"] = torch.cuda.get_device_name(device)
            engine = Ensemble(dtype="float32", device=device)
            report["gpu"] = row(engine, network, starts(chosen.starts), chosen.starts)
    part = starts(min(PART, chosen.starts))
    report["numpy_one_core"] = row(Ensemble(dtype="float32"), network, part, chosen.starts)
    if find_spec("numba") is None:
        report["fused_one_core"] = "not measured: numba is not installed"
    else:
        from analoghop.engines.fused import Fused

        report["fused_one_core"] = row(Fused(dtype="float32"), network, part, chosen.starts)
    if isinstance(report["gpu"], dict):
        for name in ("numpy_one_core", "fused_one_core"):
            if isinstance(report[name], dict):
                report[f"gpu_times_{name}"] = report[name]["wall_s"] / report["gpu"]["wall_s"]
    report["measured_at"] = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
