"""Winner-take-all clusters with adaptive lines against formulas written out cell by cell."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.engines import ScipyIVP
from analoghop.errors import InputError
from analoghop.schedules import Constant, Schedule
from analoghop.systems.machines.adaptive_lines import AdaptiveLines
from analoghop.systems.machines.clusters import Clusters
from analoghop.systems.machines.cycles import Cycles
from analoghop.systems.machines.exclusions import Exclusions
from analoghop.systems.machines.sum_bounds import KINDS, Lines
from tests.examples.cluster_machines import coloured, edges, lined


def test_edges_follow_the_published_equations() -> None:
    n, k, graph = 14, 4, edges(14, 0.5)
    machine = coloured()
    rng = np.random.default_rng(0)
    u, w = rng.normal(size=(n, k)), rng.uniform(1, 3, len(graph))
    d = np.bincount(graph.ravel(), minlength=n)
    t, g = 1.3, float(machine.gain.value(1.3))
    v = np.exp(g * u) / np.exp(g * u).sum(axis=1, keepdims=True)
    du, dw = -u.copy(), np.empty(len(graph))
    for e, (i, j) in enumerate(graph):
        du[i] -= w[e] * d[j] / d[i] * v[j]
        du[j] -= w[e] * d[i] / d[j] * v[i]
        dw[e] = 0.5 * v[i] @ v[j] - 0.05 * (w[e] - 1)
    x = np.concatenate([u.ravel(), w])[:, None]
    assert machine.rhs(t, x)[:, 0] == pytest.approx(np.concatenate([du.ravel(), dw]))
    assert machine.outputs(t, x)[:, 0] == pytest.approx(v.ravel())


@pytest.mark.parametrize("kind", KINDS)
def test_lines_follow_their_definition(kind: str) -> None:
    a, mu, b, eta, delta, w = np.array([1.0, 2.0, 1.0]), 4.0, 1.5, 0.3, 0.1, 1.7
    cells = np.array([0, 3, 4])
    lines = Lines(6, [0, 3], cells, a, kind, b, mu, eta, delta)
    rng = np.random.default_rng(1)
    for _ in range(20):
        v = rng.random((6, 1)) * rng.choice([0.3, 1.0])
        S = a @ v[cells, 0]
        excess = {"exclusive": max(0, S - b), "at_most": max(0, S - b), "at_least": max(0, b - S)}
        excess["equal"] = abs(S - b)
        push = np.zeros(6)
        for c, cell in enumerate(cells):
            drive = S - a[c] * v[cell, 0] if kind == "exclusive" else np.sign(S - b) * excess[kind]
            push[cell] = -mu * w * a[c] * drive
        assert lines.force(v, np.array([[w]]))[:, 0] == pytest.approx(push)
        assert lines.growth(v, np.array([[w]]))[0, 0] == pytest.approx(eta * excess[kind] - delta * (w - 1))


@pytest.mark.parametrize("block", ["pairs", "lines"])
def test_forces_are_slopes_of_the_potential(block: str) -> None:
    machine = lined()
    lines = getattr(machine, block)
    rng = np.random.default_rng(2)
    v, w, d = rng.random((machine.cells, 1)), rng.uniform(1, 2, (lines.count, 1)), 1e-6
    dv = rng.normal(size=v.shape)
    change = (lines.potentials(v + d * dv) - lines.potentials(v - d * dv)) / (2 * d)
    assert lines.slopes(v[:, 0]) @ dv == pytest.approx(change, abs=1e-7)
    assert lines.force(v, w)[:, 0] == pytest.approx(-(lines.slopes(v[:, 0]).T @ w)[:, 0])
    bend = (lines.force(v + d * dv, w) - lines.force(v - d * dv, w)) / (2 * d)
    assert -(lines.curvature(v[:, 0], w[:, 0]) @ dv) == pytest.approx(bend, abs=1e-7)


@settings(deadline=None, max_examples=10)
@given(seed=st.integers(0, 1000), gain=st.floats(0.5, 5.0), objective=st.booleans())
def test_energy_of_the_frozen_circuit_never_rises(seed: int, gain: float, objective: bool) -> None:
    machine = lined(objective=objective).frozen_at(gain)
    assert machine.theorem.applies
    rng = np.random.default_rng(seed)
    x0 = machine.states(rng.normal(size=(machine.cells, 1)))
    x0[machine.cells :] = rng.uniform(1, 3, (machine.size - machine.cells, 1))
    run = ScipyIVP("LSODA", rtol=1e-8, atol=1e-10).integrate(machine, x0[:, 0], (0.0, 1.5))
    energy = sum(machine.energy(run.times, run.states).values())
    assert np.diff(energy).max() <= 1e-7 * np.ptp(energy) + 1e-9
    assert np.array_equal(run.states[machine.cells :, -1], x0[machine.cells :, 0])


def test_why_there_is_no_guarantee() -> None:
    reason = coloured().theorem.reason
    assert reason is not None
    for word in ("weights adapt", "schedule", "noise"):
        assert word in reason


def test_the_audit_balances_moving_weights_and_gain() -> None:
    machine = coloured(sigma=0.0)
    x0 = machine.states(0.1 * np.random.default_rng(0).normal(size=(machine.cells, 1)))[:, 0]
    run = ScipyIVP("LSODA", rtol=1e-8, atol=1e-10).integrate(machine, x0, (0.0, 2.5))
    assert run.energy is not None
    assert not machine.theorem.applies
    assert abs(run.energy.balance_error) < 1e-5


def test_noise_is_that_of_euler_maruyama() -> None:
    machine = coloured()
    x = machine.states(np.zeros((machine.cells, 2)))
    normal = np.random.default_rng(0).normal(size=(machine.cells, 2))
    moved = machine.advance(3, x.copy(), normal) - machine.advance(3, x.copy(), None)
    sigma = 0.2 * float(machine.noise_factor.value(0.9))  # type: ignore[union-attr]
    assert moved[: machine.cells] == pytest.approx(sigma * np.sqrt(0.3) * normal)
    assert not moved[machine.cells :].any()
    assert machine.noise is not None
    assert machine.noise[[0, -1], 0].tolist() == [0.2, 0.0]


def test_solved_is_what_the_winners_say() -> None:
    machine = coloured(n=6, k=3)
    graph = edges(6, 0.5)
    rng = np.random.default_rng(0)
    u = rng.normal(size=(18, 500))
    colours = u.reshape(6, 3, 500).argmax(axis=1)
    proper = (colours[graph[:, 0]] != colours[graph[:, 1]]).all(axis=0)
    assert proper.any()
    assert np.array_equal(machine.solved(machine.states(u)), proper)
    assert np.array_equal(machine.clusters.choices(u), colours)


def test_an_objective_is_never_solved() -> None:
    machine = lined(objective=True)
    assert not machine.has_test


def test_clusters_of_several_sizes() -> None:
    clusters = Clusters(np.array([1, 3, 2]))
    z = np.array([[5.0], [1.0], [2.0], [2.0], [0.0], [-1e4]])
    v = clusters.softmax(z)[:, 0]
    assert v[[0, 4]] == pytest.approx([1.0, 1.0])
    assert v[1:4] == pytest.approx(np.exp([1, 2, 2]) / np.exp([1, 2, 2]).sum())
    assert clusters.winners(z)[:, 0].tolist() == [1, 0, 1, 0, 1, 0]
    assert clusters.choices(z)[:, 0].tolist() == [0, 1, 0]
    assert clusters.names == ("1_1", "2_1", "2_2", "2_3", "3_1", "3_2")


def test_signals() -> None:
    machine = lined()
    x = machine.states(np.random.default_rng(0).normal(size=(machine.cells, 3)))
    names = ("v(v2_3)", "v(u2_3)", "v(w3)", "v(m12)", "v(u8_2)")
    seen = machine.observe(0.5, x, names)
    assert seen[0] == pytest.approx(machine.outputs(0.5, x)[3])
    assert np.array_equal(seen[1:], x[[3, machine.cells + 2, machine.size - 1, machine.cells - 1]])
    assert len(machine.signal_names) == machine.size + machine.cells


def test_cycles_begin_anew() -> None:
    cycles = Cycles(0.5, 8.0, [2.0, 4.0], [1.0, 2.0], geometric=True)
    t = np.array([0.0, 0.5, 1.0, 1.9, 2.0, 3.0, 4.0, 99.0])
    assert cycles.value(t) == pytest.approx([0.5, 2.0, 8.0, 8.0, 0.5, 2.0, 8.0, 8.0])
    assert cycles.breakpoints(100.0) == (1.0, 2.0, 4.0)
    assert cycles.quiet_after() == 4.0
    inside = np.array([0.3, 1.5, 2.7, 5.0])
    change = (cycles.value(inside + 1e-6) - cycles.value(inside - 1e-6)) / 2e-6
    assert cycles.rate(inside) == pytest.approx(change, abs=1e-6)
    straight = Cycles(0.3, 0.15, [1.0, 2.0], [1.0, 2.0])
    assert straight.value(np.array([0.5, 1.0, 2.0])) == pytest.approx([0.225, 0.3, 0.225])
    steps = 0.4 * np.arange(3000)
    saw = Cycles(0.0, 1.0, [400.0, 800.0], [400.0, 800.0]).value(steps)
    assert saw[[0, 1000]].tolist() == [0.0, pytest.approx(0.0, abs=1e-9)]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"widths": np.array([2, 0])}, "`widths` must be"),
        ({"step": 0.0}, "`step` is 0"),
        ({"tau": -1.0}, "`tau` is -1"),
        ({"sigma": -1.0}, "`sigma` is -1"),
        ({"capacity": 0.0}, "`capacity` must be positive"),
        ({"bias": np.zeros(3)}, "`bias` has shape"),
        ({"couplings": np.eye(2)}, "`couplings` must be symmetric"),
        ({"pairs": Exclusions.none(3)}, "pairs and lines must have 56 cells"),
    ],
)
def test_bad_fields(change: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message):
        replace(coloured(), **change)


def test_bad_lines() -> None:
    with pytest.raises(InputError, match="`second` must be cells from 0 to below 3"):
        Exclusions(4, [0], [3], width=2)
    with pytest.raises(InputError, match="overlaps itself"):
        Exclusions(6, [0], [1], width=2)
    with pytest.raises(InputError, match="must not be negative"):
        Exclusions(6, [0], [1], eta=-1)
    with pytest.raises(InputError, match="one number for all"):
        Exclusions(6, [0, 2], [1, 3], eta=[1, 2])
    with pytest.raises(InputError, match="`kinds` must name"):
        Lines(6, [0, 2], [0, 1], kinds="some")
    with pytest.raises(InputError, match="`starts` of lines"):
        Lines(6, [0, 3], [0, 1])
    with pytest.raises(InputError, match="must be positive"):
        Cycles(1, 2, [0.0], [1.0])
    with pytest.raises(InputError, match="positive levels"):
        Cycles(0, 2, [1.0], [1.0], geometric=True)


def test_plain_circuit_settles() -> None:
    machine = AdaptiveLines(
        np.array([2, 2]), Constant(4.0), 20.0, 0.1, Exclusions(4, [0], [2], 2, eta=0, delta=0)
    )
    assert machine.theorem.applies
    x = machine.states(np.array([[0.1], [0.0], [0.0], [0.1]]))
    for k in range(machine.steps):
        x = machine.advance(k, x, None)
    assert machine.solved(x) == [True]
    assert machine.clusters.choices(x[:4])[:, 0].tolist() == [0, 1]
    moved = replace(machine, gain=Schedule(np.array([0.0, 1.0]), np.array([1.0, 2.0])))
    assert moved.theorem.reason == "a schedule of the gain is running: guaranteed for a frozen gain only"
