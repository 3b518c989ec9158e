"""A circuit that is called settled is where it will stay, whatever has run it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from small_systems import Field

from analoghop.activations import Logistic, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.couplings import Dense, Sparse
from analoghop.engines import Ensemble, Fused, ScipyIVP
from analoghop.engines.distance import allowed, near, newton_step
from analoghop.engines.settling import dense_jacobian
from analoghop.solution import Status
from analoghop.systems.circuits.network import Network

TOLERANCE = 1e-4
SETTLE = {"settle": True, "settle_tol": TOLERANCE}
ENGINES = [ScipyIVP(method, **SETTLE) for method in ("LSODA", "DOP853", "BDF")]
ENGINES += [Ensemble(**SETTLE), Ensemble(rtol=1e-6, **SETTLE)]
PAIR = np.array([[0.0, 1.0], [1.0, 0.0]])


def latch(gain, T=PAIR, bias=0.0):
    return Network(T, Amplifiers.uniform(Tanh(), T.shape[0], gain=gain), bias=bias)


def rest_of(system, x):
    """The equilibrium to which the state leads, by a tight run and Newton's method."""
    x = ScipyIVP("LSODA", rtol=1e-11, audit=False).integrate(system, x, (0.0, 1e5)).states[:, -1]
    for _ in range(60):
        x = x - np.linalg.lstsq(dense_jacobian(system, 0.0, x), system.rhs(0.0, x[:, None])[:, 0])[0]
    return x


def settles_close(seed, n, gain, biased, engine):
    """Return whether a random network settles, after a look at where."""
    rng = np.random.default_rng(seed)
    S = rng.normal(size=(n, n))
    kinds = [(Tanh(), Logistic())[k % 2] for k in range(n)]
    bank = Amplifiers.of(kinds, gain=gain * rng.uniform(0.7, 1.4, n))
    system = Network(S + S.T, bank, G=rng.uniform(0.5, 1.5, n), bias=rng.normal(size=n) if biased else 0.0)
    run = engine.integrate(system, rng.normal(size=n), (0.0, 300.0))
    if run.status is not Status.SETTLED:
        return False
    end = run.states[:, -1]
    away = np.abs(end - rest_of(system, end)) / system.input_scale[:, 0]
    largest = 0.0 if isinstance(engine, ScipyIVP) else np.abs(run.states / system.input_scale).max()
    assert away.max() <= 10.0 * TOLERANCE * max(1.0, largest)
    return True


@given(
    st.integers(0, 2**32 - 1),
    st.integers(1, 4),
    st.floats(0.2, 8.0),
    st.booleans(),
    st.sampled_from(ENGINES),
)
@settings(max_examples=60, deadline=None)
def test_what_is_called_settled_is_close_to_its_equilibrium(seed, n, gain, biased, engine):
    settles_close(seed, n, gain, biased, engine)


def test_what_the_compiled_engine_calls_settled_is_close_to_its_equilibrium():
    pytest.importorskip("numba")
    gains = np.linspace(0.3, 6.0, 12)
    assert sum(settles_close(k, 3, gain, k % 2 == 0, Fused(**SETTLE)) for k, gain in enumerate(gains)) > 6


@pytest.mark.parametrize("engine", [ScipyIVP(settle=True), Ensemble(settle=True)])
def test_a_circuit_at_its_critical_gain_creeps_and_has_not_settled(engine):
    run = engine.integrate(latch(1.0), [0.3, -0.2], (0.0, 2000.0))
    assert run.status is Status.TIME_UP
    assert 0.01 < run.states[0, -1] < 0.05


def test_the_marginal_eigenvalue_is_named():
    run = ScipyIVP(settle=True).integrate(latch(1.0), [0.3, -0.2], (0.0, 2000.0))
    assert "still creeping towards an equilibrium" in run.message
    assert "marginal mode, of the eigenvalue -0.00057 1/s" in run.message
    assert run.settled_at is None


def test_the_way_to_the_equilibrium_is_that_of_newton_and_longer_at_a_triple_root():
    system = latch(0.5, bias=0.1)
    x = np.array([0.3, 0.2])
    rest = rest_of(system, x)
    assert np.allclose(rest + 1e-3, rest + 1e-3 - newton_step(system, 0.0, rest + 1e-3) - 1e-3, atol=1e-5)
    creeping = latch(1.0, np.eye(1))
    assert newton_step(creeping, 0.0, np.array([0.03]))[0] == pytest.approx(-0.03, rel=1e-2)


@pytest.mark.parametrize("kind", [Dense, Sparse])
@pytest.mark.parametrize("n", [3, 40, 320])
def test_the_way_is_the_same_by_every_road(kind, n):
    rng = np.random.default_rng(n)
    T = rng.normal(size=(n, n)) / np.sqrt(n)
    system = Network(kind(T), Amplifiers.uniform(Tanh(), n, gain=0.5), bias=0.1)
    rest = rest_of(system, np.zeros(n))
    x = rest[:, None] + 1e-4 * rng.normal(size=(n, 3)) * np.array([1.0, 100.0, 0.1])
    for k in range(3):
        step = newton_step(system, 0.0, x[:, k])
        assert np.allclose(x[:, k] + step, rest, atol=0.03 * np.abs(step).max())
    expected = (np.abs(x - rest[:, None]) <= allowed(system, x, 1e-4)).all(axis=0)
    found = [
        np.abs(newton_step(system, 0.0, x[:, k]))[:, None] <= allowed(system, x[:, k : k + 1], 1e-4)
        for k in range(3)
    ]
    assert [bool(f.all()) for f in found] == expected.tolist() == [True, False, True]


@pytest.mark.parametrize("coupling", [PAIR, Sparse(PAIR)])
def test_an_ensemble_tells_what_creeps_from_what_arrives(coupling):
    arriving, creeping = latch(0.5, coupling), latch(1.0, coupling)
    x = np.array([[1e-5, 0.049], [1e-5, 0.049]])
    assert near(arriving, 1e-3)(np.zeros(2), x).tolist() == [True, True]
    assert near(creeping, 1e-3)(np.zeros(2), x).tolist() == [True, False]


def test_states_without_an_equilibrium_are_not_near_one():
    drift = Field(lambda t, x: 1e-9 + 0 * x, lambda t, x: np.zeros((1, 1)), (1.0,), (1.0,))
    assert not near(drift, 1e-4)(np.zeros(1), np.zeros((1, 1)))[0]
    lost = Field(lambda t, x: x / 0.0, lambda t, x: np.eye(1), (1.0,), (1.0,))
    with np.errstate(all="ignore"):
        assert not near(lost, 1e-4)(np.zeros(1), np.ones((1, 1)))[0]
    free = Network(np.zeros((2, 2)), Amplifiers.uniform(Tanh(), 2), G=0.0, bias=[1e-9, 0.0])
    assert near(free, 1e-4)(np.zeros(2), np.zeros((2, 2))).tolist() == [False, False]
