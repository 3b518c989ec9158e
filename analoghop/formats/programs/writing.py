"""`write_lp`: a program of 0/1 variables as an LP file."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from analoghop.errors import InputError
from analoghop.formats.files import write_text
from analoghop.formats.graphs.rudy import shown
from analoghop.formats.programs.program import Program
from analoghop.formats.programs.scan import plain_name

WIDTH = 8
"""Terms on a line."""


def write_lp(path: str | Path, program: Program, comment: str = "") -> None:
    """Write `program` to a file that `read_lp`, and other programs, read as an equal one.

    Raises `InputError` for a name that LP files cannot hold, and for a path that cannot be written.
    """
    for name in (*program.names, *(row.name for row in program.rows)):
        if not plain_name(name):
            raise InputError(f"an LP file cannot hold the name {name!r}: letters and digits, a letter first")
    lines = [f"\\ {part}" for part in comment.splitlines()]
    lines += ["Minimize" if program.sense == "min" else "Maximize", " obj:"]
    # A reader numbers the variables as they appear, so that those without a coefficient are named too.
    linear = [f"{_signed(program.linear.get(k, 0.0))} {name}" for k, name in enumerate(program.names)]
    lines += _wrapped([*linear, *([_signed(program.constant)] if program.constant else [])])
    if program.quadratic:
        names = program.names
        pairs = [f"{_signed(2 * c)} {names[a]} * {names[b]}" for (a, b), c in program.quadratic.items()]
        lines += ["  + [", *_wrapped(pairs), "  ] / 2"]
    lines.append("Subject To")
    for row in program.rows:
        terms = _wrapped(f"{_signed(value)} {program.names[k]}" for k, value in row.terms)
        sense = "=" if row.sense == "==" else row.sense
        lines += [f" {row.name}:", *terms, f"  {sense} {shown(row.bound)}"]
    lines.append("Bounds")
    lines += [f" {program.names[k]} = {value}" for k, value in program.fixed.items()]
    lines += ["Binary", *_wrapped(program.names), "End"]
    write_text(path, "\n".join([*lines, ""]))


def _signed(value: float) -> str:
    text = shown(value)
    return f"- {text[1:]}" if text.startswith("-") else f"+ {text}"


def _wrapped(words: Iterable[str]) -> list[str]:
    found = list(words)
    return ["  " + " ".join(found[k : k + WIDTH]) for k in range(0, len(found), WIDTH)]
