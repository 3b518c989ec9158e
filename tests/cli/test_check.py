"""`analoghop check`: an answer in a file is judged by the instance's own data."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import analoghop
from analoghop.errors import InputError
from analoghop.formats.graphs.dimacs import write_col_sol
from analoghop.formats.graphs.rudy import write_cut
from analoghop.formats.instances.cnf import write_assignment
from analoghop.formats.instances.queens import read_queens, write_queens
from analoghop.formats.instances.sudoku import write_sudoku
from analoghop.optimise import PROBLEMS, entry
from analoghop.problems.base import Problem

from .conftest import Command

DATA = Path(__file__).parents[1] / "data"
SUDOKU = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
SOLVED = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"
SPINS = "4 5\n1 2 1\n2 3 -1\n3 4 2\n1 1 0.5\n4 4 -1\n"
KEYS = ["version", "command", "engine", "interrupted", "valid", "cost", "violations", "faults"]
FILES = {
    "tsp": "burma14.tsp",
    "qap": "chr12a.dat",
    "colouring": "myciel3.col",
    "maxcut": "g05_60.0",
    "qubo": "bqp50-1.sparse",
    "independent-set": "myciel3.col",
    "vertex-cover": "myciel3.col",
    "partition": "myciel3.col",
    "sat": "uf20-01.cnf",
}


def source(kind: str, folder: Path) -> str:
    """The instance as the command line names it."""
    if kind == "maxsat":
        (folder / "x.wcnf").write_text("h 1 2 0\nh -1 -3 0\n2 3 0\n1.5 -1 -2 0\n1 2 3 -1 0\n")
        return str(folder / "x.wcnf")
    if kind == "ising":
        (folder / "chain.ising").write_text(SPINS)
        return str(folder / "chain.ising")
    return {"queens": "8", "sudoku": SUDOKU}.get(kind) or str(DATA / FILES[kind])


def instance(kind: str, folder: Path) -> Problem:
    if kind != "model":
        return entry(kind).read(source(kind, folder))
    model = analoghop.Model()
    x = model.variables(4)
    model.exactly_one(x)
    return model.problem()


def plain(answer: Any) -> Any:
    return answer if isinstance(answer, str) else [int(value) for value in answer]


@pytest.mark.parametrize("kind", PROBLEMS)
def test_an_answer_of_every_kind_is_written_and_read_back(kind: str, tmp_path: Path) -> None:
    found, problem = entry(kind), instance(kind, tmp_path)
    result = analoghop.solve(problem, starts=8, seed=2, baselines=False)
    assert result.answer is not None
    assert found.writers
    assert found.read_answer is not None
    for suffix, write in found.writers.items():
        path = str(tmp_path / f"x{suffix}")
        write(path, problem, result.answer, "one\ntwo")
        for read in (found.read_answer, found.read_candidate or found.read_answer):
            assert plain(read(path, problem)) == plain(result.answer)


@pytest.mark.parametrize("kind", [kind for kind in PROBLEMS if kind != "model"])
def test_what_solve_writes_is_valid(command: Command, kind: str, tmp_path: Path) -> None:
    out, file = tmp_path / f"x{next(iter(entry(kind).writers))}", source(kind, tmp_path)
    solved = command("solve", kind, file, "--starts", 16, "--out", out, "--json").value
    answer = command("check", kind, file, out, "--json")
    assert (answer.code, answer.err) == (0, "")
    value = answer.value
    assert list(value) == KEYS
    assert value["version"] == analoghop.__version__
    assert value["command"].startswith(f"analoghop check {kind} ")
    assert (value["valid"], value["violations"], value["faults"]) == (True, {}, [])
    assert value["cost"] == pytest.approx(solved["cost_best"])
    told = command("check", kind, file, out)
    assert told.code == 0
    assert ": the answer is valid" in told.out


def tour(path: Path, *cities: int) -> None:
    lines = ["TYPE : TOUR", "DIMENSION : 14", "TOUR_SECTION", *map(str, cities), "-1", "EOF"]
    path.write_text("\n".join(lines))


CHECKS: list[tuple[str, Any, dict[str, int], list[str], float | None]] = [
    (
        "tsp",
        lambda path: tour(path, *range(1, 13), 12, 99),
        {"missing": 2, "repeated": 1, "unknown": 1},
        ["city 12 is missing", "city 13 is missing", "city 11 is visited 2 times", "city 98 is unknown"],
        None,
    ),
    (
        "qap",
        lambda path: path.write_text("12 0\n1 2 3 4 5 6 7 8 9 10 10 0\n"),
        {"missing": 2, "repeated": 1, "unknown": 1},
        [
            "location 10 is missing",
            "location 11 is missing",
            "location 9 is used 2 times",
            "location -1 is unknown",
        ],
        None,
    ),
    (
        "colouring",
        lambda path: write_col_sol(path, [0, 0, 1, 1, 2, 2, 2, 3, 3, 3, 30]),
        {"conflicting edges": 1, "unknown colour": 1},
        ["0-1", "vertex 10 has colour 30"],
        1.0,
    ),
    ("queens", lambda path: write_queens(path, [0, 0, 5, 7, 2, 6, 3, 9]), {}, [], None),
    (
        "sudoku",
        lambda path: write_sudoku(path, "6" + SOLVED[1:3] + "." + SOLVED[4:]),
        {"changed givens": 1, "no digit": 1, "conflicting pairs": 1},
        ["r1c1-r2c1", "r1c1 is 6, given is 5", "r1c4 has no digit"],
        1.0,
    ),
    ("independent-set", lambda path: write_cut(path, [1] * 11), {"edges inside": 20}, [], None),
    ("vertex-cover", lambda path: write_cut(path, [0] * 11), {"uncovered edges": 20}, [], None),
    (
        "partition",
        lambda path: write_cut(path, [0] * 8 + [1] * 3),
        {"vertices too many": 2},
        ["side 0 has 8 vertices, 6 at most"],
        None,
    ),
    ("sat", lambda path: write_assignment(path, [True] * 20), {}, [], None),
]


@pytest.mark.parametrize(("kind", "write", "violations", "faults", "cost"), CHECKS)
def test_a_wrong_answer_is_exit_code_4_with_every_violation(
    command: Command,
    kind: str,
    write: Any,
    violations: dict[str, int],
    faults: list[str],
    cost: float | None,
    tmp_path: Path,
) -> None:
    path, file = tmp_path / "wrong.txt", source(kind, tmp_path)
    write(path)
    answer = command("check", kind, file, path, "--json")
    assert answer.code == 4
    value = answer.value
    assert value["valid"] is False
    assert sum(value["violations"].values()) > 0
    assert value["faults"]
    if violations:
        assert value["violations"] == violations
    if kind in ("independent-set", "vertex-cover"):
        edges = instance(kind, tmp_path).graph.edges.tolist()  # type: ignore[attr-defined]
        assert value["faults"] == [f"{i}-{j}" for i, j in edges]
    elif faults:
        assert value["faults"] == faults
    if cost is not None:
        assert value["cost"] == cost
    told = command("check", kind, file, path)
    assert told.code == 4
    assert ": the answer is not valid: " in told.out
    assert all(f"  {fault}\n" in told.out for fault in value["faults"])


def test_colours_are_counted_where_their_number_is_given(command: Command, tmp_path: Path) -> None:
    colours = analoghop.solve(analoghop.Colouring.read(DATA / "myciel3.col", 4), starts=4).answer
    write_col_sol(tmp_path / "x.col.sol", colours)
    assert command("check", "colouring", DATA / "myciel3.col", tmp_path / "x.col.sol").code == 0
    few = command("check", "coloring", DATA / "myciel3.col", tmp_path / "x.col.sol", "--colours", 3, "--json")
    assert few.code == 4
    assert set(few.value["violations"]) == {"unknown colour"}


def test_long_lists_of_violations_are_cut_in_the_report_alone(command: Command, tmp_path: Path) -> None:
    write_queens(tmp_path / "x.queens", [0] * 20)
    answer = command("check", "queens", 20, tmp_path / "x.queens")
    assert answer.out.count("\n") == 2 + 50 + 1
    assert "  and 140 more (--json lists all)" in answer.out
    assert len(command("check", "queens", 20, tmp_path / "x.queens", "--json").value["faults"]) == 190


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("maxcut", DATA / "g05_60.0", "nowhere.cut"), 3, "nowhere.cut: cannot be read"),
        (("maxcut", "nowhere.txt", DATA / "g05_60.0"), 3, "nowhere.txt: cannot be read"),
        (("maxcut", DATA / "g05_60.0", DATA / "myciel3.col"), 3, "something other than 0 and 1"),
        (("tsp", DATA / "burma14.tsp", DATA / "bayg29.opt.tour"), 3, "this tour has 29 cities"),
        (("tsp", DATA / "burma14.tsp", DATA / "burma14.tsp"), 3, "TYPE is 'TSP'; expected TOUR"),
        (("qap", DATA / "chr12a.dat", DATA / "bays29.tsp"), 3, "is no finite number"),
        (("model", "x", "y"), 3, "cannot be read: No such file"),
        (("nothing", "x", "y"), 2, "there is no problem 'nothing'"),
        (("maxcut", DATA / "g05_60.0"), 2, "ANSWER"),
        (("maxcut", DATA / "g05_60.0", "y", "--colours", 3), 2, "has no colours"),
    ],
)
def test_files_that_cannot_be_read_are_exit_code_3(
    command: Command, words: tuple[object, ...], code: int, message: str
) -> None:
    answer = command("check", *words)
    assert (answer.code, answer.out) == (code, "")
    assert message in answer.err


def test_columns_of_queens_are_written_and_read_back(tmp_path: Path) -> None:
    columns = tuple(np.random.default_rng(0).permutation(30).tolist())
    write_queens(tmp_path / "x.queens", columns, "a\nb")
    assert read_queens(tmp_path / "x.queens", 30) == columns
    for size, message in ((29, "more than 29 columns"), (31, "30 columns, expected 31")):
        with pytest.raises(InputError, match=message):
            read_queens(tmp_path / "x.queens", size)
    (tmp_path / "x.queens").write_text("1 -2\n")
    with pytest.raises(InputError, match="a column is -2"):
        read_queens(tmp_path / "x.queens", 2)
    with pytest.raises(InputError, match="`columns` holds a negative number"):
        write_queens(tmp_path / "x.queens", [-1])
