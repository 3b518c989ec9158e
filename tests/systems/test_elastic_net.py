import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.engines import Ensemble, ScipyIVP
from analoghop.ensembles import GivenStarts
from analoghop.errors import InputError
from analoghop.schedules import Constant, Schedule
from analoghop.systems.assignment import elastic_net
from analoghop.systems.assignment.elastic_net import ElasticNet

CITIES = np.random.default_rng(0).uniform(size=(5, 2))
NARROWING = Schedule(np.array([0.0, 10.0]), np.array([0.4, 0.1]), "geometric")


def net(width=NARROWING, nodes=7, cities=CITIES, **changes) -> ElasticNet:
    return ElasticNet(cities, nodes, width, **({"alpha": 0.3, "beta": 1.7, "tau": 0.5} | changes))


def states(system: ElasticNet, members: int = 3, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).uniform(size=(system.size, members))


def test_rate_follows_the_formula() -> None:
    system, t = net(), 4.0
    x = states(system, 1)
    y, K = x.reshape(2, -1).T, float(NARROWING.value(t))
    c = 1.7 / 0.3 * K
    wanted = np.empty_like(y)
    pulls = np.array([[np.exp(-np.sum((X - node) ** 2) / (2 * K**2)) for node in y] for X in CITIES])
    w = pulls / pulls.sum(axis=1, keepdims=True)
    for j in range(7):
        current = sum(w[k, j] * (CITIES[k] - y[j]) for k in range(5))
        current = current + c * (y[(j + 1) % 7] - 2 * y[j] + y[j - 1])
        wanted[j] = current / (w[:, j].sum() + 2 * c) / 0.5
    assert pytest.approx(wanted, rel=1e-9) == system.rhs(t, x).reshape(2, -1).T
    assert system.weights(t, x)[:, :, 0] == pytest.approx(w)


def test_members_may_be_at_different_times_and_in_different_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    system = net()
    x, t = states(system, 5), np.array([0.0, 2.0, 5.0, 9.0, 20.0])
    each = np.hstack([system.rhs(float(s), x[:, [k]]) for k, s in enumerate(t)])
    assert system.rhs(t, x) == pytest.approx(each)
    monkeypatch.setattr(elastic_net, "_BLOCK", 70)
    assert system.rhs(t, x) == pytest.approx(each)
    assert system.rhs(2.0, x)[:, 1] == pytest.approx(each[:, 1])


def test_the_theorem_needs_a_width_at_rest() -> None:
    system = net()
    assert (system.flow(4.0, states(system)).dissipated > 0).all()
    assert not system.theorem.applies
    assert "schedule" in (system.theorem.reason or "")


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1), st.integers(3, 12), st.floats(0.02, 1.0))
def test_energy_never_rises_at_rest_of_the_width(seed: int, nodes: int, K: float) -> None:
    system = net(Constant(K), nodes)
    flow = system.flow(0.0, states(system, 2, seed))
    assert system.theorem.applies
    assert not flow.supplied.any()
    assert (flow.dissipated >= 0).all()


def test_scipy_sees_the_energy_fall_and_balance() -> None:
    system = net().frozen_at(5.0)
    run = ScipyIVP(rtol=1e-8).integrate(system, states(system)[:, 0], (0.0, 10.0))
    assert run.energy is not None
    assert run.energy.guaranteed
    assert run.energy.largest_rise <= 1e-9 * run.energy.drop
    assert run.energy.balance_error < 1e-6 * run.energy.drop


def test_stiff_solver_with_the_jacobian_agrees_with_explicit_ones() -> None:
    system = net()
    x = states(system)[:, 0]
    ends = [
        ScipyIVP(method=method, rtol=1e-8, atol=1e-10).integrate(system, x, (0.0, 10.0)).states[:, -1]
        for method in ("BDF", "DOP853")
    ]
    assert ends[0] == pytest.approx(ends[1], abs=1e-6)


def test_the_fixed_step_converges_to_the_exact_solution() -> None:
    system = net(tau=1.0)
    x = states(system, 1)
    exact = ScipyIVP(rtol=1e-10).integrate(system, x[:, 0], (0.0, 10.0)).states[:, -1]
    errors = []
    for dt in (0.2, 0.1):
        engine = Ensemble(method="exponential", dt=dt)
        run = engine.integrate_many(system, GivenStarts(x), (0.0, 10.0))
        errors.append(np.abs(run.states[:, 0] - exact).max())
    assert errors[0] < 0.02
    assert errors[1] == pytest.approx(0.5 * errors[0], rel=0.2)


def test_far_cities_do_not_underflow() -> None:
    system = net(Constant(1e-3), cities=np.array([[0.0, 0.0], [5.0, 5.0], [9.0, 0.0]]))
    flow = system.flow(0.0, states(system))
    energies = sum(system.energy(0.0, states(system)).values())
    assert all(np.isfinite(values).all() for values in (*flow, energies))


def test_signals_have_the_names_of_their_nodes() -> None:
    system = net(nodes=3)
    x = np.arange(6.0)[:, None]
    assert system.signal_names == ("v(x1)", "v(x2)", "v(x3)", "v(y1)", "v(y2)", "v(y3)")
    assert system.observe(0.0, x, ["v(y1)", "v(x3)"])[:, 0].tolist() == [3.0, 2.0]
    assert system.input_scale[0, 0] == pytest.approx(0.1)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"cities": np.zeros((4, 3))}, r"`cities` has shape \(4, 3\), expected pairs"),
        ({"nodes": 2}, "`nodes` is 2: a ring has at least 3"),
        ({"beta": 0.0}, "`beta` is 0.0, expected a positive number"),
        ({"tau": float("nan")}, "`tau` is nan, expected a positive number"),
    ],
)
def test_bad_parameters_are_named(changes, message) -> None:
    with pytest.raises(InputError, match=message):
        net(**changes)
