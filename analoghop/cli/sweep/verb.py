"""`analoghop sweep ACTION FILE`: run a study, and look at what its store holds."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from pathlib import Path
from typing import TYPE_CHECKING

from analoghop.cli import options
from analoghop.cli.console import about
from analoghop.cli.outputs import check_overwriting, check_picture, check_place
from analoghop.cli.sweep import views, watching
from analoghop.cli.sweep.watching import watch
from analoghop.cli.text import counted, si
from analoghop.cli.verb import Exit, UsageError, Verb

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.experiments import Study

_SUMMARIES = {
    "run": "compute the points that are not stored yet; the same command goes on after an interruption",
    "status": "count the points that are done, failed and left, also while a study runs",
    "watch": "show the course of a study that runs, until it has ended",
    "show": "print one point by the beginning of its key",
    "report": "print means, rates and yields with their intervals for each combination of values",
    "export": "write the rows to a .csv or .npz file (.parquet, .nc with further packages)",
    "plot": "draw a metric against an axis, over two axes, or its distribution",
}
SUFFIX = ".db"


def configure(parser: ArgumentParser) -> None:
    """Add the actions and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for action, summary in _SUMMARIES.items():
        one = actions.add_parser(
            action,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=parser.epilog,
            examples=_EXAMPLES,
            allow_abbrev=False,
        )
        one.add_argument(
            "file", metavar="FILE", help="study file (.toml), a deck that sweeps, or the store (.db)"
        )
        if action == "show":
            one.add_argument("key", metavar="KEY", help="first characters of a point's key")
        one.add_argument("--store", metavar="PATH", help="the store (default: FILE with the suffix .db)")
        if action == "run":
            _configure_run(one)
        if action == "watch":
            watching.configure(one)
        if action == "report":
            one.add_argument(
                "--sensitivity",
                metavar="METRIC",
                help="also rank the parts by their effect on it",
            )
            one.add_argument(
                "--compare", metavar="AXIS", help="also test whether the values of this axis differ"
            )
            one.add_argument(
                "--metric",
                metavar="NAME",
                help="what is compared (default: the yield, else the first number)",
            )
            one.add_argument(
                "--pair",
                metavar="AXIS",
                action="append",
                default=[],
                help="axis whose values are compared in pairs, such as instances",
            )
        if action == "export":
            one.add_argument("--out", metavar="FILE", required=True, help="file to write")
        if action == "plot":
            one.add_argument("--metric", metavar="NAME", help="metric to draw (default: the first number)")
            one.add_argument(
                "--kind",
                choices=("auto", "curve", "map", "histogram"),
                default="auto",
                help="auto: curve for one axis, map for two, histogram for none",
            )
            one.add_argument("--plot", metavar="FILE", required=True, help=".png, .svg or .pdf file to write")
        if action in ("export", "plot"):
            options.add_force(one)
        options.add_common(one)


def _configure_run(parser: ArgumentParser) -> None:
    options.add_workers(parser)
    parser.add_argument(
        "--retry",
        metavar="KINDS",
        default="",
        help="compute the stored points that ended in one of these ways again: failed,timeout,crashed",
    )
    parser.add_argument(
        "--allow-code", action="store_true", help="allow the study to call a Python function that it names"
    )


def execute(arguments: Namespace, console: Console) -> Exit:
    """Run an action; 0 where all points have a proper result."""
    if arguments.action == "run":
        return _run(arguments, console)
    from analoghop.experiments import Stored

    stored = Stored(store_of(arguments))
    if arguments.action == "export":
        return _export(arguments, console)
    if arguments.action == "plot":
        check_picture(arguments.plot)
        check_overwriting([arguments.plot], arguments.force)
        views.plot(stored, arguments, console)
        return Exit.DONE
    actions = {"status": views.status, "watch": watch, "show": views.show, "report": views.report}
    actions[arguments.action](stored, arguments, console)
    return Exit.DONE


def store_of(arguments: Namespace) -> Path:
    """Return the path of the store: `--store`, else FILE if it is one, else beside FILE."""
    if arguments.store is not None:
        return Path(arguments.store)
    path = Path(arguments.file)
    return path if path.suffix == SUFFIX else path.with_suffix(SUFFIX)


def _study(arguments: Namespace) -> Study:
    from dataclasses import replace

    from analoghop.experiments import read_study

    if Path(arguments.file).suffix == SUFFIX:
        raise UsageError("`sweep run` needs the study file; its store is written beside it")
    study = read_study(arguments.file)
    if study.kind == "function" and not arguments.allow_code:
        raise UsageError("this study calls a Python function: `--allow-code` lets it run")
    if arguments.seed is not None:
        study = replace(study, draws=replace(study.drawn, seed=arguments.seed))
    return study


def _run(arguments: Namespace, console: Console) -> Exit:
    from analoghop.experiments import run_study
    from analoghop.experiments.store.point_result import RETRIED

    retry = [word.strip() for word in arguments.retry.split(",") if word.strip()]
    for word in retry:
        if word not in RETRIED:
            raise UsageError(f"`--retry {word}` is unknown, expected {', '.join(RETRIED)}")
    workers = options.workers(arguments)
    study, store = _study(arguments), store_of(arguments)
    check_place(str(store))
    with options.limits(arguments, console) as limits:
        done = run_study(
            study,
            store,
            workers=workers,
            retry=retry,
            command=arguments.command,
            limits=limits,
        )
    console.line(
        f"{study.name}: {counted(done.points, 'point')}, {done.before} stored before, {done.computed} "
        f"computed in {si(done.wall_s, 's', 3)}, {done.failed} of them failed, {done.left} left"
    )
    for note in done.notes:
        console.line(f"  {note}")
    console.line(f"  stored in {store}")
    console.result(
        {
            "study": study.name,
            "store": str(store),
            "points": done.points,
            "before": done.before,
            "computed": done.computed,
            "failed": done.failed,
            "left": done.left,
            "stopped": done.stopped,
            "wall_s": done.wall_s,
            "notes": list(done.notes),
            "seed": study.drawn.seed,
            **about(arguments, interrupted=done.interrupted),
        }
    )
    if done.left:
        reason = "interrupted" if done.interrupted else "stopped at a failure" if done.stopped else "ended"
        console.error(
            f"{reason} with {counted(done.left, 'point')} left: the same command goes on from there"
        )
        return Exit.INCOMPLETE
    if done.failed:
        console.error(f"{counted(done.failed, 'point')} failed: `sweep export` lists the reasons")
        return Exit.INCOMPLETE
    return Exit.DONE


def _export(arguments: Namespace, console: Console) -> Exit:
    from analoghop.experiments import Stored, export
    from analoghop.experiments.reporting.export import export_suffix

    export_suffix(arguments.out)
    check_place(arguments.out)
    check_overwriting([arguments.out], arguments.force)
    count = export(Stored(store_of(arguments)), arguments.out)
    console.line(f"wrote {counted(count, 'row')} to {arguments.out}")
    console.result({"rows": count, "out": arguments.out, **about(arguments)})
    return Exit.DONE


_EXAMPLES = (
    "analoghop sweep run study.toml -j 2",
    "analoghop sweep watch study.toml",
    "analoghop sweep status study.toml",
    "analoghop sweep report study.toml",
    "analoghop sweep export study.toml --out points.csv",
    "analoghop sweep plot study.toml --plot yield.png",
)

VERB = Verb("sweep", "run a study of many points, and look at what is stored", configure, execute, _EXAMPLES)
