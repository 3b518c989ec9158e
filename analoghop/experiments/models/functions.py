"""`FunctionSubject`: a Python function of the values of the axes."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from typing import Any

from analoghop.errors import InputError
from analoghop.experiments.models.base import Computed, Job, Subject, one_by_one
from analoghop.experiments.models.readings import plain
from analoghop.experiments.plan.points import Point
from analoghop.experiments.plan.study import Study
from analoghop.limits import Limits
from analoghop.memory.studies.trials import mixed

_CHUNK = 64


class FunctionSubject(Subject):
    """A function that returns a number or a mapping of metrics.

    It is called with the values of the axes by name, and where it takes them with `seed`, a whole number that
    depends on the study's seed and on the draws alone, `part`, `start` and `noise`. An exception of its own
    makes the row "error".
    """

    def __init__(self, study: Study) -> None:
        self._study = study
        self._function = _found(study.model)
        name = f"{self._function.__module__}:{self._function.__qualname__}"
        self.identity = {"function": name, "source": _source(self._function)}
        self._taken = set(inspect.signature(self._function).parameters)

    @property
    def chunk(self) -> int:
        """Number of points that are computed together."""
        return _CHUNK

    def check(self) -> None:
        """Raise `InputError` for an axis that is no argument of the function."""
        kinds = [p.kind for p in inspect.signature(self._function).parameters.values()]
        if inspect.Parameter.VAR_KEYWORD in kinds:
            return
        for name in self._study.axis_names:
            if name not in self._taken:
                raise InputError(f"the function {self.identity['function']} has no argument `{name}`")

    def compute(self, jobs: Sequence[Job], limits: Limits) -> list[Computed]:
        """Call the function for each point."""
        return one_by_one(jobs, limits, None, self._one)

    def _one(self, point: Point, limits: Limits) -> tuple[str, Mapping[str, Any], None]:
        draws = {"part": point.part, "start": point.start, "noise": point.noise}
        numbers = [0 if value is None else value + 1 for value in draws.values()]
        known = {**draws, "seed": mixed(self._study.drawn.seed, *numbers)}
        given = {name: value for name, value in known.items() if name in self._taken}
        try:
            found = self._function(**{**given, **point.values})
        except Exception as error:
            raise InputError(f"{type(error).__name__}: {error}") from error
        metrics = found if isinstance(found, Mapping) else {"value": found}
        return "done", {str(name): plain(value) for name, value in metrics.items()}, None


def _found(model: Any) -> Callable[..., Any]:
    if callable(model):
        return model  # type: ignore[no-any-return]
    name = str(model["function"])
    module, _, inner = name.partition(":")
    try:
        found = getattr(import_module(module), inner)
    except (ImportError, AttributeError, ValueError) as error:
        raise InputError(f"the function {name!r} is not found, expected module:name: {error}") from error
    if not callable(found):
        raise InputError(f"{name!r} is no function")
    return found  # type: ignore[no-any-return]


def _source(function: Callable[..., Any]) -> str:
    """Return the text of a function, "" where there is none, so that an edited one is computed again."""
    try:
        return inspect.getsource(function)
    except (OSError, TypeError):
        return ""
