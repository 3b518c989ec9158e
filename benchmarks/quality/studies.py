"""The facts of the studies: python benchmarks/quality/studies.py [NAME ...] [--json FILE]

Each line is a number beside the one that a formula or a paper gives, with the tolerance. NAMES:
index, continuation, corners, delay, asymmetry, chaos, noise, learning, joules; all of them by default.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
from scipy import sparse
from scipy.optimize import brentq
from scipy.sparse.linalg import eigsh

from analoghop import Amplifiers, Network, Tanh, continuation, equilibria
from analoghop.problems.spins.maxcut import MaxCut
from analoghop.study import (
    asymmetry,
    chaos,
    compare_memories,
    delay,
    escape,
    faults_in_the_loop,
    high_gain_delay,
    hopf_delay,
    joules_scan,
    noise,
    sample_stochastic,
    stable_corners,
)
from analoghop.study.findings import Fact

DIGITS = Path(__file__).parents[2] / "examples" / "patterns" / "digits.txt"
Facts = Iterator[Fact]


def network(T: Any, gain: float = 1.0, **options: Any) -> Network:
    return Network(T, Amplifiers.uniform(Tanh(), T.shape[0], gain=gain), **options)


def shown(name: str, value: float, source: str) -> Fact:
    """A figure that is shown without a formula beside it."""
    return Fact(name, float(value), float("nan"), None, source)


def index() -> Facts:
    """Sums of (-1)^index over the equilibria of 100 random networks of up to six amplifiers."""
    good = 0
    for seed in range(100):
        rng = np.random.default_rng(seed)
        n = int(rng.integers(1, 7))
        system = network(rng.normal(size=(n, n)), rng.uniform(0.5, 6.0), bias=0.2 * rng.normal(size=n))
        good += equilibria(system, starts=64).index_sum == 1
    yield Fact("random networks whose indices sum to 1, of 100", good, 100, 0, "Poincare and Hopf")


def grid(rows: int, columns: int, seed: int) -> Any:
    rng = np.random.default_rng(seed)
    at = np.arange(rows * columns).reshape(rows, columns)
    pairs = [(at.ravel(), np.roll(at, 1, axis=axis).ravel()) for axis in (0, 1)]
    i, j = (np.concatenate([pair[k] for pair in pairs]) for k in (0, 1))
    T = sparse.coo_array((rng.normal(size=len(i)), (i, j)), shape=(at.size, at.size)).tocsr()
    return T + T.T


def branches() -> Facts:
    """Branch points of two amplifiers; 100 dense and 2000 sparse amplifiers."""
    found = continuation(network(np.array([[1.0, 0.2], [0.2, 1.0]])), "gain", (0.5, 2.5))
    last = brentq(lambda g: (v := np.sqrt(1 - 1 / (1.2 * g))) - np.tanh(0.8 * g * v), 1.3, 2, xtol=1e-15)
    for value, expected in zip(found.steps(), (1 / 1.2, 1.25, last), strict=True):
        yield Fact("gain of a branch point", value, expected, 1e-8, "formula")
    for value, count in zip(found.counts([0.8, 1.0, 1.4, 2.0])[0].tolist(), (1, 3, 5, 9), strict=True):
        yield Fact("equilibria", value, count, 0, "reference")
    rng = np.random.default_rng(0)
    B = rng.normal(size=(100, 100)) / 10.0
    for name, T, most in (("100 dense", (B + B.T) / np.sqrt(2), 5), ("2000 sparse", grid(40, 50, 0), 3)):
        top = 1.0 / float(eigsh(T, k=1, which="LA")[0][0])
        start = time.process_time()
        found = continuation(network(T), "gain", (0.5 * top, 1.3 * top), most_branches=most)
        spent = time.process_time() - start
        yield Fact(f"{name}: first branch point", found.points[0].value, top, 1e-8, "1/lambda_max")
        yield Fact(
            f"{name}: CPU s, {len(found.branches)} branches, {len(found.points)} points", spent, 0, 60, ""
        )


def corners() -> Facts:
    """Stable corners at infinite gain."""
    yield Fact("all-inhibitory graph of 10", len(stable_corners(np.eye(10) - 1)), 252, 0, "binomial(10, 5)")
    for n, expected, draws in ((8, 5.15, 2000), (12, 11.44, 500), (16, 24.6, 100)):
        rng = np.random.default_rng(n)
        counts = []
        for _ in range(draws):
            T = np.triu(rng.normal(size=(n, n)), 1)
            counts.append(len(stable_corners(T + T.T)))
        error = 3.0 * float(np.std(counts)) / np.sqrt(draws)
        yield Fact(
            f"spin glass of {n}, mean of {draws}", float(np.mean(counts)), expected, error, "reference"
        )


def delays() -> Facts:
    """Thresholds of Marcus and Westervelt, measured by bisection."""
    for k in (1.5, 3.0, 20.0):
        yield from delay(network(np.array([[-1.0]]), k), [hopf_delay(k)], starts=1).facts
    for n in (3, 4, 6):
        T = (np.eye(n) - 1) / (n - 1)
        yield from delay(network(T, 50.0), [0.5], starts=4).facts
    T = -0.5 * (np.roll(np.eye(5), 1, axis=1) + np.roll(np.eye(5), -1, axis=1))
    (fact,) = delay(network(T, 50.0), [1.0], starts=2).facts
    yield fact._replace(name="ring of 5: delay from which swinging goes on")
    yield Fact(
        "ring of 7, formula", high_gain_delay(-1.0, float(np.cos(np.pi / 7))), 2.312, 5e-4, "reference"
    )


def turned() -> Facts:
    """Networks that do not settle, of 24, against the angle of T."""
    found = asymmetry()
    for angle, failed in zip(found["angle"], found["counts"], strict=True):
        # Other draws gave 2, 15, 19, 24 beyond 20 degrees: shown beside, since both are random.
        expected = {30.0: 2, 35.0: 15, 40.0: 19, 60.0: 24}.get(float(angle), 0)
        name = f"not settled of 24 at {angle:g} degrees"
        yield Fact(name, failed, expected, 0 if angle <= 20 else None, "other draws")


def exponents() -> Facts:
    """Lyapunov exponents of random networks."""
    yield from chaos(500, duration=400.0).facts


def noises() -> Facts:
    """Variances at 0.9 of the critical gain, escape times, a sampler."""
    T = np.array([[1.0, 0.2], [0.2, 1.0]])
    yield from noise(network(T, 0.9 / 1.2, noise_density=1e-3), members=10_000).facts
    one = network(np.array([[1.0]]), 2.0, noise_density=0.45)
    yield from escape(one, [1.0], members=1000, tstop=4000.0).facts
    rng = np.random.default_rng(0)
    J = rng.normal(size=(10, 10)) * 0.3
    p = sample_stochastic(J + J.T, 0.1, 2.0, chains=400, sweeps=600)["p_value"][0]
    yield Fact("p-value of the stochastic model, 10 units", p, 0.5, 0.499, "above 0.001")


def learning() -> Facts:
    """Damaged digits, and couplings that are stuck."""
    from analoghop.memory import Memory

    table = compare_memories(Memory.read(DIGITS), cues=200)
    for name, row in zip(table["methods"], table["correct"], strict=True):
        for damage, share in zip(table["damages"], row, strict=True):
            yield shown(f"{name}, {damage}", share, "share completed")
    found = faults_in_the_loop(draws=10)
    for k, fraction in enumerate(found["fraction"]):
        yield shown(f"{fraction:.0%} stuck, pseudo-inverse", found["pseudo_inverse"][k], "share recalled")
        yield shown(f"{fraction:.0%} stuck, learnt around", found["learnt"][k], "share recalled")


def costs() -> Facts:
    """Energy to solution of max-cut with 60 vertices."""
    rng = np.random.default_rng(0)
    W = np.triu(rng.random((60, 60)) < 0.1, 1).astype(float)
    problem = MaxCut(W + W.T)
    for vary, values in (
        ("duration", [20, 100, 300]),
        ("noise", [0.001, 0.01, 0.05]),
        ("tolerance", [0, 0.1, 0.2]),
    ):
        found = joules_scan(problem, vary, values, starts=200)
        for value, success, energy in zip(found["value"], found["success"], found["energy99"], strict=True):
            yield shown(f"{vary} {value:g}: success", success, "")
            yield shown(f"{vary} {value:g}: energy at 99 % (J)", energy, "")


STUDIES: dict[str, Callable[[], Facts]] = {
    "index": index,
    "continuation": branches,
    "corners": corners,
    "delay": delays,
    "asymmetry": turned,
    "chaos": exponents,
    "noise": noises,
    "learning": learning,
    "joules": costs,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(STUDIES))
    parser.add_argument("--json", metavar="FILE")
    arguments = parser.parse_args()
    rows = []
    for name in arguments.names or STUDIES:
        start = time.process_time()
        for fact in STUDIES[name]():
            verdict = {True: "holds", False: "FAILS", None: ""}[fact.holds]
            beside = "" if np.isnan(fact.expected) else f"({fact.expected:g})"
            expected = beside if fact.tolerance is None else f"{fact.expected:.7g} +- {fact.tolerance:.2g}"
            print(f"{name:13}{fact.name:58}{fact.value:<14.7g}{expected:26}{verdict}", flush=True)
            rows.append({"study": name, **fact.to_dict()})
        print(f"{name:13}{time.process_time() - start:.1f} CPU s", flush=True)
    if arguments.json:
        Path(arguments.json).write_text(json.dumps(rows, indent=1))


if __name__ == "__main__":
    main()
