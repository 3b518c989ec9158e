"""Learning: moments that a Boltzmann machine comes to share, memories on equal cues, faults in the loop."""

import numpy as np
import pytest

from analoghop import InputError
from analoghop.study import (
    boltzmann_law,
    compare_memories,
    faults_in_the_loop,
    learn_boltzmann,
    learn_restricted,
)
from analoghop.study.learning.boltzmann import gibbs_sweep
from analoghop.study.learning.faults import learnt_around


def data_of(n, seed, examples=4000):
    rng = np.random.default_rng(seed)
    J = rng.normal(size=(n, n)) * 0.3
    J, h = J + J.T, rng.normal(size=n) * 0.3
    np.fill_diagonal(J, 0.0)
    states, law = boltzmann_law(J, h)
    return states[rng.choice(len(states), p=law, size=examples)], J, h


def test_a_machine_finds_the_couplings_that_made_its_data():
    data, J, h = data_of(5, 0, 20_000)
    machine = learn_boltzmann(data, epochs=600, rate=0.3)
    assert np.abs(machine.W - J).max() < 0.06
    assert np.abs(machine.field - h).max() < 0.06
    assert machine.gap[-1] < 1e-3
    assert (np.diff(machine.likelihood) > -1e-9).all()


def test_its_free_phase_ends_with_the_moments_of_the_data():
    data, _, _ = data_of(4, 1)
    machine = learn_boltzmann(data, epochs=800, rate=0.3)
    states, law = boltzmann_law(machine.W, machine.field)
    clamped = data.T @ data / len(data)
    free = (states * law[:, None]).T @ states
    assert np.abs(clamped - free).max() < 1e-3


def test_chains_teach_what_enumeration_teaches():
    data, J, _ = data_of(13, 2, 2000)
    machine = learn_boltzmann(data, epochs=150, rate=0.1, chains=300, sweeps=2)
    off = ~np.eye(13, dtype=bool)
    assert np.corrcoef(machine.W[off], J[off])[0, 1] > 0.95


def test_a_gibbs_sweep_keeps_the_law():
    data, J, h = data_of(4, 3, 20_000)
    after = gibbs_sweep(data, J, h, np.random.default_rng(0))
    assert np.abs(data.T @ data / len(data) - after.T @ after / len(after)).max() < 0.05


def test_a_restricted_machine_completes_what_it_has_seen():
    rng = np.random.default_rng(0)
    X = rng.choice([-1.0, 1.0], size=(4, 24))
    copies = np.repeat(X, 10, axis=0)
    machine = learn_restricted(copies, 16, epochs=300)
    assert machine.error[-1] < 0.02
    cue, known = np.array(X), np.arange(24) < 16
    cue[:, 16:] = rng.choice([-1.0, 1.0], size=(4, 8))
    assert (machine.complete(cue, known) == X).mean() > 0.95
    assert (machine.complete(cue, known)[:, :16] == X[:, :16]).all()


def test_on_correlated_patterns_hebb_fails_and_the_others_do_not():
    rng = np.random.default_rng(1)
    X = np.where(rng.random((6, 60)) < 0.75, 1.0, -1.0) * rng.choice([-1.0, 1.0], 60)
    found = compare_memories(X, flipped=[0.1], cues=40)
    correct = dict(zip(found["methods"].tolist(), found["correct"].tolist(), strict=True))
    assert correct["hebbian"][0] < 0.2
    for name in ("pseudo-inverse", "boltzmann", "attention"):
        assert correct[name][0] > 0.9
    assert found.record["overlap"] == pytest.approx(0.25, abs=0.1)


def test_learning_around_stuck_couplings_beats_the_pseudo_inverse_with_them():
    found = faults_in_the_loop(60, 10, [0.0, 0.6], draws=3)
    assert found["pseudo_inverse"][0] == found["learnt"][0] == 1.0
    assert found["learnt"][1] > 0.5 > 0.2 > found["pseudo_inverse"][1]


def test_stuck_couplings_stay_and_the_patterns_are_held():
    rng = np.random.default_rng(0)
    X, stuck = rng.choice([-1.0, 1.0], size=(5, 40)), rng.random((40, 40)) < 0.3
    np.fill_diagonal(stuck, True)
    W = np.where(stuck, 0.3 * rng.normal(size=(40, 40)), 0.0)
    learnt = learnt_around(X, W, stuck, 0.5)
    assert np.array_equal(learnt[stuck], W[stuck])
    assert (0.5 * np.linalg.norm(learnt, axis=1) - 1e-9 <= X * (X @ learnt.T)).all()


@pytest.mark.parametrize("name", ["memories", "faults"])
def test_the_studies_of_learning_are_drawn(name):
    X = np.random.default_rng(0).choice([-1.0, 1.0], size=(2, 16))
    found = (
        compare_memories(X, cues=5) if name == "memories" else faults_in_the_loop(10, 2, [0.0, 0.2], draws=2)
    )
    assert any(ax.has_data() for ax in found.plot().get_axes())
    assert found.study == name


def test_bad_values_are_refused():
    with pytest.raises(InputError, match="of -1 and 1"):
        learn_boltzmann([[0.0, 1.0]])
    with pytest.raises(InputError, match="`methods` names"):
        compare_memories(np.ones((1, 4)), methods=("magic",))
    with pytest.raises(InputError, match="fewer patterns than neurons"):
        faults_in_the_loop(5, 5)
