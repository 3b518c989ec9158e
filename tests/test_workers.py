"""Work that processes share: the answers are those of one process, whoever computes and however it ends."""

import os
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context

import networkx
import numpy as np
import pytest

from analoghop import Amplifiers, Limits, MaxCut, Network, Workers, simulate_many, solve
from analoghop.activations import Tanh
from analoghop.errors import InputError, NumericalError
from analoghop.workers import Parts, result_of, sharing

LATCH = Network(np.eye(2)[::-1], Amplifiers.uniform(Tanh(), 2, gain=3.0))
PETERSEN = MaxCut(networkx.to_numpy_array(networkx.petersen_graph()))


@pytest.fixture
def pair() -> Iterator[Workers]:
    """Two threads in the place of processes: they start at once."""
    with ThreadPoolExecutor(2) as pool:
        yield Workers(pool, 2)


@pytest.mark.parametrize(("engine", "starts"), [("ensemble", 150), ("scipy", 7)])
def test_shared_trajectories_are_those_of_one_process(pair: Workers, engine: str, starts: int) -> None:
    options = {"seed": 4, "tstop": 40.0, "engine": engine, "first": 3}
    alone = simulate_many(LATCH, starts, **options)
    shared = simulate_many(LATCH, starts, **options, workers=pair)
    np.testing.assert_allclose(shared.states, alone.states, rtol=1e-9, atol=1e-12)
    assert np.array_equal(shared.codes, alone.codes)
    assert (shared.record["seed"], shared.record["workers"], len(shared)) == (4, 2, starts)


def test_each_member_of_a_family_keeps_its_values(pair: Workers) -> None:
    options = {"seed": 4, "tstop": 40.0, "parameters": {"gain": np.linspace(0.5, 4.0, 130)}}
    alone, shared = (simulate_many(LATCH, 130, **options, **more) for more in ({}, {"workers": pair}))
    np.testing.assert_allclose(shared.states, alone.states, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("formulation", [None, "noise"])
def test_shared_starts_are_those_of_one_process(pair: Workers, formulation: str | None) -> None:
    options = {"formulation": formulation, "starts": 11, "seed": 2, "engine": "numpy", "baselines": False}
    alone, shared = (solve(PETERSEN, **options, **more) for more in ({}, {"workers": pair}))
    assert shared.costs == alone.costs
    assert [start.answer for start in shared.starts] == [start.answer for start in alone.starts]
    assert (shared.circuits, shared.evaluations) == (alone.circuits, alone.evaluations)
    assert (alone.workers, shared.workers) == (1, 2)
    assert shared.to_dict()["workers"] == 2


def test_real_processes_compute_the_same() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        shared = simulate_many(LATCH, 20, seed=4, tstop=5.0, workers=Workers(pool, 1))
        answers = solve(PETERSEN, "noise", starts=3, seed=2, engine="numpy", workers=Workers(pool, 1))
    np.testing.assert_allclose(
        shared.states, simulate_many(LATCH, 20, seed=4, tstop=5.0).states, rtol=1e-9, atol=1e-12
    )
    assert answers.costs == solve(PETERSEN, "noise", starts=3, seed=2, engine="numpy").costs


def test_time_that_is_up_ends_shared_starts_and_counts_them(pair: Workers) -> None:
    result = solve(PETERSEN, "noise", seed=2, engine="numpy", workers=pair, time_limit=0.5, baselines=False)
    assert len(result.starts) >= 1
    assert result.best is not None
    limited = simulate_many(LATCH, 10**5, tstop=40.0, workers=pair, time_limit=0.3, seed=1)
    assert 0 < len(limited) < 10**5
    assert limited.unfinished == 10**5 - len(limited)


def test_ctrl_c_keeps_the_starts_that_have_ended(pair: Workers) -> None:
    limits = Limits()

    def progress(tally: object) -> None:
        limits.interrupt()

    result = solve(
        PETERSEN, "noise", starts=10**6, engine="numpy", workers=pair, limits=limits.telling(progress)
    )
    assert result.interrupted
    assert 0 < len(result.starts) < 10**6
    assert result.cut > 0


def test_starts_that_kill_their_process_are_named() -> None:
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        future = pool.submit(os._exit, 3)
        with pytest.raises(NumericalError, match="ended while it computed starts 0 to 7, at every try"):
            result_of(future, "starts 0 to 7")


def test_an_error_in_a_worker_is_the_callers(pair: Workers) -> None:
    def stop(outputs: np.ndarray) -> bool:
        raise ZeroDivisionError("from stop")

    with pytest.raises(ZeroDivisionError, match="from stop"):
        simulate_many(LATCH, 5, tstop=4.0, stop=stop, workers=pair)


@pytest.mark.parametrize("workers", [0, -1, True, 2.5, None, ["tcp://x"]])
def test_other_workers_are_refused(workers: object) -> None:
    with pytest.raises(InputError, match="`workers` is .*, expected a number from 1, the address"):
        simulate_many(LATCH, 5, tstop=4.0, workers=workers)
    with pytest.raises(InputError, match="`workers` is"):
        solve(PETERSEN, starts=2, workers=workers)


def test_what_one_process_keeps_is_not_shared(pair: Workers) -> None:
    with pytest.raises(InputError, match="`traces` are kept in one process"):
        simulate_many(LATCH, 5, tstop=4.0, traces=5, workers=pair)
    with pytest.raises(InputError, match="`threads` share the trajectories in one process"):
        simulate_many(LATCH, 5, tstop=4.0, threads=2, workers=pair)
    with pytest.raises(InputError, match="`threads` share the starts in one process"):
        solve(PETERSEN, threads=2, workers=pair)
    with pytest.raises(InputError, match="a `search` runs in one process"):
        solve(PETERSEN, search="any", workers=pair)


def test_one_worker_is_this_process() -> None:
    with sharing(1) as workers:
        assert workers is None


def test_parts_grow_to_two_seconds_and_leave_nobody_idle(pair: Workers) -> None:
    pace = Parts(1000, Limits(), pair, first=8, most=256)
    parts = iter(pace)
    assert (next(parts), next(parts)) == (range(8), range(8, 16))
    pace.count(8, 0.08)  # 10 ms each
    assert len(next(parts)) == 200
    pace.count(8, 0.0)
    sizes = [len(part) for part in parts]
    assert max(sizes) <= 256
    assert 216 + sum(sizes) == 1000
    assert len(next(iter(Parts(10, Limits(), pair, first=8, most=256)))) == 5
    assert len(next(iter(Parts(10, Limits(), pair, first=8, most=256, lot=8)))) == 8


def test_no_part_begins_that_the_time_left_is_too_short_for(pair: Workers) -> None:
    pace = Parts(None, Limits(0.2), pair, first=1, most=256)
    parts = iter(pace)
    next(parts)
    pace.count(1, 10.0)
    assert list(parts) == []


def test_work_that_waits_is_given_up_after_an_interrupt() -> None:
    release, limits = threading.Event(), Limits()
    with ThreadPoolExecutor(1) as pool:
        ends = Workers(pool, 1).shared(release.wait, [1, 2, 3], lambda part: (10.0,), limits, ahead=2)
        threading.Timer(0.05, limits.interrupt).start()
        began = time.monotonic()
        assert list(ends) == []
        assert time.monotonic() - began < 5.0
        release.set()
