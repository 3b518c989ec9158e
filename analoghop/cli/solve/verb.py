"""`analoghop solve PROBLEM FILE`: many starts of a circuit for an instance, decoded, verified, counted."""

from __future__ import annotations

import json
from argparse import ArgumentParser, ArgumentTypeError, Namespace
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from analoghop.cli import options
from analoghop.cli.outputs import check_overwriting, check_place
from analoghop.cli.solve import picture as solve_picture
from analoghop.cli.solve.help import option_lines
from analoghop.cli.text import counted
from analoghop.cli.verb import Exit, UsageError, Verb

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.limits import Limits
    from analoghop.optimise import CatalogueEntry
    from analoghop.problems.base import Answer, Problem
    from analoghop.problems.result import Result


def configure(parser: ArgumentParser) -> None:
    """Add the options of `solve`."""
    parser.set_defaults(more_help=option_lines)
    parser.add_argument("problem", metavar="PROBLEM", nargs="?", help="kind of problem, see --list")
    parser.add_argument("file", metavar="FILE|N", nargs="?", help="the instance: a file, or a size")
    parser.add_argument(
        "--list", action="store_true", help="print all problems and formulations, and what each is for"
    )
    parser.add_argument(
        "--formulation", "--machine", metavar="F", help="how the problem becomes a circuit, see --list"
    )
    parser.add_argument(
        "--starts", type=options.whole, metavar="N", help="number of anneals, or of runs with --search"
    )
    parser.add_argument("--start", metavar="FILE", help="begin every anneal near the answer in a file")
    parser.add_argument("--search", metavar="S", help="a search that runs the circuit many times, see --list")
    parser.add_argument(
        "--polish",
        metavar="P",
        help="a local search after the anneals, beside the same search from random answers",
    )
    parser.add_argument("--target", type=options.number, metavar="VALUE", help="cost that counts as success")
    parser.add_argument(
        "--best-known", "--optimum", type=options.number, metavar="VALUE", help="cost that gaps refer to"
    )
    parser.add_argument(
        "--colours",
        "--colors",
        type=options.whole,
        metavar="K",
        help="number of colours (default: the smallest found, from DSATUR's number down)",
    )
    parser.add_argument(
        "--set",
        type=setting,
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="give an option of the formulation this value; repeated",
    )
    parser.add_argument("--out", metavar="FILE", help="write the best answer, e.g. to a .tour file")
    parser.add_argument(
        "--plot",
        metavar="FILE",
        help="draw the outcome into a .png, .svg or .pdf file, an anneal into a .gif",
    )
    parser.add_argument(
        "--engine",
        choices=("auto", "fused", "numpy"),
        default="auto",
        help="what computes the starts: compiled code (fused), NumPy, or by rule (auto, the default)",
    )
    options.add_workers(parser)
    options.add_force(parser)
    options.add_common(parser)


def setting(text: str) -> tuple[str, str]:
    """Return the two sides of NAME=VALUE; capitals are kept, unlike in decks."""
    name, equals, value = (part.strip() for part in text.partition("="))
    if not (name and equals and value):
        raise ArgumentTypeError(f"{text!r} is no assignment, expected NAME=VALUE")
    return name, value


def settings(arguments: Namespace) -> dict[str, str]:
    """Return what `--set` asks for; raises `UsageError` where a name is set twice."""
    wanted: dict[str, str] = {}
    for name, value in arguments.set:
        if name in wanted:
            raise UsageError(f"`--set {name}=` is given twice")
        wanted[name] = value
    return wanted


def chosen_entry(arguments: Namespace) -> CatalogueEntry:
    """Return the entry of the problem that is named; raises `UsageError` for words that are not known."""
    from analoghop.optimise import ALIASES, PROBLEMS, entry

    known = ", ".join(PROBLEMS)
    if arguments.problem is None or arguments.file is None:
        raise UsageError(f"a problem and a file are needed; problems: {known}")
    if arguments.problem not in (*PROBLEMS, *ALIASES):
        raise UsageError(f"there is no problem {arguments.problem!r}, expected one of {known}")
    found = entry(arguments.problem)
    _known(arguments.formulation, "--formulation", found.formulations)
    return found


def _known(word: str | None, option: str, words: Any) -> None:
    if word is not None and word not in words:
        what = f"expected one of {', '.join(words)}" if words else "this problem has none"
        raise UsageError(f"`{option}` is {word!r}, {what}")


def execute(arguments: Namespace, console: Console) -> Exit:
    """Solve and report; done where at least one valid answer was found."""
    if arguments.list:
        return _list(console)
    entry = chosen_entry(arguments)
    _known(arguments.search, "--search", entry.searches)
    _known(arguments.polish, "--polish", entry.polishers)
    _check_files(arguments, entry)
    problem = coloured(arguments, entry.read(arguments.file))
    solve_picture.check_problem(arguments, problem)
    for notice in problem.notices:
        console.notice(notice)
    near = None
    if arguments.start is not None:
        if entry.read_answer is None:
            raise UsageError(f"{arguments.problem} has no files of answers to `--start` from")
        near = entry.read_answer(arguments.start, problem)
    check_overwriting([arguments.out, arguments.plot], arguments.force)
    with options.limits(arguments, console) as limits:
        result = _solved(arguments, console, problem, near, limits)
        # What has been computed is written, also if Ctrl-C comes now.
        with limits.heed():
            return _reported(arguments, console, entry, problem, result, near, limits)
        raise KeyboardInterrupt


def coloured(arguments: Namespace, problem: Problem) -> Problem:
    """Return `problem` with the number of `--colours`; raises `UsageError` where it has none."""
    if arguments.colours is None:
        return problem
    from analoghop.problems.colouring.instance import Colouring

    if not isinstance(problem, Colouring):
        raise UsageError(f"{arguments.problem} has no colours: `--colours` is for colouring")
    return replace(problem, colours=arguments.colours)


def _list(console: Console) -> Exit:
    from analoghop.optimise import PROBLEMS, entry
    from analoghop.optimise.catalogue.options import options_table

    told = []
    for name in PROBLEMS:
        found = entry(name)
        console.line(f"{name}: {found.purpose}; takes {found.takes}")
        for key, formulation in found.formulations.items():
            default = " (default)" if key == next(iter(found.formulations)) else ""
            console.line(f"  {key:<14} {formulation.purpose}{default}")
        for what, words in (("search", found.searches), ("polish", found.polishers)):
            if words:
                console.line(f"  --{what} {', '.join(words)}")
        if found.writers:
            console.line(f"  answers: {', '.join(found.writers)}")
        told.append(
            {
                "problem": name,
                "purpose": found.purpose,
                "takes": found.takes,
                "default": next(iter(found.formulations), None),
                "formulations": {key: f.purpose for key, f in found.formulations.items()},
                "options": {
                    key: {row.name: row.to_dict() for row in options_table(f).values()}
                    for key, f in found.formulations.items()
                },
                "searches": list(found.searches),
                "polishers": list(found.polishers),
                "starts": found.starts,
                "suffixes": list(found.writers),
            }
        )
    console.result(told)
    return Exit.DONE


def _check_files(arguments: Namespace, entry: CatalogueEntry) -> None:
    from analoghop.optimise.catalogue import suffix_of

    if arguments.out is not None:
        suffix_of(arguments.out, entry.writers)
        check_place(arguments.out)
    solve_picture.check(arguments)


def _solved(
    arguments: Namespace, console: Console, problem: Problem, near: Answer | None, limits: Limits
) -> Result:
    from analoghop.optimise import solve

    options.check_engine(arguments.engine)
    result = solve(
        problem,
        arguments.formulation,
        starts=arguments.starts,
        seed=arguments.seed or 0,
        start=near,
        target=arguments.target,
        best_known=arguments.best_known,
        search=arguments.search,
        polish=arguments.polish,
        settings=settings(arguments),
        engine=arguments.engine,
        limits=limits,
        workers=options.workers(arguments),
    )
    if result.failed:
        console.notice(
            f"{result.failed} of {len(result.starts)} starts failed numerically; they count as invalid"
        )
    if result.cut and not result.interrupted:
        console.notice(f"{counted(result.cut, 'start')} cut short by the time limit, and left out")
    if result.stopped and not result.interrupted:
        console.notice(f"{counted(result.stopped, 'start')} stopped before the end, counted as it stood then")
    return result


def _reported(
    arguments: Namespace,
    console: Console,
    entry: CatalogueEntry,
    problem: Problem,
    result: Result,
    near: Answer | None,
    limits: Limits,
) -> Exit:
    from analoghop import __version__
    from analoghop.cli.solve.report import lines, violated
    from analoghop.problems.result import best_answer

    for line in lines(result, problem):
        console.line(line)
    origin, answer = best_answer(result)
    record = {
        "command": arguments.command,
        "formulation": result.formulation,
        "settings": settings(arguments),
        "seed": result.seed,
        "starts": len(result.starts),
    }
    if arguments.out is not None and answer is not None:
        _write(arguments.out, entry, problem, answer, {**record, "answer of": origin})
        console.line(f"  wrote {arguments.out}")
    if arguments.plot is not None:
        solve_picture.draw(arguments, problem, result, near, record, limits)
        console.line(f"  wrote {arguments.plot}")
    console.result({**result.to_dict(), "version": __version__, "command": arguments.command})
    if result.interrupted:
        console.error(f"interrupted after {counted(len(result.starts), 'start')}")
    elif not result.starts and answer is None:
        console.error(f"{arguments.file}: no start ended within the time limit")
    elif answer is None:
        open_question = f"; {entry.unsolved}" if entry.unsolved else ""
        closest = f" (the closest: {violated(result.closest)})" if result.closest else ""
        none = f"none of {counted(len(result.starts), 'start')} ended in a valid answer"
        console.error(f"{arguments.file}: {none}{closest}{open_question}")
    return Exit.INCOMPLETE if answer is None or result.interrupted else Exit.DONE


def _write(
    path: str, entry: CatalogueEntry, problem: Problem, answer: Answer, record: dict[str, object]
) -> None:
    from analoghop import __version__
    from analoghop.optimise.catalogue import suffix_of

    cost = problem.verify(answer).cost
    head = f"cost {cost:.10g}" if cost is not None else "cost unknown"
    comment = f"{head}, analoghop {__version__}\n{json.dumps(record)}"
    entry.writers[suffix_of(path, entry.writers)](path, problem, answer, comment)


_EXAMPLES = (
    "analoghop solve tsp examples/instances/berlin52.tsp --plot tour.png",
    "analoghop solve queens 8 --starts 32 --json",
    "analoghop solve maxcut graph.txt --time-limit 5 --threads 2",
    "analoghop solve colouring graph.col --colours 5 --out answer.col.sol",
    "analoghop solve --list",
)

VERB = Verb(
    "solve", "solve an instance of a problem with many starts of a circuit", configure, execute, _EXAMPLES
)
