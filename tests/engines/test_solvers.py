"""A solver of SciPy's is loaded by itself where nobody can notice, and is the same as in the whole of it."""

import subprocess
import sys

import pytest

from analoghop.engines.trajectory import solvers
from analoghop.engines.trajectory.segments import METHODS
from analoghop.engines.trajectory.solvers import solver_class

ALONE = """
import sys
import numpy as np
from analoghop import Amplifiers, Network, ScipyIVP, Tanh, simulate
network = Network(np.eye(2)[::-1], Amplifiers.uniform(Tanh(), 2, gain=3.0))
run = simulate(network, x0=[0.1, 0.0], tstop=5.0, engine=ScipyIVP(sys.argv[1]))
loaded = [name for name in ("scipy.integrate", "scipy.optimize", "scipy.special") if name in sys.modules]
assert loaded == [], loaded
import scipy.integrate
from analoghop.engines.trajectory.solvers import solver_class
whole = getattr(scipy.integrate, sys.argv[1])
assert solver_class(sys.argv[1]) is whole
rate = network.bind()
other = scipy.integrate.solve_ivp(rate, (0.0, 5.0), [0.1, 0.0], method=sys.argv[1], rtol=1e-8, atol=1e-10)
assert np.allclose(other.y[:, -1], run.states[:, -1], rtol=1e-4)
again = simulate(network, x0=[0.1, 0.0], tstop=5.0, engine=ScipyIVP(sys.argv[1]))
assert np.array_equal(run.states, again.states)
"""

THREADED = """
import sys, threading
from analoghop.engines.trajectory.solvers import solver_class
wait = threading.Event()
thread = threading.Thread(target=wait.wait)
thread.start()
assert solver_class("LSODA") is sys.modules["scipy.integrate"].LSODA
wait.set()
"""


@pytest.mark.parametrize("method", ["LSODA", "DOP853", "RK45", "RK23"])
def test_a_run_loads_its_solver_alone_and_scipy_is_whole_afterwards(method):
    subprocess.run([sys.executable, "-W", "error", "-c", ALONE, method], check=True)


def test_where_other_threads_could_see_it_all_of_scipy_is_loaded():
    subprocess.run([sys.executable, "-c", THREADED], check=True)


def test_another_arrangement_of_scipy_is_loaded_as_a_whole(monkeypatch):
    import scipy.integrate

    def changed(name):
        raise ImportError(name)

    monkeypatch.setattr(solvers, "_alone", changed)
    monkeypatch.delitem(sys.modules, "scipy.integrate")
    assert solver_class("LSODA").__name__ == scipy.integrate.LSODA.__name__


def test_every_method_has_its_class_and_other_words_have_none():
    import scipy.integrate

    assert all(solver_class(method) is getattr(scipy.integrate, method) for method in METHODS)
    assert solver_class("none") is None
