"""What a `memory` command works with: patterns, cues, couplings, and how it shows that it works."""

from __future__ import annotations

import sys
from argparse import Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from analoghop.cli.verb import UsageError
from analoghop.errors import InputError

if TYPE_CHECKING:
    from matplotlib.figure import Figure, SubFigure

    from analoghop.cli.console import Console
    from analoghop.memory.cues import Cues
    from analoghop.memory.models import Told
    from analoghop.memory.patterns import Memory
    from analoghop.memory.recipe import MemoryRecipe
    from analoghop.memory.weights import Weights
    from analoghop.optimise import CatalogueEntry

NOISE = 0.1
"""Share of the bits that a cue has wrong where nobody says."""


def cues_of(arguments: Namespace, memory: Memory) -> Cues:
    """Return the cues: those of a file, or damaged patterns; with `--answers`, cues of the keys alone."""
    if arguments.answers is not None:
        from analoghop.memory.circuits.heteroassociation import key_cues

        return key_cues(_cues_of(arguments, _keys(arguments)), memory)
    return _cues_of(arguments, memory)


def _cues_of(arguments: Namespace, memory: Memory) -> Cues:
    from analoghop.memory.cues import Damage, given_cues, make_cues

    wanted = None if arguments.pattern is None else [number - 1 for number in arguments.pattern]
    if arguments.cues is not None:
        from analoghop.formats.memories.patterns import read_patterns

        found = read_patterns(arguments.cues, cues=True)
        if found.values.shape[1] != memory.size:
            raise InputError(
                f"{arguments.cues}: cues of {found.values.shape[1]} bits for patterns of {memory.size} bits"
            )
        return given_cues(memory, found.values.T, wanted)
    ways: tuple[tuple[Damage, float | None], ...] = (
        ("erase", arguments.erase),
        ("blur", arguments.blur),
        ("flip", arguments.noise),
    )
    damage, noise = next(((way, value) for way, value in ways if value is not None), ("flip", NOISE))
    return make_cues(memory, wanted, noise=noise, damage=damage, seed=arguments.seed or 0)


def recipe(arguments: Namespace) -> MemoryRecipe:
    """Return the recipe that the options ask for; a rule for answers makes couplings of its own."""
    from analoghop.memory.recipe import MemoryRecipe

    names = ("rule", "model", "gain", "amplifier", "layers", "beta", "degree", "units", "temperature")
    given = {
        name: getattr(arguments, name, None) for name in (*names, "update", "order", "sweeps", "threads")
    }
    if _answering(arguments) is not None:
        given["rule"] = None
    return MemoryRecipe(**{name: value for name, value in given.items() if value is not None})


def _answering(arguments: Namespace) -> str | None:
    """Return the rule that couples keys and answers, None for another one; raises `UsageError` without."""
    from analoghop.memory.circuits.heteroassociation import ANSWERING

    if getattr(arguments, "answers", None) is not None:
        rule = arguments.rule or "hetero"
        return rule if rule in ANSWERING else None
    if arguments.rule in ANSWERING:
        raise UsageError(f"`--rule {arguments.rule}` needs `--answers FILE`")
    return None


def memory_of(arguments: Namespace) -> Memory:
    """Return the patterns: those of the file, or random ones; with `--answers`, each with its answer."""
    if getattr(arguments, "answers", None) is None:
        return _keys(arguments)
    from analoghop.memory.circuits.heteroassociation import paired

    return paired(_keys(arguments), _answers(arguments))


def _answers(arguments: Namespace) -> Memory:
    from analoghop.memory.patterns import Memory

    return Memory.read(arguments.answers)


def _keys(arguments: Namespace) -> Memory:
    from analoghop.memory.patterns import Memory

    if arguments.patterns is not None:
        return Memory.read(arguments.patterns)
    neurons, count = arguments.random
    return Memory.random(neurons, count, arguments.seed or 0)


def entry(formulation: str | None) -> CatalogueEntry:
    """Return what `encode` needs to know of memories; raises `UsageError` for an unknown formulation."""
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


def weights_of(arguments: Namespace) -> Weights | None:
    """Return the couplings of `--load-weights`, or of keys and answers, None without.

    Raises `UsageError` for weights beside a rule.
    """
    if arguments.load_weights is None:
        rule = _answering(arguments)
        if rule is None:
            return None
        from analoghop.memory.circuits.heteroassociation import ANSWERING

        learnt = ANSWERING[rule](_keys(arguments), _answers(arguments))
        return learnt.converted(arguments.units or "bipolar")
    from analoghop.formats.memories.weights import read_weights
    from analoghop.memory.weights import Weights

    if arguments.rule is not None:
        raise UsageError("`--load-weights` brings couplings, `--rule` makes them: give one")
    return Weights.from_stored(read_weights(arguments.load_weights))


def record(arguments: Namespace, memory: Memory) -> dict[str, object]:
    """Return what the files of a command say of it."""
    from analoghop import __version__

    return {
        "program": "analoghop",
        "version": __version__,
        "command": arguments.command,
        "patterns": memory.name,
        "seed": arguments.seed or 0,
    }


def draw(
    arguments: Namespace,
    console: Console,
    make: Callable[[], Figure | SubFigure | None],
    known: dict[str, object],
) -> None:
    """Write the picture that `--plot` asks for."""
    if arguments.plot is None:
        return
    from matplotlib.figure import Figure

    from analoghop.plotting import save_figure

    figure = make()
    assert isinstance(figure, Figure), "axes are drawn in a figure"
    save_figure(figure, arguments.plot, known)
    console.line(f"  wrote {arguments.plot}")


@contextmanager
def bar(console: Console, unit: str) -> Iterator[Told | None]:
    """Yield what shows the share that is done, on standard error where someone looks at it."""
    if not console.progress:
        yield None
        return
    from tqdm import tqdm

    shape = "{l_bar}{bar}| {elapsed}<{remaining}"
    with tqdm(total=1.0, file=sys.stderr, leave=False, desc=unit, bar_format=shape) as shown:

        def tell(share: float) -> None:
            shown.update(max(share - shown.n, 0.0))

        yield tell
