"""`Classic`: a figure of the literature, with the function that computes it and the one that draws it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from analoghop.ensembles.streams import check_seed
from analoghop.limits import Limits, Progress, limited
from analoghop.study.findings import Findings

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@dataclass(frozen=True)
class Classic:
    """A figure of the literature.

    `name`: authors and year. `title`: what is shown. `source`: the publication with the number of the figure
    or the page. `statement`: what the publication states with it, in our words. `checked`: the published
    number that is checked. `seconds`: processor time that it took where it was measured. `compute` takes a
    seed and limits and returns `Findings` whose facts have the published numbers; `draw` draws them.
    """

    name: str
    title: str
    source: str
    statement: str
    checked: str
    seconds: float
    compute: Callable[[int, Limits], Findings]
    draw: Callable[[Findings], Figure]

    def reproduce(
        self,
        seed: int = 0,
        *,
        threads: int | None = None,
        time_limit: float | None = None,
        progress: bool | Progress = False,
        limits: Limits | None = None,
    ) -> Findings:
        """Return arrays, facts and report of the figure; `plot()` of the findings is the picture.

        `seed` is that of all random numbers. `threads` share the work; `time_limit` (s of wall clock) and
        Ctrl-C end it, and complete parts are returned. `progress`: True for a bar on standard error, or a
        function of a `Tally`. `limits` stand for the three together. Raises `InputError` for a bad seed.
        """
        check_seed(seed, "seed")
        found: Findings | None = None
        with (
            limited(limits, time_limit=time_limit, threads=threads, progress=progress) as within,
            within.heed(),
        ):
            found = self.compute(seed, within)
        if found is None:  # Ctrl-C came where nothing was complete
            raise KeyboardInterrupt
        return replace(found, drawing=self.draw, record={**found.record, "seed": seed})
