"""The loop in which machines step: blocks, looks, limits and records, with a stepper that tells."""

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pytest

from analoghop.engines.machines.run import run
from analoghop.engines.machines.stepper import Definition
from analoghop.limits import Limits, Tally
from analoghop.systems.machine import Machine

STEPS = 20


@dataclass(frozen=True, eq=False)
class Counting(Machine):
    """The first state counts steps, the second is what it began with: a member is solved after so many."""

    check_every: int = 4
    tests: bool = True
    keeps: bool = True
    step: float = 0.5
    duration: float = STEPS * 0.5
    size = n_outputs = 2  # type: ignore[assignment]
    has_test = property(lambda self: self.tests)  # type: ignore[assignment]
    anytime = property(lambda self: self.keeps)  # type: ignore[assignment]

    def outputs(self, t: Any, x: np.ndarray) -> np.ndarray:
        return np.stack([10.0 * x[0], np.broadcast_to(t, x[0].shape)])

    def advance(self, k: int, x: np.ndarray, normal: np.ndarray | None) -> np.ndarray:
        return np.stack([x[0] + 1.0, x[1]])

    def solved(self, x: np.ndarray) -> np.ndarray:
        return x[0] >= x[1]


class Told(Definition):
    """Steps that write down what they are asked for."""

    padded: ClassVar[bool] = False

    def __init__(self, machine: Machine, width: int = 3) -> None:
        super().__init__(machine)
        self.width = width
        self.loaded: list[tuple[list[float], int]] = []
        self.calls: list[tuple[int, int]] = []

    def load(self, x: np.ndarray, first: int) -> Any:
        self.loaded.append((x[1].tolist(), first))
        return super().load(x, first)

    def advance(self, block: Any, first: int, steps: int, noise: Any) -> None:
        self.calls.append((first, steps))
        super().advance(block, first, steps, noise)

    def extras(self, block: Any) -> dict[str, Any]:
        return {"twice": 2.0 * self.states(block)[1]}


class Padded(Told):
    """Blocks that are filled up."""

    padded: ClassVar[bool] = True


def begin(*after: float) -> np.ndarray:
    """States of members that are solved after so many steps."""
    return np.array([np.zeros(len(after)), after])


@pytest.fixture
def timeless(monkeypatch: pytest.MonkeyPatch) -> None:
    """Calls take no time: they end at looks only."""
    monkeypatch.setattr("analoghop.engines.machines.run.time.perf_counter", lambda: 1.0)


@pytest.mark.usefixtures("timeless")
def test_members_end_at_the_looks_and_the_last_step() -> None:
    stepper = Told(Counting(check_every=4), width=8)
    ends = run(stepper, begin(1, 4, 5, 18, 21, 99), 0, np.arange(6))
    assert ends.steps.tolist() == [4, 4, 8, 20, 20, 20]
    assert ends.solved.tolist() == [True, True, True, True, False, False]
    assert ends.states[0].tolist() == [4, 4, 8, 20, 20, 20]
    assert ends.outputs[0].tolist() == [40, 40, 80, 200, 200, 200]
    assert ends.outputs[1].tolist() == [2, 2, 4, 10, 10, 10]
    assert ends.extras["twice"].tolist() == [2, 8, 10, 36, 42, 198]
    assert ends.evaluations == 76
    assert not (ends.cut | ends.stopped | ends.failed).any()
    # One step first, whose time is measured.
    assert stepper.calls == [(0, 1), (1, 3), (4, 4), (8, 4), (12, 4), (16, 4)]


@pytest.mark.usefixtures("timeless")
def test_looks_are_counted_from_the_first_step() -> None:
    stepper = Told(Counting(check_every=4), width=8)
    ends = run(stepper, begin(3, 12), 0, np.arange(2), first=3, steps=14)
    assert stepper.calls == [(3, 1), (4, 3), (7, 4), (11, 3)]
    assert ends.steps.tolist() == [7, 14]
    assert ends.solved.tolist() == [True, False]
    assert stepper.loaded == [([3.0, 12.0], 3)]
    assert run(Told(Counting()), begin(99), 0, [0], steps=99).steps.tolist() == [STEPS]


@pytest.mark.usefixtures("timeless")
def test_a_machine_without_a_test_goes_to_its_end() -> None:
    stepper = Told(Counting(tests=False))
    ends = run(stepper, begin(1, 2), 0, np.arange(2))
    assert ends.steps.tolist() == [STEPS, STEPS]
    assert not ends.solved.any()


@pytest.mark.usefixtures("timeless")
def test_all_members_of_a_block_that_are_solved_end_it() -> None:
    stepper = Told(Counting(check_every=4), width=2)
    run(stepper, begin(1, 2, 6, 7), 0, np.arange(4))
    assert stepper.calls == [(0, 1), (1, 3), (0, 4), (4, 4)]


def test_blocks_of_free_width_are_about_equal() -> None:
    stepper = Told(Counting(), width=3)
    run(stepper, begin(*range(1, 8)), 0, np.arange(7))
    assert [len(x) for x, _ in stepper.loaded] == [3, 2, 2]
    stepper = Told(Counting(), width=9)
    run(stepper, begin(*range(1, 6)), 0, np.arange(5), Limits(threads=2))
    assert sorted(len(x) for x, _ in stepper.loaded) == [2, 3]
    stepper = Told(Counting(), width=9)
    run(stepper, begin(1, 2), 0, np.arange(2), Limits(threads=4))
    assert [len(x) for x, _ in stepper.loaded] == [1, 1]


def test_padded_blocks_repeat_their_last_member() -> None:
    stepper = Padded(Counting(), width=3)
    ends = run(stepper, begin(1, 5, 9, 13), 0, np.arange(4))
    assert [x for x, _ in stepper.loaded] == [[1.0, 5.0, 9.0], [13.0, 13.0, 13.0]]
    assert ends.steps.tolist() == [4, 8, 12, 16]
    assert ends.states.shape == ends.outputs.shape == (2, 4)
    assert ends.extras["twice"].tolist() == [2, 10, 18, 26]


def test_no_members_are_no_blocks() -> None:
    ends = run(Told(Counting()), np.zeros((2, 0)), 0, [])
    assert ends.outputs.shape == (2, 0)


@pytest.mark.usefixtures("timeless")
def test_states_are_recorded_after_the_steps_that_are_asked_for() -> None:
    stepper = Told(Counting(check_every=8), width=8)
    ends = run(stepper, begin(8, 99), 0, np.arange(2), at=[0, 3, 8, 20])
    assert ends.at.tolist() == [0, 3, 8, 20]
    assert ends.trace_states[:, 0].tolist()[:3] == [[0, 0], [3, 3], [8, 8]]
    assert np.isnan(ends.trace_states[3, 0, 0])
    assert ends.trace_states[3, 0, 1] == 20
    assert ends.trace_outputs[:3, 1].tolist() == [[0, 0], [1.5, 1.5], [4, 4]]
    assert stepper.calls == [(0, 1), (1, 2), (3, 5), (8, 8), (16, 4)]


@pytest.mark.usefixtures("timeless")
def test_enough_solved_members_end_all() -> None:
    stepper = Told(Counting(), width=1)
    ends = run(stepper, begin(3, 6, 2, 9), 0, np.arange(4), stop_after_solved=2)
    assert ends.solved.tolist() == [True, True, False, False]
    assert ends.steps.tolist() == [4, 8, 0, 0]
    assert ends.cut.tolist() == [False, False, True, True]
    whole = run(Told(Counting(), width=8), begin(3, 99, 2), 0, np.arange(3), stop_after_solved=2)
    assert whole.steps.tolist() == [4, 4, 4]
    assert whole.stopped.tolist() == [False, True, False]


def test_without_time_the_first_block_takes_one_step() -> None:
    late = Limits(1e-9)
    for keeps in (True, False):
        stepper = Told(Counting(keeps=keeps), width=2)
        ends = run(stepper, begin(99, 99, 7, 99), 0, np.arange(4), late)
        assert stepper.calls == [(0, 1)]
        assert ends.steps.tolist() == [1, 1, 0, 0]
        assert ends.stopped.tolist() == [keeps, keeps, False, False]
        assert ends.cut.tolist() == [not keeps, not keeps, True, True]
        assert ends.states[1].tolist() == [99, 99, 7, 99]
        assert ends.outputs[0].tolist() == [10, 10, 0, 0]
        assert not ends.interrupted


def test_calls_are_as_long_as_a_fifth_of_a_second(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = [0.0]
    monkeypatch.setattr("analoghop.engines.machines.run.time.perf_counter", lambda: clock[0])

    class Slow(Told):
        def advance(self, block: Any, first: int, steps: int, noise: Any) -> None:
            super().advance(block, first, steps, noise)
            clock[0] += (0.09 if first < 10 else 0.3) * steps

    stepper = Slow(Counting(tests=False, check_every=1000), width=8)
    run(stepper, begin(1), 0, [0])
    assert stepper.calls == [
        (0, 1),
        (1, 2),
        (3, 2),
        (5, 2),
        (7, 2),
        (9, 2),
        (11, 2),
        *((k, 1) for k in range(13, 20)),
    ]


def test_ctrl_c_inside_a_call_keeps_the_members_where_they_stand() -> None:
    class Pressed(Told):
        def advance(self, block: Any, first: int, steps: int, noise: Any) -> None:
            if first >= self.pressed:
                raise KeyboardInterrupt
            super().advance(block, first, steps, noise)

        pressed = 4

    class AtOnce(Pressed):
        pressed = 0

    limits = Limits()
    ends = run(Pressed(Counting(), width=2), begin(99, 2, 99), 0, np.arange(3), limits)
    assert ends.interrupted
    assert limits.interrupted
    assert ends.steps.tolist() == [4, 4, 0]
    assert ends.solved.tolist() == [False, True, False]
    with pytest.raises(KeyboardInterrupt):
        run(Pressed(Counting(), width=2), begin(99, 2, 99), 0, np.arange(3))
    limits._halt.twice = True
    with pytest.raises(KeyboardInterrupt):
        run(AtOnce(Counting(), width=2), begin(99, 2, 99), 0, np.arange(3), limits)


@pytest.mark.usefixtures("timeless")
def test_progress_counts_members_and_solved_ones() -> None:
    told: list[Tally] = []
    limits = Limits(progress=told.append)
    limits._reporter._due = 0.0
    run(Told(Counting(check_every=4), width=4), begin(2, 99, 7, 1), 0, np.arange(4), limits)
    assert told[0] == Tally(2, 4, "starts", 2)
    assert told[-1] == Tally(4, 4, "starts", 3)


def test_a_member_is_a_function_of_its_number() -> None:
    @dataclass(frozen=True, eq=False)
    class Noisy(Counting):
        normals = 2  # type: ignore[assignment]

        def advance(self, k: int, x: np.ndarray, normal: np.ndarray | None) -> np.ndarray:
            assert normal is not None
            return x + normal

        def solved(self, x: np.ndarray) -> np.ndarray:
            return np.zeros(x.shape[1], bool)

    numbers = np.array([5, 2, 9, 7])
    whole = run(Told(Noisy(), width=8), np.zeros((2, 4)), 3, numbers, stream=1)
    assert len(np.unique(whole.states)) == 8
    for width, stepper in ((1, Told), (3, Padded)):
        again = run(stepper(Noisy(), width=width), np.zeros((2, 4)), 3, numbers, stream=1)
        np.testing.assert_array_equal(again.states, whole.states)
    one = run(Told(Noisy()), np.zeros((2, 1)), 3, [9], stream=1)
    np.testing.assert_array_equal(one.states[:, 0], whole.states[:, 2])
    other = run(Told(Noisy()), np.zeros((2, 1)), 3, [9], stream=2)
    assert not np.array_equal(other.states, one.states)
    half = run(Told(Noisy()), np.zeros((2, 1)), 3, [9], stream=1, steps=7)
    rest = run(Told(Noisy()), half.states, 3, [9], stream=1, first=7)
    np.testing.assert_array_equal(rest.states, one.states)
