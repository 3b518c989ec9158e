from dataclasses import replace

import numpy as np
import pytest

from analoghop.engines import ScipyIVP, chains
from analoghop.engines.machines import chains as chains_numpy
from analoghop.engines.machines.chains_tables import grids, noise, places, program, tape
from analoghop.errors import InputError
from analoghop.schedules import Constant, Schedule
from analoghop.systems.assignment.chains import Chains
from analoghop.systems.machines.clusters import Clusters

fused = pytest.importorskip("analoghop.engines.fused.machines.chains")
ENGINES = {"numpy": chains_numpy.anneal, "fused": fused.anneal}
CASES = [[1, 2, 1], [2, 2, 2, 2, 2], [1] * 16, [2, 1] * 9, [1, 1, 2, 1, 2, 1, 2, 1, 1, 2] * 2]


def network(widths: list[int], sigma: float = 0.3, duration: float = 24.0) -> Chains:
    rng = np.random.default_rng(len(widths))
    clusters = Clusters(np.array(widths))
    ends = np.array([0.0, duration])
    return Chains(
        A=rng.normal(size=(clusters.cells, clusters.cells)),
        bias=rng.normal(size=(clusters.cells, len(widths))),
        clusters=clusters,
        temperature=Schedule(ends, np.array([2.0, 0.1]), "geometric"),
        self_coupling=Schedule(ends, np.array([0.3, 1.0])),
        duration=duration,
        step=0.2,
        sigma=Constant(sigma) if sigma else None,
    )


def starts(system: Chains, members: int) -> np.ndarray:
    return np.random.default_rng(99).normal(size=(system.size, members))


@pytest.mark.parametrize("widths", CASES, ids=len)
def test_kernel_and_numpy_do_the_same(widths: list[int]) -> None:
    system = network(widths)
    u, keys = grids(system, starts(system, 3), [5, 4_000_000_000, 7], "float64")
    a, b = (run(program(system, "float64"), u, keys) for run in ENGINES.values())
    assert a == pytest.approx(b, abs=1e-7)
    assert a.sum(axis=1) == pytest.approx(np.ones((3, system.slots)), abs=1e-9)


@pytest.mark.parametrize("name", ENGINES)
def test_single_precision_ends_in_the_same_order(name: str) -> None:
    system = network([2, 1, 2, 1, 1])
    x0 = starts(system, 4)
    V = {}
    for dtype in ("float32", "float64"):
        u, keys = grids(system, x0, np.arange(4), dtype)
        V[dtype] = ENGINES[name](program(system, dtype), u, keys)
        assert V[dtype].dtype == dtype
    assert V["float32"] == pytest.approx(V["float64"], abs=0.02)


@pytest.mark.parametrize("name", ENGINES)
def test_a_small_step_follows_the_equations(name: str) -> None:
    system = replace(network([2, 1, 2, 1], sigma=0.0), step=0.002)
    x0 = starts(system, 1)
    exact = ScipyIVP("DOP853", rtol=1e-8).integrate(system, x0[:, 0], (0.0, system.duration))
    u, keys = grids(system, x0, [0], "float64")
    V = ENGINES[name](program(system, "float64"), u, keys)
    assert V.ravel() == pytest.approx(exact.outputs[:, -1], abs=5e-3)


@pytest.mark.parametrize("name", ENGINES)
def test_a_member_depends_on_its_key_alone(name: str) -> None:
    system = network([1, 2, 2, 1])
    x0 = np.repeat(starts(system, 1), 3, axis=1)
    u, keys = grids(system, x0, [3, 8, 3], "float32")
    V = ENGINES[name](program(system), u, keys)
    assert np.array_equal(V[0], V[2])
    assert not np.array_equal(V[0], V[1])
    assert np.array_equal(V[1:2], ENGINES[name](program(system), u[1:2], keys[1:2]))


def test_noise_has_unit_variance_and_no_memory() -> None:
    read = places(500, 22, np.uint32(11))
    draws = np.stack([noise(tape("float64"), where, 22, 20).ravel() for where in read])
    slack = 5 / np.sqrt(draws.size)
    assert draws.mean() == pytest.approx(0.0, abs=3 * slack)  # the tape is finite
    assert draws.std() == pytest.approx(1.0, abs=3 * slack)
    for lag in ((1, 0), (0, 1), (1, 1), (2, 0), (0, 20)):
        ahead, here = draws[lag[0] :, lag[1] :], draws[: 500 - lag[0], : 440 - lag[1]]
        assert (here * ahead).mean() == pytest.approx(0.0, abs=3 * slack)


def test_without_numba_numpy_does_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    system = network([1, 2, 1])
    x0 = starts(system, 2)
    compiled = chains.run_chains(system, x0, [0, 1], "float64")
    monkeypatch.setattr(chains, "find_spec", lambda name: None)
    assert chains.chains_engine() is chains_numpy.anneal
    assert chains.run_chains(system, x0, [0, 1], "float64") == pytest.approx(compiled, abs=1e-8)


def test_what_does_not_fit() -> None:
    system = network([1, 2])
    with pytest.raises(InputError, match="expected 6 rows"):
        chains.run_chains(system, np.zeros((5, 1)), [0])
    with pytest.raises(InputError, match="`keys` has shape"):
        chains.run_chains(system, np.zeros((6, 1)), [0, 1])
