import numpy as np
import pytest
import scipy.integrate
from small_systems import random_network

from analoghop.engines.trajectory.quadrature import Interpolated, _legendre, quadrature


@pytest.mark.parametrize("method", ["RK23", "RK45", "DOP853", "LSODA", "BDF", "Radau"])
def test_nodes_lie_on_the_trajectory(method):
    system = random_network(3)
    x0 = np.array([0.2, -0.1, 0.3])

    def jac(t, x):
        return system.jacobian(t, x[:, None])

    implicit = {} if method.startswith(("RK", "DOP")) else {"jac": jac}
    solver = getattr(scipy.integrate, method)(
        system.bind(), 0.0, x0, 500.0, rtol=1e-9, atol=1e-11, **implicit
    )
    rule = quadrature(method, 40, 3)
    assert np.isclose(rule.weights.sum(), 1.0, rtol=1e-14)
    rule.rest(0, 0.0, x0)
    lengths, expected = [0.0], [x0]
    for slot in range(1, 40):
        solver.step()
        rule.take(slot, solver)
        lengths.append(solver.t - solver.t_old)
        dense = solver.dense_output()
        expected.append(dense)
    t, x = rule.nodes(40)
    q = len(rule.weights)
    assert t.shape == (40 * q,)
    assert x.shape == (3, 40 * q)
    assert x.flags.c_contiguous
    assert np.array_equal(x[:, :q], np.repeat(x0[:, None], q, axis=1))
    # Stages of a Runge-Kutta method are of low order by themselves; polynomials agree to rounding.
    tolerance = 1e-13 if method in ("LSODA", "BDF", "Radau") else 2e-3
    for slot in range(1, 40):
        states = expected[slot](t[slot * q : (slot + 1) * q])
        assert np.abs(states - x[:, slot * q : (slot + 1) * q]).max() < tolerance
    # The integral of the rate is the change of the state, to the order of the method.
    rates = system.rhs(t, x).reshape(3, 40, q) @ rule.weights
    assert np.abs(rates @ np.array(lengths) - (solver.y - x0)).max() < 2e-7


@pytest.mark.parametrize("count", [2, 3, 5])
def test_gauss_is_exact_for_polynomials(count):
    rule = Interpolated(*_legendre(count), 1, 1)
    nodes = rule._c
    for degree in range(2 * count):
        assert np.isclose(rule.weights @ nodes**degree, 1.0 / (degree + 1), rtol=1e-13)
