from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.engines import ScipyIVP
from analoghop.errors import InputError
from analoghop.schedules import Constant, Schedule
from analoghop.systems.assignment.chains import Chains
from analoghop.systems.machines.clusters import Clusters

DURATION = 20.0


def network(widths: list[int], seed: int) -> Chains:
    rng = np.random.default_rng(seed)
    clusters = Clusters(np.array(widths))
    ends = np.array([0.0, DURATION])
    return Chains(
        A=rng.normal(size=(clusters.cells, clusters.cells)),
        bias=rng.normal(size=(clusters.cells, len(widths))),
        clusters=clusters,
        temperature=Schedule(ends, np.array([1.0, 0.1]), "geometric"),
        self_coupling=Schedule(ends, np.array([0.3, 1.0])),
        duration=DURATION,
        step=0.2,
        tau=0.5,
    )


WIDTHS = [[1, 1, 1], [2, 1, 2, 1], [2, 2, 2]]


@pytest.mark.parametrize("widths", WIDTHS)
def test_rate_follows_the_formula(widths: list[int]) -> None:
    system, t = network(widths, 0), 3.0
    n = system.slots
    x = np.random.default_rng(1).normal(size=(system.size, 1))
    V = system.outputs(t, x).reshape(-1, n)
    S = np.eye(n, k=1)
    F = -(system.A @ V @ S.T + system.A.T @ V @ S) + system.bias + float(system.self_coupling.value(t)) * V
    assert system.rhs(t, x).reshape(-1, n) == pytest.approx((F - x.reshape(-1, n)) / 0.5)
    assert V.sum(axis=0) == pytest.approx(np.ones(n))
    starts = system.clusters.starts
    for a, b in zip(starts, starts[1:], strict=False):
        assert V[a:b].sum() == pytest.approx(1.0)


@given(st.integers(0, 2**32 - 1), st.sampled_from(WIDTHS), st.floats(0.05, 3.0))
@settings(max_examples=20, deadline=None)
def test_outputs_are_the_gradient_of_a_convex_potential(seed, widths, T) -> None:
    system = replace(network(widths, 0), temperature=Constant(T))
    rng = np.random.default_rng(seed)
    x, y = rng.normal(size=(2, system.size, 1))
    assert np.sum((x - y) * (system.outputs(0.0, x) - system.outputs(0.0, y))) >= -1e-12
    J = system.jacobian(0.0, x) @ np.eye(system.size)
    h = 1e-6
    d = rng.normal(size=(system.size, 1))
    slope = (system.rhs(0.0, x + h * d) - system.rhs(0.0, x - h * d)) / (2 * h)
    assert J @ d == pytest.approx(slope, rel=1e-4, abs=1e-4)


@pytest.mark.parametrize("widths", WIDTHS)
def test_power_is_dissipated_while_the_schedules_run(widths: list[int]) -> None:
    system = network(widths, 2)
    x = np.random.default_rng(3).normal(size=(system.size, 3))
    assert (system.flow(np.array([2.0, 9.0, 18.0]), x).dissipated > 0).all()


def test_scipy_sees_the_energy_fall_and_balance() -> None:
    system = network([2, 1, 2], 4).frozen_at(10.0)
    assert system.theorem.applies
    run = ScipyIVP(rtol=1e-8).integrate(
        system, np.random.default_rng(5).normal(size=system.size), (0.0, 20.0)
    )
    assert run.energy is not None
    assert run.energy.guaranteed
    assert run.energy.largest_rise <= 1e-9 * run.energy.drop
    assert run.energy.balance_error < 1e-5


def test_an_order_has_the_energy_of_its_cost() -> None:
    system = network([2, 1, 2], 6)
    V = np.zeros((1, 5, 3))
    for slot, unit in enumerate((4, 0, 2)):
        V[0, unit, slot] = 1.0
    parts = system.parts(DURATION, V)
    cost = system.A[4, 0] + system.A[0, 2]
    assert parts["coupling"][0] == pytest.approx(cost)
    assert parts["bias"][0] == pytest.approx(-(system.bias[4, 0] + system.bias[0, 1] + system.bias[2, 2]))
    assert parts["entropy"][0] == 0.0


def test_contract_of_a_system() -> None:
    system = network([1, 2], 7)
    assert system.signal_names[:3] == ("v(u1_1)", "v(u1_2)", "v(u2_1)")
    x = np.arange(6.0)[:, None]
    assert system.observe(0.0, x, ["v(u2_1)"])[0, 0] == 2.0
    assert system.observe(0.0, x, ["v(v3_2)"]) == pytest.approx(system.outputs(0.0, x)[5:6])
    assert system.noise is None
    assert not system.theorem.applies
    loud = replace(system, sigma=Constant(0.3))
    assert loud.noise == pytest.approx(np.full((6, 1), 1 / np.sqrt(0.5)))
    assert loud.noise_factor is not None
    assert loud.noise_factor.value(0.0) == pytest.approx(0.3)
    assert system.decay == pytest.approx(np.full((6, 1), 2.0))
    assert system.input_scale[0, 0] == pytest.approx(0.1)
    assert (system.quiet_after(), system.breakpoints(30.0)) == (DURATION, (DURATION,))


def test_what_does_not_fit() -> None:
    system = network([1, 2], 8)
    for change, what in (
        ({"A": np.eye(2)}, "`A` must be finite and 3 x 3"),
        ({"bias": np.full((3, 2), np.nan)}, "`bias` must be finite and 3 x 2"),
        ({"step": 0.0}, "`step` is 0.0"),
    ):
        with pytest.raises(InputError, match=what):
            replace(system, **change)
