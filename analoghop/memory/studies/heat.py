"""`heat`: the stochastic model's order parameters against temperature, beside the mean-field equations."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.formats.memories.columns import Columns
from analoghop.memory.discrete.pairs import walk_pairs
from analoghop.memory.discrete.run import Sweeps
from analoghop.memory.models import Told
from analoghop.memory.recipe import MemoryRecipe
from analoghop.memory.studies.rows import each, record_of
from analoghop.memory.studies.trials import PatternSource, mixed
from analoghop.memory.theory import curie_weiss, order_parameters
from analoghop.memory.weights import Weights


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
    told: Told | None = None,
    time_limit: float | None = None,
) -> Columns:
    """Return the order parameters of Hebb's stochastic memory at each of `temperatures`, beside the theory.

    In `sets` sets of `count` patterns, `pairs` pairs of members begin in a pattern; averages are over the
    sweeps after the `warm_up`. Columns:

    `overlap`: mean size of the overlap with that pattern (a state and its inverse are one). `q`: the mean
    product of a unit's averages in the two members of a pair, whose chance is independent; it is the mean
    square magnetisation of a unit, without bias. `error`, `q_error`: their standard errors over the sets,
    which are independent, so that correlations in time do no harm.
    `retained`: the share of members that stayed in the retrieval state (overlap never below half the
    theory's). At 0 < load and T > 0 this state is metastable, finite memories leave it in time, and theory
    speaks of those that have not: `overlap` and `q` are theirs, nan where there are none; `overlap_all` is
    that of all members. With one pattern, or where theory has no retrieval state, all count as retained.
    `m_theory`, `q_theory`: replica symmetric, in which the other `count` - 1 patterns are the load. With one
    pattern, `m_finite` and `q_finite`: exact for this number of neurons.
    Raises `InputError` for fewer than one set or pair.
    """
    if sets < 1 or pairs < 1:
        raise InputError(f"`sets` is {sets} and `pairs` is {pairs}, expected 1 or more")
    recipe = MemoryRecipe(model="stochastic")
    starts = np.repeat(np.arange(pairs) % count, 2)

    def measure(temperature: float) -> dict[str, float]:
        plan = Sweeps(temperature=temperature, longest=sweeps, warm_up=warm_up)
        theory = order_parameters((count - 1) / source.size, temperature)
        least = 0.5 * theory.m if count > 1 else 0.0
        m, q, kept = (np.empty((sets, width)) for width in (2 * pairs, pairs, 2 * pairs))
        for number in range(sets):
            memory = source.draw(count, number)
            patterns = memory.patterns[starts].T
            found, smallest = _averaged(recipe.weights(memory), patterns, plan, mixed(seed, number))
            m[number] = (found * patterns).mean(axis=0)
            q[number] = (found[:, ::2] * found[:, 1::2]).mean(axis=0)
            kept[number] = smallest >= least
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
        }
        if count == 1:
            exact = curie_weiss(source.size, temperature)
            row |= {"m_finite": exact, "q_finite": exact**2}
        return row

    known = record_of("heat", recipe, source, seed, sweeps=sweeps, warm_up=warm_up, sets=sets, pairs=pairs)
    return each(list(temperatures), measure, known, told, time_limit)


def _averaged(weights: Weights, patterns: Array, plan: Sweeps, seed: int) -> tuple[Array, Array]:
    """Return the units' averages, in the direction of `patterns` (n, members), and the smallest overlaps."""
    total, smallest = np.zeros(patterns.shape), np.ones(patterns.shape[1])

    def watch(sweep: int, signs: Array) -> None:
        if sweep > plan.skipped:
            overlap = (signs * patterns).mean(axis=0)
            np.add(total, np.sign(overlap) * signs, out=total)
            np.minimum(smallest, np.abs(overlap), out=smallest)

    walked = walk_pairs(weights, patterns, plan, seed=seed, watch=watch)
    if walked.settled.all():  # at T = 0 the walk ends when all rest
        return walked.states, np.abs((walked.states * patterns).mean(axis=0))
    return total / (plan.longest - plan.skipped), smallest


def _mean(values: Array, kept: np.ndarray) -> tuple[float, float]:
    """Return the mean of the `kept` among `values` (sets, members), and its error over the sets."""
    some = kept.any(axis=1)
    if not some.any():
        return np.nan, np.nan
    means = (values * kept).sum(axis=1)[some] / kept.sum(axis=1)[some]
    error = float(means.std(ddof=1) / np.sqrt(len(means))) if len(means) > 1 else np.nan
    return float(means.mean()), error
