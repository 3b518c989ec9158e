"""`Recall`: the patterns that a model recalled from cues, with judgements."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from analoghop.arrays import Array, Integers, Mask
from analoghop.memory.cues import Cues
from analoghop.memory.judgement import RETRIEVED, Judgement, judge, notes
from analoghop.records import Brief
from analoghop.solution import Ran

if TYPE_CHECKING:
    from analoghop.memory.patterns import Memory


@dataclass(frozen=True, eq=False)
class Recall(Brief):
    """The patterns that a model recalled from cues. Arrays are (n, members) or (members,).

    `signs`: the recalled pattern, at the end or as a time average. `settled`: which cues came to rest; of a
    model at a temperature, those whose average kept its sign pattern. `effort`: the time since which a
    circuit has been at rest (s), or the sweeps of a discrete model; nan if it did not settle. `finished` are
    the indices of the cues that finished within the limits. `ran` is the engine, `record` further metadata of
    the run. `period`: length of the cycle of synchronous updates, 1 for a fixed point and 0 if none was
    found; None for a circuit.
    """

    memory: Memory
    model: str
    rule: str
    cues: Cues
    finished: Integers
    signs: Array
    settled: Mask
    effort: Array
    cpu_s: float
    wall_s: float
    ran: Ran
    retrieved: float = RETRIEVED
    record: Mapping[str, object] = field(default_factory=dict)
    period: Integers | None = None

    @cached_property
    def judgements(self) -> tuple[Judgement, ...]:
        """The judgement on every finished cue."""
        wanted, noise = self.cues.wanted[self.finished], self.cues.noise[self.finished]
        return judge(
            *(self.memory, self.signs, wanted, noise, self.settled),
            retrieved=self.retrieved,
            period=self.period,
        )

    @property
    def overlaps(self) -> Array:
        """Overlap of the recalled signs with the wanted pattern, (members,), settled or not."""
        wanted = self.memory.patterns[self.cues.wanted[self.finished]].T
        return np.asarray((wanted * np.sign(self.signs)).mean(axis=0))

    @property
    def correct(self) -> Mask:
        """Mask of the finished cues that settled in the wanted pattern, (members,)."""
        return np.array([one.correct for one in self.judgements], dtype=bool)

    @property
    def correct_rate(self) -> float | None:
        """Share of the finished cues that were recalled correctly; None if no cue has finished."""
        return float(self.correct.mean()) if len(self.finished) else None

    @property
    def all_correct(self) -> bool:
        """Whether every requested cue settled in its own pattern."""
        return len(self.finished) == self.cues.members and bool(self.correct.all())

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended the recall before all cues were finished."""
        return bool(self.record.get("interrupted"))

    @property
    def notes(self) -> tuple[str, ...]:
        """Notes for the user about this recall."""
        flipped = float(self.cues.flipped(self.memory).max(initial=0.0))
        said = notes(self.memory, self.rule, flipped, self.judgements)
        missing = self.cues.members - len(self.finished)
        if not missing:
            return said
        why = "when Ctrl-C was pressed" if self.interrupted else "in time"
        return (*said, f"{missing} of {self.cues.members} cues were not finished {why}")

    def to_dict(self) -> dict[str, Any]:
        """Return the summary as plain values for JSON; patterns are numbered from 1, noise is in 0..1."""
        key = "t_settle" if self.model == "continuous" else "steps"
        cues = []
        for one, effort in zip(self.judgements, self.effort.tolist(), strict=True):
            spent = None if np.isnan(effort) else effort if key == "t_settle" else int(effort)
            cues.append(
                {
                    "pattern": one.wanted + 1,
                    "noise": one.noise,
                    "settled": one.settled,
                    "correct": one.correct,
                    "overlap": one.overlap,
                    "hamming": one.hamming,
                    "state": one.state,
                    key: spent,
                }
            )
        return {
            "patterns": self.memory.count,
            "neurons": self.memory.size,
            "rule": self.rule,
            "model": self.model,
            "load": self.memory.load,
            "seed": self.record.get("seed"),
            "cues": cues,
            "correct_rate": self.correct_rate,
            "notes": list(self.notes),
            "cpu_s": self.cpu_s,
            "wall_s": self.wall_s,
            "engine": self.ran.to_dict(),
            "interrupted": self.interrupted,
        }
