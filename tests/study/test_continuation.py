"""Continuation: special points where formulas put them, and as many branches as there are equilibria."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.integrate import solve_ivp
from scipy.optimize import brentq

from analoghop import Amplifiers, Circuit, InputError, Network, NumericalError, Tanh, continuation, equilibria


def network(T, gain=1.0, **options):
    n = T.shape[0] if hasattr(T, "shape") else len(T)
    return Network(T, Amplifiers.uniform(Tanh(), n, gain=gain), **options)


TWO = [[1.0, 0.2], [0.2, 1.0]]


@pytest.fixture(scope="module")
def two():
    return continuation(network(TWO), "gain", (0.5, 2.5))


def secondary():
    """Where the antisymmetric branch u = 0.8 tanh(g u) has the slope 1/1.2 in the symmetric direction."""

    def off(g):
        v = np.sqrt(1.0 - 1.0 / (1.2 * g))
        return v - np.tanh(0.8 * g * v)

    return brentq(off, 1.3, 2.0, xtol=1e-15)


def test_two_coupled_amplifiers_branch_where_the_formulas_say(two):
    assert np.abs(two.steps() - [1 / 1.2, 1.25, secondary()]).max() < 1e-10
    assert secondary() == pytest.approx(1.512781, abs=1e-6)
    assert {point.kind for point in two.points} == {"pitchfork"}
    assert len(two.points) == 4


def test_they_have_1_3_5_9_equilibria_of_which_1_2_2_4_are_stable(two):
    every, stable = two.counts([0.8333, 0.8334, 1.2499, 1.2501, 1.51278, 1.512782, 2.4])
    assert every.tolist() == [1, 3, 3, 5, 5, 9, 9]
    assert stable.tolist() == [1, 2, 2, 2, 2, 4, 4]


def test_every_point_of_a_branch_is_at_rest(two):
    for branch in two.branches:
        for value, x, v in zip(branch.values, branch.states.T, branch.outputs.T, strict=True):
            assert np.abs(-x + np.array(TWO) @ np.tanh(value * x)).max() < 1e-10
            assert np.allclose(np.tanh(value * x), v, atol=1e-12)


@pytest.mark.parametrize("gain", [1.5, 2.0, 5.0])
def test_a_bias_folds_one_amplifier_where_its_slope_is_one(gain):
    found = continuation(network([[1.0]], gain), "bias", (-1.0, 1.0))
    v = np.sqrt(1.0 - 1.0 / gain)
    fold = v - np.arctanh(v) / gain
    assert sorted(point.value for point in found.of("fold")) == pytest.approx([-fold, fold], abs=1e-10)
    assert found.counts([0.99 * fold, 1.01 * fold])[0].tolist() == [3, 1]
    assert len(found.branches) == 1


def test_behind_a_pitchfork_the_square_grows_in_proportion():
    found = continuation(network([[1.0]]), "gain", (0.9, 1.001))
    (point,) = found.points
    assert (point.kind, point.value) == ("pitchfork", pytest.approx(1.0, abs=1e-10))
    ends = [float(b.states[0, -1]) ** 2 for b in found.branches if abs(b.states[0, -1]) > 1e-3]
    assert ends == pytest.approx([0.0029946] * 2, abs=1e-7)


def test_an_amplifier_off_its_middle_crosses_transcritically():
    a = 0.5

    def at(gain):
        bank = Amplifiers.uniform(Tanh(), 1, gain=gain, offset=-a / gain, base=-np.tanh(a))
        return Network([[1.0]], bank)

    found = continuation(at, "gain", (1.0, 1.6))
    (point,) = found.of("transcritical")
    assert point.value == pytest.approx(np.cosh(a) ** 2, abs=1e-9)
    assert len(found.of("fold")) == 1


def test_a_rotation_ends_in_a_hopf_point_with_its_frequency():
    found = continuation(network([[1.0, -2.0], [2.0, 1.0]]), "gain", (0.2, 2.0))
    (point,) = found.points
    assert (point.kind, point.value) == ("Hopf", pytest.approx(1.0, abs=1e-10))
    assert abs(point.eigenvalue.imag) == pytest.approx(2.0, abs=1e-9)
    (swing,) = found.orbits
    assert swing.stable.all()
    assert swing.largest_harmonic.max() < 1e-6
    assert swing.frequencies[0] == pytest.approx(2.0, abs=1e-3)
    # The other road: the circuit runs until it swings evenly.
    gain, T = float(swing.values[-4]), np.array([[1.0, -2.0], [2.0, 1.0]])
    run = solve_ivp(
        lambda t, u: -u + T @ np.tanh(gain * u), (0, 60), [0.5, 0.0], rtol=1e-9, atol=1e-11, max_step=0.01
    )
    late = run.t > 40
    u, t = run.y[0, late], run.t[late]
    rise = np.flatnonzero((u[:-1] < 0) & (u[1:] >= 0))
    times = t[rise] - u[rise] * (t[rise + 1] - t[rise]) / (u[rise + 1] - u[rise])
    assert 2 * np.pi / np.diff(times).mean() == pytest.approx(swing.frequencies[-4], rel=1e-4)
    assert np.tanh(gain * u.max()) == pytest.approx(swing.highs[-4, 0], abs=1e-4)


def test_uncoupled_amplifiers_cross_at_one_point_with_all_their_branches():
    found = continuation(network(np.eye(2)), "gain", (0.5, 2.0))
    (point,) = found.points
    assert (point.kind, point.kernel, point.value) == ("crossing", 2, pytest.approx(1.0, abs=1e-9))
    assert [part.tolist() for part in found.counts([0.9, 1.1])] == [[1, 9], [1, 4]]


@settings(max_examples=3, deadline=None)
@given(st.integers(0, 10**6))
def test_branches_pass_a_value_as_often_as_there_are_equilibria(seed):
    rng = np.random.default_rng(seed)
    T = rng.normal(size=(2, 2))
    system = network(0.5 * (T + T.T), bias=0.1 * rng.normal(size=2))
    found = continuation(system, "gain", (0.3, 4.0))
    for gain in (1.1, 2.3, 3.7):
        if not len(found.steps()) or np.abs(found.steps() - gain).min() > 1e-3:
            bank = Amplifiers.uniform(Tanh(), 2, gain=gain)
            there = equilibria(Network(system.T, bank, bias=system.bias), starts=64)
            assert [int(part[0]) for part in found.counts(gain)] == [len(there), there.stable]


def ring(n, rng):
    strength = rng.uniform(0.5, 1.0, n)
    i = np.arange(n)
    T = sparse.coo_array((strength, (i, (i + 1) % n)), shape=(n, n)).tocsr()
    return T + T.T


def test_sparse_and_dense_equations_have_the_same_points():
    T = ring(24, np.random.default_rng(1))
    first = 1.0 / np.linalg.eigvalsh(T.toarray())[-1]
    ends = 0.8 * first, 1.1 * first
    thin, full = (continuation(network(one), "gain", ends, most_branches=3) for one in (T, T.toarray()))
    assert thin.points[0].value == pytest.approx(first, abs=1e-10)
    assert [p.value for p in thin.points] == pytest.approx([p.value for p in full.points], abs=1e-9)
    assert len(thin.branches) == 3


def test_beyond_300_states_the_rightmost_eigenvalues_decide():
    T = ring(400, np.random.default_rng(2))
    first = 1.0 / np.linalg.eigvalsh(T.toarray())[-1]
    found = continuation(network(T), "gain", (0.95 * first, 1.001 * first), most_branches=1)
    assert found.points[0].value == pytest.approx(first, abs=1e-10)


TRIGGER = """trigger
V1 in 0 0
R1 in u 10k
R2 out u 10k
C1 u 0 1n
B1 out 0 V=tanh(10*V(u))
"""


def test_an_element_of_a_circuit_is_moved():
    found = continuation(Circuit.parse(TRIGGER), "v1", (0.55, 0.65), x0=[-0.3], most_points=30)
    v = np.sqrt(0.8)
    (fold,) = found.of("fold")
    assert fold.value == pytest.approx(v - np.arctanh(v) / 5.0, abs=1e-9)


def test_bad_parameters_and_ends_are_refused():
    system = network(TWO)
    with pytest.raises(InputError, match="no parameter 'giain', expected one of gain, bias"):
        continuation(system, "giain", (0.0, 1.0))
    with pytest.raises(InputError, match="no parameter 'bias3', expected .* or bias1 to bias2"):
        continuation(system, "bias3", (0.0, 1.0))
    with pytest.raises(InputError, match="`values` are 2 and 1, expected the lower one first"):
        continuation(system, "gain", (2.0, 1.0))
    with pytest.raises(InputError, match="expected two numbers"):
        continuation(system, "gain", 2.0)
    with pytest.raises(InputError, match="this circuit has noise"):
        continuation(network(TWO, temperature=300.0), "gain", (0.5, 1.0))
    with pytest.raises(InputError, match="there is no element 'r9'"):
        continuation(Circuit.parse(TRIGGER), "r9", (1.0, 2.0))
    with pytest.raises(NumericalError, match="Newton's method finds no equilibrium"):
        continuation(network([[0.0]], G=0.0), "bias", (1.0, 2.0), x0=[0.0])


def test_a_limit_keeps_what_was_followed():
    T = np.random.default_rng(0).normal(size=(40, 40))
    found = continuation(network(T + T.T), "gain", (0.01, 1.0), time_limit=0.5)
    assert found.interrupted
    assert len(found.branches) >= 1


def test_the_diagram_is_drawn_with_its_points(two):
    (ax,) = two.plot().get_axes()
    labels = [text.get_text() for text in ax.get_legend().get_texts()]
    assert labels == ["stable", "unstable", "pitchfork"]
    marks = [line for line in ax.get_lines() if line.get_label() == "pitchfork"]
    assert len(marks[0].get_xdata()) == 4
    solid = [line for line in ax.get_lines() if line.get_linestyle() == "-" and len(line.get_xdata()) > 1]
    assert max(abs(y) for line in solid for y in line.get_ydata()) > 0.9
