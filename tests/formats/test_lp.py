"""LP files of 0/1 variables: what they say, what other programs read, and what is refused."""

import itertools
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import analoghop
from analoghop import Model, read
from analoghop.errors import FileFormatError, InputError
from analoghop.formats.programs.reading import read_lp
from analoghop.problems.constraints.constrained import Constrained

KNAPSACK = r"""\ a knapsack
Maximize
 obj: 3 x + 4 y
  + 2 z - [ 2 x * y + 4 z^2 ] / 2 + 5
Subject To
 cap: 2 x + 3 y + z <= 4
 -1 <= x - y <= 1
 c3: 1 <= x + y + z
Bounds
 z <= 1
Binaries
 x y
Generals
 z
End
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "p.lp"
    path.write_text(text)
    return path


def test_a_program_judges_answers_as_it_says(tmp_path: Path) -> None:
    problem = Constrained.read(written(tmp_path, KNAPSACK))
    assert (problem.names, problem.sense, problem.name) == (("x", "y", "z"), "max", "p")
    for x, y, z in itertools.product((0, 1), repeat=3):
        verdict = problem.verify((x, y, z))
        assert verdict.valid == (2 * x + 3 * y + z <= 4 and x + y + z >= 1)
        if verdict.valid:
            assert verdict.cost == 3 * x + 4 * y + 2 * z - x * y - 2 * z * z + 5
    assert problem.verify((1, 1, 0)).violations == {"cap": 1}
    assert type(read(tmp_path / "p.lp")) is Constrained


def test_a_program_is_solved(tmp_path: Path) -> None:
    result = analoghop.solve(Constrained.read(written(tmp_path, KNAPSACK)), starts=16)
    assert result.best is not None
    assert result.best.verdict.cost == 9.0


SHORT = "min\nx + y\nst\nx + y >= 1\nbin\nx y\nend\n"


@pytest.mark.parametrize(
    "text",
    [
        SHORT,
        "MINIMIZE\n obj: x + y\nSUBJECT TO\n c1: x + y >= 1\nBINARY\n x\n y\nEND\n",
        "Minimise x + y\nsuch that x + y => 1\nbinaries x y\n",
        "Minimum\n 1 x + 1.0e0 y + 0\ns.t.\n 1 <= x + y\nBounds\n 0 <= x <= 1\n y <= 1\nint\n x y\nend",
        "min\n - - x + y\nst\n - x - y <= -1\n x + y >= -inf\n 0 x >= -2\nbin\n x y\nend\nwhatever\n",
    ],
)
def test_one_program_is_written_in_many_ways(text: str, tmp_path: Path) -> None:
    problem = Constrained.read(written(tmp_path, text))
    found = [problem.verify(answer) for answer in itertools.product((0, 1), repeat=2)]
    assert [(v.valid, v.cost) for v in found] == [(False, None), (True, 1.0), (True, 1.0), (True, 2.0)]


def test_bounds_fix_variables(tmp_path: Path) -> None:
    text = SHORT.replace("bin", "bounds\nx = 1\ny <= 0.5\nbin")
    assert read_lp(written(tmp_path, text)).fixed == {0: 1, 1: 0}


@st.composite
def models(draw: Any) -> Constrained:
    model, n = Model(), draw(st.integers(1, 5))
    x = model.variables(n, draw(st.sampled_from([None, "x"])))
    numbers = st.one_of(st.integers(-4, 4).map(float), st.floats(-3, 3, allow_subnormal=False))
    for number in range(draw(st.integers(0, 3))):
        weights = draw(st.lists(numbers, min_size=n, max_size=n))
        if any(weights):
            sense = draw(st.sampled_from(["<=", ">=", "=="]))
            name = draw(st.sampled_from(["linear constraints", f"c{number}"]))
            model.linear(x.tolist(), weights, sense, draw(numbers), name)
    pairs = {(x[i], x[j]): draw(numbers) for i in range(n) for j in range(i) if draw(st.booleans())}
    goal = {variable: draw(numbers) for variable in x}
    (model.maximise if draw(st.booleans()) else model.minimise)(goal, pairs, draw(numbers))
    if draw(st.booleans()):
        model.fix(x[0], 1)
    return model.problem()


@given(models())
@settings(deadline=None, max_examples=40)
def test_a_model_is_the_same_after_it_was_written(problem: Constrained) -> None:
    with tempfile.TemporaryDirectory() as folder:
        problem.write(f"{folder}/p.lp", "by\nhand")
        back = Constrained.read(f"{folder}/p.lp")
    assert (back.count, back.fixed, back.sense) == (problem.count, problem.fixed, problem.sense)
    for answer in itertools.product((0, 1), repeat=problem.count):
        here, there = problem.verify(answer), back.verify(answer)
        assert here.valid == there.valid
        assert sum(here.violations.values()) == sum(there.violations.values())
        assert here.cost is None or np.isclose(here.cost, there.cost, rtol=1e-12)


@given(models())
@settings(deadline=None, max_examples=15)
def test_dimod_reads_what_is_written_as_the_same_program(problem: Constrained) -> None:
    dimod = pytest.importorskip("dimod")
    with tempfile.TemporaryDirectory() as folder:
        problem.write(f"{folder}/p.lp")
        text = Path(f"{folder}/p.lp").read_text()
        names = read_lp(f"{folder}/p.lp").names
    other = dimod.lp.loads(text)
    sign = 1.0 if problem.sense == "min" else -1.0  # dimod turns a maximisation around
    for answer in itertools.product((0, 1), repeat=problem.count):
        sample = {name: value for name, value in zip(names, answer, strict=True) if name in other.variables}
        verdict = problem.verify(answer)
        fixed = all(answer[k] == value for k, value in problem.fixed.items())
        if fixed:
            assert other.check_feasible(sample, atol=1e-9, rtol=1e-9) == verdict.valid
        if verdict.cost is not None:
            assert other.objective.energy(sample) == pytest.approx(sign * verdict.cost, abs=1e-9)


def test_a_name_that_lp_files_cannot_hold_is_refused(tmp_path: Path) -> None:
    model = Model()
    model.minimise(model.variable("two words") + 1)
    with pytest.raises(InputError, match="an LP file cannot hold the name 'two words'"):
        model.problem().write(tmp_path / "p.lp")


@pytest.mark.parametrize(
    ("text", "line", "reason"),
    [
        ("", 1, "holds no program"),
        ("3 3\n1 2\n", 1, "the file begins with '3'; expected `Minimize` or `Maximize`"),
        ("p cnf 1 1\n1 0\n", 1, "this is a formula in DIMACS format: `solve sat` reads it"),
        ("max: 3x + 2y;\nc1: x + y <= 4;\n", 1, "the file begins with 'max:'"),
        (SHORT.replace("bin\nx y", "bin\nx"), 2, "the variable 'y' is continuous"),
        (SHORT.replace("bin", "bounds\nx <= 3\nint"), 2, "the values of 'x' are integers from 0 to 3"),
        (SHORT.replace("bin", "bounds\n0.2 <= x <= 0.8\nint"), 2, "the bounds of 'x' leave no whole number"),
        (SHORT.replace("bin", "bounds\n3 <= x <= 2\nint"), 6, "the bounds of 'x' leave no value"),
        (SHORT.replace("bin", "bounds\nx\nint"), 6, "the bound of 'x' has no relation"),
        (SHORT.replace(">= 1", ">= y"), 4, "'y' stands where a number is expected"),
        (SHORT.replace(">= 1", ""), 4, "the end of the section follows a sum; expected <=, >= or ="),
        (SHORT.replace(">= 1", ">= 1e999"), 4, "1e999"),
        (SHORT.replace("x + y >=", "[ x * y ] >="), 4, "holds a product"),
        (SHORT.replace("x + y >= 1", "x = 1 -> y <= 0"), 4, "indicator constraints are not read"),
        (SHORT.replace("x + y >= 1", "c: 0 x >= 1"), 4, "the constraint 'c' never holds"),
        (SHORT.replace("x + y >= 1", "c: x + y >= inf"), 4, "the constraint 'c' never holds"),
        (SHORT.replace("min\nx", "min\n[ x ]"), 2, "has no partner"),
        (SHORT.replace("min\nx", "min\n[ x ^ 3 ]"), 2, "a power other than 2"),
        (SHORT.replace("min\nx", "min\n[ x * y"), 2, "between"),
        (SHORT.replace("min\nx", "min\n| x"), 2, "'|' has no meaning here"),
        (SHORT.replace("bin", "semi-continuous\n x\nbin"), 5, "semi-continuous variables are not read"),
        (SHORT.replace("bin", "sos\ns1: S1:: x:1\nbin"), 5, "special ordered sets are not read"),
        ("min\nst\nend\n", 1, "the program has no variables"),
        (SHORT.replace("st\n", "max\nx\nst\n"), 3, "this is a second objective"),
    ],
)
def test_what_is_wrong_with_a_program_is_said(text: str, line: int, reason: str, tmp_path: Path) -> None:
    with pytest.raises(FileFormatError) as error:
        read_lp(written(tmp_path, text))
    assert f"p.lp:{line}:" in str(error.value)
    assert reason in str(error.value)
