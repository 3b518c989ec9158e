"""`Memory`: the patterns to be stored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, frozen, readonly_fields, real_array, whole_number
from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError
from analoghop.formats.memories.patterns import Patterns, read_patterns
from analoghop.limits import Limits, Progress, limited
from analoghop.problems.base import Answer, Problem, Verdict

if TYPE_CHECKING:
    from analoghop.engines import Engine
    from analoghop.engines.choice import EngineName
    from analoghop.memory.cues import Cues
    from analoghop.memory.recall import Recall
    from analoghop.memory.recipe import ModelName


MOST_BITS = 2**28
"""Bits of the largest memory of random patterns."""


@dataclass(frozen=True, eq=False)
class Memory(Problem):
    """`patterns` (count, neurons) of +1 and -1, displayed as `shape` (rows, cols), by default one line.

    Raises `InputError` for other values or wrong shapes.
    """

    patterns: Array
    shape: tuple[int, int] = (0, 0)
    title: str = "patterns"

    kind = "memory"

    def __post_init__(self) -> None:
        patterns = frozen(real_array(self.patterns, "patterns", "rows of +1 and -1, one for each pattern"))
        if patterns.ndim != 2 or not patterns.size:
            raise InputError(f"`patterns` has shape {patterns.shape}, expected (count, neurons)")
        if not np.isin(patterns, (-1.0, 1.0)).all():
            raise InputError("`patterns` hold other values than +1 and -1")
        shape = (1, patterns.shape[1]) if tuple(self.shape) == (0, 0) else tuple(self.shape)
        if len(shape) != 2 or shape[0] * shape[1] != patterns.shape[1]:
            raise InputError(f"`shape` {shape} does not hold the {patterns.shape[1]} bits of a pattern")
        readonly_fields(self, patterns=patterns)
        object.__setattr__(self, "shape", shape)

    @staticmethod
    def read(path: str | Path, threshold: float | None = None, take: int | None = None) -> Memory:
        """Return the memory of a pattern file; arguments and errors are those of `read_patterns`."""
        found = read_patterns(path, threshold=threshold, take=take)
        return Memory(found.values, found.shape, Path(path).name)

    @staticmethod
    def random(neurons: int, count: int, seed: int, activity: float = 0.5) -> Memory:
        """Return `count` patterns of independent bits, each +1 with probability `activity`.

        Raises `InputError` for sizes below 1 or an activity outside 0..1.
        """
        neurons = whole_number(neurons, "neurons", "a whole number from 1")
        count = whole_number(count, "count", "a whole number from 1")
        check_seed(seed, "seed")
        if neurons < 1 or count < 1:
            raise InputError(f"a memory needs neurons and patterns, not {neurons} and {count}")
        if not 0.0 < activity < 1.0:
            raise InputError(f"`activity` is {activity}, expected a number between 0 and 1")
        if neurons * count > MOST_BITS:
            raise InputError(
                f"{count} patterns of {neurons} bits are too many, expected {MOST_BITS} bits at most"
            )
        rng = np.random.default_rng((seed, neurons, count))
        bits = np.where(rng.random((count, neurons)) < activity, 1.0, -1.0)
        noun = "pattern" if count == 1 else "patterns"
        return Memory(bits, title=f"{count} random {noun} of {neurons} bits, seed {seed}")

    @property
    def name(self) -> str:
        """The title."""
        return self.title

    @property
    def size(self) -> int:
        """Number of neurons."""
        return int(self.patterns.shape[1])

    @property
    def count(self) -> int:
        """Number of patterns."""
        return int(self.patterns.shape[0])

    @property
    def load(self) -> float:
        """Patterns per neuron, the theory's alpha."""
        return self.count / self.size

    def take(self, indices: Sequence[int]) -> Memory:
        """Return a memory of the patterns `indices`."""
        return Memory(self.patterns[list(indices)], self.shape, self.title)

    def overlaps(self, states: ArrayLike) -> Array:
        """Return xi.s/n of every pattern with every column of `states` (n, members): (count, members)."""
        return np.asarray(self.patterns @ np.asarray(states, dtype=np.float64)) / self.size

    def recall(
        self,
        cues: Cues | None = None,
        *,
        noise: float = 0.1,
        rule: str = "hebbian",
        model: ModelName = "continuous",
        engine: EngineName | Engine = "auto",
        seed: int = 0,
        threads: int | None = None,
        time_limit: float | None = None,
        progress: bool | Progress = False,
        limits: Limits | None = None,
        **options: Any,
    ) -> Recall:
        """Return the recall of `cues`, by default every pattern with a share `noise` of its bits flipped.

        `rule` learns the couplings and `model` recalls, see `MemoryRecipe`; `options` are its other fields,
        such as `gain`, `beta`, `temperature`. `seed` is that of the random numbers of cues and sweeps.
        `threads` share the cues; `time_limit` (s of wall clock) and Ctrl-C end the recall, and the cues that
        have finished are returned. `progress`: True for a bar, or a function of a `Tally`. `limits` stand for
        `threads`, `time_limit` and `progress` together. Raises
        `InputError` for unknown names and incompatible options.
        """
        from analoghop.memory.cues import make_cues
        from analoghop.memory.recipe import MemoryRecipe

        recipe = MemoryRecipe(rule, model, engine=engine, **options)
        given = make_cues(self, noise=noise, seed=seed) if cues is None else cues
        with limited(limits, time_limit=time_limit, threads=threads, progress=progress) as within:
            return recipe.build(self).recall(given, seed=seed, limits=within)

    def as_file(self) -> Patterns:
        """Return the patterns in the form of a pattern file."""
        return Patterns(self.patterns, self.shape)

    def verify(self, answer: Answer) -> Verdict:
        """Return whether `answer` (n,) of +1 and -1 is a stored pattern; its cost is the bits that differ.

        Raises `InputError` for an object that is not a pattern.
        """
        try:
            state = np.asarray(answer, dtype=np.float64)
        except (TypeError, ValueError):
            state = np.zeros(0)
        if state.shape != (self.size,) or not np.isin(state, (-1.0, 1.0)).all():
            raise InputError(f"`answer` is not a pattern of {self.size} bits +1 and -1")
        wrong = int((self.patterns != state).sum(axis=1).min())
        return Verdict(wrong == 0, float(wrong), {"wrong bits": wrong} if wrong else {})
