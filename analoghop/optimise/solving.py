"""`solve`: from a problem to answers: encode, anneal many starts, decode, verify, count."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from analoghop.arrays import check_number
from analoghop.engines.choice import checked_name, seconds_to_load, slowdown
from analoghop.errors import InputError
from analoghop.limits import Limits, Progress, limited
from analoghop.optimise.arguments import (
    check_numbers,
    check_start,
    checked_encoding,
    formulation_of,
    searcher_of,
)
from analoghop.optimise.batches import Batches, Done, Wanted, loaded
from analoghop.optimise.catalogue import entry_of, known_entry
from analoghop.optimise.catalogue.posing import posed
from analoghop.optimise.polishing import check_method, polished
from analoghop.optimise.refine import refined
from analoghop.optimise.search import Search, Task, searched
from analoghop.optimise.spreading import spread_starts
from analoghop.problems.base import Answer, Encoding, Formulation, Problem
from analoghop.problems.result import Polished, Result, Searched
from analoghop.problems.turns import circuits
from analoghop.solution import Ran
from analoghop.workers import Sharing, Workers, sharing

_log = logging.getLogger(__name__)

RAW_SHARE = 0.2
"""Share of the time for raw anneals where a search follows them; half of it where their number is given."""
AFTERWARDS = 0.1
"""Share of the time limit that digital baselines may take after it."""
WORTH = 0.85
"""Share of the time that must be left when the circuit stands; else it is built anew for what is left."""
COMPILING_SHARE = 0.5
"""Share of the time that compiling may take; beyond it NumPy computes the starts."""
STARTS = 16
"""Starts where neither the user nor the catalogue says how many."""


def solve(
    problem: Problem | Any,
    formulation: str | Formulation[Any] | None = None,
    *,
    kind: str | None = None,
    starts: int | None = None,
    seed: int = 0,
    start: Answer | None = None,
    target: float | None = None,
    best_known: float | None = None,
    search: str | None = None,
    polish: str | None = None,
    settings: Mapping[str, str | float | bool] | None = None,
    baselines: bool = True,
    engine: str = "auto",
    threads: int | None = None,
    time_limit: float | None = None,
    progress: bool | Progress = False,
    limits: Limits | None = None,
    workers: Sharing = 1,
) -> Result:
    """Return what came of many starts of a circuit for `problem`.

    `problem`: any `Problem`; or a `Model`, a binary quadratic model of dimod, a graph of networkx or the path
    of a file, with the word of the problem as `kind`, see `posed`. `formulation`: an object, or a name in the
    catalogue of the problem's kind, by default the first there; `settings` are options for a name. `starts`:
    how many anneals, and with `search` how many runs of it; by default the problem's own number, or with
    `time_limit` (s of wall clock, building the circuit included) as many as there is time for. A start that
    the limit or Ctrl-C cuts short is left out, `Result.cut` says how many; where its state says an answer at
    any time it counts as it stands, `Result.stopped` says how many. `start`: an answer near which the circuit
    begins. `target`, else `best_known`, else the problem's own `best_known`, is what success means. `search`
    and `polish` name what is done beside the raw anneals and reported apart. Without `baselines` plain
    methods are not run for comparison. Start number k depends on (`seed`, k) alone. `engine`: "auto", "fused"
    for compiled code, "numpy". `threads` share the starts. `progress`: True for a bar, or a function of a
    `Tally`. `limits` stand for `threads`, `time_limit` and `progress` together. `workers` share the raw
    starts: a number of processes on this machine, the address of a scheduler of Dask, or `Workers` (extra
    `cluster`); the starts are those of one process.

    Raises `InputError` for names and numbers that do not fit. A start whose integration fails is counted as
    invalid, `Result.failed` says how many.
    """
    problem = posed(problem, kind)
    given = None if isinstance(formulation, str) or formulation is None else formulation
    entry = entry_of(problem) if given is None else known_entry(problem)
    check_numbers(starts, seed)
    for name, value in (("target", target), ("best_known", best_known)):
        if value is not None:
            check_number(value, name, "the length, weight or number of an answer")
    checked_name(engine)
    form = formulation_of(entry, formulation, settings or {})
    if polish is not None:
        check_method(problem, polish)
    if search is not None and workers != 1:
        raise InputError("a `search` runs in one process: leave out `workers`, or it")
    searcher = searcher_of(entry, search)
    if start is not None:
        check_start(problem, start)
    with (
        limited(limits, time_limit=time_limit, threads=threads, progress=progress) as door,
        sharing(workers, door.left) as shared,
    ):
        if shared is not None and door.threads > 1:
            raise InputError("`threads` share the starts in one process: leave out `workers`, or them")
        order = _Order(
            form=form,
            starts=starts,
            usual=STARTS if entry is None else entry.starts,
            seed=seed,
            start=start,
            target=target,
            best_known=best_known,
            search=searcher,
            polish=polish,
            baselines=baselines,
            engine=engine,
            workers=shared,
        )
        if entry is not None and entry.narrow is not None:
            narrowed = entry.narrow(problem, order.solved, door)
            if narrowed is not None:
                return narrowed
        return order.solved(problem, door)


@dataclass(frozen=True)
class _Order:
    """What is to be done with an instance."""

    form: Formulation[Any]
    starts: int | None
    usual: int
    seed: int
    start: Answer | None
    target: float | None
    best_known: float | None
    search: Search | None
    polish: str | None
    baselines: bool
    engine: str
    workers: Workers | None

    def solved(self, problem: Problem, limits: Limits, *, first: bool = False) -> Result:
        """Return what came of `problem`; with `first` of raw starts up to the first valid batch, no more."""
        wall, cpu, allowed = time.monotonic(), time.process_time(), limits.left
        searcher = None if first else self.search
        share = 1.0 if searcher is None else RAW_SHARE if self.starts is None else 0.5
        raw = limits.within(share, quiet=False)
        form, encoding, engine, ran, loading_s = self._built(problem, raw)
        _log.info(
            "%s %s of size %d: %s by %s, loaded in %.2f s",
            problem.kind,
            problem.name,
            problem.size,
            self.form.name,
            ran.name,
            loading_s,
        )
        best_known = problem.best_known if self.best_known is None else self.best_known
        done, after = Done(), limits
        found: Searched | None = None
        local: Polished | None = None
        plain: dict[str, float] = {}
        elsewhere_s = 0.0
        with limits.heed():
            wanted = Wanted(self.starts, self.usual, raw, first)
            batches = Batches(problem, encoding, self.seed, self.start, engine)
            if self.workers is None or first:
                batches.fill(done, wanted)
            else:
                elsewhere_s = spread_starts(batches, form, done, wanted, self.workers)
            if searcher is not None and not limits.interrupted:
                goal = best_known if self.target is None else self.target
                task = Task(problem, encoding, None, 0, self.seed, limits, goal, engine)
                runs = self.starts if self.starts is not None or limits.limited else self.usual
                found = searched(searcher, task, done.starts, runs)
            if limits.limited:
                after = limits.further(limits.left + AFTERWARDS * allowed)
            if self.polish is not None and not first and not limits.interrupted:
                local = polished(problem, self.polish, done.starts, self.seed, after)
            if self.baselines and not first and not limits.interrupted:
                plain = dict(problem.baselines(self.seed, after))
        if limits.interrupted and not done.starts:
            raise KeyboardInterrupt
        count = max(len(done.starts), 1)
        valid = sum(start.verdict.valid for start in done.starts)
        _log.info("%d starts ended, %d valid; %d cut short", len(done.starts), valid, done.cut)
        return Result(
            subject=problem,
            problem=problem.kind,
            instance=problem.name,
            size=problem.size,
            formulation=self.form.name,
            parameters=self._parameters(problem, encoding, done),
            starts=done.starts,
            seed=self.seed,
            sense=problem.sense,
            best_known=best_known,
            target=self.target,
            baselines=plain,
            tau_per_start=done.duration / encoding.tau / count,
            cpu_s_per_start=done.cpu_s / count,
            evaluations=done.evaluations,
            searched=found,
            polished=local,
            cut=done.cut,
            stopped=done.stopped,
            interrupted=limits.interrupted,
            cpu_s=time.process_time() - cpu + elsewhere_s,
            wall_s=time.monotonic() - wall,
            cost_name=problem.cost_name,
            encoding=encoding,
            ran=ran,
            loading_s=loading_s,
            workers=1 if self.workers is None else self.workers.count,
            circuits={name or self.form.name: starts for name, starts in done.circuits.items()},
            extra=dict(problem.facts),
        )

    def _built(self, problem: Problem, limits: Limits) -> tuple[Formulation[Any], Encoding, str, Ran, float]:
        """Return the formulation, its circuit, the engine to be asked for, what will run, and the seconds of
        loading.

        If the time is limited and the number of starts is not given, anneals are as long as the time allows
        that is left when the circuit is built and its code loaded. NumPy computes them if compiling would
        take most of that time.
        """
        form, pacing, engine = self.form, limits.limited and self.starts is None, self.engine
        if pacing:
            form = form.paced(limits.left)
        form = refined(problem, form, self.seed, limits, engine)
        allowed, encoding = limits.left, checked_encoding(form.encode(problem))
        systems = [circuit.system for circuit in circuits(encoding)]
        if engine == "auto" and sum(map(seconds_to_load, systems)) > COMPILING_SHARE * limits.left:
            engine = "numpy"
        began = time.monotonic()
        ran = loaded(encoding, limits, engine)
        loading_s = time.monotonic() - began
        slower, left = max(slowdown(system, engine) for system in systems), limits.left
        if pacing and (slower > 1.0 or 0.0 < left < WORTH * allowed):
            again = form.paced(max(left, 1e-3) / slower)
            if again != form:
                form, encoding = again, again.encode(problem)
        return form, encoding, engine, ran, loading_s

    def _parameters(
        self, problem: Problem, encoding: Encoding, done: Done
    ) -> Mapping[str, float | int | str | bool]:
        """Return the numbers that the report has beside the answers."""
        told = {**encoding.parameters, **problem.figures}
        steps = getattr(encoding.near_system, "steps", None)
        if self.start is not None and encoding.near_system is not encoding.system and steps is not None:
            told["warm_steps"] = steps
        if done.reheated:
            told["reheated"] = done.reheated
        return told
