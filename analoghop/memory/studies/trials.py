"""Trials of a memory: recalls of many cues from many sets of patterns, and their statistics."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np

from analoghop.arrays import Array, Integers, Mask, whole_number
from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError
from analoghop.intervals import wilson_interval
from analoghop.limits import Limits
from analoghop.memory.cues import Damage, make_cues
from analoghop.memory.models import Model
from analoghop.memory.patterns import Memory
from analoghop.solution import Ran

Part = TypeVar("Part")
Found = TypeVar("Found")

Build = Callable[[Memory, int], Model]
"""`build(memory, number)` makes the model of a set of patterns; `number` is the number of the set."""


@dataclass(frozen=True)
class PatternSource:
    """The source of the patterns of a study: random ones of `neurons` bits, or those of `memory`.

    Every set is drawn independently, from a memory without repetition, with `seed` and the number of the set.
    Raises `InputError` if neither neurons nor a memory is given.
    """

    neurons: int = 0
    memory: Memory | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if self.memory is None and self.neurons < 1:
            raise InputError("a study needs patterns, or the number of neurons of random ones")

    @property
    def size(self) -> int:
        """Number of neurons."""
        return self.neurons if self.memory is None else self.memory.size

    def draw(self, count: int, number: int) -> Memory:
        """Return set `number`, of `count` patterns. Raises `InputError` for more than the memory has."""
        if self.memory is None:
            return Memory.random(self.neurons, count, mixed(self.seed, number))
        if not 1 <= count <= self.memory.count:
            raise InputError(f"{count} patterns are requested, the memory has {self.memory.count}")
        order = np.random.default_rng((self.seed, number)).permutation(self.memory.count)
        return self.memory.take(sorted(order[:count].tolist()))


@dataclass(frozen=True, eq=False)
class Trials:
    """Results per trial, (trials,): `overlaps` with the wanted pattern, `correct`, `settled`, `sets`.

    `ran` is the engine.
    """

    overlaps: Array
    sets: Integers
    correct: Mask
    settled: Mask
    ran: Ran = Ran("unknown")

    def row(self) -> dict[str, float]:
        """Return the mean overlap, its standard error, the shares correct and settled, and Wilson's interval.

        For three or more sets the error is computed from their means, because recalls from one set are
        correlated.
        """
        count = len(self.overlaps)
        means = np.bincount(self.sets, self.overlaps) / np.bincount(self.sets)
        sample = means if len(means) >= 3 else self.overlaps
        error = float(sample.std(ddof=1)) / np.sqrt(len(sample)) if len(sample) > 1 else np.nan
        low, high = wilson_interval(int(self.correct.sum()), count)
        return {
            "overlap": float(self.overlaps.mean()),
            "error": float(error),
            "correct": float(self.correct.mean()),
            "low": low,
            "high": high,
            "settled": float(self.settled.mean()),
            "trials": float(count),
        }


def try_out(
    build: Build,
    source: PatternSource,
    count: int,
    *,
    noise: float,
    trials: int,
    damage: Damage = "flip",
    seed: int = 0,
    per_set: int = 10,
    limits: Limits | None = None,
    first: bool = True,
) -> Trials | None:
    """Return `trials` recalls, `per_set` of them from each set of `count` patterns.

    Sets that are not complete within the `limits` are left out, because their finished trials are a biased
    sample; None if there is no complete set. With `first`, only Ctrl-C ends the first set. Raises
    `InputError` for fewer than one trial.
    """
    check_seed(seed, "seed")
    trials = whole_number(trials, "trials", "1 or more")
    if trials < 1 or per_set < 1:
        raise InputError(f"`trials` is {trials}, expected 1 or more")

    def one_set(number: int, limits: Limits) -> Trials | None:
        memory = source.draw(count, number)
        wanted = np.arange(min(per_set, trials - number * per_set)) % memory.count
        cues = make_cues(memory, wanted, noise=noise, damage=damage, seed=mixed(seed, number, 1))
        recall = build(memory, number).recall(cues, seed=mixed(seed, number, 2), limits=limits)
        if len(recall.finished) < cues.members:
            return None
        sets = np.full(cues.members, number)
        return Trials(recall.overlaps, sets, recall.correct, recall.settled, recall.ran)

    found = complete(range(-(-trials // per_set)), one_set, limits or Limits(), first=first)
    if not found:
        return None
    names = ("overlaps", "sets", "correct", "settled")
    parts = [np.concatenate([getattr(one, name) for one in found]) for name in names]
    return Trials(parts[0], parts[1], parts[2], parts[3], found[0].ran)


def complete(
    parts: Iterable[Part],
    work: Callable[[Part, Limits], Found | None],
    limits: Limits,
    *,
    first: bool,
) -> list[Found]:
    """Return the results of `work` for `parts`, in turn, until the limits are over.

    `work` returns None if the limits ended it; then no further part is begun. With `first`, the first part
    has unlimited time, unless Ctrl-C ends it.
    """
    done: list[Found] = []
    for part in parts:
        always = first and not done
        if limits.interrupted or (limits.over and not always):
            break
        found = work(part, limits.further(math.inf) if always else limits)
        if found is None:
            break
        done.append(found)
    return done


def mixed(*numbers: int) -> int:
    """Return a seed that depends on all `numbers`, none of them negative."""
    return int(np.random.SeedSequence(numbers).generate_state(1, np.uint64)[0] >> np.uint64(1))
