"""`MemorySubject`: recall of a memory over rules, models, noise and options."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from analoghop.errors import InputError, nearest
from analoghop.experiments.models.base import Computed, Job, Subject, one_by_one
from analoghop.experiments.models.readings import plain
from analoghop.experiments.plan.points import Point
from analoghop.experiments.plan.scatter import Scatter, sets_scatter
from analoghop.experiments.plan.study import Study
from analoghop.experiments.scattering.draws import deviations, uniforms
from analoghop.experiments.scattering.series import quantised
from analoghop.formats.intake import read_bytes
from analoghop.limits import Limits
from analoghop.memory.cues import make_cues
from analoghop.memory.patterns import Memory
from analoghop.memory.recipe import MemoryRecipe
from analoghop.memory.studies.trials import mixed
from analoghop.memory.weights import Weights

METRICS = ("status", "correct_rate", "overlap", "settled_rate", "load")
OWN = ("noise", "neurons", "patterns")


class MemorySubject(Subject):
    """A memory; axes are `noise` (share of flipped bits), `neurons`, `patterns` and options of the recipe.

    `memory` is a file of patterns, or "random" with `neurons` and `patterns`. `draws.starts` numbers sets of
    cues, and of random patterns; with `draws.parts` the couplings scatter: `tolerance`, `open` (couplings
    that are cut), `dead` and `stuck` amplifiers, `bits`.
    """

    def __init__(self, study: Study) -> None:
        assert isinstance(study.model, Mapping), "the model of a memory is a table"
        self._study, self._model = study, dict(study.model)
        self._file: Memory | None = None
        text = ""
        if self._model["memory"] != "random":
            path = Path(study.directory) / str(self._model["memory"])
            text = read_bytes(path).hex()
            self._file = Memory.read(path)
        self.identity = {**self._model, "text": text}

    def check(self) -> None:
        """Raise `InputError` for unknown axes, options and metrics."""
        known = [field.name for field in fields(MemoryRecipe)]
        for name in (*self._study.axis_names, *self._model.get("settings", {})):
            if name not in (*OWN, *known) and not sets_scatter(name):
                raise InputError(f"a memory has no axis `{name}`{nearest(name, [*OWN, *known])}")
        for name in self._study.metrics:
            if name not in METRICS:
                raise InputError(f"a memory has no metric `{name}`{nearest(name, METRICS)}")
        from analoghop.experiments.plan.points import points

        first = next(iter(points(self._study)))
        self._recipe(first.values)
        self._memory(first.values, 0)

    def compute(self, jobs: Sequence[Job], limits: Limits) -> list[Computed]:
        """Recall at each point."""
        return one_by_one(jobs, limits, self._study.wall, self._one)  # type: ignore[arg-type]

    def _recipe(self, values: Mapping[str, Any]) -> MemoryRecipe:
        given: dict[str, Any] = {name: self._model[name] for name in ("rule", "model") if name in self._model}
        given |= dict(self._model.get("settings", {}))
        given |= {n: v for n, v in values.items() if n not in OWN and not sets_scatter(n)}
        for name in ("layers", "sweeps"):
            if name in given:
                given[name] = int(given[name])
        return MemoryRecipe(**given)

    def _memory(self, values: Mapping[str, Any], number: int) -> Memory:
        given = {**self._model, **values}
        if self._file is None:
            size, count = (int(given.get(name, 0)) for name in ("neurons", "patterns"))
            return Memory.random(size, count, mixed(self._study.drawn.seed, number, 5))
        wanted = given.get("patterns")
        return self._file if wanted is None else self._file.take(list(range(int(wanted))))

    def _one(self, point: Point, limits: Limits) -> tuple[str, dict[str, Any], None]:
        study, number = self._study, 0 if point.start is None else point.start + 1
        memory = self._memory(point.values, number)
        recipe = self._recipe(point.values)
        weights = None if recipe.dense else recipe.weights(memory)
        if study.scatter is not None and point.part is not None:
            if weights is None:
                raise InputError(f"the rule {recipe.rule} has no couplings of pairs that could scatter")
            scatter = study.scatter.at(point.values)
            weights = scattered_weights(weights, scatter, study.drawn.seed, point.part)
        noise = float({**self._model, **point.values}.get("noise", 0.1))
        seed = mixed(study.drawn.seed, number, 6)
        cues = make_cues(memory, np.arange(memory.count), noise=noise, seed=seed)
        recall = recipe.build(memory, weights).recall(cues, seed=seed, limits=limits)
        whole = len(recall.finished) == cues.members
        found = {
            "status": "done" if whole else "time limit",
            "correct_rate": float(np.mean(recall.correct)) if whole else None,
            "overlap": float(np.mean(recall.overlaps)) if whole else None,
            "settled_rate": float(np.mean(recall.settled)) if whole else None,
            "load": memory.load,
        }
        return str(found["status"]), {name: plain(found[name]) for name in study.metrics}, None


def scattered_weights(weights: Weights, scatter: Scatter, seed: int, part: int) -> Weights:
    """Return the couplings of part number `part`; each of them is a resistor of its own, W is not symmetric.

    A coupling that is `open` is cut. A `dead` amplifier has the output in the middle of its rails, a `stuck`
    one stays at a rail: their couplings act as thresholds.
    """
    W, threshold, n = weights.W.copy(), weights.threshold.copy(), weights.size
    names = [f"{i},{j}" for i in range(n) for j in range(n)]
    if scatter.bits is not None:
        W = quantised(W, scatter.bits, scatter.scale or float(np.abs(W).max()))
    if scatter.tolerance:
        W = W * (1.0 + scatter.tolerance * deviations(seed, "value", part, names, scatter.law).reshape(n, n))
    if scatter.open:
        W = np.where(uniforms(seed, "broken", part, names).reshape(n, n) < scatter.open, 0.0, W)
    units = [str(k) for k in range(n)]
    if scatter.dead or scatter.stuck:
        drawn, side = (uniforms(seed, stream, part, units) for stream in ("amplifier", "rail"))
        dead, stuck = drawn < scatter.dead, drawn >= 1.0 - scatter.stuck
        broken = np.flatnonzero(dead | stuck)
        signs = np.where(dead, 0.0, np.where(side < 0.5, -1.0, 1.0))[broken]
        threshold = threshold - W[:, broken] @ weights.levels(signs)
        W[:, broken] = 0.0
    return replace(weights, W=W, threshold=threshold)
