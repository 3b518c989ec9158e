from itertools import permutations

import pytest

from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.problems.baselines.min_conflicts import min_conflicts
from analoghop.problems.queens.instance import Queens


def test_six_queens_stand_in_4_ways() -> None:
    problem = Queens(6)
    assert sum(problem.verify(columns).valid for columns in permutations(range(6))) == 4
    assert Queens(1).verify([0]).valid


def test_attacks_are_counted_in_pairs() -> None:
    problem = Queens(4)
    assert problem.verify((1, 3, 0, 2)).valid
    verdict = problem.verify((0, 0, 0, 3))
    assert (verdict.valid, verdict.cost) == (False, 4)
    assert problem.describe_violations((0, 0, 0, 3)) == ["0-1", "0-2", "0-3", "1-2"]
    assert problem.verify((1, 3, 0, 9)).violations == {"unknown column": 1}


@pytest.mark.parametrize("n", [4, 8, 50])
def test_min_conflicts_solves(n: int) -> None:
    problem = Queens(n)
    assert problem.verify(min_conflicts(n, 0)).valid
    assert problem.baselines(0, Limits())["min-conflicts"] == 0


@pytest.mark.parametrize(
    ("number", "message"),
    [
        ("0", "0 queens"),
        ("-4", "-4 queens"),
        ("2", "always attack"),
        ("3", "always attack"),
        ("x", "no number"),
        ("8.5", "no number"),
        ("9999", "expected 1 to 1000"),
    ],
)
def test_bad_numbers(number: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Queens.read(number)
    assert Queens.read("8") == Queens(8)
