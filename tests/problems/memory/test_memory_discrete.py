"""The binary and the stochastic models: energies, cycles, limits, and the two ways to compute a sweep."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.engines.choice import numba_installed, stepper_of
from analoghop.engines.machines.run import run
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.memory.dense import DenseMemory
from analoghop.memory.discrete import stepper
from analoghop.memory.discrete.discrete_run import discrete_run
from analoghop.memory.discrete.machine import DiscreteMemory
from analoghop.memory.discrete.plan import Sweeps
from analoghop.memory.discrete.stepper import NumpySweeps
from analoghop.memory.discrete.updates import SweepNoise, keys
from analoghop.memory.patterns import Memory
from analoghop.memory.rules import hebbian, pseudo_inverse, sequence
from analoghop.memory.weights import Weights
from analoghop.schedules import Schedule

seeds = st.integers(0, 2**32 - 1)


@st.composite
def some_weights(draw, symmetric=True, largest=12):
    rng = np.random.default_rng(draw(seeds))
    n = draw(st.integers(1, largest))
    W = rng.normal(size=(n, n)) * (rng.random((n, n)) < 0.7)
    W = W + W.T if symmetric else W
    np.fill_diagonal(W, 0.0)
    threshold = rng.normal(size=n) if draw(st.booleans()) else np.zeros(n)
    return Weights(W, threshold, draw(st.sampled_from(["bipolar", "binary"])))


def settled(end):
    return end.extras["period"] == 1


def energy(interaction, end):
    return DiscreteMemory(interaction).energy(0.0, end.states)["interaction"]


def starts(n, members, seed=0):
    return np.random.default_rng(seed).choice([-1.0, 1.0], (n, members))


@given(weights=some_weights(), order=st.sampled_from(["random", "fixed"]), seed=seeds)
def test_the_energy_never_rises_under_asynchronous_updates(weights, order, seed):
    x = starts(weights.size, 6, seed)
    plan = Sweeps(order=order)
    end = discrete_run(weights, x, plan, seed=seed, at=range(201))
    energies = [weights.energy(weights.levels(signs)) for signs in end.trace]
    assert weights.obstacle is None
    assert np.diff(energies, axis=0).max(initial=0.0) <= 1e-9 * np.abs(energies).max()
    np.testing.assert_allclose(energy(weights, end), energies[-1], rtol=1e-12, atol=1e-12)
    assert settled(end).all()


@given(weights=some_weights(), seed=seeds)
def test_a_rest_agrees_with_its_field(weights, seed):
    end = discrete_run(weights, starts(weights.size, 6, seed), seed=seed)
    h = weights.field(weights.levels(end.states))
    assert (h * end.states >= -1e-9).all()


@given(weights=some_weights(), seed=seeds)
def test_synchronous_updates_end_in_rests_or_two_cycles(weights, seed):
    """Goles & Olivos (1981); the energy -x(t).W x(t-1) + threshold.(x(t) + x(t-1)) never rises."""
    plan = Sweeps("sync", longest=500)
    end = discrete_run(weights, starts(weights.size, 6, seed), plan, at=range(501))
    assert set(end.extras["period"].tolist()) <= {1, 2}
    x = weights.levels(end.trace[: end.steps.max() + 1])
    E = -np.einsum("tim,ij,tjm->tm", x[1:], weights.W, x[:-1])
    E += np.einsum("i,tim->tm", weights.threshold, x[1:] + x[:-1])
    rise = np.diff(E, axis=0)
    under_way = np.arange(2, len(E) + 1)[:, None] <= end.steps
    assert rise[under_way].max(initial=0.0) <= 1e-9 * max(np.abs(E).max(initial=0.0), 1.0)


def test_a_two_cycle_is_recognised():
    weights = Weights(np.array([[0.0, 1.0], [1.0, 0.0]]))
    end = discrete_run(weights, np.array([[1.0, 1.0], [-1.0, 1.0]]), Sweeps("sync"))
    assert end.extras["period"].tolist() == [2, 1]
    assert settled(end).tolist() == [False, True]
    assert settled(discrete_run(weights, np.array([1.0, -1.0]))).all()


@pytest.mark.parametrize("count", [2, 3, 5])
def test_sequences_are_cycles_of_their_length(count):
    memory = Memory.random(40, count, 1)
    end = discrete_run(sequence(memory), memory.patterns[0], Sweeps("sync"), at=range(201))
    assert end.extras["period"].tolist() == [count]
    assert end.steps[0] >= count
    for step, signs in enumerate(end.trace_states[: end.steps[0] + 1, :, 0]):
        np.testing.assert_array_equal(signs, memory.patterns[step % count])


@given(weights=some_weights(symmetric=False), temperature=st.sampled_from([0.0, 0.7]), seed=seeds)
@settings(max_examples=30)
def test_compiled_sweeps_and_numpys_and_the_definition_are_the_same(weights, temperature, seed):
    if not numba_installed():
        pytest.skip("numba is not installed")
    for order in ("random", "fixed"):
        machine = DiscreteMemory(weights, Sweeps(order=order, temperature=temperature, longest=70))
        x, index = starts(weights.size, 4, seed), np.array([0, 2, 3, 5])
        ran = [run(stepper_of(machine, engine=name), x, seed, index) for name in ("fused", "numpy")]
        assert [end.ran.compiled for end in ran] == [True, False]
        noise = SweepNoise(keys(seed, index), weights.size)
        for k in range(int(ran[0].steps.max())):
            x = machine.advance(k, x, noise.take(k, 1)[0])
        for end in ran:
            np.testing.assert_array_equal(end.states, x)
            np.testing.assert_array_equal(end.outputs, ran[0].outputs)
            np.testing.assert_array_equal(end.steps, ran[0].steps)


@given(
    weights=some_weights(symmetric=False),
    dense=st.booleans(),
    update=st.sampled_from(["async", "sync"]),
    seed=seeds,
)
@settings(max_examples=40)
def test_members_rest_where_the_definition_says_so(weights, dense, update, seed):
    if dense:
        weights = DenseMemory(Memory.random(11, 6, seed % 1000), "polynomial")
    machine = DiscreteMemory(weights, Sweeps(update, longest=60))
    end = discrete_run(weights, starts(weights.size, 5, seed), machine.plan, seed=seed)
    np.testing.assert_array_equal(end.extras["period"] == 1, end.solved & machine.solved(end.states))
    assert not (machine.solved(end.states) & (end.extras["period"] > 1)).any()


@pytest.mark.parametrize("update", ["async", "sync"])
@pytest.mark.parametrize("dense", [True, False])
def test_a_run_of_sweeps_in_pieces_is_the_run(update, dense):
    memory = Memory.random(30, 4, 0)
    interaction = DenseMemory(memory) if dense else hebbian(memory)
    machine = DiscreteMemory(interaction, Sweeps(update, temperature=0.7, longest=40))
    stepper, x = stepper_of(machine), starts(30, 5)
    whole = run(stepper, x, 3, np.arange(5))
    half = run(stepper, x, 3, np.arange(5), steps=13)
    rest = run(stepper, half.states, 3, np.arange(5), first=13)
    np.testing.assert_array_equal(rest.states, whole.states)


def test_without_numba_the_models_are_the_same(without_numba):
    memory = Memory.random(30, 3, 0)
    cues = starts(30, 5)
    plans = [Sweeps(), Sweeps(temperature=0.4, longest=10), Sweeps(order="fixed")]
    fast = [discrete_run(hebbian(memory), cues, plan) for plan in plans]
    without_numba()
    slow = [discrete_run(hebbian(memory), cues, plan) for plan in plans]
    assert not any(end.ran.compiled for end in slow)
    np.testing.assert_array_equal([end.states for end in fast], [end.states for end in slow])


def test_members_do_not_depend_on_blocks_and_threads(monkeypatch):
    memory = Memory.random(40, 8, 0)
    cues = starts(40, 23)
    for interaction in (hebbian(memory), DenseMemory(memory)):
        for plan in (Sweeps(), Sweeps("sync", temperature=0.5, longest=9)):
            whole = discrete_run(interaction, cues, plan, seed=2)
            monkeypatch.setattr(stepper, "_BLOCK", 7 * 40)
            parts = discrete_run(interaction, cues, plan, seed=2, limits=Limits(threads=3))
            monkeypatch.undo()
            for name in ("states", "outputs", "steps", "solved"):
                np.testing.assert_array_equal(getattr(whole, name), getattr(parts, name))


def test_finished_members_are_kept_when_limits_end_a_run():
    weights = hebbian(Memory.random(30, 3, 0))
    cues = np.concatenate([Memory.random(30, 3, 0).patterns.T, starts(30, 3)], axis=1)
    for ending in ("late", "ctrl-c"):

        class Slow(NumpySweeps):
            def sweep(self, block, k, state):
                if k == 1:
                    if ending == "ctrl-c":  # noqa: B023
                        raise KeyboardInterrupt
                    limits.deadline = 0.0  # noqa: B023
                return super().sweep(block, k, state)

        limits = Limits()
        machine = DiscreteMemory(weights)
        end = run(Slow(machine), cues, 0, np.arange(6), limits)
        assert end.finished[:3].all()
        assert not end.finished[3:].all()
        assert end.interrupted == (ending == "ctrl-c")
        np.testing.assert_array_equal(end.states[:, :3], cues[:, :3])


@given(weights=some_weights(), update=st.sampled_from(["async", "sync"]), heat=st.sampled_from([0.0, 0.5]))
@settings(max_examples=30)
def test_a_member_is_the_same_in_every_batch(weights, update, heat):
    x = starts(weights.size, 7)
    plan = Sweeps(update, temperature=heat, longest=12)
    together = discrete_run(weights, x, plan, seed=3)
    parts = [discrete_run(weights, x[:, k], plan, seed=3, index=[k]) for k in range(7)]
    np.testing.assert_array_equal(together.states, np.concatenate([p.states for p in parts], axis=1))
    np.testing.assert_array_equal(together.outputs, np.concatenate([p.outputs for p in parts], axis=1))
    periods = np.concatenate([p.extras["period"] for p in parts])
    np.testing.assert_array_equal(together.extras["period"], periods)


@given(weights=some_weights(), seed=seeds)
def test_units_of_zero_and_one_do_the_same(weights, seed):
    other = weights.converted("binary" if weights.units == "bipolar" else "bipolar")
    assert np.abs(other.converted(weights.units).W - weights.W).max() < 1e-12
    x = starts(weights.size, 5, seed)
    for plan in (Sweeps(), Sweeps("sync"), Sweeps(temperature=1.3, longest=8)):
        mine, theirs = (discrete_run(w, x, plan, seed=seed) for w in (weights, other))
        np.testing.assert_array_equal(mine.states, theirs.states)
        difference = energy(weights, mine) - energy(other, theirs)
        np.testing.assert_allclose(difference, difference[0], rtol=0, atol=1e-9)


def test_at_temperature_zero_the_stochastic_model_is_the_binary_one():
    memory = Memory.random(60, 6, 0)
    weights, cues = hebbian(memory), starts(60, 10)
    cold = Schedule(np.array([0.0, 5.0]), np.array([0.0, 0.0]))
    np.testing.assert_array_equal(
        discrete_run(weights, cues, Sweeps(temperature=cold)).states, discrete_run(weights, cues).states
    )
    barely = discrete_run(weights, cues, Sweeps(temperature=1e-9, longest=30))
    np.testing.assert_array_equal(barely.states, discrete_run(weights, cues).states)


@pytest.mark.parametrize("update", ["async", "sync"])
@pytest.mark.parametrize("units", ["bipolar", "binary"])
def test_free_units_average_to_the_mean_field(update, units):
    threshold = -np.linspace(-2.0, 2.0, 9)
    weights = Weights(np.zeros((9, 9)), threshold).converted(units)
    plan = Sweeps(update, temperature=0.8, longest=400, warm_up=10)
    end = discrete_run(weights, np.ones((9, 40)), plan)
    expected = np.tanh(-threshold / 0.8)
    error = np.sqrt((1 - expected**2) / (390 * 40))
    assert (np.abs(end.outputs.mean(axis=1) - expected) < 5 * error + 1e-12).all()


@pytest.mark.parametrize("order", ["random", "fixed"])
def test_a_small_network_samples_boltzmanns_distribution(order):
    rng = np.random.default_rng(5)
    W = rng.normal(size=(4, 4))
    weights = Weights((W + W.T) * (1 - np.eye(4)), rng.normal(size=4))
    states = np.array(list(itertools.product([-1.0, 1.0], repeat=4))).T
    weight = np.exp(-weights.energy(states) / 1.5)
    expected = states @ weight / weight.sum()
    plan = Sweeps(order=order, temperature=1.5, longest=600, warm_up=50)
    end = discrete_run(weights, np.ones((4, 200)), plan)
    sampled = end.outputs
    error = sampled.std(axis=1) / np.sqrt(200)
    assert (np.abs(sampled.mean(axis=1) - expected) < 5 * error).all()


def test_cooling_finds_a_lower_energy_than_a_quench():
    memory = Memory.random(60, 30, 0)
    weights, cues = hebbian(memory), starts(60, 60)
    cooled = Schedule(np.array([0.0, 150.0]), np.array([1.0, 0.0]))
    end = discrete_run(weights, cues, Sweeps(temperature=cooled))
    assert settled(end).all()
    quenched = discrete_run(weights, cues)
    assert energy(weights, end).mean() < energy(weights, quenched).mean() - 0.5


def test_an_erased_bit_becomes_a_random_sign_that_the_others_correct():
    memory = Memory.random(80, 3, 0)
    cue = memory.patterns.T.copy()
    cue[:24] = 0.0
    np.testing.assert_array_equal(discrete_run(pseudo_inverse(memory), cue).states, memory.patterns.T)


@given(
    interaction=st.sampled_from(["exponential", "polynomial"]),
    update=st.sampled_from(["async", "sync"]),
    seed=seeds,
)
@settings(max_examples=30)
def test_the_energy_of_a_dense_memory_never_rises(interaction, update, seed):
    rng = np.random.default_rng(seed)
    memory = Memory(rng.choice([-1.0, 1.0], (7, 11)))
    dense = DenseMemory(
        memory, interaction, beta=float(rng.uniform(0.05, 2.0)), degree=float(rng.uniform(2, 5))
    )
    end = discrete_run(dense, starts(11, 5, seed), Sweeps(update), seed=seed, at=range(201))
    energies = [-dense.potential(memory.patterns @ signs) for signs in end.trace]
    assert np.diff(energies, axis=0).max() <= 1e-9 * np.abs(energies).max()
    np.testing.assert_allclose(energy(dense, end), energies[-1], rtol=1e-9)
    assert settled(end).all()


def test_the_field_of_a_dense_memory_is_the_slope_of_its_potential():
    memory = Memory.random(12, 5, 0)
    a = np.random.default_rng(0).normal(size=(5, 3)) * 4
    for dense in (DenseMemory(memory, "exponential", beta=0.7), DenseMemory(memory, "polynomial", degree=4)):
        for mu in range(5):
            step = np.zeros((5, 1))
            step[mu] = 1e-5
            slope = (dense.potential(a + step) - dense.potential(a - step)) / 2e-5
            np.testing.assert_allclose(dense.attention(a)[mu], slope, rtol=1e-6, atol=1e-8)


def test_a_polynomial_of_degree_two_is_hebbs_memory_on_its_patterns_side():
    """For degree 2 and all overlaps positive, F is -E of Hebb's rule up to the diagonal."""
    memory = Memory.random(12, 3, 0)
    dense = DenseMemory(memory, "polynomial", degree=2)
    s = starts(12, 200)
    positive = (memory.patterns @ s > 0).all(axis=0)
    W = memory.patterns.T @ memory.patterns / 12
    pairs = 0.5 * np.einsum("im,ij,jm->m", s, W, s)
    np.testing.assert_allclose(dense.potential(memory.patterns @ s)[positive], pairs[positive], rtol=1e-12)


def test_bad_plans_and_cues():
    weights = hebbian(Memory.random(8, 2, 0))
    for make, message in (
        (lambda: Sweeps("both"), "`update` is async or sync"),
        (lambda: Sweeps(order="reverse"), "`order` is random or fixed"),
        (lambda: Sweeps(temperature=-1.0), "`temperature` must be a finite number from 0"),
        (lambda: Sweeps(longest=0), "`longest` is 0"),
        (lambda: Sweeps(longest=5, warm_up=5), "`warm_up` is 5"),
        (lambda: discrete_run(weights, np.ones(7)), "expected 8 rows"),
        (lambda: discrete_run(weights, np.ones((8, 2)), index=[1]), "one number for each cue"),
        (lambda: Weights(np.ones((2, 3))), r"`W` has shape \(2, 3\)"),
        (lambda: Weights(np.eye(2), np.zeros(3)), "`threshold` has shape"),
        (lambda: Weights(np.array([[np.nan]])), "not finite"),
        (lambda: Weights(np.eye(2), units="ternary"), "bipolar or binary"),
        (lambda: DenseMemory(Memory.random(4, 2, 0), "cubic"), "exponential or polynomial"),
        (lambda: DenseMemory(Memory.random(4, 2, 0), beta=0.0), "`beta` is 0"),
        (lambda: DenseMemory(Memory.random(4, 2, 0), degree=1.0), "`degree` is 1"),
    ):
        with pytest.raises(InputError, match=message):
            make()


def test_why_no_energy_is_claimed():
    assert Weights(np.array([[0.0, 1.0], [0.5, 0.0]])).obstacle == "asymmetric coupling"
    assert Weights(-np.eye(2)).obstacle == "negative self-coupling"
