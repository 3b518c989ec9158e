"""Learning rules, against the formulas of their papers and against what they promise to hold."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.couplings import Dense, Sum
from analoghop.errors import InputError, NumericalError
from analoghop.memory.circuits.heteroassociation import bidirectional, hetero, key_cues, paired
from analoghop.memory.cues import make_cues
from analoghop.memory.discrete.discrete_run import discrete_run
from analoghop.memory.dreams import daydreaming, unlearning
from analoghop.memory.fault_injection import with_faults
from analoghop.memory.patterns import Memory
from analoghop.memory.rules import (
    RULES,
    covariance,
    hebbian,
    krauth_minsky,
    learn,
    perceptron,
    pseudo_inverse,
    sequence,
    storkey,
)

SYMMETRIC = [name for name in RULES if name not in ("krauth-minsky", "sequence")]


def recalled(memory, weights, noise=0.0, seed=0):
    """Return the share of patterns that come back without a wrong bit."""
    cues = make_cues(memory, noise=noise, seed=seed)
    return (discrete_run(weights, cues.values).states == memory.patterns.T).all(axis=0).mean()


@pytest.mark.parametrize("rule", [name for name in RULES if name != "sequence"])
def test_every_rule_keeps_a_few_patterns_and_corrects_cues(rule):
    memory = Memory.random(100, 4, 1)
    weights = learn(memory, rule)
    assert weights.rule == rule
    assert not np.diagonal(weights.W).any()
    assert recalled(memory, weights) == 1.0
    assert recalled(memory, weights, 0.1) == 1.0


@pytest.mark.parametrize("rule", SYMMETRIC)
def test_rules_whose_energy_never_rises(rule):
    assert learn(Memory.random(40, 4, 0), rule).obstacle is None


def test_rules_that_claim_no_energy():
    memory = Memory.random(40, 4, 0)
    assert krauth_minsky(memory).obstacle == "asymmetric coupling"
    assert sequence(memory).obstacle == "asymmetric coupling"


@pytest.mark.parametrize("units", ["bipolar", "binary"])
def test_few_patterns_are_the_shorter_way_through_the_couplings(units):
    few, many = Memory.random(240, 5, 0), Memory.random(240, 100, 0)
    weights = hebbian(few).converted(units)
    assert isinstance(weights.coupling, Sum)
    np.testing.assert_allclose(weights.coupling.toarray(), weights.W, rtol=0, atol=1e-12)
    assert weights.coupling.symmetric
    back = weights.converted("bipolar" if units == "binary" else "binary")
    np.testing.assert_allclose(back.coupling.toarray(), back.W, rtol=0, atol=1e-12)
    for other in (hebbian(many), storkey(few), with_faults(weights, "cut", 0.1, 0)):
        assert isinstance(other.coupling, Dense)
        np.testing.assert_array_equal(other.coupling.toarray(), other.W)


def test_hebbs_rule_is_the_sum_over_patterns():
    memory = Memory.random(9, 3, 0)
    W = np.zeros((9, 9))
    for xi in memory.patterns:
        for i in range(9):
            for j in range(9):
                W[i, j] += xi[i] * xi[j] / 9 if i != j else 0.0
    np.testing.assert_allclose(hebbian(memory).W, W, atol=1e-15)


def test_storkeys_rule_is_that_of_the_paper():
    memory = Memory.random(8, 4, 2)
    n = 8
    W = np.zeros((n, n))
    for xi in memory.patterns:
        new = W.copy()
        for i in range(n):
            for j in range(n):
                if i != j:
                    h_ij = sum(W[i, k] * xi[k] for k in range(n) if k not in (i, j))
                    h_ji = sum(W[j, k] * xi[k] for k in range(n) if k not in (i, j))
                    new[i, j] += (xi[i] * xi[j] - xi[i] * h_ji - h_ij * xi[j]) / n
        W = new
    np.testing.assert_allclose(storkey(memory).W, W, atol=1e-14)


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_the_pseudo_inverse_projects_on_the_patterns(seed):
    rng = np.random.default_rng(seed)
    X = rng.choice([-1.0, 1.0], (4, 12))
    memory = Memory(np.concatenate([X, -X[:1], X[1:2]]))  # dependent patterns do no harm
    W = pseudo_inverse(memory).W
    diagonal = np.diag(np.diagonal(np.linalg.pinv(memory.patterns) @ memory.patterns))
    np.testing.assert_allclose((W + diagonal) @ memory.patterns.T, memory.patterns.T, atol=1e-10)


def test_the_pseudo_inverse_recalls_at_load_0_9():
    memory = Memory.random(200, 180, 0)
    assert recalled(memory, pseudo_inverse(memory)) == 1.0
    assert recalled(memory, hebbian(memory)) == 0.0


@pytest.mark.parametrize("load", [0.3, 0.8])
def test_the_perceptron_reaches_its_margin(load):
    memory = Memory.random(80, round(80 * load), 0)
    weights = perceptron(memory)
    stability = (memory.patterns.T * (weights.W @ memory.patterns.T)) / np.linalg.norm(
        weights.W, axis=1, keepdims=True
    )
    assert stability.min() > 0.3
    assert recalled(memory, weights) == 1.0


def test_minover_is_the_most_stable():
    memory = Memory.random(80, 56, 0)

    def stability(weights):
        field = memory.patterns.T * (weights.W @ memory.patterns.T)
        return (field / np.linalg.norm(weights.W, axis=1, keepdims=True)).min(axis=1)

    found = stability(krauth_minsky(memory, margin=100.0))
    for rule in (hebbian, perceptron, pseudo_inverse):
        assert (found > stability(rule(memory)) - 0.02).all()
        assert found.mean() > stability(rule(memory)).mean() + 0.03


def test_what_cannot_be_learnt():
    memory = Memory.random(20, 60, 0)
    with pytest.raises(NumericalError, match="60 patterns of 20 bits"):
        perceptron(memory, longest=50)
    with pytest.raises(NumericalError, match="store fewer patterns, or lower the margin"):
        krauth_minsky(memory, longest=2000)
    with pytest.raises(InputError, match="`margin`"):
        perceptron(memory, margin=-1.0)
    with pytest.raises(InputError, match="`rule` is 'hebb', expected hebbian, storkey"):
        learn(memory, "hebb")
    with pytest.raises(InputError, match="bits of both signs"):
        covariance(Memory(np.ones((2, 4))))


def test_dreams_make_room():
    memory = Memory.random(150, 45, 0)
    before = recalled(memory, hebbian(memory))
    assert before < 0.2
    assert recalled(memory, unlearning(memory)) > before + 0.4
    assert recalled(memory, daydreaming(memory)) > before + 0.6


def test_daydreams_tell_apart_what_resembles():
    rng = np.random.default_rng(0)
    common = np.sign(rng.standard_normal(100))
    memory = Memory(common * np.where(rng.random((12, 100)) < 0.2, -1.0, 1.0))
    assert recalled(memory, hebbian(memory)) == 0.0
    assert recalled(memory, daydreaming(memory)) == 1.0


def test_dreams_are_the_same_for_the_same_seed():
    memory = Memory.random(40, 8, 0)
    for rule in (unlearning, daydreaming):
        np.testing.assert_array_equal(rule(memory).W, rule(memory).W)
        assert (rule(memory, seed=1).W != rule(memory).W).any()
    with pytest.raises(InputError, match="positive strength"):
        unlearning(memory, strength=0.0)
    with pytest.raises(InputError, match="positive strength"):
        daydreaming(memory, tau=-1.0)


def test_the_covariance_rule_keeps_sparse_patterns_that_hebb_does_not():
    memory = Memory.random(300, 20, 0, activity=0.1)
    assert covariance(memory).units == "binary"
    assert recalled(memory, covariance(memory)) >= 0.9
    assert recalled(memory, hebbian(memory)) == 0.0


def test_answers_follow_from_keys():
    keys, answers = Memory.random(60, 5, 0), Memory.random(30, 5, 1)
    both = paired(keys, answers)
    cue = both.patterns.T.copy()
    cue[:6] *= -1.0
    cue[60:] = 0.0
    end = discrete_run(hetero(keys, answers), cue)
    np.testing.assert_array_equal(end.states, both.patterns.T)
    np.testing.assert_array_equal(
        discrete_run(bidirectional(keys, answers), both.patterns.T).states, both.patterns.T
    )
    assert hetero(keys, answers).obstacle == "asymmetric coupling"
    assert bidirectional(keys, answers).obstacle is None
    with pytest.raises(InputError, match="5 keys and 4 answers"):
        hetero(keys, Memory.random(30, 4, 0))


@pytest.mark.parametrize("kind", ["cut", "dead", "stuck"])
def test_faults(kind):
    weights = hebbian(Memory.random(30, 3, 0))
    assert (with_faults(weights, kind, 0.0, 1).W == weights.W).all()
    broken = with_faults(weights, kind, 0.2, 1)
    lost = (broken.W == 0) & (weights.W != 0)
    if kind == "cut":
        assert lost.sum() == round(0.2 * np.count_nonzero(weights.W))
        assert not broken.symmetric
    else:
        columns = np.flatnonzero((broken.W == 0).all(axis=0))
        assert len(columns) == 6
        stuck = -broken.threshold @ np.ones(30) != 0
        assert stuck == (kind == "stuck")
    assert (with_faults(weights, kind, 0.2, 1).W == broken.W).all()


def test_a_stuck_amplifier_acts_as_its_rail_does():
    for units in ("bipolar", "binary"):
        weights = hebbian(Memory.random(20, 2, 0)).converted(units)
        broken = with_faults(weights, "stuck", 0.25, 3)
        columns = np.flatnonzero((broken.W == 0).all(axis=0))
        x = weights.levels(np.random.default_rng(0).choice([-1.0, 1.0], (20, 1)))
        pull = broken.threshold - weights.threshold
        # Some choice of rails for the five explains the change of all thresholds.
        rails = np.linalg.lstsq(weights.W[:, columns], -pull)[0]
        np.testing.assert_allclose(np.abs(weights.signs(rails)), 1.0, atol=1e-9)
        x[columns, 0] = rails
        np.testing.assert_allclose(broken.field(x), weights.field(x), atol=1e-9)


def test_bad_faults():
    weights = hebbian(Memory.random(5, 1, 0))
    with pytest.raises(InputError, match="cut, dead, stuck"):
        with_faults(weights, "burnt", 0.1, 0)
    with pytest.raises(InputError, match="`fraction` is 1.5"):
        with_faults(weights, "cut", 1.5, 0)


def test_pairs_are_pictures_where_they_are_of_one_width():
    keys, answers = Memory.random(12, 2, 0), Memory.random(8, 2, 1)
    tall, low = Memory(keys.patterns, (3, 4)), Memory(answers.patterns, (2, 4))
    assert paired(tall, low).shape == (5, 4)
    assert paired(tall, Memory(answers.patterns, (4, 2))).shape == (1, 20)
    cues = key_cues(make_cues(tall, noise=0.25, seed=2), paired(tall, low))
    np.testing.assert_array_equal(cues.values[:12], make_cues(tall, noise=0.25, seed=2).values)
    assert (cues.values[12:] == 0).all()
    np.testing.assert_allclose(cues.noise, 0.25)
