"""What `sweep status`, `show`, `report` and `plot` print of a store."""

from __future__ import annotations

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from analoghop.cli.console import about
from analoghop.cli.text import counted, si, table
from analoghop.errors import InputError

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.experiments import Criterion, Stored
    from analoghop.experiments.plan.until import Level
    from analoghop.experiments.reporting.comparison import SettingComparison
    from analoghop.experiments.reporting.report import Line


SHOWN = 10
"""Parts of a ranking that are printed; JSON has all of them."""


def criterion_of(stored: Stored) -> Criterion | None:
    """Return the criterion of the study in a store."""
    from analoghop.experiments.plan.criterion import criterion_of

    given = stored.study.get("criterion")
    return criterion_of(given) if given else None


def levels_of(stored: Stored) -> dict[str, Level]:
    """Return the confidence of the metric at which was looked several times."""
    from analoghop.experiments.plan.until import Level, until_of

    draws = stored.study.get("draws", {})
    if not draws.get("until"):
        return {}
    until = until_of(draws["until"])
    assert until is not None
    most = max(int(draws.get(name, 0)) for name in ("parts", "starts", "noise"))
    return {until.metric: Level(len(until.counts(most)))}


def status(stored: Stored, arguments: Namespace, console: Console) -> None:
    """Print how many points are done, failed and left, and at which rate they come."""
    from analoghop.experiments.store.point_result import FAULTS

    counts, points, runs = stored.statuses(), stored.points, stored.runs()
    done = sum(counts.values())
    failed = sum(count for name, count in counts.items() if name in FAULTS)
    running = bool(runs) and runs[-1]["ended"] is None
    per_second = rate(stored, runs)
    left = points - done
    console.line(
        f"{stored.study.get('study', stored.path.stem)}: {done} of {counted(points, 'point')} stored, "
        f"{failed} of them failed, {left} left"
    )
    for name, count in sorted(counts.items()):
        console.line(f"  {count} {name}")
    if runs:
        state = "running, or killed," if running else f"ended {runs[-1]['ended']},"
        console.line(f"  last command: {state} begun {runs[-1]['started']}: {runs[-1]['command']}")
    if per_second is not None and left:
        console.line(f"  {per_second:.3g} points/s, about {si(left / per_second, 's', 3)} to go")
    console.result(
        {
            "points": points,
            "done": done,
            "failed": failed,
            "left": left,
            "rate": per_second,
            "eta_s": left / per_second if per_second and left else (0.0 if not left else None),
            "statuses": counts,
            "runs": runs,
            **about(arguments),
        }
    )


def rate(stored: Stored, runs: list[dict[str, Any]]) -> float | None:
    """Return the points per second of the last command, None where it stored none."""
    if not runs:
        return None
    count = stored.computed_by(runs[-1]["run"])
    ended = runs[-1]["ended"]
    until = datetime.fromisoformat(ended) if ended else datetime.now(UTC)
    seconds = (until - datetime.fromisoformat(runs[-1]["started"])).total_seconds()
    return count / max(seconds, 1.0) if count else None


def show(stored: Stored, arguments: Namespace, console: Console) -> None:
    """Print one point with all that is known of it, and with the command that computed it."""
    row, number = stored.row(arguments.key)
    run = next((one for one in stored.runs() if one["run"] == number), None)
    draws = {name: getattr(row.point, name) for name in ("part", "start", "noise")}
    shown: dict[str, Any] = {**row.point.values, **{n: v for n, v in draws.items() if v is not None}}
    console.line(f"{row.key}: {row.status}")
    for name, value in shown.items():
        console.line(f"  {name} = {value}")
    for name, value in row.metrics.items():
        console.line(f"  {name}: {value}")
    if row.error:
        console.line(f"  error: {row.error}")
    if row.waveform:
        console.line(f"  waveforms: {row.waveform}")
    console.line(f"  {si(row.cpu_s, 's', 3)} of computing, by run {number}")
    console.result(
        {
            "key": row.key,
            "status": row.status,
            "values": dict(row.point.values),
            **draws,
            "metrics": dict(row.metrics),
            "error": row.error,
            "waveform": row.waveform,
            "cpu_s": row.cpu_s,
            "wall_s": row.wall_s,
            "run": run,
            **about(arguments),
        }
    )


def report(stored: Stored, arguments: Namespace, console: Console) -> None:
    """Print the statistics of each combination of values."""
    from analoghop.experiments.reporting.report import report as lines_of
    from analoghop.experiments.reporting.report import table as cells_of

    lines = lines_of(stored, criterion_of(stored), levels_of(stored))
    if lines:
        for line in table(list(cells_of(lines)), left=0):
            console.line(line)
    else:
        console.line("no point is stored yet")
    ranked = None if arguments.sensitivity is None else ranking(stored, arguments)
    for one in (ranked or [])[:SHOWN]:
        low, high = one["interval"]
        console.line(f"  {one['part']}: correlation {one['correlation']:.3f} [{low:.2f}, {high:.2f}]")
    compared = None if arguments.compare is None else comparing(stored, arguments, lines)
    for text in [] if compared is None else told(compared, arguments.compare):
        console.line(text)
    console.result(
        {
            "study": stored.study.get("study"),
            "points": stored.points,
            "rows": [line.to_dict() for line in lines],
            "sensitivity": ranked,
            "comparisons": None if compared is None else [one.to_dict() for one in compared],
            **about(arguments),
        }
    )


def comparing(stored: Stored, arguments: Namespace, lines: list[Line]) -> list[SettingComparison]:
    """Return the comparisons of the settings of an axis by `--metric`, else the yield or the first number."""
    from analoghop.experiments.plan.until import YIELD
    from analoghop.experiments.reporting.comparison import comparisons

    criterion = criterion_of(stored)
    known = list(dict.fromkeys(name for line in lines for name in (*line.means, *line.rates)))
    metric = arguments.metric or (YIELD if criterion else known[0] if known else "")
    if not metric:
        raise InputError("no metric is stored that could be compared")
    return comparisons(stored.rows(), arguments.compare, metric, criterion, arguments.pair)


def told(compared: list[SettingComparison], axis: str) -> list[str]:
    """Return a line for each comparison, the smallest p value first."""
    found = []
    for one in sorted(compared, key=lambda each: each.adjusted)[:SHOWN]:
        where = "".join(f", {name} {value}" for name, value in one.values.items())
        reach = "" if one.interval is None else f" [{one.interval[0]:.3g}, {one.interval[1]:.3g}]"
        found.append(
            f"  {axis} {one.second} against {one.first}{where}: {one.difference:+.3g}{reach}, "
            f"p = {one.adjusted:.2g} ({one.test.name}, {one.test.changed} of "
            f"{counted(one.pairs, 'pair')} differ)"
        )
    if len(compared) > 1:
        found.append(f"  p values hold for all {len(compared)} comparisons together (Holm)")
    return found


def ranking(stored: Stored, arguments: Namespace) -> list[dict[str, Any]]:
    """Return the parts ranked by the dependence of a metric on them, from the model of the study."""
    from analoghop.experiments import study_of
    from analoghop.experiments.models.subjects import subject_of
    from analoghop.experiments.reporting.sensitivity import sensitivities

    study = study_of(stored.study, Path(arguments.file).parent)
    if study.scatter is None or not study.drawn.parts:
        raise InputError("the study draws no parts: there is nothing whose scatter could be ranked")
    rows, found = stored.rows(), []
    for stream, names in subject_of(study).parts().items():
        law = sensitivities(rows, arguments.sensitivity, names, study.scatter, study.drawn.seed, stream)
        found += [{"stream": stream, **one._asdict(), "interval": list(one.interval)} for one in law]
    return sorted(found, key=lambda one: -abs(float(one["correlation"])))


def plot(stored: Stored, arguments: Namespace, console: Console) -> None:
    """Draw a metric of the study into a file."""
    from analoghop.experiments.reporting.report import report as lines_of
    from analoghop.plotting import save_figure
    from analoghop.plotting.experiments import drawn

    criterion = criterion_of(stored)
    lines = lines_of(stored, criterion, levels_of(stored))
    if not lines:
        raise InputError("no point is stored yet: there is nothing to draw")
    figure = drawn(lines, arguments.metric, arguments.kind, stored.rows).get_figure(root=True)
    assert figure is not None, "the axes were made with a figure"
    save_figure(figure, arguments.plot, {"study": stored.study, "runs": stored.runs()})
    console.line(f"wrote {arguments.plot}")
    console.result({"plot": arguments.plot, **about(arguments)})
