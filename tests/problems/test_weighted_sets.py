"""Sets of vertices with weights, against enumeration; and heads, degrees and bits as they are meant."""

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from analoghop import QAP, QUBO, TSP, Graph, IndependentSet, VertexCover, solve
from analoghop.formats.instances.qubo import read_qubo, write_qubo
from analoghop.formats.memories.patterns import read_patterns
from analoghop.problems.constraints.penalty import Penalty


@settings(max_examples=4)
@given(st.integers(0, 10**6))
@example(175)  # all starts of the inertial machine end in one state, which is not the best
def test_the_heaviest_set_and_the_lightest_cover_are_found(seed: int) -> None:
    rng = np.random.default_rng(seed)
    pairs = np.argwhere(np.triu(rng.random((7, 7)) < 0.4, 1))
    if not len(pairs):
        return
    graph = Graph.of(7, pairs, None, "g", vertex_weights=rng.integers(1, 20, 7).astype(float))
    free = [
        x for x in itertools.product((0, 1), repeat=7) if not any(x[i] and x[j] for i, j in pairs.tolist())
    ]
    best = max(float(graph.u @ x) for x in free)
    for problem, wanted in ((IndependentSet(graph), best), (VertexCover(graph), graph.u.sum() - best)):
        result = solve(problem, Penalty(), starts=32, seed=1, engine="numpy")
        costs = [start.verdict.cost for start in result.starts if start.verdict.valid]
        assert (max if problem.sense == "max" else min)(costs) == wanted


def test_a_list_of_entries_without_a_variable_0_counts_from_1(tmp_path: Path) -> None:
    (tmp_path / "x.coo").write_text("1 1 -1\n1 2 2\n2 2 -1\n2 3 3\n3 3 -1\n")
    problem = QUBO.read(tmp_path / "x.coo")
    assert problem.size == 3
    assert problem.notices == ("x: there is no variable 0: variables are counted from 1, and so are answers",)
    empty = QUBO({(1, 2): 3.0}).form
    write_qubo(tmp_path / "y.coo", empty)
    assert read_qubo(tmp_path / "y.coo").n == empty.n == 3
    assert not read_qubo(tmp_path / "y.coo").notices


def test_a_qaplib_head_may_hold_the_best_known_cost(tmp_path: Path) -> None:
    (tmp_path / "x.dat").write_text("2 84\n\n0 1\n1 0\n\n0 5\n5 0\n")
    assert QAP.read(tmp_path / "x.dat").best_known == 84


def test_degrees_are_places_on_the_earth(tmp_path: Path) -> None:
    (tmp_path / "x.csv").write_text("city,lat,lon\na,52.52,13.405\nb,48.8566,2.3522\nc,0,180\nd,0,-180\n")
    problem = TSP.read(tmp_path / "x.csv")
    assert problem.distances[0, 1] == pytest.approx(877.46, abs=0.1)  # Berlin to Paris
    assert problem.distances[2, 3] == pytest.approx(0.0, abs=1e-6)
    (tmp_path / "y.csv").write_text("lat,lon\n1,2\n95,2\n3,4\n")
    with pytest.raises(ValueError, match=r"y\.csv:3:1: this is no place on the Earth"):
        TSP.read(tmp_path / "y.csv")


def test_rounding_that_leaves_nothing_is_said(tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    rows = "\n".join(f"{k} {x} {y}" for k, (x, y) in enumerate(rng.random((6, 2)), 1))
    head = "NAME: u\nTYPE: TSP\nDIMENSION: 6\nEDGE_WEIGHT_TYPE: EUC_2D\nNODE_COORD_SECTION\n"
    (tmp_path / "u.tsp").write_text(f"{head}{rows}\nEOF\n")
    (notice,) = TSP.read(tmp_path / "u.tsp").notices
    assert "EUC_2D rounds every distance to a whole number, here at most 1" in notice


def test_cues_of_zeros_and_ones_are_bits_and_others_keep_their_zeros(tmp_path: Path) -> None:
    np.save(tmp_path / "bits.npy", np.array([[0, 1, 1, 0]], dtype=np.uint8))
    np.save(tmp_path / "some.npy", np.array([[0, 1, -1, 0]], dtype=np.int8))
    np.save(tmp_path / "real.npy", np.array([[0.0, 1.0, 1.0, 0.0]]))
    assert read_patterns(tmp_path / "bits.npy", cues=True).values.tolist() == [[-1, 1, 1, -1]]
    assert read_patterns(tmp_path / "some.npy", cues=True).values.tolist() == [[0, 1, -1, 0]]
    assert read_patterns(tmp_path / "real.npy", cues=True).values.tolist() == [[0, 1, 1, 0]]
