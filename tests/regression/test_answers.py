"""The package answers what it answered before: command line and library, on small cases of every kind."""

import json
from importlib.util import find_spec

import pytest

from .cases import ANSWERS, CASES, COMPILED, THREADED, answer
from .comparison import differences

SAMPLERS = find_spec("dwave") is not None
ANNEALED = tuple(f"baselines.simulated annealing{more} is missing" for more in ("", ", best of 10"))
"""Ends of the differences that a missing extra `dimod` makes."""


@pytest.fixture(scope="module")
def stored() -> dict[str, object]:
    return json.loads(ANSWERS.read_text())


def check(name: str, stored: dict[str, object], threads: int) -> None:
    if name in COMPILED:
        pytest.importorskip("numba")
    found = list(differences(stored[name], answer(name, threads)))
    if not SAMPLERS:
        found = [words for words in found if not words.endswith(ANNEALED)]
    assert not found, "\n".join(found[:10])


def test_every_case_is_stored(stored: dict[str, object]) -> None:
    assert list(stored) == list(CASES)


@pytest.mark.parametrize("name", CASES)
def test_answers_are_the_same(name: str, stored: dict[str, object]) -> None:
    check(name, stored, threads=1)


@pytest.mark.parametrize("name", THREADED)
def test_threads_do_not_change_answers(name: str, stored: dict[str, object]) -> None:
    check(name, stored, threads=2)


def test_differences_are_found() -> None:
    stored = {"a": 1.0, "b": [1, 2.0, "x"], "c": {"t_settle": 1.0, "d": True, "tiny": 1e-12}}
    same = {"new": 3, "a": 1.0 + 1e-8, "b": [1, 2.0, "x"], "c": {"t_settle": 1.1, "d": True, "tiny": -2e-12}}
    other = {"a": 1.00001, "b": [2, 2.0, "y"], "c": {"t_settle": 2.0, "d": 1, "tiny": 1e-6}}
    assert list(differences(stored, same)) == []
    assert len(list(differences(stored, other))) == 6
    assert list(differences(stored, {"a": 1.0, "b": [1, 2.0]})) == [
        "answer.b is [1, 2.0], was [1, 2.0, 'x']",
        "answer.c is missing",
    ]
