from itertools import permutations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.errors import FileFormatError, InputError
from analoghop.formats.instances.qaplib import write_solution
from analoghop.optimise import entry, solve
from analoghop.problems.qap import QAP, PottsQAP, swaps
from analoghop.problems.qap.modes import critical_temperature

DATA = Path(__file__).parents[2] / "data"
BEST = {"nug12": 578, "tai12a": 224416, "chr12a": 9552}
KINDS = ["both", "one", "none"]


def instance(n: int, seed: int, symmetric: str = "both") -> QAP:
    A, B = np.random.default_rng(seed).uniform(0.0, 9.0, (2, n, n))
    if symmetric != "none":
        A = A + A.T
    if symmetric == "both":
        B = B + B.T
    return QAP(A, B, f"random{n}")


def brute(problem: QAP, p: tuple[int, ...]) -> float:
    n = problem.size
    return sum(float(problem.A[i, j] * problem.B[p[i], p[j]]) for i in range(n) for j in range(n))


def all_costs(problem: QAP) -> np.ndarray:
    return np.sort([problem.cost(p) for p in permutations(range(problem.size))])


@given(st.integers(2, 7), st.integers(0, 99), st.sampled_from(KINDS))
@settings(max_examples=30, deadline=None)
def test_cost_and_exchanges_are_those_of_the_sum(n: int, seed: int, kind: str) -> None:
    problem = instance(n, seed, kind)
    p = problem.random_answer(np.random.default_rng(seed))
    assert problem.verify(p).cost == pytest.approx(brute(problem, p))
    change = swaps.swap_costs(problem.A, problem.B[np.ix_(p, p)])
    for r, s in ((0, n - 1), (n - 1, 0), (0, 1)):
        q = list(p)
        q[r], q[s] = q[s], q[r]
        assert change[r, s] == pytest.approx(brute(problem, tuple(q)) - brute(problem, p))
    assert np.diag(change) == pytest.approx(np.zeros(n), abs=1e-9)
    after = problem.polish("2-swap", p)
    assert swaps.swap_costs(problem.A, problem.B[np.ix_(after, after)]).min() >= -1e-6
    assert problem.cost(after) <= problem.cost(p)


@pytest.mark.parametrize("kind", KINDS)
def test_reading_undoes_embedding_and_the_objective_is_the_cost(kind: str) -> None:
    problem = instance(8, 1, kind)
    encoding = PottsQAP().encode(problem)
    rng = np.random.default_rng(2)
    energies = []
    for _ in range(5):
        p = problem.random_answer(rng)
        outputs = encoding.embed(p)
        assert encoding.decode(outputs)[0].answer == p
        assert encoding.objective(outputs)[0] == pytest.approx(problem.cost(p))
        energy = encoding.system.parts(0.0, encoding.system.grid(outputs))
        energies.append((problem.cost(p), energy["coupling"][0] + energy["bias"][0]))
    costs, couplings = np.array(energies).T
    scale = np.ptp(costs) / np.ptp(couplings)
    assert costs - costs[0] == pytest.approx(scale * (couplings - couplings[0]))


def test_what_is_no_permutation_is_not_repaired() -> None:
    encoding = PottsQAP().encode(instance(5, 0))
    outputs = encoding.embed((0, 1, 2, 3, 4))
    outputs[0] = 0.0
    (raw,) = encoding.decode(outputs)
    assert raw.answer is None
    assert raw.violations == {"locations": 1, "facilities": 1}


@pytest.mark.parametrize("kind", KINDS)
def test_critical_temperature_is_where_the_uniform_state_bifurcates(kind: str) -> None:
    n = 6
    problem = instance(n, 3, kind)
    A, B, P = problem.A, problem.B, np.eye(n) - 1.0 / n
    whole = -(np.kron(P @ A @ P, P @ B @ P) + np.kron(P @ A.T @ P, P @ B.T @ P))
    largest = np.linalg.eigvalsh(whole)[-1]
    assert critical_temperature(A, B) == pytest.approx(largest / n, rel=1e-6)
    assert critical_temperature(-A, B) > 0
    assert critical_temperature(np.ones((n, n)), B) == 1.0


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("n", [3, 6, 7])
def test_small_instances_end_among_the_best_of_all(n: int, kind: str) -> None:
    problem = instance(n, 10 + n, kind)
    result = solve(problem, starts=16, seed=0, settings={"steps": 1000}).to_dict()
    assert result["valid_rate"] == 1.0
    costs = all_costs(problem)
    assert result["cost_best"] >= costs[0] - 1e-6
    assert int((costs < result["cost_best"] - 1e-6).sum()) <= 0.02 * len(costs)
    assert result["baselines"]["random"] == pytest.approx(costs.mean(), rel=0.1)
    assert result["baselines"]["2-swap"] >= costs[0] - 1e-6


@pytest.mark.parametrize("name", BEST)
def test_instances_from_the_library(name: str) -> None:
    problem = QAP.read(DATA / f"{name}.dat")
    assert problem.name == name
    assert problem.best_known == BEST[name]
    result = solve(problem, starts=4, seed=0, polish="2-swap", baselines=False)
    told = result.to_dict()
    assert told["valid_rate"] == 1.0
    assert 0 <= told["gap_best"] <= told["gap_mean"] < 25.0
    assert told["polished"]["cost_best"] <= told["cost_best"]
    assert told["polished"]["control"]["cost_mean"] > BEST[name]


def test_a_solution_beside_the_file_gives_the_best_known(tmp_path: Path) -> None:
    text = (DATA / "nug12.dat").read_text()
    (tmp_path / "nug12.dat").write_text(text)
    problem = QAP.read(tmp_path / "nug12.dat")
    assert problem.best_known is None
    p = problem.random_answer(np.random.default_rng(0))
    write_solution(tmp_path / "nug12.sln", 1.0, p)
    assert QAP.read(tmp_path / "nug12.dat").best_known == problem.cost(p)
    write_solution(tmp_path / "nug12.sln", 1.0, range(5))
    with pytest.raises(FileFormatError, match="cannot belong to an instance"):
        QAP.read(tmp_path / "nug12.dat")


def test_anneals_near_a_good_answer_end_in_good_ones() -> None:
    problem = QAP.read(DATA / "nug12.dat")
    best = entry("qap").read_answer(str(DATA / "nug12.sln"), problem)
    result = solve(problem, starts=4, start=best, baselines=False)
    assert result.valid == 4
    assert max(result.costs) < 1.03 * 578


def test_flat_instances_are_solved_by_anything() -> None:
    result = solve(QAP(np.ones((4, 4)), np.ones((4, 4))), starts=4, baselines=False)
    assert all(cost == 16.0 for cost in result.costs)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: QAP(np.ones((2, 3)), np.eye(2)), r"`A` has shape \(2, 3\)"),
        (lambda: QAP(np.eye(2), np.eye(3)), "`A` is of size 2 and `B` of size 3"),
        (lambda: QAP(np.eye(2), np.full((2, 2), np.nan)), r"`B` holds nan at \(0, 0\)"),
        (lambda: QAP(np.eye(1), np.eye(1)), "expected a square matrix of 2 rows or more"),
        (
            lambda: PottsQAP(reheats=-1).encode(instance(4, 0)),
            "`reheats` is -1, expected a whole number from 0",
        ),
        (lambda: instance(4, 0).polish("3-swap", (0, 1, 2, 3)), "expected one of 2-swap"),
        (lambda: instance(4, 0).verify("abcd"), "whole|locations"),
    ],
)
def test_bad_input(make, message: str) -> None:
    with pytest.raises(InputError, match=message):
        make()


def test_verdicts_count_what_is_wrong() -> None:
    verdict = instance(4, 0).verify([0, 0, 0, 9])
    assert not verdict.valid
    assert verdict.cost is None
    assert verdict.violations == {"missing": 3, "repeated": 2, "unknown": 1}
