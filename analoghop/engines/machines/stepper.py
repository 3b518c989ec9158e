"""`Stepper`: the contract of steps of a block of members of a machine, in NumPy or compiled code."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from analoghop.arrays import Array, Integers, Mask
from analoghop.engines.machines.noise import Keys, Noise, normals
from analoghop.solution import Ran
from analoghop.systems.machine import Machine

BATCH = 1 << 16
"""Numbers in one array of a block in NumPy, which fits the cache."""


class Stepper(ABC):
    """The steps of one `machine` for blocks of members.

    A block has `width` members. If `padded`, it has exactly this number, and the last block is filled up with
    copies that are not read. A block is the object that `load` returns; blocks run on different threads, so
    `advance` must change its block only. `together` members cost about as much as one. `compiled` and
    `precision` describe the arithmetic.
    """

    machine: Machine
    width: int
    padded: ClassVar[bool] = False
    compiled: ClassVar[bool] = False
    together: ClassVar[int] = 16
    precision: str = "float64"

    @property
    def ran(self) -> Ran:
        """The engine that results report."""
        return Ran("fused" if self.compiled else "numpy", self.compiled, self.precision)

    def noise(self, seed: int, index: Integers, stream: int) -> Noise:
        """Return the random source of the members numbered `index`; `advance` receives its numbers."""
        machine = self.machine
        return Keys(seed, index, machine.normals > 0, stream, machine.steps_per_draw)

    @property
    def compiling_s(self) -> float:
        """Estimated seconds of compiling before the first step; 0 if there is nothing to compile."""
        return 0.0

    @abstractmethod
    def load(self, x: Array, first: int) -> Any:
        """Return a block that begins step number `first` in the states `x` (size, members)."""

    @abstractmethod
    def advance(self, block: Any, first: int, steps: int, noise: NDArray[Any]) -> None:
        """Take `steps` steps from number `first` on, with `noise` for each of them.

        The result does not depend on how the steps of a run are divided into calls.
        """

    @abstractmethod
    def states(self, block: Any) -> Array:
        """Return the states (size, members) in double precision."""

    def outputs(self, block: Any, k: int) -> Array:
        """Return the outputs (n_outputs, members) after `k` steps, without any effect on later steps."""
        states = self.states(block)
        finite = np.isfinite(states).all(axis=0)
        return self.machine.outputs(k * self.machine.step, np.where(finite, states, 0.0))

    def solved(self, block: Any) -> Mask:
        """Return the mask of the members that may stop: by default the machine's `solved`."""
        return self.machine.solved(self.states(block))

    def narrowed(self, block: Any, members: Mask) -> Any:
        """Return the block of the marked members alone; None if a block keeps all members until its end."""
        return None

    def extras(self, block: Any) -> Mapping[str, NDArray[Any]]:
        """Return further arrays that a run reports, each with the members as its last axis."""
        return {}


class Definition(Stepper):
    """Steps by the machine's own method `advance`, in NumPy and double precision."""

    def __init__(self, machine: Machine) -> None:
        self.machine, self.width = machine, max(1, BATCH // machine.size)

    def load(self, x: Array, first: int) -> list[Array]:
        """Return a block: a list that holds the states."""
        return [x]

    def advance(self, block: list[Array], first: int, steps: int, noise: NDArray[Any]) -> None:
        """Take the steps one by one."""
        machine, (x,) = self.machine, block
        for k in range(steps):
            x = machine.advance(first + k, x, normals(machine.normals, noise[k]) if len(noise) else None)
        block[0] = x

    def states(self, block: list[Array]) -> Array:
        """Return the states."""
        return block[0]

    def narrowed(self, block: list[Array], members: Mask) -> list[Array]:
        """Return the states of the marked members."""
        return [block[0][:, members]]
