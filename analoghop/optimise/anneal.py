"""`anneal`: the anneals of many starts of one encoding, and the verdicts on their answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Mask
from analoghop.engines.choice import run_members
from analoghop.engines.machines.members import Ends
from analoghop.limits import Limits
from analoghop.problems.base import Answer, Encoding, Problem, Verdict
from analoghop.problems.result import FAILURE, Start
from analoghop.problems.turns import parts
from analoghop.systems.base import System

Index = NDArray[Any]


class Anneals(NamedTuple):
    """The results of starts: `ends` of the last anneals, with the work of all; `reheated`: annealed again."""

    ends: Ends
    reheated: Mask


def beginning(
    encoding: Encoding, seed: int, index: Index, near: Answer | None = None
) -> tuple[System, Array]:
    """Return the circuit and the states of the starts numbered `index`, near an answer if one is given.

    Raises `InputError` for an encoding that cannot begin near an answer.
    """
    if near is None:
        return encoding.system, encoding.start(seed, index)
    return encoding.near_system, encoding.start_near(near, seed, index)


def anneal(
    encoding: Encoding,
    seed: int,
    index: Index,
    limits: Limits | None = None,
    *,
    near: Answer | None = None,
    stop_after_solved: int | None = None,
    engine: str = "auto",
) -> Anneals:
    """Return the results of the starts numbered `index`, consecutive numbers.

    A start is a function of (`seed`, its number) alone, with any `engine` (see `run_members`). Starts with an
    invalid end are annealed again if the encoding defines it. Starts stop once `stop_after_solved` are
    solved.
    """
    limits = (limits or Limits()).until(np.inf)
    system, x0 = beginning(encoding, seed, index, near)

    def run(circuit: System, states: Array, which: Index, duration: float, stream: int) -> Ends:
        return run_members(
            circuit,
            states,
            seed,
            which,
            limits,
            duration=duration,
            step=encoding.step,
            stream=stream,
            stop_after_solved=stop_after_solved,
            engine=engine,
        )

    done = Anneals(run(system, x0, index, encoding.duration, 0), np.zeros(len(index), dtype=bool))
    policy = encoding.reheating
    for stream in range(1, 1 + (0 if policy is None else policy.times)):
        invalid = _invalid(encoding, done.ends)
        if policy is None or not invalid.any():
            break
        states, which = done.ends.states[:, invalid], index[invalid]
        again = run(policy.circuit(stream), states, which, encoding.duration, stream)
        ends = _joined(done.ends, again, invalid)
        done = Anneals(ends, (done.reheated | invalid) & ~ends.cut)
    return done


def _invalid(encoding: Encoding, ends: Ends) -> Mask:
    """Return the mask of the starts whose end state encodes no answer."""
    answers = encoding.decode(np.where(ends.failed, 0.0, ends.outputs))
    return np.array([raw.answer is None for raw in answers]) & ~ends.failed & ~ends.cut


def _joined(first: Ends, again: Ends, members: Mask) -> Ends:
    """Return the results of all starts, those of `members` replaced by their second run."""
    changed: dict[str, Any] = {}
    for name in ("outputs", "states", "failed", "stopped", "cut"):
        whole: NDArray[Any] = getattr(first, name).copy()
        whole[..., members] = getattr(again, name)
        changed[name] = whole
    return replace(
        first,
        **changed,
        evaluations=first.evaluations + again.evaluations,
        duration=first.duration + again.duration,
        interrupted=first.interrupted or again.interrupted,
    )


def starts_of(
    problem: Problem,
    encoding: Encoding,
    seed: int,
    index: Index,
    limits: Limits | None = None,
    engine: str = "auto",
) -> list[Start]:
    """Return the verdicts on the starts numbered `index` that are not cut, in this order.

    Each runs in the circuit of its turn.
    """
    found: dict[int, Start] = {}
    for turn, places in parts(encoding, index):
        made = anneal(turn.encoding, seed, index[places], limits, engine=engine)
        ended = judged(problem, turn.encoding, made)
        found.update(zip(places[~made.ends.cut].tolist(), ended, strict=True))
    return [found[place] for place in sorted(found)]


def judged(problem: Problem, encoding: Encoding, anneals: Anneals) -> list[Start]:
    """Return the verdict on every end state that is not cut, decoded without repair.

    A failed start is invalid.
    """
    ended = ~anneals.ends.cut
    failed = anneals.ends.failed[ended]
    readings = encoding.decode(np.where(failed, 0.0, anneals.ends.outputs[:, ended]))
    return [
        Start(Verdict(False, None, {FAILURE: 1})) if bad else _start(problem, raw.answer, raw.violations)
        for raw, bad in zip(readings, failed.tolist(), strict=True)
    ]


def _start(problem: Problem, answer: Answer | None, violations: Mapping[str, int]) -> Start:
    if answer is None:
        return Start(Verdict(False, None, dict(violations)))
    return Start(problem.verify(answer), answer)
