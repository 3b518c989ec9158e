"""`analoghop solve` for every kind of problem beside tours: answers, files, pictures, bad input."""

import re
from pathlib import Path

import pytest

from analoghop.formats.graphs.dimacs import read_col_sol
from analoghop.formats.graphs.rudy import read_cut
from analoghop.formats.instances.cnf import read_assignment
from analoghop.formats.instances.spins import read_spins
from analoghop.formats.instances.sudoku import read_sudoku
from analoghop.optimise import entry

from .conftest import Command

DATA = Path(__file__).parents[1] / "data"
SUDOKU = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
SPINS = "4 5\n1 2 1\n2 3 -1\n3 4 2\n1 1 0.5\n4 4 -1\n"
FIGURES = ("cost_best", "cost_mean", "cost_median", "best_known", "gap_best", "gap_mean", "gap_median")
KEYS = [
    *("problem", "instance", "size", "formulation", "parameters", "starts", "seed", "valid_rate"),
    *("valid_interval", *FIGURES, "success_rate", "tts99", "violations", "answer", "search", "polished"),
    *("baselines", "evaluations", "cpu_s", "wall_s", "costs", "success_interval", "cut", "stopped"),
    *(
        "interrupted",
        "engine",
        "loading_s",
        "workers",
        "valid_count",
        "success_count",
        "circuits",
        "distinct",
    ),
    "labels",
    *("version", "command"),
]


@pytest.fixture
def spins(tmp_path: Path) -> Path:
    (tmp_path / "chain.ising").write_text(SPINS)
    return tmp_path / "chain.ising"


CASES = [
    ("colouring", "myciel3.col", ("--colours", 4), 0.0),
    ("coloring", "queen5_5.col", ("--colors", 5), 0.0),
    ("maxcut", "g05_60.0", (), 536.0),
    ("qubo", "bqp50-1.sparse", (), -2098.0),
    ("independent-set", "myciel3.col", (), 5.0),
    ("vertex-cover", "myciel3.col", (), 6.0),
    ("partition", "myciel3.col", (), None),
    ("queens", "8", (), 0.0),
    ("sudoku", SUDOKU, (), 0.0),
    ("sat", "uf20-01.cnf", (), 0.0),
]


@pytest.mark.parametrize(("kind", "file", "words", "cost"), CASES, ids=lambda value: str(value)[:12])
def test_json_of_every_kind(
    command: Command, kind: str, file: str, words: tuple[object, ...], cost: float | None
) -> None:
    path = DATA / file if "." in file and len(file) < 81 else file
    answer = command("solve", kind, path, *words, "--starts", 16, "--seed", 3, "--json", "--quiet")
    assert (answer.code, answer.err) == (0, "")
    value = answer.value
    assert [key for key in value if key != "colours"] == KEYS
    assert ("colours" in value) == kind.startswith("colo")
    found = entry(kind)
    assert value["problem"] == found.problem.kind
    problem = found.read(str(path))
    verdict = problem.verify(value["answer"])
    assert verdict.valid
    assert verdict.cost == pytest.approx(value["cost_best"])
    assert cost is None or verdict.cost == cost
    assert value["starts"] == 16
    assert value["baselines"] or kind == "sudoku"


def test_spins_of_a_chain_by_hand(command: Command, spins: Path) -> None:
    value = command("solve", "ising", spins, "--json").value
    # 1 and 2 alike, 2 and 3 not, 3 and 4 alike, and a field at both ends: all bonds hold.
    assert value["answer"] == [1, 1, -1, -1]
    assert value["cost_best"] == -(1 + 1 + 2 + 0.5 + 1)


@pytest.mark.parametrize(
    ("kind", "file", "suffix", "read"),
    [
        ("colouring", "myciel3.col", ".col.sol", lambda path: read_col_sol(path, 11)),
        ("maxcut", "g05_60.0", ".cut", lambda path: read_cut(path, 60)),
        ("qubo", "bqp50-1.sparse", ".bits", lambda path: read_cut(path, 50)),
        ("vertex-cover", "myciel3.col", ".bits", lambda path: read_cut(path, 11)),
        ("sat", "uf20-01.cnf", ".sol", lambda path: read_assignment(path, 20)),
        ("sudoku", SUDOKU, ".sudoku", lambda path: read_sudoku(path)[0]),
    ],
)
def test_answers_are_written_and_read_back(
    command: Command, kind, file, suffix, read, tmp_path: Path
) -> None:
    out = tmp_path / f"best{suffix}"
    path = file if file == SUDOKU else DATA / file
    value = command("solve", kind, path, "--seed", 4, "--out", out, "--json").value
    found = read(out)
    assert value["answer"] == (found if isinstance(found, str) else list(found))
    assert '"seed": 4' in out.read_text()
    assert "analoghop " in out.read_text()


def test_spins_are_written_and_read_back(command: Command, spins: Path, tmp_path: Path) -> None:
    value = command("solve", "ising", spins, "--out", tmp_path / "x.spins", "--json").value
    assert value["answer"] == list(read_spins(tmp_path / "x.spins", 4))


def test_fewest_colours_go_down_from_dsatur(command: Command) -> None:
    answer = command("solve", "colouring", DATA / "queen5_5.col", "--json")
    value = answer.value
    assert (answer.code, value["colours"]) == (0, 5)
    assert value["parameters"]["clique"] == 5
    assert value["parameters"]["tried"].split()[0] == str(value["parameters"]["dsatur_colours"])
    assert value["parameters"]["tried"].split()[-1] == "5"
    assert len(set(value["answer"])) == 5


def test_too_few_colours_are_exit_code_4_and_conflicts_are_listed(command: Command) -> None:
    words = ("--colours", 2, "--starts", 4, "--set", "cycles=1")
    answer = command("solve", "colouring", DATA / "myciel3.col", *words)
    assert answer.code == 4
    told = re.search(r"none of 4 starts ended in a valid answer \(the closest: (.*)\)", answer.err)
    assert told is not None
    assert re.fullmatch(r"1 conflicting edge|[2-9] conflicting edges", told[1])
    places = answer.out.split(f"the closest start has {told[1]}: ")[1].splitlines()[0].split(", ")
    assert len(places) == int(told[1].split()[0])
    value = command("solve", "colouring", DATA / "myciel3.col", *words, "--json").value
    assert value["answer"] is None
    assert value["colours"] == 2
    assert value["cost_best"] >= 1
    assert value["violations"]["conflicting edges"] == pytest.approx(value["cost_mean"])


@pytest.mark.parametrize(
    ("machine", "line"),
    [
        ("inertial", "no energy to watch: the force of comparators has no potential"),
        ("amplitude", "no energy to watch: the error variables make the coupling asymmetric"),
        ("gain", "the energy may rise: a schedule is running: guaranteed for frozen parameters only"),
    ],
)
def test_the_report_says_what_the_energy_does(command: Command, machine: str, line: str) -> None:
    answer = command("solve", "maxcut", DATA / "myciel3.col", "--machine", machine, "--starts", 1)
    assert line in [part.strip() for part in answer.out.splitlines()]


def test_nothing_is_called_unsatisfiable(command: Command, tmp_path: Path) -> None:
    (tmp_path / "no.cnf").write_text("p cnf 2 4\n1 2 0\n-1 2 0\n1 -2 0\n-1 -2 0\n")
    answer = command("solve", "sat", tmp_path / "no.cnf", "--starts", 2, "--set", "duration=40")
    assert answer.code == 4
    assert "whether the formula is satisfiable remains unknown" in answer.err
    assert "unsatisfiable" not in (answer.out + answer.err).lower()
    assert "(the closest: 1 unsatisfied clause); whether" in answer.err
    assert "the closest start has 1 unsatisfied clause: clause " in answer.out


def test_loops_are_reported_and_ignored(command: Command, tmp_path: Path) -> None:
    (tmp_path / "x.col").write_text("p edge 3 3\ne 1 2\ne 2 2\ne 2 3\n")
    answer = command("solve", "colouring", tmp_path / "x.col", "--colours", 2, "--starts", 1)
    assert answer.code == 0
    assert "notice: x: edges from a vertex to itself are ignored (vertex 1, from 0)" in answer.err


@pytest.mark.parametrize(
    ("kind", "name", "text", "message"),
    [
        ("colouring", "x.col", "p edge 0 0\n", "x.col:1:1: the number of vertices is 0"),
        ("colouring", "x.col", "p edge 5 0\n", "x.col:1:1: the graph has no edges"),
        ("colouring", "x.col", "p edge 2 1\ne 1 3\n", "x.col:2:1: a vertex is 3"),
        ("maxcut", "x.txt", "3 0\n", "x.txt:1:1: the graph has no edges"),
        ("maxcut", "x.txt", "3 1\n0 1 1\n", "x.txt:2:1: an end of the edge is 0"),
        ("ising", "x.txt", "3 1\n1 2 inf\n", "x.txt:2:1: the value is 'inf'"),
        ("qubo", "x.sparse", "2 1\n1 2 nan\n", "x.sparse:2:1: the value is 'nan'"),
        ("qubo", "x.csv", "1,2\n3,4\n5,6\n", "x.csv:3:1: the matrix has 3 rows and 2 columns"),
        ("sat", "x.cnf", "p cnf 2 1\n1 0 2 0\n", "x.cnf:2:1: there are 2 clauses"),
        ("sat", "x.cnf", "p cnf 2 1\n0\n", "there is no variable 0"),
        ("sudoku", "x.txt", "55" + "." * 79, "5 is in row 1, column 1 and in row 1, column 2"),
        ("partition", "x.txt", "", "x.txt:1:1: holds no numbers"),
    ],
)
def test_bad_files(command: Command, kind: str, name: str, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    answer = command("solve", kind, tmp_path / name, "--json")
    assert answer.code == 3
    assert message in answer.err
    assert answer.out == ""


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("colouring", DATA / "myciel3.col", "--colours", 0), 3, "`colours` is 0, expected at least 1"),
        (("colouring", DATA / "myciel3.col", "--colours", -2), 3, "`colours` is -2"),
        (("maxcut", DATA / "myciel3.col", "--colours", 3), 2, "`--colours` is for colouring"),
        (("queens", "3"), 3, "3 queens always attack each other"),
        (("queens", "none"), 3, "'none' is no number of queens"),
        (("sudoku", "12."), 3, "'12.' has 3 signs, expected 81"),
        (("sat", DATA / "none.cnf"), 3, "cannot be read"),
        (("sat", DATA / "uf20-01.cnf", "--plot", "x.gif"), 2, "an answer to sat has no picture"),
        (("queens", "8", "--out", "x.cut"), 3, "written to .queens files"),
        (("maxcut", DATA / "g05_60.0", "--out", "x.tour"), 3, "written to .cut or .csv or .dot files"),
        (("maxcut", DATA / "g05_60.0", "--search", "restarts"), 2, "`--search`"),
    ],
)
def test_bad_words(command: Command, words: tuple[object, ...], code: int, message: str) -> None:
    answer = command("solve", *words)
    assert answer.code == code
    assert message in answer.err


@pytest.mark.parametrize(
    ("words", "name"),
    [
        (("colouring", DATA / "myciel3.col"), "x.png"),
        (("maxcut", DATA / "g05_60.0"), "x.svg"),
        (("queens", "6"), "x.gif"),
        (("sudoku", SUDOKU), "x.png"),
        (("sat", DATA / "uf20-01.cnf"), "x.png"),
    ],
)
def test_pictures_of_every_kind(
    command: Command, words: tuple[object, ...], name: str, tmp_path: Path
) -> None:
    answer = command("solve", *words, "--starts", 2, "--plot", tmp_path / name)
    assert answer.code == 0
    assert (tmp_path / name).stat().st_size > 5000


def test_entry_list_names_every_kind(command: Command) -> None:
    told = {one["problem"]: one for one in command("solve", "--list", "--json").value}
    for kind, *_ in CASES:
        if kind != "coloring":
            assert told[kind]["formulations"], kind
            assert told[kind]["default"] == next(iter(told[kind]["formulations"]))
