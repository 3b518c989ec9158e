import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.errors import InputError
from analoghop.systems.machines.adaptive_clauses import ClauseCircuit
from analoghop.systems.machines.clauses import Clauses
from analoghop.systems.machines.satisfaction import Satisfaction


def table(clauses: list[list[int]], variables: int) -> Clauses:
    first = np.concatenate([[0], np.cumsum([len(clause) for clause in clauses])])
    flat = np.array([literal for clause in clauses for literal in clause])
    return Clauses(variables, first, np.abs(flat) - 1, np.sign(flat))


@st.composite
def formulas(draw: st.DrawFn) -> Clauses:
    n = draw(st.integers(1, 6))
    count = draw(st.integers(1, 8))
    rng = np.random.default_rng(draw(st.integers(0, 1000)))
    clauses = []
    for _ in range(count):
        chosen = rng.choice(n, rng.integers(1, min(n, 4) + 1), replace=False) + 1
        clauses.append([int(k) for k in chosen * rng.choice([-1, 1], len(chosen))])
    return table(clauses, n)


def by_hand(clauses: Clauses, v: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Products by definition, and the derivative of their sum."""
    products, slope = np.ones(clauses.count), np.zeros(clauses.variables)
    for m in range(clauses.count):
        literals = range(clauses.first[m], clauses.first[m + 1])
        f = {e: (1 - clauses.signs[e] * v[clauses.columns[e]]) / 2 for e in literals}
        products[m] = np.prod(list(f.values()))
        for e in literals:
            rest = np.prod([value for other, value in f.items() if other != e])
            slope[clauses.columns[e]] -= clauses.signs[e] * rest / 2
    return products, slope


@settings(deadline=None, max_examples=40)
@given(formulas(), st.integers(0, 1000))
def test_products_are_those_of_the_definition(clauses: Clauses, seed: int) -> None:
    v = np.random.default_rng(seed).uniform(-1, 1, (clauses.variables, 3))
    K, others = clauses.products(v)
    total = clauses.gather(clauses.sign * others)
    for member in range(3):
        products, slope = by_hand(clauses, v[:, member])
        assert K[:, member] == pytest.approx(products, abs=1e-12)
        assert total[:, member] == pytest.approx(-2 * slope, abs=1e-12)


@settings(deadline=None, max_examples=20)
@given(formulas())
def test_truth_values_are_counted_as_products_say(clauses: Clauses) -> None:
    values = np.array(list(itertools.product([False, True], repeat=clauses.variables))).T
    K, _ = clauses.products(np.where(values, 1.0, -1.0))
    assert (clauses.unsatisfied(values) == np.rint(K.sum(axis=0))).all()


@settings(deadline=None, max_examples=20)
@given(formulas(), st.integers(0, 1000))
@pytest.mark.parametrize("kind", ["clauses", "satisfaction"])
def test_the_energy_changes_by_what_is_supplied_and_dissipated(
    kind: str, clauses: Clauses, seed: int
) -> None:
    rng = np.random.default_rng(seed)
    system: ClauseCircuit | Satisfaction
    if kind == "clauses":
        system = ClauseCircuit(clauses, 3.0, 0.0, 0.7, 0.05, 10.0, 0.1, tau=2.0)
    else:
        system = Satisfaction(clauses, 10.0, tau=2.0)
    n = clauses.variables
    x = np.concatenate([rng.uniform(-0.9, 0.9, (n, 1)), rng.uniform(0.5, 2.0, (clauses.count, 1))])
    flow, h = system.flow(0.0, x), 1e-6

    def energy(at: np.ndarray) -> float:
        return float(sum(part[0] for part in system.energy(0.0, at).values()))

    slope = (energy(x + h * flow.rate) - energy(x - h * flow.rate)) / (2 * h)
    assert slope == pytest.approx(float(flow.supplied[0] - flow.dissipated[0]), abs=1e-6)
    assert flow.dissipated[0] >= 0
    assert flow.rate == pytest.approx(system.rhs(0.0, x), abs=1e-14)


def test_frozen_weights_without_noise_obey_the_theorem() -> None:
    clauses = table([[1, 2], [-1, -2]], 2)
    frozen = ClauseCircuit(clauses, 3.0, 0.0, 0.0, 0.05, 10.0, 0.1)
    assert frozen.theorem.applies
    assert frozen.flow(0.0, np.array([[0.3], [0.1], [1.0], [1.0]])).supplied[0] == 0.0
    moving = ClauseCircuit(clauses, 3.0, 0.2, 0.5, 0.05, 10.0, 0.1)
    assert not moving.theorem.applies
    assert "adapt" in str(moving.theorem.reason)
    assert "noise" in str(moving.theorem.reason)


def test_noise_of_an_amplifier_that_nothing_drives_is_stationary_whatever_the_step() -> None:
    clauses = table([[1]], 2)
    for step in (0.1, 0.5):
        machine = ClauseCircuit(clauses, 1.0, 0.3, 0.0, 0.0, 100.0, step)
        keep = float(np.exp(-step))
        assert machine.deviation**2 / (1 - keep**2) == pytest.approx(0.3**2 / 2, rel=1e-12)


@pytest.mark.parametrize(
    ("first", "columns", "signs", "message"),
    [
        ([0, 0], [], [], "at least one literal"),
        ([0, 2], [0, 3], [1, 1], "from 0 to 2"),
        ([0, 1], [0], [2], "1 or -1"),
        ([0, 2], [1, 1], [1, -1], "twice in one clause"),
    ],
)
def test_clauses_that_are_none_are_refused(first: list, columns: list, signs: list, message: str) -> None:
    with pytest.raises(InputError, match=message):
        Clauses(3, np.array(first), np.array(columns, dtype=int), np.array(signs, dtype=float))


def test_numbers_out_of_range_are_refused() -> None:
    clauses = table([[1, 2]], 2)
    with pytest.raises(InputError, match=r"`gain` is 0, expected a positive number"):
        ClauseCircuit(clauses, 0.0, 0.2, 1.0, 0.02, 10.0, 0.1)
    with pytest.raises(InputError, match=r"`step` is 0\.9 time constants, expected at most 0\.5"):
        ClauseCircuit(clauses, 1.0, 0.2, 1.0, 0.02, 10.0, 0.9)
    with pytest.raises(InputError, match=r"`reach` is -1"):
        Satisfaction(clauses, 10.0, reach=-1.0)
