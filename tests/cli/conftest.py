"""Commands as they are given, and what they answer; decks that are quick to run."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from analoghop.cli import main
from analoghop.formats.memories.patterns import Patterns, write_patterns
from analoghop.memory.patterns import Memory

from .documented import check_documented

DECKS = Path(__file__).parents[2] / "circuits"
FLIPFLOP = DECKS / "flipflop.cir"
RING = DECKS / "ring_oscillator.cir"

RC = """Step into R and C
V1 in 0 PULSE(0 1 0.1m 1u 1u 1 2)
R1 in a 1k
C1 a 0 100n
.tran 10u 1m uic
.meas tran half WHEN v(a)=0.5
.meas tran never WHEN v(a)=5
.end
"""


ABOUT = {"version", "command", "engine", "interrupted"}
"""What every JSON object says of how it came about."""


class Answer(NamedTuple):
    """Exit code and what was printed."""

    code: int
    out: str
    err: str

    @property
    def value(self) -> Any:
        """The one JSON value on standard output; fails for NaN, for anything beside it, for unknown keys."""

        def refuse(word: str) -> None:
            raise AssertionError(f"{word} is not JSON")

        value = json.loads(self.out, parse_constant=refuse)
        check_documented(value)
        return value


Command = Callable[..., Answer]


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str]) -> Command:
    """Run `analoghop` with these words."""

    def run(*words: object) -> Answer:
        code = main([str(word) for word in words])
        printed = capsys.readouterr()
        assert isinstance(code, int)
        return Answer(int(code), printed.out, printed.err)

    return run


@pytest.fixture
def rc(tmp_path: Path) -> Path:
    """A deck that takes milliseconds."""
    deck = tmp_path / "rc.cir"
    deck.write_text(RC)
    return deck


@pytest.fixture
def patterns(tmp_path: Path) -> Path:
    """Three random patterns of 6 x 10 bits."""
    path = tmp_path / "three.txt"
    write_patterns(path, Patterns(Memory.random(60, 3, 0).patterns, (6, 10)))
    return path
