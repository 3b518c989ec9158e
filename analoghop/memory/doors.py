"""`door`: the public form of studies and `compare`, with `threads`, `time_limit` and `progress`."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from functools import update_wrapper
from typing import Any, TypeVar

from analoghop.limits import Limits, Progress
from analoghop.memory import models
from analoghop.memory.studies import correction as _correction
from analoghop.memory.studies import heat as _heat
from analoghop.memory.studies import recall_rates
from analoghop.memory.studies import sequence as _sequence

Result = TypeVar("Result")

_OPTIONS = """

    `threads` share the work. `time_limit` (s of wall clock) and Ctrl-C end it; complete results are returned.
    `progress`: True for a bar on standard error, or a function of a `Tally`.
    """


def door(work: Callable[..., Result]) -> Callable[..., Result]:
    """Return `work` with the options `threads`, `time_limit` and `progress` instead of its `limits`."""

    def opened(
        *given: Any,
        threads: int = 1,
        time_limit: float | None = None,
        progress: bool | Progress = False,
        **options: Any,
    ) -> Result:
        with Limits(time_limit, threads=threads, progress=progress) as limits:
            return work(*given, limits=limits, **options)

    own = [each for each in inspect.signature(work).parameters.values() if each.name != "limits"]
    more = inspect.signature(opened).parameters
    update_wrapper(opened, work)
    new = [more[name] for name in ("threads", "time_limit", "progress")]
    opened.__signature__ = inspect.signature(work).replace(parameters=own + new)  # type: ignore[attr-defined]
    opened.__doc__ = (work.__doc__ or "").rstrip() + _OPTIONS
    return opened


compare = door(models.compare)
correction = door(_correction.correction)
capacity = door(recall_rates.capacity)
basin = door(recall_rates.basin)
gain = door(recall_rates.gain)
heat = door(_heat.heat)
faults = door(recall_rates.faults)
visits = door(_sequence.visits)
