"""`check_formulation`, `check_encoding`: the laws of the maps from an instance to a circuit and back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.problems.base import Answer, Encoding, Formulation, Problem
from analoghop.systems.machine import Machine
from analoghop.testing.claims import agree, demand, equal, is_positive

Same = Callable[[Answer, Answer], bool]
DRAWN = 5
STARTS = 5


def check_formulation(
    formulation: Formulation[Any],
    problem: Problem,
    answers: Sequence[Answer] = (),
    same: Same | None = None,
    offset: float | None = None,
) -> None:
    """Raise `AssertionError`, naming the law and the numbers, unless `formulation` keeps its contract.

    The laws, of `analoghop.problems.base.Formulation`: it is a frozen dataclass with a name and a purpose;
    `encode` returns equal circuits each time; `paced` and `weighted` return formulations of the same class,
    `weights` positive numbers; circuits that take turns have names and no turns of their own; and those of
    `check_encoding`, which gets the other arguments, for the encoding and each of its turns.
    """
    name = type(formulation).__name__
    demand(isinstance(formulation.name, str) and formulation.name, f"`name` of {name} is no word")
    demand(isinstance(formulation.purpose, str) and formulation.purpose, f"`purpose` of {name} is no text")
    rules = getattr(formulation, "__dataclass_params__", None)
    demand(rules is not None and rules.frozen, f"{name} is no frozen dataclass")
    encoding, again = formulation.encode(problem), formulation.encode(problem)
    demand(isinstance(encoding, Encoding), f"{name} encodes to a {type(encoding).__name__}")
    first, second = dict(encoding.parameters), dict(again.parameters)
    demand(first == second, f"{name} chooses {first} at first, then {second}")
    index = np.arange(2)
    equal(f"starts of two encodings by {name}", encoding.start(0, index), again.start(0, index))
    weights = list(formulation.weights(problem))
    demand(is_positive(weights), f"`weights` of {name} are {weights}, expected positive numbers")
    for other, what in [
        (formulation.paced(1.0), "paced"),
        *((formulation.weighted(w), "weighted") for w in weights),
    ]:
        demand(type(other) is type(formulation), f"`{what}` of {name} returns a {type(other).__name__}")
    check_encoding(encoding, problem, answers, same, offset)
    for turn in encoding.turns:
        demand(isinstance(turn.name, str) and turn.name, f"a circuit of {name} that takes turns has no name")
        demand(not turn.encoding.turns, f"the circuit {turn.name} of {name} has turns of its own")
        check_encoding(turn.encoding, problem, answers, same, offset)


def check_encoding(
    encoding: Encoding,
    problem: Problem,
    answers: Sequence[Answer] = (),
    same: Same | None = None,
    offset: float | None = None,
) -> None:
    """Raise `AssertionError`, naming the law and the numbers, unless `encoding` keeps its contract.

    `answers` are valid answers to `problem`; by default, five of its `random_answer`. `same` returns whether
    two answers are equal up to the problem's symmetry; by default they are if their verdicts are equal.
    `offset` is the constant by which the objective may differ from the cost; None for any.

    The laws, of `analoghop.problems.base.Encoding`: `decode(embed(a))` is `a` up to symmetry; the objective
    of the outputs that represent an answer is its cost up to one constant; a start is a function of the seed
    and its index alone; `decode` reads each column independently, does not change the outputs, and gives
    violations for a column without an answer; parameters are plain values.
    """
    name = type(encoding).__name__
    demand(is_positive(encoding.duration), f"`duration` of {name} is {encoding.duration}")
    demand(is_positive(encoding.tau), f"`tau` of {name} is {encoding.tau}")
    demand(encoding.step is None or is_positive(encoding.step), f"`step` of {name} is {encoding.step}")
    if isinstance(encoding.system, Machine):
        agree(
            f"`duration` of {name} and its machine", encoding.duration, encoding.system.duration, rtol=1e-12
        )
    for key, value in encoding.parameters.items():
        plain = isinstance(value, bool | int | float | str)
        demand(plain, f"the parameter {key!r} of {name} is a {type(value).__name__}")
    rng = np.random.default_rng(0)
    chosen = list(answers) or [problem.random_answer(rng) for _ in range(DRAWN)]
    _check_starts(encoding)
    outputs = [_check_answer(encoding, problem, answer, same or _alike(problem)) for answer in chosen]
    _check_objective(encoding, problem, chosen, outputs, offset)
    _check_reading(encoding, problem, np.concatenate(outputs, axis=1), rng)


def _alike(problem: Problem) -> Same:
    """Return a function: whether two answers have equal verdicts, up to rounding of the cost."""

    def alike(a: Answer, b: Answer) -> bool:
        one, two = problem.verify(a), problem.verify(b)
        if one.cost is None or two.cost is None:
            return one == two
        return one.valid == two.valid and bool(np.isclose(one.cost, two.cost, rtol=1e-9, atol=1e-9))

    return alike


def _check_starts(encoding: Encoding) -> None:
    name, index = type(encoding).__name__, np.arange(STARTS)
    together = encoding.start(3, index)
    wanted = (encoding.system.size, STARTS)
    demand(together.shape == wanted, f"starts of {name} have the shape {together.shape}, expected {wanted}")
    demand(np.isfinite(together).all(), f"starts of {name} hold numbers that are not finite")
    law = f"a start of {name} is a function of the seed and its number"
    equal(law, encoding.start(3, np.array([3])), together[:, 3:4])
    equal(law, encoding.start(3, index[::-1]), together[:, ::-1])
    demand(
        not np.array_equal(encoding.start(4, index), together), f"starts of {name} do not depend on the seed"
    )
    apart = {column.tobytes() for column in np.ascontiguousarray(together.T)}
    demand(len(apart) == STARTS, f"{STARTS} starts of {name} are {len(apart)} different ones")


def _check_answer(encoding: Encoding, problem: Problem, answer: Answer, same: Same) -> Array:
    name = type(encoding).__name__
    outputs = encoding.embed(answer)
    wanted = (encoding.system.n_outputs, 1)
    demand(outputs.shape == wanted, f"`embed` of {name} has the shape {outputs.shape}, expected {wanted}")
    raws = encoding.decode(outputs)
    demand(len(raws) == 1, f"`decode` of {name} returns {len(raws)} answers for one column")
    back = raws[0].answer
    demand(back is not None, f"`decode` of {name} reads no answer where `embed` wrote {answer!r}")
    demand(same(answer, back), f"`decode` of {name} reads {back!r} where `embed` wrote {answer!r}")
    return outputs


def _check_objective(
    encoding: Encoding,
    problem: Problem,
    answers: Sequence[Answer],
    outputs: Sequence[Array],
    offset: float | None,
) -> None:
    differences, name = [], type(encoding).__name__
    for answer, column in zip(answers, outputs, strict=True):
        objective, cost = encoding.objective(column), problem.verify(answer).cost
        if objective is None or cost is None:
            continue
        demand(
            objective.shape == (1,), f"the objective of {name} has the shape {objective.shape}, expected (1,)"
        )
        differences.append((float(objective[0]) - cost, cost))
    if differences:
        constant = differences[0][0] if offset is None else offset
        size = max(abs(cost) for _, cost in differences) + abs(constant)
        law = f"the objective of {name} minus the cost is {'one constant' if offset is None else offset}"
        agree(
            law,
            [each for each, _ in differences],
            np.full(len(differences), constant),
            atol=1e-6 * (1.0 + size),
        )


def _check_reading(encoding: Encoding, problem: Problem, outputs: Array, rng: np.random.Generator) -> None:
    name = type(encoding).__name__
    noise = rng.uniform(outputs.min(), outputs.max(), (outputs.shape[0], 4))
    blank = np.zeros_like(outputs[:, :1])
    for what, columns in (("answers", outputs), ("noise", noise), ("nothing", blank)):
        before = columns.copy()
        together = encoding.decode(columns)
        equal(f"`decode` of {name} leaves outputs as they were", columns, before)
        alone = [encoding.decode(columns[:, [k]])[0] for k in range(columns.shape[1])]
        for one, two in zip(together, alone, strict=True):
            both = one.violations == two.violations and _equal(one.answer, two.answer)
            demand(both, f"`decode` of {name} reads a column of {what} differently beside others")
            if one.answer is None:
                demand(one.violations, f"`decode` of {name} reads no answer from {what}, and no violations")
            else:
                problem.verify(one.answer)


def _equal(a: Answer, b: Answer) -> bool:
    return a is b is None or (a is not None and b is not None and bool(np.array_equal(a, b)))
