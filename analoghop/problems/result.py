"""`Result`: the results of a problem's starts without repair, and those of search, polish and baselines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from analoghop.display import as_html, picture
from analoghop.errors import InputError
from analoghop.intervals import wilson_interval
from analoghop.problems.base import Answer, Encoding, Problem, Verdict
from analoghop.problems.statistics import gap, reaches, time_interval, time_to_solution
from analoghop.records import Brief
from analoghop.solution import Ran

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Sense = Literal["min", "max"]
FAILURE = "numerical failure"
"""Violation of a start whose integration failed."""


@dataclass(frozen=True)
class Start:
    """One anneal: the verdict on its end state without repair, and its answer, None if it has none."""

    verdict: Verdict
    answer: Answer | None = None


@dataclass(frozen=True)
class Searched:
    """The results of `runs` of a search: the cost of each, the best answer; `calls` of the circuit in all.

    `interrupted`: whether Ctrl-C ended the last run.
    """

    runs: int
    calls: int
    costs: Sequence[float]
    answer: Answer | None
    cpu_s: float
    interrupted: bool = False


@dataclass(frozen=True)
class Polished:
    """Costs after a local search from the valid answers, and from equally many random ones, the control."""

    method: str
    costs: Sequence[float]
    control: Sequence[float]
    answer: Answer | None


@dataclass(frozen=True)
class Result(Brief):
    """The starts of one formulation on one instance. `to_dict` is what `solve --json` prints.

    Costs and gaps are those of single anneals, without repair or polish, over all starts whose verdict has a
    cost. `success` of a start means to reach `target`, else `best_known`, else to be valid. `tau_per_start`
    is the duration of one anneal in time constants of the circuit, `cpu_s_per_start` its seconds of
    processor time. `cut` counts the starts that the time limit or Ctrl-C (`interrupted`) ended early: they
    are left out; `stopped` those that ended early but have an answer at any time: they count. `cost_name` is
    the noun for a cost, `encoding` is the circuit of the starts. `ran` is the engine that computed them, and
    `loading_s` the seconds of loading or compiling it; `workers` is the number of processes. `circuits` are
    the starts of each circuit, by name: several may share the starts (see `problems.turns`). `extra` are
    further keys that a problem reports, and `subject` is the problem itself.
    """

    problem: str
    instance: str
    size: int
    formulation: str
    parameters: Mapping[str, float | int | str | bool]
    starts: Sequence[Start]
    seed: int
    sense: Sense
    best_known: float | None
    target: float | None
    baselines: Mapping[str, float]
    tau_per_start: float
    cpu_s_per_start: float
    evaluations: int
    cpu_s: float
    wall_s: float
    searched: Searched | None = None
    polished: Polished | None = None
    cut: int = 0
    stopped: int = 0
    interrupted: bool = False
    cost_name: str = "cost"
    encoding: Encoding | None = None
    ran: Ran | None = None
    loading_s: float = 0.0
    workers: int = 1
    circuits: Mapping[str, int] = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)
    subject: Problem | None = field(default=None, compare=False)

    def __repr__(self) -> str:
        best = "" if self.best is None else f", {self.cost_name} {self.best.verdict.cost:.10g}"
        counts = f"{self.valid} of {len(self.starts)} starts valid{best}"
        return f"Result({self.problem} {self.instance}, {self.formulation}: {counts})"

    def plot(self, **options: Any) -> Figure:
        """Return a figure of the best answer and of the starts, see `plotting.solved` with its options.

        Raises `InputError` for a result that does not know its problem.
        """
        if self.subject is None:
            raise InputError("this result does not know its problem: use `plotting.solved(problem, result)`")
        return picture("solved", self.subject, self, **options)

    def _repr_html_(self) -> str:
        best = "none is valid" if self.best is None else f"{self.best.verdict.cost:.10g}"
        rows = {
            "formulation": self.formulation,
            "valid": f"{self.valid} of {len(self.starts)} starts",
            f"best {self.cost_name}": best,
            "best known": "unknown" if self.best_known is None else f"{self.best_known:.10g}",
            "computing": f"{self.cpu_s:.3g} s",
        }
        return as_html(f"{self.problem}: {self.instance}", rows, self.plot)

    @property
    def costs(self) -> list[float]:
        """The raw costs that are defined, in the order of the starts."""
        return [start.verdict.cost for start in self.starts if start.verdict.cost is not None]

    @property
    def valid(self) -> int:
        """Number of valid starts."""
        return sum(start.verdict.valid for start in self.starts)

    @property
    def failed(self) -> int:
        """Number of starts whose integration failed; they count as invalid."""
        return sum(FAILURE in start.verdict.violations for start in self.starts)

    @property
    def best(self) -> Start | None:
        """The best valid start, the first of several; None if no start is valid."""
        sign = 1.0 if self.sense == "min" else -1.0
        valid = [start for start in self.starts if start.verdict.valid]
        return min(valid, key=lambda start: sign * (start.verdict.cost or 0.0), default=None)

    @property
    def closest(self) -> Start | None:
        """The invalid start with an answer with the fewest violations, then the least cost; None if none."""
        sign = 1.0 if self.sense == "min" else -1.0
        rest = [start for start in self.starts if start.answer is not None and not start.verdict.valid]

        def distance(start: Start) -> tuple[int, float]:
            return sum(start.verdict.violations.values()), sign * (start.verdict.cost or 0.0)

        return min(rest, key=distance, default=None)

    @property
    def answer(self) -> Answer | None:
        """The best valid raw answer, None if no start is valid."""
        return self.best.answer if self.best else None

    @property
    def labelled(self) -> Any:
        """The best valid raw answer in the problem's own names, see `Problem.labelled`; None without one."""
        return None if self.subject is None or self.answer is None else self.subject.labelled(self.answer)

    @property
    def successes(self) -> int:
        """Number of starts that reach the target, else the best known cost, else validity."""
        wanted = self.best_known if self.target is None else self.target
        return sum(
            start.verdict.valid
            and (
                wanted is None
                or start.verdict.cost is None
                or reaches(start.verdict.cost, wanted, self.sense)
            )
            for start in self.starts
        )

    @property
    def distinct(self) -> int:
        """Number of different answers among the valid starts; mirror images of a tour or a cut differ."""
        return len({_spelled(start.answer) for start in self.starts if start.verdict.valid})

    @property
    def violations(self) -> dict[str, float]:
        """Mean violations of each constraint over the invalid starts."""
        invalid = [start.verdict for start in self.starts if not start.verdict.valid]
        total: Counter[str] = Counter()
        for verdict in invalid:
            total.update(verdict.violations)
        return {name: count / len(invalid) for name, count in sorted(total.items())}

    def costs_and_gaps(self, costs: Sequence[float], median: bool = False) -> dict[str, float | None]:
        """Return best and mean (and median) of `costs` and their gaps in percent, None where unknown."""
        figures: dict[str, float | None] = dict.fromkeys(("best", "mean", *(["median"] if median else [])))
        if len(costs):
            best = min(costs) if self.sense == "min" else max(costs)
            figures |= {"best": float(best), "mean": float(np.mean(costs))}
            if median:
                figures["median"] = float(np.median(costs))
        return {
            **{f"cost_{name}": value for name, value in figures.items()},
            **{f"gap_{name}": gap(value, self.best_known, self.sense) for name, value in figures.items()},
        }

    def to_dict(self) -> dict[str, Any]:
        """Return the result as plain values: rates in 0..1, gaps in percent, None for an unknown value."""
        count = len(self.starts)
        rate = self.successes / count if count else 0.0
        success = wilson_interval(self.successes, count)
        raw = self.costs_and_gaps(self.costs, median=True)
        return {
            "problem": self.problem,
            "instance": self.instance,
            "size": self.size,
            "formulation": self.formulation,
            "parameters": dict(self.parameters),
            "starts": count,
            "seed": self.seed,
            "valid_rate": self.valid / count if count else None,
            "valid_interval": list(wilson_interval(self.valid, count)),
            **{key: value for key, value in raw.items() if key.startswith("cost")},
            "best_known": self.best_known,
            **{key: value for key, value in raw.items() if key.startswith("gap")},
            "success_rate": rate if count else None,
            "tts99": {
                "tau": time_to_solution(rate, self.tau_per_start),
                "s": time_to_solution(rate, self.cpu_s_per_start),
                "interval_tau": list(time_interval(success, self.tau_per_start)),
                "interval_s": list(time_interval(success, self.cpu_s_per_start)),
            },
            "violations": self.violations,
            "answer": plain_answer(self.answer),
            "search": self._search(),
            "polished": self._polish(),
            "baselines": dict(self.baselines),
            "evaluations": self.evaluations,
            "cpu_s": self.cpu_s,
            "wall_s": self.wall_s,
            "costs": [start.verdict.cost if start.verdict.valid else None for start in self.starts],
            "success_interval": list(success),
            "cut": self.cut,
            "stopped": self.stopped,
            "interrupted": self.interrupted,
            "engine": None if self.ran is None else self.ran.to_dict(),
            "loading_s": self.loading_s,
            "workers": self.workers,
            "valid_count": self.valid,
            "success_count": self.successes,
            "circuits": dict(self.circuits),
            "distinct": self.distinct,
            "labels": self._labels(),
            **self.extra,
        }

    def _labels(self) -> list[Any] | None:
        """Return the names of what the answer numbers, tuples as lists; None where there are none."""
        names = () if self.subject is None else self.subject.labels
        return list(map(plain_name, names)) or None

    def _search(self) -> dict[str, Any] | None:
        if self.searched is None:
            return None
        return {
            "runs": self.searched.runs,
            "calls": self.searched.calls,
            **self.costs_and_gaps(self.searched.costs),
            "answer": plain_answer(self.searched.answer),
            "cpu_s": self.searched.cpu_s,
        }

    def _polish(self) -> dict[str, Any] | None:
        if self.polished is None:
            return None
        return {
            **self.costs_and_gaps(self.polished.costs),
            "control": self.costs_and_gaps(self.polished.control),
        }


def best_answer(result: Result) -> tuple[str, Answer | None]:
    """Return the source ("anneal", "search" or "polish") of the best valid answer, and the answer."""
    sign = 1.0 if result.sense == "min" else -1.0
    found: list[tuple[float, str, Answer]] = []
    if result.best is not None:
        found.append((sign * (result.best.verdict.cost or 0.0), "anneal", result.best.answer))
    for name, made in (("search", result.searched), ("polish", result.polished)):
        if made is not None and made.answer is not None:
            found.append((min(sign * cost for cost in made.costs), name, made.answer))
    if not found:
        return "anneal", None
    _, origin, answer = min(found, key=lambda candidate: candidate[0])
    return origin, answer


def _spelled(answer: Answer | None) -> bytes | str:
    """Return what two answers have in common if they are the same."""
    return answer.tobytes() if isinstance(answer, np.ndarray) else repr(plain_answer(answer))


def plain_name(name: Any) -> Any:
    """Return a label as JSON can hold it: tuples are lists, other objects their texts."""
    if isinstance(name, tuple):
        return [plain_name(part) for part in name]
    return name if isinstance(name, str | int | float) else str(name)


def plain_answer(answer: Answer | None) -> Any:
    """Return `answer` without NumPy types: lists for arrays and tuples."""
    if isinstance(answer, np.ndarray | np.generic):
        return answer.tolist()
    if isinstance(answer, (tuple, list)):
        return [plain_answer(part) for part in answer]
    return answer
