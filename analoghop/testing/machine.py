"""`check_machine`: the laws of a machine and its steppers."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from analoghop.arrays import Array, members
from analoghop.engines.choice import numpy_stepper, stepper_of
from analoghop.engines.machines.members import Ends
from analoghop.engines.machines.run import run
from analoghop.engines.machines.stepper import Stepper
from analoghop.errors import InputError, MissingProgram
from analoghop.limits import Limits
from analoghop.systems.base import System
from analoghop.systems.machine import Machine
from analoghop.testing.claims import agree, demand, equal, is_positive

MEMBERS = 19
SEED = 3
STEPS, SINGLE_STEPS = 25, 5
SMALL, SMALL_STEPS = 1e-3, 300


def check_machine(
    machine: Machine,
    x0: Array | None = None,
    *,
    double: float = 1e-9,
    single: float = 1e-4,
    resumes: bool = True,
    cycles: bool = False,
) -> None:
    """Raise `AssertionError`, naming the law and the numbers, unless `machine` keeps its contract.

    `x0` (size, members), five members or more, are the initial states, by default normal numbers of standard
    deviation 0.3. `double` and `single` are the allowed differences between compiled steps and those of NumPy
    after 25 steps in double and 5 in single precision. `resumes`: whether the states are the complete state,
    so that a run that starts at the states of another continues it. `cycles`: whether members may also stop
    in states for which `solved` is false, such as those of a cycle, which only the steps can detect.

    The laws, of `analoghop.systems.machine.Machine` and `analoghop.engines.machines.stepper.Stepper`: names
    and shapes; compiled steps, if numba is installed and the machine has them, are those of NumPy; a member
    is a function of (seed, index, stream) alone, for any batch, threads and order; a run in pieces equals the
    whole run, and recorded states are those of shorter runs; a stepper ends exactly the members for which
    `solved` is true; small steps of the rule, without noise, follow the rate if the machine is also a
    `System`.
    """
    if x0 is None:
        x0 = np.random.default_rng(5).normal(0.0, 0.3, (machine.size, MEMBERS))
    x = members(x0, machine.size, "x0")
    demand(x.shape[1] >= 5, f"`x0` has {x.shape[1]} members, give five or more")
    plain = numpy_stepper(machine, "float64")
    _check_fields(plain, x)
    compiled = {dtype: _compiled(machine, dtype) for dtype in ("float64", "float32")}
    _check_compiled(plain, x, compiled, double, single)
    for stepper in (plain, compiled["float32"]):
        if stepper is not None:
            seconds = stepper.compiling_s
            demand(0.0 <= seconds < np.inf, f"compiling the steps is said to take {seconds} s")
            _check_members(stepper, x)
            _check_pieces(stepper, x, resumes)
            if machine.has_test:
                _check_test(stepper, x, cycles)
    if machine.normals:
        _check_noise(plain, x)
    if isinstance(machine, System):
        _check_small_steps(machine, x[:, :1])


def _compiled(machine: Machine, dtype: Any) -> Stepper | None:
    try:
        return stepper_of(machine, dtype, "fused")
    except (InputError, MissingProgram):
        return None


def _few(machine: Machine, steps: int) -> int:
    """Return the number of steps of a short run, at most that of the machine's whole run."""
    return min(steps, machine.steps)


def _begin(stepper: Stepper, x: Array, index: Any, **options: Any) -> Ends:
    return run(stepper, x, SEED, index, **options)


def _check_fields(stepper: Stepper, x: Array) -> None:
    machine = stepper.machine
    for name in ("step", "duration"):
        demand(is_positive(getattr(machine, name)), f"`{name}` is {getattr(machine, name)}, expected above 0")
    demand(machine.check_every >= 1, f"`check_every` is {machine.check_every}, expected 1 or more")
    demand(machine.steps >= 1, f"`steps` is {machine.steps}, expected 1 or more")
    rng, count = np.random.default_rng(0), x.shape[1]
    before, normal = x.copy(), None
    if machine.normals:
        normal = rng.normal(size=(machine.normals, count))
    elif len(drawn := stepper.noise(SEED, np.arange(count), 0).take(0, 1)):
        normal = drawn[0]
    after, outputs = machine.advance(0, x.copy(), normal), machine.outputs(0.0, x)
    demand(after.shape == x.shape, f"`advance` has the shape {after.shape}, expected {x.shape}")
    wanted = (machine.n_outputs, count)
    demand(outputs.shape == wanted, f"`outputs` has the shape {outputs.shape}, expected {wanted}")
    equal("`outputs` leaves the states as they were", x, before)
    if machine.has_test:
        mask = machine.solved(x)
        demand(mask.shape == (count,) and mask.dtype == bool, f"`solved` is no mask of {count} members")
    if machine.has_energy:
        for name, part in machine.energy(0.0, x).items():
            demand(part.shape == (count,), f"the part {name!r} of the energy has the shape {part.shape}")


def _check_compiled(
    plain: Stepper, x: Array, compiled: dict[str, Stepper | None], double: float, single: float
) -> None:
    machine, index = plain.machine, np.arange(3, 3 + x.shape[1])
    for dtype, steps, atol in (("float64", STEPS, double), ("float32", SINGLE_STEPS, single)):
        stepper = compiled[dtype]
        if stepper is None:
            continue
        steps = _few(machine, steps)
        law = f"compiled steps in {dtype} and those of NumPy"
        ours, theirs = (_begin(each, x, index, steps=steps) for each in (stepper, plain))
        agree(f"{law}: states after {steps}", ours.states, theirs.states, atol=atol)
        agree(f"{law}: outputs after {steps}", ours.outputs, theirs.outputs, atol=atol)
        equal(f"{law}: number of steps", ours.steps, theirs.steps)
        demand(
            ours.evaluations == theirs.evaluations,
            f"{law}: evaluations {ours.evaluations}, {theirs.evaluations}",
        )
        demand(stepper.ran.precision in ("float64", dtype), f"{law}: the result says {stepper.ran.precision}")
        moved = float(np.abs(theirs.states - x).max())
        demand(
            dtype == "float32" or moved > 0.01,
            f"states move by {moved:g} in {steps} steps: too little to see",
        )


def _check_members(stepper: Stepper, x: Array) -> None:
    machine, count = stepper.machine, x.shape[1]
    kind = "compiled" if stepper.compiled else "NumPy's"
    index, order = np.arange(count), np.random.default_rng(0).permutation(count)
    together = _begin(stepper, x, index, limits=Limits(threads=2))
    demand(
        not together.cut.any() and not together.interrupted,
        f"{kind} steps: {int(together.cut.sum())} members were cut without a limit",
    )
    half = count // 2
    for part in (order[:half], order[half:]):
        apart = _begin(stepper, x[:, part], index[part])
        for name in ("states", "outputs"):
            law = f"{kind} steps: {name} of a member are a function of its number alone"
            equal(law, getattr(apart, name), getattr(together, name)[:, part])
        law = f"{kind} steps: how long a member runs is a function of its number alone"
        equal(law, apart.steps, together.steps[part])
    demand(
        (together.steps <= machine.steps).all(), f"{kind} steps: {together.steps.max()} of {machine.steps}"
    )


def _check_pieces(stepper: Stepper, x: Array, resumes: bool) -> None:
    machine, few = stepper.machine, x[:, :5]
    kind, index = "compiled" if stepper.compiled else "NumPy's", np.arange(5)
    last = _few(machine, 31)
    middle = max(1, last * 13 // 31)
    at = [0, 1, middle, last]
    whole = _begin(stepper, few, index, steps=last, at=at)
    equal(f"{kind} steps: numbers of the recorded steps", whole.at, np.unique(at))
    agree(f"{kind} steps: the states before the first step", whole.trace_states[0], few, atol=1e-6, rtol=1e-6)
    for row, k in enumerate(whole.at.tolist()):
        # A member that is solved ends, in the shorter run as in the longer one.
        still = whole.steps >= k
        part = _begin(stepper, few, index, steps=k) if k else None
        if part is not None:
            law = f"{kind} steps: a recorded state is the end of a shorter run"
            equal(f"{law}, states", whole.trace_states[row][:, still], part.states[:, still])
            equal(f"{law}, outputs", whole.trace_outputs[row][:, still], part.outputs[:, still])
    if resumes:
        half = _begin(stepper, few, index, steps=middle)
        rest = _begin(stepper, half.states, index, steps=last, first=middle)
        # Solved members have no second part; the others are checked from its beginning on.
        going = ~(half.solved | rest.solved | whole.solved)
        law = f"{kind} steps: a run that continues from its states"
        equal(f"{law} is the run", rest.states[:, going], whole.states[:, going])
        equal(f"{law} counts its steps", rest.steps[going], whole.steps[going])


def _check_test(stepper: Stepper, x: Array, cycles: bool) -> None:
    machine = stepper.machine
    kind = "compiled" if stepper.compiled else "NumPy's"
    ends = _begin(stepper, x, np.arange(x.shape[1]))
    said = machine.solved(ends.states)
    demand(
        cycles or said[ends.solved].all(),
        f"{kind} steps: members are called solved that `solved` does not call so",
    )
    late = ~ends.solved & ~ends.failed
    demand(not said[late].any(), f"{kind} steps: members run to their end although `solved` holds there")
    looks = ends.steps[ends.solved]
    demand(
        ((looks % machine.check_every == 0) | (looks == machine.steps)).all(),
        f"{kind} steps: members stop between two checks, every {machine.check_every} steps",
    )


def _check_noise(stepper: Stepper, x: Array) -> None:
    one, steps = x[:, :1], _few(stepper.machine, 3)

    def end(seed: int, number: int, stream: int) -> Array:
        return run(stepper, one, seed, [number], stream=stream, steps=steps).states

    equal("noise is a function of seed, number and stream", end(3, 0, 0), end(3, 0, 0))
    for name, other in (("seed", (4, 0, 0)), ("number", (3, 1, 0)), ("stream", (3, 0, 1))):
        demand(
            not np.array_equal(end(3, 0, 0), end(*other)),
            f"another {name} gives other noise, but the states are equal",
        )


def _check_small_steps(machine: Any, x: Array) -> None:
    from scipy.integrate import solve_ivp

    h = min(SMALL * float(machine.time_constants.min()), machine.step)
    end, small = SMALL_STEPS * h, replace(machine, step=h)
    method: Any = "RK45" if machine.explicit_only else "DOP853"
    exact = solve_ivp(machine.bind(), (0.0, end), x[:, 0].copy(), method=method, rtol=1e-7, atol=1e-9)
    demand(exact.success, f"small steps follow the equations: SciPy says {exact.message}")
    silence = np.zeros((machine.normals, 1)) if machine.normals else None
    for k in range(SMALL_STEPS):
        x = small.advance(k, x, silence)
    agree("small steps follow the equations", x, exact.y[:, -1:], atol=2e-2)
