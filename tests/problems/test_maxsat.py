"""Weighted MaxSAT: files of both formats, costs and optima by enumeration, what is refused."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from analoghop import InputError, MaxSat, read, solve
from analoghop.errors import FileFormatError
from analoghop.formats.instances.wcnf import read_wcnf

NEW = "c one\nh 1 2 0\n2 -1 0\n1.5 -2 3 0\n0 1 0\n"
OLD = "c one\np wcnf 3 3 100\n100 1 2 0\n2 -1 0\n1.5 -2 3 0\n"


def written(folder: Path, text: str, name: str = "x.wcnf") -> Path:
    (folder / name).write_text(text)
    return folder / name


@pytest.mark.parametrize("text", [NEW, OLD, OLD.replace("100 1", "250 1")])
def test_both_formats_say_the_same(text: str, tmp_path: Path) -> None:
    problem = MaxSat.read(written(tmp_path, text))
    assert (problem.formula.hard, problem.formula.soft) == (((1, 2),), ((2.0, (-1,)), (1.5, (-2, 3))))
    assert type(read(written(tmp_path, text, "x"))) is MaxSat
    for a, b, c in itertools.product((0, 1), repeat=3):
        verdict = problem.verify((a, b, c))
        assert verdict.valid == bool(a or b)
        assert verdict.cost == (2.0 * a + 1.5 * (b and not c) if a or b else None)


def test_without_a_top_every_clause_is_soft(tmp_path: Path) -> None:
    formula = read_wcnf(written(tmp_path, "p wcnf 2 2\n3 1 0\n4 -1 2 0\n"))
    assert (formula.hard, formula.soft) == ((), ((3.0, (1,)), (4.0, (-1, 2))))


def random_problem(seed: int) -> MaxSat:
    rng = np.random.default_rng(seed)
    n = int(rng.integers(3, 9))

    def clause(least: int) -> list[int]:
        variables = rng.choice(n, int(rng.integers(least, 4)), replace=False) + 1
        return [int(v) * (1 if rng.random() < 0.5 else -1) for v in variables]

    hard = [clause(2) for _ in range(n)]
    return MaxSat.of(hard, [(float(rng.integers(1, 10)), clause(1)) for _ in range(2 * n)])


@pytest.mark.parametrize("seed", range(6))
def test_small_formulas_are_solved_to_their_optimum(seed: int) -> None:
    problem = random_problem(seed)
    answers = itertools.product((0, 1), repeat=problem.size)
    costs = [v.cost for v in map(problem.verify, answers) if v.cost is not None]
    result = solve(problem, starts=32, baselines=False)
    assert result.best is not None
    assert result.best.verdict.cost == min(costs)


def test_clauses_without_choice_count_as_what_they_are() -> None:
    problem = MaxSat.of([[1, -1]], [(2.0, []), (1.0, [1, -1]), (3.0, [1, 1]), (4.0, [-2, -2])])
    assert [problem.verify(a).cost for a in ((0, 0), (1, 0), (0, 1))] == [5.0, 2.0, 9.0]
    result = solve(problem, starts=4)
    assert result.best is not None
    assert result.best.verdict.cost == 2.0


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "the formula has no clauses"),
        ("p cnf 1 1\n1 0\n", 1, "this is a formula in DIMACS format: `solve sat` reads it"),
        ("h 0\n", 1, "this hard clause has no literals"),
        ("h 1\n", 1, "this clause does not end with 0"),
        ("1 1 0 2 0\n", 1, "a 0 stands inside this clause"),
        ("x 1 0\n", 1, "the weight of a clause is 'x'"),
        ("-1 1 0\n", 1, "the weight of a clause is -1"),
        ("1 1.5 0\n", 1, "a literal is '1.5'"),
        ("p wcnf 1 2 5\n1 1 0\n", 2, "there are 1 clauses, the `p` line says 2"),
        ("p wcnf 1 1 5\nh 1 0\n", 2, "a clause begins with `h` below a `p` line"),
        ("p wcnf 1 1 5\n1 2 0\n", 2, "a literal is 2; expected a whole number from -1 to 1"),
        ("h 1 0\np wcnf 1 1 5\n", 2, "a `p` line stands behind other lines"),
        ("p wcnf 1\n", 1, "this `p` line describes no weighted formula"),
        ("1 999999 0\n", 1, "the number of variables is 999999, in a file of"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(text: str, line: int, reason: str, tmp_path: Path) -> None:
    with pytest.raises(FileFormatError) as error:
        read_wcnf(written(tmp_path, text))
    assert f"x.wcnf:{line}:" in str(error.value)
    assert reason in str(error.value)


def test_other_readers_know_what_a_weighted_formula_looks_like(tmp_path: Path) -> None:
    for kind in ("sat", "maxcut", "qubo", "ising", "model"):
        with pytest.raises(FileFormatError, match="a weighted formula in .*: `solve maxsat` reads it"):
            read(written(tmp_path, NEW, "x"), kind)
    assert type(read(written(tmp_path, NEW, "x"))) is MaxSat


def test_bad_formulas_are_refused() -> None:
    for hard, soft, reason in (
        ([], [], "has 0 variables"),
        ([[]], [(1.0, [1])], "a hard clause of formula has no literals"),
        ([[0, 1]], [], "has the literal 0"),
        ([], [(-1.0, [1])], "has the weight -1.0"),
    ):
        with pytest.raises(InputError, match=reason):
            MaxSat.of(hard, soft)
