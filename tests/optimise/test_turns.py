"""Circuits of one instance that share its starts: who runs which start, and what results say of it."""

import numpy as np
import pytest

from analoghop import solve
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.optimise.anneal import anneal, judged, starts_of
from analoghop.optimise.batches import Batches, Done, Wanted
from analoghop.optimise.tracing import trace
from analoghop.problems.spins import InertialMachine, NoiseMachine
from analoghop.problems.spins.ising import Ising
from analoghop.problems.turns import TakingTurns, circuit_of, circuits, parts

STEPS = 100
RNG = np.random.default_rng(1)
J = np.triu(RNG.normal(size=(9, 9)), 1)
PROBLEM = Ising(J + J.T, RNG.normal(size=9))
ONE, TWO = InertialMachine(steps=STEPS).encode(PROBLEM), NoiseMachine(steps=STEPS).encode(PROBLEM)
SHARED = TakingTurns(("one", ONE, 1), ("two", TWO, 2))


def test_each_start_is_that_of_the_circuit_whose_turn_it_is() -> None:
    together = starts_of(PROBLEM, SHARED, 5, np.arange(8), engine="numpy")
    for k, start in enumerate(together):
        own = ONE if k % 3 == 0 else TWO
        alone = judged(PROBLEM, own, anneal(own, 5, np.array([k]), engine="numpy"))
        assert circuit_of(SHARED, k) is own
        assert start == alone[0]


@pytest.mark.parametrize("threads", [1, 2])
def test_batches_and_threads_change_no_start(threads: int) -> None:
    want = starts_of(PROBLEM, SHARED, 5, np.arange(11), engine="numpy")
    for size in (4, 11):
        done = Done()
        while len(done.starts) < 11:
            total = min(11, len(done.starts) + size)
            Batches(PROBLEM, SHARED, 5, engine="numpy").fill(done, Wanted(total, 16, Limits(threads=threads)))
        assert done.starts == want
        assert dict(done.circuits) == {"one": 4, "two": 7}


def test_parts_say_who_has_which_starts() -> None:
    names = {turn.name: places.tolist() for turn, places in parts(SHARED, np.arange(4, 10))}
    assert names == {"two": [0, 1, 3, 4], "one": [2, 5]}
    assert circuits(SHARED) == [ONE, TWO]
    assert circuits(ONE) == [ONE]


def test_the_course_of_a_start_is_that_of_its_own_circuit() -> None:
    course = trace(SHARED, 5, 1, points=3)
    np.testing.assert_array_equal(course.outputs, trace(TWO, 5, 1, points=3).outputs)


def test_results_say_how_many_starts_each_circuit_made() -> None:
    found = solve(PROBLEM, starts=8, seed=1, baselines=False)
    assert found.circuits == {"inertial": 2, "steep noise": 6}
    assert found.to_dict()["circuits"] == {"inertial": 2, "steep noise": 6}
    assert solve(PROBLEM, "noise", starts=3, settings={"steps": 50}).circuits == {"noise": 3}


def test_a_share_of_no_starts_is_refused() -> None:
    with pytest.raises(InputError, match="the share of two is 0 starts"):
        TakingTurns(("one", ONE, 1), ("two", TWO, 0))
    with pytest.raises(InputError, match="`shares` is empty"):
        TakingTurns()
