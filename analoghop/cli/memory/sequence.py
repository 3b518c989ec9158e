"""`analoghop memory sequence`: recall of stored patterns one after the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

from analoghop.cli.memory import inputs
from analoghop.cli.text import counted, si, table
from analoghop.cli.verb import Exit

if TYPE_CHECKING:
    from analoghop.cli.console import Console
    from analoghop.cli.memory.task import MemoryTask
    from analoghop.limits import Limits


def follow(task: MemoryTask, console: Console, limits: Limits) -> Exit:
    """Start in one pattern and report the following ones; successful if all come in their order."""
    from analoghop.formats.memories.columns import Columns, write_columns
    from analoghop.memory.circuits.heteroassociation import sequence_circuit
    from analoghop.memory.studies.sequence import visits
    from analoghop.plotting.memories.recalls import sequence as picture

    memory = inputs.memory_of(task)
    inputs.check_files(task)
    names = ("strength", "delay", "gain")
    given = {name: getattr(task, name) for name in names if getattr(task, name) is not None}
    circuit = sequence_circuit(memory, **given)
    first = 1 if task.first is None else task.first
    found = visits(circuit, first=first - 1, duration=task.duration, limits=limits)
    short = found.times[-1] < (task.duration or circuit.duration)
    if short and not found.interrupted:
        console.notice(f"time limit: the circuit ran to {si(float(found.times[-1]), 's', 3)} only")
    reason = circuit.system.theorem.reason
    console.line(
        f"{memory.name}: a sequence of {counted(memory.count, 'pattern')} in {counted(memory.size, 'neuron')}"
    )
    console.line(f"  no energy is claimed: {reason}")
    rows = [("  pattern", "from", "to")]
    rows += [
        (f"  {visit.pattern + 1}", si(visit.begin, "s", 3), si(visit.end, "s", 3)) for visit in found.visits
    ]
    for line in table(rows):
        console.line(line)
    known = {"study": "sequence", **circuit.parameters, **task.record(memory.name)}
    with limits.heed():
        if task.out is not None:
            values = {"time": found.times}
            values |= {f"overlap_{k + 1}": overlap for k, overlap in enumerate(found.overlaps)}
            write_columns(task.out, Columns(values, known))
            console.line(f"  wrote {task.out}")
        inputs.draw(task, console, lambda: picture(found).get_figure(root=True), known)
        console.result(
            {
                "study": "sequence",
                "patterns": memory.count,
                "neurons": memory.size,
                "seed": task.seed,
                "parameters": dict(circuit.parameters),
                "visits": [
                    {"pattern": visit.pattern + 1, "from_s": visit.begin, "to_s": visit.end}
                    for visit in found.visits
                ],
                "in_order": found.in_order,
                "reason": reason,
                **task.about(found.ran, interrupted=found.interrupted),
            }
        )
    if found.interrupted:
        console.error(f"interrupted after {si(float(found.times[-1]), 's', 3)} of the circuit's time")
        return Exit.INCOMPLETE
    if found.in_order:
        return Exit.DONE
    advice = "" if short else ": try a smaller `--strength`"
    console.error(f"{memory.name}: the patterns were not visited one after the other{advice}")
    return Exit.INCOMPLETE
