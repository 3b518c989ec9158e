"""`analoghop solve`: its JSON is a contract, key by key."""

import dataclasses
import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import analoghop.problems.tsp as salesman
from analoghop.formats.instances.tables import write_table
from analoghop.formats.tsplib import read_tour
from analoghop.limits import Limits
from analoghop.optimise import PROBLEMS, batches
from analoghop.optimise.anneal import Anneals, anneal
from analoghop.problems.tsp import TSP
from tests.optimise.toy import Toy

from .conftest import Command

DATA = Path(__file__).parents[1] / "data"

KEYS = {
    "problem": str,
    "instance": str,
    "size": int,
    "formulation": str,
    "parameters": dict,
    "starts": int,
    "seed": int,
    "valid_rate": float,
    "valid_interval": list,
    "cost_best": float,
    "cost_mean": float,
    "cost_median": float,
    "best_known": float,
    "gap_best": float,
    "gap_mean": float,
    "gap_median": float,
    "success_rate": float,
    "tts99": dict,
    "violations": dict,
    "answer": list,
    "search": dict,
    "polished": dict,
    "baselines": dict,
    "evaluations": int,
    "cpu_s": float,
    "wall_s": float,
    "costs": list,
    "success_interval": list,
    "cut": int,
    "stopped": int,
    "interrupted": bool,
    "engine": dict,
    "loading_s": float,
    "workers": int,
    "valid_count": int,
    "success_count": int,
    "circuits": dict,
    "distinct": int,
    "labels": type(None),
    "version": str,
    "command": str,
}
SEARCH = {"runs", "calls", "cost_best", "cost_mean", "gap_best", "gap_mean", "answer", "cpu_s"}
FIGURES = {"cost_best", "cost_mean", "gap_best", "gap_mean"}


@pytest.fixture
def toy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The small formulation, beside the others, as the default."""
    monkeypatch.setattr(salesman, "FORMULATIONS", {"toy": Toy, **salesman.FORMULATIONS})


@pytest.fixture
def five(tmp_path: Path) -> Path:
    """Five cities."""
    write_table(tmp_path / "five.csv", np.random.default_rng(2).uniform(size=(5, 2)), ("x", "y"))
    return tmp_path / "five.csv"


@pytest.mark.usefixtures("toy")
def test_json_has_the_keys_of_the_contract(command: Command, five: Path) -> None:
    words = ("--starts", 6, "--polish", "2opt", "--search", "restarts", "--optimum", "2.2454", "--json")
    answer = command("solve", "tsp", five, "--machine", "toy", "--set", "D=200", *words)
    assert (answer.code, answer.err) == (0, "")
    value = answer.value
    assert list(value) == list(KEYS)
    assert all(isinstance(value[key], kind) for key, kind in KEYS.items())
    assert set(value["tts99"]) == {"tau", "s", "interval_tau", "interval_s"}
    assert set(value["search"]) == SEARCH
    assert set(value["polished"]) == {*FIGURES, "control"}
    assert set(value["polished"]["control"]) == FIGURES
    assert value["parameters"] == {"D": 200.0, "u0": 0.02}
    assert (value["starts"], value["seed"], value["best_known"]) == (6, 0, 2.2454)
    assert TSP.read(five).verify(value["answer"]).cost == pytest.approx(value["cost_best"])


@pytest.mark.usefixtures("toy")
def test_what_is_unknown_is_null(command: Command, five: Path) -> None:
    value = command("solve", "tsp", five, "--starts", 2, "--set", "D=200", "--json").value
    assert value["best_known"] is value["gap_best"] is value["gap_mean"] is None
    assert value["search"] is value["polished"] is None


@pytest.mark.usefixtures("toy")
def test_nothing_valid_is_exit_code_4(command: Command, five: Path, tmp_path: Path) -> None:
    out = tmp_path / "best.tour"
    answer = command("solve", "tsp", five, "--starts", 3, "--set", "D=400", "--out", out, "--json")
    assert answer.code == 4
    assert answer.value["answer"] is answer.value["cost_best"] is answer.value["tts99"]["tau"] is None
    assert answer.value["valid_rate"] == 0.0
    assert "none of 3 starts ended in a valid answer" in answer.err
    assert not out.exists()


@pytest.mark.usefixtures("toy")
def test_report_has_the_baselines_in_the_same_table(command: Command, five: Path) -> None:
    words = ("--starts", 8, "--polish", "2opt", "--best-known", 2.2454)
    answer = command("solve", "tsp", five, *words)
    assert answer.code == 0
    table = answer.out.split("tour length ")[1]
    for row in (
        "single anneals, raw",
        "the same after 2opt",
        "(control)",
        "random",
        "nearest neigh",
        "2-opt",
    ):
        assert row in table
    assert re.search(r"of 8 starts valid without repair \(.* 95 % interval", answer.out)
    assert "99 % sure after" in answer.out


@pytest.mark.usefixtures("toy")
def test_tour_file_is_read_back_and_says_where_it_comes_from(
    command: Command, five: Path, tmp_path: Path
) -> None:
    out = tmp_path / "best.tour"
    words = ("--starts", 4, "--set", "D=200", "--seed", 5, "--out", out)
    value = command("solve", "tsp", five, *words, "--json").value
    tour = read_tour(out, 5, "five")
    assert list(tour.order) == value["answer"]
    head, record = tour.comment.splitlines()
    assert head.startswith(f"cost {value['cost_best']:.10g}, analoghop ")
    told = json.loads(record)
    assert told["seed"] == 5
    assert told["settings"] == {"D": "200"}
    assert "--seed 5" in told["command"]
    again = command("solve", "tsp", five, "--starts", 4, "--set", "D=200", "--start", out, "--json").value
    assert again["cost_mean"] == pytest.approx(value["cost_best"])


@pytest.mark.usefixtures("toy")
def test_better_answers_of_search_and_polish_are_written(
    command: Command, five: Path, tmp_path: Path
) -> None:
    out = tmp_path / "best.tour"
    words = ("--starts", 1, "--seed", 1, "--polish", "2opt+oropt", "--out", out)
    value = command("solve", "tsp", five, "--set", "D=200", *words, "--json").value
    assert value["polished"]["cost_best"] < value["cost_best"]
    assert TSP.read(five).verify(read_tour(out).order).cost == pytest.approx(value["polished"]["cost_best"])
    assert '"answer of": "polish"' in out.read_text()


@pytest.mark.usefixtures("toy")
@pytest.mark.parametrize("suffix", ["png", "svg", "gif"])
def test_pictures(suffix: str, command: Command, five: Path, tmp_path: Path) -> None:
    picture = tmp_path / f"x.{suffix}"
    answer = command("solve", "tsp", five, "--starts", 2, "--set", "D=200", "--plot", picture)
    assert answer.code == 0
    assert picture.stat().st_size > 5000
    assert f"wrote {picture}" in answer.out


def changed(encoding: Any, made: Anneals, **masks: np.ndarray) -> Anneals:
    """Return `made` with one tour in all outputs, and with other ends."""
    outputs = np.repeat(encoding.embed(range(5)), made.ends.outputs.shape[1], axis=1)
    return made._replace(ends=dataclasses.replace(made.ends, outputs=outputs, **masks))


@pytest.mark.usefixtures("toy")
def test_failed_starts_are_reported(command: Command, five: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(encoding: Any, seed: int, index: np.ndarray, limits: Limits, **options: Any) -> Anneals:
        return changed(encoding, anneal(encoding, seed, index, limits, **options), failed=index == 0)

    monkeypatch.setattr(batches, "anneal", failing)
    answer = command("solve", "tsp", five, "--starts", 4, "--json")
    assert answer.code == 0
    assert "1 of 4 starts failed numerically; they count as invalid" in answer.err
    assert answer.value["valid_rate"] == 0.75
    assert answer.value["violations"] == {"numerical failure": 1.0}


@pytest.mark.usefixtures("toy")
def test_starts_that_the_time_limit_cuts_are_reported(
    command: Command, five: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cutting(encoding: Any, seed: int, index: np.ndarray, limits: Limits, **options: Any) -> Anneals:
        made = anneal(encoding, seed, index, limits, **options)
        return changed(encoding, made, cut=index > 0, stopped=index == 0)

    monkeypatch.setattr(batches, "anneal", cutting)
    answer = command("solve", "tsp", five, "--starts", 4, "--json")
    assert answer.code == 0
    assert "3 starts cut short by the time limit, and left out" in answer.err
    assert "1 start stopped before the end, counted as it stood then" in answer.err
    assert (answer.value["starts"], answer.value["valid_rate"], answer.value["cut"]) == (1, 1.0, 3)
    assert answer.value["stopped"] == 1


@pytest.mark.parametrize("suffix", ["png", "gif"])
def test_no_start_within_the_time_limit_is_exit_code_4(suffix: str, command: Command, tmp_path: Path) -> None:
    words = ("--time-limit", "1e-6", "--plot", tmp_path / f"x.{suffix}", "--set", "steps=50")
    answer = command("solve", "tsp", DATA / "ht10.csv", *words)
    assert answer.code == 4
    assert "no start ended within the time limit" in answer.err
    assert "valid" not in answer.out
    assert "1 start cut short by the time limit, and left out" in answer.err


@pytest.mark.usefixtures("toy")
def test_ctrl_c_reports_what_has_ended(command: Command, five: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressed(encoding: Any, seed: int, index: np.ndarray, limits: Limits, **options: Any) -> Anneals:
        made = anneal(encoding, seed, index, limits, **options)
        limits.interrupt()
        return changed(encoding, made, cut=index > 2)

    monkeypatch.setattr(batches, "anneal", pressed)
    answer = command("solve", "tsp", five, "--starts", 8, "--json")
    assert answer.code == 4
    assert "interrupted after 3 starts" in answer.err
    assert (answer.value["starts"], answer.value["cut"], answer.value["interrupted"]) == (3, 5, True)


def test_list(command: Command) -> None:
    answer = command("solve", "--list")
    assert answer.code == 0
    value = command("solve", "--list", "--json").value
    assert [one["problem"] for one in value] == list(PROBLEMS)
    for one in value:
        assert one["default"] in (one["formulations"] or {None: None})
        assert all(purpose in answer.out for purpose in one["formulations"].values())


BAD = """NAME: bad
TYPE: TSP
DIMENSION: 3
EDGE_WEIGHT_TYPE: EUC_2D
NODE_COORD_SECTION
1 0 0
2 0 1
3 1 1
EOF
"""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (BAD.replace(": 3", ": 1"), ":3:1: DIMENSION is 1: a tour has at least 3 cities"),
        (BAD.replace(": 3", ": 2"), ":3:1: DIMENSION is 2: a tour has at least 3 cities"),
        (BAD.replace("3 1 1\n", ""), ":7:1: NODE_COORD_SECTION ends after 2 of 3 cities"),
        (BAD.replace("3 1 1", "3 1 nan"), ":8:1: 'nan' in NODE_COORD_SECTION is no finite number"),
        (BAD.replace("EUC_2D", "XRAY"), ":4:1: 'XRAY' is no edge weight type known here"),
    ],
)
def test_bad_files_are_exit_code_3(text: str, message: str, command: Command, tmp_path: Path) -> None:
    (tmp_path / "bad.tsp").write_text(text)
    answer = command("solve", "tsp", tmp_path / "bad.tsp", "--json")
    assert (answer.code, answer.out) == (3, "")
    assert message in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    ("matrix", "message"),
    [("0,1,-1\n1,0,1\n1,1,0\n", "is negative"), ("0,1,inf\n1,0,1\n1,1,0\n", "holds 'inf', no finite number")],
)
def test_bad_distances_are_exit_code_3(matrix: str, message: str, command: Command, tmp_path: Path) -> None:
    (tmp_path / "bad.csv").write_text(matrix)
    answer = command("solve", "tsp", tmp_path / "bad.csv")
    assert answer.code == 3
    assert message in answer.err


def test_tour_of_another_instance_is_exit_code_3(command: Command) -> None:
    answer = command("solve", "tsp", DATA / "berlin52.tsp", "--start", DATA / "att48.opt.tour")
    assert answer.code == 3
    assert "this tour has 48 cities: it is not a tour of berlin52 with 52" in answer.err


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((), 2, "a problem and a file are needed"),
        (("tsp",), 2, "a problem and a file are needed"),
        (("knapsack", "x"), 2, "there is no problem 'knapsack', expected one of"),
        (("tsp", "FIVE", "--formulation", "x"), 2, "`--formulation` is 'x', expected one of"),
        (("tsp", "FIVE", "--search", "x"), 2, "`--search` is 'x', expected one of"),
        (("tsp", "FIVE", "--polish", "3opt"), 2, "`--polish` is '3opt', expected one of 2opt"),
        (("tsp", "FIVE", "--starts", "many"), 2, "is no whole number"),
        (("tsp", "FIVE", "--set", "D"), 2, "expected NAME=VALUE"),
        (("tsp", "FIVE", "--set", "D=1", "--set", "D=2"), 2, "`--set D=` is given twice"),
        (("tsp", "FIVE", "--set", "gain=1"), 3, "has no option `gain`; its options are"),
        (("tsp", "FIVE", "--starts", "0"), 3, "`starts` is 0, expected at least 1"),
        (("tsp", "FIVE", "--time-limit", "-1"), 3, "`--time-limit` is -1"),
        (("tsp", "FIVE", "--out", "x.txt"), 3, "answers are written to .tour or .csv files"),
        (("tsp", "FIVE", "--plot", "x.bmp"), 3, "pictures are written to .png"),
        (("tsp", "FIVE", "--plot", "nowhere/x.gif"), 3, "the folder nowhere does not exist"),
        (("tsp", "none.tsp"), 3, "cannot be read"),
    ],
)
@pytest.mark.usefixtures("toy")
def test_wrong_words(words: tuple[str, ...], code: int, message: str, command: Command, five: Path) -> None:
    answer = command("solve", *(five if word == "FIVE" else word for word in words))
    assert answer.code == code
    assert message in answer.err
    assert answer.out == ""


def test_noise_costs_ten_cities_some_starts_and_no_answer(command: Command) -> None:
    words = ("--starts", 50, "--optimum", "2.6906706370094136", "--json")
    value = command("solve", "tsp", DATA / "ht10.csv", *words).value
    assert value["circuits"] == {"narrowing ring": 25, "nearest neighbours": 25}
    assert value["valid_rate"] == 1.0
    assert value["gap_best"] == pytest.approx(0.0, abs=1e-9)
    assert value["success_rate"] > 0.8


def test_ten_cities_are_solved_as_the_reference_found(command: Command, tmp_path: Path) -> None:
    out = tmp_path / "ht10.tour"
    words = (
        "--formulation",
        "potts",
        "--set",
        "sigma=0.15",
        "--starts",
        50,
        "--optimum",
        "2.6906706370094136",
        "--out",
        out,
        "--json",
    )
    value = command("solve", "tsp", DATA / "ht10.csv", *words).value
    assert value["formulation"] == "potts"
    assert (value["valid_rate"], value["success_rate"]) == (1.0, 1.0)
    assert value["gap_best"] == pytest.approx(0.0, abs=1e-9)
    assert TSP.read(DATA / "ht10.csv").verify(read_tour(out).order).cost == pytest.approx(2.6906706370094136)


def test_best_known_is_taken_from_the_tour_beside_the_file(command: Command) -> None:
    value = command("solve", "tsp", DATA / "berlin52.tsp", "--starts", 2, "--json").value
    assert value["best_known"] == 7542
    assert value["valid_rate"] == 1.0
    assert 0 <= value["gap_mean"] < 5
