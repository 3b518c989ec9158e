import numpy as np
import pytest

from analoghop.engines.tableaux import PAIRS


@pytest.mark.parametrize("name", PAIRS)
def test_conditions_of_order(name):
    pair = PAIRS[name]
    c, b, d = np.array(pair.nodes), np.array([*pair.rows[-1], 0.0]), np.array(pair.error)
    a = np.zeros((pair.stages, pair.stages))
    for stage, row in enumerate(pair.rows):
        a[stage, : len(row)] = row
    assert np.allclose(a.sum(axis=1), c, atol=1e-15)
    assert np.array_equal(a[-1], b)
    trees = {1: [np.ones_like(c)], 2: [c], 3: [c**2, a @ c], 4: [c**3, c * (a @ c), a @ c**2, a @ a @ c]}
    trees[5] = [
        c**4, c**2 * (a @ c), (a @ c) ** 2, c * (a @ c**2), a @ c**3,
        c * (a @ a @ c), a @ (c * (a @ c)), a @ a @ c**2, a @ a @ a @ c,
    ]  # fmt: skip
    weights = {1: [1], 2: [1 / 2], 3: [1 / 3, 1 / 6], 4: [1 / 4, 1 / 8, 1 / 12, 1 / 24]}
    weights[5] = [1 / 5, 1 / 10, 1 / 20, 1 / 15, 1 / 20, 1 / 30, 1 / 40, 1 / 60, 1 / 120]
    for order in range(1, pair.order + 2):
        for tree, weight in zip(trees[order], weights[order], strict=True):
            assert b @ tree == pytest.approx(weight, abs=1e-14)
            if order <= pair.order:
                assert d @ tree == pytest.approx(0.0, abs=1e-14)
    assert any(abs(d @ tree) > 1e-4 for tree in trees[pair.order + 1])


@pytest.mark.parametrize("name", PAIRS)
def test_the_dense_output_joins_the_ends_smoothly(name):
    pair = PAIRS[name]
    dense = np.array(pair.dense)
    powers = np.arange(1, dense.shape[1] + 1)
    first, last = np.zeros(pair.stages), np.zeros(pair.stages)
    first[0] = last[-1] = 1.0
    assert np.allclose(dense.sum(axis=1), [*pair.rows[-1], 0.0], atol=1e-14)
    assert np.allclose(dense[:, 0], first)
    assert np.allclose(dense @ powers, last, atol=1e-13)
