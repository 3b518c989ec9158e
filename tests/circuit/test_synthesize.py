from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.activations import Arctan, Logistic, Satlin, Softmax, Table, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.circuit.netlist import format as write
from analoghop.circuit.netlist import parse
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.requests import Tran
from analoghop.circuit.sources import Sine
from analoghop.circuit.synthesis.synthesize import synthesize
from analoghop.couplings import Dense, Eye
from analoghop.errors import InputError
from analoghop.schedules import Schedule, Signals
from analoghop.systems.circuits.network import Network

KINDS = [Tanh(), Logistic(), Arctan(), Satlin(), Table(np.array([-1.0, 0, 2]), np.array([0.0, 1, 3]))]


def network(seed, clusters, moving=False):
    rng = np.random.default_rng(seed)
    n = 6
    T = rng.normal(size=(n, n)) * (rng.uniform(size=(n, n)) < 0.7)
    if clusters:
        bank = Amplifiers.of([Softmax(3), Softmax(2), Tanh()], np.repeat(rng.uniform(0.5, 4, 3), [3, 2, 1]))
    else:
        kinds = [KINDS[k] for k in rng.integers(len(KINDS), size=n)]
        kinds.sort(key=lambda kind: kind.name)
        rails = rng.uniform(0.5, 2, n), rng.normal(size=n)
        bank = Amplifiers.of(kinds, rng.uniform(0.5, 4, n), rng.normal(size=n), *rails)
    signals = Signals((Schedule([0.0, 1.0], [0.0, 1.0]),)) if moving else Signals()
    S = rng.normal(size=(n, len(signals)))
    C, G = rng.uniform(1, 2, n), rng.uniform(1, 2, n)
    return Network(T, bank, C, G, rng.normal(size=n), signals=signals, S=S)


def test_what_rounding_leaves_is_not_soldered():
    X = np.random.default_rng(0).choice([-1.0, 1.0], (13, 400))
    T = Dense(0.0025 * X.T) @ Dense(X) - 0.0025 * 13 * Eye(400)
    assert np.diagonal(T.toarray()).any()
    built = synthesize(Network(T, Amplifiers.uniform(Tanh(), 400)))
    names = {element.name for element in built.circuit.elements}
    assert "r1_2" in names
    assert "r1_1" not in names


@given(st.integers(0, 10_000), st.booleans(), st.booleans(), st.sampled_from(["current", "rails"]))
@settings(max_examples=40)
def test_compiling_what_was_synthesised_gives_the_network_rescaled(seed, clusters, moving, bias):
    original = network(seed, clusters, moving)
    built = synthesize(original, bias=bias, rail=3.0, impedance=1e3)
    s, z = built.scale, built.impedance
    again = compile_circuit(parse(write(built.circuit))).network
    assert again is not None
    order = [again.names.index(name) for name in original.names]
    for mine, theirs in (
        (s / z * original.T.toarray(), again.T.toarray()[np.ix_(order, order)]),
        (original.G / z, again.G[order]),
        (original.C / z, again.C[order]),
        (s / z * original.bias, again.bias[order]),
        (s / z * original.S, again.S[order]),
    ):
        assert np.allclose(mine, theirs, rtol=1e-12, atol=1e-13 / z)
    u = np.random.default_rng(seed).normal(size=(6, 3))
    v = again.outputs(0.0, s * u[np.argsort(order)])[order]
    assert np.allclose(v, original.outputs(0.0, u), rtol=1e-12)
    rate = again.rhs(0.3, s * u[np.argsort(order)])[order]
    assert np.allclose(rate, s * original.rhs(0.3, u), rtol=1e-11, atol=1e-12)


def test_every_resistor_is_positive_and_the_scale_is_the_largest_power_of_two():
    original = network(1, clusters=False)
    built = synthesize(original)
    values = [e.value for e in built.circuit.elements if e.name.startswith("r")]
    assert min(values) > 0
    assert built.scale == 2.0 ** round(np.log2(built.scale))
    with pytest.raises(InputError, match=r"negative input resistor at node u\d"):
        synthesize(original, scale=2 * built.scale)


def test_a_scale_that_works_is_kept():
    original = network(1, clusters=False)
    assert synthesize(original, scale=0.01).scale == 0.01


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"G": np.zeros(2)}, "node u1 has no leak conductance"),
        ({"gain_factor": Sine(1.0, 0.1, 5.0)}, "a schedule of the gain that never becomes constant"),
        ({"coupling_factor": Sine(1.0, 0.1, 5.0)}, "a schedule of the coupling that never becomes constant"),
        ({"noise_factor": Sine(1.0, 0.1, 5.0)}, "a schedule of the noise that never becomes constant"),
    ],
)
def test_networks_that_cannot_be_built_are_refused(change, message):
    fields = {"T": np.array([[0.0, 1.0], [1.0, 0.0]]), "amplifiers": Amplifiers.uniform(Tanh(), 2), **change}
    with pytest.raises(InputError, match=message):
        synthesize(Network(**fields))


def test_schedules_are_sources():
    ramp, fade = Schedule([0.0, 1.0], [0.5, 2.0]), Schedule([0.5, 2.0], [1.0, 0.2], "geometric")
    bank = Amplifiers.uniform(Tanh(), 6, gain=np.linspace(1, 3, 6), scale=2.0)
    original = replace(network(3, False), amplifiers=bank, gain_factor=ramp, coupling_factor=fade)
    made = synthesize(original)
    back = compile_circuit(parse(write(made.circuit))).network
    x = np.random.default_rng(0).normal(size=(original.size, 4))
    for t in (0.0, 0.3, 0.8, 1.5, 3.0):
        assert np.allclose(back.rhs(t, made.scale * x), made.scale * original.rhs(t, x), rtol=1e-3, atol=1e-6)


def test_start_and_transient_are_written():
    original = network(2, clusters=False)
    u0 = np.linspace(-1, 1, 6)
    circuit = synthesize(original, start=u0, tran=Tran(1e-2, 1.0, uic=True)).circuit
    lure = compile_circuit(parse(write(circuit)))
    scale = synthesize(original).scale
    names = [f"v(u{name})" for name in original.names]
    assert np.allclose(lure.observe(0.0, lure.start, names)[:, 0], scale * u0)
