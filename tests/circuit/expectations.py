"""The `* expect` lines of a deck: what must come out of it, wherever it is run.

* expect v(x) at 2m = 0.95 tol 0.01      also `at end`, and `>` or `<` without a tolerance
* expect measure NAME = 3m tol 1u        the result of a .meas line
* expect status settled                  one of the values of `Status`
* expect energy guaranteed               or `not guaranteed`, or `none`
* expect dc forward v(x) at 0.5 = 1 tol 1u   of `.dc`, there or back; `dc fold forward`, `dc measure NAME`
* expect ac vdb(x) at 1k = -3 tol 0.1        of `.ac`; `ac measure NAME`
* expect noise onoise at 1k = 4n tol 1p      of `.noise`; `noise measure onoise_total`
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Literal

import numpy as np

NUMBER = r"([-+]?(?:\d+\.?\d*|\.\d+)(?:e[-+]?\d+)?)(meg|[fpnumkgt])?"
SUFFIXES = {"f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "": 0, "k": 3, "meg": 6, "g": 9, "t": 12}
QUANTITY = re.compile(
    rf"(?:measure (?P<measure>\S+)|(?P<fold>fold (?:forward|backward))"
    rf"|(?P<signal>(?:(?:forward|backward) )?\S+) at (?P<time>end|{NUMBER}))"
    rf" (?P<relation>[=<>]) (?P<value>{NUMBER})(?: tol (?P<tol>{NUMBER}))?",
    re.IGNORECASE,
)
STATUS = re.compile(r"status (settled|time up|time limit|stopped|failed)")
ENERGY = re.compile(r"energy (guaranteed|not guaranteed|none)")


@dataclass(frozen=True)
class Expectation:
    """One line: `kind` says which of the fields count; `time` in seconds, None at the end."""

    text: str
    kind: Literal["signal", "measure", "status", "energy"]
    subject: str
    time: float | None = None
    relation: str = "="
    value: float = 0.0
    tolerance: float = 0.0
    analysis: str = "tran"


def parse_expectations(text: str) -> list[Expectation]:
    """Return the expectations of a deck; raises ValueError for a line that begins as one and is none."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return [_parse(line) for line in lines if re.match(r"\*\s?expects?\b", line, re.IGNORECASE)]


def _parse(line: str) -> Expectation:
    body = re.sub(r"^\*\s?expect ", "", line.lower())
    analysis = next((word for word in ("dc", "ac", "noise") if body.startswith(f"{word} ")), "tran")
    body = body.removeprefix(f"{analysis} ")
    for kind, pattern in (("status", STATUS), ("energy", ENERGY)):
        if match := pattern.fullmatch(body):
            return Expectation(line, kind, match[1])
    match = QUANTITY.fullmatch(body)
    if match is None or (match["relation"] == "=") != (match["tol"] is not None):
        raise ValueError(f"this is no expectation: {line!r}")
    time = None if match["time"] in (None, "end") else _number(match["time"])
    named = match["measure"] or match["fold"]
    kind, subject = ("measure", named) if named else ("signal", match["signal"])
    tolerance = _number(match["tol"]) if match["tol"] else 0.0
    value = _number(match["value"])
    return Expectation(line, kind, subject, time, match["relation"], value, tolerance, analysis)


def _number(text: str) -> float:
    match = re.fullmatch(NUMBER, text, re.IGNORECASE)
    assert match is not None
    return float(Decimal(match[1]).scaleb(SUFFIXES[match[2] or ""]))


def failures(
    text: str, run: Any, measurements: Mapping[str, float | None], analysis: str = "tran"
) -> list[str]:
    """Return a sentence for each expectation of a deck that does not hold for `run` of an `analysis`.

    `run` has `times` and `run[signal]`; where it has no `status` or `energy` (ngspice), these are not judged.
    """
    wanted = [e for e in parse_expectations(text) if e.analysis == analysis]
    sentences = (_failure(expectation, run, measurements) for expectation in wanted)
    return [sentence for sentence in sentences if sentence]


def _failure(expectation: Expectation, run: Any, measurements: Mapping[str, float | None]) -> str | None:
    if expectation.kind in ("status", "energy"):
        if not hasattr(run, expectation.kind):
            return None
        judge = _status if expectation.kind == "status" else _energy
        holds, got = judge(expectation.subject, run)
    else:
        holds, got = _quantity(expectation, run, measurements)
    return None if holds else f"{expectation.text}: got {got}"


def _status(wanted: str, run: Any) -> tuple[bool, object]:
    return run.status.value == wanted, run.status.value


def _energy(wanted: str, run: Any) -> tuple[bool, object]:
    guaranteed = run.energy is not None and run.energy.guaranteed
    got = "none" if run.energy is None else "guaranteed" if guaranteed else "not guaranteed"
    return got == wanted or (wanted == "not guaranteed" and not guaranteed), got


def _quantity(
    expectation: Expectation, run: Any, measurements: Mapping[str, float | None]
) -> tuple[bool, object]:
    if expectation.kind == "measure":
        got = measurements.get(expectation.subject)
        if got is None:
            return False, "no result"
    else:
        values = np.asarray(run[expectation.subject])
        at = run.times[-1] if expectation.time is None else expectation.time
        if not run.times[0] <= at <= run.times[-1]:
            return False, f"times from {run.times[0]:g} to {run.times[-1]:g} s only"
        got = float(np.interp(at, run.times, values))
    holds = {
        "=": abs(got - expectation.value) <= expectation.tolerance,
        ">": got > expectation.value,
        "<": got < expectation.value,
    }
    return holds[expectation.relation], got
