import numpy as np
import pytest

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.engines import Ensemble, ScipyIVP
from analoghop.ensembles import random_starts
from analoghop.errors import InputError
from analoghop.schedules import Constant, Schedule, Signal, Signals
from analoghop.simulate_many import simulate_many
from analoghop.solution import Status
from analoghop.systems.circuits.network import Network


def latch(**options):
    return Network(np.eye(2)[::-1], Amplifiers.uniform(Tanh(), 2, gain=3.0), **options)


def test_random_given_and_prepared_starts():
    system = latch()
    starts = random_starts(system, 20, seed=3, scale=2.0, first=5)
    a = simulate_many(system, 20, seed=3, scale=2.0, first=5)
    b = simulate_many(system, x0=starts.array(), first=5)
    c = simulate_many(system, starts)
    assert np.array_equal(a.states, b.states)
    assert np.array_equal(a.states, c.states)
    assert a.record["seed"] == c.record["seed"] == 3
    assert b.record["seed"] is None
    one = simulate_many(system, x0=[0.1, 0.2])
    assert one.states.shape == (2, 1)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "give the number of `starts` or the states `x0`"),
        ({"starts": 3, "x0": np.zeros(2)}, "not both"),
        ({"starts": 3, "settle": False}, "needs `tstop`"),
        ({"starts": 3, "tstop": -1.0}, "`tstop` is -1.0"),
        ({"starts": 3, "traces": 2}, "`traces` is 2"),
        ({"starts": 0}, "`count` of the starts is 0"),
        ({"x0": np.zeros(3)}, "`x0` has 3 rows, expected 2"),
        ({"starts": 3, "threads": 0}, "`threads` is 0"),
    ],
)
def test_bad_arguments_are_named(arguments, message):
    with pytest.raises(InputError, match=message):
        simulate_many(latch(), **arguments)


def test_what_never_rests_needs_an_end():
    class Hum(Signal):
        def value(self, t):
            return np.sin(t)

        def rate(self, t):
            return np.cos(t)

    humming = latch(signals=Signals((Hum(),)), S=np.ones((2, 1)))
    with pytest.raises(InputError, match="needs `tstop`"):
        simulate_many(humming, 2)
    assert simulate_many(humming, 2, tstop=1.0).statuses == {Status.TIME_UP: 2}
    with pytest.raises(InputError, match="needs `tstop`"):
        simulate_many(latch(noise_density=0.1), 2)


def test_the_default_end_is_after_the_last_corner():
    late = latch(gain_factor=Schedule([0.0, 2e3], [0.1, 1.0]), bias=0.01)
    run = simulate_many(late, 3)
    assert run.statuses == {Status.SETTLED: 3}
    assert (run.settled_at >= 2e3).all()
    assert (np.abs(run.outputs) > 0.9).all()
    steady = simulate_many(latch(signals=Signals((Constant(0.1),)), S=np.ones((2, 1))), 3)
    assert (steady.settled_at < 100).all()


def test_options_reach_the_engine():
    run = simulate_many(latch(), 4, engine=Ensemble("BS23", rtol=1e-5, atol=1e-3), threads=2, dtype="float32")
    assert run.record["method"] == "BS23"
    assert (run.record["rtol"], run.record["atol"]) == (1e-5, 1e-3)
    assert run.record["dtype"] == "float32"
    tight = simulate_many(latch(), 4, engine=Ensemble("BS23"), rtol=1e-5)
    assert (tight.record["rtol"], tight.record["atol"]) == (1e-5, 1e-5)
    noisy = simulate_many(latch(noise_density=0.1), 4, tstop=0.1, noise_seed=7)
    assert noisy.record["noise_seed"] == 7
    assert run.record["settle"] is True
    assert simulate_many(latch(), 4, tstop=0.1, settle=False).record["settle"] is False


def test_engines_for_single_runs_take_them_one_by_one():
    told = []
    run = simulate_many(latch(), 6, seed=2, engine=ScipyIVP(), progress=told.append)
    many = simulate_many(latch(), 6, seed=2, engine=Ensemble(rtol=1e-7, atol=1e-7))
    assert run.statuses == many.statuses == {Status.SETTLED: 6}
    assert np.allclose(run.outputs, many.outputs, atol=1e-3)
    assert np.allclose(run.energies, many.energies, atol=1e-4)
    assert run.attractors().labels.tolist() == many.attractors().labels.tolist()
    assert run.record["engine"] == "ScipyIVP"
    assert told[-1] == (6, 6, "starts", 6)
    stopped = simulate_many(latch(), 6, seed=2, engine=ScipyIVP(), stop=lambda v: np.abs(v[0]) > 0.9)
    assert stopped.statuses == {Status.STOPPED: 6}
    none = simulate_many(latch(), 6, seed=2, engine=ScipyIVP(), time_limit=1e-9)
    assert none.statuses == {Status.TIME_LIMIT: 6}
    with pytest.raises(InputError, match="`x0` has 3 rows"):
        simulate_many(latch(), x0=np.zeros(3), engine=ScipyIVP())


def test_waveforms_of_single_runs_keep_the_last_state():
    run = simulate_many(latch(), 3, tstop=400.0, seed=2, traces=5, engine=ScipyIVP())
    many = simulate_many(latch(), 3, tstop=400.0, seed=2, traces=5)
    assert run.traces.shape == (3, 5, 2)
    assert np.array_equal(run.traces[:, -1].T, run.states)
    assert np.allclose(run.traces, many.traces, atol=1e-2)


def test_the_names_are_at_the_front():
    import analoghop

    assert analoghop.simulate_many is simulate_many
    assert analoghop.Ensemble is Ensemble
    assert analoghop.random_starts is random_starts
    assert analoghop.EnsembleSolution.__name__ == "EnsembleSolution"
