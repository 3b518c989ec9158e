"""The patterns, cues and couplings of a `memory` command, and its pictures."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from analoghop.cli.outputs import check_overwriting
from analoghop.cli.verb import UsageError
from analoghop.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

    from analoghop.cli.console import Console
    from analoghop.cli.memory.task import MemoryTask
    from analoghop.memory.cues import Cues
    from analoghop.memory.patterns import Memory
    from analoghop.memory.recipe import MemoryRecipe
    from analoghop.memory.weights import Weights
    from analoghop.optimise import CatalogueEntry

NOISE = 0.1
"""Default share of flipped bits of a cue."""


def cues_of(task: MemoryTask, memory: Memory) -> Cues:
    """Return the cues of a file, or damaged patterns; with `--answers`, cues of the keys alone."""
    if task.answers is not None:
        from analoghop.memory.circuits.heteroassociation import key_cues

        return key_cues(_cues_of(task, _keys(task)), memory)
    return _cues_of(task, memory)


def _cues_of(task: MemoryTask, memory: Memory) -> Cues:
    from analoghop.memory.cues import Damage, given_cues, make_cues

    wanted = None if task.pattern is None else [number - 1 for number in task.pattern]
    if task.cues is not None:
        from analoghop.formats.memories.patterns import read_patterns

        found = read_patterns(task.cues, cues=True, threshold=_threshold(task, task.cues))
        if found.values.shape[1] != memory.size:
            raise InputError(
                f"{task.cues}: cues of {found.values.shape[1]} bits for patterns of {memory.size} bits"
            )
        return given_cues(memory, found.values.T, wanted)
    ways: tuple[tuple[Damage, float | None], ...] = (
        ("erase", task.erase),
        ("blur", task.blur),
        ("flip", task.noise),
    )
    damage, noise = next(((way, value) for way, value in ways if value is not None), ("flip", NOISE))
    return make_cues(memory, wanted, noise=noise, damage=damage, seed=task.seed)


def recipe(task: MemoryTask) -> MemoryRecipe:
    """Return the recipe that the options define; rules for answers compute their couplings separately."""
    from analoghop.memory.recipe import MemoryRecipe

    names = ("rule", "model", "gain", "amplifier", "layers", "beta", "degree", "units", "temperature")
    given = {name: getattr(task, name) for name in (*names, "update", "order", "sweeps")}
    if _answering(task) is not None:
        given["rule"] = None
    return MemoryRecipe(**{name: value for name, value in given.items() if value is not None})


def _answering(task: MemoryTask) -> str | None:
    """Return the rule for keys and answers, None for other rules; `UsageError` if `--answers` is missing."""
    from analoghop.memory.circuits.heteroassociation import ANSWERING

    if task.answers is not None:
        rule = task.rule or "hetero"
        return rule if rule in ANSWERING else None
    if task.rule in ANSWERING:
        raise UsageError(f"`--rule {task.rule}` needs `--answers FILE`")
    return None


def memory_of(task: MemoryTask) -> Memory:
    """Return the patterns of the file, or random ones; with `--answers`, each with its answer."""
    if task.answers is None:
        return _keys(task)
    from analoghop.memory.circuits.heteroassociation import paired

    return paired(_keys(task), _answers(task))


def _answers(task: MemoryTask) -> Memory:
    from analoghop.memory.patterns import Memory

    assert task.answers is not None, "there is a rule for answers"
    return Memory.read(task.answers, _threshold(task, task.answers), task.take)


def _threshold(task: MemoryTask, path: str) -> float | None:
    """Return `--threshold` for a file that is no text of signs: one threshold serves several files."""
    several = task.cues is not None or task.answers is not None
    return None if several and path.lower().endswith(".txt") else task.threshold


def _keys(task: MemoryTask) -> Memory:
    from analoghop.memory.patterns import Memory

    if task.patterns is not None:
        return Memory.read(task.patterns, _threshold(task, task.patterns), task.take)
    assert task.random is not None, "one of the two is given"
    neurons, count = task.random
    return Memory.random(neurons, count, task.seed)


def entry(formulation: str | None) -> CatalogueEntry:
    """Return the catalogue entry of memories for `encode`; raises `UsageError` for an unknown formulation."""
    from analoghop.memory.circuits.continuous import PairsFormulation
    from analoghop.memory.circuits.modern import OneLayer, TwoLayers
    from analoghop.memory.patterns import Memory
    from analoghop.optimise import CatalogueEntry

    formulations = {each.name: each for each in (PairsFormulation, TwoLayers, OneLayer)}
    if formulation is not None and formulation not in formulations:
        raise UsageError(f"`--formulation` is {formulation!r}, expected one of {', '.join(formulations)}")
    return CatalogueEntry(
        Memory, "patterns that are recalled from cues", "a pattern file", Memory.read, formulations, 1
    )


def weights_of(task: MemoryTask) -> Weights | None:
    """Return the couplings of `--load-weights`, or of keys and answers, None without.

    Raises `UsageError` for weights beside a rule.
    """
    if task.load_weights is None:
        rule = _answering(task)
        if rule is None:
            return None
        from analoghop.memory.circuits.heteroassociation import ANSWERING

        learnt = ANSWERING[rule](_keys(task), _answers(task))
        return learnt.converted(task.units or "bipolar")
    from analoghop.formats.memories.weights import read_weights
    from analoghop.memory.weights import Weights

    if task.rule is not None:
        raise UsageError("`--load-weights` reads couplings, `--rule` computes them: give one of them")
    return Weights.from_stored(read_weights(task.load_weights))


def check_files(task: MemoryTask, images: int = 1) -> None:
    """Raise `UsageError` where a file of `task` would overwrite what must stay; called when all is read.

    `images`: number of recalled patterns, each of which gets a file of its own if it is an image.
    """
    outs: list[str | Path | None] = [task.out]
    if task.out is not None and images > 1 and task.out.lower().endswith(".png"):
        outs = list(image_files(Path(task.out), images))
    check_overwriting([*outs, task.save_weights, task.plot], task.force)


def image_files(place: Path, count: int) -> list[Path]:
    """Return the names of the files of `count` images: `x-1.png`, `x-2.png`."""
    digits = len(str(count))
    return [place.with_name(f"{place.stem}-{k:0{digits}}{place.suffix}") for k in range(1, count + 1)]


def draw(
    task: MemoryTask,
    console: Console,
    make: Callable[[], Figure | SubFigure | None],
    known: dict[str, object],
) -> None:
    """Write the picture of `--plot`."""
    if task.plot is None:
        return
    from matplotlib.figure import Figure

    from analoghop.plotting import save_figure

    figure = make()
    assert isinstance(figure, Figure), "axes are drawn in a figure"
    save_figure(figure, task.plot, known)
    console.line(f"  wrote {task.plot}")
