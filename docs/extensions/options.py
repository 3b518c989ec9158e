"""The options of all formulations, as tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from generated import Written
from sphinx.application import Sphinx

from analoghop.optimise import PROBLEMS, entry
from analoghop.optimise.catalogue.options import options_table


class Options(Written):
    """A section for each formulation."""

    def markdown(self) -> Iterator[str]:
        """Yield a table for each: option, values, unit, default, meaning."""
        homes: defaultdict[type[Any], list[str]] = defaultdict(list)
        for problem in PROBLEMS:
            for formulation in entry(problem).formulations.values():
                homes[formulation].append(problem)
        for formulation, problems in homes.items():
            yield from ("", f"## `{formulation.name}` of {', '.join(problems)}", "")
            yield from (f"{formulation.purpose[0].upper()}{formulation.purpose[1:]}.", "")
            yield from ("| option | values | unit | default | meaning |", "|---|---|---|---|---|")
            for row in options_table(formulation).values():
                cells = (f"`{row.name}`", row.values, row.option.unit, row.standard, row.option.meaning)
                yield f"| {' | '.join(cells)} |"


def setup(app: Sphinx) -> dict[str, bool]:
    """Add the directive."""
    app.add_directive("formulation-options", Options)
    return {"parallel_read_safe": False}
