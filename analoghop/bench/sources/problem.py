"""`BenchProblem`: an instance of a problem, or a memory, on the bench."""

from __future__ import annotations

import dataclasses
import re
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.bench.faults import Fault
from analoghop.bench.sources.base import Built, Knob, Source
from analoghop.engines.choice.steppers import machine_of, seconds_per_step
from analoghop.errors import FileFormatError, InputError
from analoghop.memory.circuits.continuous import PairsFormulation
from analoghop.memory.patterns import Memory
from analoghop.optimise.catalogue import PROBLEMS, entry
from analoghop.optimise.catalogue.record import AnyFormulation
from analoghop.problems.base import Problem
from analoghop.problems.turns import circuit_of

KINDS = (*PROBLEMS, "memory")
TICKS = 600
"""Ticks of the bench in one anneal: twenty seconds at the usual speed."""
_RECALL = 5.0  # time constants of a memory in a second: a recall takes some five of them
_FRAMES = 30.0
_LONGEST = 0.004  # s of computing, about, in a tick of a machine
_FIXED = ("tau", "steps", "seconds", "duration", "step")  # they set the clock, not the circuit
_REACH = 10.0


@dataclass(frozen=True)
class BenchProblem(Source):
    """An instance of the problem `kind`, one of `KINDS`, in the text of its file.

    `name` is the name of that file; "" where `text` is a number of queens. `formulation` is a name of the
    catalogue, "" for the default. `colours` is the number of colours of a colouring; 0 for as many as DSATUR
    needs. `best` is the best known cost, where a file beside the instance's told it. Raises `InputError` and
    `FileFormatError` as the readers of the catalogue do.
    """

    kind: str
    text: str
    name: str = ""
    formulation: str = ""
    colours: int = 0
    best: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise InputError(f"there is no problem {self.kind!r}, expected one of {', '.join(KINDS)}")
        _ = self._formulation

    @cached_property
    def problem(self) -> Problem:
        """The instance."""
        if not self.name:
            # The text may come from a page: it must never be taken for the name of a file.
            if self.kind != "queens":
                raise InputError(f"a source of the kind {self.kind} needs the `name` of its file")
            if not (self.text.isascii() and self.text.isdigit()):
                raise InputError(f"{self.text[:40]!r} is no number of queens")
            return entry(self.kind).read(self.text)
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / _safe(self.name)
            path.write_text(self.text, encoding="utf-8")
            try:
                read = Memory.read if self.kind == "memory" else entry(self.kind).read
                return self._colours(read(str(path)))
            except FileFormatError as error:
                raise FileFormatError(
                    error.reason, error.where and dataclasses.replace(error.where, file=self.name),
                    error.expected,
                ) from error  # fmt: skip

    def _colours(self, problem: Any) -> Problem:
        """Return the problem; a colouring without a number of colours gets one."""
        if self.kind != "colouring":
            found: Problem = problem
            return found
        wanted = self.colours or int(problem.figures["dsatur_colours"])
        coloured: Problem = type(problem)(problem.graph, wanted)
        return coloured

    @cached_property
    def _formulation(self) -> AnyFormulation:
        if self.kind != "memory":
            return entry(self.kind).formulation(self.formulation or None)
        if self.formulation not in ("", PairsFormulation.name):
            raise InputError(f"the bench has memories of pairs only, not {self.formulation!r}")
        return PairsFormulation

    @property
    def best_known(self) -> float | None:
        """`best`, or the cost that the problem itself knows."""
        return self.problem.best_known if self.best is None else self.best

    @property
    def title(self) -> str:
        """The instance, its kind, and the formulation."""
        return f"{self.problem.name}: {self.kind}, {self._formulation.name}"

    @cached_property
    def knobs(self) -> tuple[Knob, ...]:
        """The numbers among the options of the formulation."""
        options = self._formulation()
        chosen = self.build({}, ()).encoding
        assert chosen is not None, "a problem has an encoding"
        found, kind = [], self._formulation.name
        for each in dataclasses.fields(options):  # type: ignore[arg-type]
            value = getattr(options, each.name)
            if value is None:
                value = chosen.parameters.get(each.name)
            if each.name in _FIXED or isinstance(value, bool) or not isinstance(value, int | float):
                continue
            high = _REACH * abs(value) or 1.0
            low = value / _REACH if value > 0 else -high
            about = f"the option `{each.name}` of {kind}"
            whole = isinstance(value, int)
            log = value > 0 and not whole
            found.append(
                Knob(
                    f"option.{each.name}",
                    f"{each.name} ({kind})",
                    value,
                    low,
                    high,
                    log,
                    whole=whole,
                    about=about,
                )
            )
        return tuple(found)

    def build(self, values: Mapping[str, float], faults: tuple[Fault, ...]) -> Built:
        """Return the circuit of the formulation; faults are those of networks, see `changes`."""
        wanted = {name.removeprefix("option."): v for name, v in values.items() if name.startswith("option.")}
        defaults = self._formulation()
        for name, value in wanted.items():
            if isinstance(getattr(defaults, name, None), int):
                wanted[name] = round(value)
        encoding = circuit_of(self._formulation(**wanted).encode(self.problem), 0)
        system = encoding.system

        def start(seed: int | None) -> Array:
            return np.array(encoding.start(seed or 0, np.zeros(1, dtype=np.int64))[:, 0])

        tick = encoding.duration / TICKS
        if self.kind == "memory":
            tick = _RECALL * encoding.tau / _FRAMES
        machine = machine_of(system)
        if machine is not None:
            most = _LONGEST / seconds_per_step(machine)
            tick = machine.step * max(1, round(min(tick / machine.step, most)))
        return Built(system, start, tick, problem=self.problem, encoding=encoding)

    def to_dict(self) -> dict[str, Any]:
        """Return the fields."""
        return {**dataclasses.asdict(self), "kind": "problem", "problem": self.kind}


def _safe(name: str) -> str:
    """Return a name that a file of any folder can have; raises `InputError` for one that is none."""
    last = Path(name).name
    if not re.fullmatch(r"[^\x00-\x1f/\\]{1,200}", last) or last.strip(". ") == "":
        raise InputError(f"{name[:40]!r} is no name of a file")
    return last
