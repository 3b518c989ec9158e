import json
import subprocess
import sys

import numpy as np
import pytest

pytest.importorskip("numba")

from analoghop.activations import Arctan, Logistic, Rectifier, Softmax, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.couplings import Cycle, Dense, Eye, Ones, Sparse, kron
from analoghop.engines import Ensemble, ScipyIVP
from analoghop.engines.choice import fused_available
from analoghop.engines.fused import Fused
from analoghop.ensembles import GivenStarts, random_starts
from analoghop.errors import InputError, MissingProgram
from analoghop.limits import Limits
from analoghop.schedules import Schedule
from analoghop.simulate_many import simulate_many
from analoghop.solution import Status
from analoghop.systems.circuits.network import Network


def latch(**options):
    return Network(np.eye(2)[::-1], Amplifiers.uniform(Tanh(), 2, gain=3.0), **options)


def salesman(n=4):
    W, I, J = np.random.default_rng(0).random((n, n)), Eye(n), Ones(n)
    T = (
        -5.0 * kron(I, J - I)
        - 5.0 * kron(J - I, I)
        - 2.0 * Ones(n * n)
        - 5.0 * kron(Dense(W + W.T), Cycle(n))
    )
    return Network(T, Amplifiers.uniform(Logistic(), n * n, gain=4.0), bias=2.0 * (n + 2))


def random_matrix(n, seed=0):
    A = np.random.default_rng(seed).normal(size=(n, n)) / np.sqrt(n)
    return (A + A.T) / 2


def dense():
    return Network(random_matrix(23), Amplifiers.uniform(Tanh(), 23, gain=3.0), bias=0.1)


SYSTEMS = {
    "dense": dense(),
    "sparse": Network(
        Sparse(random_matrix(9) * (random_matrix(9, 1) > 0)), Amplifiers.uniform(Logistic(), 9)
    ),
    "grid": salesman(),
    "softmax": Network(random_matrix(12), Amplifiers.uniform(Softmax(4), 3, gain=2.0), bias=0.2),
    "schedule": latch(gain_factor=Schedule([0.0, 1.0], [0.3, 2.0])),
}


def run(engine, system, starts, end, stop=None, threads=1):
    if isinstance(starts, np.ndarray | list):
        starts = GivenStarts(np.asarray(starts, float))
    return engine.integrate_many(system, starts, (0.0, end), stop, Limits(threads=threads))


@pytest.mark.parametrize("name", SYSTEMS)
def test_every_column_is_the_run_of_scipy(name):
    system = SYSTEMS[name]
    starts = random_starts(system, 5, seed=1, scale=2.0)
    found = run(Fused(rtol=1e-9, atol=1e-9), system, starts, 1.7)
    single = run(Fused(dtype="float32", rtol=1e-5, atol=1e-5), system, starts, 1.7)
    truth = ScipyIVP("DOP853", rtol=1e-11, audit=False)
    for k, x0 in enumerate(starts.array().T):
        x = truth.integrate(system, x0, (0.0, 1.7)).states[:, -1]
        assert np.allclose(found.states[:, k], x, rtol=1e-7, atol=1e-7 * system.input_scale.max())
        assert np.allclose(single.states[:, k], x, rtol=1e-3, atol=1e-3 * system.input_scale.max())


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_steps_are_those_of_the_ensemble(name):
    system = SYSTEMS[name]
    starts = random_starts(system, 40, seed=2)
    one, other = run(Fused(), system, starts, 3.0), run(Ensemble(), system, starts, 3.0)
    assert np.allclose(one.states, other.states, rtol=1e-6, atol=1e-8)
    assert np.array_equal(one.evaluations, other.evaluations)


@pytest.mark.parametrize("dtype", ["float64", "float32"])
@pytest.mark.parametrize("name", ["dense", "grid"])
def test_neither_tile_nor_threads_nor_neighbours_change_a_bit(name, dtype):
    system, starts = SYSTEMS[name], random_starts(SYSTEMS[name], 150, seed=3)
    whole = run(Fused(settle=True, dtype=dtype), system, starts, 50.0)
    for tile, threads in ((1, 1), (40, 1), (1000, 1), (None, 3)):
        again = run(Fused(settle=True, dtype=dtype, tile=tile), system, starts, 50.0, threads=threads)
        assert np.array_equal(again.states, whole.states)
        assert np.array_equal(again.evaluations, whole.evaluations)
    order = np.random.default_rng(0).permutation(150)
    mixed = run(Fused(settle=True, dtype=dtype), system, starts.array()[:, order], 50.0)
    assert np.array_equal(mixed.states, whole.states[:, order])


@pytest.mark.parametrize("count", [1, 63, 64, 128, 129])
def test_every_start_is_run_whatever_their_number(count):
    system = latch()
    found = run(Fused(settle=True), system, random_starts(system, count, seed=5), 50.0)
    assert len(found) == count
    assert found.statuses == {Status.SETTLED: count}


def test_settled_failed_stopped_and_time_up():
    exploding = Network(np.eye(3) * 3.0, Amplifiers.uniform(Rectifier(), 3), bias=-1.0)
    x0 = np.array([[1.0, 0.2, 0.3], [0.1, 0.2, 0.3], [0.1, 0.2, 0.3]])
    found = run(Fused(settle=True), exploding, x0, 2000.0)
    assert found.has(Status.FAILED).tolist() == [True, False, False]
    assert found.has(Status.SETTLED).tolist() == [False, True, True]
    assert np.isnan(found.settled_at[0])
    stopped = run(Fused(check_every=1), latch(), [[2.0, -2.0], [2.0, -2.0]], 3.0, lambda v: v[0] < 0.0)
    assert stopped.has(Status.STOPPED).tolist() == [False, True]
    assert stopped.times[1] < 1.0
    assert run(Fused(), latch(), [[1.0], [0.5]], 0.5).statuses == {Status.TIME_UP: 1}
    assert run(Fused(max_steps=8), latch(), [[1.0], [0.5]], 50.0).statuses == {Status.FAILED: 1}


def test_a_saddle_is_no_rest():
    assert run(Fused(settle=True), latch(), np.zeros((2, 2)), 20.0).statuses == {Status.TIME_UP: 2}
    near = run(Fused(settle=True), latch(), [[1e-9, -1e-9], [1e-9, -1e-9]], 100.0)
    assert near.statuses == {Status.SETTLED: 2}
    assert (np.sign(near.states[0]) == [1, -1]).all()
    assert (np.abs(near.states) > 0.9).all()


def test_waveforms_are_the_states_at_their_times():
    system, grid = dense(), np.linspace(0.0, 4.0, 6)
    starts = random_starts(system, 20, seed=4)
    found = Fused(rtol=1e-8, atol=1e-8).integrate_many(system, starts, grid)
    other = Ensemble(rtol=1e-8, atol=1e-8).integrate_many(system, starts, grid)
    assert np.array_equal(found.traces[:, 0].T, starts.array())
    assert np.array_equal(found.traces[:, -1].T, found.states)
    assert np.allclose(found.traces, other.traces, rtol=1e-6, atol=1e-6)
    settled = Fused(settle=True).integrate_many(latch(), random_starts(latch(), 9), np.linspace(0, 90, 10))
    assert np.array_equal(settled.traces[:, -1].T, settled.states)


def test_what_it_cannot_do_is_said():
    unknown = Network(np.eye(2), Amplifiers.uniform(Arctan(), 2))
    assert not fused_available(unknown)
    with pytest.raises(InputError, match="do not support a Network: use the engine Ensemble"):
        run(Fused(), unknown, np.zeros((2, 1)), 1.0)
    with pytest.raises(InputError, match="`x0` has 3 rows, expected 2"):
        run(Fused(), latch(), np.zeros((3, 1)), 1.0)
    with pytest.raises(InputError, match="`rtol`"):
        Fused(rtol=1e-8, dtype="float32")


def test_numba_is_asked_for_where_it_is_missing(without_numba):
    without_numba()
    assert not fused_available(latch())
    with pytest.raises(MissingProgram, match=r"install analoghop\[fast\]"):
        simulate_many(latch(), 3, engine="fused")


def test_without_numba_it_says_so_when_it_is_run():
    code = (
        "import sys; sys.modules['numba'] = None\n"
        "import numpy as np\n"
        "from analoghop import Amplifiers, Fused, Network, Tanh, simulate_many\n"
        "from analoghop.errors import MissingProgram\n"
        "network = Network(np.eye(2), Amplifiers.uniform(Tanh(), 2))\n"
        "assert simulate_many(network, 3).ran.name == 'ensemble'\n"
        "for engine in (Fused(), 'fused'):\n"
        "    try:\n"
        "        simulate_many(network, 3, engine=engine)\n"
        "    except MissingProgram as error:\n"
        "        assert 'install analoghop[fast]' in str(error)\n"
        "    else:\n"
        "        raise AssertionError(engine)\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


NEW_PROCESS = """
import json, numpy as np
from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.engines.fused import Fused
from analoghop.ensembles import GivenStarts
from analoghop.systems.circuits.network import Network
system = Network(np.eye(2), Amplifiers.uniform(Tanh(), 2))
Fused().integrate_many(system, GivenStarts(np.zeros((2, 1))), (0.0, 1.0))
from analoghop.engines.fused.kernels import advance
print(json.dumps([sum(advance.stats.cache_hits.values()), sum(advance.stats.cache_misses.values())]))
"""


def test_a_new_process_compiles_nothing():
    run(Fused(), latch(), np.zeros((2, 1)), 1.0)  # whatever was compiled is on disk now
    answer = subprocess.run([sys.executable, "-c", NEW_PROCESS], capture_output=True, text=True, check=True)
    assert json.loads(answer.stdout) == [1, 0]
