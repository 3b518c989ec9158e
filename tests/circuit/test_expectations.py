from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from expectations import Expectation, failures, parse_expectations

from analoghop.solution import Status

DECKS = Path(__file__).parents[2] / "circuits"


def test_every_form_is_parsed() -> None:
    text = """a title with * expect in it
* expect v(x) at 2m = 0.95 tol 1e-2
*expect V(u1) at END >  -.5meg
* EXPECT i(v1) at 1.5e-3 < 2u
R1 a 0 1k
* expect measure Rise = 88u tol 1.5u
* expect status time up
* expect energy not guaranteed
* we expect nothing here
"""
    parsed = parse_expectations(text)
    assert [(e.kind, e.subject, e.time, e.relation, e.value, e.tolerance) for e in parsed] == [
        ("signal", "v(x)", 2e-3, "=", 0.95, 1e-2),
        ("signal", "v(u1)", None, ">", -5e5, 0.0),
        ("signal", "i(v1)", 1.5e-3, "<", 2e-6, 0.0),
        ("measure", "rise", None, "=", 88e-6, 1.5e-6),
        ("status", "time up", None, "=", 0.0, 0.0),
        ("energy", "not guaranteed", None, "=", 0.0, 0.0),
    ]
    assert parsed[0] == Expectation(parsed[0].text, "signal", "v(x)", 2e-3, "=", 0.95, 1e-2)


@pytest.mark.parametrize(
    "line",
    [
        "* expect",
        "* expect v(x) = 1 tol 0.1",
        "* expect v(x) at 1m = 1",
        "* expect v(x) at 1m > 1 tol 0.1",
        "* expect v(x) at 1m >= 1",
        "* expect status fine",
        "* expect energy falls",
        "* expects v(x) at 1m > 1",
        "* expect v(x) at 1x > 1",
    ],
)
def test_a_line_that_only_looks_like_one_is_an_error(line: str) -> None:
    with pytest.raises(ValueError, match="no expectation"):
        parse_expectations(f"title\n{line}\n")


@dataclass
class Run:
    status: Status = Status.SETTLED
    energy: object = field(default_factory=lambda: SimpleNamespace(guaranteed=True))
    times = np.array([0.0, 1.0, 2.0])

    def __getitem__(self, name: str) -> np.ndarray:
        return {"v(x)": np.array([0.0, 2.0, 5.0])}[name]


@pytest.mark.parametrize(
    ("line", "holds"),
    [
        ("v(x) at 0.5 = 1.05 tol 0.1", True),
        ("v(x) at 0.5 = 1.05 tol 0.01", False),
        ("v(x) at end > 4.9", True),
        ("v(x) at end < 4.9", False),
        ("v(x) at 2.5 < 9", False),
        ("measure a = 3 tol 0", True),
        ("measure a < 3", False),
        ("measure failed < 3", False),
        ("measure missing < 3", False),
        ("status settled", True),
        ("status time up", False),
        ("energy guaranteed", True),
        ("energy not guaranteed", False),
        ("energy none", False),
    ],
)
def test_check(line: str, holds: bool) -> None:
    got = failures(f"* expect {line}", Run(), {"a": 3.0, "failed": None})
    assert (got == []) == holds
    assert all(line in sentence for sentence in got)


def test_check_of_energies() -> None:
    claimed, plain = Run(energy=None), Run(energy=SimpleNamespace(guaranteed=False))
    assert failures("* expect energy not guaranteed", claimed, {}) == []
    assert failures("* expect energy not guaranteed", plain, {}) == []
    assert failures("* expect energy none", claimed, {}) == []
    assert failures("* expect energy none", plain, {}) != []
    assert failures("* expect energy guaranteed", plain, {}) != []


@pytest.mark.parametrize("deck", sorted(DECKS.glob("*.cir")), ids=lambda path: path.stem)
def test_every_deck_explains_itself_and_expects_something(deck: Path) -> None:
    lines = deck.read_text(encoding="ascii").splitlines()
    assert lines[0]
    assert not lines[0].startswith("*")
    assert lines[1].startswith("* ")
    kinds = {expectation.kind for expectation in parse_expectations(deck.read_text())}
    assert kinds >= {"energy"}
    assert kinds & {"signal", "measure"}
    assert max(map(len, lines)) <= 120
