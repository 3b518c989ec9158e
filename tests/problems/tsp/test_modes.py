import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.problems.tsp import TSP, Potts
from analoghop.problems.tsp.modes import leading_modes, roughness
from analoghop.problems.tsp.weights import centred, relative, with_diagonal


def matrix(n: int, seed: int, symmetric: bool) -> np.ndarray:
    d = np.random.default_rng(seed).uniform(1.0, 9.0, (n, n))
    d = d + d.T if symmetric else d
    np.fill_diagonal(d, 0.0)
    return d


def plane(n: int, seed: int) -> np.ndarray:
    return TSP.from_coordinates(np.random.default_rng(seed).random((n, 2))).distances


def lengths(d: np.ndarray, tours: list[np.ndarray]) -> np.ndarray:
    return np.array([d[tour, np.roll(tour, -1)].sum() for tour in tours])


@pytest.mark.parametrize("symmetric", [True, False])
@settings(deadline=None, max_examples=30)
@given(n=st.integers(3, 12), seed=st.integers(0, 10**6), share=st.sampled_from([0.0, 0.25, 1.0]))
def test_weights_order_tours_as_distances_do(symmetric: bool, n: int, seed: int, share: float) -> None:
    d = matrix(n, seed, symmetric)
    W = centred(with_diagonal(relative(d), share))
    tours = [np.random.default_rng(seed + k).permutation(n) for k in range(6)]
    true, weighed = lengths(d, tours), lengths(W, tours)
    excess = d[~np.eye(n, dtype=bool)] - d[~np.eye(n, dtype=bool)].min()
    assert weighed - weighed[0] == pytest.approx((true - true[0]) / excess.mean(), abs=1e-9)
    assert W.sum(axis=0) == pytest.approx(np.zeros(n), abs=1e-9)
    assert np.array_equal(W, W.T) == symmetric


@settings(deadline=None, max_examples=20)
@given(n=st.integers(3, 12), seed=st.integers(0, 10**6), constant=st.floats(0.0, 1e4))
def test_what_all_tours_have_in_common_changes_nothing(n: int, seed: int, constant: float) -> None:
    d = matrix(n, seed, True)
    more = d + constant * (1.0 - np.eye(n))
    assert relative(more) == pytest.approx(relative(d), abs=1e-6)


def test_equal_distances_have_no_weights() -> None:
    d = 7.0 * (1.0 - np.eye(5))
    assert not relative(d).any()
    encoding = Potts().encode(TSP(d))
    assert np.isfinite(encoding.system.A).all()


def test_distance_from_itself_is_a_share_of_the_nearest() -> None:
    d = np.array([[0.0, 2.0, 8.0], [2.0, 0.0, 4.0], [8.0, 4.0, 0.0]])
    assert np.diag(with_diagonal(d, 0.5)) == pytest.approx([1.0, 1.0, 2.0])


@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize("n", [7, 12])
def test_uniform_state_loses_its_stability_at_the_critical_temperature(symmetric: bool, n: int) -> None:
    W = centred(matrix(n, 3, symmetric))
    ahead = np.roll(np.eye(n), 1, axis=0)  # (V ahead)_i = V_{i+1}
    force = -(np.kron(W, ahead.T) + np.kron(W.T, ahead))
    # V answers to inputs at the uniform state by 1/(n T): it is stable while this gain is below 1. The ring's
    # first wave need not be the largest mode of all, but is one of them.
    modes = leading_modes(W)
    pattern = modes.ring(n, 0.3, 0.0).ravel()
    assert force @ pattern == pytest.approx(modes.critical * pattern)


def test_roughness_tells_places_from_random_numbers() -> None:
    assert all(roughness(relative(plane(n, n))) < 0.25 for n in (9, 15, 30, 80))
    assert all(roughness(relative(matrix(n, n, s))) > 0.35 for n in (20, 40, 80) for s in (True, False))
    assert roughness(plane(8, 0)) == 0.0
    assert roughness(relative(1.0 - np.eye(12))) == 0.0


def test_rough_instances_have_no_wide_rings() -> None:
    rough = Potts().encode(TSP(matrix(30, 1, True))).parameters
    assert (rough["width"], rough["own"], rough["early"]) == (0.0, 0.0, 1.0)
    smooth = Potts().encode(TSP(plane(30, 1))).parameters
    assert (smooth["width"], smooth["own"], smooth["early"]) == (0.17, 0.4, 1.5)
    assert Potts(width=0.1).encode(TSP(matrix(30, 1, True))).parameters["width"] == 0.1
