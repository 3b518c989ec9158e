import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import brentq

from analoghop.activations import Satlin, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.circuit.netlist import parse
from analoghop.errors import InputError
from analoghop.schedules import Schedule, Signals
from analoghop.simulate import simulate
from analoghop.study.equilibria import equilibrium
from analoghop.systems.circuits.network import Network


def network(T, gain=2.0, activation=None, **options):
    T = np.array(T, dtype=float)
    return Network(T, Amplifiers(((activation or Tanh(), len(T)),), gain=gain), **options)


FLIP_FLOP = network([[0.0, 1.0], [1.0, 0.0]])


def energy(system, x):
    return sum(part[0] for part in system.energy(0.0, x[:, None]).values())


def test_a_flip_flop_rests_where_its_equation_says():
    u = brentq(lambda u: np.tanh(2.0 * u) - u, 0.5, 1.0, xtol=1e-15)
    slope = 2.0 * (1.0 - np.tanh(2.0 * u) ** 2)
    for sign in (1.0, -1.0):
        found = equilibrium(FLIP_FLOP, [0.1 * sign, 0.05 * sign])
        assert found.converged
        assert found.stable
        assert found.minimum is True
        assert np.allclose(found.state, sign * u, rtol=0, atol=1e-13)
        assert np.allclose(found.outputs, np.tanh(2.0 * found.state), rtol=0, atol=1e-15)
        assert np.allclose(found.eigenvalues, [-1.0 + slope, -1.0 - slope], atol=1e-10)
        assert found.residual < 1e-14
        assert found.message == "a stable equilibrium"


def test_a_start_on_the_saddle_stays_there_and_is_no_minimum():
    for x0 in ([0.0, 0.0], [0.2, -0.2]):
        found = equilibrium(FLIP_FLOP, x0)
        assert found.converged
        assert not found.stable
        assert found.minimum is False
        assert np.abs(found.state).max() < 1e-12
        assert np.allclose(found.eigenvalues, [1.0, -3.0])
        assert "leaves it when disturbed" in found.message


@settings(max_examples=15)
@given(seed=st.integers(0, 10**6))
def test_no_state_near_a_minimum_has_a_lower_energy(seed):
    rng = np.random.default_rng(seed)
    A = rng.normal(size=(6, 6))
    system = network(A + A.T, gain=1.5, bias=0.1 * rng.normal(size=6))
    found = equilibrium(system, 0.1 * rng.normal(size=6))
    assert found.converged
    assert np.abs(system.rhs(0.0, found.state[:, None])).max() < 1e-10
    assert found.stable
    assert found.minimum is True
    lowest = energy(system, found.state)
    for _ in range(200):
        nearby = found.state + 0.02 * rng.normal(size=6)
        assert energy(system, nearby) >= lowest - 1e-12


def test_a_saddle_has_a_lower_energy_along_its_unstable_direction():
    found = equilibrium(FLIP_FLOP, [0.0, 0.0])
    assert energy(FLIP_FLOP, found.state + 0.01) < energy(FLIP_FLOP, found.state)


def test_asymmetric_circuits_claim_no_minimum():
    found = equilibrium(network([[0.0, 0.4], [-0.3, 0.0]], bias=[0.1, 0.2]), [0.0, 0.0])
    assert found.converged
    assert found.stable
    assert found.minimum is None


def test_an_oscillator_finds_no_rest():
    ring = network([[0.0, 0.0, -2.0], [2.0, 0.0, 0.0], [0.0, 2.0, 0.0]], gain=3.0)
    found = equilibrium(ring, [0.1, 0.0, 0.0], duration=100.0)
    assert not found.converged
    assert not found.stable
    assert found.minimum is None
    assert found.message == "no equilibrium was reached: the circuit oscillates, with a period of 3.17 s"
    focus = equilibrium(ring, [0.0, 0.0, 0.0])
    assert focus.converged
    assert not focus.stable
    assert np.iscomplex(focus.eigenvalues).any()


def test_saturated_amplifiers_are_no_obstacle():
    found = equilibrium(network([[0.0, 1.0], [1.0, 0.0]], activation=Satlin()), [0.2, 0.1])
    assert found.converged
    assert np.allclose(found.state, 1.0, rtol=0, atol=1e-14)
    assert np.allclose(found.eigenvalues, -1.0)
    assert found.minimum is True


def test_integrators_that_may_rest_anywhere_are_not_stable():
    line = network([[0.0]], G=0.0)
    found = equilibrium(line, [0.7], duration=10.0)
    assert found.converged
    assert np.allclose(found.state, 0.7)
    assert found.message == "an equilibrium that is neither stable nor unstable"
    assert not found.stable
    assert found.minimum is None


def test_a_slow_circuit_is_followed_to_its_rest():
    # Just above its bifurcation the slowest mode takes 500 time constants.
    found = equilibrium(network([[0.0, 1.0], [1.0, 0.0]], gain=1.001), [1e-3, 1e-3])
    assert found.converged
    assert found.stable
    assert found.eigenvalues[0].real > -0.01
    u = brentq(lambda u: np.tanh(1.001 * u) - u, 1e-3, 1.0, xtol=1e-15)
    assert np.allclose(found.state, u, rtol=1e-9)


def test_inputs_are_waited_for_or_refused():
    late = Signals((Schedule(np.array([0.0, 50.0, 51.0]), np.array([0.0, 0.0, 1.0])),))
    system = network([[0.0]], signals=late, S=np.ones((1, 1)))
    found = equilibrium(system, [0.0])
    assert found.converged
    assert np.allclose(found.state, 1.0)

    class Restless(Network):
        def quiet_after(self):
            return float("inf")

    with pytest.raises(InputError, match="never comes to rest"):
        equilibrium(Restless(FLIP_FLOP.T, FLIP_FLOP.amplifiers), [0.0, 0.0])


def test_the_time_limit_is_said():
    ring = network([[0.0, 0.0, -2.0], [2.0, 0.0, 0.0], [0.0, 2.0, 0.0]], gain=3.0)
    found = equilibrium(ring, [0.1, 0.0, 0.0], duration=1e9, time_limit=0.1)
    assert not found.converged
    assert "time limit" in found.message


RING_DOWN = """t
.param loss=0.02
C1 a 0 1u IC=1
C2 b 0 1u IC=0
B1 0 a I=1m*tanh(V(b))
B2 0 b I=-1m*tanh(V(a))
R1 a 0 {1k/loss}
R2 b 0 {1k/loss}
.tran 1u 1m uic
.end
"""
"""Two integrators in a ring, with an angular frequency of 1000/s and a decay of 1000 loss/s."""


@pytest.mark.parametrize("loss", [0.02, 0.1])
def test_a_ringing_that_dies_away_is_followed_to_its_rest(loss: float) -> None:
    found = equilibrium(parse(RING_DOWN.replace("=0.02", f"={loss}")), [1.0, 0.0])
    assert found.converged
    assert found.stable
    assert found.state == pytest.approx([0.0, 0.0], abs=1e-9)
    assert found.eigenvalues == pytest.approx(1e3 * (-loss + np.array([1j, -1j])), abs=1e-3)


def test_an_oscillation_is_seen_and_its_period_told() -> None:
    gain = RING_DOWN.replace("1m*tanh(V(b))", "1m*tanh(V(b))+0.3m*tanh(5*V(a))").replace("=0.02", "=0.5")
    circuit = parse(gain)
    found = equilibrium(circuit, [1.0, 0.0])
    assert not found.converged
    words = re.search(
        r"no equilibrium was reached: the circuit oscillates, with a period of (\S+) s", found.message
    )
    assert words is not None, found.message
    run = simulate(circuit, times=np.linspace(0, 0.3, 60_001), rtol=1e-10)
    v = run["v(a)"][30_000:]
    ups = np.flatnonzero((v[:-1] < 0) & (v[1:] >= 0))
    assert float(words[1]) == pytest.approx(np.diff(ups).mean() * 5e-6, rel=1e-3)


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of numbers that are too large
def test_lapack_prints_nothing_about_numbers_that_are_too_large(capfd):
    far = network([[0.0, 1e20], [0.0, 0.0]], G=[1e-300, 1.0])
    found = equilibrium(far, [0.1, 0.2], duration=1e-22)
    assert not found.converged
    assert capfd.readouterr() == ("", "")
