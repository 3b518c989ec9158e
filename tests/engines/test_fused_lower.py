import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("numba")

from analoghop.activations import Arctan, Identity, Logistic, Rectifier, Satlin, Softmax, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.circuit.netlist import parse
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.couplings import Coupling, Cycle, Dense, Eye, Kron, Ones, Sparse, Sum, kron
from analoghop.engines.choice import fused_available
from analoghop.engines.fused.equations.grid import grid_form
from analoghop.engines.fused.equations.lower import lower
from analoghop.engines.fused.equations.tables import DENSE, GRID, SPARSE
from analoghop.errors import InputError
from analoghop.schedules import Constant, ReciprocalSignal, Schedule, Signal, Signals
from analoghop.systems.circuits.network import Network
from tests.engines.compiled_rates import compiled_rates
from tests.strategies import banks, couplings, rngs

known = st.one_of(
    st.sampled_from((Tanh(), Logistic(), Satlin(), Rectifier(), Identity())),
    st.integers(1, 5).map(Softmax),
)


def salesman(n: int, q: int | None = None, seed: int = 0) -> Coupling:
    q, W = q or n, np.random.default_rng(seed).random((n, n))
    I, J, K, L = Eye(n), Ones(n), Eye(q), Ones(q)
    return -5.0 * kron(I, L - K) - 4.0 * kron(J - I, K) - 2.0 * Ones(n * q) - 3.0 * kron(Dense(W), Cycle(q))


@st.composite
def networks(draw):
    bank = draw(banks(known, gradient=False))
    n, rng = bank.inputs, draw(rngs)
    C, G = rng.uniform(0.2, 3.0, (2, n))
    G *= draw(st.sampled_from((0.0, 1.0)))
    return Network(draw(couplings(n, n)), bank, C, G, rng.normal(size=n))


def deviation(network: Network, x: np.ndarray, dtype: str = "float64") -> float:
    """The largest deviation of the kernels' rates, in units of what their terms add up to."""
    v = network.outputs(0.0, x)
    size = np.abs(network.T.toarray()) @ np.abs(v) + network.G * np.abs(x) + np.abs(network.bias)
    # The kernels split outputs in a part that moves and one that rests, which may cancel.
    size += np.abs(network.T.toarray()) @ (np.abs(network.amplifiers.scale) + np.abs(network.amplifiers.base))
    error = np.abs(compiled_rates(network, x, dtype=dtype) - network.rhs(0.0, x))
    return float((error / (size / network.C + 1e-300)).max())


@settings(max_examples=60)
@given(networks(), rngs, st.sampled_from((0.1, 3.0, 100.0)))
def test_kernels_follow_the_definition(network, rng, spread):
    x = network.amplifiers.offset + spread * network.input_scale * rng.normal(size=(network.size, 9))
    assert deviation(network, x) < 1e-14
    # An amplifier's argument is known to 6e-8 of its largest term in single precision.
    argument = 1.0 + np.abs(network.amplifiers.gain * network.amplifiers.offset).max() + 10 * spread
    assert deviation(network, x, "float32") < 1e-6 * argument


@pytest.mark.parametrize(("n", "q"), [(1, 3), (2, 2), (3, 1), (4, 4), (5, 3), (10, 10), (12, 7)])
def test_the_salesmans_coupling_is_recognised(n, q):
    T = salesman(n, q)
    network = Network(T, Amplifiers.uniform(Logistic(), n * q, gain=8.0), bias=1.5)
    assert lower(network).tables.coupling == GRID
    assert deviation(network, 0.2 * np.random.default_rng(n).normal(size=(n * q, 20))) < 1e-14


@settings(max_examples=60)
@given(st.data())
def test_recognised_sums_are_the_same_matrix(data):
    p, q = data.draw(st.integers(1, 4)), data.draw(st.integers(1, 4))
    left = data.draw(st.lists(couplings(p, p, depth=1), min_size=1, max_size=3))
    right = st.sampled_from((Eye(q), Ones(q), Cycle(q), Ones(q) - Eye(q), 2.0 * Cycle(q) + Eye(q)))
    terms = [Kron(one, data.draw(right)) for one in left]
    T = Sum((*terms, data.draw(st.sampled_from((Eye(p * q), -2.0 * Ones(p * q), terms[0])))))
    form = grid_form(T)
    if form is None:
        return
    I, J, S, K, L = np.eye(p), np.ones((p, p)), Cycle(q).toarray(), np.eye(q), np.ones((q, q))
    matrix = np.kron(form.matrix, S) + np.kron(form.own, K) + form.same * np.eye(p * q)
    matrix += (
        form.along * np.kron(I, L) + form.across * np.kron(J, K) + form.everywhere * np.ones((p * q, p * q))
    )
    assert np.allclose(matrix, T.toarray(), atol=1e-12)


def test_what_moves_is_what_it_is_at_the_moment():
    rng = np.random.default_rng(0)
    n = 6
    bank = Amplifiers(((Logistic(), 3), (Softmax(3), 1)), rng.uniform(1, 3, n), rng.normal(size=n), 2.0, -1.0)
    network = Network(
        salesman(3, 2),
        bank,
        C=rng.uniform(1, 2, n),
        bias=0.3,
        signals=Signals((Schedule([0.0, 2.0], [1.0, -1.0]), Constant(0.7))),
        S=rng.normal(size=(n, 2)),
        gain_factor=ReciprocalSignal(Schedule([0.0, 1.0, 3.0], [4.0, 1.0, 0.1], "geometric")),
        coupling_factor=Schedule([0.5, 1.5], [0.2, 1.0]),
    )
    x = rng.normal(size=(n, 20))
    for t in (0.0, 0.3, 0.5, 1.0, 1.7, 2.9, 3.0, 50.0):
        expected = network.rhs(t, x)
        assert np.allclose(compiled_rates(network, x, t), expected, rtol=1e-12, atol=1e-12)
        assert np.allclose(compiled_rates(network, x, t, "float32"), expected, rtol=1e-4, atol=1e-4)


class Wave(Signal):
    def value(self, t):
        return 1.0 + np.square(t)

    def rate(self, t):
        return 2.0 * np.asarray(t)


def test_what_is_stored_stays_as_it_is():
    bank = Amplifiers.uniform(Tanh(), 4)
    assert lower(Network(np.eye(4), bank)).tables.coupling == DENSE
    assert lower(Network(Sparse(np.eye(4)), bank)).tables.coupling == SPARSE
    assert lower(Network(kron(Dense(np.eye(2)), Dense(np.eye(2))), bank)).tables.coupling == DENSE


def test_what_the_kernels_do_not_know():
    bank = Amplifiers.uniform(Tanh(), 2)
    ramp = Schedule([0.0, 1.0], [1.0, 2.0])
    assert fused_available(Network(np.eye(2), bank))
    assert not fused_available(Network(np.eye(2), Amplifiers.uniform(Arctan(), 2)))
    assert not fused_available(Network(np.eye(2), bank, temperature=300.0))
    assert fused_available(Network(np.eye(2), bank, gain_factor=ramp))
    assert not fused_available(Network(np.eye(2), bank, gain_factor=Wave()))
    with pytest.raises(InputError, match="do not support a Network"):
        compiled_rates(Network(np.eye(2), Amplifiers.uniform(Arctan(), 2)), np.zeros((2, 1)))


def test_a_deck_is_lowered_as_its_network():
    deck = """latch
    B1 v1 0 V=tanh(3*V(u1))
    B2 v2 0 V=tanh(3*V(u2))
    R1 v2 u1 1k
    R2 v1 u2 1k
    C1 u1 0 1u
    C2 u2 0 2u
    .tran 1u 1m
    .end
    """
    lure = compile_circuit(parse(deck))
    assert fused_available(lure)
    x = np.random.default_rng(0).normal(size=(2, 5))
    assert np.allclose(compiled_rates(lure, x), lure.rhs(0.0, x), rtol=1e-12)
