"""What came of an instance, as people read it: rates, a table of costs with their baselines, the answer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from analoghop.cli.text import counted, si, table
from analoghop.problems.base import Problem
from analoghop.problems.result import Result, Start, plain_answer
from analoghop.systems.base import System

FAULTS = 12
"""Places of violations that the report lists."""
SHOWN = 60
"""Most characters of the answer that the report shows."""


def lines(result: Result, problem: Problem) -> Iterator[str]:
    """Yield the readable report."""
    told = result.to_dict()
    facts = "".join(f", {value} {name}" for name, value in result.extra.items())
    what = f"{result.problem} of size {result.size}{facts}"
    yield f"{result.instance}: {what}, formulation {result.formulation}"
    yield "  parameters: " + ", ".join(f"{k} = {_plain(v)}" for k, v in result.parameters.items())
    if result.encoding is not None:
        yield f"  {_energy(result.encoding.system)}"
    if len(result.circuits) > 1:
        shares = ", ".join(f"{starts} of {name}" for name, starts in result.circuits.items())
        yield f"  circuits that share the starts: {shares}"
    if result.starts:
        yield f"  {_validity(told, result)}"
    if told["violations"]:
        counts = ", ".join(f"{count:.3g} {name}" for name, count in told["violations"].items())
        yield f"  invalid starts violate on average: {counts}"
    if result.starts:
        yield f"  {_success(told, result)}"
    yield from table(list(_costs(result, told)))
    answer = plain_answer(result.answer)
    if answer is not None:
        yield f"  best raw answer: {_shortened(_named(problem, result.answer, answer))}"
    elif result.closest is not None:
        faults = problem.describe_violations(result.closest.answer)
        if faults:
            more = f" and {len(faults) - FAULTS} more" if len(faults) > FAULTS else ""
            places = ", ".join(faults[:FAULTS])
            yield f"  the closest start has {violated(result.closest)}: {places}{more}"
    loading = f", {si(result.loading_s, 's', 2)} of them for loading" if result.loading_s >= 0.1 else ""
    yield (
        f"  {counted(result.evaluations, 'evaluation')} of the rate, "
        f"{si(result.cpu_s, 's', 3)} of computing, {si(result.wall_s, 's', 3)} in all{loading}"
    )
    if result.ran is not None:
        kind = "compiled code" if result.ran.compiled else "NumPy"
        yield f"  computed by {kind} in {result.ran.precision}"


def violated(start: Start) -> str:
    """Return what a start violates: "3 conflicting edges"."""
    counts = start.verdict.violations.items()
    return ", ".join(f"{count} {name.removesuffix('s') if count == 1 else name}" for name, count in counts)


def _energy(system: System) -> str:
    theorem = system.theorem
    if not system.has_energy:
        return f"no energy to watch: {theorem.reason}"
    return (
        f"the energy never rises: {theorem.name}"
        if theorem.applies
        else f"the energy may rise: {theorem.reason}"
    )


def _plain(value: float | int | str | bool) -> str:
    return f"{value:.6g}" if isinstance(value, float) else str(value)


def _validity(told: dict[str, Any], result: Result) -> str:
    low, high = (100 * bound for bound in told["valid_interval"])
    share = f"{100 * told['valid_rate']:.3g} %, 95 % interval {low:.3g} to {high:.3g} %"
    failed = f"; {result.failed} failed numerically" if result.failed else ""
    return f"{result.valid} of {counted(told['starts'], 'start')} valid without repair ({share}){failed}"


def _success(told: dict[str, Any], result: Result) -> str:
    if result.target is not None:
        what = f"reached the target {result.target:.10g}"
    elif result.best_known is not None:
        what = f"reached the best known {result.best_known:.10g}"
    else:
        what = "valid, and no best known cost is given"
    time = told["tts99"]
    low, high = (100 * bound for bound in told["success_interval"])
    interval = f"95 % interval {low:.3g} to {high:.3g} %"
    fastest, slowest = time["interval_s"]
    if time["tau"] is None:
        return f"0 of {counted(told['starts'], 'start')} {what} ({interval})"
    duration = f"{time['tau']:.4g} time constants, {si(time['s'], 's', 3)} of computing"
    longest = "no bound" if slowest is None else si(slowest, "s", 3)
    share = f"{told['success_count']} of {counted(told['starts'], 'start')} {what}"
    rate = f"{100 * told['success_rate']:.3g} %, {interval}"
    return f"{share} ({rate}); 99 % sure after {duration} ({si(fastest, 's', 3)} to {longest})"


def _costs(result: Result, told: dict[str, Any]) -> Iterator[Sequence[str]]:
    yield f"  {result.cost_name}", "best", "mean", "gap best", "gap mean"
    yield "  single anneals, raw", *_figures(told)
    if result.polished is not None:
        polished = told["polished"]
        yield f"  the same after {result.polished.method}", *_figures(polished)
        yield f"  random after {result.polished.method} (control)", *_figures(polished["control"])
    if result.searched is not None:
        yield f"  search, {counted(result.searched.runs, 'run')}", *_figures(told["search"])
    for name, cost in result.baselines.items():
        yield f"  {name}", *_figures(result.costs_and_gaps([cost]), single=True)


def _figures(told: dict[str, Any], single: bool = False) -> tuple[str, ...]:
    best = ("", _cost(told["cost_mean"])) if single else (_cost(told["cost_best"]), _cost(told["cost_mean"]))
    gaps = ("", _gap(told["gap_mean"])) if single else (_gap(told["gap_best"]), _gap(told["gap_mean"]))
    return (*best, *gaps)


def _cost(value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.0f}" if abs(value) >= 1e5 or value == int(value) else f"{value:.5g}"


def _gap(value: float | None) -> str:
    return "-" if value is None else f"{value:.2f} %"


def _named(problem: Problem, answer: Any, plain: Any) -> Any:
    """Return an answer with the names of cities, vertices or variables, where these have names."""
    if not problem.labels:
        return plain
    named = problem.labelled(answer)
    if isinstance(named, dict):
        return [f"{name}={_word(value)}" for name, value in named.items()]
    return list(named)


def _shortened(answer: Any) -> str:
    text = " ".join(_word(part) for part in answer) if isinstance(answer, list) else str(answer)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]} ... (--json or --out shows all)"


def _word(part: Any) -> str:
    return str(int(part)) if isinstance(part, bool) else str(part)
