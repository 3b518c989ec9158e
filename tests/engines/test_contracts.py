"""What engines of many trajectories have in common beyond the laws that `check_engine` holds."""

from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from analoghop.activations import Identity as Linear
from analoghop.amplifiers import Amplifiers
from analoghop.engines import Ensemble, Fused, ScipyIVP
from analoghop.ensembles import random_starts
from analoghop.errors import InputError
from analoghop.simulate_many import simulate_many
from analoghop.solution import Status
from analoghop.systems.circuits.network import Network
from analoghop.testing.small_systems import SMALL_SYSTEMS as SYSTEMS
from analoghop.testing.small_systems import clusters, dense, sparse, structured
from tests.examples.engines import PRECISE

TORCH = [
    Ensemble(),
    Ensemble("BS23"),
    Ensemble("exponential"),
    Ensemble("euler"),
]
COMPILED = [] if find_spec("numba") is None else [Fused()]
MANY = [*TORCH, *COMPILED]
NOISY = [Ensemble("exponential", dt=0.05), Ensemble("euler", dt=0.05)]


def name_of(engine):
    return f"{getattr(engine, 'method', type(engine).__name__)}"


def stiff():
    """A fast node that keeps an explicit method at its longest stable steps, beside slow ones."""
    return Network(np.diag([-200.0, 0.5, 0.7]), Amplifiers.uniform(Linear(), 3), bias=[200.0, 1.0, 0.0])


def torch():
    pytest.importorskip("torch")
    pytest.importorskip("array_api_compat")


@pytest.mark.parametrize("engine", MANY, ids=name_of)
def test_permuted_starts_give_permuted_results(engine):
    system = dense()
    x0 = random_starts(system, 40, seed=1).array()
    order = np.random.default_rng(0).permutation(40)
    a = simulate_many(system, x0=x0, tstop=50.0, engine=engine)
    b = simulate_many(system, x0=x0[:, order], tstop=50.0, engine=engine)
    assert np.allclose(a.states[:, order], b.states, rtol=1e-9, atol=1e-12)
    assert np.array_equal(a.codes[order], b.codes)
    assert np.array_equal(a.evaluations[order], b.evaluations)


@pytest.mark.parametrize("engine", MANY, ids=name_of)
@pytest.mark.parametrize("make", SYSTEMS.values(), ids=SYSTEMS)
def test_the_tiling_does_not_matter(make, engine):
    system = make()
    whole = simulate_many(system, 30, tstop=6.0, seed=9, engine=engine)
    for tile, threads in ((3, 1), (7, 2)):
        tiled = replace(engine, tile=tile)
        other = simulate_many(system, 30, tstop=6.0, seed=9, engine=tiled, threads=threads)
        assert np.allclose(whole.states, other.states, rtol=1e-9, atol=1e-12)
        assert np.array_equal(whole.codes, other.codes)
        assert np.allclose(whole.settled_at, other.settled_at, equal_nan=True)
    part = simulate_many(system, 8, first=11, tstop=6.0, seed=9, engine=engine)
    assert np.allclose(whole.states[:, 11:19], part.states, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("engine", [*TORCH, *NOISY], ids=lambda e: f"{e.method}-{e.dt}")
@pytest.mark.parametrize("make", SYSTEMS.values(), ids=SYSTEMS)
def test_pytorch_equals_numpy(make, engine):
    torch()
    system = make()
    if engine in NOISY:
        system = replace(system, noise_density=0.1)
    a = simulate_many(system, 12, tstop=4.0, seed=3, engine=engine)
    b = simulate_many(system, 12, tstop=4.0, seed=3, engine=replace(engine, device="torch:cpu"))
    # Differences of rounding choose steps that differ by rounding: they are not amplified.
    assert np.allclose(a.states, b.states, rtol=1e-12, atol=1e-12)
    assert np.array_equal(a.codes, b.codes)
    assert np.array_equal(a.evaluations, b.evaluations)


@pytest.mark.parametrize("engine", [Ensemble(), Ensemble(device="torch:cpu"), *COMPILED], ids=repr)
@pytest.mark.parametrize("make", [dense, clusters, structured], ids=lambda f: f.__name__)
def test_single_precision_ends_in_the_same_signs(make, engine):
    if getattr(engine, "device", None):
        torch()
    system = make()
    a = simulate_many(system, 30, tstop=80.0, seed=4, engine=Ensemble())
    b = simulate_many(system, 30, tstop=80.0, seed=4, engine=engine, dtype="float32")
    assert b.states.dtype == np.float32
    assert np.array_equal(a.outputs > a.outputs.mean(), b.outputs > a.outputs.mean())
    together = [run.attractors(unsettled=True).labels for run in (a, b)]
    assert np.array_equal(*(labels[:, None] == labels for labels in together))


@pytest.mark.parametrize("engine", NOISY, ids=lambda e: e.method)
def test_noise_belongs_to_a_trajectory_not_to_its_neighbours(engine):
    system = replace(dense(symmetric=False), noise_density=0.3)
    options = {"tstop": 4.0, "seed": 6, "stop": lambda v: v[0] > 0.9}
    whole = simulate_many(system, 30, **options, engine=engine)
    assert 3 < whole.statuses[Status.STOPPED] < 28
    for tile, threads in ((4, 1), (7, 2), (1, 1)):
        other = simulate_many(system, 30, **options, engine=replace(engine, tile=tile), threads=threads)
        assert np.allclose(whole.states, other.states, rtol=1e-12, atol=1e-12)
        assert np.array_equal(whole.times, other.times)
    part = simulate_many(system, 5, first=20, **options, engine=engine)
    assert np.allclose(whole.states[:, 20:25], part.states, rtol=1e-12, atol=1e-12)
    alone = engine.integrate(system, whole.starts.block(0, 1), (0.0, 4.0))
    free = simulate_many(system, 1, tstop=4.0, seed=6, engine=engine)
    assert np.allclose(alone.states[:, -1:], free.states, rtol=1e-12)


@pytest.mark.parametrize("engine", NOISY, ids=lambda e: e.method)
def test_the_two_seeds_are_separate(engine):
    system = replace(dense(), noise_density=0.3)

    def run(seed, noise_seed):
        return simulate_many(system, 4, tstop=0.5, seed=seed, noise_seed=noise_seed, traces=3, engine=engine)

    first = run(1, 1)
    assert np.array_equal(first.states, run(1, 1).states)
    assert np.array_equal(first.traces[:, 0], run(1, 2).traces[:, 0])
    assert not np.isclose(first.states, run(1, 2).states).any()
    # The same noise on other starts: without coupling, states differ by what is left of the starts.
    silent = replace(system, T=np.zeros((8, 8)))
    a, b = (simulate_many(silent, 4, tstop=30.0, seed=s, noise_seed=1, engine=engine) for s in (1, 2))
    assert np.allclose(a.states, b.states, atol=1e-6)


def test_engines_without_noise_refuse_it_and_name_the_one_to_use():
    system = replace(dense(), temperature=300.0, noise_density=0.1)
    with pytest.raises(InputError, match=r"Ensemble\(method='exponential'\)"):
        ScipyIVP().integrate(system, np.zeros(8), (0.0, 1.0))
    for engine in (Ensemble(), Ensemble("BS23"), *COMPILED):
        with pytest.raises(InputError, match=r"Ensemble\(method='exponential'\)"):
            simulate_many(system, 2, tstop=1.0, engine=engine)
    assert simulate_many(system, 2, tstop=1.0).record["method"] == "exponential"


def test_starts_are_the_same_on_every_engine():
    system = dense()
    runs = [
        simulate_many(system, 5, tstop=1e-3, seed=8, settle=False, traces=3, engine=engine)
        for engine, _ in PRECISE.values()
    ]
    for run in runs[1:]:
        assert np.allclose(run.traces[:, 0], runs[0].traces[:, 0], rtol=1e-14)


@pytest.mark.parametrize("engine", MANY, ids=name_of)
def test_settling_is_what_a_single_run_calls_settling(engine):
    system = dense()
    many = simulate_many(system, 6, seed=7, engine=replace(engine, settle_tol=1e-3, check_every=1))
    assert many.statuses == {Status.SETTLED: 6}
    for k in range(6):
        one = ScipyIVP(rtol=1e-6, settle=True, settle_tol=1e-3, audit=False).integrate(
            system, many.starts.block(k, 1), (0.0, 100.0)
        )
        # An adaptive engine sees its steps only, and they are long where little happens.
        assert many.settled_at[k] == pytest.approx(one.settled_at, rel=0.2)


@pytest.mark.skipif(not COMPILED, reason="numba is not installed")
@pytest.mark.parametrize("make", [dense, clusters, structured, sparse, stiff], ids=lambda f: f.__name__)
def test_all_engines_settle_the_same_trajectories_at_the_same_time(make):
    system = make()
    options = {"tstop": 400.0, "seed": 1, "scale": 5.0}
    run, compiled = (simulate_many(system, 40, **options, engine=engine) for engine in (Ensemble(), Fused()))
    assert compiled.statuses == {Status.SETTLED: 40}
    assert np.array_equal(run.codes, compiled.codes)
    assert np.array_equal(run.attractors().labels, compiled.attractors().labels)
    assert np.allclose(run.settled_at, compiled.settled_at, rtol=1e-3)
    assert np.array_equal(run.evaluations, compiled.evaluations)


@pytest.mark.parametrize("engine", MANY, ids=name_of)
def test_outputs_are_looked_at_by_a_trajectorys_own_steps(engine):
    options = {"tstop": 400.0, "seed": 1, "scale": 5.0, "stop": lambda v: v[0] > 0.7}
    system = dense()
    whole = simulate_many(system, 60, **options, engine=replace(engine, check_every=5))
    assert 5 < whole.statuses[Status.STOPPED] < 55
    for tile, threads in ((3, 1), (17, 2)):
        tiled = replace(engine, check_every=5, tile=tile)
        other = simulate_many(system, 60, **options, engine=tiled, threads=threads)
        assert np.array_equal(whole.codes, other.codes)
        assert np.array_equal(whole.steps, other.steps)
        assert np.allclose(whole.states, other.states, rtol=1e-9, atol=1e-12)
    steps = (whole.steps + whole.rejected)[whole.has(Status.STOPPED)]
    assert (steps % 5 == 0).all()
