"""`Lure` against its definition, written out number by number, and against differences of its states."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from analoghop.activations import Logistic, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.errors import InputError
from analoghop.schedules import Schedule
from analoghop.systems.circuits.lure import Lure

RISING = Schedule([0.0, 2.0], [1.0, 3.0])
FALLING = Schedule([0.0, 4.0], [2.0, 0.5])
MOVING = Schedule([0.0, 1.0, 3.0], [0.0, 0.5, -1.0])


def example(**changes):
    """Three states, four amplifiers, two of which read others, two sources, schedules of gain and output."""
    random = np.random.default_rng(1)

    def draw(*shape):
        return random.uniform(-1.0, 1.0, shape)

    Q = np.zeros((4, 4))
    Q[2, 0], Q[3, 0], Q[3, 2] = 0.7, -0.4, 0.9
    parts = {
        "C": np.diag([1.0, 2.0, 0.5]) + 0.1,
        "G": np.diag([1.0, 0.5, 2.0]) + 0.1 * draw(3, 3),
        "B": draw(3, 4),
        "S": draw(3, 2),
        "S_rate": draw(3, 2),
        "P": draw(4, 3),
        "Q": Q,
        "R": draw(4, 2),
        "amplifiers": Amplifiers(
            ((Tanh(), 2), (Logistic(), 2)), np.array([2.0, -3.0, 1.5, 0.5]), np.array([0.1, 0.0, -0.2, 0.3])
        ),
        "signals": (MOVING, FALLING),
        "states": ("a", "b", "c"),
        "gain_factor": RISING,
        "coupling_factor": FALLING,
    }
    return Lure(**(parts | changes))


def inputs_outputs(lure, t, x, gamma, kappa, w):
    """z and v of the amplifiers, one after the other: here each reads those before it only."""
    z, v = np.zeros(4), np.zeros(4)
    for k in range(4):
        z[k] = lure.P[k] @ x + lure.Q[k] @ v + lure.R[k] @ w
        inner = gamma * lure.amplifiers.gain[k, 0] * (z[k] - lure.amplifiers.offset[k, 0])
        v[k] = kappa * (np.tanh(inner) if k < 2 else 1.0 / (1.0 + np.exp(-inner)))
    return z, v


X = np.array([0.3, -0.4, 0.2])


@pytest.mark.parametrize("t", [0.25, 1.5, 3.5])
def test_rate_and_outputs_are_those_of_the_definition(t):
    lure = example()
    gamma, kappa = float(np.interp(t, [0, 2], [1, 3])), float(np.interp(t, [0, 4], [2, 0.5]))
    w = np.array([np.interp(t, [0, 1, 3], [0, 0.5, -1]), kappa])
    slope = 0.5 if t < 1 else -0.75 if t < 3 else 0.0
    dw = np.array([slope, -0.375])
    z, v = inputs_outputs(lure, t, X, gamma, kappa, w)
    assert lure.outputs(t, X[:, None])[:, 0] == pytest.approx(v, rel=1e-12)
    wanted = np.linalg.solve(lure.C, lure.B @ v - lure.G @ X + lure.S @ w + lure.S_rate @ dw)
    assert lure.rhs(t, X[:, None])[:, 0] == pytest.approx(wanted, rel=1e-12)
    assert lure.bind()(t, X) == pytest.approx(wanted, rel=1e-12)
    assert lure.follows_rates
    assert (lure.depth, lure.network) == (2, None)
    point, inputs = lure.point(t, X[:, None])
    assert inputs[:, 0] == pytest.approx(z, rel=1e-12)
    assert point.w[:, 0] == pytest.approx(w, rel=1e-12)


@pytest.mark.parametrize("sparse", [False, True])
def test_the_jacobian_is_the_derivative_of_the_rate(sparse):
    lure, t, h = example(), 1.5, 1e-6
    if sparse:
        diagonal = {"C": np.diag([1.0, 2.0, 0.5])}
        lure = example(**diagonal)
        parts = {name: csr_array(getattr(lure, name)) for name in ("G", "B", "S", "S_rate", "P", "Q", "R")}
        lure = example(**diagonal, **parts)
    columns = [
        lure.rhs(t, X[:, None] + h * e) - lure.rhs(t, X[:, None] - h * e) for e in np.eye(3)[:, :, None]
    ]
    found = lure.jacobian(t, X[:, None])
    assert hasattr(found, "toarray") is sparse
    found = found.toarray() if sparse else found
    np.testing.assert_allclose(found, np.hstack(columns) / (2 * h), rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize(
    "without", [(), ("gain_factor",), ("coupling_factor",), ("gain_factor", "coupling_factor")]
)
def test_the_rates_of_outputs_are_their_derivatives_along_the_run(without):
    lure, t, h = example(**dict.fromkeys(without)), 1.5, 1e-6
    point, z = lure.point(t, X[:, None])
    rate = lure._point_rate(t, point, z)
    ahead, behind = (lure.point(t + s, X[:, None] + s * rate.x)[0] for s in (h, -h))
    for name in ("v", "w"):
        numeric = (getattr(ahead, name) - getattr(behind, name)) / (2 * h)
        np.testing.assert_allclose(getattr(rate, name), numeric, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(rate.x, lure.rhs(t, X[:, None]))


def test_scales_are_those_of_the_most_sensitive_amplifier():
    lure = example(P=np.array([[1.0, 0.0, 0.0], [-2.0, 0.5, 0.0], [0.0, -4.0, 0.0], [0.0, 0.0, 0.0]]))
    assert lure.input_scale[:, 0].tolist() == pytest.approx([1 / 6, 1 / 6, 1 / 6])
    lure = example(P=np.array([[2.0, 0.0, 0.0], [0.0, 0.5, 0.0], [0.0, 0.0, 0.0], [0.0, 1.0, 0.0]]))
    assert lure.input_scale[:, 0].tolist() == pytest.approx([1 / 4, 1 / 1.5, 1 / 4])
    lure = example(P=np.array([[0.1, 0.0, 0.0], [0.0, 0.01, 0.0], [0.0, 0.0, 0.0], [0.0, 0.0, 0.0]]))
    assert lure.input_scale[:, 0].tolist() == pytest.approx([5.0, 1 / 0.03, 5.0])
    assert example(P=np.zeros((4, 3))).input_scale[:, 0].tolist() == [1.0, 1.0, 1.0]


def test_time_constants_are_those_of_the_decay_else_of_the_couplings():
    B = np.array([[1.0, -2.0, 0.0, 0.0], [0.0, 0.5, 0.0, 0.0], [0.0, 0.0, 0.0, 0.0]])
    lure = example(C=np.diag([1.0, 2.0, 4.0]), G=np.diag([0.0, -1.0, 0.0]), B=B)
    assert lure.time_constants[:, 0].tolist() == pytest.approx([1 / 3, 2.0, 1.0])
    assert lure.decay[:, 0].tolist() == [0.0, 0.0, 0.0]
    assert example(C=np.eye(3), G=np.diag([1.0, 2.0, 3.0])).decay[:, 0].tolist() == [1.0, 2.0, 3.0]


@pytest.mark.parametrize("name", ["C", "G", "B", "S", "S_rate", "P", "Q", "R"])
def test_a_matrix_of_the_wrong_shape_is_named(name):
    with pytest.raises(InputError, match=f"`{name}` has shape \\(2, 7\\), expected"):
        example(**{name: np.zeros((2, 7))})


def test_corners_are_those_of_sources_and_schedules():
    lure = example()
    assert lure.breakpoints(10.0) == (1.0, 2.0, 3.0, 4.0)
    assert lure.quiet_after() == 4.0
    assert example(signals=(MOVING, MOVING), coupling_factor=None).quiet_after() == 3.0
