"""Colouring, queens and Sudoku on clusters with adaptive lines: laws of their encodings, and answers."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.engines.choice import stepper_of
from analoghop.engines.machines.run import run
from analoghop.errors import InputError
from analoghop.optimise import solve
from analoghop.problems.clusters import ClusterEncoding
from analoghop.problems.colouring.adaptive import AdaptiveColouring
from analoghop.problems.colouring.binary import Binary
from analoghop.problems.colouring.instance import Colouring
from analoghop.problems.colouring.reduction import Reduction
from analoghop.problems.constraints.boards import board_lines
from analoghop.problems.graph import Graph
from analoghop.problems.queens.adaptive import QueensMemristive
from analoghop.problems.queens.instance import Queens
from analoghop.problems.sudoku.adaptive import SudokuMemristive
from analoghop.problems.sudoku.instance import Sudoku

EASY = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
SOLVED = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"


CYCLE = Graph.of(5, np.array([(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)]))


def queen_graph(n: int) -> Graph:
    """Squares of a board that a queen joins."""
    rows, columns = np.divmod(np.arange(n * n), n)
    i, j = np.triu_indices(n * n, 1)
    down, right = rows[j] - rows[i], columns[j] - columns[i]
    seen = (down == 0) | (right == 0) | (np.abs(down) == np.abs(right))
    return Graph.of(n * n, np.stack([i[seen], j[seen]], axis=1), name=f"queen{n}")


def mycielski(graph: Graph) -> Graph:
    """The graph of one colour more and no larger clique."""
    n = graph.n
    i, j = graph.edges.T
    star = np.stack([np.arange(n, 2 * n), np.full(n, 2 * n)], axis=1)
    edges = np.concatenate([graph.edges, np.stack([i, j + n], axis=1), np.stack([j, i + n], axis=1), star])
    return Graph.of(2 * n + 1, edges)


@st.composite
def graphs(draw: st.DrawFn) -> Graph:
    n = draw(st.integers(2, 12))
    pairs = st.tuples(st.integers(0, n - 1), st.integers(0, n - 1)).filter(lambda e: e[0] != e[1])
    return Graph.of(n, np.array(draw(st.lists(pairs, min_size=1, max_size=30))))


@settings(deadline=None, max_examples=30)
@given(graph=graphs(), k=st.integers(1, 5), core=st.booleans(), seed=st.integers(0, 99))
def test_colours_survive_the_circuit(graph: Graph, k: int, core: bool, seed: int) -> None:
    problem = Colouring(graph, k)
    encoding = AdaptiveColouring(core=core).encode(problem)
    answer = np.random.default_rng(seed).integers(0, k, graph.n)
    outputs = encoding.embed(answer)
    back = np.array(encoding.decode(outputs)[0].answer)
    kept = encoding.reduction.kept
    assert np.array_equal(back[kept], answer[kept])
    assert ((back >= 0) & (back < k)).all()
    # What is left out of the circuit never adds a conflict.
    conflicts = encoding.objective(outputs)
    assert conflicts == pytest.approx([problem.verify(back).cost])
    if not core:
        assert problem.verify(answer).cost == problem.verify(back).cost
        assert (graph.degrees[encoding.reduction.removed] == 0).all()
    assert encoding.system.solved(encoding.system.states(outputs))[0] == (conflicts[0] == 0)


@settings(deadline=None, max_examples=30)
@given(graph=graphs(), k=st.integers(1, 4))
def test_the_core_is_what_networks_say(graph: Graph, k: int) -> None:
    networkx = pytest.importorskip("networkx")
    plain = networkx.Graph(graph.edges.tolist())
    kept = Reduction.core(graph, k).kept
    assert set(kept.tolist()) == set(networkx.k_core(plain, k).nodes)


def test_the_critical_gain_is_where_the_symmetric_state_loses_its_stability() -> None:
    encoding = AdaptiveColouring(core=False).encode(Colouring(queen_graph(5), 5))
    machine = encoding.system
    assert encoding.parameters["critical_gain"] == pytest.approx(5 / 4)  # queens: lambda_min = -4
    x = machine.states(np.zeros((machine.cells, 1)))
    # At rest u is the mean field; the weights are held.
    times = np.array([0.0])
    for gain, stable in ((1.2, True), (1.3, False)):
        frozen = machine.frozen_at(0.0)
        object.__setattr__(frozen, "gain", type(frozen.gain)(gain))
        rest = x.copy()
        rest[: machine.cells] = frozen.field(x, frozen.amplify(times, x))
        J = frozen.jacobian(0.0, rest)[: machine.cells, : machine.cells].toarray()
        assert (np.linalg.eigvals(J).real.max() < 0) == stable


@pytest.mark.parametrize(
    ("graph", "k"),
    [
        (queen_graph(5), 5),
        (queen_graph(6), 7),
        (mycielski(mycielski(Graph.of(5, [(0, 1), (1, 2), (2, 3), (3, 4), (0, 4)]))), 5),
    ],
)
def test_graphs_are_coloured(graph: Graph, k: int) -> None:
    result = solve(Colouring(graph, k), starts=16, seed=0)
    assert result.valid == 16
    assert result.answer is not None
    assert Colouring(graph, k).verify(result.answer).valid


def test_one_colour_too_few_is_reported_with_its_conflicts() -> None:
    triangle = Graph.of(4, [(0, 1), (1, 2), (0, 2)])
    result = solve(Colouring(triangle, 2), starts=4, seed=0, settings={"cycles": 1})
    assert result.valid == 0
    assert list(result.violations) == ["conflicting edges"]
    assert 1 <= result.violations["conflicting edges"] <= 3


def test_halving_the_step_changes_nothing() -> None:
    for step in (0.4, 0.2, 0.1):
        found = solve(Colouring(queen_graph(5), 5), starts=16, seed=1, settings={"step": step})
        assert found.valid == 16


def test_bad_options() -> None:
    problem = Colouring(queen_graph(4))
    with pytest.raises(InputError, match="the number of `colours` is open"):
        AdaptiveColouring().encode(problem)
    with pytest.raises(InputError, match="`step` is 0, expected a positive number"):
        AdaptiveColouring(step=0.0).encode(Colouring(queen_graph(4), 5))
    with pytest.raises(InputError, match="`delta` is -1, expected a number from 0"):
        AdaptiveColouring(delta=-1.0).encode(Colouring(queen_graph(4), 5))
    with pytest.raises(InputError, match="`cycles` is 0, expected a whole number from 1 to 14"):
        AdaptiveColouring(cycles=0).encode(Colouring(queen_graph(4), 5))
    with pytest.raises(InputError, match="`steps` is 0, expected a whole number from 1"):
        QueensMemristive(steps=0).encode(Queens(8))
    with pytest.raises(InputError, match="shorter than a step"):
        SudokuMemristive(duration=1e-3).encode(Sudoku(EASY))


@pytest.mark.parametrize("n", [1, 4, 5, 8, 17, 40])
def test_queens_are_placed(n: int) -> None:
    result = solve(Queens(n), starts=16, seed=0)
    assert result.valid == 16


@pytest.mark.parametrize("n", [1, 4, 5, 8])
def test_every_attack_is_on_one_line(n: int) -> None:
    lines = board_lines(np.arange(n * n).reshape(n, n))
    shared = {(a, b) for line in lines for a in line.tolist() for b in line.tolist() if a < b}
    assert sum(len(line) * (len(line) - 1) // 2 for line in lines) == len(shared)
    for a in range(n * n):
        for b in range(a + 1, n * n):
            (r, c), (s, d) = divmod(a, n), divmod(b, n)
            assert ((a, b) in shared) == (r != s and (c == d or abs(c - d) == s - r))


@settings(deadline=None, max_examples=30)
@given(n=st.integers(4, 9), seed=st.integers(0, 99))
def test_the_cost_of_queens_is_what_the_lines_say(n: int, seed: int) -> None:
    problem = Queens(n)
    encoding = QueensMemristive().encode(problem)
    answer = tuple(np.random.default_rng(seed).integers(0, n, n).tolist())
    outputs = encoding.embed(answer)
    assert encoding.decode(outputs)[0].answer == answer
    assert encoding.objective(outputs) == pytest.approx([problem.verify(answer).cost])


def test_a_sudoku_is_solved() -> None:
    result = solve(Sudoku(EASY), starts=16, seed=0)
    assert result.valid == 16
    assert result.answer == SOLVED


def test_a_sudoku_survives_the_circuit() -> None:
    problem = Sudoku(EASY)
    encoding = SudokuMemristive().encode(problem)
    rng = np.random.default_rng(0)
    for _ in range(20):
        digits = np.where(problem.digits > 0, problem.digits, rng.integers(1, 10, 81))
        answer = "".join(map(str, digits.tolist()))
        outputs = encoding.embed(answer)
        assert encoding.decode(outputs)[0].answer == answer
        assert encoding.objective(outputs) == pytest.approx([problem.verify(answer).cost])
        assert not encoding.system.solved(encoding.system.states(outputs))[0]
    assert encoding.system.solved(encoding.system.states(encoding.embed(SOLVED)))[0]
    with pytest.raises(InputError, match="does not hold the givens"):
        encoding.embed("9" + SOLVED[1:])


def test_a_full_grid_is_its_own_solution() -> None:
    assert solve(Sudoku(SOLVED), starts=2, seed=0).answer == SOLVED


def test_starts_depend_on_their_number_alone() -> None:
    encoding: ClusterEncoding = QueensMemristive().encode(Queens(5))
    together = encoding.start(3, np.arange(6))
    assert np.array_equal(encoding.start(3, np.array([4])), together[:, 4:5])
    assert together[: encoding.system.cells].std() == pytest.approx(0.01, rel=0.3)
    ends = run(stepper_of(encoding.system), together, 3, np.arange(6))
    assert ends.solved.all()


def test_binary_network() -> None:
    problem = Colouring(CYCLE, 3)
    encoding = Binary(A=3.0, B=0.5, D=1.0).encode(problem)
    network = encoding.system
    T = network.T.toarray().reshape(5, 3, 5, 3)
    for i, c, j, d in np.ndindex(5, 3, 5, 3):
        expected = -3.0 if i == j and c != d else -0.5 if c == d and (i - j) % 5 in (1, 4) else 0.0
        assert T[i, c, j, d] == expected
    assert network.bias[:, 0].tolist() == [1.0] * 15
    answer = (0, 1, 0, 1, 1)
    outputs = encoding.embed(answer)
    assert encoding.decode(outputs)[0].answer == answer
    assert encoding.objective(outputs) == pytest.approx([1.0])
    outputs[[3, 6]] = 1.0
    assert encoding.decode(outputs)[0].violations == {"vertices without one colour": 1}
    assert network.theorem.reason is not None
    result = solve(problem, "binary", starts=20, seed=0, settings={"ramp": 20, "duration": 30})
    assert result.valid >= 15


def test_dense_random_graphs_are_told_from_others() -> None:
    rng = np.random.default_rng(0)
    i, j = np.triu_indices(80, 1)
    points = rng.uniform(size=(80, 2))
    near = np.linalg.norm(points[i] - points[j], axis=1) < 0.45
    for joined, random in (
        (rng.random(len(i)) < 0.5, True),
        (rng.random(len(i)) < 0.15, False),
        (near, False),
    ):
        graph = Graph.of(80, np.stack([i, j], axis=1)[joined])
        encoding = AdaptiveColouring(core=False).encode(Colouring(graph, 9))
        assert encoding.parameters["dense_random"] is random
        assert encoding.parameters["gain"] == (10.0 if random else 20.0)
    assert not AdaptiveColouring().encode(Colouring(queen_graph(6), 7)).parameters["dense_random"]
