"""Where a network begins to decide, and into how many states: `critical_gain`, `gain_scan`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, column, real, whole_number
from analoghop.errors import InputError
from analoghop.formats.matrices import square_matrix
from analoghop.limits import Limits, limited
from analoghop.simulate_many import simulate_many
from analoghop.study.all_equilibria import equilibria
from analoghop.study.findings import Findings
from analoghop.systems.circuits.network import Network

LARGEST = 24
"""Amplifiers up to which all corners are looked at."""
EXACT = 5
"""Amplifiers up to which all equilibria are counted at each gain."""
_BLOCK = 1 << 14  # corners that are looked at together


def critical_gain(network: Network) -> float:
    """Return the gain at which the equilibrium in the amplifiers' middle loses its stability.

    1/lambda_max of T x = lambda G x for tanh, 4/lambda_max for logistic amplifiers (Hopfield 1984; the slope
    in the middle is the gain times that of the amplifier of unit gain). For amplifiers of different gains it
    is the largest of them, the others in proportion. inf where no eigenvalue is positive. The bias must hold
    the amplifiers in their middle. Raises `InputError` for amplifiers of several inputs, and G not positive.
    """
    bank = network.amplifiers
    if not bank.scalar:
        raise InputError("a critical gain is defined for amplifiers of one input")
    if not (network.G > 0).all():
        raise InputError("a critical gain needs a conductance `G` at every input")
    slopes = bank.slopes(bank.offset)[:, 0] / np.abs(bank.gain).max()
    matrix = network.T.toarray() * slopes / network.G
    largest = float(np.linalg.eigvals(matrix).real.max())
    return 1.0 / largest if largest > 0 else np.inf


def stable_corners(T: ArrayLike, bias: ArrayLike = 0.0) -> Array:
    """Return the corners s (k, n) of +-1 that are stable at infinite gain: s_i (T s + bias)_i > 0 for all i.

    All 2^n corners are looked at. Raises `InputError` for more than 24 amplifiers.
    """
    matrix = square_matrix(T, "T")
    n = len(matrix)
    if n > LARGEST:
        raise InputError(f"`T` has {n} rows: corners are enumerated of up to {LARGEST}")
    held = column(bias, n, "bias")
    found = []
    for first in range(0, 2**n, _BLOCK):
        numbers = np.arange(first, min(first + _BLOCK, 2**n))
        s = np.where(numbers[None, :] >> np.arange(n)[:, None] & 1, 1.0, -1.0)
        found.append(s[:, (s * (matrix @ s + held) > 0).all(axis=0)].T)
    return np.concatenate(found)


def gain_scan(
    network: Network,
    gains: ArrayLike,
    *,
    starts: int = 200,
    seed: int = 0,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Count the stable states of `network` at each of `gains` (k,), with its critical gain and spectrum.

    The circuit runs from `starts` random states at each gain; the different ends are counted, so that small
    basins may be missed. Up to five amplifiers all equilibria are found besides. Arrays: `gain`, `minima`,
    `settled` (the share of runs that came to rest), `equilibria` (nan where they were not sought),
    `eigenvalues` (n,) of T x = lambda G x (for each row T/G), and `critical_gain` (1,).
    """
    wanted = np.atleast_1d(real(gains, "`gains`"))
    if wanted.ndim != 1 or not len(wanted) or not (np.isfinite(wanted) & (wanted > 0)).all():
        raise InputError("`gains` holds a value that is not a positive number")
    starts = whole_number(starts, "starts", "a whole number")
    critical = critical_gain(network)
    rows: list[tuple[float, ...]] = []
    with limited(limits, time_limit=time_limit) as within, within.heed():
        for k, gain in enumerate(wanted.tolist()):
            if within.over:
                break
            rows.append((gain, *_counted(network, gain, starts, seed, within)))
            within.tell(k + 1, len(wanted), "gains")
        over = within.over and len(rows) < len(wanted)
    table = np.array(rows).reshape(-1, 4).T
    values = np.linalg.eigvals(network.T.toarray() / network.G)
    order = np.argsort(-values.real)
    lines = [f"critical gain {critical:.9g}; {len(rows)} gains, {starts} starts each"]
    lines += [_line(row) for row in rows]
    return Findings(
        "gain",
        {
            "gain": table[0],
            "minima": table[1],
            "settled": table[2],
            "equilibria": table[3],
            "critical_gain": np.array([critical]),
            "eigenvalues": values[order],
        },
        {},
        tuple(lines),
        record={"starts": starts, "seed": seed},
        interrupted=over,
    )


def _line(row: Sequence[float]) -> str:
    gain, minima, settled, every = row
    more = "" if np.isnan(every) else f" of {every:.0f} equilibria"
    return f"gain {gain:.6g}: {minima:.0f} stable states{more}, {settled:.1%} of the runs settled"


def _counted(network: Network, gain: float, starts: int, seed: int, limits: Limits) -> tuple[float, ...]:
    """Return the stable states that are found at a gain, the share of settled runs, and all equilibria."""
    bank = network.amplifiers
    system = replace(network, amplifiers=replace(bank, gain=bank.gain * (gain / np.abs(bank.gain).max())))
    if network.size <= EXACT:
        found = equilibria(system, starts=64, seed=seed, limits=limits)
        return float(found.stable), 1.0, float(len(found))
    run = simulate_many(system, starts, seed=seed, scale=2.0, limits=limits)
    ends = run.attractors(0.02)
    settled = float((ends.labels >= 0).mean()) if len(run) else 0.0
    return float(len(ends)), settled, np.nan
