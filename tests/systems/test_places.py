import numpy as np
import pytest

from analoghop.errors import InputError
from analoghop.schedules import Constant, Schedule
from analoghop.systems.assignment.column_coupling import PlaceTable, Ring


def shift(n: int, k: int) -> np.ndarray:
    """S^k with (V S^kT)_i = V_{i+k}."""
    return np.roll(np.eye(n), k, axis=1)


@pytest.mark.parametrize("n", [3, 4, 7, 8])
@pytest.mark.parametrize("w", [0.0, 0.4, 1.5])
def test_ring_is_the_sum_of_its_shifts(n: int, w: float) -> None:
    k = np.arange(1, n // 2 + 1)
    a = np.exp(-(k**2 - 1) / (2 * w**2)) if w else (k == 1) * 1.0
    a = a / a.sum()
    B = Ring(n, 0.4, Constant(w)).matrix(0.0)
    C = 0.4 * np.eye(n) + sum(a[j - 1] * (shift(n, j) + shift(n, -j)) for j in k)
    assert pytest.approx(C) == B + B.T
    assert B[0, 1] == pytest.approx(a[0])


def test_without_a_kernel_the_next_slot_counts() -> None:
    V = np.random.default_rng(0).random((2, 5))
    B = Ring(5).matrix(0.0)
    assert pytest.approx(np.roll(V, -1, axis=1)) == V @ B.T


def test_rate_is_the_slope_of_the_matrix() -> None:
    ring = Ring(9, 0.4, Schedule(np.array([0.0, 1.0]), np.array([3.0, 0.2])))
    h = 1e-6
    for t in (0.1, 0.5, 0.9):
        slope = (ring.matrix(t + h) - ring.matrix(t - h)) / (2 * h)
        assert ring.rate(t) == pytest.approx(slope, abs=1e-7)
    times = np.array([0.1, 0.5, 0.9])
    assert ring.matrix(times).shape == ring.rate(times).shape == (3, 9, 9)
    assert np.array_equal(ring.matrix(times)[1], ring.matrix(0.5))


def test_table_is_at_rest() -> None:
    B = np.arange(9.0).reshape(3, 3)
    table = PlaceTable(B)
    assert not table.symmetric
    assert PlaceTable(B + B.T).symmetric
    assert np.array_equal(table.matrix(np.zeros(2))[1], B)
    assert not table.rate(0.0).any()
    assert table.width is None


def test_what_is_no_coupling_of_places() -> None:
    with pytest.raises(InputError, match="at least 3 slots"):
        Ring(2)
    for bad in (np.ones((2, 3)), np.full((2, 2), np.nan)):
        with pytest.raises(InputError, match="finite square matrix"):
            PlaceTable(bad)
