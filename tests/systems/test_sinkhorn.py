import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.systems.assignment.sinkhorn import project, respond


def plain_sinkhorn(z: np.ndarray, sweeps: int) -> np.ndarray:
    log = z.copy()
    for _ in range(sweeps):
        log -= np.log(np.exp(log - log.max(1, keepdims=True)).sum(1, keepdims=True)) + log.max(
            1, keepdims=True
        )
        log -= np.log(np.exp(log - log.max(0, keepdims=True)).sum(0, keepdims=True)) + log.max(
            0, keepdims=True
        )
    return np.exp(log)


@settings(max_examples=40)
@given(st.integers(1, 8), st.floats(0.01, 200.0), st.integers(0, 2**32 - 1))
def test_rows_and_columns_sum_to_one(n: int, spread: float, seed: int) -> None:
    z = spread * np.random.default_rng(seed).normal(size=(2, n, n))
    V, beta = project(z)
    assert np.abs(V.sum(axis=1) - 1).max() < 1e-10
    assert np.abs(V.sum(axis=2) - 1).max() < 1e-10
    assert beta.mean(axis=1) == pytest.approx(0.0, abs=1e-9 * max(1.0, spread))
    again, _ = project(z, beta)
    assert again == pytest.approx(V, abs=1e-10)


def test_newton_and_sinkhorn_find_the_same() -> None:
    z = 3.0 * np.random.default_rng(1).normal(size=(5, 5))
    assert project(z[None])[0][0] == pytest.approx(plain_sinkhorn(z, 3000), abs=1e-10)


def test_cold_limit_is_the_best_permutation() -> None:
    from scipy.optimize import linear_sum_assignment

    u = np.random.default_rng(2).normal(size=(20, 20))
    rows, columns = linear_sum_assignment(u, maximize=True)
    V, _ = project(u[None] / 1e-3)
    best = np.zeros((20, 20))
    best[rows, columns] = 1.0
    assert V[0] == pytest.approx(best, abs=1e-6)


def test_projection_is_the_gradient_of_a_convex_potential() -> None:
    rng = np.random.default_rng(3)
    z, dz = rng.normal(size=(2, 1, 6, 6))

    def potential(z: np.ndarray) -> float:
        V = project(z)[0]
        return float((V * z).sum() - (V * np.log(V)).sum())

    V, h = project(z)[0], 1e-5
    slope = (potential(z + h * dz) - potential(z - h * dz)) / (2 * h)
    assert slope == pytest.approx(float((V * dz).sum()), rel=1e-7)
    assert (respond(V, dz) * dz).sum() > 0


def test_response_is_the_change_of_the_outputs() -> None:
    rng = np.random.default_rng(4)
    z, dz = rng.normal(size=(2, 3, 5, 5))
    h = 1e-5
    change = (project(z + h * dz)[0] - project(z - h * dz)[0]) / (2 * h)
    response = respond(project(z)[0], dz)
    assert response == pytest.approx(change, abs=1e-8)
    assert response.sum(axis=1) == pytest.approx(np.zeros((3, 5)), abs=1e-12)
    assert response.sum(axis=2) == pytest.approx(np.zeros((3, 5)), abs=1e-12)
    permutation = np.eye(5)[None]
    assert respond(permutation, dz[:1]) == pytest.approx(np.zeros((1, 5, 5)), abs=1e-12)
