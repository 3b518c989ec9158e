"""`solve`: from a problem to answers: encode, anneal many starts, decode, verify, count."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any, Protocol, runtime_checkable

from analoghop.ensembles.streams import check_seed
from analoghop.errors import InputError
from analoghop.limits import Limits as NoLimits
from analoghop.optimise.anneal import Warm
from analoghop.optimise.batches import Batches, Limits, Progress
from analoghop.optimise.catalogue import CatalogueEntry, entry_of
from analoghop.optimise.polishing import check_method, polished
from analoghop.optimise.refine import refined
from analoghop.optimise.search import Search, SearchPlan, Task, searched
from analoghop.optimise.settings import with_settings
from analoghop.problems.base import Answer, Formulation, Problem
from analoghop.problems.result import Result

SLOW = 20.0
"""How many times longer machines take without compiled steps."""
RAW_SHARE = 0.2
"""Of the time for raw anneals where a search follows them; half of it where their number is given."""


@runtime_checkable
class Paced(Protocol):
    """A formulation whose anneals may be longer or shorter as there is time."""

    def paced(self, seconds: float) -> Formulation[Any]:
        """Return the same for `seconds` of compiled steps for all starts."""


def solve(
    problem: Problem,
    formulation: str | Formulation[Any] | None = None,
    *,
    starts: int | None = None,
    seed: int = 0,
    start: Answer | None = None,
    time_limit: float | None = None,
    target: float | None = None,
    best_known: float | None = None,
    search: str | None = None,
    polish: str | None = None,
    settings: Mapping[str, str | float | bool] | None = None,
    baselines: bool = True,
    threads: int = 1,
    progress: Progress | None = None,
) -> Result:
    """Return what came of many starts of a circuit for `problem`.

    `formulation`: its name or an object, by default the problem's own; `settings` are options for a name.
    `starts`: how many anneals, and with `search` how many runs of it; by default the problem's own number,
    or with `time_limit` (s of wall clock) as many as there is time for. A start that the limit or Ctrl-C cuts
    short is left out, `Result.cut` says how many; where its state says an answer at any time it counts as it
    stands, `Result.stopped` says how many. `start`: an answer near which the circuit begins. `target`,
    else `best_known`, else the problem's own `best_known`, is what success means. `search` and `polish` name
    what is done beside the raw anneals and reported apart. Without `baselines` plain methods are not run for
    comparison. Start number k depends on (`seed`, k) alone.

    Raises `InputError` for names and numbers that do not fit. A start whose integration fails is counted as
    invalid, `Result.failed` says how many.
    """
    entry = entry_of(problem)
    _check(starts, seed, time_limit, threads)
    form = _formulation(entry, formulation, settings or {})
    if time_limit is not None and starts is None and isinstance(form, Paced):
        compiled = find_spec("numba") is not None
        form = form.paced((1.0 if search is None else RAW_SHARE) * time_limit / (1.0 if compiled else SLOW))
    order = _Order(
        entry=entry,
        form=form,
        starts=starts,
        seed=seed,
        start=start,
        target=target,
        best_known=best_known,
        search=_searcher(entry, search),
        polish=polish,
        baselines=baselines,
        threads=threads,
        progress=progress,
    )
    if polish is not None:
        check_method(problem, polish)
    if start is not None:
        _check_start(problem, start)
    deadline = None if time_limit is None else time.monotonic() + time_limit
    if entry.narrow is not None:
        narrowed = entry.narrow(problem, order.solved, deadline)
        if narrowed is not None:
            return narrowed
    return order.solved(problem, deadline)


@dataclass(frozen=True)
class _Order:
    """What is to be done with an instance."""

    entry: CatalogueEntry
    form: Formulation[Any]
    starts: int | None
    seed: int
    start: Answer | None
    target: float | None
    best_known: float | None
    search: Search | None
    polish: str | None
    baselines: bool
    threads: int
    progress: Progress | None

    def solved(self, problem: Problem, deadline: float | None, *, first: bool = False) -> Result:
        """Return what came of `problem`; with `first` of raw starts up to the first valid batch, no more."""
        wall, cpu = time.monotonic(), time.process_time()
        seed, form = self.seed, refined(problem, self.form, self.seed, self.threads)
        encoding = form.encode(problem)
        if deadline is not None:
            deadline += time.monotonic() - wall  # a time limit is for the circuit, not for building it
        best_known = getattr(problem, "best_known", None) if self.best_known is None else self.best_known
        searcher = None if first else self.search
        share = 1.0 if searcher is None else RAW_SHARE if self.starts is None else 0.5
        raw_until = None if deadline is None else deadline - (1.0 - share) * (deadline - time.monotonic())
        done = Batches(problem, encoding, seed, self.start, self.threads).run(
            Limits(self.starts, self.entry.starts, raw_until, first), self.progress
        )
        if done.interrupted and not done.starts:
            raise KeyboardInterrupt
        found = None
        if searcher is not None and not done.interrupted:
            goal = best_known if self.target is None else self.target
            task = Task(problem, encoding, None, 0, seed, deadline, goal, self.threads)
            runs = self.starts if self.starts is not None or deadline is not None else self.entry.starts
            found = searched(searcher, task, done.starts, SearchPlan(runs, deadline))
        local = None
        if self.polish is not None and not first:
            local = polished(check_method(problem, self.polish), self.polish, done.starts, seed)
        # After the starts: with a time limit, all of it is theirs.
        plain = dict(problem.baselines(seed, NoLimits())) if self.baselines and not first else {}
        count = max(len(done.starts), 1)
        return Result(
            problem=problem.kind,
            instance=problem.name,
            size=problem.size,
            formulation=self.form.name,
            parameters={
                **encoding.parameters,
                **problem.figures,
                **(
                    {"warm_steps": encoding.warm.steps}
                    if self.start is not None and isinstance(encoding, Warm)
                    else {}
                ),
                **({"reheated": done.reheated} if done.reheated else {}),
            },
            starts=done.starts,
            seed=seed,
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
            interrupted=done.interrupted or (found is not None and found.interrupted),
            cpu_s=time.process_time() - cpu,
            wall_s=time.monotonic() - wall,
            cost_name=problem.cost_name,
            encoding=encoding,
            extra=dict(problem.facts),
        )


def _check(starts: int | None, seed: int, time_limit: float | None, threads: int) -> None:
    check_seed(seed, "seed")
    if starts is not None and starts < 1:
        raise InputError(f"`starts` is {starts}, expected at least 1")
    if time_limit is not None and not time_limit > 0:
        raise InputError(f"`time_limit` is {time_limit:g}, expected a positive number of seconds")
    if threads < 1:
        raise InputError(f"`threads` is {threads}, expected at least 1")


def _check_start(problem: Problem, start: Answer) -> None:
    verdict = problem.verify(start)
    if not verdict.valid:
        broken = ", ".join(f"{count} {name}" for name, count in verdict.violations.items())
        raise InputError(f"`start` is no valid answer: it violates {broken}")


def _searcher(entry: CatalogueEntry, name: str | None) -> Search | None:
    if name is not None and name not in entry.searches:
        known = ", ".join(entry.searches)
        what = f"expected one of {known}" if known else "and this problem has none"
        raise InputError(f"`search` is {name!r}, {what}")
    return None if name is None else entry.searches[name]


def _formulation(
    entry: CatalogueEntry,
    formulation: str | Formulation[Any] | None,
    settings: Mapping[str, str | float | bool],
) -> Formulation[Any]:
    if isinstance(formulation, Formulation):
        if settings:
            raise InputError("`settings` are for a formulation given by name; this one has its options")
        return formulation
    return with_settings(entry.formulation(formulation), settings)
