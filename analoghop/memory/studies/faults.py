"""`faults`: recall by a memory with broken parts."""

from __future__ import annotations

from collections.abc import Sequence

from analoghop.errors import InputError
from analoghop.formats.memories.columns import Columns
from analoghop.limits import Limits
from analoghop.memory.faults import Fault, with_faults
from analoghop.memory.models import Model
from analoghop.memory.patterns import Memory
from analoghop.memory.recipe import MemoryRecipe
from analoghop.memory.studies.rows import StudyPoint, measured, record_of
from analoghop.memory.studies.trials import Build, PatternSource, mixed


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
    """Return how `count` patterns are recalled when each of `fractions` of the parts is broken.

    `kind`: "cut" couplings, "dead" or "stuck" amplifiers, see `with_faults`; every set of patterns is broken
    in its own way. Columns: `fraction`, `count`, `load` and those of `capacity`. Raises `InputError` for a
    dense memory, which has no couplings of pairs.
    """
    if recipe.dense:
        raise InputError(f"faults are those of couplings of pairs, which the rule {recipe.rule!r} has not")

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
