from pathlib import Path

import pytest
from faults import assert_fault
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.errors import InputError
from analoghop.formats.instances.cnf import CNF, read_assignment, read_cnf, write_assignment, write_cnf

DATA = Path(__file__).parents[1] / "data"


def test_satlib_file_ends_at_its_percent_sign() -> None:
    formula = read_cnf(DATA / "uf20-01.cnf")
    assert (formula.variables, len(formula.clauses), formula.clauses[0]) == (20, 91, (4, -18, 19))


def test_clauses_go_over_lines_and_the_last_may_lack_its_end(tmp_path: Path) -> None:
    (tmp_path / "x.cnf").write_text("c x\np cnf 3 3\n1\n-2 0 2\n 3 0\n\ncomment\n-1 -3\n")
    assert read_cnf(tmp_path / "x.cnf").clauses == ((1, -2), (2, 3), (-1, -3))


def test_what_says_nothing_is_left_out() -> None:
    formula = CNF(2, ((1, 1, 2), (1, -1), (2,)))
    assert formula.clauses == ((1, 2), (2,))
    assert formula.notices == ("formula: 1 clauses hold a variable and its negation and are left out",)


literals = st.integers(1, 6).flatmap(lambda v: st.sampled_from((v, -v)))
clauses = st.lists(st.lists(literals, min_size=1, max_size=4, unique_by=abs), min_size=1, max_size=8)


@given(clauses)
@settings(deadline=None, max_examples=30)
def test_formulas_come_back(found: list[list[int]]) -> None:
    import tempfile

    formula = CNF(6, tuple(map(tuple, found)), "f")
    with tempfile.TemporaryDirectory() as folder:
        write_cnf(f"{folder}/f.cnf", formula, "x")
        assert read_cnf(f"{folder}/f.cnf") == formula


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("", 1, "there is no `p` line"),
        ("1 2 0\n", 1, "a clause stands before the `p` line"),
        ("p cnf 3\n", 1, "describes no formula"),
        ("p edge 3 2\n", 1, "this is a graph in DIMACS format: `solve maxcut` reads it"),
        ("p cnf 0 0\n", 1, "the number of variables is 0"),
        ("p cnf 3 0\n", 1, "the formula has no clauses"),
        ("p cnf 3 1\n0\n", 2, "no literals: nothing can satisfy it, and there is no variable 0"),
        ("p cnf 3 2\n1 0\n2 0 3 0\n", 3, "a 0 inside this line ends a clause, there is no variable 0"),
        ("p cnf 3 1\n1 4 0\n", 2, "a literal is 4; expected a whole number from -3 to 3"),
        ("p cnf 3 1\n1 x 0\n", 2, "a literal is 'x'"),
        ("p cnf 3 2\n1 0\n", 2, "there are 1 clauses, the `p` line says 2"),
        ("p cnf 3 1\np cnf 3 1\n", 2, "a second `p` line"),
    ],
)
def test_bad_formulas(text: str, line: int, message: str, tmp_path: Path) -> None:
    assert_fault(read_cnf, tmp_path / "x.cnf", text, line, message)


@pytest.mark.parametrize(
    ("made", "message"),
    [
        ((0, ((1,),)), "has 0 variables"),
        ((2, ()), "has no clauses"),
        ((2, ((),)), "clause 1 of formula has no literals"),
        ((2, ((1,), (0, 1))), "clause 2 of formula has the literal 0, expected variables from 1 to 2"),
        ((2, ((3,),)), "the literal 3"),
        ((2, ((1, -1),)), "every clause of formula always holds"),
    ],
)
def test_bad_formulas_of_code(made, message) -> None:
    with pytest.raises(InputError, match=message):
        CNF(*made)


@given(st.lists(st.booleans(), min_size=1, max_size=40))
@settings(deadline=None, max_examples=20)
def test_assignments_come_back(values: list[bool]) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        write_assignment(f"{folder}/f.sol", values, "x")
        assert read_assignment(f"{folder}/f.sol", len(values)) == tuple(values)


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("v 1 0\n", 1, "variable 2 of 2 has no value"),
        ("v 1 -1 2 0\n", 1, "variable 1 has two values"),
        ("v 1 5 0\n", 1, "a literal is 5"),
        ("1 2\n", 1, "a line begins with '1'"),
    ],
)
def test_bad_assignments(text: str, line: int, message: str, tmp_path: Path) -> None:
    assert_fault(lambda path: read_assignment(path, 2), tmp_path / "x.sol", text, line, message)
