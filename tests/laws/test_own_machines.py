"""A machine that no package of ours knows, as CONTRIBUTING.md says: registered steps, laws, runs."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from analoghop.engines.choice import numpy_stepper, register_compiled, stepper_of
from analoghop.engines.machines.run import run
from analoghop.engines.machines.stepper import Definition
from analoghop.systems.machine import Machine
from analoghop.testing import check_machine


@dataclass(frozen=True, eq=False)
class Walk(Machine):
    """A walk that is pulled back: x <- 0.9 x + 0.2 noise; a member may stop beyond 1."""

    step: float = 0.1
    duration: float = 10.0
    check_every: int = 3
    size = n_outputs = normals = 4  # type: ignore[assignment]
    has_test = True  # type: ignore[assignment]

    def outputs(self, t: Any, x: np.ndarray) -> np.ndarray:
        return np.tanh(x)

    def advance(self, k: int, x: np.ndarray, normal: np.ndarray | None) -> np.ndarray:
        assert normal is not None
        return 0.9 * x + 0.2 * normal

    def solved(self, x: np.ndarray) -> np.ndarray:
        return np.abs(x).max(axis=0) > 1.0


class WalkStepper(Definition):
    """Steps in place."""

    def __init__(self, machine: Machine, dtype: Any) -> None:
        super().__init__(machine)


def test_a_machine_of_ones_own_keeps_the_laws_by_its_definition_and_by_its_steps() -> None:
    machine = Walk()
    assert type(stepper_of(machine)) is Definition
    check_machine(machine)
    numpy_stepper.register(Walk, WalkStepper)
    assert type(stepper_of(machine)) is WalkStepper
    check_machine(machine)
    ends = run(stepper_of(machine), np.zeros((4, 30)), 1, np.arange(30))
    assert 0 < ends.solved.sum() <= 30


def test_compiled_steps_of_ones_own_are_taken_and_held_to_the_laws() -> None:
    pytest.importorskip("numba")

    @dataclass(frozen=True, eq=False)
    class Compiled(Walk):
        """The same walk."""

    class Wrong(WalkStepper):
        compiled = True

        def advance(self, block: Any, first: int, steps: int, noise: Any) -> None:
            super().advance(block, first, steps, noise)
            block[0] = block[0] + 1e-3

    register_compiled(Compiled)(Wrong)
    with pytest.raises(AssertionError, match="compiled steps in float64 and those of NumPy: states after 25"):
        check_machine(Compiled())
