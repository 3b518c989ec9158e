from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.engines import ScipyIVP
from analoghop.errors import InputError
from analoghop.schedules import Constant, Schedule
from analoghop.systems.assignment.anneal_signals import Cooling, Hardening, Narrowing
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.assignment.column_coupling import PlaceTable, Ring
from analoghop.systems.assignment.delayed_assignment import DelayedAssignment

DURATION = 20.0


def network(n: int, seed: int, *, symmetric: bool, kind: str = "ring") -> Assignment:
    rng = np.random.default_rng(seed)
    A, early, B = rng.normal(size=(3, n, n))
    if symmetric:
        A, early = A + A.T, early + early.T
    progress = Schedule(np.array([0.0, DURATION]), np.array([0.0, 1.0]))
    cooling = Cooling(1.0, 0.1, 0.2, progress)
    places = Ring(n, 0.4, Narrowing(cooling, 1.0, 1.5, 0.1, 0.75)) if kind == "ring" else PlaceTable(B)
    return Assignment(
        A=A,
        places=places,
        temperature=cooling,
        self_coupling=Hardening(0.4, 0.6, 0.85, progress),
        duration=DURATION,
        step=0.2,
        tau=0.5,
        early=early,
        blend=Schedule(np.array([0.0, 14.0]), np.array([1.0, 0.0])),
    )


CASES = [(True, "ring"), (False, "ring"), (True, "table"), (False, "table")]


@pytest.mark.parametrize(("symmetric", "kind"), CASES)
def test_rate_follows_the_formula(symmetric: bool, kind: str) -> None:
    system, n, t = network(5, 0, symmetric=symmetric, kind=kind), 5, 3.0
    x = np.random.default_rng(1).normal(size=(25, 1))
    V = system.outputs(t, x).reshape(n, n)
    b, g = float(system.blend.value(t)), float(system.self_coupling.value(t))
    A, B = system.A + b * (system.early - system.A), system.places.matrix(t)
    F = -(A @ V @ B.T + A.T @ V @ B) + g * V
    assert system.symmetric is symmetric
    assert system.rhs(t, x).reshape(n, n) == pytest.approx((F - x.reshape(n, n)) / 0.5)
    assert system.bind()(t, x[:, 0]) == pytest.approx(system.rhs(t, x)[:, 0], abs=1e-12)


@pytest.mark.parametrize(("symmetric", "kind"), CASES)
def test_power_is_dissipated_while_everything_moves(symmetric: bool, kind: str) -> None:
    system = network(4, 2, symmetric=symmetric, kind=kind)
    x = np.random.default_rng(3).normal(size=(16, 3))
    assert (system.flow(np.array([2.0, 9.0, 18.0]), x).dissipated > 0).all()


@settings(max_examples=15)
@given(st.integers(3, 6), st.integers(0, 2**32 - 1), st.sampled_from(CASES), st.floats(0.0, DURATION))
def test_energy_never_rises_with_frozen_parameters(n, seed, case, t) -> None:
    moving = network(n, seed, symmetric=case[0], kind=case[1])
    system = moving.frozen_at(t)
    x = np.random.default_rng(seed).normal(size=(n * n, 2))
    assert system.theorem.applies
    assert not moving.theorem.applies
    assert system.rhs(0.0, x) == pytest.approx(moving.rhs(t, x), rel=1e-9, abs=1e-9)
    assert not system.flow(0.0, x).supplied.any()
    assert (system.flow(0.0, x).dissipated >= -1e-12).all()


def test_scipy_sees_the_energy_fall_and_balance() -> None:
    system = network(5, 4, symmetric=True).frozen_at(10.0)
    run = ScipyIVP(rtol=1e-8).integrate(system, np.random.default_rng(5).normal(size=25), (0.0, 20.0))
    assert run.energy is not None
    assert run.energy.guaranteed
    assert run.energy.largest_rise <= 1e-9 * run.energy.drop
    assert run.energy.balance_error < 1e-5


def test_permutation_has_the_energy_of_its_cost() -> None:
    system = network(6, 8, symmetric=False)
    order = np.random.default_rng(9).permutation(6)
    V = np.zeros((1, 6, 6))
    V[0, order, np.arange(6)] = 1.0
    A, B = system.A, system.places.matrix(DURATION)
    cost = sum(A[order[i], order[j]] * B[i, j] for i in range(6) for j in range(6))
    parts = system.parts(DURATION, V)
    assert parts["coupling"][0] == pytest.approx(cost)
    assert parts["self-coupling"][0] == pytest.approx(-0.5 * 6)
    assert parts["entropy"][0] == 0.0


def test_signals_have_the_names_of_their_places() -> None:
    system = network(3, 10, symmetric=True)
    x = np.arange(9.0)[:, None]
    assert system.signal_names[:4] == ("v(u1_1)", "v(u1_2)", "v(u1_3)", "v(u2_1)")
    assert system.observe(0.0, x, ["v(u2_1)"])[0, 0] == 3.0
    got = system.observe(0.0, x, ["v(u3_3)", "v(v3_3)"])
    assert got[:, 0] == pytest.approx([8.0, system.outputs(0.0, x)[8, 0]])
    with pytest.raises(KeyError):
        system.observe(0.0, x, ["v(u4_1)"])


def test_noise_is_in_the_system_contract() -> None:
    system = replace(network(3, 11, symmetric=True), sigma=Constant(0.3))
    assert system.noise == pytest.approx(np.full((9, 1), 1 / np.sqrt(0.5)))
    assert system.noise_factor is not None
    assert system.noise_factor.value(3.0) == pytest.approx(0.3 * system.temperature.value(3.0))
    assert network(3, 11, symmetric=True).noise is None
    assert system.frozen_at(0.0).noise is None
    assert system.decay == pytest.approx(np.full((9, 1), 2.0))


def test_delayed_multipliers_come_to_the_same_rest() -> None:
    ideal = network(4, 12, symmetric=True).frozen_at(5.0)
    delayed = DelayedAssignment(ideal)
    assert delayed.tau_m == pytest.approx(ideal.tau / 20)
    u0 = np.random.default_rng(13).normal(size=(16, 1))
    exact = ScipyIVP(rtol=1e-8, settle=True).integrate(ideal, u0, (0.0, 200.0))
    slow = ScipyIVP("BDF", rtol=1e-8, settle=True).integrate(delayed, delayed.start(u0), (0.0, 200.0))
    V = slow.outputs[:, -1].reshape(4, 4)
    assert V.sum(axis=0) == pytest.approx(np.ones(4), abs=1e-5)
    assert slow.outputs[:, -1] == pytest.approx(exact.outputs[:, -1], abs=1e-4)
    assert not delayed.theorem.applies
    assert slow["v(m1)"].shape == slow.times.shape


def test_what_does_not_fit() -> None:
    system = network(4, 14, symmetric=True)
    for change, what in (
        ({"A": np.eye(3)}, "`A` must be finite and 4 x 4"),
        ({"early": np.full((4, 4), np.inf)}, "`early` must be finite"),
        ({"tau": 0.0}, "`tau` is 0.0"),
        ({"duration": float("inf")}, "`duration` is inf"),
    ):
        with pytest.raises(InputError, match=what):
            replace(system, **change)
    with pytest.raises(InputError, match="`tau_m`"):
        DelayedAssignment(system, -1.0)
    assert replace(system, temperature=Constant(1.0)).input_scale[0, 0] == 1.0
