import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binomtest

from analoghop.ensembles.attractors import cells, clustered, ranked


def split(outputs, tolerance=0.1):
    width = np.full((outputs.shape[0], 1), tolerance)
    return clustered(cells(outputs, width), lambda k: outputs[:, k], width)


@given(
    seed=st.integers(0, 2**32 - 1),
    count=st.integers(1, 6),
    rows=st.integers(1, 5),
    members=st.integers(1, 60),
)
def test_clusters_far_apart_are_found_whatever_their_place(seed, count, rows, members):
    rng = np.random.default_rng(seed)
    centres = rng.permutation(20)[:count] + rng.uniform(0, 1)
    which = rng.integers(0, count, members)
    outputs = centres[which] + rng.uniform(-0.02, 0.02, (rows, members))
    labels = split(outputs)
    assert np.array_equal(labels[:, None] == labels, which[:, None] == which)


def test_a_cluster_on_the_edge_of_cells_is_one():
    outputs = np.array([[0.05 - 1e-9, 0.05 + 1e-9, 0.95], [0.15 + 1e-9, 0.15 - 1e-9, 0.15 + 1e-9]])
    assert len(set(split(outputs)[:2])) == 1
    assert len(set(split(outputs))) == 2


def test_cells_are_told_apart_and_numbered_alike():
    corners = np.array(np.meshgrid(*[[0.0, 1.0]] * 12)).reshape(12, -1)
    names = cells(corners, np.full((12, 1), 0.01))
    assert len(np.unique(names, axis=0)) == 4096
    assert np.array_equal(cells(corners + 0.004, np.full((12, 1), 0.01)), names)


def test_attractors_are_in_order_and_counted():
    labels = np.array([0, 1, 1, 2, 1, 2, 3])
    alive = np.array([0, 2, 3, 4, 5, 7, 8])
    energies = np.array([5.0, np.nan, 1.0, 1.0, 3.0, 1.0, np.nan, 3.0, 2.0])
    states = np.arange(18.0).reshape(2, 9)
    found = ranked(labels, alive, lambda k: states[:, k], lambda k: -states[:, k], energies, 9)
    assert [a.count for a in found] == [3, 2, 1, 1]
    assert [a.member for a in found] == [2, 4, 8, 0]  # at equal count the lowest energy first
    assert [a.energy for a in found] == [1.0, 3.0, 2.0, 5.0]
    assert found.labels.tolist() == [3, -1, 0, 0, 1, 0, -1, 1, 2]
    assert found[0].state.tolist() == [2.0, 11.0]
    assert found[0].outputs.tolist() == [-2.0, -11.0]
    for a in found:
        theirs = binomtest(a.count, 9).proportion_ci(method="wilson")
        assert a.fraction == pytest.approx(a.count / 9)
        assert a.interval == pytest.approx((theirs.low, theirs.high), abs=1e-12)


def test_no_members_no_attractors():
    found = ranked(np.zeros(0, int), np.zeros(0, int), lambda k: None, lambda k: None, None, 3)
    assert len(found) == 0
    assert found.labels.tolist() == [-1, -1, -1]
