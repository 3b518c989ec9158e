"""Functions of kernels are compiled once for each precision: constants do not multiply them."""

import numpy as np
import pytest

pytest.importorskip("numba")

from analoghop import TSP, solve
from analoghop.engines.fused.machines.grids.doubly_stochastic import multiply, sweep


def test_constants_do_not_multiply_the_functions_of_tours() -> None:
    places = np.random.default_rng(0).random((6, 2))
    for formulation in ("potts", "successor"):
        solve(TSP(places), formulation, starts=1, seed=0, engine="fused")
    for function in (sweep, multiply):
        assert not any("Literal" in str(signature) for signature in function.signatures)
