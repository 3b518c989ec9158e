"""`analoghop memory correction`: how the wrong bits of cues disappear, step by step."""

from __future__ import annotations

import time
from argparse import Namespace
from typing import TYPE_CHECKING, Any

from analoghop.cli.memory import inputs
from analoghop.cli.text import counted, si, table
from analoghop.cli.verb import Exit

if TYPE_CHECKING:
    from analoghop.arrays import Array
    from analoghop.cli.console import Console
    from analoghop.formats.memories.columns import Columns
    from analoghop.memory.studies.correction import Correction

_ROWS = 9
"""Steps of each model on the screen; JSON and files have them all."""

_SWEEPS = 20
"""Sweeps that are looked at where nobody says: most cues rest after three."""


def correct(arguments: Namespace, console: Console) -> Exit:
    """Follow the cues in the model that is asked for, or in all three."""
    from dataclasses import replace

    from analoghop.formats.memories.columns import write_columns
    from analoghop.memory.recipe import MODELS
    from analoghop.memory.studies.correction import correction
    from analoghop.plotting.memories.recalls import correction as picture

    recipe = replace(
        inputs.recipe(arguments), sweeps=_SWEEPS if arguments.sweeps is None else arguments.sweeps
    )
    memory = inputs.memory_of(arguments)
    weights = inputs.weights_of(arguments)
    if weights is None and not recipe.dense:
        weights = recipe.weights(memory)
    chosen = MODELS if arguments.model is None else (recipe.model,)
    cues = inputs.cues_of(arguments, memory)
    runs: dict[str, Correction] = {}
    with inputs.bar(console, "models") as told:
        began = time.monotonic()
        for k, name in enumerate(chosen):
            if runs and arguments.time_limit and time.monotonic() - began > arguments.time_limit:
                console.notice(f"time limit: {', '.join(chosen[k:])} not begun")
                break
            model = replace(recipe, model=name).build(memory, weights)
            runs[name] = correction(model, cues, seed=arguments.seed or 0)
            if told is not None:
                told((k + 1) / len(chosen))
    console.line(
        f"{memory.name}: wrong bits of {counted(cues.members, 'cue')}, {counted(memory.count, 'pattern')} in "
        f"{counted(memory.size, 'neuron')}, load {memory.load:.3g}, {recipe.rule}"
    )
    for line in table([("  model", "step", "mean", "10 %", "90 %"), *_rows(runs)]):
        console.line(line)
    record = {"study": "correction", "models": list(runs), **inputs.record(arguments, memory)}
    if arguments.out is not None:
        write_columns(arguments.out, _columns(runs, record))
        console.line(f"  wrote {arguments.out}")
    inputs.draw(arguments, console, lambda: picture(runs, memory.shape), record)
    console.result(
        {
            "study": "correction",
            "patterns": memory.count,
            "neurons": memory.size,
            "rule": recipe.rule,
            "load": memory.load,
            "seed": arguments.seed or 0,
            "cues": cues.members,
            "models": [{"model": name, **_summary(run)} for name, run in runs.items()],
        }
    )
    return Exit.DONE


def _spread(run: Correction) -> tuple[Array, Array, Array]:
    """Return mean, 10 % and 90 % quantiles of the wrong bits at every step, each (steps,)."""
    import numpy as np

    low, high = np.quantile(run.hamming, (0.1, 0.9), axis=1)
    return run.hamming.mean(axis=1), low, high


def _summary(run: Correction) -> dict[str, Any]:
    mean, low, high = _spread(run)
    unit = "s" if run.continuous else "sweeps"
    return {"unit": unit, "steps": run.steps, "hamming": mean, "low": low, "high": high}


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
    """Return a row for each step of each model; `model` counts those of the record from 0."""
    import numpy as np

    from analoghop.formats.memories.columns import Columns

    parts = [
        (np.full(len(run.steps), float(k)), run.steps, *_spread(run)) for k, run in enumerate(runs.values())
    ]
    names = ("model", "step", "hamming", "low", "high")
    return Columns(dict(zip(names, map(np.concatenate, zip(*parts, strict=True)), strict=True)), record)
