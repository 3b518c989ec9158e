"""`analoghop encode`: the deck ends, here and in ngspice, in the tour that the encoding ends in."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

import analoghop
from analoghop.circuit.ngspice import run_ngspice
from analoghop.formats.instances.qaplib import Matrices, write_qaplib
from analoghop.formats.instances.tables import write_table
from analoghop.optimise import entry, trace, with_settings
from analoghop.problems.colouring.instance import Colouring
from analoghop.problems.qap import QAP
from analoghop.problems.tsp import FORMULATIONS, TSP

from .conftest import Command

DATA = Path(__file__).parents[1] / "data"
SOLDERED = ["potts", "guaranteed"]  # tests/optimise/test_tsp_decks.py has all
with_ngspice = pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")


@pytest.fixture
def five(tmp_path: Path) -> Path:
    """Five cities."""
    write_table(tmp_path / "five.csv", np.random.default_rng(5).uniform(size=(5, 2)), ("x", "y"))
    return tmp_path / "five.csv"


def ends_in(names: list[str], values: np.ndarray) -> tuple[int, ...]:
    """Return the tour that the last outputs say, thresholded and no more."""
    V = np.asarray(values).reshape(5, 5) > 0.5
    assert (V.sum(axis=0) == 1).all(), names
    assert (V.sum(axis=1) == 1).all(), names
    return tuple(V.argmax(axis=0).tolist())


@pytest.mark.ngspice
@with_ngspice
@pytest.mark.parametrize("name", SOLDERED)
def test_ngspice_ends_in_the_same_tour(name: str, command: Command, five: Path, tmp_path: Path) -> None:
    deck = tmp_path / "tsp.cir"
    answer = command("encode", "tsp", five, "--formulation", name, "--seed", 3, "-o", deck, "--json")
    assert (answer.code, answer.err) == (0, "")
    found = entry("tsp")
    formulation = found.formulation(name)
    encoding = with_settings(formulation, found.deck_settings.get(name, {})).encode(TSP.read(five))
    ours = encoding.decode(trace(encoding, seed=3, points=3).outputs[:, -1:])[0].answer
    theirs = run_ngspice(deck)
    signals = [f"v(v{x}_{i})" for x in range(1, 6) for i in range(1, 6)]
    assert ends_in(signals, np.array([theirs[signal][-1] for signal in signals])) == ours


def test_deck_runs_here_too(command: Command, five: Path, tmp_path: Path) -> None:
    deck = tmp_path / "tsp.cir"
    value = command("encode", "tsp", five, "--set", "steps=200", "-o", deck, "--json").value
    assert value["parameters"]["kernel"] is False
    assert value["t_end"] == 40.0
    solution = analoghop.simulate(deck)
    settings = {**entry("tsp").deck_settings["potts"], "steps": 200}
    encoding = with_settings(FORMULATIONS["potts"], settings).encode(TSP.read(five))
    ours = encoding.decode(trace(encoding, points=3).outputs[:, -1:])[0].answer
    signals = [f"v(v{x}_{i})" for x in range(1, 6) for i in range(1, 6)]
    assert ends_in(signals, solution.observe(signals)[:, -1]) == ours


@pytest.mark.ngspice
@with_ngspice
def test_ngspice_ends_in_the_same_assignment(command: Command, tmp_path: Path) -> None:
    A, B = np.random.default_rng(6).integers(1, 9, (2, 5, 5)).astype(float)
    write_qaplib(tmp_path / "five.dat", Matrices("five", A + A.T, B))
    deck = tmp_path / "qap.cir"
    assert command("encode", "qap", tmp_path / "five.dat", "--seed", 1, "-o", deck).code == 0
    assert "v(v<location>_<facility>)" in deck.read_text()
    found = entry("qap")
    formulation = with_settings(found.formulation("potts"), found.deck_settings["potts"])
    encoding = formulation.encode(QAP.read(tmp_path / "five.dat"))
    ours = encoding.decode(trace(encoding, seed=1, points=3).outputs[:, -1:])[0].answer
    theirs = run_ngspice(deck)
    signals = [f"v(v{x}_{i})" for x in range(1, 6) for i in range(1, 6)]
    assert ends_in(signals, np.array([theirs[signal][-1] for signal in signals])) == ours


def test_deck_says_where_it_comes_from(command: Command, five: Path, tmp_path: Path) -> None:
    deck = tmp_path / "tsp.cir"
    assert command("encode", "tsp", five, "--seed", 4, "-o", deck).code == 0
    title, made, parameters, *_ = deck.read_text().splitlines()
    assert title == "five, tsp, potts"
    program, record = made.removeprefix("* ").split(", ", 1)
    assert program == f"analoghop {analoghop.__version__}"
    assert json.loads(record)["seed"] == 4
    assert "Tc = " in parameters


def test_what_has_no_constant_parts(command: Command, five: Path, tmp_path: Path) -> None:
    deck = tmp_path / "tsp.cir"
    answer = command("encode", "tsp", five, "--set", "kernel=true", "-o", deck)
    assert answer.code == 3
    assert "an assignment network with a kernel cannot be built from constant parts" in answer.err
    assert not deck.exists()


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("tsp", "FIVE"), 2, "the following arguments are required: -o/--out"),
        (("tsp", "FIVE", "-o", "nowhere/x.cir"), 3, "the folder nowhere does not exist"),
        (("knapsack", "FIVE", "-o", "x.cir"), 2, "there is no problem 'knapsack'"),
        (("tsp", "FIVE", "--formulation", "x", "-o", "x.cir"), 2, "`--formulation` is 'x', expected one of"),
    ],
)
def test_wrong_words(words: tuple[str, ...], code: int, message: str, command: Command, five: Path) -> None:
    answer = command("encode", *(five if word == "FIVE" else word for word in words))
    assert answer.code == code
    assert message in answer.err


def test_max_cut_becomes_the_network_with_rising_gain(command: Command, tmp_path: Path) -> None:
    (tmp_path / "ring.txt").write_text("5 5\n1 2 1\n2 3 1\n3 4 1\n4 5 1\n1 5 1\n")
    deck = tmp_path / "cut.cir"
    value = command("encode", "maxcut", tmp_path / "ring.txt", "-o", deck, "--json").value
    assert value["formulation"] == "gain"
    assert "vgain gain 0 pwl" in deck.read_text().lower()
    solution = analoghop.simulate(deck)
    sides = [solution[f"v(v{k + 1})"][-1] > 0 for k in range(5)]
    assert sum(sides[k] != sides[(k + 1) % 5] for k in range(5)) == 4


EDGES = ("1 2", "1 3", "2 3", "2 4", "3 4", "3 5", "3 6", "4 5", "5 6")
MAP = "\n".join(["p edge 7 9", *(f"e {edge}" for edge in EDGES)])  # Australia: 7, Tasmania, is an island


@pytest.mark.ngspice
@with_ngspice
def test_ngspice_colours_the_same_map(command: Command, tmp_path: Path) -> None:
    (tmp_path / "map.col").write_text(MAP)
    deck = tmp_path / "map.cir"
    answer = command("encode", "colouring", tmp_path / "map.col", "--colours", 3, "-o", deck, "--json")
    assert (answer.code, answer.err) == (0, "")
    assert answer.value["parameters"]["critical_gain"] > 0
    theirs = run_ngspice(deck)
    V = np.array([[theirs[f"v(v{i}_{c})"][-1] for c in (1, 2, 3)] for i in range(1, 7)])
    problem = Colouring.read(tmp_path / "map.col", 3)
    found = entry("colouring")
    encoding = with_settings(found.formulation(None), found.deck_settings["memristive"]).encode(problem)
    ours = encoding.decode(trace(encoding, points=3).outputs[:, -1:])[0].answer
    assert V.argmax(axis=1).tolist() == list(ours[:6])
    assert problem.verify(ours).valid


def test_a_map_needs_a_number_of_colours(command: Command, tmp_path: Path) -> None:
    (tmp_path / "map.col").write_text(MAP)
    answer = command("encode", "colouring", tmp_path / "map.col", "-o", tmp_path / "map.cir")
    assert answer.code == 3
    assert "the number of `colours` is open" in answer.err
