"""`MemoryTask`: the options of one `analoghop memory` command."""

from __future__ import annotations

from argparse import Namespace
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from analoghop.cli.console import about

if TYPE_CHECKING:
    from analoghop.memory.fault_injection import Fault
    from analoghop.memory.weights import Levels
    from analoghop.solution import Ran


@dataclass(frozen=True)
class MemoryTask:
    """The options of a command by name; None for an option that is not given or that the action lacks.

    `patterns` is a file and `random` the numbers of neurons and of patterns: one of them is given. Shares of
    bits are in 0..1, patterns are numbered from 1.
    """

    action: str
    command: str
    patterns: str | None
    random: tuple[int, int] | None
    threshold: float | None
    take: int | None
    seed: int
    rule: str | None
    model: str | None
    noise: float | None
    erase: float | None
    blur: float | None
    cues: str | None
    pattern: tuple[int, ...] | None
    answers: str | None
    gain: float | None
    amplifier: str | None
    layers: int | None
    beta: float | None
    degree: float | None
    units: Levels | None
    temperature: float | tuple[float, float] | None
    update: str | None
    order: str | None
    sweeps: int | None
    save_weights: str | None
    load_weights: str | None
    trials: int | None
    points: int | None
    gains: tuple[float, ...] | None
    temperatures: tuple[float, ...] | None
    fractions: tuple[float, ...] | None
    kind: Fault | None
    first: int | None
    strength: float | None
    delay: float | None
    duration: float | None
    out: str | None
    plot: str | None
    force: bool | None

    @staticmethod
    def of(arguments: Namespace) -> MemoryTask:
        """Return the task of the parsed command line."""
        given: dict[str, Any] = {
            each.name: getattr(arguments, each.name, None) for each in fields(MemoryTask)
        }
        return MemoryTask(**{**given, "seed": arguments.seed or 0})

    def about(self, ran: Ran | None, *, interrupted: bool = False) -> dict[str, Any]:
        """Return the keys about the run that every JSON object has."""
        return about(Namespace(command=self.command), ran, interrupted=interrupted)

    def record(self, patterns: str) -> dict[str, object]:
        """Return the record for the files of the command; `patterns` is the patterns' title."""
        from analoghop import __version__

        return {
            "program": "analoghop",
            "version": __version__,
            "command": self.command,
            "patterns": patterns,
            "seed": self.seed,
        }
