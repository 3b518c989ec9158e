"""What ends a run of many trajectories from outside, and what is told meanwhile, on every engine."""

import os
import signal
import threading
import time
from dataclasses import replace
from importlib.util import find_spec

import numpy as np
import pytest

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.engines import Ensemble, Fused, ScipyIVP, tally
from analoghop.ensembles import random_starts
from analoghop.simulate_many import simulate_many
from analoghop.solution import Status
from analoghop.systems.circuits.network import Network

ENGINES = [Ensemble(tile=8), Ensemble("BS23", tile=8), Ensemble("exponential", tile=8)]
if find_spec("numba") is not None:
    ENGINES.append(Fused(tile=8))
THREADED = [replace(engine, threads=count) for engine in ENGINES for count in (1, 2)]
ALL = [*THREADED, ScipyIVP(rtol=1e-4, audit=False)]


def name_of(engine):
    method = getattr(engine, "method", "")
    return f"{type(engine).__name__}-{method}-{getattr(engine, 'threads', 1)}"


def latch():
    return Network(np.eye(2)[::-1], Amplifiers.uniform(Tanh(), 2, gain=3.0))


def endless():
    """It oscillates."""
    return Network(np.array([[2.0, 3.0], [-3.0, 2.0]]), Amplifiers.uniform(Tanh(), 2))


@pytest.fixture
def listening():
    """Ctrl-C is listened to, as a shell lets it be ignored in what it runs in the background."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("engine", ALL, ids=name_of)
@pytest.mark.usefixtures("listening")
def test_ctrl_c_returns_what_has_finished(engine):
    calls = []

    def stop(v):
        calls.append(0)
        if len(calls) == 40:
            os.kill(os.getpid(), signal.SIGINT)  # as Ctrl-C does: to the process, not to this thread
        if threading.active_count() > 1:
            time.sleep(0.001)  # the main thread sees the signal when it is let in
        return np.zeros(v.shape[1], bool)

    starts = random_starts(latch(), 2000, seed=1)
    found = simulate_many(latch(), starts, tstop=100.0, engine=engine, stop=stop)
    assert 0 < len(found) < 2000
    assert found.record["interrupted"] is True
    assert found.unfinished == 2000 - len(found)
    assert found.statuses[Status.TIME_LIMIT] == found.unfinished
    again = simulate_many(latch(), x0=starts.array()[:, found.place], tstop=100.0, engine=engine)
    assert again.record["interrupted"] is False
    assert np.allclose(found.states, again.states, rtol=1e-12)
    assert np.array_equal(found.codes, again.codes)


@pytest.mark.parametrize("engine", ALL, ids=name_of)
def test_a_time_limit_returns_what_has_finished(engine, monkeypatch):
    calls, clock = [], time.perf_counter

    def stop(v):
        calls.append(0)
        return np.zeros(v.shape[1], bool)

    monkeypatch.setattr(time, "perf_counter", lambda: clock() + 1e4 * (len(calls) >= 40))
    starts = random_starts(latch(), 2000, seed=1)
    found = simulate_many(latch(), starts, tstop=100.0, engine=engine, stop=stop, time_limit=5e3)
    assert 0 < len(found) < 2000
    assert found.record["interrupted"] is False
    assert found.statuses[Status.TIME_LIMIT] == 2000 - len(found)
    assert found.statuses[Status.SETTLED] == len(found)


@pytest.mark.parametrize("engine", THREADED, ids=name_of)
def test_nothing_may_have_finished_at_a_time_limit(engine):
    found = simulate_many(endless(), 8, tstop=1e6, seed=1, engine=engine, time_limit=0.05)
    assert found.statuses == {Status.TIME_LIMIT: 8}
    assert found.wall_s < 5.0
    assert len(found) == len(found.attractors()) == 0


@pytest.mark.parametrize("engine", ALL, ids=name_of)
def test_outputs_that_pass_the_test_end_their_trajectory_alone(engine):
    system, starts = latch(), random_starts(latch(), 50, seed=3)
    free = simulate_many(system, starts, engine=engine)
    found = simulate_many(system, starts, engine=engine, stop=lambda v: v[0] > 0.9)
    up = free.outputs[0] > 0
    assert np.array_equal(found.has(Status.STOPPED), up)
    assert np.array_equal(found.has(Status.SETTLED), ~up)
    assert np.allclose(found.states[:, ~up], free.states[:, ~up], rtol=1e-12)
    assert (found.outputs[0, up] > 0.9).all()
    assert (found.times[up] < free.times[up]).all()


@pytest.mark.parametrize("engine", ALL, ids=name_of)
def test_errors_in_a_predicate_are_raised(engine):
    def stop(v):
        raise ZeroDivisionError

    before = threading.active_count()
    with pytest.raises(ZeroDivisionError):
        simulate_many(latch(), 9, tstop=1.0, engine=engine, stop=stop)
    assert threading.active_count() == before


@pytest.mark.parametrize("engine", ALL, ids=name_of)
def test_progress_is_told(engine, capsys, monkeypatch):
    monkeypatch.setattr(tally, "_INTERVAL", 0.0)
    told = []
    run = simulate_many(latch(), 60, seed=1, engine=engine, progress=told.append)
    assert run.statuses == {Status.SETTLED: 60}
    assert told[-1] == (60, 60, 60)
    assert len(told) >= 1
    assert all(a.finished <= b.finished for a, b in zip(told, told[1:], strict=False))
    simulate_many(latch(), 60, seed=1, engine=engine, progress=True)
    shown = capsys.readouterr()
    assert "settled=60" in shown.err
    assert shown.out == ""


@pytest.mark.parametrize("engine", ENGINES, ids=name_of)
def test_a_single_run_ends_at_its_time_limit(engine):
    single = replace(engine, time_limit=0.05).integrate(endless(), [0.1, 0.2], (0.0, 1e6))
    assert single.status is Status.TIME_LIMIT
    assert 1 < len(single.times) == single.states.shape[1]
    assert 0 < single.times[-1] < 1e6
