import numpy as np
import pytest
from scipy.sparse import csr_array

from analoghop.activations import FunctionActivation, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.couplings import Dense, Sparse
from analoghop.errors import InputError
from analoghop.schedules import Constant, Schedule, Signals
from analoghop.systems.circuits.network import Network
from tests.examples.systems import NETWORKS
from tests.examples.systems import network as make


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


@pytest.mark.parametrize("case", NETWORKS.values(), ids=NETWORKS)
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


def test_time_constants_are_those_of_the_leak_else_of_the_couplings():
    T = np.array([[0.0, 2.0, -3.0], [0.5, 0.0, 0.0], [0.0, 0.0, 0.0]])
    bank = Amplifiers.uniform(Tanh(), 3)
    leaking = Network(T, bank, C=[2.0, 3.0, 4.0], G=[0.5, 0.25, 4.0])
    assert leaking.time_constants[:, 0].tolist() == [4.0, 12.0, 1.0]
    some = Network(T, bank, C=[2.0, 3.0, 4.0], G=[0.0, 0.25, 0.0])
    assert some.time_constants[:, 0].tolist() == [0.4, 12.0, 1.0]
    assert leaking.decay[:, 0].tolist() == [0.25, 0.25 / 3.0, 1.0]


def test_noise_is_that_of_the_conductances_and_further_noise_together():
    bank = Amplifiers.uniform(Tanh(), 2)
    still = Network(np.eye(2), bank)
    assert still.noise is None
    further = Network(np.eye(2), bank, noise_density=[0.3, 0.0])
    assert further.noise[:, 0].tolist() == pytest.approx([0.3, 0.0])
    hot = Network(np.eye(2), bank, temperature=1e20, C=[1.0, 2.0], G=[1.0, 3.0])
    johnson = 2.0 * 1.380649e-23 * 1e20
    assert hot.noise[:, 0] == pytest.approx([np.sqrt(johnson), np.sqrt(johnson * 3.0) / 2.0])
    both = Network(np.eye(2), bank, temperature=1e20, noise_density=0.03)
    assert both.noise[:, 0] == pytest.approx([np.sqrt(johnson + 0.0009)] * 2)


def test_input_scales_are_those_of_the_gains():
    bank = Amplifiers.uniform(Tanh(), 3, gain=[4.0, -0.5, 1.0])
    assert Network(np.eye(3), bank).input_scale[:, 0].tolist() == [0.25, 2.0, 1.0]


def test_a_network_needs_as_many_outputs_as_inputs():
    product = FunctionActivation(2, 1, lambda z: z[:1] * z[1:], lambda z: np.stack([z[::-1]]))
    with pytest.raises(InputError, match="have 2 inputs and 1 outputs; a Network needs as many"):
        Network(np.eye(2), Amplifiers.uniform(product, 1))


@pytest.mark.parametrize("name", ["gain_factor", "coupling_factor"])
def test_schedules_count_in_every_form_of_the_rate(name):
    random = np.random.default_rng(4)
    T, u, h = random.normal(size=(3, 3)), random.normal(size=(3, 1)), 1e-6
    system = Network(T, Amplifiers.uniform(Tanh(), 3, gain=2.0), **{name: Schedule([0.0, 1.0], [1.0, 3.0])})
    gamma, kappa = (2.0, 1.0) if name == "gain_factor" else (1.0, 2.0)
    wanted = kappa * T @ np.tanh(2.0 * gamma * u) - u
    assert system.rhs(0.5, u) == pytest.approx(wanted)
    assert system.bind()(0.5, u[:, 0]) == pytest.approx(wanted[:, 0])
    slopes = kappa * 2.0 * gamma / np.cosh(2.0 * gamma * u) ** 2
    assert system.slopes(0.5, u) == pytest.approx(slopes)
    assert system.jacobian(0.5, u) == pytest.approx(T * slopes[:, 0] - np.eye(3))
    ahead, behind = system.rhs(0.5, u + h * np.eye(3)), system.rhs(0.5, u - h * np.eye(3))
    assert system.jacobian(0.5, u) == pytest.approx((ahead - behind) / (2 * h), abs=1e-7)
