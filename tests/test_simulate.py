import subprocess
import sys

import numpy as np
import pytest

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.engines import Engine, ScipyIVP
from analoghop.errors import InputError
from analoghop.schedules import Schedule, Signals
from analoghop.simulate import simulate
from analoghop.solution import Status
from analoghop.systems.circuits.network import Network


def flip_flop(**options):
    return Network(np.array([[0.0, 1.0], [1.0, 0.0]]), Amplifiers(((Tanh(), 2),), gain=2.0), **options)


class Started(Network):
    start = np.array([[0.3], [0.1]])


def test_the_run_begins_at_zero_or_where_the_system_says():
    assert np.array_equal(simulate(flip_flop(), tstop=1.0).states[:, 0], [0.0, 0.0])
    plain = flip_flop()
    assert np.array_equal(simulate(Started(plain.T, plain.amplifiers), tstop=1.0).states[:, 0], [0.3, 0.1])
    given = simulate(Started(plain.T, plain.amplifiers), tstop=1.0, x0=[1.0, 2.0])
    assert np.array_equal(given.states[:, 0], [1.0, 2.0])


def test_times_are_a_span_or_a_grid():
    grid = [0.0, 0.5, 2.0]
    assert np.array_equal(simulate(flip_flop(), times=grid).times, grid)
    run = simulate(flip_flop(), tstop=2.0)
    assert (run.times[0], run.times[-1]) == (0.0, 2.0)
    for options, message in [
        ({}, "`simulate` needs `tstop`, `times`, or `settle`"),
        ({"tstop": 1.0, "times": grid}, "give `tstop` or `times`, not both"),
        ({"tstop": -1.0}, "`tstop` is -1.0"),
        ({"tstop": float("nan")}, "`tstop` is nan"),
    ]:
        with pytest.raises(InputError, match=message):
            simulate(flip_flop(), **options)


def test_settle_needs_no_end():
    run = simulate(flip_flop(C=1e-9), x0=[0.1, 0.0], settle=True)
    assert run.status is Status.SETTLED
    assert run.times[-1] < 1e-6
    moving = Signals((Schedule(np.array([0.0, 5.0]), np.array([0.0, 1.0])),))
    run = simulate(flip_flop(signals=moving, S=np.ones((2, 1))), settle=True)
    assert run.status is Status.SETTLED
    assert run.settled_at is not None
    assert run.settled_at > 5.0


def test_options_reach_the_engine():
    told = []
    engine = ScipyIVP("RK45", rtol=1e-4)
    run = simulate(
        flip_flop(), tstop=5.0, x0=[0.1, 0.0], engine=engine, progress=told.append, time_limit=60.0
    )
    assert run.record["method"] == "RK45"
    assert run.record["rtol"] == 1e-4
    assert told[-1] == (5.0, 5.0, "s", None)
    stopped = simulate(flip_flop(), tstop=50.0, x0=[0.1, 0.0], stop=lambda v: v[0] > 0.5)
    assert stopped.status is Status.STOPPED
    assert engine == ScipyIVP("RK45", rtol=1e-4)


def test_an_engine_without_these_options_refuses_them():
    class Other(Engine):
        def integrate(self, system, x0, times, stop=None, limits=None):
            return ScipyIVP().integrate(system, x0, times, stop, limits)

    assert simulate(flip_flop(), tstop=1.0, engine=Other()).times[-1] == 1.0
    with pytest.raises(InputError, match="`settle` is not an option of the engine Other"):
        simulate(flip_flop(), tstop=1.0, engine=Other(), settle=True)


def test_importing_the_front_door_imports_no_scipy():
    code = "import sys, analoghop.simulate, analoghop.study.equilibria; assert 'scipy' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)
