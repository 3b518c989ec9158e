"""`judge`: the judgement on a recall: settled or not, correct or not, and the kind of a wrong state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np

from analoghop.arrays import Array, Integers, Mask
from analoghop.errors import InputError

if TYPE_CHECKING:
    from analoghop.memory.patterns import Memory

State = Literal["pattern", "inverse", "mixture", "unknown"]

RETRIEVED = 0.95
"""Least overlap of a state that counts as the pattern: in theory 0.967 at capacity, 0.5 for mixtures."""

MIXED = 0.9
_LARGEST_MIXTURE = 7
_CANDIDATES = 9

ALIKE = 0.2
"""Mean overlap above which patterns are too similar for Hebb's rule at any load."""

NOT_SETTLED = "did not settle: the cue was not recognised"


@dataclass(frozen=True)
class Judgement:
    """One recall. `wanted` and `recalled` number patterns from 0; `recalled` None: not a single pattern.

    `overlap` xi.s/n and `hamming`, the number of different bits, compare the wanted pattern and the recalled
    signs. `settled`: the circuit came to rest; `correct`: it came to rest in the wanted pattern. `state`: a
    stored pattern, the inverse of one, a mixture of an odd number (`parts`, with their signs), or unknown.
    `period`: length of the cycle in which synchronous updates ended, in sweeps, 0 if unknown.
    """

    wanted: int
    noise: float
    settled: bool
    correct: bool
    overlap: float
    hamming: int
    state: State
    recalled: int | None
    parts: tuple[tuple[int, int], ...] = ()
    period: int = 0

    @property
    def message(self) -> str:
        """The result in a few words; patterns are numbered from 1."""
        if not self.settled:
            return f"a cycle of {self.period} sweeps" if self.period > 1 else NOT_SETTLED
        if self.state == "pattern":
            right = "" if self.correct else f", not {self.wanted + 1}"
            return f"pattern {_number(self.recalled)}{right}"
        if self.state == "inverse":
            return f"the inverse of pattern {_number(self.recalled)}"
        if self.state == "mixture":
            terms = " ".join(f"{'+' if sign > 0 else '-'}{k + 1}" for k, sign in self.parts)
            return f"a mixture of patterns {terms}"
        return "a state that is not a pattern"


def _number(recalled: int | None) -> int:
    return -1 if recalled is None else recalled + 1


def judge(
    memory: Memory,
    signs: Array,
    wanted: Integers,
    noise: Array,
    settled: Mask,
    *,
    retrieved: float = RETRIEVED,
    period: Integers | None = None,
) -> tuple[Judgement, ...]:
    """Return the judgement on the signs of each column of `signs` (n, members).

    `wanted`, `noise`, `settled` and `period` (members,). A state whose overlap with a pattern has the
    magnitude `retrieved` or more is that pattern or its inverse; if it is the wanted pattern, the recall is
    correct. A bit of sign 0 is wrong. Raises `InputError` for wrong shapes or a threshold outside 0..1.
    """
    states = np.sign(signs)
    if states.shape != (memory.size, len(wanted)) or len(settled) != len(wanted):
        raise InputError(f"`signs` has shape {states.shape}, expected ({memory.size}, {len(wanted)})")
    if not 0 < retrieved <= 1:
        raise InputError(f"`retrieved` is {retrieved}, expected a number above 0, up to 1")
    overlaps = memory.overlaps(states)
    hamming = (states != memory.patterns[wanted].T).sum(axis=0)
    found = []
    for k, pattern in enumerate(wanted):
        m = overlaps[:, k]
        state, recalled, parts = _named(memory, states[:, k], m, int(pattern), retrieved)
        if not settled[k]:
            state, recalled, parts = "unknown", None, ()
        found.append(
            Judgement(
                wanted=int(pattern),
                noise=float(noise[k]),
                settled=bool(settled[k]),
                correct=bool(settled[k]) and recalled == pattern and state == "pattern",
                overlap=float(m[pattern]),
                hamming=int(hamming[k]),
                state=state,
                recalled=recalled,
                parts=parts,
                period=0 if period is None else int(period[k]),
            )
        )
    return tuple(found)


def _named(
    memory: Memory, state: Array, m: Array, wanted: int, retrieved: float
) -> tuple[State, int | None, tuple[tuple[int, int], ...]]:
    """Return the kind of `state`, its pattern, and the parts of a mixture; `m` are its overlaps."""
    best = int(np.abs(m).argmax())
    # Among equal, or equally near, patterns the wanted one is chosen.
    if np.abs(m[wanted]) == np.abs(m[best]):
        best = wanted
    slack = 1e-12
    if np.abs(m[best]) >= retrieved - slack:
        return ("pattern" if m[best] > 0 else "inverse"), best, ()
    parts = mixture(memory, state, m)
    return ("mixture" if parts else "unknown"), None, parts


def mixture(memory: Memory, state: Array, m: Array | None = None) -> tuple[tuple[int, int], ...]:
    """Return the patterns (number, sign) whose majority is `state` (n,), () if it is not a mixture.

    Odd numbers from 3 to 7 of the nine patterns nearest to it are tried (Amit, Gutfreund & Sompolinsky 1985:
    those of even number are unstable); the majority must agree with the state to an overlap of 0.9.
    """
    if m is None:
        m = memory.overlaps(state[:, None])[:, 0]
    # Uncorrelated patterns have an overlap of 1/2 in a mixture of three, 5/16 in one of seven.
    near = [int(k) for k in np.argsort(-np.abs(m), kind="stable")[:_CANDIDATES] if np.abs(m[k]) > 0.2]
    best: tuple[float, Sequence[int]] = (MIXED, ())
    for size in range(3, min(_LARGEST_MIXTURE, len(near)) + 1, 2):
        for chosen in combinations(near, size):
            rows = list(chosen)
            majority = np.sign(np.sign(m[rows]) @ memory.patterns[rows])
            agreement = float(majority @ state) / memory.size
            if agreement > best[0]:
                best = (agreement, chosen)
    return tuple((k, 1 if m[k] > 0 else -1) for k in sorted(best[1]))


def notes(memory: Memory, rule: str, flipped: float, judgements: Sequence[Judgement]) -> tuple[str, ...]:
    """Return notes for the user about these recalls: sentences on capacity, noise and failures.

    `flipped`: the largest share of flipped bits in a cue, 0..1.
    """
    said = []
    if rule == "hebbian" and memory.load > 0.138:
        most = int(0.138 * memory.size)
        said.append(
            f"the load of {memory.load:.3g} is above the capacity: Hebb's rule keeps random patterns up to "
            f"0.138 N = {most}"
        )
    if rule == "hebbian" and memory.count > 1:
        alike = memory.overlaps(memory.patterns.T)
        between = float(np.abs(alike[np.triu_indices(memory.count, 1)]).mean())
        if between > ALIKE:
            said.append(
                f"the patterns resemble each other (mean overlap {between:.2f}): Hebb's rule needs "
                "independent patterns; use the pseudo-inverse rule for these"
            )
    if flipped > 0.5:
        said.append(
            "a cue with more than 50 % of its bits flipped lies nearer to the inverse of its pattern, which "
            "a memory of pairs recalls"
        )
    inverse = sum(one.state == "inverse" for one in judgements)
    if inverse:
        said.append(f"{inverse} of {len(judgements)} cues recalled the inverse of a pattern")
    cycling = sum(one.period > 1 for one in judgements)
    if cycling:
        said.append(
            f"{cycling} of {len(judgements)} cues ended in a cycle, as synchronous updates may; "
            "asynchronous ones with symmetric couplings come to rest"
        )
    restless = sum(not one.settled and one.period < 2 for one in judgements)
    if restless:
        said.append(f"{restless} of {len(judgements)} cues: {NOT_SETTLED}")
    spurious = sum(one.state == "mixture" for one in judgements)
    if spurious:
        said.append(f"{spurious} of {len(judgements)} cues ended in a mixture of patterns, a spurious state")
    return tuple(said)
