"""What ends a run from outside, and what is told meanwhile, on every engine."""

import os
import resource
import signal
import subprocess
import sys
import threading
import time
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

from analoghop import limits
from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.engines import Ensemble, Fused, ScipyIVP
from analoghop.ensembles import random_starts
from analoghop.limits import Limits
from analoghop.simulate import simulate
from analoghop.simulate_many import simulate_many
from analoghop.solution import Status
from analoghop.systems.circuits.network import Network
from tests.signals import hear_ctrl_c

ENGINES = [Ensemble(tile=8), Ensemble("BS23", tile=8), Ensemble("exponential", tile=8)]
if find_spec("numba") is not None:
    ENGINES.append(Fused(tile=8))
THREADED = [(engine, threads) for engine in ENGINES for threads in (1, 2)]
ALL = [*THREADED, (ScipyIVP(rtol=1e-4, audit=False), None)]
SINGLE = [*ENGINES, ScipyIVP("LSODA"), ScipyIVP("DOP853")]


def name_of(engine):
    if engine is None or isinstance(engine, int):
        return str(engine or "alone")
    return f"{type(engine).__name__}-{getattr(engine, 'method', '')}"


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


@pytest.mark.parametrize(("engine", "threads"), ALL, ids=name_of)
@pytest.mark.usefixtures("listening")
def test_ctrl_c_returns_what_has_finished(engine, threads):
    calls = []

    def stop(v):
        calls.append(0)
        if len(calls) == 40:
            os.kill(os.getpid(), signal.SIGINT)  # as Ctrl-C does: to the process, not to this thread
        if threading.active_count() > 1:
            time.sleep(0.001)  # the main thread sees the signal when it is let in
        return np.zeros(v.shape[1], bool)

    starts = random_starts(latch(), 2000, seed=1)
    found = simulate_many(latch(), starts, tstop=100.0, engine=engine, stop=stop, threads=threads)
    assert 0 < len(found) < 2000
    assert found.record["interrupted"] is True
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler, "no handler is left behind"
    assert found.unfinished == 2000 - len(found)
    assert found.statuses[Status.TIME_LIMIT] == found.unfinished
    again = simulate_many(latch(), x0=starts.array()[:, found.place], tstop=100.0, engine=engine)
    assert again.record["interrupted"] is False
    assert np.allclose(found.states, again.states, rtol=1e-12)
    assert np.array_equal(found.codes, again.codes)


@pytest.mark.parametrize(("engine", "threads"), ALL, ids=name_of)
def test_a_time_limit_returns_what_has_finished(engine, threads, monkeypatch):
    calls, clock = [], time.monotonic

    def stop(v):
        calls.append(0)
        return np.zeros(v.shape[1], bool)

    monkeypatch.setattr(time, "monotonic", lambda: clock() + 1e4 * (len(calls) >= 40))
    starts = random_starts(latch(), 2000, seed=1)
    found = simulate_many(
        latch(), starts, tstop=100.0, engine=engine, stop=stop, time_limit=5e3, threads=threads
    )
    assert 0 < len(found) < 2000
    assert found.record["interrupted"] is False
    assert found.statuses[Status.TIME_LIMIT] == 2000 - len(found)
    assert found.statuses[Status.SETTLED] == len(found)


@pytest.mark.parametrize(("engine", "threads"), THREADED, ids=name_of)
def test_nothing_may_have_finished_at_a_time_limit(engine, threads):
    found = simulate_many(endless(), 8, tstop=1e6, seed=1, engine=engine, time_limit=0.05, threads=threads)
    assert found.statuses == {Status.TIME_LIMIT: 8}
    assert found.wall_s < 5.0
    assert len(found) == len(found.attractors()) == 0


@pytest.mark.parametrize(("engine", "threads"), ALL, ids=name_of)
def test_outputs_that_pass_the_test_end_their_trajectory_alone(engine, threads):
    system, starts = latch(), random_starts(latch(), 50, seed=3)
    free = simulate_many(system, starts, engine=engine, threads=threads)
    found = simulate_many(system, starts, engine=engine, stop=lambda v: v[0] > 0.9, threads=threads)
    up = free.outputs[0] > 0
    assert np.array_equal(found.has(Status.STOPPED), up)
    assert np.array_equal(found.has(Status.SETTLED), ~up)
    assert np.allclose(found.states[:, ~up], free.states[:, ~up], rtol=1e-12)
    assert (found.outputs[0, up] > 0.9).all()
    assert (found.times[up] < free.times[up]).all()


@pytest.mark.parametrize(("engine", "threads"), ALL, ids=name_of)
def test_errors_in_a_predicate_are_raised(engine, threads):
    def stop(v):
        raise ZeroDivisionError

    before = threading.active_count()
    with pytest.raises(ZeroDivisionError):
        simulate_many(latch(), 9, tstop=1.0, engine=engine, stop=stop, threads=threads)
    assert threading.active_count() == before


@pytest.mark.parametrize(("engine", "threads"), ALL, ids=name_of)
def test_progress_is_told(engine, threads, capsys, monkeypatch):
    monkeypatch.setattr(limits, "INTERVAL", 0.0)
    told = []
    run = simulate_many(latch(), 60, seed=1, engine=engine, progress=told.append, threads=threads)
    assert run.statuses == {Status.SETTLED: 60}
    assert told[-1] == (60, 60, "starts", 60)
    assert len(told) >= 1
    assert all(a.done <= b.done for a, b in zip(told, told[1:], strict=False))
    simulate_many(latch(), 60, seed=1, engine=engine, progress=True, threads=threads)
    shown = capsys.readouterr()
    assert "settled=60" in shown.err
    assert shown.out == ""


@pytest.mark.parametrize("engine", SINGLE, ids=name_of)
def test_a_single_run_ends_at_its_time_limit(engine):
    single = engine.integrate(endless(), [0.1, 0.2], (0.0, 1e6), limits=Limits(0.5))
    assert single.status is Status.TIME_LIMIT
    assert 1 < len(single.times) == single.states.shape[1]
    assert 0 < single.times[-1] < 1e6
    assert single.record["interrupted"] is False
    assert single.message.startswith("the time limit was reached at t = ")


@pytest.mark.parametrize("engine", SINGLE, ids=name_of)
@pytest.mark.usefixtures("listening")
def test_ctrl_c_returns_a_single_run_up_to_there(engine):
    steps = []

    def stop(v):
        steps.append(v.shape[1])
        if len(steps) == 30:
            os.kill(os.getpid(), signal.SIGINT)
        return np.zeros(v.shape[1], bool)

    run = simulate(endless(), x0=[0.1, 0.2], tstop=1e6, engine=engine, stop=stop)
    assert run.status is Status.TIME_LIMIT
    assert run.record["interrupted"] is True
    assert run.to_dict()["interrupted"] is True
    assert run.message == f"Ctrl-C ended the run at t = {run.times[-1]:g} s"
    assert 1 < len(run.times) == run.states.shape[1]
    assert 0 < run.times[-1] < 1e6
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler, "no handler is left behind"


@pytest.mark.parametrize(("engine", "threads"), ALL, ids=name_of)
def test_outside_the_main_thread_it_runs_and_its_limits_hold(engine, threads):
    before, found = signal.getsignal(signal.SIGINT), []

    def work():
        found.append(simulate_many(latch(), 20, tstop=100.0, seed=1, engine=engine, threads=threads))
        found.append(
            simulate_many(
                endless(), 8, tstop=1e6, seed=1, engine=engine, threads=threads, settle=False, time_limit=0.05
            )
        )

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(60.0)
    done, cut = found
    assert done.statuses == {Status.SETTLED: 20}
    assert cut.statuses == {Status.TIME_LIMIT: 8}
    assert signal.getsignal(signal.SIGINT) is before


@pytest.mark.parametrize("engine", SINGLE, ids=name_of)
def test_limits_that_are_over_before_it_begins_leave_the_start(engine):
    late = Limits(1e-9)
    single = engine.integrate(latch(), [0.1, 0.2], (0.0, 1.0), limits=late)
    assert single.status is Status.TIME_LIMIT
    assert np.allclose(single.states[:, 0], [0.1, 0.2])
    assert simulate_many(latch(), 5, tstop=1.0, engine=engine, limits=late).statuses == {Status.TIME_LIMIT: 5}


PROGRAM = """
import sys
import numpy as np
from analoghop import Amplifiers, Network, Tanh, simulate, simulate_many
from analoghop.engines import Ensemble
network = Network(np.array([[2.0, 3.0], [-3.0, 2.0]]), Amplifiers.uniform(Tanh(), 2))
print("begun", flush=True)
if sys.argv[1] == "single":
    run = simulate(network, x0=[0.1, 0.2], tstop=1e9, engine=sys.argv[2])
else:
    run = simulate_many(network, 50, tstop=1e9, seed=1, engine=sys.argv[2], threads=int(sys.argv[1]))
print(run.record["interrupted"], flush=True)
"""


@pytest.mark.parametrize(
    ("how", "engine"),
    [("single", "scipy"), ("single", "ensemble"), ("1", "ensemble"), ("2", "ensemble")]
    + ([] if find_spec("numba") is None else [("1", "fused"), ("2", "fused")]),
)
def test_a_process_that_gets_ctrl_c_ends_within_a_second(how, engine):
    if engine == "fused":  # whatever is compiled is on disk then
        simulate_many(latch(), 3, tstop=1.0, engine=engine)
    threads = int(how) if how.isdigit() else 1
    assert computing_until_the_end(how, engine) < 1.0 * threads


def computing_until_the_end(how, engine):
    """Return the seconds of computing of a process after Ctrl-C: the machine may be busy with other work."""

    before = children()
    process = subprocess.Popen(
        [sys.executable, "-c", PROGRAM, how, engine],
        stdout=subprocess.PIPE,
        text=True,
        preexec_fn=hear_ctrl_c,
    )
    assert process.stdout.readline() == "begun\n"
    wanted = computed(process.pid) + (2.5 if engine == "fused" else 0.8)
    while (pressed := computed(process.pid)) < wanted:  # it loads the engine, and then runs
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    printed = process.communicate(timeout=60.0)[0]
    assert (printed, process.returncode) == ("True\n", 0)
    return children() - before - pressed


def children():
    """Return the seconds of computing of all processes that this one has started and that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def computed(pid):
    """Return the seconds of computing of a running process, by the table of processes that Linux keeps."""
    words = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")
