"""`answer_of`: the answer that a circuit gives at this moment, and what the problem says of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from analoghop.bench.session import Session
from analoghop.memory.patterns import Memory

MOST_EDGES = 5000
"""Largest number of edges of an instance that are drawn."""


def answer_of(session: Session) -> dict[str, Any] | None:
    """Return answer, validity, cost, gap in percent and violations of the present outputs.

    None for a deck. `answer` is None where the outputs are no answer; `gap` where nothing is known to compare
    with. It is positive where the answer is worse.
    """
    built = session.rig.built
    problem, encoding = built.problem, built.encoding
    if problem is None or encoding is None:
        return None
    best = session.rig.setup.source.best_known
    outputs = session.rig.outputs(session.t, session.x[:, None])
    raw = encoding.decode(outputs)[0]
    if raw.answer is None:
        found: dict[str, Any] = {"answer": None, "valid": False, "cost": None, "gap": None}
        violations: Mapping[str, int] = raw.violations
    else:
        verdict = problem.verify(raw.answer)
        found = {
            "answer": _plain(raw.answer),
            "valid": verdict.valid,
            "cost": verdict.cost,
            "gap": _gap(problem.sense, best, verdict.cost) if verdict.valid else None,
        }
        violations = verdict.violations
    if isinstance(problem, Memory):
        signs = np.sign(session.x[: problem.size])[:, None]
        overlaps = problem.overlaps(signs)[:, 0]
        best = int(np.abs(overlaps).argmax())
        found["overlap"] = float(overlaps[best])
        found["pattern"] = best + 1
        found["answer"] = None
    return {**found, "costName": problem.cost_name, "violations": {k: int(n) for k, n in violations.items()}}


def _gap(sense: str, best: float | None, cost: float | None) -> float | None:
    if cost is None or best is None or best == 0:
        return None
    worse = cost - best if sense == "min" else best - cost
    return 100.0 * worse / abs(best)


def _plain(answer: Any) -> Any:
    if isinstance(answer, str):
        return answer
    return np.asarray(answer).tolist()


def instance_of(session: Session) -> dict[str, Any] | None:
    """Return what is drawn of the problem: `kind`, `points` of cities, `edges` of a graph, `given` digits."""
    problem: Any = session.rig.built.problem
    if problem is None:
        return None
    found: dict[str, Any] = {"kind": problem.kind, "size": problem.size, "name": problem.name}
    coordinates = getattr(problem, "coordinates", None)
    if coordinates is not None:
        found["points"] = np.asarray(coordinates, dtype=np.float64).tolist()
    graph = getattr(problem, "graph", None)
    if graph is not None:
        found["edges"] = np.asarray(graph.edges)[:MOST_EDGES].tolist()
        if coordinates is None and graph.coordinates is not None:
            found["points"] = np.asarray(graph.coordinates, dtype=np.float64).tolist()
    if problem.kind == "sudoku":
        found["given"] = problem.givens
    if isinstance(problem, Memory):
        found["patterns"] = np.sign(problem.patterns[:40]).astype(int).tolist()
        found["shape"] = list(problem.shape)
    return found
