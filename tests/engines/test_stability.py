import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analoghop.activations import Logistic, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.couplings import Cycle, Dense, Eye, Kron, Ones, Sparse
from analoghop.engines.ensemble.stability import SymmetricStability, stability
from analoghop.engines.settling import growing
from analoghop.systems.circuits.network import Network
from tests.strategies import seeds

TOLERANCE = 1e-3


def states(system, seed, members=6):
    rng = np.random.default_rng(seed)
    x = rng.normal(size=(system.size, members)) * system.input_scale
    return np.linspace(0.0, 1.0, members), x * np.logspace(-2, 1.5, members)


def network(seed, symmetric=True, n=7):
    rng = np.random.default_rng(seed)
    T = rng.normal(size=(n, n)) * rng.uniform(0.05, 1.0)
    T = T + T.T if symmetric else T
    bank = Amplifiers.of([Tanh()] * 4 + [Logistic()] * 3, rng.uniform(0.5, 4, n), rng.normal(size=n))
    return Network(T, bank, rng.uniform(0.5, 2, n), rng.uniform(0.5, 2, n))


@given(seed=seeds, symmetric=st.booleans(), sparse=st.booleans())
def test_the_verdict_is_the_eigenvalues(seed, symmetric, sparse):
    system = network(seed, symmetric)
    if sparse:
        system = Network(Sparse(system.T.toarray()), system.amplifiers, system.C, system.G)
    t, x = states(system, seed)
    expected = [not growing(system, float(t[k]), x[:, k], TOLERANCE) for k in range(x.shape[1])]
    assert stability(system, TOLERANCE)(t, x).tolist() == expected


def test_symmetric_networks_go_the_short_way():
    assert isinstance(stability(network(0), TOLERANCE), SymmetricStability)
    assert not isinstance(stability(network(0, symmetric=False), TOLERANCE), SymmetricStability)


@pytest.mark.parametrize("written", [0, 3000])
def test_falling_amplifiers_and_couplings_without_a_matrix(monkeypatch, written):
    monkeypatch.setattr("analoghop.engines.ensemble.stability._WRITTEN", written)
    falling = Network(-2.0 * np.ones((3, 3)), Amplifiers.uniform(Tanh(), 3, gain=-1.0))
    t, x = states(falling, 1)
    expected = [not growing(falling, 0.0, x[:, k], TOLERANCE) for k in range(6)]
    assert stability(falling, TOLERANCE)(t, x).tolist() == expected
    assert len(set(expected)) == 2
    T = -0.1 * Kron(Ones(16), Eye(16)) + Kron(Eye(16), Cycle(16))
    structured = Network(T, Amplifiers.uniform(Tanh(), 256, gain=2.0))
    same = Network(Dense(T.toarray()), structured.amplifiers)
    t, x = states(structured, 2)
    verdict = stability(structured, TOLERANCE)(t, x)
    assert verdict.tolist() == stability(same, TOLERANCE)(t, x).tolist()
    assert len(set(verdict.tolist())) == 2


def test_circuits_that_are_not_symmetric():
    lines = Network(np.array([[0.0, 3.0], [-3.0, 0.0]]), Amplifiers.uniform(Tanh(), 2))
    verdict = stability(lines, TOLERANCE)(np.zeros(2), np.array([[0.0, 0.0], [0.0, 5.0]]))
    assert verdict.tolist() == [True, True]
    assert not stability(lines, TOLERANCE)(np.zeros(1), np.full((2, 1), np.nan))[0]


@pytest.mark.parametrize("gain", [0.4, 0.6])
def test_the_saddle_of_a_latch(gain):
    latch = Network(2.0 * np.eye(2)[::-1], Amplifiers.uniform(Tanh(), 2, gain=gain))
    assert stability(latch, TOLERANCE)(np.zeros(1), np.zeros((2, 1)))[0] == (gain < 0.5)
