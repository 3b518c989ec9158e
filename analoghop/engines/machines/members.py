"""`Ends`: the results of the members of a machine's run, and `Record`, which collects them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.arrays import Array, Integers, Mask, members
from analoghop.errors import InputError
from analoghop.solution import Ran
from analoghop.systems.machine import Machine


@dataclass(frozen=True, eq=False)
class Ends:
    """The results of the members of a run; all arrays have the members as their last axis.

    `outputs` (n_outputs, members) and `states` (size, members) are those after the last step of each member;
    `steps` is the number of this step, counted from the beginning of a machine's run. Masks: `failed` members
    had values that are not finite (their outputs are 0); `solved` members passed the machine's test. Members
    that were ended early, by a limit or because enough were solved, are `stopped` if their outputs are an
    answer nevertheless, and `cut` if not. `evaluations` of the rate and `duration` (s of the circuit) are
    summed over all members that are not cut. `interrupted`: whether Ctrl-C ended the run; `ran`: the engine.
    `at` (k,) are the numbers of steps at which `trace_states` (k, size, members) and `trace_outputs` (k,
    n_outputs, members) were recorded, nan after the end of a member. `extras` are further arrays that a
    machine reports.
    """

    outputs: Array
    states: Array
    failed: Mask
    solved: Mask
    stopped: Mask
    cut: Mask
    steps: Integers
    evaluations: int
    duration: float
    interrupted: bool
    ran: Ran
    at: Integers
    trace_states: Array
    trace_outputs: Array
    extras: Mapping[str, NDArray[Any]]

    @property
    def finished(self) -> Mask:
        """Mask of the members that were not ended early."""
        return np.asarray(~(self.stopped | self.cut))

    @property
    def trace(self) -> Array:
        """`trace_states`, with the last state of a member after its end."""
        return np.where(np.isnan(self.trace_states), self.states, self.trace_states)


def checked(machine: Machine, x0: ArrayLike, index: ArrayLike) -> tuple[Array, Integers]:
    """Return `x0` as (size, members) and the numbers of the members, or raise `InputError`."""
    x = members(x0, machine.size, "x0")
    numbers = np.asarray(index, dtype=np.int64)
    if numbers.shape != (x.shape[1],):
        raise InputError(f"`index` has shape {numbers.shape}, expected one number for each of {x.shape[1]}")
    return x, numbers


class Record:
    """Collects the results of `count` members from several threads, which write to separate columns."""

    def __init__(self, machine: Machine, count: int, first: int, last: int, at: Sequence[int]) -> None:
        self._machine, self._first, self._last = machine, first, last
        self._outputs, self._states = np.zeros((machine.n_outputs, count)), np.zeros((machine.size, count))
        self._failed, self._solved = np.zeros(count, dtype=bool), np.zeros(count, dtype=bool)
        self._steps = np.full(count, first, dtype=np.int64)
        self._at = np.unique(np.asarray(at, dtype=np.int64))
        self._trace_states = np.full((len(self._at), machine.size, count), np.nan)
        self._trace_outputs = np.full((len(self._at), machine.n_outputs, count), np.nan)
        self._extras: dict[str, NDArray[Any]] = {}
        self.count = count

    @property
    def solved(self) -> int:
        """Number of solved members."""
        return int(np.count_nonzero(self._solved))

    def stop_after(self, k: int) -> int:
        """Return the number of the next step after which states are recorded; a large number for none."""
        later = self._at[self._at > k]
        return int(later[0]) if len(later) else int(np.iinfo(np.int64).max)

    def trace(self, k: int, places: Integers, states: Array, outputs: Array) -> None:
        """Record the states and outputs of the members in `places` after `k` steps, if requested in `at`."""
        row = int(np.searchsorted(self._at, k))
        if row < len(self._at) and self._at[row] == k:
            self._trace_states[row][:, places], self._trace_outputs[row][:, places] = states, outputs

    def wants(self, k: int) -> bool:
        """Return whether states are recorded after `k` steps."""
        return bool(len(self._at)) and bool((self._at == k).any())

    def put(
        self,
        places: Integers,
        states: Array,
        outputs: Array,
        k: int,
        solved: bool,
        extras: Mapping[str, NDArray[Any]],
    ) -> None:
        """Store the results of the members in `places`, which ended after `k` steps."""
        finite = np.isfinite(states).all(axis=0) & np.isfinite(outputs).all(axis=0)
        self._states[:, places] = states
        self._outputs[:, places] = np.where(finite, outputs, 0.0)
        self._failed[places], self._steps[places] = ~finite, k
        self._solved[places] = finite & solved
        for name, values in extras.items():
            whole = self._extras.setdefault(name, np.zeros((*values.shape[:-1], self.count), values.dtype))
            whole[..., places] = values

    def ends(self, interrupted: bool, ran: Ran) -> Ends:
        """Return the results of all members."""
        short = (self._steps < self._last) & ~self._failed & ~self._solved
        stopped = short & (self._steps > self._first) & self._machine.anytime
        cut = short & ~stopped
        evaluations = int((self._steps - self._first)[~cut].sum())
        return Ends(
            outputs=self._outputs,
            states=self._states,
            failed=self._failed,
            solved=self._solved,
            stopped=stopped,
            cut=cut,
            steps=self._steps,
            evaluations=evaluations,
            duration=evaluations * self._machine.step,
            interrupted=interrupted,
            ran=ran,
            at=self._at,
            trace_states=self._trace_states,
            trace_outputs=self._trace_outputs,
            extras=self._extras,
        )
