from dataclasses import replace

import numpy as np
import pytest

from analoghop.engines import ScipyIVP, assignment
from analoghop.engines.machines import assignment as assignment_numpy
from analoghop.engines.machines import assignment_tables as assignment_program
from analoghop.engines.machines.assignment_tables import step_keys
from analoghop.engines.running.limits import Halt
from analoghop.errors import InputError
from analoghop.schedules import Constant, Schedule
from analoghop.systems.assignment.anneal_signals import Cooling, Hardening, Narrowing
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.assignment.column_coupling import PlaceTable, Ring

fused = pytest.importorskip("analoghop.engines.fused.machines.assignment")
MODULES = {"numpy": assignment_numpy, "fused": fused}
ENGINES = {name: module.run_assignment for name, module in MODULES.items()}


def network(n: int, *, symmetric: bool = True, kind: str = "ring", sigma: float = 0.2) -> Assignment:
    rng = np.random.default_rng(n)
    A, early, B = rng.normal(size=(3, n, n))
    if symmetric:
        A, early = A + A.T, early + early.T
    duration = 20.0
    progress = Schedule(np.array([0.0, duration]), np.array([0.0, 1.0]))
    cooling = Cooling(1.0, 0.05, 0.2, progress)
    places = Ring(n, 0.4, Narrowing(cooling, 1.0, 0.3 * n, 0.1, 0.75)) if kind == "ring" else PlaceTable(B)
    return Assignment(
        A=A,
        places=places,
        temperature=cooling,
        self_coupling=Hardening(0.4, 0.6, 0.85, progress),
        duration=duration,
        step=0.2,
        early=early,
        blend=Schedule(np.array([0.0, 14.0]), np.array([1.0, 0.0])),
        sigma=Constant(sigma) if sigma else None,
    )


def starts(system: Assignment, members: int) -> np.ndarray:
    return np.random.default_rng(99).normal(size=(system.size, members))


CASES = [(5, True, "ring"), (6, False, "ring"), (17, True, "ring"), (20, True, "ring")]
CASES += [(4, True, "table"), (18, False, "table")]


@pytest.mark.parametrize(("n", "symmetric", "kind"), CASES)
def test_kernel_and_numpy_do_the_same(n: int, symmetric: bool, kind: str) -> None:
    system = network(n, symmetric=symmetric, kind=kind)
    x0, index = starts(system, 3), np.array([4, 0, 7])
    a, b = (run(system, x0, 5, index, "float64") for run in ENGINES.values())
    assert a.outputs == pytest.approx(b.outputs, abs=1e-6)
    assert a.states == pytest.approx(b.states, abs=1e-6)
    assert a.energy == pytest.approx(b.energy, rel=1e-8)
    assert not a.failed.any()


@pytest.mark.parametrize("name", ENGINES)
def test_a_small_step_follows_the_equations(name: str) -> None:
    system = replace(network(5, sigma=0.0), step=0.002)
    x0 = starts(system, 1)
    exact = ScipyIVP("DOP853", rtol=1e-8).integrate(system, x0[:, 0], (0.0, system.duration))
    ends = ENGINES[name](system, x0, 0, [0], "float64")
    assert ends.states[:, 0] == pytest.approx(exact.states[:, -1], abs=5e-3)
    assert ends.outputs[:, 0] == pytest.approx(exact.outputs[:, -1], abs=5e-3)
    assert exact.energy is not None
    assert ends.energy[0] == pytest.approx(exact.energy.total[-1], abs=5e-3)


@pytest.mark.parametrize("name", ENGINES)
def test_a_start_depends_on_its_number_alone(name: str) -> None:
    system, run = network(12), ENGINES[name]
    x0 = starts(system, 5)
    together = run(system, x0, 3, np.arange(5), threads=2)
    for k in (1, 4):
        alone = run(system, x0[:, k : k + 1], 3, [k])
        assert alone.outputs[:, 0] == pytest.approx(together.outputs[:, k], abs=1e-3)
    same = run(system, x0[:, :1], 3, [0])
    assert np.array_equal(same.states, run(system, x0[:, :1], 3, [0]).states)
    for seed, index, stream in ((4, 0, 0), (3, 1, 0), (3, 0, 1)):
        other = run(system, x0[:, :1], seed, [index], stream=stream)
        assert not np.array_equal(same.states, other.states)


def test_noise_has_unit_variance_and_no_memory() -> None:
    keys = step_keys(1, 2, 3, 400)
    draws = np.stack([assignment_numpy.scattered(8, k[None])[:, 0].ravel() for k in keys])
    assert draws.mean() == pytest.approx(0.0, abs=4 / np.sqrt(draws.size))
    assert draws.std() == pytest.approx(1.0, abs=4 / np.sqrt(2 * draws.size))
    assert (draws**3).mean() == pytest.approx(0.0, abs=0.05)
    for lag in ((1, 0), (0, 1), (1, 1)):
        ahead = draws[lag[0] :, lag[1] :]
        here = draws[: draws.shape[0] - lag[0], : draws.shape[1] - lag[1]]
        assert (here * ahead).mean() == pytest.approx(0.0, abs=4 / np.sqrt(draws.size))
    assert np.array_equal(keys[:10], step_keys(1, 2, 3, 10))


@pytest.mark.parametrize("name", ENGINES)
def test_a_start_that_fails_is_told(name: str) -> None:
    system = network(
        4, sigma=7e38
    )  # a deviation of 3.1e38 is a number in single precision, twice that is none
    ends = ENGINES[name](system, starts(system, 2), 0, [0, 1])
    assert ends.failed.all()
    assert not ends.outputs.any()
    assert np.isnan(ends.energy).all()


@pytest.mark.parametrize("name", ENGINES)
def test_steep_inputs_stay_numbers(name: str) -> None:
    system = network(4, sigma=0.0)
    x0 = starts(system, 2)
    x0[0, 1] = 1e6
    ends = ENGINES[name](replace(system, A=1e4 * system.A, early=None), x0, 0, [0, 1])
    assert not ends.failed.any()
    assert ((ends.outputs >= 0) & (ends.outputs < 1.001)).all()


@pytest.mark.parametrize("name", ENGINES)
def test_what_does_not_fit(name: str) -> None:
    system = network(4)
    with pytest.raises(InputError, match="expected 16 rows"):
        ENGINES[name](system, np.zeros((15, 1)), 0, [0])
    with pytest.raises(InputError, match="`index` has shape"):
        ENGINES[name](system, np.zeros((16, 1)), 0, [0, 1])


def test_without_numba_numpy_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    system = network(4)
    x0 = starts(system, 1)
    compiled = assignment.run_assignment(system, x0, 0, [0], "float64")
    monkeypatch.setattr(assignment, "find_spec", lambda name: None)
    plain = assignment.run_assignment(system, x0, 0, [0], "float64")
    assert plain.outputs == pytest.approx(compiled.outputs, abs=1e-9)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", ENGINES)
def test_what_a_deadline_cuts_has_not_failed(name: str, threads: int) -> None:
    system = network(6)
    ends = ENGINES[name](system, starts(system, 3), 0, [0, 1, 2], threads=threads, deadline=0.0)
    assert ends.cut.all()
    assert not ends.interrupted
    assert not ends.failed.any()
    assert not ends.outputs.any()
    assert np.isnan(ends.energy).all()
    assert ends.evaluations == 0
    far = ENGINES[name](system, starts(system, 3), 0, [0, 1, 2], threads=threads, deadline=1e18)
    assert not far.cut.any()


class Pressed(Halt):
    """Ctrl-C is pressed at the `last` look at the clock, by then in the middle of an anneal."""

    last = 8

    @property
    def now(self) -> bool:
        self.last -= 1
        if self.last == 0:
            raise KeyboardInterrupt
        return super().now


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("name", ENGINES)
def test_ctrl_c_keeps_what_has_ended(name: str, threads: int, monkeypatch: pytest.MonkeyPatch) -> None:
    system, run = network(6), ENGINES[name]
    x0, index = starts(system, 6), np.arange(6)
    whole = run(system, x0, 0, index, "float64")
    monkeypatch.setattr(fused, "PULSE", 40 * (6**3 + 10_000))  # three looks for each of 100 steps
    monkeypatch.setattr(assignment_numpy, "BATCH", 36)  # one member at a time
    monkeypatch.setattr(Pressed, "last", 8 if name == "fused" else 250)
    for module in (fused, assignment_numpy):
        monkeypatch.setattr(module, "Halt", Pressed)
    ends = run(system, x0, 0, index, "float64", threads=threads)
    assert ends.interrupted
    assert 0 < ends.cut.sum() < 6
    assert not ends.failed.any()
    ended = ~ends.cut
    assert ends.outputs[:, ended] == pytest.approx(whole.outputs[:, ended], abs=1e-9)


def test_looks_at_the_clock_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    system = network(7)
    x0 = starts(system, 2)
    whole = fused.run_assignment(system, x0, 0, [0, 1])
    monkeypatch.setattr(fused, "PULSE", 1)
    assert np.array_equal(fused.run_assignment(system, x0, 0, [0, 1]).states, whole.states)


def in_plain_words(system: Assignment, x0: np.ndarray, seed: int, number: int) -> np.ndarray:
    """All steps: V is projected by one sweep, rows and then columns, from the potentials of the last step."""
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
        kept.append(V)
        u = u + dt * (system.force(t, V[None])[0] - u)
        if system.sigma is not None:
            noise = assignment_numpy.scattered(n, keys[k][None])[:, 0]
            u += float(system.sigma.value(t)) * T * np.sqrt(dt) * noise
    return np.stack(kept)


@pytest.mark.parametrize(("n", "symmetric", "kind"), CASES)
@pytest.mark.parametrize("name", ENGINES)
def test_a_record_is_of_the_anneal_that_is_run(
    name: str, n: int, symmetric: bool, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(assignment_program, "DROPPED", 0.0)
    system, module = network(n, symmetric=symmetric, kind=kind), MODULES[name]
    x0, steps = starts(system, 1), [0, 1, 40, 99]
    shown = module.record_assignment(system, x0, 3, 5, steps, "float64")
    assert shown == pytest.approx(in_plain_words(system, x0, 3, 5)[steps], abs=1e-6)
    whole = module.record_assignment(system, x0, 3, 5, range(100), "float64")
    assert np.array_equal(whole[steps], shown)
