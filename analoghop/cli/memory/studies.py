"""`analoghop memory compare` and the studies of memories."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from analoghop.cli.memory import inputs
from analoghop.cli.text import counted, si, table
from analoghop.cli.verb import Exit, UsageError

if TYPE_CHECKING:
    from analoghop.arrays import Array, Mask
    from analoghop.cli.console import Console
    from analoghop.cli.memory.task import MemoryTask
    from analoghop.formats.memories.columns import Columns
    from analoghop.limits import Limits
    from analoghop.memory.recall import Recall
    from analoghop.memory.studies.trials import PatternSource


def compare(task: MemoryTask, console: Console, limits: Limits) -> Exit:
    """Run equal cues in the three models."""
    import numpy as np

    from analoghop.formats.memories.columns import Columns, write_columns
    from analoghop.memory.models import compare as ask_all
    from analoghop.plotting.memories.recalls import comparison

    recipe = inputs.recipe(task)
    memory = inputs.memory_of(task)
    models = recipe.side_by_side(memory, inputs.weights_of(task))
    cues = inputs.cues_of(task, memory)
    inputs.check_files(task)
    done = ask_all(models, cues, seed=task.seed, limits=limits)
    rows = [("  model", "correct", "settled", "overlap", "wrong bits", "computing")]
    summaries: list[dict[str, Any]] = []
    for recall in done:
        finished = len(recall.judgements)
        bits = sum(one.hamming for one in recall.judgements) / finished if finished else None
        own = recall.to_dict()
        summary = {
            "model": recall.model,
            "correct_rate": recall.correct_rate,
            "settled_rate": float(recall.settled.mean()) if finished else None,
            "overlap": float(recall.overlaps.mean()) if finished else None,
            "hamming": bits,
            **{key: own[key] for key in ("cues", "notes", "cpu_s", "wall_s", "engine")},
        }
        summaries.append(summary)
        rows.append(
            (
                f"  {recall.model}",
                _shown(summary["correct_rate"], ".0%"),
                _shown(summary["settled_rate"], ".0%"),
                _shown(summary["overlap"], ".3f"),
                _shown(bits, ".3g"),
                si(recall.cpu_s, "s", 3),
            )
        )
    console.line(
        f"{memory.name}: {counted(memory.count, 'pattern')} in {counted(memory.size, 'neuron')}, load "
        f"{memory.load:.3g}, {done[0].rule}, {counted(cues.members, 'cue')}"
    )
    for line in table(rows):
        console.line(line)
    values: dict[str, Array] = {"pattern": cues.wanted + np.float64(1.0), "noise": cues.noise}
    for recall in done:
        for name, found in (
            ("overlap", recall.overlaps),
            ("correct", recall.correct),
            ("settled", recall.settled),
        ):
            values[f"{name}_{recall.model}"] = _for_all(recall, found)
    record = {"study": "compare", **task.record(memory.name)}
    with limits.heed():
        if task.out is not None:
            write_columns(task.out, Columns(values, record))
            console.line(f"  wrote {task.out}")
        inputs.draw(task, console, lambda: comparison(done).get_figure(root=True), record)
        console.result(
            {
                "patterns": memory.count,
                "neurons": memory.size,
                "rule": done[0].rule,
                "load": memory.load,
                "seed": task.seed,
                "models": summaries,
                **task.about(done[0].ran, interrupted=limits.interrupted),
            }
        )
    if len(done) < len(models) and not limits.interrupted:
        console.notice(f"time limit: only {len(done)} of {len(models)} models were run")
    if limits.interrupted:
        console.error(f"interrupted in the {done[-1].model} model")
        return Exit.INCOMPLETE
    return Exit.DONE


def _shown(value: float | None, form: str) -> str:
    return "-" if value is None else format(value, form)


def _for_all(recall: Recall, found: Array | Mask) -> Array:
    """Return the values `found` for the finished cues, in an array of all cues, nan for the others."""
    import numpy as np

    values = np.full(recall.cues.members, np.nan)
    values[recall.finished] = found
    return values


def study(task: MemoryTask, console: Console, limits: Limits) -> Exit:
    """Run the study of the action, and write its columns to files."""
    from analoghop.formats.memories.columns import Columns, write_columns
    from analoghop.plotting.memories.studies import study as picture

    recipe = inputs.recipe(task)
    memory = inputs.memory_of(task)
    inputs.check_files(task)
    wall, cpu = time.perf_counter(), time.process_time()
    found = _STUDIES[task.action](task, limits)
    wall, cpu = time.perf_counter() - wall, time.process_time() - cpu
    known = {**found.record, **task.record(memory.name)}
    columns = Columns(found.values, known)
    console.line(
        f"{memory.name}: {task.action}, {recipe.rule}, {_model(task)} model, {counted(memory.size, 'neuron')}"
    )
    for line in table([("", *columns.names), *_rows(columns)]):
        console.line(line)
    console.line(f"  {si(cpu, 's', 3)} of computing")
    with limits.heed():
        if task.out is not None:
            write_columns(task.out, columns)
            console.line(f"  wrote {task.out}")
        inputs.draw(task, console, lambda: picture(columns).get_figure(root=True), known)
        console.result(
            {
                "study": task.action,
                "patterns": memory.count,
                "neurons": memory.size,
                "rule": recipe.rule,
                "model": _model(task),
                "seed": task.seed,
                "columns": dict(columns.values),
                "cpu_s": cpu,
                "wall_s": wall,
                **task.about(None, interrupted=limits.interrupted),
                "engine": columns.record.get("engine"),
            }
        )
    return _finished(columns, console)


def _finished(columns: Columns, console: Console) -> Exit:
    """Report missing points and the reason."""
    asked = columns.record["points"]
    if columns.record["interrupted"]:
        console.error(f"interrupted after {len(columns)} of {asked} points")
        return Exit.INCOMPLETE
    if len(columns) != asked:
        console.notice(f"time limit: only {len(columns)} of {asked} points were computed")
    return Exit.DONE


def _model(task: MemoryTask) -> str:
    return "stochastic" if task.action == "heat" else task.model or "continuous"


def _rows(columns: Columns) -> list[tuple[str, ...]]:
    shown = zip(*(values.tolist() for values in columns.values.values()), strict=True)
    return [("", *(f"{value:.4g}" for value in row)) for row in shown]


def _source(task: MemoryTask) -> tuple[PatternSource, int]:
    """Return the source of the patterns, and their largest number."""
    from analoghop.memory.studies.trials import PatternSource

    seed = task.seed
    if task.random is not None:
        neurons, count = task.random
        return PatternSource(neurons, seed=seed), count
    memory = inputs.memory_of(task)
    return PatternSource(memory=memory, seed=seed), memory.count


def _counts(task: MemoryTask, most: int, points: int) -> list[int]:
    """Return the numbers of patterns of the study, evenly spaced up to `most`."""
    wanted = points if task.points is None else task.points
    if wanted < 1:
        raise UsageError(f"`--points` is {wanted}, expected 1 or more")
    return sorted({max(1, round(most * (k + 1) / wanted)) for k in range(wanted)})


def _common(task: MemoryTask, limits: Limits) -> dict[str, Any]:
    common: dict[str, Any] = {"seed": task.seed, "limits": limits}
    if task.trials is not None:
        common["trials"] = task.trials
    return common


def _noise(task: MemoryTask) -> dict[str, Any]:
    return {} if task.noise is None else {"noise": task.noise}


def _capacity(task: MemoryTask, limits: Limits) -> Columns:
    from analoghop.memory.studies.recall_rates import capacity

    source, most = _source(task)
    counts = _counts(task, most, 12)
    recipe = inputs.recipe(task)
    return capacity(recipe, source, counts, **_noise(task), **_common(task, limits))


def _basin(task: MemoryTask, limits: Limits) -> Columns:
    from analoghop.memory.studies.recall_rates import basin

    if task.noise is not None:
        raise UsageError("`memory basin` varies the noise itself: leave out `--noise`")
    source, most = _source(task)
    noises = [round(0.05 * k, 2) for k in range(10)]
    counts = _counts(task, most, 4)
    return basin(inputs.recipe(task), source, counts, noises, **_common(task, limits))


def _gain(task: MemoryTask, limits: Limits) -> Columns:
    from analoghop.memory.studies.recall_rates import gain

    source, most = _source(task)
    gains = task.gains or [0.8, 1.0, 1.2, 1.5, 2.0, 3.0, 5.0, 10.0, 20.0, 50.0]
    recipe = inputs.recipe(task)
    return gain(recipe, source, most, gains, **_noise(task), **_common(task, limits))


def _heat(task: MemoryTask, limits: Limits) -> Columns:
    from analoghop.memory.studies.heat import heat

    if task.rule not in (None, "hebbian"):
        raise UsageError("the theory of `memory heat` is that of Hebb's rule: leave out `--rule`")
    source, most = _source(task)
    temperatures = task.temperatures or [round(0.1 * k, 1) for k in range(1, 12)]
    common = _common(task, limits)
    trials = common.pop("trials", 40)
    sets = max(1, -(-trials // 4))
    sweeps = 400 if task.sweeps is None else task.sweeps
    return heat(source, most, temperatures, sweeps=sweeps, warm_up=sweeps // 4, sets=sets, **common)


def _faults(task: MemoryTask, limits: Limits) -> Columns:
    from analoghop.memory.studies.recall_rates import faults

    source, most = _source(task)
    fractions = task.fractions or [round(0.1 * k, 1) for k in range(10)]
    return faults(
        inputs.recipe(task),
        source,
        most,
        fractions,
        kind=task.kind or "cut",
        **_noise(task),
        **_common(task, limits),
    )


_STUDIES = {"capacity": _capacity, "basin": _basin, "gain": _gain, "heat": _heat, "faults": _faults}
