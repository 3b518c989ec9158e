"""`option_lines`: the options of a problem's formulations, for the help of `solve` and `encode`."""

from __future__ import annotations

import shutil
import textwrap
from argparse import Namespace
from collections.abc import Iterator

INDENT = 22
"""Column of the meanings."""


def option_lines(arguments: Namespace) -> Iterator[str]:
    """Yield the options of the problem that is named, by formulation; nothing for an unknown problem."""
    if arguments.problem is None:
        return
    from analoghop.optimise import ALIASES, PROBLEMS, entry
    from analoghop.optimise.catalogue.options import options_table

    problem, formulation = arguments.problem, arguments.formulation
    if problem not in (*PROBLEMS, *ALIASES):
        return
    width = max(shutil.get_terminal_size().columns - 2, 60)
    for name, one in entry(problem).formulations.items():
        if formulation not in (None, name):
            continue
        yield f"\noptions of {problem} by {name} (--set NAME=VALUE): {one.purpose}"
        for row in options_table(one).values():
            unit = f", unit: {row.option.unit}" if row.option.unit else ""
            told = f"{row.option.meaning}; {row.values}{unit}; default: {row.standard}"
            head = f"  {row.name} ".ljust(INDENT)
            yield from textwrap.wrap(
                told, width, initial_indent=head, subsequent_indent=" " * INDENT, break_on_hyphens=False
            )
