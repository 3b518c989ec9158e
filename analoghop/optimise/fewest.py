"""`fewest_colours`: the smallest number of colours that a circuit finds, descending from DSATUR's number."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Protocol

from analoghop.limits import Limits
from analoghop.problems.baselines.dsatur import clique, dsatur
from analoghop.problems.colouring.instance import Colouring
from analoghop.problems.result import Result

UPWARDS = 5
"""Number of larger numbers of colours that are tried if the circuit fails with DSATUR's number."""
SHARE = 0.8
"""Share of the time for the trials of smaller numbers; the starts at the final number have the rest."""


class Attempt(Protocol):
    """A function that solves an instance with a given number of colours."""

    def __call__(self, problem: Colouring, limits: Limits, *, first: bool) -> Result:
        """Return the result within `limits`; with `first`, of the starts up to the first valid batch."""


def fewest_colours(problem: Colouring, attempt: Attempt, limits: Limits) -> Result | None:
    """Return the result at the smallest number of colours that is found; None if a number is given.

    DSATUR's number is tried first (the largest degree plus one, if the time ends before DSATUR does), then
    one less than the last answer used, until a trial fails, a clique proves that fewer are impossible, or the
    time is over. If the circuit fails with DSATUR's number, larger ones are tried. All starts are made at the
    number found; if time is too short, the result is that of the starts that found it. The parameters list
    the numbers `tried`, and the `clique`.
    """
    if problem.colours is not None:
        return None
    wall, cpu = time.monotonic(), time.process_time()
    down = limits.within(SHARE)
    bound, greedy = clique(problem.graph, limits=down), dsatur(problem.graph, limits=down)
    # Without DSATUR's number the bound of greedy colouring is used, the largest degree plus one.
    k = 1 + int(problem.graph.degrees.max() if greedy is None else greedy.max())
    tried: list[int] = []
    fewest: int | None = None
    found: Result | None = None
    while True:
        try:
            result = attempt(replace(problem, colours=k), down, first=True)
        except KeyboardInterrupt:
            if found is None or limits.insistent:
                raise
            break
        tried.append(k)
        if result.valid:
            found, fewest = result, len(set(result.answer or ()))
            k = fewest - 1
        elif fewest is not None or len(tried) > UPWARDS:
            break
        else:
            k += 1
        if down.over or k in tried or (fewest is not None and k < bound):
            break
    final = found
    if final is None or not limits.interrupted:
        final = attempt(replace(problem, colours=fewest or tried[-1]), limits, first=False)
        if found is not None and not final.valid:
            final = replace(found, baselines=final.baselines)
    return replace(
        final,
        parameters={**final.parameters, "clique": bound, "tried": " ".join(map(str, tried))},
        cpu_s=time.process_time() - cpu,
        wall_s=time.monotonic() - wall,
        interrupted=limits.interrupted,
    )
