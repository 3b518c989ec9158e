"""`analoghop memory correction`: the number of wrong bits of cues at each step of the recall."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from analoghop.cli.memory import inputs
from analoghop.cli.text import counted, si, table
from analoghop.cli.verb import Exit

if TYPE_CHECKING:
    from analoghop.arrays import Array
    from analoghop.cli.console import Console
    from analoghop.cli.memory.task import MemoryTask
    from analoghop.formats.memories.columns import Columns
    from analoghop.limits import Limits
    from analoghop.memory.studies.correction import Correction

_ROWS = 9
"""Number of printed steps of each model; JSON and files have all of them."""

_SWEEPS = 20
"""Default number of sweeps: most cues are stable after three."""


def correct(task: MemoryTask, console: Console, limits: Limits) -> Exit:
    """Run the cues in the selected model, or in all three."""
    from dataclasses import replace

    from analoghop.errors import NumericalError
    from analoghop.formats.memories.columns import write_columns
    from analoghop.memory.models import progress_of
    from analoghop.memory.recipe import MODELS
    from analoghop.memory.studies.correction import correction
    from analoghop.plotting.memories.recalls import correction as picture

    recipe = replace(inputs.recipe(task), sweeps=_SWEEPS if task.sweeps is None else task.sweeps)
    memory = inputs.memory_of(task)
    weights = inputs.weights_of(task)
    if weights is None and not recipe.dense:
        weights = recipe.weights(memory)
    chosen = MODELS if task.model is None else (recipe.model,)
    cues = inputs.cues_of(task, memory)
    inputs.check_files(task)
    runs: dict[str, Correction] = {}
    with limits.heed():
        for k, name in enumerate(chosen):
            own = progress_of(limits, k * cues.members, len(chosen) * cues.members)
            try:
                if runs and limits.over:
                    break
                model = replace(recipe, model=name).build(memory, weights)
                runs[name] = correction(model, cues, seed=task.seed, limits=own)
            except NumericalError:
                if not runs:
                    raise
                break
    if not runs:
        raise KeyboardInterrupt
    if len(runs) < len(chosen) and not limits.interrupted:
        console.notice(f"time limit: {', '.join(chosen[len(runs) :])} not finished")
    short = [run.hamming.shape[1] for run in runs.values() if run.hamming.shape[1] < cues.members]
    if short:
        console.notice(f"only {min(short)} of {counted(cues.members, 'cue')} were finished")
    console.line(
        f"{memory.name}: wrong bits of {counted(cues.members, 'cue')}, {counted(memory.count, 'pattern')} in "
        f"{counted(memory.size, 'neuron')}, load {memory.load:.3g}, {recipe.rule}"
    )
    for line in table([("  model", "step", "mean", "10 %", "90 %"), *_rows(runs)]):
        console.line(line)
    record = {"study": "correction", "models": list(runs), **task.record(memory.name)}
    with limits.heed():
        if task.out is not None:
            write_columns(task.out, _columns(runs, record))
            console.line(f"  wrote {task.out}")
        inputs.draw(task, console, lambda: picture(runs, memory.shape), record)
        console.result(
            {
                "study": "correction",
                "patterns": memory.count,
                "neurons": memory.size,
                "rule": recipe.rule,
                "load": memory.load,
                "seed": task.seed,
                "cues": cues.members,
                "models": [{"model": name, **_summary(run)} for name, run in runs.items()],
                **task.about(next(iter(runs.values())).ran, interrupted=limits.interrupted),
            }
        )
    if limits.interrupted:
        console.error(f"interrupted after {len(runs)} of {len(chosen)} models")
        return Exit.INCOMPLETE
    return Exit.DONE


def _spread(run: Correction) -> tuple[Array, Array, Array]:
    """Return mean, 10 % and 90 % quantiles of the wrong bits at every step, each (steps,)."""
    import numpy as np

    low, high = np.quantile(run.hamming, (0.1, 0.9), axis=1)
    return run.hamming.mean(axis=1), low, high


def _summary(run: Correction) -> dict[str, Any]:
    mean, low, high = _spread(run)
    unit = "s" if run.continuous else "sweeps"
    return {
        "unit": unit,
        "steps": run.steps,
        "hamming": mean,
        "low": low,
        "high": high,
        "engine": run.ran.to_dict(),
    }


def _rows(runs: dict[str, Correction]) -> list[tuple[str, ...]]:
    rows = []
    for name, run in runs.items():
        mean, low, high = _spread(run)
        last = int((run.hamming != run.hamming[-1]).any(axis=1).nonzero()[0].max(initial=0)) + 1
        every = max(1, -(-last // (_ROWS - 1)))
        for k in range(0, min(last + every, len(run.steps)), every):
            when = si(float(run.steps[k]), "s", 3) if run.continuous else f"sweep {k}"
            rows.append((f"  {name}", when, *(f"{value[k]:.3g}" for value in (mean, low, high))))
    return rows


def _columns(runs: dict[str, Correction], record: dict[str, object]) -> Columns:
    """Return a row for each step of each model; `model` is the index into the record's models."""
    import numpy as np

    from analoghop.formats.memories.columns import Columns

    parts = [
        (np.full(len(run.steps), float(k)), run.steps, *_spread(run)) for k, run in enumerate(runs.values())
    ]
    names = ("model", "step", "hamming", "low", "high")
    return Columns(dict(zip(names, map(np.concatenate, zip(*parts, strict=True)), strict=True)), record)
