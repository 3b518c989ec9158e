"""Cuts, spins and QUBOs: what they cost, and that spins say the same."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_graphs import all_bits, random_graph

from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.problems.spins.ising import Ising
from analoghop.problems.spins.maxcut import MaxCut
from analoghop.problems.spins.qubo import QUBO

DATA = Path(__file__).parents[1] / "data"
cases = given(st.integers(2, 6), st.integers(0, 999))
few = settings(deadline=None, max_examples=25)


@cases
@few
def test_energy_is_that_of_the_definition(n: int, seed: int) -> None:
    rng = np.random.default_rng(seed)
    J = np.triu(rng.normal(size=(n, n)), 1)
    h = rng.normal(size=n)
    problem = Ising.of(J + J.T, h, constant=2.0)
    np.testing.assert_array_equal(problem.matrix.toarray(), J + J.T)
    for s in 2 * all_bits(n) - 1:
        want = 2.0 - sum(J[i, j] * s[i] * s[j] for i in range(n) for j in range(i + 1, n)) - h @ s
        assert problem.verify(s).cost == pytest.approx(want)
        assert problem.verify(s).valid
    states = 2 * all_bits(n).T - 1
    np.testing.assert_allclose(problem.energy(states), [problem.verify(s).cost for s in states.T])


@cases
@few
def test_cut_is_minus_the_energy_of_its_spins(n: int, seed: int) -> None:
    graph = random_graph(n, seed, weighted=True)
    problem, spins = MaxCut(graph), MaxCut(graph).ising()
    for sides in all_bits(n):
        want = sum(w for (i, j), w in zip(graph.edges, graph.w, strict=True) if sides[i] != sides[j])
        assert problem.verify(sides).cost == want
        assert spins.energy(problem.spins_of(sides)) == pytest.approx(-want)
        answer = problem.answer_of(problem.spins_of(sides))
        assert answer[0] == 0
        assert problem.cut(answer) == want


@cases
@few
def test_value_is_the_energy_of_its_spins(n: int, seed: int) -> None:
    Q = np.random.default_rng(seed).normal(size=(n, n))
    problem = QUBO.of(Q, constant=1.5)
    for x in all_bits(n):
        assert problem.verify(x).cost == pytest.approx(1.5 + x @ Q @ x)
        assert problem.ising().energy(problem.spins_of(x)) == pytest.approx(1.5 + x @ Q @ x)
        assert problem.answer_of(problem.spins_of(x)) == tuple(x)


def test_best_known_stands_beside_the_file() -> None:
    assert QUBO.read(DATA / "bqp50-1.sparse").best_known == -2098
    assert MaxCut.read(DATA / "g05_60.0").best_known == 536
    assert MaxCut.read(DATA / "myciel3.col").best_known is None


def test_a_plain_descent_reaches_the_published_values() -> None:
    pytest.importorskip("dwave.samplers")
    qubo, cut = QUBO.read(DATA / "bqp50-1.sparse"), MaxCut.read(DATA / "g05_60.0")
    best = "simulated annealing, best of 10"
    assert qubo.baselines(0, Limits())[best] == -2098
    assert cut.baselines(0, Limits())[best] == 536


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Ising.of(np.ones((2, 3))), "square"),
        (lambda: Ising.of(np.array([[0, 1], [2, 0]])), "not symmetric"),
        (
            lambda: Ising.of(np.array([[0, np.nan], [np.nan, 0]])),
            r"`J` holds nan at \(0, 1\)",
        ),
        (lambda: Ising.of(np.zeros((2, 2)), [1.0]), r"`h` has shape \(1,\), expected 2 fields"),
        (lambda: QUBO.of(np.ones((2, 3))), "square"),
        (lambda: QUBO.of(np.full((2, 2), np.nan)), r"`Q` holds nan at \(0, 0\), expected a finite number"),
        (lambda: Ising.of(np.zeros((2, 2))).verify((0, 1)), "-1 and 1"),
        (lambda: Ising.of(np.zeros((2, 2))).verify((1,)), "expected 2 spins"),
        (lambda: QUBO.of(np.zeros((2, 2))).verify((0, 2)), "0 and 1"),
        (lambda: QUBO.of(np.zeros((2, 2))).verify((0, 0.5)), "no whole number"),
        (lambda: MaxCut(random_graph(3, 0)).verify("ab"), "expected 3 sides"),
        (lambda: MaxCut(random_graph(3, 0)).verify([[0, 1], [1]]), "no sequence"),
    ],
)
def test_bad_input(make, message) -> None:
    with pytest.raises(InputError, match=message):
        make()
