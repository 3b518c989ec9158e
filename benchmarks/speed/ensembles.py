# ruff: noqa: E402 - one thread has to be asked for before NumPy loads
"""Ensembles against rivals: python benchmarks/speed/ensembles.py [--cases salesman10,...] [--repeats 3]

CPU time of one thread, Dormand-Prince 5(4), rtol 1e-4 and atol 1e-4 input scales, the same starts. First over
a span of time, the same for all. Then, for fewer starts of 10 cities and with no rival but the loop, to rest,
which everyone has to find: the loop of `solve_ivp` stops by an event once all rates are below 1 % of voltages
(or of input scales) per time constant, the ensembles wait for 0.1 %; ratios there are to a loop that is told
when each start will rest. The loop runs some of the starts and is extrapolated. The share of the roofline is
the time that 2N / GEMM + 1 / tanh per state and evaluation would take, over the time taken: once with NumPy's
rates (BLAS, tanh), once with the kernels' own, both measured in this run.
"""

from __future__ import annotations

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1")

import argparse
import json
import time
from pathlib import Path
from typing import NamedTuple

import numpy as np
from scipy.integrate import solve_ivp

from analoghop.activations import Logistic, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.couplings import Cycle, Dense, Eye, Ones, kron
from analoghop.engines import Ensemble
from analoghop.engines.fused import Fused
from analoghop.ensembles import GivenStarts, random_starts
from analoghop.systems.circuits.network import Network

TOL = 1e-4
REST = 1e-3
LATEST = 40.0  # seconds: who does not find the rest until then has not found it
RESTING = 128


class Case(NamedTuple):
    network: Network
    dense: Network
    x0: np.ndarray
    end: float
    sample: int
    rest: bool = False

    def resting(self):
        """Return the case of a few starts until they rest."""
        return self._replace(x0=self.x0[:, :RESTING], sample=min(self.sample, RESTING // 8), rest=True)


def salesman(n, members, end, sample):
    """Hopfield & Tank (1985): A = B = D = 500, C = 200, 1.5 n in the place of n, u0 = 0.02."""
    rng = np.random.default_rng(0)
    places = rng.random((n, 2))
    W = np.linalg.norm(places[:, None] - places, axis=2)
    I, J = Eye(n), Ones(n)
    T = -500 * kron(I, J - I) - 500 * kron(J - I, I) - 200 * Ones(n * n) - 500 * kron(Dense(W), Cycle(n))
    bank = Amplifiers.uniform(Logistic(), n * n, gain=2 / 0.02)
    grid, dense = (Network(M, bank, bias=200 * 1.5 * n) for M in (T, Dense(T.toarray())))
    x0 = -0.01 * np.log(n - 1) + rng.uniform(-0.002, 0.002, (n * n, members))
    return Case(grid, dense, x0, end, sample)


def random_dense(n, members, end, sample):
    A = np.random.default_rng(0).normal(size=(n, n)) / np.sqrt(n)
    network = Network((A + A.T) / np.sqrt(2), Amplifiers.uniform(Tanh(), n, gain=5.0), bias=0.1)
    return Case(network, network, random_starts(network, members, seed=1).array(), end, sample)


CASES = {
    "salesman10": lambda: salesman(10, 1000, 0.4, 200),
    "salesman30": lambda: salesman(30, 64, 0.05, 4),
    "dense1000": lambda: random_dense(1000, 256, 5.0, 8),
}

RESTS = ("salesman10",)


def loop(case, network, known=None):
    """Return the seconds that all starts would take, and final states, evaluations and rest of some.

    To rest: until an event, or until the times `known` (starts,) if they are told.
    """
    rhs, scale = network.bind(), float(network.input_scale.max())

    def moving(t, u):
        return np.abs(rhs(t, u) / np.maximum(np.abs(u), scale)).max() - 10 * REST

    moving.terminal = True
    ends = np.full(case.sample, LATEST if case.rest else case.end) if known is None else known
    event = moving if case.rest and known is None else None
    begin = time.process_time()
    runs = [
        solve_ivp(rhs, (0.0, end), x, "RK45", rtol=TOL, atol=TOL * scale, events=event)
        for x, end in zip(case.x0.T[: case.sample], ends, strict=False)
    ]
    cpu = (time.process_time() - begin) * case.x0.shape[1] / case.sample
    row = {"cpu_s": cpu, "extrapolated_from": case.sample}
    row["evaluations_per_start"] = float(np.mean([run.nfev for run in runs]))
    if event is not None:
        row["at_rest"] = float(np.mean([run.status == 1 for run in runs]))
    return cpu, np.array([run.y[:, -1] for run in runs]).T, row


def ours(engine, network, case):
    end = LATEST if case.rest else case.end
    run = engine.integrate_many(network, GivenStarts(case.x0), (0.0, end))
    return run.cpu_s, run


def diffrax_run(case, dtype):
    import diffrax
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)
    network = case.dense
    T, bias = (jnp.asarray(a, dtype) for a in (network.T.toarray(), network.bias[:, 0]))
    bank = network.amplifiers
    gain, logistic = float(bank.gain[0, 0]), isinstance(bank.activations[0], Logistic)

    def rate(t, u, args):
        v = 0.5 + 0.5 * jnp.tanh(0.5 * gain * u) if logistic else jnp.tanh(gain * u)
        return T @ v - u + bias

    control = diffrax.PIDController(rtol=TOL, atol=TOL * float(network.input_scale.max()))

    def solve(u):
        return diffrax.diffeqsolve(
            diffrax.ODETerm(rate), diffrax.Dopri5(), 0.0, case.end, None, u,
            stepsize_controller=control, max_steps=None,
        ).ys[-1]  # fmt: skip

    many, x0 = jax.jit(jax.vmap(solve)), jnp.asarray(case.x0.T, dtype)
    many(x0).block_until_ready()
    begin = time.process_time()
    ends = many(x0).block_until_ready()
    return time.process_time() - begin, np.asarray(ends, float).T


def torchode_run(case, dtype):
    import torch
    import torchode

    torch.set_num_threads(1)
    network, kind = case.dense, getattr(torch, dtype)
    T, bias = (torch.tensor(a.copy(), dtype=kind) for a in (network.T.toarray(), network.bias[:, 0]))
    bank = network.amplifiers
    gain, logistic = float(bank.gain[0, 0]), isinstance(bank.activations[0], Logistic)

    def rate(t, u):
        v = 0.5 + 0.5 * torch.tanh(0.5 * gain * u) if logistic else torch.tanh(gain * u)
        return torch.addmm(bias, v, T.T) - u

    term = torchode.ODETerm(rate)
    control = torchode.IntegralController(TOL * float(network.input_scale.max()), TOL, term=term)
    solver = torchode.AutoDiffAdjoint(torchode.Dopri5(term=term), control)
    x0 = torch.tensor(case.x0.T.copy(), dtype=kind)
    ends = torch.tensor([0.0, case.end], dtype=kind).repeat(len(x0), 1)
    problem = torchode.InitialValueProblem(y0=x0, t_eval=ends)
    begin = time.process_time()
    with torch.no_grad():
        found = solver.solve(problem)
    return time.process_time() - begin, found.ys[:, -1].double().numpy().T


def best(call, repeats):
    return min((call() for _ in range(repeats)), key=lambda answer: answer[0])


def seconds(call, count):
    times = []
    for _ in range(7):
        begin = time.process_time()
        for _ in range(count):
            call()
        times.append((time.process_time() - begin) / count)
    return min(times)


def numpy_rates(n, width, dtype):
    """Return seconds per operation of NumPy's product and per number of its tanh, at the size in question."""
    a, b, c = (
        np.random.default_rng(0).normal(size=s).astype(dtype) for s in ((n, n), (n, width), (n, width))
    )
    out = np.empty_like(b)
    count = max(1, int(2e8 / (2 * n * n * width)))
    product = seconds(lambda: np.matmul(a, b, out=c), count) / (2 * n * n * width)
    return product, seconds(lambda: np.tanh(b, out=out), max(1, int(2e6 / b.size))) / b.size


def kernel_rates(dtype):
    """The same of the compiled kernels, in the first cache."""
    import numba

    from analoghop.engines.fused.buffers import _aligned
    from analoghop.engines.fused.registers.lanes import inlined, lanes, load, pointer, store
    from analoghop.engines.fused.registers.mathematics import tanh
    from analoghop.engines.fused.registers.panel import ROWS, packed, panel_product

    n, width = 10 * ROWS, 128 // np.dtype(dtype).itemsize

    @inlined
    def amplify(x, y, size):
        for i in range(0, size, lanes(x)):
            store(y, i, tanh(load(x, i)))

    @numba.njit
    def products(a, v, out, n, w, times):
        for _ in range(times):
            for panel in range(n // ROWS):
                panel_product(pointer(a), panel, n, pointer(v), 0, w, pointer(out), panel * ROWS * w)

    @numba.njit
    def amplifiers(x, y, times):
        for _ in range(times):
            amplify(pointer(x), pointer(y), len(x))

    a = packed(np.random.default_rng(0).normal(size=(n, n)).astype(dtype))
    v, out = _aligned(n * width, dtype), _aligned(n * width, dtype)
    v[:] = np.random.default_rng(1).normal(size=n * width)
    products(a, v, out, n, width, 1)
    amplifiers(v, out, 1)
    product = seconds(lambda: products(a, v, out, n, width, 1000), 1) / (1000 * 2 * n * n * width)
    return product, seconds(lambda: amplifiers(v, out, 3000), 1) / (3000 * n * width)


def roof(network, rates, run, structured):
    """Return the CPU time that products and amplifiers alone would take."""
    n = network.size
    width = int(round(n**0.5)) if structured else n
    return float((2 * width * rates[0] + rates[1]) * n * run.evaluations.sum())


def loops(case, repeats):
    """Return the CPU time of the loop that others are compared with, its final states, and all rows."""
    base, truth, row = best(lambda: loop(case, case.dense), repeats)
    rows = [{"engine": "loop of solve_ivp, dense", **row}]
    if case.rest:
        engine = Ensemble(rtol=TOL, atol=TOL, settle=True, settle_tol=REST)
        _, run = ours(engine, case.dense, case._replace(x0=case.x0[:, : case.sample]))
        base, _, row = best(lambda: loop(case, case.dense, run.times), repeats)
        rows.append({"engine": "loop, each told when it is at rest", **row})
    elif case.network is not case.dense:
        *_, row = best(lambda: loop(case, case.network), repeats)
        rows.append({"engine": "loop of solve_ivp, structured", **row})
    return base, truth, rows


def measured(case, name, repeats):
    rest = case.rest
    n, structured = case.network.size, case.network is not case.dense
    base, truth, rows = loops(case, repeats)

    def add(label, cpu, states, run=None, network=None, dtype=None, grid=False):
        scale = case.network.input_scale
        row = {"engine": label, "cpu_s": cpu}
        found = states[:, : case.sample]
        if not rest:
            row["deviation_from_loop_in_input_scales"] = float(np.abs((found - truth) / scale).max())
        row["same_corners"] = float(((found > 0) == (truth > 0)).all(axis=0).mean())
        if run is not None:
            row["evaluations_per_start"] = float(run.evaluations.mean())
            row["at_rest"] = float((~np.isnan(run.settled_at)).mean())
            row["roofline_numpy"] = (
                roof(
                    network,
                    numpy_rates(n if not grid else int(n**0.5), 64 if not grid else 64 * int(n**0.5), dtype),
                    run,
                    grid,
                )
                / cpu
            )
            row["roofline_kernels"] = roof(network, kernel_rates(dtype), run, grid) / cpu
        rows.append(row)

    forms = [("dense", case.dense, False)] + ([("structured", case.network, True)] if structured else [])
    for dtype in ("float64", "float32"):
        for form, network, grid in forms:
            for kind in (Ensemble, Fused):
                engine = kind(rtol=TOL, atol=TOL, dtype=dtype, settle=rest, settle_tol=REST)
                if kind is Fused:
                    ours(engine, network, case._replace(x0=case.x0[:, :1]))
                cpu, run = best(lambda e=engine, m=network: ours(e, m, case), repeats)
                add(f"{kind.__name__} {dtype}, {form}", cpu, run.states, run, network, dtype, grid)
        for rival in () if rest else (diffrax_run, torchode_run):
            try:
                cpu, states = best(lambda r=rival, d=dtype: r(case, d), max(1, repeats - 1))
            except ImportError:
                continue
            add(f"{rival.__name__.removesuffix('_run')} {dtype}, dense", cpu, states)
    for row in rows:
        row["times_the_loop"] = base / row["cpu_s"]
    return {
        "case": name,
        "to": "rest" if rest else "span",
        "states": n,
        "starts": case.x0.shape[1],
        "end_s": case.end,
        "rows": rows,
    }


def table(found):
    """Print what `measured` returned."""
    goal = "rest" if found["to"] == "rest" else f"{found['end_s']:.3g} s"
    print(f"{found['case']}: {found['states']} states, {found['starts']} starts, to {goal}\n")
    columns = [
        "times_the_loop",
        "evaluations_per_start",
        "roofline_numpy",
        "roofline_kernels",
        "same_corners",
    ]
    names = "| engine | CPU s | x the loop | evaluations | roofline, NumPy | of kernels | same corners |"
    if found["to"] == "rest":
        columns, names = [*columns, "at_rest"], f"{names} at rest |"
    print(names)
    print("|" + "---|" * (2 + len(columns)))
    for row in found["rows"]:
        cells = (f"{row[name]:.3g}" if name in row else "-" for name in columns)
        print(f"| {row['engine']} | {row['cpu_s']:.3g} | {' | '.join(cells)} |")
    print(flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", default=",".join(CASES))
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--json", type=Path, metavar="FILE")
    chosen = parser.parse_args()
    all_found = []
    for name in chosen.cases.split(","):
        case = CASES[name]()
        for goal in (case, case.resting()) if name in RESTS else (case,):
            all_found.append(measured(goal, name, chosen.repeats))
            table(all_found[-1])
    if chosen.json:
        chosen.json.write_text(json.dumps(all_found, indent=1) + "\n")


if __name__ == "__main__":
    main()
