"""Laws of all formulations of the travelling salesman; a new one is tested by its entry in FORMULATIONS."""

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.couplings import Coupling
from analoghop.engines.choice import automatic
from analoghop.problems.tsp import FORMULATIONS, TSP

DATA = Path(__file__).parents[2] / "data"


def cities(n: int, seed: int = 0) -> TSP:
    return TSP.from_coordinates(np.random.default_rng(seed).uniform(size=(n, 2)), f"random{n}")


def turned(order: tuple[int, ...]) -> tuple[int, ...]:
    """Return the tour from city 0 on."""
    first = order.index(0)
    return (*order[first:], *order[:first])


@pytest.mark.parametrize("name", FORMULATIONS)
@settings(max_examples=8, deadline=None)
@given(st.integers(3, 13), st.integers(0, 2**32 - 1))
def test_reading_undoes_embedding_and_the_objective_is_the_length(name: str, n: int, seed: int) -> None:
    problem = cities(n, seed)
    encoding = FORMULATIONS[name]().encode(problem)
    order = tuple(np.random.default_rng(seed).permutation(n).tolist())
    outputs = encoding.embed(order)
    assert outputs.shape == (encoding.system.n_outputs, 1)
    (raw,) = encoding.decode(outputs)
    assert raw.answer is not None
    assert turned(raw.answer) == turned(order)
    assert encoding.objective(outputs)[0] == pytest.approx(problem.length(order))


@pytest.mark.parametrize("name", FORMULATIONS)
def test_the_energy_is_defined_and_its_powers_balance(name: str) -> None:
    encoding = FORMULATIONS[name]().encode(cities(5))
    system, h = encoding.system, 1e-6 * encoding.duration
    x, t = encoding.start(0, np.arange(3)), np.array([0.1, 0.5, 0.8]) * encoding.duration
    assert system.has_energy
    flow = system.flow(t, x)
    scale = h / max(1.0, float(np.abs(flow.rate).max()))

    def energy(s: float) -> np.ndarray:
        return np.sum(list(system.energy(t + s, x + s * flow.rate).values()), axis=0)

    slope = (energy(scale) - energy(-scale)) / (2 * scale)
    total = np.abs(list(system.energy(t, x).values())).max()
    wanted = flow.supplied - flow.dissipated
    assert slope == pytest.approx(wanted, rel=1e-3, abs=1e-9 * total / scale)


@pytest.mark.parametrize("name", FORMULATIONS)
def test_parameters_are_plain_and_say_what_was_chosen(name: str) -> None:
    parameters = FORMULATIONS[name]().encode(TSP.read(DATA / "berlin52.tsp")).parameters
    assert len(parameters) >= 5
    assert all(isinstance(value, bool | int | float | str) for value in parameters.values())


@pytest.mark.parametrize("name", FORMULATIONS)
def test_two_hundred_cities_take_memory_for_their_amplifiers_and_no_more(name: str) -> None:
    encoding = FORMULATIONS[name]().encode(cities(200))
    x = encoding.start(0, np.arange(2))
    rate = encoding.system.rhs(0.0, x)
    assert rate.shape == x.shape
    assert np.isfinite(rate).all()


@pytest.mark.parametrize("name", sorted(FORMULATIONS.keys() - {"automatic", "potts", "successor", "elastic"}))
@pytest.mark.parametrize("symmetric", [True, False])
def test_what_engines_ask_of_two_hundred_cities_needs_no_matrix(
    name: str, symmetric: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    d = cities(200).distances
    problem = TSP(d if symmetric else d + np.triu(d))
    system = FORMULATIONS[name]().encode(problem).system

    def forbidden(self: Coupling, rows: int | None = None) -> None:
        assert max(self.shape) <= 200, "an n^2 x n^2 matrix, row by row"
        return blocks(self, rows)

    blocks = Coupling._blocks
    monkeypatch.setattr(Coupling, "_blocks", forbidden)
    assert (system.time_constants > 0).all()
    assert (system.T.row_sums() > 0).all()
    assert system.T.symmetric
    assert np.isfinite(automatic(system, 10, 1.0).rtol)
