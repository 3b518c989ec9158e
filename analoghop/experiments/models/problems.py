"""`ProblemSubject`: `solve` over instances, formulations and settings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from analoghop.errors import InputError, nearest
from analoghop.experiments.models.base import Computed, Job, Subject, one_by_one
from analoghop.experiments.models.readings import plain
from analoghop.experiments.plan.points import Point
from analoghop.experiments.plan.study import Study
from analoghop.formats.intake import read_bytes
from analoghop.limits import Limits
from analoghop.memory.studies.trials import mixed
from analoghop.optimise import solve
from analoghop.optimise.catalogue import CatalogueEntry, entry
from analoghop.problems.base import Problem

NUMBERS = (
    "valid_rate", "cost_best", "cost_mean", "cost_median", "best_known", "gap_best", "gap_mean", "gap_median",
    "success_rate", "evaluations", "cpu_s", "wall_s", "size",
)  # fmt: skip
"""Metrics: keys of the JSON of `solve`, and "status", "searched_gap", "searched_cost"."""
MORE = ("status", "searched_cost", "searched_gap")
OWN = ("instance", "formulation", "starts", "search", "target")
"""Axes beside the settings of the formulation."""


class ProblemSubject(Subject):
    """A problem; axes are `instance`, `formulation`, `starts`, `search`, `target` and settings of it.

    `draws.starts` numbers runs of `solve`, each with the seed of its number.
    """

    def __init__(self, study: Study) -> None:
        assert isinstance(study.model, Mapping), "the model of a problem is a table"
        self._study, self._model = study, dict(study.model)
        self._entry: CatalogueEntry = entry(str(self._model["problem"]))
        self._instances: dict[str, Problem] = {}
        names = [
            v[k] for one in study.axes for k, n in enumerate(one.names) if n == "instance" for v in one.values
        ]
        if not names and "instance" not in self._model:
            raise InputError("the model has no `instance`, and no axis is called so")
        texts = {str(name): self._text(name) for name in names or [self._model["instance"]]}
        self.identity = {**{k: v for k, v in self._model.items() if k != "instance"}, "instances": texts}

    def _text(self, name: Any) -> str:
        place = self._place(name)
        return read_bytes(place).decode("utf-8", "replace") if Path(place).is_file() else str(name)

    def _place(self, name: Any) -> str:
        """Return the path of an instance, or the number that makes one, such as that of queens."""
        if isinstance(name, float) and name.is_integer():
            return str(int(name))
        path = Path(self._study.directory) / str(name)
        return str(path) if path.is_file() else str(name)

    def check(self) -> None:
        """Raise `InputError` for unknown formulations, settings and metrics, and for instances not read."""
        for name in self._study.metrics:
            if name not in (*NUMBERS, *MORE):
                known = (*NUMBERS, *MORE)
                raise InputError(f"a problem has no metric `{name}`{nearest(name, known)}")
        from analoghop.experiments.plan.points import points

        first = next(iter(points(self._study)))
        given = self._given(first.values)
        self._instance(given["instance"])
        self._entry.formulation(given["formulation"])(**given["settings"])

    def compute(self, jobs: Sequence[Job], limits: Limits) -> list[Computed]:
        """Solve each point."""
        return one_by_one(jobs, limits, self._study.wall, self._one)  # type: ignore[arg-type]

    def _given(self, values: Mapping[str, Any]) -> dict[str, Any]:
        given = {name: values.get(name, self._model.get(name)) for name in OWN}
        settings = dict(self._model.get("settings", {}))
        settings |= {n.removeprefix("settings."): v for n, v in values.items() if n not in OWN}
        return {**given, "settings": settings}

    def _instance(self, name: Any) -> Problem:
        place = self._place(name)
        if place not in self._instances:
            self._instances[place] = self._entry.read(place)
        return self._instances[place]

    def _one(self, point: Point, limits: Limits) -> tuple[str, dict[str, Any], None]:
        given = self._given(point.values)
        starts = given["starts"]
        result = solve(
            self._instance(given["instance"]),
            given["formulation"],
            starts=None if starts is None else int(starts),
            seed=mixed(self._study.drawn.seed, 0 if point.start is None else point.start + 1),
            search=given["search"],
            target=given["target"],
            settings=given["settings"],
            baselines=False,
            engine=str(self._study.engine.get("name", "auto")),
            limits=limits,
        )
        found = result.to_dict()
        search = found.get("search") or {}
        found |= {f"searched_{name}": search.get(f"{name}_best") for name in ("cost", "gap")}
        status = "time limit" if result.cut and not math.isinf(limits.left) else "done"
        found["status"] = status
        return status, {name: plain(found.get(name)) for name in self._study.metrics}, None
