"""`analoghop memory ACTION PATTERNS`: recall, comparison and studies of memories."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from analoghop.cli import options
from analoghop.cli.memory import correction as memory_correction
from analoghop.cli.memory import inputs as memory_inputs
from analoghop.cli.memory import options as memory_options
from analoghop.cli.memory import sequence as memory_sequence
from analoghop.cli.memory import studies as memory_studies
from analoghop.cli.outputs import check_picture, check_place
from analoghop.cli.text import counted, si
from analoghop.cli.verb import Exit, UsageError, Verb

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.memory.models import Recall
    from analoghop.memory.patterns import Memory
    from analoghop.memory.weights import Weights

SHOWN = 20
"""Cues on the screen; JSON has them all."""

_SUMMARIES = {
    "recall": "cue the patterns and see what the memory makes of it",
    "compare": "give the same cues to the circuit, the binary and the stochastic model",
    "correction": "see the wrong bits of cues disappear, step by step",
    "sequence": "let patterns call each other, one after the other",
    "capacity": "recall against load, beside the theory of Amit, Gutfreund and Sompolinsky",
    "basin": "recall against the distance of the cue, for several loads",
    "gain": "recall against the gain of the amplifiers",
    "heat": "the stochastic model's order parameters against temperature, beside the theory",
    "faults": "recall with couplings cut, amplifiers dead or stuck",
}


def configure(parser: ArgumentParser) -> None:
    """Add the actions and their options."""
    actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
    for action, summary in _SUMMARIES.items():
        one = actions.add_parser(
            action,
            help=summary,
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=parser.epilog,
            allow_abbrev=False,
        )
        memory_options.configure(one, action)


def execute(arguments: Namespace, console: Console) -> Exit:
    """Do one of the actions; done where every cue was recalled, and always where a study is made."""
    memory_options.complete(arguments)
    options.check_common(arguments)  # a file may have given them
    for idle in memory_options.without_effect(arguments):
        console.notice(idle)
    check_picture(arguments.plot)
    if arguments.action == "recall":
        return _recall(arguments, console)
    if arguments.out is not None:
        from analoghop.formats.memories.columns import columns_suffix

        columns_suffix(arguments.out)
        check_place(arguments.out)
    if arguments.action == "compare":
        return memory_studies.compare(arguments, console)
    if arguments.action == "correction":
        return memory_correction.correct(arguments, console)
    if arguments.action == "sequence":
        return memory_sequence.follow(arguments, console)
    return memory_studies.study(arguments, console)


def _recall(arguments: Namespace, console: Console) -> Exit:
    recipe = memory_inputs.recipe(arguments)
    if arguments.out is not None:
        from analoghop.formats.memories.patterns import patterns_suffix

        patterns_suffix(arguments.out)
    for path in (arguments.out, arguments.save_weights):
        if path is not None:
            check_place(path)
    if recipe.dense and (arguments.save_weights or arguments.load_weights):
        raise UsageError(f"the rule {recipe.rule} has no couplings of pairs to save or load")
    memory = memory_inputs.memory_of(arguments)
    weights = memory_inputs.weights_of(arguments)
    if weights is None and not recipe.dense:
        weights = recipe.weights(memory)
    if arguments.save_weights is not None and weights is not None:
        _save_weights(arguments, console, memory, weights)
    model = recipe.build(memory, weights)
    with memory_inputs.bar(console, "cues") as told:
        recall = model.recall(
            memory_inputs.cues_of(arguments, memory),
            seed=arguments.seed or 0,
            time_limit=arguments.time_limit,
            told=told,
        )
    for line in _report(memory, recall):
        console.line(line)
    _keep(arguments, console, recall)
    console.result(recall.to_dict())
    if recall.all_correct:
        return Exit.DONE
    if recall.interrupted:
        console.error(f"interrupted after {len(recall.finished)} of {counted(recall.cues.members, 'cue')}")
        return Exit.INCOMPLETE
    wrong = recall.cues.members - int(recall.correct.sum())
    console.error(f"{memory.name}: {wrong} of {counted(recall.cues.members, 'cue')} not recalled correctly")
    return Exit.INCOMPLETE


def _save_weights(arguments: Namespace, console: Console, memory: Memory, weights: Weights) -> None:
    from analoghop.formats.memories.weights import write_weights

    write_weights(arguments.save_weights, weights.stored(memory_inputs.record(arguments, memory)))
    console.line(f"  wrote {arguments.save_weights}")


def _keep(arguments: Namespace, console: Console, recall: Recall) -> None:
    """Write and draw what was recalled, where that is wanted."""
    from analoghop.plotting.memories.recalls import recalls

    if not len(recall.finished):
        if arguments.out is not None or arguments.plot is not None:
            console.notice("no cue has been finished: there is nothing to write or draw")
        return
    if arguments.out is not None:
        _write_recalled(arguments, console, recall)
    known = memory_inputs.record(arguments, recall.memory)
    memory_inputs.draw(arguments, console, lambda: recalls(recall), known)


def _write_recalled(arguments: Namespace, console: Console, recall: Recall) -> None:
    from analoghop.formats.memories.patterns import Patterns, write_patterns

    patterns = Patterns(recall.signs.T, recall.memory.shape)
    place = Path(arguments.out)
    if place.suffix.lower() != ".png" or len(patterns) == 1:
        write_patterns(place, patterns)
        console.line(f"  wrote {place}")
        return
    digits = len(str(len(patterns)))
    for k, values in enumerate(patterns.values, 1):
        image = place.with_name(f"{place.stem}-{k:0{digits}}{place.suffix}")
        write_patterns(image, Patterns(values[None], patterns.shape))
        console.line(f"  wrote {image}")


def _report(memory: Memory, recall: Recall) -> Iterator[str]:
    yield (
        f"{memory.name}: {counted(memory.count, 'pattern')} in {counted(memory.size, 'neuron')}, load "
        f"{memory.load:.3g}, {recall.rule}, {recall.model} model"
    )
    rows = [("  cue", "noise", "overlap", "wrong bits", "settled", "")]
    continuous = recall.model == "continuous"
    for one, effort in list(zip(recall.judgements, recall.effort.tolist(), strict=True))[:SHOWN]:
        spent = "no" if not one.settled else si(effort, "s", 3) if continuous else f"{int(effort)} sweeps"
        mark = "" if one.correct else "wrong: "
        rows.append(
            (
                f"  {one.wanted + 1}",
                f"{one.noise:.3g}",
                f"{one.overlap:.3f}",
                str(one.hamming),
                spent,
                mark + one.message,
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.rjust(width) for cell, width in zip(row[:-1], widths, strict=False)]
        yield "  ".join([*cells, row[-1]]).rstrip()
    if len(recall.judgements) > SHOWN:
        yield f"  ... and {len(recall.judgements) - SHOWN} more: --json shows everything"
    right = f"{int(recall.correct.sum())} of {counted(len(recall.judgements), 'cue')} correct"
    yield f"  {right}, {si(recall.cpu_s, 's', 3)} of computing"
    for note in recall.notes:
        yield f"  note: {note}"


VERB = Verb("memory", "store patterns, recall them from damaged cues, and study how well", configure, execute)
