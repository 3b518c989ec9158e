"""What is given to a memory and its studies is checked, and refused in one sentence."""

import pytest

from analoghop.errors import InputError
from analoghop.memory import Memory, MemoryRecipe, PatternSource, capacity, make_cues

MEMORY = Memory.random(20, 3, 1)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Memory([[0, 1], [1]]), "`patterns` is not an array of numbers"),
        (lambda: Memory.random(2.5, 1, 0), "`neurons` is 2.5, expected a whole number from 1"),
        (lambda: MEMORY.recall(seed=-1), "`seed` is -1, expected a whole number from 0"),
        (lambda: MEMORY.recall(seed=1.5), "`seed` is 1.5"),
        (lambda: MEMORY.recall(noise="a"), "`noise` holds values of type"),
        (lambda: MEMORY.recall(noise=2), "noise of the cues .* is 2, expected a share"),
        (lambda: MEMORY.recall(cues=[[1, 0]]), "`cues` is of the type list, expected `Cues`"),
        (lambda: MEMORY.recall(model="binary", sweeps=1.5), "`sweeps` is 1.5"),
        (lambda: MEMORY.recall(model="stochastic", temperature="hot"), "`temperature` holds values of type"),
        (lambda: make_cues(MEMORY, [0.5]), "`wanted` holds a value that is no number of a pattern"),
        (
            lambda: capacity(MemoryRecipe(), PatternSource(20), [2], trials="many"),
            "`trials` is 'many', expected 1 or more",
        ),
    ],
)
def test_a_bad_call_is_refused_in_a_sentence(call, message):
    with pytest.raises(InputError, match=message) as refused:
        call()
    assert "\n" not in str(refused.value)
