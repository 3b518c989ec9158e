"""`analoghop check PROBLEM FILE ANSWER`: an answer from a file, judged by the instance's own data."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from typing import TYPE_CHECKING

from analoghop.cli import options
from analoghop.cli.console import about
from analoghop.cli.solve.verb import chosen_entry, coloured
from analoghop.cli.verb import Exit, UsageError, Verb

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from analoghop.cli.console import Console
    from analoghop.problems.base import Problem, Verdict

SHOWN = 50
"""Places of violations that the report lists; JSON has all."""


def configure(parser: ArgumentParser) -> None:
    """Add the options of `check`."""
    parser.add_argument("problem", metavar="PROBLEM", help="kind of problem, see `analoghop solve --list`")
    parser.add_argument("file", metavar="FILE|N", help="the instance: a file, or a size")
    parser.add_argument("answer", metavar="ANSWER", help="the answer, in a format that `solve --out` writes")
    parser.add_argument("--colours", "--colors", type=options.whole, metavar="K", help="number of colours")
    parser.set_defaults(formulation=None)
    options.add_common(parser)


def execute(arguments: Namespace, console: Console) -> Exit:
    """Judge the answer; done where it is valid."""
    entry = chosen_entry(arguments)
    problem = coloured(arguments, entry.read(arguments.file))
    read = entry.read_candidate or entry.read_answer
    if read is None:
        raise UsageError(f"{arguments.problem} has no format of answers")
    for notice in problem.notices:
        console.notice(notice)
    answer = read(arguments.answer, problem)
    verdict, faults = problem.verify(answer), list(problem.describe_violations(answer))
    for line in _lines(problem, verdict, faults):
        console.line(line)
    console.result(
        {
            **about(arguments),
            "valid": verdict.valid,
            "cost": verdict.cost,
            "violations": dict(verdict.violations),
            "faults": faults,
        }
    )
    return Exit.DONE if verdict.valid else Exit.INCOMPLETE


def _lines(problem: Problem, verdict: Verdict, faults: Sequence[str]) -> Iterator[str]:
    counts = ", ".join(f"{count} {name}" for name, count in verdict.violations.items())
    judged = "the answer is valid" if verdict.valid else f"the answer is not valid: {counts}"
    yield f"{problem.name}: {judged}"
    if verdict.cost is not None:
        yield f"  {problem.cost_name}: {verdict.cost:.10g}"
    for fault in faults[:SHOWN]:
        yield f"  {fault}"
    if len(faults) > SHOWN:
        yield f"  and {len(faults) - SHOWN} more (--json lists all)"


_EXAMPLES = ("analoghop check tsp examples/instances/berlin52.tsp berlin52.tour",)

VERB = Verb(
    "check", "judge an answer to an instance by the instance's own data", configure, execute, _EXAMPLES
)
