"""Answers by the names of vertices, variables and cities: reports, JSON, tables, and graphs for Graphviz."""

import re
from pathlib import Path

import pytest

from analoghop import read

from .conftest import Command

EDGES = 'source,target,weight\nBern,Zug,2\n"Zug","Ürich",3\nÜrich,Bern,1\nBern,Chur,5\n'
DATA = Path(__file__).parents[1] / "data"


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    path = tmp_path / "towns.csv"
    path.write_text(EDGES)
    return path


def test_the_report_and_json_have_names(command: Command, graph: Path) -> None:
    done = command("solve", "maxcut", graph)
    assert "best raw answer: Bern=0 Zug=1 " in done.out
    told = command("solve", "maxcut", graph, "--json").value
    assert sorted(told["labels"]) == ["Bern", "Chur", "Zug", "Ürich"]
    assert command("solve", "queens", "4", "--json").value["labels"] is None


def test_a_table_of_names_is_written_and_judged(command: Command, graph: Path, tmp_path: Path) -> None:
    out = tmp_path / "answer.csv"
    assert command("solve", "maxcut", graph, "--out", out).code == 0
    lines = out.read_text().splitlines()
    assert lines[2:4] == ["name,value", "Bern,0"]
    assert command("check", "maxcut", graph, out).code == 0
    assert command("solve", "maxcut", graph, "--out", out).code == 0  # its own file, once more
    out.write_text("name,value\nBern,0\nBasel,1\n")
    assert "answer.csv:3:1: there is no 'Basel'" in command("check", "maxcut", graph, out).err


@pytest.mark.parametrize(
    ("kind", "file"),
    [
        ("tsp", "burma14.tsp"),
        ("sat", "uf20-01.cnf"),
        ("qubo", "bqp50-1.sparse"),
        ("colouring", "myciel3.col"),
        ("partition", "myciel3.col"),
    ],
)
def test_numbers_are_names_where_there_are_no_others(
    command: Command, kind: str, file: str, tmp_path: Path
) -> None:
    out, words = tmp_path / "a.csv", ("--time-limit", "20", "--starts", "16")
    found = command("solve", kind, DATA / file, "--out", out, "--json", *words).value
    judged = command("check", kind, DATA / file, out, "--json")
    assert judged.code == 0
    costs = [cost for cost in found["costs"] if cost is not None]
    assert judged.value["cost"] == pytest.approx(
        max(costs) if read(DATA / file, kind).sense == "max" else min(costs)
    )


def test_a_graph_with_its_answer_is_written_for_graphviz(
    command: Command, graph: Path, tmp_path: Path
) -> None:
    out = tmp_path / "answer.dot"
    assert command("solve", "maxcut", graph, "--out", out).code == 0
    text = out.read_text()
    sides = dict(re.findall(r'"(\w+)" \[value=(\d)', text))
    edges = re.findall(r'"(\w+)" -- "(\w+)" \[weight=(\d), label=\d(, style=dashed)?\];', text)
    assert {(a, b): int(w) for a, b, w, _ in edges} == {
        ("Bern", "Zug"): 2,
        ("Bern", "Ürich"): 1,
        ("Bern", "Chur"): 5,
        ("Zug", "Ürich"): 3,
    }
    assert all((sides[a] != sides[b]) == bool(dashed) for a, b, _, dashed in edges)
    refused = command("solve", "tsp", DATA / "burma14.tsp", "--out", out, "--force")
    assert ".tour or .csv files, not to" in refused.err
