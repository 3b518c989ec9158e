"""`door`: the public form of studies and `compare`, with the options that every call has."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import replace
from functools import update_wrapper
from typing import Any, TypeVar

from analoghop.engines import Engine
from analoghop.engines.choice import EngineName
from analoghop.limits import Limits, Progress, limited
from analoghop.memory import models
from analoghop.memory.studies import correction as _correction
from analoghop.memory.studies import heat as _heat
from analoghop.memory.studies import recall_rates
from analoghop.memory.studies import sequence as _sequence

Result = TypeVar("Result")

_OPTIONS = """

    `engine`: a name or an engine, in the place of that of what runs. `threads` share the work. `time_limit`
    (s of wall clock) and Ctrl-C end it; complete results are returned. `progress`: True for a bar on standard
    error, or a function of a `Tally`. `limits` stand for `threads`, `time_limit` and `progress` together.
    """


def door(work: Callable[..., Result]) -> Callable[..., Result]:
    """Return `work` with the options `engine`, `threads`, `time_limit`, `progress` and `limits`.

    Where `work` has no `engine`, its first argument, a recipe, a model or several, holds it.
    """
    signature = inspect.signature(work)
    first, *others = signature.parameters.values()

    def opened(
        *given: Any,
        engine: EngineName | Engine | None = None,
        threads: int | None = None,
        time_limit: float | None = None,
        progress: bool | Progress = False,
        limits: Limits | None = None,
        **options: Any,
    ) -> Result:
        wanted = signature.bind_partial(*given, **options).arguments
        if engine is not None:
            if "engine" in signature.parameters:
                wanted["engine"] = engine
            elif first.name in wanted:
                wanted[first.name] = _with_engine(wanted[first.name], engine)
        with limited(limits, time_limit=time_limit, threads=threads, progress=progress) as within:
            return work(**wanted, limits=within)

    own = [first, *(each for each in others if each.name not in ("engine", "limits"))]
    more = inspect.signature(opened).parameters
    update_wrapper(opened, work)
    new = [more[name] for name in ("engine", "threads", "time_limit", "progress", "limits")]
    opened.__signature__ = signature.replace(parameters=own + new)  # type: ignore[attr-defined]
    opened.__doc__ = (work.__doc__ or "").rstrip() + _OPTIONS
    return opened


def _with_engine(runs: Any, engine: EngineName | Engine) -> Any:
    if isinstance(runs, (list, tuple)):
        return [replace(one, engine=engine) for one in runs]
    return replace(runs, engine=engine)


compare = door(models.compare)
correction = door(_correction.correction)
capacity = door(recall_rates.capacity)
basin = door(recall_rates.basin)
gain = door(recall_rates.gain)
heat = door(_heat.heat)
faults = door(recall_rates.faults)
visits = door(_sequence.visits)
