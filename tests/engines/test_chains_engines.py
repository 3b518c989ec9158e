from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from analoghop.arrays import Array
from analoghop.engines import ScipyIVP
from analoghop.engines.choice import chains_anneal
from analoghop.engines.machines import chains as chains_numpy
from analoghop.engines.machines.chains import NumpyChains
from analoghop.engines.machines.chains_tables import chains_tables, noise, places, tape
from analoghop.engines.machines.run import run
from analoghop.engines.machines.stepper import Definition
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.systems.assignment.chains import Chains
from tests.examples.machines import chains as network

fused = pytest.importorskip("analoghop.engines.fused.machines.grids.chains")
ENGINES = {"numpy": chains_numpy.anneal, "fused": fused.anneal}
STEPPERS = {"numpy": NumpyChains, "fused": fused.CompiledChains}


def grids(system: Chains, x0: Array, keys: Any, dtype: str) -> tuple[Any, Any]:
    """Return the inputs (members, units, slots) and the keys of the noise."""
    return system.grid(x0).astype(dtype), np.asarray(keys, dtype=np.uint32)


CASES = [[1, 2, 1], [2, 2, 2, 2, 2], [1] * 16, [2, 1] * 9, [1, 1, 2, 1, 2, 1, 2, 1, 1, 2] * 2]


def starts(system: Chains, members: int) -> np.ndarray:
    return np.random.default_rng(99).normal(size=(system.size, members))


@pytest.mark.parametrize("widths", CASES, ids=len)
def test_kernel_and_numpy_do_the_same(widths: list[int]) -> None:
    system = network(widths)
    u, keys = grids(system, starts(system, 3), [5, 4_000_000_000, 7], "float64")
    a, b = (run(chains_tables(system, "float64"), u, keys) for run in ENGINES.values())
    assert a == pytest.approx(b, abs=1e-7)
    assert a.sum(axis=1) == pytest.approx(np.ones((3, system.slots)), abs=1e-9)


@pytest.mark.parametrize("name", ENGINES)
def test_single_precision_ends_in_the_same_order(name: str) -> None:
    system = network([2, 1, 2, 1, 1])
    x0 = starts(system, 4)
    V = {}
    for dtype in ("float32", "float64"):
        u, keys = grids(system, x0, np.arange(4), dtype)
        V[dtype] = ENGINES[name](chains_tables(system, dtype), u, keys)
        assert V[dtype].dtype == dtype
    assert V["float32"] == pytest.approx(V["float64"], abs=0.02)


@pytest.mark.parametrize("name", ENGINES)
def test_a_small_step_follows_the_equations(name: str) -> None:
    system = replace(network([2, 1, 2, 1], sigma=0.0), step=0.002)
    x0 = starts(system, 1)
    exact = ScipyIVP("DOP853", rtol=1e-8).integrate(system, x0[:, 0], (0.0, system.duration))
    u, keys = grids(system, x0, [0], "float64")
    V = ENGINES[name](chains_tables(system, "float64"), u, keys)
    assert V.ravel() == pytest.approx(exact.outputs[:, -1], abs=5e-3)


@pytest.mark.parametrize("name", ENGINES)
def test_a_member_depends_on_its_key_alone(name: str) -> None:
    system = network([1, 2, 2, 1])
    x0 = np.repeat(starts(system, 1), 3, axis=1)
    u, keys = grids(system, x0, [3, 8, 3], "float32")
    V = ENGINES[name](chains_tables(system), u, keys)
    assert np.array_equal(V[0], V[2])
    assert not np.array_equal(V[0], V[1])
    assert np.array_equal(V[1:2], ENGINES[name](chains_tables(system), u[1:2], keys[1:2]))


def test_noise_has_unit_variance_and_no_memory() -> None:
    read = places(500, 22, np.uint32(11))
    draws = np.stack([noise(tape("float64"), where, 22, 20).ravel() for where in read])
    slack = 5 / np.sqrt(draws.size)
    assert draws.mean() == pytest.approx(0.0, abs=3 * slack)  # the tape is finite
    assert draws.std() == pytest.approx(1.0, abs=3 * slack)
    for lag in ((1, 0), (0, 1), (1, 1), (2, 0), (0, 20)):
        ahead, here = draws[lag[0] :, lag[1] :], draws[: 500 - lag[0], : 440 - lag[1]]
        assert (here * ahead).mean() == pytest.approx(0.0, abs=3 * slack)


def test_numpy_does_the_work_where_it_is_asked() -> None:
    assert chains_anneal("numpy") == (chains_numpy.anneal, False)
    assert chains_anneal() == (fused.anneal, True)


@pytest.mark.parametrize("widths", CASES, ids=len)
@pytest.mark.parametrize("name", STEPPERS)
def test_the_machine_is_the_function_of_the_search(name: str, widths: list[int]) -> None:
    system = network(widths)
    x0, index = starts(system, 11), np.arange(3, 14)
    stepper = STEPPERS[name](system, "float64")
    ends = run(stepper, x0, 5, index, Limits(threads=2), at=[0, system.steps])
    keys = stepper.noise(5, index, 0).take(0, 0)
    V = ENGINES[name](chains_tables(system, "float64"), system.grid(x0), keys)
    assert ends.outputs == pytest.approx(system.flat(V), abs=1e-9)
    assert np.array_equal(ends.trace_states[-1], ends.states)
    assert ends.trace_states[0] == pytest.approx(x0)


@pytest.mark.parametrize("name", STEPPERS)
def test_one_sweep_a_step_follows_the_exact_projection(name: str) -> None:
    system = replace(network([2, 1, 2, 1], sigma=0.0), step=0.005)
    x0 = starts(system, 2)
    exact = run(Definition(system), x0, 0, [0, 1])
    ends = run(STEPPERS[name](system, "float64"), x0, 0, [0, 1])
    assert ends.states == pytest.approx(exact.states, abs=2e-2)


def test_what_does_not_fit() -> None:
    stepper = NumpyChains(network([1, 2]), "float64")
    with pytest.raises(InputError, match="expected 6 rows"):
        run(stepper, np.zeros((5, 1)), 0, [0])
    with pytest.raises(InputError, match="`index` has shape"):
        run(stepper, np.zeros((6, 1)), 0, [0, 1])
