"""`fewest_colours`: the smallest number of colours that a circuit finds, from DSATUR's number down."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import Protocol

from analoghop.limits import Limits
from analoghop.problems.baselines.dsatur import clique, dsatur
from analoghop.problems.colouring.instance import Colouring
from analoghop.problems.result import Result

UPWARDS = 5
"""Numbers of colours above DSATUR's that are tried where the circuit does not find that one."""
SHARE = 0.8
"""Share of the time in which smaller numbers are tried; the starts at the number found have the rest."""


class Attempt(Protocol):
    """What solves an instance whose number of colours is given."""

    def __call__(self, problem: Colouring, limits: Limits, *, first: bool) -> Result:
        """Return what came of it within `limits`, with `first` of the starts up to the first valid batch."""


def fewest_colours(problem: Colouring, attempt: Attempt, limits: Limits) -> Result | None:
    """Return the result at the smallest number of colours that is found; None where a number is given.

    DSATUR's number comes first (the largest degree plus one, where the time is up before that is known), then
    one less than was used, until one is not found, a clique shows that there are none below, or the time is
    up. Where DSATUR's number is not found, larger ones are tried. All starts are made at the number found;
    where time is too short for them, the result is that of the starts that found it. The parameters tell
    which were `tried`, and the `clique`.
    """
    if problem.colours is not None:
        return None
    wall, cpu = time.monotonic(), time.process_time()
    down = limits.within(SHARE)
    bound, greedy = clique(problem.graph, limits=down), dsatur(problem.graph, limits=down)
    # Without DSATUR's number there is that of any greedy colouring, one more than the largest degree.
    k = 1 + int(problem.graph.degrees.max() if greedy is None else greedy.max())
    tried: list[int] = []
    fewest: int | None = None
    found: Result | None = None
    while True:
        result = attempt(replace(problem, colours=k), down, first=True)
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
    final = attempt(replace(problem, colours=fewest or tried[-1]), limits, first=False)
    if found is not None and not final.valid:
        final = replace(found, baselines=final.baselines)
    return replace(
        final,
        parameters={**final.parameters, "clique": bound, "tried": " ".join(map(str, tried))},
        cpu_s=time.process_time() - cpu,
        wall_s=time.monotonic() - wall,
    )
