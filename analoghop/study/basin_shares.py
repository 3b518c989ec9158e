"""`basin_shares`: the share of random starts that end in each of the equilibria that are known."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from analoghop.arrays import whole_number
from analoghop.errors import InputError
from analoghop.limits import Limits, limited
from analoghop.simulate_many import simulate_many
from analoghop.study.all_equilibria import Equilibria
from analoghop.systems.base import System

_SPREAD = 2.0  # input scales around the thresholds from which runs begin
_NEAR = 1e-2  # of the outputs' span: an end that is farther from every equilibrium counts for none


def with_shares(
    found: Equilibria,
    system: System,
    starts: int = 1000,
    *,
    seed: int = 0,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Equilibria:
    """Return the equilibria with the `shares` (k,) of `starts` runs of `system` that end in each of them.

    Runs begin uniformly within two input scales of the amplifiers' thresholds. What is missing to 1 are runs
    that did not settle, or ended elsewhere. Its standard error is sqrt(share (1 - share)/starts).
    """
    starts = whole_number(starts, "starts", "a whole number")
    if starts < 1:
        raise InputError(f"`starts` is {starts}, expected 1 or more")
    shares = np.zeros(len(found))
    with limited(limits, time_limit=time_limit) as within, within.heed():
        run = simulate_many(system, starts, seed=seed, scale=_SPREAD, limits=within)
        ends = run.attractors()
        over = run.unfinished > 0
    span = np.maximum(np.ptp(found.outputs, axis=1), np.abs(found.outputs).max(axis=1, initial=0.0))
    span = np.where(span > 0, span, 1.0)
    for one in ends:
        apart = np.abs((found.outputs - one.outputs[:, None]) / span[:, None]).max(axis=0, initial=0.0)
        if len(apart) and apart.min() < _NEAR:
            shares[int(np.argmin(apart))] += one.fraction
    return replace(found, shares=shares, interrupted=found.interrupted or over)
