"""The fuzzers find what breaks a promise, and find nothing in the seconds that they have here."""

import subprocess
import sys
import time
from pathlib import Path
from random import Random

import pytest

from analoghop.circuit import netlist
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.errors import InputError, NumericalError
from fuzz import decks, hunt
from fuzz.changes import changed
from fuzz.hunt import Broken, tried

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(("name", "seconds"), [("decks", 3), ("formats", 2)])
def test_nothing_is_found_in_some_seconds(tmp_path: Path, name: str, seconds: int) -> None:
    words = ["--seconds", str(seconds), "--seed", "5", "--out", str(tmp_path / "found")]
    done = subprocess.run(
        [sys.executable, "-m", f"fuzz.{name}", *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    stories = [path.read_text() for path in (tmp_path / "found").glob("*.txt")]
    assert (done.returncode, stories) == (0, []), done.stdout + done.stderr


def raising(error: Exception):
    def attempt(content: bytes) -> None:
        raise error

    return attempt


@pytest.mark.parametrize(
    ("attempt", "kind"),
    [
        (raising(InputError("no")), ""),
        (raising(NumericalError("no")), ""),
        (raising(ValueError("no")), "ValueError in test_fuzz.py:attempt"),
        (raising(RecursionError("no")), "RecursionError in test_fuzz.py:attempt"),
        (raising(Broken("a promise")), "a promise"),
        (lambda content: None, ""),
    ],
)
def test_a_broken_promise_is_a_finding(attempt, kind: str) -> None:
    assert tried(attempt, b"")[0] == kind


def test_an_input_that_takes_long_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    def busy(content: bytes) -> None:
        end = time.process_time() + 0.1
        while time.process_time() < end:
            pass

    monkeypatch.setattr(hunt, "SECONDS", 0.05)
    assert tried(busy, b"") == ("slow", "0.1 s")


def test_an_input_that_takes_much_memory_is_a_finding(monkeypatch: pytest.MonkeyPatch) -> None:
    peaks = iter([100_000, 100_000 + 501 * 1024])
    monkeypatch.setattr(hunt, "_peak", lambda: next(peaks))
    assert tried(lambda content: None, b"") == ("large", "501 MB")


def test_half_of_the_decks_of_the_grammar_are_circuits() -> None:
    sound = 0
    for k in range(60):
        text = decks.from_grammar(Random(k)).decode()
        try:
            compile_circuit(netlist.parse(text))
        except InputError:
            continue
        sound += 1
    assert sound >= 20


def test_changes_are_those_of_the_generator() -> None:
    whole = b"one two 3\nfour 5\n"
    assert changed(Random(3), whole) == changed(Random(3), whole)
    assert len({changed(Random(k), whole) for k in range(50)}) > 30
