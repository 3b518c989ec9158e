"""The circuits of max-cut, Ising and QUBO: what they say is what their problem asks."""

import itertools
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.engines import Ensemble
from analoghop.ensembles import GivenStarts
from analoghop.errors import InputError, UnsafeStepWarning
from analoghop.optimise import solve
from analoghop.problems.graph import Graph
from analoghop.problems.spins import (
    MACHINES,
    GainMachine,
    InertialMachine,
    NoiseMachine,
    OscillatorMachine,
)
from analoghop.problems.spins.encoding import Pace, ScaledSpins
from analoghop.problems.spins.ising import Ising
from analoghop.problems.spins.maxcut import MaxCut
from analoghop.problems.spins.qubo import QUBO
from analoghop.schedules import Constant
from analoghop.systems.machines.spins.amplitude import Amplitude
from analoghop.systems.machines.spins.inertial import Inertial
from analoghop.systems.machines.spins.oscillator import longest_step
from analoghop.systems.machines.spins.released import Released
from analoghop.systems.machines.spins.spin_network import exact_sigma

Problem = MaxCut | QUBO | Ising


def graph(n: int, density: float, seed: int = 0, signs: bool = False) -> Graph:
    rng = np.random.default_rng(seed)
    edges = np.argwhere(np.triu(rng.random((n, n)) < density, 1))
    return Graph(n, edges, rng.choice([-1.0, 1.0], len(edges)) if signs else None)


def problem(kind: str, n: int, seed: int) -> Problem:
    rng = np.random.default_rng(seed)
    if kind == "maxcut":
        return MaxCut(graph(n, 0.5, seed, signs=bool(seed % 2)))
    matrix = np.round(rng.normal(0.0, 10.0, (n, n)))
    return QUBO.of(matrix) if kind == "qubo" else Ising.of(matrix + matrix.T, matrix[0])


def best(instance: Problem) -> float:
    form = instance.ising()
    states = np.array(list(itertools.product([-1.0, 1.0], repeat=instance.size))).T
    lowest = float(form.energy(states).min())
    return lowest if instance.sense == "min" else -lowest


@pytest.mark.parametrize("kind", ["maxcut", "ising", "qubo"])
@given(seed=st.integers(0, 1000), number=st.integers(0, 63))
@settings(max_examples=15, deadline=None)
def test_embedding_and_decoding_are_inverse_and_keep_the_cost(kind: str, seed: int, number: int) -> None:
    instance = problem(kind, 6, seed)
    answer = instance.answer_of(np.array([1 if number >> i & 1 else -1 for i in range(6)]))
    encoding = InertialMachine(steps=10).encode(instance)
    outputs = encoding.embed(answer)
    (raw,) = encoding.decode(outputs)
    cost = instance.verify(answer).cost
    assert raw.answer is not None
    assert instance.verify(raw.answer).cost == pytest.approx(cost)
    if kind != "maxcut":
        assert raw.answer == answer
    assert encoding.objective(outputs)[0] == pytest.approx(cost)


@pytest.mark.parametrize("machine", MACHINES)
@pytest.mark.parametrize("kind", ["maxcut", "ising", "qubo"])
def test_every_machine_finds_the_best_of_twelve_spins(kind: str, machine: str) -> None:
    for seed in (1, 2):
        instance = problem(kind, 12, seed)
        result = solve(instance, machine, starts=16, baselines=False, settings={"steps": 1000})
        assert result.best is not None
        assert result.best.verdict.cost == pytest.approx(best(instance))
        assert result.valid == 16


def test_a_qubo_counts_what_lies_off_the_diagonal_twice() -> None:
    instance = QUBO.of([[-3.0, 2.0], [2.0, -3.0]])
    assert instance.verify((1, 1)).cost == -2.0
    form = instance.ising()
    # J = -Q_ij/2 and b_i = -(Q_ii + sum of the others in the row)/2, for x = (1 + s)/2.
    assert form.matrix.toarray() == pytest.approx(np.array([[0.0, -1.0], [-1.0, 0.0]]))
    assert form.h == pytest.approx([0.5, 0.5])
    assert [form.energy(2.0 * np.array(x) - 1.0) for x in ((0, 0), (0, 1), (1, 1))] == [0.0, -3.0, -2.0]


def test_fields_do_not_change_the_strength_of_couplings() -> None:
    J = np.random.default_rng(0).normal(size=(9, 9))
    weak, strong = (Ising.of(J + J.T, h * np.ones(9)) for h in (0.0, 5.0))
    machines = [InertialMachine().encode(one).system for one in (weak, strong)]
    assert all(isinstance(machine, Inertial) for machine in machines)
    assert machines[0].c0 == machines[1].c0
    assert (machines[1].bias == 5.0).all()


def test_spins_without_couplings_follow_their_fields() -> None:
    h = np.array([1.0, -2.0, 3.0, -0.5])
    for machine in MACHINES:
        result = solve(Ising.of(np.zeros((4, 4)), h), machine, starts=4, baselines=False)
        assert result.costs == pytest.approx([-6.5] * 4), machine


def test_the_machine_follows_from_the_spectrum() -> None:
    random = MaxCut(graph(60, 0.3, 1))
    wheels = [(i, (i + 1) % 60) for i in range(60)] + [(i, 59) for i in range(1, 58)]
    planar = MaxCut(Graph.of(60, np.array(wheels)))
    assert isinstance(MACHINES["automatic"]().encode(random).system, Inertial)
    assert ScaledSpins.of(random).spread < 2.7
    encoding = MACHINES["automatic"]().encode(planar)
    assert isinstance(encoding.system, Amplitude)
    assert ScaledSpins.of(planar).spread > 2.7
    assert encoding.parameters["machine"] == "amplitude"
    dense = MaxCut(Graph.of(40, np.argwhere(np.triu(np.ones((40, 40)), 1))))
    assert MACHINES["automatic"]().encode(dense).parameters["machine"] == "noise"


def test_springs_of_tori_stiffen_again() -> None:
    side = np.arange(64).reshape(8, 8)
    ahead = [np.stack([side, np.roll(side, -1, axis=k)], axis=-1).reshape(-1, 2) for k in (0, 1)]
    torus = Graph.of(64, np.concatenate(ahead))
    machine: Any = MACHINES["automatic"]().encode(MaxCut(torus)).system
    assert (type(machine), machine.release, machine.until) == (Released, 1.25, 0.9)
    assert isinstance(InertialMachine(release=0.0).encode(MaxCut(torus)).system, Inertial)
    result = solve(MaxCut(torus), "inertial", starts=8, baselines=False)
    assert result.best.verdict.cost == 128


def test_settings_have_the_published_values() -> None:
    scaled = ScaledSpins.of(MaxCut(graph(50, 0.3)))
    pull = -scaled.lowest / scaled.rms
    inertial: Any = MACHINES["inertial"]().encode(scaled.problem).system
    assert inertial.c0 == pytest.approx(0.5 / scaled.rms)
    assert inertial.step == pytest.approx(min(0.7, 1 / np.sqrt(1 + 0.5 * pull)))
    amplitude: Any = MACHINES["amplitude"]().encode(scaled.problem).system
    assert amplitude.c0 == pytest.approx(0.8 / scaled.rms)
    assert amplitude.pump.value([0.0, amplitude.duration]) == pytest.approx([-1.0, 1.0])
    gain: Any = MACHINES["gain"]().encode(scaled.problem).system
    assert gain.gain.value([0.0, gain.duration]) == pytest.approx([0.4, 3.0])
    assert gain.c == pytest.approx(1.0 / scaled.rms)
    noise: Any = MACHINES["noise"]().encode(scaled.problem).system
    assert noise.sigma == pytest.approx(1.2 / np.sqrt(0.95))
    oscillator: Any = MACHINES["oscillator"]().encode(scaled.problem).system
    assert oscillator.c0 == pytest.approx(1.0 / scaled.rms)
    assert oscillator.locking.value([0.0, oscillator.duration]) == pytest.approx([0.0, 0.6])


def test_exact_noise_keeps_the_variance_of_eulers() -> None:
    h, sigma = 0.4, 0.2
    assert exact_sigma(sigma, h) == pytest.approx(0.224, abs=5e-4)
    euler = sigma**2 * h / (1.0 - (1.0 - h) ** 2)
    assert exact_sigma(sigma, h) ** 2 / 2.0 == pytest.approx(euler)


def test_steps_follow_size_and_time() -> None:
    scaled = ScaledSpins.of(MaxCut(graph(200, 0.1)))
    entries = scaled.J.matrix.nnz
    assert Pace(None, None, 1e-9, 1e-8).chosen(scaled) == 8000
    assert Pace(77, 1.0, 1e-9, 1e-8).chosen(scaled) == 77
    assert Pace(None, 1e-3, 1e-9, 1e-8).chosen(scaled) == 500
    tight = Pace(None, 0.03, 1e-9, 1e-8).chosen(scaled)
    assert 500 < tight < 8000
    assert 3 * tight * (1e-9 * entries + 200 * 1e-8) == pytest.approx(0.03, rel=1e-3)
    assert Pace(None, 1e3, 1e-9, 1e-8).chosen(scaled) == 8000
    large = ScaledSpins.of(MaxCut(graph(600, 0.02)))
    cost = 1e-9 * large.J.matrix.nnz + 600 * 1e-8
    assert 30 * cost * Pace(None, 15.0, 1e-9, 1e-8).chosen(large) == pytest.approx(15.0, rel=1e-3)
    assert Pace(None, 1e3, 1e-9, 1e-8).chosen(large) == 600**2 // 8


def test_a_time_limit_gives_batches_until_it_is_up() -> None:
    instance = MaxCut(graph(30, 0.3))
    solve(
        instance, starts=1, baselines=False
    )  # loads the compiled code, which may take longer than the limit
    result = solve(instance, time_limit=0.3, baselines=False)
    assert len(result.starts) >= 16
    assert result.valid == len(result.starts)
    again = solve(instance, starts=16, baselines=False, settings={"steps": result.parameters["steps"]})
    assert [s.verdict.cost for s in again.starts] == [s.verdict.cost for s in result.starts[:16]]


G1_LIKE = MaxCut(graph(120, 0.4, 7))
"""Eigenvalues as those of G1: lambda_min is -7 rms."""


def test_an_inertial_step_beyond_the_rule_is_refused_and_would_fail() -> None:
    encoding = InertialMachine(steps=400).encode(G1_LIKE)
    machine: Any = encoding.system
    index = np.arange(16)
    with pytest.raises(InputError, match="the steps of this coupling oscillate"):
        InertialMachine(step=1.2).encode(G1_LIKE)
    right = mean_cut(machine, encoding.start(0, index))
    # The same rule with a step that nobody has checked.
    long = 2.5 * machine.step
    object.__setattr__(machine, "step", long)
    wrong = mean_cut(machine, encoding.start(0, index), round(machine.duration / long))
    assert right > 1.02 * wrong


def mean_cut(machine: Any, x: np.ndarray, steps: int | None = None) -> float:
    rng = np.random.default_rng(1)
    for k in range(machine.steps if steps is None else steps):
        x = machine.advance(k, x, rng.standard_normal(x.shape) if machine.normals else None)
    return cut_of(machine.outputs(machine.duration, x))


def cut_of(outputs: np.ndarray) -> float:
    spins = np.where(outputs < 0, -1, 1)
    return float(np.mean([G1_LIKE.cut(G1_LIKE.answer_of(column)) for column in spins.T]))


def test_a_first_order_step_beyond_the_rule_flips_from_step_to_step() -> None:
    scaled = ScaledSpins.of(G1_LIKE)
    assert -scaled.lowest / scaled.rms > 6.0
    encoding = NoiseMachine(steps=600).encode(G1_LIKE)
    machine: Any = encoding.system
    assert machine.step == 0.1
    with pytest.raises(InputError, match="the steps of this coupling oscillate"):
        NoiseMachine(step=0.5).encode(G1_LIKE)
    x = encoding.start(0, np.arange(16))
    half, long = G1_LIKE.graph.m / 2, replace(machine, step=0.8, unsafe=True)
    assert mean_cut(machine, x) > 1.15 * half
    assert mean_cut(long, x) < 1.05 * half
    # Plain Euler steps of the same network do the same.
    for step, works in ((0.1, True), (0.5, False)):
        engine = Ensemble("euler", dt=step, unsafe=True)
        with pytest.warns(UnsafeStepWarning):
            run = engine.integrate_many(machine.circuit, GivenStarts(x), (0.0, machine.duration))
        assert (cut_of(run.outputs) > 1.1 * half) == works


def test_energy_falls_in_the_gain_machine_at_rest() -> None:
    machine: Any = GainMachine(steps=50).encode(G1_LIKE).system
    assert "a schedule is running" in str(machine.theorem.reason)
    frozen = replace(machine, gain=Constant(2.0))
    assert frozen.theorem.applies
    x = frozen.start(np.random.default_rng(0).standard_normal((frozen.cells, 4)))
    energies = []
    for k in range(100):
        x = frozen.advance(k, x, None)
        energies.append(sum(frozen.energy(0.0, x).values()))
    assert (np.diff(energies, axis=0) <= 1e-9).all()


def test_locked_phases_have_the_energy_of_their_spins() -> None:
    J = np.random.default_rng(0).normal(size=(6, 6))
    problem = Ising.of(J + J.T, J[0])
    machine: Any = OscillatorMachine(steps=10).encode(problem).system
    spins = np.array(list(itertools.product([-1.0, 1.0], repeat=6))).T
    phases, t = 0.5 * np.pi * (1.0 - spins), machine.duration
    parts = machine.energy(t, phases)
    locked = 3.0 * float(machine.locking.value(t))
    assert sum(parts.values()) == pytest.approx(machine.c0 * problem.energy(spins) - locked)
    assert machine.outputs(t, phases) == pytest.approx(spins)
    assert machine.force(t, phases) == pytest.approx(np.zeros((6, 64)), abs=1e-12)


@pytest.mark.parametrize("locking", [0.0, 2.0])
def test_energy_of_frozen_oscillators_falls_at_the_longest_step_and_not_far_beyond(locking: float) -> None:
    spokes, rim = [(0, k) for k in range(1, 60)], [(k, k + 1) for k in range(1, 59)]
    hub = MaxCut(Graph.of(60, np.array([*spokes, *rim])))
    for problem in (G1_LIKE, hub):
        machine: Any = OscillatorMachine(steps=100).encode(problem).system
        c0, lowest = machine.c0, machine.spectrum[0]
        longest = longest_step(c0, float(machine.J.row_sums().max()), lowest, locking)
        still = {"locking": Constant(locking), "sigma": 0.0, "noise_factor": None}
        frozen = replace(machine, **still, step=longest, duration=100.0 * longest)
        assert frozen.theorem.applies
        with pytest.raises(InputError, match="the steps of this coupling oscillate"):
            replace(frozen, step=1.01 * longest)
        rises = []
        for far in (1.0, 6.0):
            object.__setattr__(frozen, "step", far * longest)
            x = frozen.start(np.random.default_rng(0).standard_normal((frozen.cells, 8)))
            energies = []
            for k in range(200):
                x = frozen.advance(k, x, None)
                energies.append(sum(frozen.energy(0.0, x).values()))
            rises.append(np.diff(energies, axis=0).max())
        assert rises[0] <= 1e-9
        assert rises[1] > 1.0


def test_machines_without_an_energy_say_why() -> None:
    for name, why in (("amplitude", "asymmetric"), ("inertial", "no potential")):
        system: Any = MACHINES[name]().encode(G1_LIKE).system
        assert not system.has_energy
        assert why in str(system.theorem.reason)
        assert system.explicit_only is not None


def test_what_does_not_fit() -> None:
    with pytest.raises(InputError, match="`steps` is 0"):
        InertialMachine(steps=0).encode(G1_LIKE)
    with pytest.raises(InputError, match="`c0` is -1"):
        InertialMachine(c0=-1.0).encode(G1_LIKE)
    with pytest.raises(InputError, match="`sigma` is nan"):
        NoiseMachine(sigma=float("nan")).encode(G1_LIKE)
    with pytest.raises(InputError, match="`lock_first` is -1"):
        OscillatorMachine(lock_first=-1.0).encode(G1_LIKE)
    with pytest.raises(InputError, match="`lock_last` is 0, expected a positive number"):
        OscillatorMachine(lock_last=0.0).encode(G1_LIKE)
    with pytest.raises(InputError, match="`locking` falls to -1"):
        replace(OscillatorMachine(steps=9).encode(G1_LIKE).system, locking=Constant(-1.0))
