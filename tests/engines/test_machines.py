"""The loop in which machines step: tests of solutions, limits, noise, and the choice of steps."""

import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analoghop.engines.choice import compiled_stepper, stepper_of
from analoghop.engines.machines.members import Ends
from analoghop.engines.machines.noise import Keys
from analoghop.engines.machines.run import run
from analoghop.engines.machines.stepper import Definition
from analoghop.errors import InputError, MissingProgram
from analoghop.limits import Limits
from analoghop.systems.machine import Machine
from analoghop.systems.machines.spins.inertial import Inertial
from tests.examples import cluster_machines
from tests.examples.spin_machines import inertial, starts

pytest.importorskip("numba")
CHUNK = 1024


def compiled_run(
    machine: Machine, x0: np.ndarray, seed: int, index: Any, dtype: Any = "float32", **k: Any
) -> Ends:
    return run(compiled_stepper(machine, dtype) or Definition(machine), x0, seed, index, **k)


def defined_run(machine: Machine, x0: np.ndarray, seed: int, index: Any, **options: Any) -> Ends:
    return run(Definition(machine), x0, seed, index, **options)


@dataclass(frozen=True, eq=False)
class Growing(Machine):
    """x' = rate x; a member may stop once it is above 1."""

    rates: tuple[float, ...]
    step: float = 0.5
    duration: float = 20.0
    check_every: int = 4

    size = n_outputs = property(lambda self: 1)  # type: ignore[assignment]
    signal_names = property(lambda self: ("v(x)",))  # type: ignore[assignment]
    time_constants = input_scale = property(lambda self: np.ones((1, 1)))  # type: ignore[assignment]
    normals = property(lambda self: 1)  # type: ignore[assignment]
    has_test = property(lambda self: True)  # type: ignore[assignment]

    def rhs(self, t, x):  # type: ignore[no-untyped-def]
        return self.rates[0] * x

    def outputs(self, t, x):  # type: ignore[no-untyped-def]
        return 2.0 * x

    def jacobian(self, t, x):  # type: ignore[no-untyped-def]
        return np.array([[self.rates[0]]])

    def advance(self, k, x, normal):  # type: ignore[no-untyped-def]
        assert normal.shape == x.shape
        return x * (1.0 + self.rates[0] * self.step)

    def solved(self, x):  # type: ignore[no-untyped-def]
        return x[0] > 1.0


def test_members_stop_when_they_are_solved() -> None:
    machine = Growing((0.2,))
    x0 = np.array([[0.5, 1e-9, 0.9, 1.7e308]])
    ends = compiled_run(machine, x0, 0, np.arange(4))
    assert ends.solved.tolist() == [True, False, True, False]
    assert ends.failed.tolist() == [False, False, False, True]
    assert ends.steps.tolist() == [8, 40, 4, 4]
    assert ends.evaluations == 56
    assert ends.outputs[0, 0] == pytest.approx(2 * 0.5 * 1.1**8)
    assert ends.outputs[0, 3] == 0.0


def test_a_deadline_ends_all_but_the_first_call() -> None:
    for machine in (Growing((0.2,)), inertial(False, True)):
        late = Limits().until(time.monotonic())
        ends = compiled_run(machine, np.full((machine.size, 40), 1e-9), 0, np.arange(40), limits=late)
        assert not ends.failed.any()
        assert not ends.solved.any()
        assert set(ends.steps.tolist()) <= {0, 1}
        assert ends.steps[0] == 1
        assert ends.stopped[0]
        assert np.array_equal(ends.cut, ends.steps == 0)


def test_ctrl_c_keeps_what_stands() -> None:
    machine = replace(inertial(False, True), duration=1e6)
    pressed = Limits()

    class Pressing(type(compiled_stepper(machine, "float32"))):  # type: ignore[misc]
        def advance(self, block: Any, first: int, steps: int, noise: Any) -> None:
            super().advance(block, first, steps, noise)
            if first > 100:
                raise KeyboardInterrupt

    ends = run(Pressing(machine, "float32"), starts(machine, 40), 0, np.arange(40), pressed)
    assert ends.interrupted
    assert pressed.over


def test_keys_do_not_depend_on_how_they_are_taken() -> None:
    index = np.array([4, 9])
    one, two = Keys(3, index, True), Keys(3, index, True)
    whole = one.take(0, CHUNK + 70)
    parts = np.concatenate([two.take(0, 50), two.take(50, CHUNK), two.take(50 + CHUNK, 20)])
    assert np.array_equal(whole, parts)
    assert whole.shape == (CHUNK + 70, 2, 2)
    assert len(np.unique(whole)) == whole.size
    assert np.array_equal(
        Keys(3, index[1:], True).take(CHUNK - 5, 9)[:, :, 0], whole[CHUNK - 5 : CHUNK + 4, :, 1]
    )


def test_what_does_not_fit() -> None:
    machine = inertial(False, True)
    with pytest.raises(InputError, match="expected 46 rows"):
        compiled_run(machine, np.zeros((45, 1)), 0, [0])
    with pytest.raises(InputError, match="`index` has shape"):
        compiled_run(machine, np.zeros((46, 1)), 0, [0, 1])
    with pytest.raises(InputError, match="`step` is .* time constants: beyond"):
        replace(machine, step=2 * machine.step)
    with pytest.raises(InputError, match="`check_every` is 0"):
        replace(machine, check_every=0)
    with pytest.raises(InputError, match="`duration` is -1"):
        replace(machine, duration=-1.0)
    with pytest.raises(InputError, match="symmetric with a zero diagonal"):
        Inertial(np.eye(3), 0.5, 10.0, 0.1)


def test_without_numba_numpy_does_the_work(without_numba: Callable[[], None]) -> None:
    machine = replace(inertial(True, False), duration=1e5)
    assert stepper_of(machine).compiled
    assert not stepper_of(machine, engine="numpy").compiled
    without_numba()
    assert not stepper_of(machine).compiled
    with pytest.raises(MissingProgram, match="install analoghop"):
        stepper_of(machine, engine="fused")
    with pytest.raises(InputError, match="`engine` is 'nonsense', expected auto, fused, numpy"):
        stepper_of(machine, engine="nonsense")


def test_nothing_is_compiled_for_a_small_run() -> None:
    machine = inertial(True, False)
    assert not stepper_of(replace(machine, duration=10 * machine.step)).compiled
    with pytest.raises(InputError, match="a Growing has no compiled steps: use the engine numpy"):
        stepper_of(Growing((0.2,)), engine="fused")


def test_all_stop_once_enough_are_solved() -> None:
    machine = Growing((0.2,))
    x0 = np.array([[0.5, 1e-9, 0.9]])
    ends = compiled_run(machine, x0, 0, np.arange(3), stop_after_solved=1)
    assert ends.solved.tolist() == [False, False, True]
    assert ends.steps.tolist() == [4, 4, 4]
    coloured = cluster_machines.coloured(n=14, k=4)
    starts = coloured.states(0.01 * np.random.default_rng(0).normal(size=(coloured.cells, 40)))
    few = compiled_run(coloured, starts, 1, np.arange(40), stop_after_solved=3)
    assert 3 <= few.solved.sum() < compiled_run(coloured, starts, 1, np.arange(40)).solved.sum()


def test_compiled_clusters_are_solved_when_the_definition_is() -> None:
    machine = cluster_machines.coloured(n=14, k=4)
    x0 = machine.states(0.01 * np.random.default_rng(0).normal(size=(machine.cells, 30)))
    compiled = compiled_run(machine, x0, 1, np.arange(30), "float64")
    defined = defined_run(machine, x0, 1, np.arange(30))
    assert 10 < compiled.solved.sum() < 30
    assert np.array_equal(compiled.solved, defined.solved)
    assert np.array_equal(compiled.steps, defined.steps)


@pytest.mark.parametrize(
    "name",
    [
        "spins.amplitude",
        "spins.chaotic_feedback",
        "spins.separation",
        "spins.probabilistic_bits",
        "clauses",
        "lagrange",
        "memcomputing",
        "spins.inertial",
        "spins.oscillator",
        "spins.released",
        "adaptive_lines_steps",
        "satisfaction",
        "spins.spin_network",
        "grids.chains",
        "grids.doubly_stochastic",
        "grids.successor",
    ],
)
def test_machine_code_on_disk_is_that_of_all_the_texts(name: str) -> None:
    # numba looks at a kernel's own file alone; the stamp of ours holds the text of all kernels as well.
    numba = pytest.importorskip("numba")
    from analoghop.engines.fused.registers.compiling import KernelCache, digest

    module = import_module(f"analoghop.engines.fused.machines.{name}")
    kernels = [each for each in vars(module).values() if isinstance(each, numba.core.dispatcher.Dispatcher)]
    own = [each for each in kernels if each.py_func.__module__ == module.__name__ and _kept(each)]
    assert own
    for kernel in own:
        assert isinstance(kernel._cache, KernelCache)
        assert digest() in kernel._cache._cache_file._source_stamp


def test_damaged_machine_code_is_made_anew(tmp_path: Path) -> None:
    code = (
        "import warnings, numpy as np\n"
        "from analoghop.engines.choice import compiled_stepper, stepper_of\n"
        "from analoghop.engines.machines.run import run\n"
        "from analoghop.systems.machines.spins.inertial import Inertial\n"
        "machine = Inertial(np.ones((3, 3)) - np.eye(3), 0.2, 10.0, 0.1)\n"
        "print(run(stepper_of(machine, engine='fused'), np.full((6, 1), 0.1), 0, [0]).outputs.ravel())\n"
    )
    command = [sys.executable, "-c", code]
    environment = {**os.environ, "NUMBA_CACHE_DIR": str(tmp_path)}
    run_once = partial(subprocess.run, command, capture_output=True, text=True, env=environment, check=True)
    first = run_once()
    assert not first.stderr
    for file in tmp_path.rglob("*.nb[ic]"):
        file.write_bytes(b"\x80\x04damaged" + file.read_bytes()[:40])
    second = run_once()
    assert second.stdout == first.stdout
    assert "the code is compiled again" in second.stderr
    assert not run_once().stderr


def _kept(kernel: Any) -> bool:
    """Return whether the machine code of `kernel` goes to the disk."""
    return type(kernel._cache).__name__ != "NullCache"
