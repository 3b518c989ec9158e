"""`discrete_run`: runs of a discrete model from cues."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from analoghop.arrays import Array, Precision, members
from analoghop.engines.choice import compiled_stepper, numpy_stepper, stepper_of
from analoghop.engines.machines.members import Ends
from analoghop.engines.machines.run import run
from analoghop.engines.machines.stepper import Stepper
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.memory.dense import DenseMemory
from analoghop.memory.discrete.machine import DiscreteMemory
from analoghop.memory.discrete.plan import Sweeps
from analoghop.memory.discrete.stepper import NumpySweeps
from analoghop.memory.discrete.updates import Words, keys, stream, uniforms
from analoghop.memory.weights import Weights


@numpy_stepper.register(DiscreteMemory)
def _in_numpy(machine: DiscreteMemory, dtype: Precision) -> Stepper:
    return NumpySweeps(machine)


@compiled_stepper.register(DiscreteMemory)
def _compiled(machine: DiscreteMemory, dtype: Precision) -> Stepper | None:
    if not machine.keeps_fields:
        return None
    from analoghop.memory.discrete.compiled import CompiledSweeps

    return CompiledSweeps(machine)


def discrete_run(
    interaction: Weights | DenseMemory,
    cues: ArrayLike,
    plan: Sweeps | None = None,
    *,
    seed: int = 0,
    index: ArrayLike | None = None,
    limits: Limits | None = None,
    engine: str = "auto",
    at: Sequence[int] = (),
) -> Ends:
    """Return the `Ends` of the discrete model, of pairs or dense, from `cues` (n,) or (n, members).

    `plan` None is the binary model with asynchronous updates. `index` numbers the members, by default 0, 1, 2
    ...; with `seed` it determines the orders of the units and, at a temperature, the random numbers: a
    member's run is independent of the batch and the threads. A value 0 in a cue (an erased bit) becomes a
    random sign. The signs after the numbers of sweeps in `at` are recorded. `engine`: see `stepper_of`. The
    states of the ends are signs (n, members); the outputs are the states, or at a temperature their time
    average. The extras are those of `SweepStepper`. Raises `InputError` for cues of another size.
    """
    values = members(cues, interaction.size, "cues")
    numbers = np.arange(values.shape[1]) if index is None else np.asarray(index, dtype=np.int64)
    if numbers.shape != (values.shape[1],):
        raise InputError(f"`index` has shape {numbers.shape}, expected one number for each cue")
    machine = DiscreteMemory(interaction, plan or Sweeps())
    stepper = stepper_of(machine, "float64", engine)
    starts = _signs(values, keys(seed, numbers))
    return run(stepper, starts, seed, numbers, limits, at=at)


def _signs(cues: Array, own: Words) -> Array:
    """Return the signs of `cues` (n, members), for values 0 random ones from the members' keys `own`."""
    chance = uniforms(stream(own, len(cues), -1), len(cues)).T
    return np.where(cues != 0.0, np.sign(cues), np.where(chance < 0.5, -1.0, 1.0))
