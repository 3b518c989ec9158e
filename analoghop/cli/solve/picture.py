"""The picture of `analoghop solve --plot`: the outcome as a figure, or an anneal as a film."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import replace
from typing import TYPE_CHECKING

from analoghop.cli.outputs import check_picture, check_place, is_film
from analoghop.cli.verb import UsageError

if TYPE_CHECKING:
    from analoghop.limits import Limits
    from analoghop.problems.base import Answer, Problem
    from analoghop.problems.result import Result


def check(arguments: Namespace) -> None:
    """Raise `InputError` where nothing can be written to the file of `--plot`."""
    if is_film(arguments.plot):
        check_place(arguments.plot)
    else:
        check_picture(arguments.plot)


def check_problem(arguments: Namespace, problem: Problem) -> None:
    """Raise `UsageError` where a film is wanted of a problem whose answers have no picture."""
    if not is_film(arguments.plot):
        return
    from analoghop.plotting.answers.answer import has_picture

    if problem.kind != "tsp" and not has_picture(problem):
        raise UsageError(f"an answer to {problem.kind} has no picture: give a .png, .svg or .pdf file")


def draw(
    arguments: Namespace,
    problem: Problem,
    result: Result,
    near: Answer | None,
    record: dict[str, object],
    limits: Limits,
) -> None:
    """Draw the outcome, with the anneal of the best start, or of the first where none is valid."""
    from analoghop.optimise import trace
    from analoghop.plotting import save_figure
    from analoghop.plotting.answers.film import save_film
    from analoghop.plotting.answers.solved import solved
    from analoghop.problems.colouring.instance import Colouring

    if isinstance(problem, Colouring):
        problem = replace(problem, colours=result.extra["colours"])
    assert result.encoding is not None, "`solve` says what it ran"
    number = result.starts.index(result.best) if result.best is not None else 0
    # The time limit is up: the anneal that is drawn has a tenth of it, as the baselines had.
    within = limits.further(max(0.5, 0.1 * arguments.time_limit)) if arguments.time_limit else limits
    run = trace(result.encoding, result.seed, number, near=near, limits=within)
    named = {"title": problem.name, **record, "start": number}
    if is_film(arguments.plot):
        save_film(arguments.plot, problem, run, order=result.answer, record=named)
    else:
        save_figure(solved(problem, result, run), arguments.plot, named)
