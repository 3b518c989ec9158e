import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import csr_array

from analoghop.activations import Arctan, Logistic, Rectifier, Softmax, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.couplings import Dense, Sparse
from analoghop.errors import InputError
from analoghop.schedules import Constant, Schedule, Signals
from analoghop.systems.circuits.network import Network

SECONDS = 0.37


def make(seed, symmetric=True, clusters=False, schedules=False, moving=False, equal=True):
    rng = np.random.default_rng(seed)
    n = 6
    T = rng.normal(size=(n, n))
    T = (T + T.T) / 2 if symmetric else T
    C, G = rng.uniform(1, 2, n), rng.uniform(0.5, 1, n)
    kinds = [Tanh(), Logistic(), Arctan(), Rectifier(), Tanh(), Logistic()]
    gain, scale = rng.uniform(0.5, 4, n), rng.uniform(0.5, 2, n)
    if clusters:
        kinds = [Softmax(3), Tanh(), Softmax(2)]
        for rows in (slice(0, 3), slice(4, 6)):
            gain[rows], scale[rows] = gain[rows][0], scale[rows][0]
            if equal:
                C[rows], G[rows] = C[rows][0], G[rows][0]
    bank = Amplifiers.of(kinds, gain, rng.normal(size=n), scale, rng.normal(size=n))
    ramp = Schedule([0.0, 1.0], [0.5, 2.0], "geometric")
    return Network(
        T, bank, C, G, rng.normal(size=n),
        signals=Signals((Schedule([0.0, 1.0], [0.0, 1.0]),)) if moving else Signals(),
        S=rng.normal(size=(n, 1)) if moving else np.zeros((n, 0)),
        gain_factor=ramp if schedules else None,
        coupling_factor=Schedule([0.0, 2.0], [1.0, 3.0]) if schedules else None,
    )  # fmt: skip


CASES = [
    {},
    {"symmetric": False},
    {"clusters": True},
    {"clusters": True, "symmetric": False, "equal": False},
    {"schedules": True},
    {"schedules": True, "symmetric": False, "clusters": True, "equal": False, "moving": True},
    {"moving": True},
]


def total(network, t, x):
    return sum(network.energy(t, x).values())


@pytest.mark.parametrize("case", CASES)
@given(seed=st.integers(0, 10_000))
def test_power_is_the_rate_of_the_energy(case, seed):
    network = make(seed, **case)
    x = np.random.default_rng(seed).normal(size=(6, 3))
    flow = network.flow(SECONDS, x)
    h = 1e-5
    ahead = total(network, SECONDS + h, x + h * flow.rate)
    behind = total(network, SECONDS - h, x - h * flow.rate)
    rate = (ahead - behind) / (2 * h)
    size = np.abs(flow.dissipated) + np.abs(flow.supplied) + 1.0
    assert np.all(np.abs(rate - (flow.supplied - flow.dissipated)) < 1e-6 * size)


@given(seed=st.integers(0, 10_000))
def test_where_the_theorem_applies_nothing_is_supplied(seed):
    for case in ({}, {"clusters": True}):
        network = make(seed, **case)
        assert network.theorem.applies
        x = np.random.default_rng(seed).normal(size=(6, 3))
        flow = network.flow(0.0, x)
        assert np.all(flow.supplied == 0.0)
        assert np.all(flow.dissipated >= -1e-14)


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        ({"symmetric": False}, "asymmetric coupling"),
        ({"clusters": True, "equal": False}, "unequal C inside a cluster"),
        ({"schedules": True}, "frozen parameters"),
        ({"moving": True}, "moving input"),
    ],
)
def test_the_theorem_names_what_fails(case, reason):
    theorem = make(3, **case).theorem
    assert not theorem.applies
    assert reason in theorem.reason


@pytest.mark.parametrize("case", CASES)
@given(seed=st.integers(0, 1000))
def test_jacobian_is_the_derivative_of_the_rate(case, seed):
    network = make(seed, **case)
    x = np.random.default_rng(seed).normal(size=(6, 1))
    h = 1e-6
    numeric = np.hstack(
        [
            (network.rhs(SECONDS, x + h * e) - network.rhs(SECONDS, x - h * e)) / (2 * h)
            for e in np.eye(6)[:, :, None]
        ]
    )
    assert np.allclose(network.jacobian(SECONDS, x), numeric, atol=1e-6, rtol=1e-6)


@pytest.mark.parametrize("case", CASES)
def test_rate_follows_the_equation_and_every_form_agrees(case):
    network = make(1, **case)
    x = np.random.default_rng(1).normal(size=(6, 4))
    t = np.linspace(0.0, 1.5, 4)
    kappa = network.coupling_factor.value(t) if network.coupling_factor else 1.0
    current = network.bias + network.S @ network.signals.value(t) if case.get("moving") else network.bias
    drive = kappa * (network.T.toarray() @ network.outputs(t, x))
    expected = (drive - network.G * x + current) / network.C
    assert np.allclose(network.rhs(t, x), expected, rtol=1e-13)
    assert np.allclose(network.flow(t, x).rate, expected, rtol=1e-13)
    bound = network.bind()
    assert np.allclose(bound(t[2], x[:, 2]), expected[:, 2], rtol=1e-13)


def test_sparse_and_dense_couplings_agree():
    dense = make(5)
    T = dense.T.toarray() * (np.abs(dense.T.toarray()) > 0.4)
    bank, x = dense.amplifiers, np.random.default_rng(0).normal(size=(6, 2))
    a, b = Network(Dense(T), bank), Network(Sparse(csr_array(T)), bank)
    assert np.allclose(a.rhs(0.0, x), b.rhs(0.0, x))
    assert np.allclose(a.bind()(0.0, x[:, 0]), b.bind()(0.0, x[:, 0]))
    assert np.allclose(a.jacobian(0.0, x[:, :1]), b.jacobian(0.0, x[:, :1]).toarray())


def test_signals_and_restarts():
    network = make(2, moving=True, schedules=True)
    assert network.signal_names[:2] == ("v(u1)", "v(u2)")
    x = np.random.default_rng(0).normal(size=(6, 2))
    both = network.observe(0.0, x, ["v(v2)", "v(u2)"])
    assert np.array_equal(both, np.stack([network.outputs(0.0, x)[1], x[1]]))
    assert network.breakpoints(3.0) == (1.0, 2.0)
    assert network.quiet_after() == 2.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"C": 0.0}, "`C` must be positive"),
        ({"G": [-1.0, 1.0]}, "`G` must not be negative"),
        ({"bias": [1.0, 2.0, 3.0]}, "`bias` has shape"),
        ({"bias": np.nan}, "not finite"),
        ({"names": ("a", "a")}, "different names"),
        ({"signals": Signals((Constant(1.0),)), "S": np.ones((3, 1))}, "`S` has shape"),
    ],
)
def test_bad_parameters_are_named(arguments, message):
    bank = Amplifiers.uniform(Tanh(), 2)
    with pytest.raises(InputError, match=message):
        Network(np.eye(2), bank, **arguments)


def test_a_coupling_of_the_wrong_size_is_refused():
    with pytest.raises(InputError, match="expected \\(2, 2\\)"):
        Network(np.eye(3), Amplifiers.uniform(Tanh(), 2))
