"""Recall by the three models of a memory (continuous, binary, stochastic), and their comparison."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from analoghop.engines import Engine, Ensemble
from analoghop.engines.choice import EngineName
from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError, check_kind
from analoghop.limits import Limits, Tally
from analoghop.memory.circuits.memory_circuit import MemoryCircuit
from analoghop.memory.cues import Cues
from analoghop.memory.dense import DenseMemory
from analoghop.memory.discrete.discrete_run import discrete_run
from analoghop.memory.discrete.plan import Sweeps
from analoghop.memory.judgement import RETRIEVED
from analoghop.memory.recall import Recall
from analoghop.memory.weights import Weights
from analoghop.simulate_many import simulate_many
from analoghop.solution import Status

if TYPE_CHECKING:
    from analoghop.memory.patterns import Memory

RECALLING = Ensemble(dtype="float32", rtol=1e-3, atol=1e-3)
"""The engine "auto" of recalls: only signs are read, so single precision is enough."""

_STEADY = 0.95  # least overlap of the two halves of a time average in a settled stochastic recall


@dataclass(frozen=True, eq=False)
class Continuous:
    """The continuous model, a circuit.

    `engine` integrates all cues at once: a name or an engine, "auto" for `RECALLING`. A run
    takes `duration` seconds at most, None for the `patience` of the circuit.
    """

    circuit: MemoryCircuit
    rule: str
    engine: Engine | EngineName = "auto"
    duration: float | None = None
    retrieved: float = RETRIEVED

    @property
    def memory(self) -> Memory:
        """The patterns."""
        return self.circuit.memory

    @property
    def name(self) -> str:
        """continuous."""
        return "continuous"

    def recall(self, cues: Cues, *, seed: int = 0, limits: Limits | None = None) -> Recall:
        """Return the recall by the circuit of every cue that finished within the `limits`.

        Raises `InputError` for cues of another memory or an unknown engine.
        """
        _check(self.memory, cues, seed)
        limits = limits or Limits()
        run = simulate_many(
            self.circuit.system,
            x0=self.circuit.begin(cues.values),
            tstop=self.circuit.patience if self.duration is None else self.duration,
            engine=RECALLING if self.engine == "auto" else self.engine,
            limits=progress_of(limits, 0, cues.members),
        )
        return Recall(
            self.memory,
            self.name,
            self.rule,
            cues,
            run.place,
            self.circuit.signs(np.asarray(run.states, dtype=np.float64)),
            run.has(Status.SETTLED),
            run.settled_at,
            run.cpu_s,
            run.wall_s,
            run.ran,
            self.retrieved,
            {**run.record, "seed": seed, "circuit": dict(self.circuit.parameters)},
        )


@dataclass(frozen=True, eq=False)
class Discrete:
    """The binary model, or at a temperature above 0 the stochastic one, of pairs or of a dense memory.

    The stochastic model recalls the signs of its time average. `engine`: "auto", "fused" or "numpy".
    """

    memory: Memory
    interaction: Weights | DenseMemory
    rule: str
    plan: Sweeps = field(default_factory=Sweeps)
    retrieved: float = RETRIEVED
    engine: str = "auto"

    @property
    def name(self) -> str:
        """binary or stochastic."""
        return "stochastic" if self.plan.heat.any() else "binary"

    def recall(self, cues: Cues, *, seed: int = 0, limits: Limits | None = None) -> Recall:
        """Return the recall by sweeps of every cue that finished within the `limits`.

        Raises `InputError` for cues of another memory or an unknown engine.
        """
        _check(self.memory, cues, seed)
        limits, wall, cpu = limits or Limits(), time.perf_counter(), time.process_time()
        run = discrete_run(
            self.interaction,
            cues.values,
            self.plan,
            seed=seed,
            limits=progress_of(limits, 0, cues.members),
            engine=self.engine,
        )
        done = np.flatnonzero(run.finished)
        period = run.extras.get("period", np.zeros(cues.members, np.int64))  # missing if no member has ended
        settled = np.equal(period, 1)
        if self.plan.stochastic and len(done):
            settled = np.sign(run.extras["halves"]).prod(axis=0).mean(axis=0) >= _STEADY
        return Recall(
            self.memory,
            self.name,
            self.rule,
            cues,
            done,
            np.sign(run.outputs[:, done]),
            settled[done],
            np.where(settled, run.steps, np.nan)[done],
            time.process_time() - cpu,
            time.perf_counter() - wall,
            run.ran,
            self.retrieved,
            {
                "seed": seed,
                "update": self.plan.update,
                "order": self.plan.order,
                "interrupted": run.interrupted,
            },
            period[done],
        )


Model = Continuous | Discrete
"""The models of a memory with learnt couplings."""


def compare(
    models: Sequence[Model], cues: Cues, *, seed: int = 0, limits: Limits | None = None
) -> list[Recall]:
    """Return the recall of the same cues by each of several models.

    Once the `limits` are over, no further model runs.
    """
    limits, done, total = limits or Limits(), list[Recall](), cues.members * len(models)
    for model in models:
        if done and (limits.over or done[-1].interrupted):
            break
        own = progress_of(limits, cues.members * len(done), total)
        done.append(model.recall(cues, seed=seed, limits=own))
    return done


def progress_of(limits: Limits, begun: int, total: int) -> Limits:
    """Return limits that end with these and report progress in cues, of which `begun` are done before."""
    if not limits.told:
        return limits

    def tell(tally: Tally) -> None:
        if tally.unit in ("starts", "cues"):
            tally = Tally(begun + tally.done, total, "cues")
        limits.tell(*tally)

    return limits.telling(tell)


def _check(memory: Memory, cues: Cues, seed: int) -> None:
    check_kind(cues, Cues, "cues", "`Cues` of this memory")
    check_seed(seed, "seed")
    if len(cues.values) != memory.size:
        raise InputError(f"cues have {len(cues.values)} bits, the patterns {memory.size}")
    if cues.wanted.max(initial=0) >= memory.count:
        raise InputError(f"a cue is for pattern {int(cues.wanted.max()) + 1}, the memory has {memory.count}")
