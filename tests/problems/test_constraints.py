"""Models: what they ask for, the circuits that stand for them, and answers against brute force."""

import itertools

import numpy as np
import pytest
from hypothesis import event, example, given, settings
from hypothesis import strategies as st
from scipy.optimize import Bounds, LinearConstraint, milp

import analoghop
from analoghop.errors import InputError
from analoghop.optimise.refine import refined
from analoghop.problems.constraints.adaptive import AdaptiveModel
from analoghop.problems.constraints.boards import queens_model, sudoku_model
from analoghop.problems.constraints.model import Constrained, Model
from analoghop.problems.constraints.modelled import modelled
from analoghop.problems.constraints.penalty import Penalty, penalised
from analoghop.problems.constraints.wiring import Rates, Wiring
from analoghop.problems.graph import Graph
from analoghop.problems.independent_set import IndependentSet
from analoghop.problems.partition import Partition
from analoghop.problems.queens.instance import Queens
from analoghop.problems.sudoku.instance import Sudoku, peers
from analoghop.problems.turns import circuits
from analoghop.problems.vertex_cover import VertexCover

PUZZLE = "53..7....6..195....98....6.8...6...34..8.3..17...2...6.6....28....419..5....8..79"
SOLVED = "534678912672195348198342567859761423426853791713924856961537284287419635345286179"


def best_of(problem: Constrained) -> float | None:
    """The lowest cost of all values, None where none is allowed."""
    every = itertools.product([0, 1], repeat=problem.count)
    verdicts = [problem.verify(values) for values in every]
    return min((verdict.cost for verdict in verdicts if verdict.cost is not None), default=None)


def knapsack() -> Constrained:
    """Two choices of three, a limit on the weight, one product that pays."""
    model = Model()
    a, b = model.variables(3), model.variables(3)
    model.exactly_one(a)
    model.exactly_one(b)
    model.linear([*a, *b], [1, 2, 4, 1, 3, 5], "<=", 6, "weight")
    model.minimise({a[0]: -1, a[1]: -2, a[2]: -4, b[0]: -1, b[1]: -2, b[2]: -5}, {(a[1], b[1]): -3}, 10.0)
    return model.problem("knapsack")


@st.composite
def models(draw: st.DrawFn) -> Constrained:
    rng = np.random.default_rng(draw(st.integers(0, 10_000)))
    model = Model()
    x = model.variables(int(rng.integers(2, 7)))
    for _ in range(rng.integers(1, 4)):
        chosen = rng.choice(x, rng.integers(1, len(x) + 1), replace=False)
        kind = rng.integers(0, 4)
        if kind == 0:
            model.exactly_one(chosen)
        elif kind == 1:
            model.at_most(chosen, int(rng.integers(1, 3)))
        elif kind == 2:
            model.at_least(chosen)
        else:
            model.linear(chosen, rng.integers(-2, 3, len(chosen)), "==", int(rng.integers(-1, 2)))
    model.minimise({int(k): float(rng.integers(-3, 4)) for k in x} | {int(x[0]): 1.0})
    return model.problem()


@settings(deadline=None, max_examples=60)
@given(models())
def test_the_circuit_says_of_every_state_what_the_model_says(problem: Constrained) -> None:
    wiring = Wiring.of(problem)
    try:
        pairs, lines = wiring.parts(Rates(0.2, 0.05))
    except InputError:
        assert best_of(problem) is None
        return
    every = np.array(list(itertools.product(*(range(width) for width in wiring.widths))))
    for choices in every:
        values = wiring.values(choices)
        assert (wiring.choices(values) == choices).all()
        on = np.zeros((wiring.cells, 1))
        on[wiring.clusters.starts[:-1] + choices] = 1.0
        broken = bool(pairs.broken(on).any() or lines.broken(on).any())
        assert broken == (not problem.verify(values).valid)
    assert len(every) <= 2**problem.count


@settings(deadline=None, max_examples=30)
@given(models(), st.integers(0, 100))
def test_encoding_and_decoding_are_inverse(problem: Constrained, seed: int) -> None:
    try:
        encoding = circuits(AdaptiveModel().encode(problem))[0]
    except InputError:
        return
    rng = np.random.default_rng(seed)
    values = encoding.wiring.values(rng.integers(0, encoding.wiring.widths))
    outputs = encoding.embed(values)
    assert encoding.decode(outputs)[0].answer == tuple(values.tolist())
    assert encoding.objective(outputs) == pytest.approx(problem.cost(values[:, None].astype(float)))


def test_a_sum_that_never_moves_is_no_line() -> None:
    model = Model()
    x = model.variables(4)
    model.exactly_one(x[:3])
    model.linear([x[3]], [0.0], "==", 0.0)
    model.minimise({int(x[0]): 1.0, int(x[3]): -1.0})
    assert Wiring.of(model.problem()).parts(Rates(0.2, 0.05, levelling=0.5))[1].count == 0
    assert analoghop.solve(model.problem(), starts=4).to_dict()["cost_best"] == -1.0
    model.linear([x[3]], [0.0], "==", 1.0)
    with pytest.raises(InputError, match="cannot hold with the values that are fixed"):
        AdaptiveModel().encode(model.problem())


def test_a_model_is_solved_to_the_optimum() -> None:
    problem = knapsack()
    result = analoghop.solve(problem, starts=32, seed=1)
    assert result.valid >= 16
    assert result.to_dict()["cost_best"] == best_of(problem)


def rostered(people: int, days: int, seed: int) -> Constrained:
    """One early and one late shift a day, no early one after a late one, at most three in all for each."""
    model, wishes = Model(), np.random.default_rng(seed).integers(0, 10, (people, days, 2))
    x = model.variables(people * days * 3).reshape(people, days, 3)
    for person in range(people):
        for day in range(days):
            model.exactly_one(x[person, day])
            if day:
                model.at_most([x[person, day - 1, 1], x[person, day, 0]], name="nights")
        model.at_most(x[person, :, :2].ravel(), 3, name="weeks")
    for day in range(days):
        model.exactly_one(x[:, day, 0], "early")
        model.exactly_one(x[:, day, 1], "late")
    model.minimise({int(x[place]): float(wishes[place]) for place in np.ndindex(wishes.shape)})
    return model.problem()


@pytest.mark.parametrize("seed", range(3))
def test_a_roster_is_as_cheap_as_an_exact_solver_makes_it(seed: int) -> None:
    problem = rostered(4, 5, seed)
    low = [-np.inf if c.sense == "<=" else c.bound for c in problem.constraints]
    high = [np.inf if c.sense == ">=" else c.bound for c in problem.constraints]
    assert problem.objective is not None
    exact = milp(
        problem.objective.linear,
        constraints=LinearConstraint(problem.matrix, low, high),
        integrality=np.ones(problem.count),
        bounds=Bounds(0, 1),
    )
    result = analoghop.solve(problem, starts=64, seed=0)
    assert result.valid > 32
    assert result.to_dict()["cost_best"] == pytest.approx(exact.fun)


def test_the_energy_of_the_objective_is_the_scaled_cost() -> None:
    problem = knapsack()
    encoding = circuits(AdaptiveModel().encode(problem))[0]
    scale = encoding.parameters["objective_scale"]
    energies, costs = [], []
    for choices in itertools.product(range(3), repeat=2):
        values = encoding.wiring.values(np.array(choices))
        on = encoding.embed(values)
        couplings, bias = encoding.system.couplings, encoding.system.bias
        energies.append(float(0.5 * np.sum(on * (couplings @ on)) - np.sum(bias * on)))
        costs.append(float(problem.cost(values[:, None].astype(float))[0]) - problem.constant)
    assert energies == pytest.approx(scale * np.array(costs))


def graph(n: int, share: float, seed: int) -> Graph:
    rng = np.random.default_rng(seed)
    i, j = np.triu_indices(n, 1)
    kept = rng.random(len(i)) < share
    kept[0] = True
    return Graph.of(n, np.stack([i[kept], j[kept]], axis=1))


@pytest.mark.parametrize("seed", range(6))
def test_sets_are_as_large_and_covers_as_small_as_they_can_be(seed: int) -> None:
    drawn = graph(12, 0.3, seed)
    every = np.array(list(itertools.product([0, 1], repeat=12)))
    inside = every[:, drawn.edges].all(axis=2).any(axis=1)
    largest = int(every[~inside].sum(axis=1).max())
    chosen = analoghop.solve(IndependentSet(drawn), starts=16, seed=0)
    cover = analoghop.solve(VertexCover(drawn), starts=16, seed=0)
    assert chosen.valid == cover.valid == 16
    assert chosen.to_dict()["cost_best"] == largest
    assert cover.to_dict()["cost_best"] == 12 - largest


@pytest.mark.parametrize("form", [AdaptiveModel(), Penalty()])
@pytest.mark.parametrize("kind", [IndependentSet, VertexCover])
def test_the_objective_of_a_set_is_its_size(form: AdaptiveModel | Penalty, kind: type) -> None:
    encoding = form.encode(kind(graph(9, 0.3, 1)))
    answer = (1, 0, 0, 1, 0, 1, 0, 0, 1)
    outputs = encoding.embed(answer)
    assert encoding.decode(outputs)[0].answer == answer
    assert encoding.objective(outputs) == pytest.approx([4.0])


@pytest.mark.parametrize("n", [8, 9])
@pytest.mark.parametrize("seed", range(3))
def test_partitions_are_as_light_as_they_can_be(n: int, seed: int) -> None:
    problem = Partition(graph(n, 0.5, seed))
    every = itertools.product([0, 1], repeat=n)
    costs = [problem.verify(sides).cost for sides in every]
    result = analoghop.solve(problem, starts=32, seed=0)
    assert result.to_dict()["cost_best"] == min(cost for cost in costs if cost is not None)
    assert result.valid >= 16
    weight = result.parameters["weight"]
    assert isinstance(weight, float)
    assert weight in Penalty().weights(problem)


def test_a_smaller_weight_would_not_do() -> None:
    problem = Partition(graph(30, 0.3, 0))
    tried = Penalty().weights(problem)
    found = refined(problem, Penalty(), seed=0)
    assert isinstance(found, Penalty)
    assert found.weight in tried
    for weight in tried[: tried.index(found.weight)]:
        few = analoghop.solve(problem, Penalty(weight=weight), starts=32, seed=0, baselines=False)
        assert few.valid < 32 * 0.75


def between(low: float, high: float, count: int) -> Constrained:
    model = Model()
    x = model.variables(count)
    model.linear(x, np.ones(count), ">=", low)
    model.linear(x, np.ones(count), "<=", high)
    return model.problem()


@settings(deadline=None, max_examples=40)
@given(models(), st.floats(0.5, 4.0))
@example(between(1, 2, 2), 1.0)
@example(between(1, 2, 4), 1.0)
@example(between(0.5, 1.5, 3), 1.0)
@example(between(1.5, 3.5, 5), 1.0)
def test_penalties_vanish_just_where_the_constraints_hold(problem: Constrained, weight: float) -> None:
    try:
        qubo = penalised(problem, weight)
    except InputError as error:
        event(str(error))
        return
    for values in itertools.product([0, 1], repeat=problem.count):
        x = np.array(values, dtype=float)[:, None]
        penalty = qubo.verify(values).cost - float(problem.cost(x)[0])
        if problem.verify(values).valid:
            assert penalty == pytest.approx(0.0, abs=1e-9)
        else:
            assert penalty >= weight - 1e-9


def test_proved_weights_are_enough() -> None:
    for seed in range(4):
        drawn = graph(9, 0.4, seed)
        for problem in (IndependentSet(drawn), VertexCover(drawn)):
            form = modelled(problem)
            assert form.proved is not None
            qubo = penalised(form.model, form.proved)
            every = list(itertools.product([0, 1], repeat=9))
            costs = [qubo.verify(values).cost for values in every]
            lowest = [v for v, cost in zip(every, costs, strict=True) if cost == min(costs)]
            assert all(form.model.verify(values).valid for values in lowest)


def test_what_has_no_penalty_is_refused() -> None:
    model = Model()
    x = model.variables(3)
    model.at_most(x, 2)
    with pytest.raises(InputError, match="a bound on one side has no penalty"):
        penalised(model.problem(), 1.0)
    model = Model()
    x = model.variables(2)
    model.fix(x[0], 1)
    with pytest.raises(InputError, match="fixed values have no penalty"):
        penalised(model.problem(), 1.0)
    with pytest.raises(InputError, match=r"`weight` is -1, expected a positive number"):
        Penalty(weight=-1.0).encode(IndependentSet(graph(4, 0.5, 0)))
    with pytest.raises(InputError, match="a queens problem has no model"):
        Penalty().encode(Queens(5))


def test_sudoku_is_wired_cell_by_cell_and_digit_by_digit() -> None:
    problem = Sudoku(PUZZLE)
    wiring = Wiring.of(sudoku_model(problem))
    pairs, lines = wiring.parts(Rates(0.5, 0.05, 16.0, paired=9))
    given = problem.digits
    assert (wiring.widths == np.where(given > 0, 1, 9)).all()
    exists = (given[:, None] == 0) | (given[:, None] == np.arange(1, 10))
    assert ((wiring.cell.reshape(81, 9) >= 0) == exists).all()
    wanted = sum(int((exists[a] & exists[b]).sum()) for a, b in peers())
    assert pairs.count == wanted
    assert set(lines.kinds) == {"at_least"}
    assert lines.count == 27 * 9 - 3 * int((given > 0).sum())  # a given digit appears in its three units
    values = (np.array(list(SOLVED), dtype=int)[:, None] == np.arange(1, 10)).astype(int).ravel()
    assert sudoku_model(problem).verify(values).valid
    swapped = values.reshape(81, 9)[[1, 0, *range(2, 81)]].ravel()
    assert "changed fixed values" in sudoku_model(problem).verify(swapped).violations


def test_queens_are_wired_line_by_line() -> None:
    wiring = Wiring.of(queens_model(Queens(5)))
    pairs, lines = wiring.parts(Rates(0.2, 0.02, paired=0))
    assert (wiring.widths == 5).all()
    assert (wiring.cell == np.arange(25)).all()
    assert pairs.count == 0
    assert lines.count == 5 + 2 * 7
    assert queens_model(Queens(5)).verify(np.eye(5)[[0, 2, 4, 1, 3]].ravel()).valid


def test_fixed_values_are_put_in() -> None:
    model = Model()
    x = model.variables(4)
    model.exactly_one(x)
    model.fix(x[2], 0)
    wiring = Wiring.of(model.problem())
    assert wiring.widths.tolist() == [3]
    model.fix(x[0], 1)
    assert Wiring.of(model.problem()).widths.tolist() == [1]
    model.fix(x[1], 1)
    with pytest.raises(InputError, match="the fixed values break one of the choices"):
        Wiring.of(model.problem())


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda m, x: m.exactly_one([7]), r"`variables` holds the number 7, expected variables as"),
        (lambda m, x: m.exactly_one([0.5]), r"`variables` holds the number 0.5, expected variables as"),
        (lambda m, x: m.exactly_one(x[0] + x[1] + 7 - 7 * 1.0 - x[0] - x[1]), r"has no variables"),
        (lambda m, x: m.at_most(0, 1), r"`variables` holds the number 0"),
        (lambda m, x: m.at_most([]), r"`variables` is empty"),
        (lambda m, x: m.at_most("x"), r"`variables` holds 'x', expected variables"),
        (lambda m, x: m.at_most([x[0] + x[1], x[2]]), r"holds the sum x0 \+ x1, expected variables, or one"),
        (lambda m, x: m.at_most([x[0], x[0]]), r"a variable occurs twice"),
        (lambda m, x: m.at_most(x, np.inf), r"must be finite numbers"),
        (lambda m, x: m.at_most(x, [1, 2]), r"`bound` has shape \(2,\), expected a number"),
        (lambda m, x: m.at_most(x[0] * x[1]), r"one of the upper bounds contains a product of variables"),
        (
            lambda m, x: m.linear(x, [1, 2], "<=", 1),
            r"`coefficients` has shape \(2,\), expected one number",
        ),
        (lambda m, x: m.linear(x, 1.0, "<", 1), r"`sense` is '<', expected one of ==, <=, >="),
        (lambda m, x: m.linear(x, np.nan, "<=", 1), r"must be finite numbers"),
        (lambda m, x: m.fix(0, 1), r"`variable` holds the number 0, expected variables"),
        (lambda m, x: m.fix(x[0], 2), r"`value` of variable x0 is 2, expected 0 or 1"),
        (lambda m, x: (m.fix(x[0], 0), m.fix(x[0], 1)), r"variable x0 is fixed at 0 and at 1"),
        (lambda m, x: m.minimise({7: 1.0}), r"`objective` has the key 7, expected .* numbers from 0 to 2"),
        (lambda m, x: m.minimise({"a": 1.0}), r"`objective` has the key 'a', expected a variable"),
        (lambda m, x: m.minimise({}, {0: 1.0}), r"`quadratic` has the key 0, expected pairs"),
        (lambda m, x: m.minimise([1.0]), r"`objective` is a list, expected a sum of variables"),
        (lambda m, x: m.minimise(x[0] * x[1] * x[2]), r"a product of more than two variables"),
        (lambda m, x: m.add(True), r"`constraint` is True, expected a comparison such as"),
        (lambda m, x: m.add(x[0] + x[1]), r"`constraint` is x0 \+ x1, expected a comparison"),
        (
            lambda m, x: m.add(x[0] * x[1] <= 1),
            r"one of the linear constraints contains a product of variables",
        ),
        (lambda m, x: m.add(x[0] - x[0] <= 1), r"one of the linear constraints has no variables"),
        (lambda m, x: m.add(1 <= x[0] + x[1] <= 2), r"is neither true nor false: give it to `Model.add`"),
        (lambda m, x: m.add(x[0] < 1), r"x0 is compared by < or >, expected <=, >= or =="),
        (lambda m, x: m.add(x[0] + np.nan <= 1), r"a coefficient is nan, expected a finite number"),
        (lambda m, x: x[0] / 0, r"x0 is divided by 0"),
        (lambda m, x: x[0] ** 3, r"x0 has the power 3, expected 1 or 2"),
        (lambda m, x: m.variable("x0"), r"`name` is 'x0': another variable has this name"),
        (lambda m, x: m.variable(3), r"`name` is 3, expected a word"),
        (lambda m, x: m.variables(2.5), r"`count` is 2.5, expected a whole number"),
        (lambda m, x: m.exactly_one(Model().variables(3)), r"`variables` holds a variable of another model"),
        (lambda m, x: m.add(sum(Model().variables(3)) <= 1), r"`variables` holds a variable of another"),
        (lambda m, x: m.minimise(Model().variable()), r"`objective` holds a variable of another model"),
        (lambda m, x: m.minimise({Model().variable(): 1.0}), r"`objective` holds a variable of another"),
        (lambda m, x: x[0] + Model().variable(), r"one expression contains variables of two models"),
        (lambda m, x: m.values([0, 1]), r"expected 3 values"),
        (lambda m, x: m.minimise({0: np.inf}), r"a coefficient of the objective is inf"),
        (lambda m, x: m.minimise({}, {(1, 1): 1.0}), r"a variable occurs twice"),
        (lambda m, x: m.variables(0), r"`count` is 0, expected 1 to"),
    ],
)
def test_what_makes_no_model_is_refused(build: object, message: str) -> None:
    model = Model()
    x = model.variables(3)
    with pytest.raises(InputError, match=message):
        build(model, x)  # type: ignore[operator]


def test_a_constraint_that_cannot_hold_is_refused_before_anything_runs() -> None:
    model = Model()
    x = model.variables(3)
    model.at_least(x, 4, name="seats")
    with pytest.raises(InputError, match="one of the seats cannot hold"):
        AdaptiveModel().encode(model.problem())
    with pytest.raises(InputError, match="the model has no variables"):
        Model().problem()
