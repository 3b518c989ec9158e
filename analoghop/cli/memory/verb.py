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
    from analoghop.cli.memory.task import MemoryTask
    from analoghop.limits import Limits
    from analoghop.memory.patterns import Memory
    from analoghop.memory.recall import Recall

SHOWN = 20
"""Number of printed cues; JSON has all of them."""

_SUMMARIES = {
    "recall": "recall the patterns from damaged cues",
    "compare": "recall from equal cues in the circuit, the binary and the stochastic model",
    "correction": "count the wrong bits of cues at each step of the recall",
    "sequence": "recall the patterns one after the other, as a sequence",
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
            examples=_EXAMPLES,
            allow_abbrev=False,
        )
        memory_options.configure(one, action)


def execute(arguments: Namespace, console: Console) -> Exit:
    """Run an action; the exit code is 0 if every cue was recalled, and for every complete study."""
    task = memory_options.task_of(arguments)
    for idle in memory_options.without_effect(task):
        console.notice(idle)
    check_picture(task.plot)
    if task.out is not None and task.action != "recall":
        from analoghop.formats.memories.columns import columns_suffix

        columns_suffix(task.out)
        check_place(task.out)
    actions = {
        "recall": _recall,
        "compare": memory_studies.compare,
        "correction": memory_correction.correct,
        "sequence": memory_sequence.follow,
    }
    with options.limits(arguments, console) as limits:
        return actions.get(task.action, memory_studies.study)(task, console, limits)


def _recall(task: MemoryTask, console: Console, limits: Limits) -> Exit:
    from analoghop.formats.memories.weights import write_weights

    recipe = memory_inputs.recipe(task)
    if task.out is not None:
        from analoghop.formats.memories.patterns import patterns_suffix

        patterns_suffix(task.out)
    for path in (task.out, task.save_weights):
        if path is not None:
            check_place(path)
    if recipe.dense and (task.save_weights or task.load_weights):
        raise UsageError(f"the rule {recipe.rule} has no couplings of pairs to save or load")
    memory = memory_inputs.memory_of(task)
    weights = memory_inputs.weights_of(task)
    if weights is None and not recipe.dense:
        weights = recipe.weights(memory)
    cues = memory_inputs.cues_of(task, memory)
    memory_inputs.check_files(task, cues.members)
    if task.save_weights is not None and weights is not None:
        write_weights(task.save_weights, weights.stored(task.record(memory.name)))
        console.line(f"  wrote {task.save_weights}")
    model = recipe.build(memory, weights)
    recall = model.recall(cues, seed=task.seed, limits=limits)
    with limits.heed():
        for line in _report(memory, recall):
            console.line(line)
        _keep(task, console, recall)
        console.result({**recall.to_dict(), **task.about(recall.ran, interrupted=recall.interrupted)})
    if recall.all_correct:
        return Exit.DONE
    if recall.interrupted:
        console.error(f"interrupted after {len(recall.finished)} of {counted(recall.cues.members, 'cue')}")
        return Exit.INCOMPLETE
    wrong = recall.cues.members - int(recall.correct.sum())
    console.error(f"{memory.name}: {wrong} of {counted(recall.cues.members, 'cue')} not recalled correctly")
    return Exit.INCOMPLETE


def _keep(task: MemoryTask, console: Console, recall: Recall) -> None:
    """Write and draw the recalled patterns with `--out` and `--plot`."""
    from analoghop.plotting.memories.recalls import recalls

    if not len(recall.finished):
        if task.out is not None or task.plot is not None:
            console.notice("no cue has been finished: there is nothing to write or draw")
        return
    if task.out is not None:
        _write_recalled(Path(task.out), console, recall)
    known = task.record(recall.memory.name)
    memory_inputs.draw(task, console, lambda: recalls(recall), known)


def _write_recalled(place: Path, console: Console, recall: Recall) -> None:
    from analoghop.formats.memories.patterns import Patterns, write_patterns
    from analoghop.formats.origin import MARK

    patterns = Patterns(recall.signs.T, recall.memory.shape)
    if place.suffix.lower() != ".png" or recall.cues.members == 1:
        write_patterns(place, patterns, MARK)
        console.line(f"  wrote {place}")
        return
    for image, values in zip(
        memory_inputs.image_files(place, recall.cues.members), patterns.values, strict=False
    ):
        write_patterns(image, Patterns(values[None], patterns.shape), MARK)
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


_EXAMPLES = (
    "analoghop memory recall examples/patterns/letters.txt --noise 20 --plot recall.png",
    "analoghop memory compare examples/patterns/letters.txt --out table.csv",
    "analoghop memory capacity --random 100,15 --plot capacity.png",
)

VERB = Verb(
    "memory", "store patterns, recall them from cues, and study the recall", configure, execute, _EXAMPLES
)
