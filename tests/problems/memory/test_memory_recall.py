"""Cues, and the judgement on what became of them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analoghop.errors import InputError
from analoghop.memory.cues import Cues, given_cues, make_cues
from analoghop.memory.judgement import NOT_SETTLED, judge, mixture, notes
from analoghop.memory.patterns import Memory

MEMORY = Memory.random(400, 9, 0)


def judged(signs, wanted, settled=True, memory=MEMORY, **options):
    wanted = np.array([wanted])
    (one,) = judge(memory, np.reshape(signs, (-1, 1)), wanted, np.zeros(1), np.array([settled]), **options)
    return one


@given(noise=st.floats(0, 1), seed=st.integers(0, 1000))
def test_flipped_and_erased_cues_have_so_many_wrong_bits(noise, seed):
    memory = Memory.random(37, 3, 1)
    hit = round(noise * 37)
    flipped = make_cues(memory, noise=noise, seed=seed)
    erased = make_cues(memory, noise=noise, damage="erase", seed=seed)
    assert ((flipped.values != memory.patterns.T).sum(axis=0) == hit).all()
    assert ((erased.values == 0).sum(axis=0) == hit).all()
    assert (np.where(erased.values == 0, memory.patterns.T, erased.values) == memory.patterns.T).all()
    np.testing.assert_allclose(flipped.noise, hit / 37)
    np.testing.assert_array_equal(erased.values == 0, flipped.values != memory.patterns.T)


def test_blurred_cues_have_the_deviation():
    memory = Memory.random(2000, 4, 0)
    cues = make_cues(memory, damage="blur", noise=0.7)
    deviation = (cues.values - memory.patterns.T).std(axis=0)
    np.testing.assert_allclose(deviation, 0.7, rtol=0.06)


def test_a_cue_depends_on_its_number_alone():
    together = make_cues(MEMORY, [0, 1, 2, 0], seed=5)
    alone = make_cues(MEMORY, [2], seed=5, numbers=[2])
    np.testing.assert_array_equal(together.values[:, 2], alone.values[:, 0])
    assert (together.values[:, 0] != together.values[:, 3]).any()
    assert (make_cues(MEMORY, [0], seed=6).values != together.values[:, :1]).any()


def test_given_cues_are_taken_for_the_nearest_pattern():
    values = make_cues(MEMORY, [4, 2], noise=0.2).values
    cues = given_cues(MEMORY, values)
    assert cues.wanted.tolist() == [4, 2]
    np.testing.assert_allclose(cues.noise, 0.2)
    assert given_cues(MEMORY, values, [1, 1]).wanted.tolist() == [1, 1]


def test_a_pattern_and_its_inverse():
    for k, pattern in enumerate(MEMORY.patterns):
        one = judged(pattern, k)
        assert (one.state, one.recalled, one.correct, one.hamming, one.overlap) == (
            "pattern",
            k,
            True,
            0,
            1.0,
        )
        assert one.message == f"pattern {k + 1}"
        one = judged(-pattern, k)
        assert (one.state, one.recalled, one.correct, one.hamming) == ("inverse", k, False, 400)
        assert one.message == f"the inverse of pattern {k + 1}"


def test_the_wrong_pattern_is_settled_but_not_correct():
    one = judged(MEMORY.patterns[3], 5)
    assert one.settled
    assert not one.correct
    assert one.state == "pattern"
    assert one.message == "pattern 4, not 6"


def test_what_moves_is_not_recognised():
    one = judged(MEMORY.patterns[3], 3, settled=False)
    assert not one.correct
    assert one.state == "unknown"
    assert one.recalled is None
    assert one.message == NOT_SETTLED == "did not settle: the cue was not recognised"


@given(st.integers(0, 2**32 - 1), st.sampled_from([3, 5]))
def test_mixtures_are_named(seed, size):
    rng = np.random.default_rng(seed)
    chosen = np.sort(rng.permutation(9)[:size])
    signs = rng.choice([-1, 1], size)
    one = judged(np.sign(signs @ MEMORY.patterns[chosen]), int(chosen[0]))
    assert one.state == "mixture"
    assert not one.correct
    assert sorted(one.parts) == [(int(k), int(s)) for k, s in zip(chosen, signs, strict=True)]
    assert one.message.startswith("a mixture of patterns ")


def test_noise_is_unknown():
    state = np.random.default_rng(1).choice([-1.0, 1.0], 400)
    one = judged(state, 0)
    assert one.state == "unknown"
    assert one.message == "a state that is not a pattern"
    assert mixture(MEMORY, state) == ()


def test_a_few_wrong_bits_are_still_the_pattern():
    pattern = MEMORY.patterns[0].copy()
    pattern[:10] *= -1
    assert judged(pattern, 0).correct
    pattern[10] *= -1
    assert not judged(pattern, 0).correct
    assert judged(pattern, 0, retrieved=0.9).correct
    assert judged(pattern, 0).hamming == 11


def test_equal_patterns_are_the_wanted_one():
    twice = Memory(np.concatenate([MEMORY.patterns[:2], MEMORY.patterns[:1]]))
    assert judged(MEMORY.patterns[0], 2, memory=twice).correct
    assert judged(MEMORY.patterns[0], 0, memory=twice).correct


def test_a_bit_between_the_signs_is_wrong():
    pattern = MEMORY.patterns[0].copy()
    pattern[:4] = 0.0
    one = judged(pattern, 0)
    assert one.hamming == 4
    assert one.overlap == pytest.approx(0.99)


def test_notes_say_what_matters():
    full = Memory.random(50, 10, 0)
    fine, wrong = judged(full.patterns[0], 0, memory=full), judged(-full.patterns[0], 0, memory=full)
    restless = judged(full.patterns[0], 0, settled=False, memory=full)
    said = " ".join(notes(full, "hebbian", 0.6, [fine, wrong, restless]))
    for words in (
        "0.138 N = 6",
        "more than 50 %",
        "1 of 3 cues recalled the inverse",
        f"1 of 3 cues: {NOT_SETTLED}",
    ):
        assert words in said
    assert notes(full, "pseudo-inverse", 0.1, [fine]) == ()
    alike = Memory(np.sign(full.patterns + 2.0 * full.patterns[:1] + 0.5))
    assert "resemble each other" in " ".join(notes(alike, "hebbian", 0.1, []))


def test_memories_verify_answers():
    verdict = MEMORY.verify(MEMORY.patterns[2])
    assert verdict.valid
    assert verdict.cost == 0
    near = MEMORY.patterns[2].copy()
    near[:3] *= -1
    verdict = MEMORY.verify(near)
    assert not verdict.valid
    assert verdict.cost == 3
    assert verdict.violations == {"wrong bits": 3}
    assert (MEMORY.kind, MEMORY.size, MEMORY.count, MEMORY.load) == ("memory", 400, 9, 9 / 400)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Memory(np.zeros((2, 3))), "other values than"),
        (lambda: Memory(np.ones(3)), "expected \\(count, neurons\\)"),
        (lambda: Memory(np.ones((1, 4)), (2, 3)), "does not hold the 4 bits"),
        (lambda: Memory.random(0, 1, 0), "needs neurons and patterns"),
        (lambda: Memory.random(5, 1, 0, activity=1.0), "`activity` is 1"),
        (lambda: MEMORY.verify(np.zeros(400)), "not a pattern of 400 bits"),
        (lambda: make_cues(MEMORY, [9]), "pattern 10 is to be the cue, expected one of 1 to 9"),
        (lambda: make_cues(MEMORY, []), "names no pattern"),
        (lambda: make_cues(MEMORY, noise=1.1), r"\(flip\) is 1.1, expected a share"),
        (lambda: make_cues(MEMORY, noise=-1.0, damage="blur"), r"\(blur\) is -1, expected a deviation"),
        (lambda: make_cues(MEMORY, damage="burn"), "flip, erase or blur"),
        (lambda: given_cues(MEMORY, np.ones((3, 1))), "expected 400 bits"),
        (lambda: given_cues(MEMORY, np.ones((400, 1)), [1, 2]), "2 patterns for 1 cues"),
        (lambda: Cues(np.full((2, 1), np.nan), [0], 0.0), "finite numbers"),
        (lambda: Cues(np.ones((2, 1)), [0, 1], 0.0), "one pattern for each cue"),
        (lambda: judged(np.ones(3), 0), "expected \\(400, 1\\)"),
        (lambda: judged(np.ones(400), 0, retrieved=0.0), "`retrieved` is 0"),
    ],
)
def test_bad_input(make, message):
    with pytest.raises(InputError, match=message):
        make()
