"""The `* expect` lines of a deck: what should come out of it.

* expect v(x) at 2m = 0.95 tol 0.01      also `at end`, and `>` or `<` without a tolerance
* expect measure NAME = 3m tol 1u        the result of a .meas line
* expect status settled                  one of the values of `Status`
* expect energy guaranteed               or `not guaranteed`, or `none`
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from analoghop.errors import InputError, shown

_FORM = re.compile(
    r"(?:measure (?P<measure>\S+)|(?P<signal>\S+) at (?P<time>\S+))"
    r" (?P<relation>[=<>]) (?P<value>\S+)(?: tol (?P<tol>\S+))?"
)
_LINE = re.compile(r"^\*\s?expect\s", re.IGNORECASE)


class Expected(NamedTuple):
    """One line: `kind` "signal", "measure", "status" or "energy"; `time` in s, None at the end."""

    kind: str
    subject: str
    time: float | None = None
    relation: str = "="
    value: float = 0.0
    tolerance: float = 0.0

    @property
    def at_end(self) -> bool:
        """Whether it can be judged by the status and the signals at the end."""
        return self.kind == "status" or (self.kind == "signal" and self.time is None)

    def holds(self, got: float | None) -> bool:
        """Return whether a number fulfils the expectation."""
        if got is None:
            return False
        if self.relation == "=":
            return abs(got - self.value) <= self.tolerance
        return got > self.value if self.relation == ">" else got < self.value


def expected(texts: Iterable[str]) -> tuple[Expected, ...]:
    """Return the expectations in the first of the texts of a deck; raises `InputError` for a wrong one."""
    first = next(iter(texts), "")
    return tuple(_expectation(" ".join(x.split())) for x in first.splitlines() if _LINE.match(x))


def _expectation(line: str) -> Expected:
    from analoghop.circuit.expressions import parse_quantity

    body = _LINE.sub("", line).lower()
    for kind in ("status", "energy"):
        if body.startswith(kind + " "):
            return Expected(kind, body.removeprefix(kind + " "))
    found = _FORM.fullmatch(body)
    if found is not None:
        numbers = {
            name: parse_quantity(found[name]) for name in ("value", "tol", "time") if found[name] is not None
        }
        if found["time"] == "end":
            numbers.pop("time")
        if None not in numbers.values() and (found["relation"] == "=") == ("tol" in numbers):
            kind = "measure" if found["measure"] else "signal"
            return Expected(
                kind, found["measure"] or found["signal"], numbers.get("time"), found["relation"],
                numbers["value"] or 0.0, numbers.get("tol") or 0.0,
            )  # fmt: skip
    raise InputError(f"{shown(line, 80)!r} is no expectation, expected such as `* expect v(x) at end > 0.5`")


def met(wanted: Iterable[Expected], facts: Mapping[str, Any], signals: Mapping[Any, float | None]) -> bool:
    """Return whether all expectations hold.

    `facts` has "status", "energy" and the measurements as "measure NAME"; `signals` maps (name, time).
    """
    for one in wanted:
        if one.kind in ("status", "energy"):
            got = facts.get(one.kind)
            also = one.kind == "energy" and one.subject == "not guaranteed" and got == "none"
            holds = got == one.subject or also
        elif one.kind == "measure":
            holds = one.holds(facts.get(f"measure {one.subject}"))
        else:
            holds = one.holds(signals.get((one.subject, one.time)))
        if not holds:
            return False
    return True


class EndOfRun:
    """Expectations of the end of a run; `signals` are the names that they read."""

    def __init__(self, wanted: tuple[Expected, ...]) -> None:
        self._wanted = wanted
        self.signals = [one.subject for one in wanted if one.kind == "signal"]

    def met(self, status: str, finals: Mapping[str, float | None]) -> bool:
        """Return whether all hold for a run with this status and these values of signals at its end."""
        signals = {(name, None): value for name, value in finals.items()}
        return met(self._wanted, {"status": status}, signals)
