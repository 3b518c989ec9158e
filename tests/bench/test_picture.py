import base64
from pathlib import Path

import numpy as np
import pytest

from analoghop.bench import BenchDeck, BenchProblem, Session, read_bench_problem, source_of
from analoghop.bench.picture.answer import answer_of, instance_of
from analoghop.bench.picture.description import MOST_EDGES, description_of, edges_of
from analoghop.bench.picture.frame import frame_of, signal_values
from analoghop.bench.picture.plane import plane_of
from analoghop.bench.picture.schematic import schematic_of
from tests.bench.examples import FLIPFLOP, PATTERNS, memory, queens, triangle

GRID = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"


@pytest.mark.parametrize("source", [BenchDeck(FLIPFLOP), queens(), memory(), triangle()], ids=repr)
def test_a_frame_has_one_byte_for_each_amplifier_and_finds_its_volts_again(source):
    session = Session(source, seed=1)
    session.run(3)
    frame = frame_of(session)
    levels = np.frombuffer(base64.b64decode(frame["v"]), dtype=np.uint8)
    outputs = session.rig.outputs(session.t, session.x[:, None])[:, 0]
    assert len(levels) == session.rig.system.n_outputs
    volts = frame["lo"] + levels / 255 * (frame["hi"] - frame["lo"])
    inside = np.clip(outputs, frame["lo"], frame["hi"])
    assert volts == pytest.approx(inside, abs=0.51 / 255 * (frame["hi"] - frame["lo"]))


@pytest.mark.parametrize(
    ("source", "shape"),
    [
        (queens(), (5, 5)),
        (memory(), (4, 4)),
        (BenchDeck(FLIPFLOP), (1, 2)),
        (BenchProblem("sudoku", GRID + "\n", "grid.sudoku"), (27, 29)),
    ],
    ids=["queens", "memory", "deck", "sudoku"],
)
def test_the_heat_map_is_shaped_like_the_problem(source, shape):
    layout = description_of(Session(source))["layout"]
    assert (layout["rows"], layout["columns"]) == shape
    cells = layout["cells"]
    assert len(set(cells)) == len(cells)
    assert max(cells) < shape[0] * shape[1]


def test_cells_of_a_board_are_the_places_of_its_queens():
    session = Session(queens(), seed=1)
    encoding = session.rig.built.encoding
    levels = encoding.embed([0, 2, 4, 1, 3])[:, 0]
    cells = np.array(description_of(session)["layout"]["cells"])
    assert sorted(cells[levels > 0.5].tolist()) == [0, 7, 14, 16, 23]


def test_the_edges_are_the_strongest_couplings():
    session = Session(memory())
    T = session.rig.system.T.toarray()
    edges = edges_of(session.rig)
    assert len(edges) == min(MOST_EDGES, np.count_nonzero(T))
    for into, out, siemens in edges:
        assert T[into, out] == siemens


def test_the_nullclines_are_where_the_rates_vanish():
    session = Session(BenchDeck(FLIPFLOP))
    plane = plane_of(session)
    system = session.rig.system
    x, y = np.meshgrid(plane["x"], plane["y"])
    rates = system.rhs(0.0, np.stack([x.ravel(), y.ravel()]))
    assert rates[0] == pytest.approx(np.array(plane["dx"]))
    assert rates[1] == pytest.approx(np.array(plane["dy"]))
    assert [stable for *_, stable in plane["equilibria"]].count(True) == 2
    for a, b, _ in plane["equilibria"]:
        assert system.rhs(0.0, np.array([[a], [b]])) == pytest.approx(np.zeros((2, 1)), abs=1e-6)
    assert plane_of(Session(queens())) is None


def test_the_schematic_lists_every_element_of_a_deck_and_none_of_a_machine():
    found = schematic_of(Session(BenchDeck(FLIPFLOP)))
    assert found["built"]
    assert {each["name"] for each in found["elements"]} == {"c1", "c2", "r1", "r2", "b1", "b2", "r12", "r21"}
    assert next(e for e in found["elements"] if e["name"] == "b1")["reads"] == ["u1"]
    assert schematic_of(Session(queens())) is None


def test_a_small_network_is_drawn_as_the_circuit_that_would_realise_it():
    small = BenchProblem("memory", "2 2 1\n*.\n.*\n", "small.txt")
    found = schematic_of(Session(small))
    assert not found["built"]
    assert sum(each["kind"] == "capacitor" for each in found["elements"]) == 4


def test_answers_are_those_of_the_encoding_and_its_problem():
    session = Session(triangle(), seed=1)
    session.run(30)
    found = answer_of(session)
    side = found["answer"]
    assert found["cost"] == sum(side[a] != side[b] for a, b in ((0, 1), (1, 2), (0, 2)))
    assert found["valid"]
    assert answer_of(Session(BenchDeck(FLIPFLOP))) is None
    assert instance_of(Session(BenchDeck(FLIPFLOP))) is None
    sudoku = Session(BenchProblem("sudoku", GRID + "\n", "grid.sudoku"))
    assert instance_of(sudoku)["given"] == GRID
    recalled = Session(memory(), seed=1)
    recalled.run(60)
    assert answer_of(recalled)["overlap"] == pytest.approx(1.0)
    assert len(instance_of(recalled)["patterns"]) == PATTERNS.count("\n\n") + 1


def test_the_gap_is_that_to_the_best_known_cost_beside_the_instance():
    cities = Path(__file__).parents[1] / "data" / "burma14.tsp"
    source = read_bench_problem("tsp", str(cities), "potts")
    assert source.best_known == 3323
    again = source_of(source.to_dict())
    session = Session(again, seed=1)
    while not (found := answer_of(session))["valid"]:
        session.step()
    assert found["gap"] == pytest.approx(100 * (found["cost"] - 3323) / 3323)


def test_signals_are_voltages_currents_and_outputs_by_name():
    session = Session(BenchDeck(FLIPFLOP))
    session.run(2)
    times, states = session.moved
    found = signal_values(session.rig, times, states, ["v(u1)", "v(v2)", "v(nowhere)"])
    assert set(found) == {"v(u1)", "v(v2)"}
    assert found["v(u1)"] == states[session.rig.system.state_names.index("v(u1)")].tolist()
    assert found["v(v2)"] == pytest.approx(np.tanh(4 * states[session.rig.system.state_names.index("v(u2)")]))
