"""The energy with weights: which couplings have one, and that it falls."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from analoghop.activations import Softmax, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.circuit.netlist import parse
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.couplings import Sparse
from analoghop.engines import ScipyIVP
from analoghop.systems.circuits.network import Network
from analoghop.testing import check_system

NAME = "Hopfield 1984 with weights"


def symmetric(rng, n, share):
    S = rng.normal(size=(n, n)) * (rng.random((n, n)) < share)
    return S + S.T


def network(T, units=None, **options):
    units = [Tanh()] * T.shape[0] if units is None else units
    return Network(T, Amplifiers.of(units, gain=2.0, offset=0.1), bias=0.2, **options)


@given(st.integers(0, 2**32 - 1), st.integers(2, 9), st.floats(0.1, 1.0), st.booleans(), st.booleans())
@settings(max_examples=60, deadline=None)
def test_scaled_rows_or_columns_of_a_symmetric_matrix_have_an_energy(seed, n, share, rows, stored):
    rng = np.random.default_rng(seed)
    d, S = np.exp(rng.uniform(-4.0, 4.0, n)), symmetric(rng, n, share)
    T = d[:, None] * S if rows else S * d
    system = network(Sparse(sparse.csr_array(T)) if stored else T)
    assert system.theorem.applies
    w = np.ones(n) if system.weights is None else system.weights
    assert (w > 0).all()
    assert np.allclose(w[:, None] * T, (w[:, None] * T).T, rtol=1e-9, atol=0)
    assert system.theorem.name == ("Hopfield 1984" if system.weights is None else NAME)
    flow = system.flow(0.0, rng.normal(size=(n, 7)))
    assert not flow.supplied.any()
    assert (flow.dissipated >= 0).all()


def test_weights_are_those_of_the_scaling_but_for_a_factor():
    rng = np.random.default_rng(0)
    d, S = rng.uniform(0.1, 5.0, 6), symmetric(rng, 6, 1.0)
    assert np.ptp(network(d[:, None] * S).weights * d) < 1e-12
    assert np.ptp(network(S * d).weights / d) < 1e-12
    assert np.exp(np.log(network(S * d).weights).mean()) == pytest.approx(1.0)


@pytest.mark.parametrize("rows", [True, False])
def test_the_laws_of_systems_hold_with_weights(rows):
    rng = np.random.default_rng(1)
    d, S = rng.uniform(0.1, 5.0, 5), symmetric(rng, 5, 1.0)
    system = network(d[:, None] * S if rows else S * d)
    assert system.theorem.name == NAME
    check_system(system, rng.normal(size=(5, 4)))


def test_a_cluster_has_one_weight():
    rng = np.random.default_rng(2)
    S = symmetric(rng, 5, 1.0)
    units = [Softmax(3), Tanh(), Tanh()]
    even, uneven = np.array([2.0, 2.0, 2.0, 0.5, 7.0]), np.array([2.0, 2.0, 1.0, 0.5, 7.0])
    assert network(even[:, None] * S, units).theorem.name == NAME
    assert not network(uneven[:, None] * S, units).theorem.applies
    check_system(network(even[:, None] * S, units), rng.normal(size=(5, 3)))


@pytest.mark.parametrize(
    ("T", "words"),
    [
        ([[0, 1], [-1, 0]], "T[1,2] = 1, T[2,1] = -1"),
        ([[0, 1], [0, 0]], "T[1,2] = 1, T[2,1] = 0"),
        ([[0, 1, 1], [2, 0, 1], [1, 1, 0]], "the products around a cycle through"),
    ],
)
def test_what_has_no_weights_says_why(T, words):
    system = network(np.array(T, dtype=float))
    assert system.weights is None
    assert not system.theorem.applies
    assert words in system.theorem.reason


def test_an_error_of_a_thousandth_in_one_coupling_is_found():
    rng = np.random.default_rng(3)
    T = rng.uniform(0.1, 5.0, 12)[:, None] * symmetric(rng, 12, 1.0)
    T[7, 2] *= 1.001
    assert not network(T).theorem.applies


def test_a_deck_with_scaled_rows_has_the_energy_with_weights():
    text = "two amplifiers\nB1 v1 0 V=tanh(4*V(u1))\nB2 v2 0 V=tanh(4*V(u2))\n"
    text += "R12 v2 u1 1k\nR21 v1 u2 5k\nRu u1 0 2k\nC1 u1 0 1u\nC2 u2 0 1u\n"
    lure = compile_circuit(parse(text))
    assert lure.theorem.applies
    assert lure.theorem.name == NAME
    run = ScipyIVP(rtol=1e-9).integrate(lure, [0.3, -0.1], (0.0, 2e-2))
    assert run.energy.guaranteed
    assert run.energy.largest_rise < 1e-12 * run.energy.drop
    assert run.energy.balance_error < 1e-7


def test_a_large_sparse_coupling_is_never_written_out():
    n = 100_000
    rng = np.random.default_rng(4)
    i, j = rng.integers(0, n, (2, 2 * n))
    S = sparse.csr_array((rng.normal(size=2 * n), (i, j)), shape=(n, n))
    d = rng.uniform(0.5, 2.0, n)
    T = sparse.csr_array(sparse.diags_array(d) @ (S + S.T))
    system = network(Sparse(T), [Tanh()] * n)
    tracemalloc.start()
    assert system.theorem.name == NAME
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 400e6
    assert system.theorem.applies
