from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analoghop.arrays import Array
from analoghop.engines import ScipyIVP
from analoghop.engines.machines import assignment as assignment_numpy
from analoghop.engines.machines import assignment_tables
from analoghop.engines.machines.assignment import NumpyAssignment
from analoghop.engines.machines.members import Ends
from analoghop.engines.machines.noise import step_keys
from analoghop.engines.machines.run import run
from analoghop.engines.machines.stepper import Definition
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.systems.assignment.assignment import Assignment
from tests.examples.machines import assignment as network

fused = pytest.importorskip("analoghop.engines.fused.machines.grids.assignment")
STEPPERS = {"numpy": NumpyAssignment, "fused": fused.CompiledAssignment}


def annealed(
    name: str, system: Assignment, x0: Array, seed: int, index: Any, dtype: Any = "float32", **options: Any
) -> Ends:
    """Return the ends of the anneals by the steps of that name."""
    return run(STEPPERS[name](system, dtype), x0, seed, index, **options)


def energy(system: Assignment, ends: Ends) -> Array:
    """Return the energies of the end states, (members,)."""
    return np.asarray(sum(system.parts(system.duration, system.grid(ends.outputs)).values()))


def starts(system: Assignment, members: int) -> np.ndarray:
    return np.random.default_rng(99).normal(size=(system.size, members))


CASES = [(5, True, "ring"), (6, False, "ring"), (17, True, "ring"), (20, True, "ring")]
CASES += [(4, True, "table"), (18, False, "table")]


@pytest.mark.parametrize(("n", "symmetric", "kind"), CASES)
def test_kernel_and_numpy_do_the_same(n: int, symmetric: bool, kind: str) -> None:
    system = network(n, symmetric=symmetric, kind=kind)
    x0, index = starts(system, 3), np.array([4, 0, 7])
    a, b = (annealed(name, system, x0, 5, index, "float64") for name in STEPPERS)
    assert a.outputs == pytest.approx(b.outputs, abs=1e-6)
    assert a.states == pytest.approx(b.states, abs=1e-6)
    assert energy(system, a) == pytest.approx(energy(system, b), rel=1e-8)
    assert not a.failed.any()


@pytest.mark.parametrize("name", STEPPERS)
def test_a_small_step_follows_the_equations(name: str) -> None:
    system = replace(network(5, sigma=0.0), step=0.002)
    x0 = starts(system, 1)
    exact = ScipyIVP("DOP853", rtol=1e-8).integrate(system, x0[:, 0], (0.0, system.duration))
    ends = annealed(name, system, x0, 0, [0], "float64")
    assert ends.states[:, 0] == pytest.approx(exact.states[:, -1], abs=5e-3)
    assert ends.outputs[:, 0] == pytest.approx(exact.outputs[:, -1], abs=5e-3)
    assert exact.energy is not None
    assert energy(system, ends)[0] == pytest.approx(exact.energy.total[-1], abs=5e-3)


def test_noise_has_unit_variance_and_no_memory() -> None:
    keys = step_keys(1, 2, 3, 400)
    draws = np.stack([assignment_numpy.scattered(8, k[None])[0].ravel() for k in keys])
    assert draws.mean() == pytest.approx(0.0, abs=4 / np.sqrt(draws.size))
    assert draws.std() == pytest.approx(1.0, abs=4 / np.sqrt(2 * draws.size))
    assert (draws**3).mean() == pytest.approx(0.0, abs=0.05)
    for lag in ((1, 0), (0, 1), (1, 1)):
        ahead = draws[lag[0] :, lag[1] :]
        here = draws[: draws.shape[0] - lag[0], : draws.shape[1] - lag[1]]
        assert (here * ahead).mean() == pytest.approx(0.0, abs=4 / np.sqrt(draws.size))
    assert np.array_equal(keys[:10], step_keys(1, 2, 3, 10))


@pytest.mark.parametrize("name", STEPPERS)
def test_a_start_that_fails_is_told(name: str) -> None:
    system = network(
        4, sigma=7e38
    )  # a deviation of 3.1e38 is a number in single precision, twice that is none
    ends = annealed(name, system, starts(system, 2), 0, [0, 1])
    assert ends.failed.all()
    assert not ends.outputs.any()


@pytest.mark.parametrize("name", STEPPERS)
def test_steep_inputs_stay_numbers(name: str) -> None:
    system = network(4, sigma=0.0)
    x0 = starts(system, 2)
    x0[0, 1] = 1e6
    ends = annealed(name, replace(system, A=1e4 * system.A, early=None), x0, 0, [0, 1])
    assert not ends.failed.any()
    assert ((ends.outputs >= 0) & (ends.outputs < 1.001)).all()


@pytest.mark.parametrize("name", STEPPERS)
def test_what_does_not_fit(name: str) -> None:
    system = network(4)
    with pytest.raises(InputError, match="expected 16 rows"):
        annealed(name, system, np.zeros((15, 1)), 0, [0])
    with pytest.raises(InputError, match="`index` has shape"):
        annealed(name, system, np.zeros((16, 1)), 0, [0, 1])


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", STEPPERS)
def test_anneals_that_a_deadline_cuts_have_not_failed(name: str, threads: int) -> None:
    system = network(6)
    late = Limits(threads=threads).until(0.0)
    ends = annealed(name, system, starts(system, 3), 0, [0, 1, 2], limits=late)
    assert ends.cut.all()
    assert not ends.interrupted
    assert not ends.failed.any()
    assert ends.evaluations == 0
    far = annealed(name, system, starts(system, 3), 0, [0, 1, 2], limits=Limits(1e9, threads=threads))
    assert not far.cut.any()


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", STEPPERS)
def test_ctrl_c_keeps_the_anneals_that_have_ended(
    name: str, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    system = network(6)
    x0, index = starts(system, 6), np.arange(6)
    whole = annealed(name, system, x0, 0, index, "float64")
    monkeypatch.setattr(assignment_numpy, "BATCH", 36)  # one member at a time
    stepper = STEPPERS[name](system, "float64")
    advance, calls = stepper.advance, 0

    def pressed(*arguments: Any) -> None:
        nonlocal calls
        calls += arguments[2]
        if calls >= 250:  # in the middle of the third anneal of 100 steps
            raise KeyboardInterrupt
        advance(*arguments)

    monkeypatch.setattr(stepper, "advance", pressed)
    ends = run(stepper, x0, 0, index, Limits(threads=threads))
    assert ends.interrupted
    assert 0 < ends.cut.sum() < 6
    assert not ends.failed.any()
    ended = ~ends.cut
    assert ends.outputs[:, ended] == pytest.approx(whole.outputs[:, ended], abs=1e-9)


@pytest.mark.parametrize("name", STEPPERS)
def test_looks_at_the_clock_change_nothing(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    system = network(7)
    x0 = starts(system, 2)
    whole = annealed(name, system, x0, 0, [0, 1])
    monkeypatch.setattr("analoghop.engines.machines.run.LONGEST_CALL", 0.0)
    assert np.array_equal(annealed(name, system, x0, 0, [0, 1]).states, whole.states)
    assert np.array_equal(annealed(name, system, x0, 0, [0, 1]).outputs, whole.outputs)


@pytest.mark.parametrize("name", STEPPERS)
def test_one_sweep_a_step_follows_the_exact_projection(name: str) -> None:
    system = replace(network(5, sigma=0.02), step=0.01)
    x0 = starts(system, 2)
    exact = run(Definition(system), x0, 0, [0, 1])
    ends = annealed(name, system, x0, 0, [0, 1], "float64")
    assert ends.states == pytest.approx(exact.states, abs=2e-2)
    assert ends.outputs == pytest.approx(exact.outputs, abs=2e-2)


def in_plain_words(system: Assignment, x0: np.ndarray, seed: int, number: int) -> np.ndarray:
    """The inputs after each step; V is projected by one sweep from the potentials of the step before."""
    u, n, dt = system.grid(x0)[0], system.rows, system.step / system.tau
    keys = step_keys(seed, number, 0, system.steps)
    f, m, kept = u.max(axis=1, keepdims=True), np.zeros((1, n)), []
    for k in range(system.steps):
        t = k * system.step
        T = float(system.temperature.value(t))
        V = np.exp((u - f - m) / T)
        r = 1.0 / V.sum(axis=1, keepdims=True)
        c = 1.0 / (V * r).sum(axis=0, keepdims=True)
        V = V * r * c
        f, m = f - T * np.log(r), m - T * np.log(c)
        u = u + dt * (system.force(t, V[None])[0] - u)
        if system.sigma is not None:
            noise = assignment_numpy.scattered(n, keys[k][None])[0]
            u += float(system.sigma.value(t)) * T * np.sqrt(dt) * noise
        kept.append(u.copy())
    return np.stack(kept)


@pytest.mark.parametrize(("n", "symmetric", "kind"), CASES)
@pytest.mark.parametrize("name", STEPPERS)
def test_every_step_is_that_of_the_plain_words(
    name: str, n: int, symmetric: bool, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assignment_tables, "DROPPED", 0.0)
    system = network(n, symmetric=symmetric, kind=kind)
    x0, steps = starts(system, 1), [1, 2, 41, 100]
    ends = annealed(name, system, x0, 3, [5], "float64", at=steps)
    plain = in_plain_words(system, x0, 3, 5)
    for row, k in enumerate(steps):
        assert ends.trace_states[row, :, 0] == pytest.approx(plain[k - 1].ravel(), abs=1e-6)
    assert np.array_equal(ends.trace_outputs[-1], ends.outputs)
