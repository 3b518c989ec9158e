from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_graphs import all_bits

from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.problems.baselines.walksat import walksat
from analoghop.problems.satisfiability.instance import Satisfiability

DATA = Path(__file__).parents[1] / "data"
literals = st.integers(1, 5).flatmap(lambda v: st.sampled_from((v, -v)))
formulas = st.lists(st.lists(literals, min_size=1, max_size=4, unique_by=abs), min_size=1, max_size=9)


@given(formulas)
@settings(deadline=None, max_examples=30)
def test_every_clause_is_looked_at(clauses: list[list[int]]) -> None:
    problem = Satisfiability.of(5, clauses)
    best = len(clauses)
    for values in all_bits(5):
        bad = [m for m, c in enumerate(clauses) if not any(values[abs(x) - 1] == (x > 0) for x in c)]
        verdict = problem.verify(values.astype(bool))
        assert (verdict.valid, verdict.cost) == (not bad, len(bad))
        assert problem.unsatisfied(values).tolist() == bad
        assert problem.describe_violations(values) == [f"clause {m + 1}" for m in bad]
        best = min(best, len(bad))
    assert problem.verify(walksat(problem, 0)).cost >= best


def test_walksat_satisfies_a_random_formula() -> None:
    problem = Satisfiability.read(DATA / "uf20-01.cnf")
    assert problem.verify(walksat(problem, 0)).valid
    assert problem.baselines(0, Limits()) == {"WalkSAT": 0.0}


def test_walksat_of_what_cannot_be_satisfied() -> None:
    problem = Satisfiability.of(1, [[1], [-1]])
    assert problem.verify(walksat(problem, 0, flips=50)).cost == 1


def test_bad_answers() -> None:
    with pytest.raises(InputError, match="expected 2 truth values"):
        Satisfiability.of(2, [[1, 2]]).verify([True])
