"""`heat`: the stochastic model's order parameters against temperature, and those of mean-field theory."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analoghop.arrays import Array, Mask
from analoghop.errors import InputError
from analoghop.formats.memories.columns import Columns
from analoghop.limits import Limits
from analoghop.memory.discrete.discrete_run import discrete_run
from analoghop.memory.discrete.plan import Sweeps
from analoghop.memory.recipe import MemoryRecipe
from analoghop.memory.studies.rows import Row, record_of, rows
from analoghop.memory.studies.trials import PatternSource, complete, mixed
from analoghop.memory.theory import curie_weiss, order_parameters
from analoghop.memory.weights import Weights
from analoghop.solution import Ran


def heat(
    source: PatternSource,
    count: int,
    temperatures: Sequence[float],
    *,
    sweeps: int = 400,
    warm_up: int = 100,
    sets: int = 10,
    pairs: int = 2,
    seed: int = 0,
    engine: str = "auto",
    limits: Limits | None = None,
) -> Columns:
    """Return the order parameters of Hebb's stochastic memory, and theory, at each of `temperatures`.

    In `sets` sets of `count` patterns, `pairs` pairs of members begin in a pattern; averages are taken over
    the sweeps after the `warm_up`. Columns:

    `overlap`: mean magnitude of the overlap with that pattern (a state and its inverse count as equal). `q`:
    the mean product of a unit's averages in the two members of a pair, which have independent noise: an
    unbiased estimate of the mean square magnetisation of a unit. `error`, `q_error`: their standard errors
    over the sets, which are independent, so that correlations in time have no effect. `retained`: the share
    of members that stayed in the retrieval state (overlap never below half the theory's). For load > 0 and T
    > 0 this state is metastable: finite memories leave it after some time, and theory describes those that
    have not left. `overlap` and `q` are averages over these members, nan without any; `overlap_all` is over
    all members. With one pattern, or without a retrieval state in theory, all count as retained. `m_theory`,
    `q_theory`: the replica-symmetric values, with the other `count` - 1 patterns as the load. With one
    pattern, `m_finite` and `q_finite`: exact for this number of neurons. `sets`: the number of sets that were
    complete within the `limits`. Raises `InputError` for fewer than one set or pair.
    """
    if sets < 1 or pairs < 1:
        raise InputError(f"`sets` is {sets} and `pairs` is {pairs}, expected 1 or more")
    recipe = MemoryRecipe(model="stochastic")
    known = record_of("heat", recipe, source, seed, sweeps=sweeps, warm_up=warm_up, sets=sets, pairs=pairs)
    starts = np.repeat(np.arange(pairs) % count, 2)

    def measure(temperature: float, limits: Limits, first: bool) -> Row | None:
        plan = Sweeps(temperature=temperature, longest=sweeps, warm_up=warm_up)
        theory = order_parameters((count - 1) / source.size, temperature)
        least = 0.5 * theory.m if count > 1 else 0.0

        def one_set(number: int, limits: Limits) -> tuple[Array, Array, Mask] | None:
            memory = source.draw(count, number)
            patterns = memory.patterns[starts].T
            found = _averaged(recipe.weights(memory), patterns, plan, mixed(seed, number), engine, limits)
            if found is None:
                return None
            average, smallest, ran = found
            known["engine"] = ran.to_dict()
            q = (average[:, ::2] * average[:, 1::2]).mean(axis=0)
            return (average * patterns).mean(axis=0), q, smallest >= least

        found = complete(range(sets), one_set, limits, first=first)
        if not found:
            return None
        m, q, kept = (np.array(part, dtype=np.float64) for part in zip(*found, strict=True))
        overlap, error = _mean(m, kept > 0)
        square, square_error = _mean(q, (kept[:, ::2] * kept[:, 1::2]) > 0)
        row = {
            "temperature": temperature,
            "load": count / source.size,
            "overlap": overlap,
            "error": error,
            "q": square,
            "q_error": square_error,
            "retained": float(kept.mean()),
            "overlap_all": float(m.mean()),
            "m_theory": theory.m,
            "q_theory": theory.q if temperature > 0 else 1.0,
            "sets": float(len(found)),
        }
        if count == 1:
            exact = curie_weiss(source.size, temperature)
            row |= {"m_finite": exact, "q_finite": exact**2}
        return row

    return rows(list(temperatures), measure, known, limits)


def _averaged(
    weights: Weights, patterns: Array, plan: Sweeps, seed: int, engine: str, limits: Limits
) -> tuple[Array, Array, Ran] | None:
    """Return the units' averages times `patterns` (n, members), the smallest overlaps, and the engine.

    None if the limits ended the run.
    """
    later = range(plan.skipped + 1, plan.longest + 1)
    run = discrete_run(weights, patterns, plan, seed=seed, engine=engine, limits=limits, at=later)
    if not run.finished.all():
        return None
    if (run.extras["period"] == 1).all():  # at T = 0 the run ends when all members rest
        return run.states, np.abs((run.states * patterns).mean(axis=0)), run.ran
    overlaps = (run.trace * patterns).mean(axis=1)
    average = (np.sign(overlaps)[:, None] * run.trace).mean(axis=0)
    return average, np.abs(overlaps).min(axis=0), run.ran


def _mean(values: Array, kept: np.ndarray) -> tuple[float, float]:
    """Return the mean of the `kept` of `values` (sets, members), and its standard error over the sets."""
    some = kept.any(axis=1)
    if not some.any():
        return np.nan, np.nan
    means = (values * kept).sum(axis=1)[some] / kept.sum(axis=1)[some]
    error = float(means.std(ddof=1) / np.sqrt(len(means))) if len(means) > 1 else np.nan
    return float(means.mean()), error
