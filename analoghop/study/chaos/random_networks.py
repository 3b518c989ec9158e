"""`chaos`: the largest Lyapunov exponent of random networks against the strength of their couplings."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import check_number, real, whole_number
from analoghop.couplings import as_coupling
from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError
from analoghop.limits import Limits, limited
from analoghop.study.chaos.tangents import lyapunov
from analoghop.study.findings import Fact, Findings
from analoghop.systems.circuits.network import Network

MEASURED = {2.0: (0.083, 0.096), 3.0: (0.207, 0.233), 5.0: (0.357, 0.397)}
"""Ranges of the largest exponent for N = 500, measured over several draws."""
_SURE = 0.9  # strength up to which a network settles for sure: near 1 a finite one may do either


def random_network(amplifiers: int, strength: float, seed: int = 0) -> Network:
    """Return u' = -u + J tanh(u), J_ij normal with variance g^2/N (Sompolinsky, Crisanti & Sommers 1988)."""
    n = whole_number(amplifiers, "amplifiers", "a whole number")
    g = check_number(strength, "strength", "a positive number")
    if n < 1 or g <= 0:
        raise InputError(f"`amplifiers` is {n} and `strength` {g:g}, expected positive numbers")
    J = np.random.default_rng(check_seed(seed, "seed")).normal(size=(n, n)) * (g / np.sqrt(n))
    return Network(as_coupling(J), Amplifiers.uniform(Tanh(), n))


def chaos(
    amplifiers: int = 500,
    strengths: ArrayLike = (0.5, 0.9, 2.0, 3.0, 5.0),
    *,
    seed: int = 0,
    duration: float = 400.0,
    transient: float = 100.0,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Return the largest Lyapunov exponent of one random network for each of the `strengths` g (k,).

    Up to g = 0.9 it is max Re lambda(J) - 1, which is negative; well above 1 the network is chaotic. Close to
    1 a finite network may do either. Arrays: `strength`, `exponent` and `error` in 1/s, `edge` (k,), max Re
    lambda(J) - 1, and a sample run of the last one. The facts compare with the edge up to g = 0.9, and for N
    = 500 with the ranges that several draws have.
    """
    wanted = np.atleast_1d(real(strengths, "`strengths`"))
    if wanted.ndim != 1 or not (np.isfinite(wanted) & (wanted > 0)).all():
        raise InputError("`strengths` holds a value that is not a positive number")
    rows: list[tuple[float, ...]] = []
    facts: list[Fact] = []
    sample: Findings | None = None
    with limited(limits, time_limit=time_limit) as within, within.heed():
        for k, g in enumerate(wanted.tolist()):
            if within.over:
                break
            network = random_network(amplifiers, g, seed)
            x0 = np.random.default_rng([seed, 1]).normal(size=network.size)
            sample = lyapunov(
                network, x0, duration=duration, transient=transient, seed=seed, limits=within.alone()
            )
            if sample.interrupted:
                break
            edge = float(np.linalg.eigvals(network.T.toarray()).real.max()) - 1.0
            exponent, error = float(sample["exponents"][0]), float(sample["errors"][0])
            rows.append((g, exponent, error, edge))
            facts += _facts(network.size, g, exponent, error, edge)
            within.tell(k + 1, len(wanted), "networks")
        over = len(rows) < len(wanted)
    table = np.array(rows).reshape(-1, 4).T
    lines = [f"{amplifiers} amplifiers, {len(rows)} strengths of couplings"]
    lines += [f"g = {g:g}: {e:.5g} +- {error:.2g} 1/s, edge of J at {edge:.5g}" for g, e, error, edge in rows]
    arrays = dict(zip(("strength", "exponent", "error", "edge"), table, strict=True))
    if sample is not None:
        arrays |= {"sample_time": sample["sample_time"], "samples": sample["samples"]}
    return Findings(
        "chaos",
        arrays,
        {"exponent": "1/s", "error": "1/s", "edge": "1/s", "sample_time": "s", "samples": "V"},
        tuple(lines),
        tuple(facts),
        {"amplifiers": amplifiers, "seed": seed, "duration": duration, "transient": transient},
        over,
    )


def _facts(n: int, g: float, exponent: float, error: float, edge: float) -> list[Fact]:
    if g <= _SURE:
        name, source = f"exponent at g = {g:g}", "max Re lambda(J) - 1"
        return [Fact(name, exponent, edge, max(0.02 * abs(edge), 4.0 * error), source)]
    if n == 500 and g in MEASURED:
        low, high = MEASURED[g]
        # Half the range of several draws, and two standard errors of this run.
        reach = 0.5 * (high - low) + 2.0 * error
        source = "several draws, after Sompolinsky, Crisanti & Sommers 1988"
        return [Fact(f"exponent at g = {g:g}", exponent, 0.5 * (low + high), reach, source)]
    return []
