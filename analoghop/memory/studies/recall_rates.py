"""Studies of recall rates as functions of load, distance of the cue, gain, and broken parts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analoghop.errors import InputError
from analoghop.formats.memories.columns import Columns
from analoghop.limits import Limits
from analoghop.memory.fault_injection import Fault, with_faults
from analoghop.memory.models import Model
from analoghop.memory.patterns import Memory
from analoghop.memory.recipe import MemoryRecipe
from analoghop.memory.studies.rows import StudyPoint, by_recipe, measured, record_of
from analoghop.memory.studies.trials import Build, PatternSource, mixed
from analoghop.memory.theory import retrieval_curve


def capacity(
    recipe: MemoryRecipe,
    source: PatternSource,
    counts: Sequence[int],
    *,
    noise: float = 0.0,
    trials: int = 30,
    seed: int = 0,
    limits: Limits | None = None,
) -> Columns:
    """Return the recall of each number of patterns in `counts`, from cues with a share `noise` flipped.

    Columns: `count`, `load`; `overlap` with its standard `error`; the shares `correct`, with the Wilson
    interval `low` .. `high`, and `settled`; `trials`; `theory`, the overlap in the retrieval state of Amit,
    Gutfreund and Sompolinsky (0 without one), for Hebb's rule and bipolar units.
    """
    points = [StudyPoint({}, by_recipe(recipe), count, noise, mixed(seed, count)) for count in counts]
    known = record_of("capacity", recipe, source, seed, noise=noise)
    columns = measured(points, source, known, trials=trials, limits=limits)
    if not (recipe.rule == "hebbian" and recipe.units == "bipolar" and recipe.amplifier == "tanh"):
        return columns
    theory = retrieval_curve(columns["load"], recipe.heat_at_end)
    return Columns({**columns.values, "theory": theory}, columns.record)


def basin(
    recipe: MemoryRecipe,
    source: PatternSource,
    counts: Sequence[int],
    noises: Sequence[float],
    *,
    trials: int = 30,
    seed: int = 0,
    limits: Limits | None = None,
) -> Columns:
    """Return the recall of each number of patterns in `counts`, for each share of flipped bits in `noises`.

    A row for each pair, all noises of one count, then of the next. Columns: `noise`, `start` (the overlap of
    the cue, 1 - 2 noise), and those of `capacity`.
    """
    points = [
        StudyPoint(
            {"noise": noise, "start": 1.0 - 2.0 * noise}, by_recipe(recipe), count, noise, mixed(seed, count)
        )
        for count in counts
        for noise in noises
    ]
    known = record_of("basin", recipe, source, seed)
    return measured(points, source, known, trials=trials, limits=limits)


def gain(
    recipe: MemoryRecipe,
    source: PatternSource,
    count: int,
    gains: Sequence[float],
    *,
    noise: float = 0.0,
    trials: int = 30,
    seed: int = 0,
    limits: Limits | None = None,
) -> Columns:
    """Return the recall of `count` patterns by circuits with each amplifier gain in `gains`.

    Below the critical gain (about 1 for Hebb's rule) a circuit recalls no pattern. Columns: `gain`, `count`,
    `load` and those of `capacity`. Raises `InputError` for models other than the continuous one.
    """
    if recipe.model != "continuous":
        raise InputError(f"the {recipe.model} model has no gain")

    points = [
        StudyPoint({"gain": value}, by_recipe(replace(recipe, gain=value)), count, noise, seed)
        for value in gains
    ]
    known = record_of("gain", recipe, source, seed, noise=noise)
    return measured(points, source, known, trials=trials, limits=limits)


def faults(
    recipe: MemoryRecipe,
    source: PatternSource,
    count: int,
    fractions: Sequence[float],
    *,
    kind: Fault = "cut",
    noise: float = 0.1,
    trials: int = 30,
    seed: int = 0,
    limits: Limits | None = None,
) -> Columns:
    """Return the recall of `count` patterns, for each fraction of broken parts in `fractions`.

    `kind`: "cut" couplings, "dead" or "stuck" amplifiers, see `with_faults`; the broken parts differ for
    every set of patterns. Columns: `fraction`, `count`, `load` and those of `capacity`. Raises `InputError`
    for a dense memory, which has no pair couplings.
    """
    if recipe.dense:
        raise InputError(f"faults need pair couplings, which the rule {recipe.rule!r} does not have")

    def broken(fraction: float) -> Build:
        def build(memory: Memory, number: int) -> Model:
            weights = with_faults(recipe.weights(memory), kind, fraction, mixed(seed, number, 3))
            return recipe.build(memory, weights)

        return build

    points = [
        StudyPoint({"fraction": fraction}, broken(fraction), count, noise, seed) for fraction in fractions
    ]
    known = record_of("faults", recipe, source, seed, kind=kind, noise=noise)
    return measured(points, source, known, trials=trials, limits=limits)
