"""Bounds on the rows of a coupling: the products themselves where it is stored."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from analoghop.couplings import Dense, Eye, Kron, Ones, Sparse, row_bounds
from analoghop.couplings.row_bounds import RowBounds


@given(st.integers(0, 1000))
def test_bounds_are_the_products_of_the_magnitudes_or_above_them(seed):
    rng = np.random.default_rng(seed)
    T, v = rng.normal(size=(6, 6)), np.abs(rng.normal(size=(6, 3)))
    for coupling in (Dense(T), Sparse(sparse.csr_array(T)), Kron(Dense(T[:3, :3]), Ones(2)) - 2.0 * Eye(6)):
        exact = np.abs(coupling.toarray()) @ v
        np.testing.assert_allclose(RowBounds(coupling)(v), exact, rtol=1e-12)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(row_bounds, "_WRITTEN", 0)
            patch.setattr(row_bounds, "best", lambda T: T)
            assert (RowBounds(coupling)(v) >= exact * (1 - 1e-12)).all()
