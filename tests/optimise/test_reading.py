"""`read` returns the problem that a file holds."""

from pathlib import Path

import pytest

from analoghop import (
    QUBO,
    TSP,
    Colouring,
    InputError,
    Ising,
    MaxCut,
    Partition,
    Satisfiability,
    Sudoku,
    read,
)
from analoghop.errors import FileFormatError

DATA = Path(__file__).parents[1] / "data"
EMPTY = '"quadratic_tail": [], "quadratic_biases": []}'


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("berlin52.tsp", TSP),
        ("myciel3.col", Colouring),
        ("g05_60.0", MaxCut),
        ("bqp50-1.sparse", QUBO),
        ("uf20-01.cnf", Satisfiability),
    ],
)
def test_files_are_the_problems_that_they_are(name: str, kind: type) -> None:
    problem = read(DATA / name)
    assert type(problem) is kind
    assert problem.size > 0


def test_the_content_decides_where_the_name_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").write_text(
        "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79\n"
    )
    assert isinstance(read(tmp_path / "a"), Sudoku)
    (tmp_path / "b").write_text((DATA / "uf20-01.cnf").read_text())
    assert isinstance(read(tmp_path / "b"), Satisfiability)
    (tmp_path / "c").write_text((DATA / "berlin52.tsp").read_text())
    assert isinstance(read(tmp_path / "c"), TSP)
    assert isinstance(read(DATA / "myciel3.col", "partition"), Partition)


def test_what_may_be_many_things_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="is a table of numbers: say what of, by `kind`, one of tsp, qap"):
        read(DATA / "ht10.csv")
    assert isinstance(read(DATA / "ht10.csv", "tsp"), TSP)
    with pytest.raises(InputError, match="there is no problem 'tour'"):
        read(DATA / "berlin52.tsp", "tour")
    (tmp_path / "x").write_text("\n")
    with pytest.raises(FileFormatError, match="holds nothing"):
        read(tmp_path / "x")


@pytest.mark.parametrize(
    ("name", "text", "kind"),
    [
        ("a.coo", "0 0 1\n0 1 2\n", QUBO),
        ("a.coo", "# vartype=SPIN\n0 1 2\n", Ising),
        ("a.json", '{"variable_type": "SPIN", "linear_biases": [1], "quadratic_head": [], ' + EMPTY, Ising),
        ("a", '{"variable_type": "BINARY", "linear_biases": [1], "quadratic_head": [], ' + EMPTY, QUBO),
    ],
)
def test_models_are_bits_or_spins_as_they_say(name: str, text: str, kind: type, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    assert type(read(tmp_path / name)) is kind
