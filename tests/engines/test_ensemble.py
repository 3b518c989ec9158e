import tracemalloc
from dataclasses import replace

import numpy as np
import pytest

from analoghop.activations import Identity, Rectifier, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array
from analoghop.engines import Ensemble, Fused, ScipyIVP
from analoghop.engines.choice import numba_installed
from analoghop.engines.ensemble.backend import backend
from analoghop.engines.ensemble.ensemble import _tile_width
from analoghop.ensembles import GivenStarts, Starts, random_starts
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.schedules import Constant, Schedule, Signals
from analoghop.solution import Status
from analoghop.systems.circuits.network import Network
from tests.engines.small_systems import Field


def latch(gain=3.0, **options):
    return Network(np.eye(2)[::-1], Amplifiers.uniform(Tanh(), 2, gain=gain), **options)


def decay(rate=1.0, n=1):
    """x' = -rate x."""
    bank = Amplifiers.uniform(Tanh(), n)
    return Network(np.zeros((n, n)), bank, G=rate)


def run(engine, system, x0, end, stop=None):
    return engine.integrate_many(system, GivenStarts(np.asarray(x0, float)), (0.0, end), stop)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"method": "RK45"}, "`method` is 'RK45', expected DOPRI5, BS23, exponential, euler"),
        ({"dtype": "float16"}, "`dtype`"),
        ({"rtol": 0.0}, "`rtol`"),
        ({"rtol": 1e-8, "dtype": "float32"}, "1e-06 to 0.1 in float32"),
        ({"atol": -1.0}, "`atol`"),
        ({"tile": 0}, "`tile` is 0"),
        ({"noise_seed": -1}, "`noise_seed` is -1"),
        ({"dt": 0.1}, "`dt` is for fixed steps"),
        ({"method": "euler", "dt": 0.0}, "`dt` is 0"),
    ],
)
def test_bad_options_are_named(options, message):
    with pytest.raises(InputError, match=message):
        Ensemble(**options)


def test_bad_arguments_are_named():
    with pytest.raises(InputError, match="`x0` has 3 rows, expected 2"):
        run(Ensemble(), latch(), np.zeros((3, 2)), 1.0)
    with pytest.raises(InputError, match="`times` must increase"):
        run(Ensemble(), latch(), np.zeros((2, 2)), 0.0)
    with pytest.raises(InputError, match="not finite"):
        run(Ensemble(), latch(), np.full((2, 1), np.nan), 1.0)
    with pytest.raises(InputError, match="ask for at most 3 times"):
        Ensemble(trace_limit=100.0).integrate_many(latch(), GivenStarts(np.zeros((2, 2))), np.arange(9.0))
    with pytest.raises(InputError, match="`dt` is needed: no bound is known for a Field"):
        run(Ensemble("euler"), Field(lambda t, x: -x, lambda t, x: -np.eye(1), (1.0,), (1.0,)), [[1.0]], 1.0)


def test_every_trajectory_has_its_own_steps():
    """Starts of very different speed cost what they cost alone."""
    system = Field(lambda t, x: -x * (1 + 1e3 * (x > 2)), None, (1.0,), (1.0,))
    together = run(Ensemble(), system, [[1.0, 3.0, 1.5]], 5.0)
    for k, x0 in enumerate((1.0, 3.0, 1.5)):
        alone = run(Ensemble(), system, [[x0]], 5.0)
        assert together.evaluations[k] == alone.evaluations[0]
        assert together.states[0, k] == pytest.approx(alone.states[0, 0], rel=1e-12)
    assert together.evaluations[1] > 2 * together.evaluations[0]


@pytest.mark.parametrize("method", ["DOPRI5", "BS23"])
def test_errors_follow_the_tolerance(method):
    system, x0 = latch(bias=0.1), np.random.default_rng(0).normal(size=(2, 20))
    truth = run(Ensemble(rtol=1e-12, atol=1e-12), system, x0, 4.0).states
    errors = []
    for rtol in (1e-4, 1e-6, 1e-8):
        engine = Ensemble(method, rtol=rtol, atol=rtol)
        errors.append(np.abs(run(engine, system, x0, 4.0).states - truth).max())
        assert errors[-1] < 50 * rtol
    assert errors[0] > 10 * errors[1] > 100 * errors[2]


def test_work_is_counted():
    calls = []
    system = Field(lambda t, x: calls.append(x.shape[1]) or -x, None, (1.0,), (1.0,))
    one = run(Ensemble(tile=1, check_every=1), system, [[1.0]], 3.0)
    # All are one member wide; the settling test at the end asks once more, and its stability twice a state.
    assert one.evaluations[0] == 2 + 6 * (one.steps[0] + one.rejected[0])
    assert sum(calls) - one.evaluations[0] <= 4


def test_tolerances_are_in_input_scales():
    """A circuit and its copy in other units take the same steps."""
    a = latch()
    b = Network(np.eye(2)[::-1] * 1e-6, Amplifiers.uniform(Tanh(), 2, 3.0e3, scale=1e-3), C=1e-12, G=1e-6)
    x0 = np.random.default_rng(0).normal(size=(2, 10))
    one = run(Ensemble(), a, x0, 8.0)
    other = run(Ensemble(), b, 1e-3 * x0, 8e-6)
    assert np.array_equal(one.steps, other.steps)
    assert np.allclose(one.states, 1e3 * other.states, rtol=1e-9)


def test_settled_failed_stopped_and_time_up():
    n = 3
    exploding = Network(np.eye(n) * 3.0, Amplifiers.uniform(Rectifier(), n), bias=-1.0)
    x0 = np.array([[1.0, 0.2, 0.3], [0.1, 0.2, 0.3], [0.1, 0.2, 0.3]])
    # x' = 2x - 1: the first start grows for ever, the others fall to -1.
    found = run(Ensemble(settle=True), exploding, x0, 2000.0)
    assert found.has(Status.FAILED).tolist() == [True, False, False]
    assert found.has(Status.SETTLED).tolist() == [False, True, True]
    assert np.isnan(found.settled_at[0])
    assert np.allclose(found.states[:, 1:], -1.0, atol=1e-2)
    fixed = run(Ensemble("euler", settle=True, dt=0.1), exploding, x0, 2000.0)
    assert fixed.has(Status.FAILED).tolist() == [True, False, False]

    stopped = run(Ensemble(check_every=1), decay(), [[2.0, -2.0]], 3.0, lambda v: v[0] < 0.5)
    assert stopped.has(Status.STOPPED).tolist() == [True, True]
    assert 0.5 < stopped.times[0] < 3.0
    assert np.tanh(stopped.states[0, 0]) < 0.5
    assert stopped.times[1] < 0.5
    brief = run(Ensemble(), latch(), [[1.0], [0.5]], 0.5)
    assert brief.statuses == {Status.TIME_UP: 1}
    assert brief.times[0] == 0.5
    tired = run(Ensemble(max_steps=8), latch(), [[1.0], [0.5]], 50.0)
    assert tired.statuses == {Status.FAILED: 1}


@pytest.mark.parametrize("method", ["DOPRI5", "BS23", "exponential"])
def test_a_saddle_is_no_rest(method):
    """From the saddle itself, and so close that the rates pass the test, until rounding has grown."""
    system = latch()
    engine = Ensemble(method, settle=True)
    at = run(engine, system, np.zeros((2, 2)), 20.0)
    assert at.statuses == {Status.TIME_UP: 2}
    near = run(engine, system, [[1e-9, -1e-9], [1e-9, -1e-9]], 100.0)
    assert near.statuses == {Status.SETTLED: 2}
    assert (np.sign(near.states[0]) == [1, -1]).all()
    assert (np.abs(near.states) > 0.9).all()
    single = ScipyIVP(settle=True).integrate(system, [1e-9, 1e-9], (0.0, 100.0))
    assert near.settled_at[0] == pytest.approx(single.settled_at, rel=0.5)


@pytest.mark.parametrize("method", ["DOPRI5", "BS23"])
def test_a_stiff_circuit_is_seen_to_rest(method):
    """Steps as long as the fast mode bears keep it moving at rates that would hide the rest for ever."""
    stiff = Network(np.diag([-2e3, 0.5]), Amplifiers.uniform(Identity(), 2), bias=[2e3, 1.0])
    found = run(Ensemble(method, settle=True), stiff, [[3.0, 0.0], [0.0, 5.0]], 100.0)
    assert found.statuses == {Status.SETTLED: 2}
    assert np.allclose(found.states, [[2e3 / 2001], [2.0]], atol=1e-3)
    # |rate| of the slow state falls as 1 and 1.5 exp(-t/2); it has been at 2 and at 5.
    late = 2.0 * np.log([1.0 / 2e-4, 1.5 / 5e-4])
    assert (late < found.settled_at).all()
    assert (found.settled_at < 1.1 * late + 0.1).all()


def test_nothing_settles_while_something_moves():
    late = Schedule([0.0, 50.0, 51.0], [0.0, 0.0, 1.0])
    system = replace(decay(), signals=Signals((late,)), S=np.ones((1, 1)))
    found = run(Ensemble(settle=True), system, [[0.5]], 100.0)
    assert found.statuses == {Status.SETTLED: 1}
    assert found.settled_at[0] > 51.0
    assert found.states[0, 0] == pytest.approx(1.0, abs=1e-3)


def test_jumps_are_hit_exactly():
    """A source that steps: each half is integrated to the tolerance, and the jump belongs to neither."""

    class Step(Constant):
        def value(self, t):
            return np.where(np.asarray(t) >= 1.0, self.level, 0.0)

        def breakpoints(self, until):
            return (1.0,) if until > 1 else ()

        def quiet_after(self):
            return 1.0

    system = replace(decay(), signals=Signals((Step(1.0),)), S=np.ones((1, 1)))
    x0 = np.array([[0.3, 2.0, -1.0]])
    found = run(Ensemble(rtol=1e-9, atol=1e-9), system, x0, 2.0)
    expected = x0[0] * np.exp(-2.0) + (1 - np.exp(-1.0))
    assert np.allclose(found.states[0], expected, atol=1e-8)
    assert found.rejected.max() <= 8


def test_fixed_steps_end_exactly_and_need_not_divide_the_time():
    found = run(Ensemble("exponential", dt=0.3), decay(), [[1.0]], 1.0)
    assert found.steps[0] == 4
    assert found.times[0] == 1.0
    assert found.states[0, 0] == pytest.approx(np.exp(-1.0), rel=1e-14)
    euler = run(Ensemble("euler", dt=0.25), decay(), [[1.0]], 1.0)
    assert euler.states[0, 0] == pytest.approx(0.75**4, rel=1e-14)


def test_a_constant_drive_is_exact_at_any_step():
    rng = np.random.default_rng(1)
    G, C, I = rng.uniform(0.5, 2, (3, 5, 1))
    system = Network(np.zeros((5, 5)), Amplifiers.uniform(Identity(), 5), C, G, I)
    x0 = rng.normal(size=(5, 4))
    for dt in (0.01, 0.7, 50.0):
        found = run(Ensemble("exponential", dt=dt), system, x0, 2.1)
        expected = I / G + (x0 - I / G) * np.exp(-2.1 * G / C)
        assert np.allclose(found.states, expected, rtol=1e-12)


def test_waveforms_of_the_settled_stay_where_they_are():
    grid = np.linspace(0.0, 60.0, 13)
    starts = random_starts(latch(), 30, seed=1)
    found = Ensemble(settle=True, tile=8).integrate_many(latch(), starts, grid)
    assert found.statuses == {Status.SETTLED: 30}
    assert found.traces.shape == (30, 13, 2)
    assert np.array_equal(found.traces[:, 0].T, starts.array())
    assert np.array_equal(found.traces[:, -1].T, found.states)
    after = grid[None, :] > found.times[:, None]
    assert after.any()
    held = np.broadcast_to(found.states.T[:, None], found.traces.shape)
    assert np.array_equal(found.traces[after], held[after])


def test_a_single_run_is_a_solution():
    system = latch()
    for engine in (Ensemble(rtol=1e-6, atol=1e-6), Ensemble("exponential", dt=0.01)):
        every = engine.integrate(system, [0.1, 0.2], (0.0, 3.0))
        assert every.times[0] == 0.0
        assert every.times[-1] == 3.0
        assert every.status is Status.TIME_UP
        assert len(every.times) == every.counts.steps + 1
        assert every.states[:, 0].tolist() == [0.1, 0.2]
        assert every["v(u1)"][-1] == every.states[0, -1]
    ended = Ensemble(settle=True).integrate(system, [0.1, 0.2], (0.0, 300.0))
    assert ended.status is Status.SETTLED
    assert ended.settled_at < ended.times[-1] + 1e-9 < 300.0
    stopped = Ensemble().integrate(system, [1.0, 1.0], np.linspace(0, 9, 4), lambda v: v[0] < 10.0)
    assert stopped.status is Status.STOPPED
    assert stopped.times[-1] < 3.0
    with pytest.raises(InputError, match="2 members"):
        Ensemble().integrate(system, np.zeros((2, 2)), (0.0, 1.0))


class Spy(Starts):
    """Starts that remember how many were asked for at once."""

    def __init__(self, count: int) -> None:
        self.size, self.count, self.asked = 2, count, []

    def block(self, begin: int, count: int) -> Array:
        self.asked.append(count)
        return np.random.default_rng(begin).normal(size=(2, count))


@pytest.mark.parametrize("threads", [1, 2])
def test_only_a_tile_of_starts_exists_at_a_time(threads):
    starts = Spy(500)
    found = Ensemble(settle=True, tile=16).integrate_many(
        latch(), starts, (0.0, 100.0), limits=Limits(threads=threads)
    )
    assert sum(starts.asked) == 500
    assert max(starts.asked) <= 16
    assert found.statuses == {Status.SETTLED: 500}
    assert np.array_equal(found.place, np.arange(500))


@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_memory_stays_below_the_stated_bound(dtype):
    n, members, tile = 30, 4000, 64
    rng = np.random.default_rng(0)
    T = rng.normal(size=(n, n)) / np.sqrt(n)
    system = Network(T + T.T, Amplifiers.uniform(Tanh(), n, gain=3.0))
    starts = random_starts(system, members, seed=1)
    engine = Ensemble(dtype=dtype, tile=tile, settle=True)
    engine.integrate_many(system, random_starts(system, 10), (0.0, 1.0))
    tracemalloc.start()
    try:
        found = engine.integrate_many(system, starts, (0.0, 2.0))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert len(found) == members
    size = 8 if dtype == "float64" else 4
    bound = members * (size * n + 64) + 30 * tile * n * size + 10 * 1024 * n * 8
    assert peak < bound + 200_000


def test_tiles_fit_the_cache():
    for n in (1, 10, 100, 900, 5000):
        for dtype in ("float64", "float32"):
            width = _tile_width(backend(None, dtype), n)
            assert 64 <= width <= 4096
            assert width == 64 or width * n * np.dtype(dtype).itemsize <= 2**17


def test_a_deck_runs_as_the_network_that_it_is():
    from analoghop.circuit.netlist import parse
    from analoghop.circuit.reduction.compile import compile_circuit

    deck = """two coupled amplifiers
    B1 v1 0 V=tanh(3*V(u1))
    B2 v2 0 V=tanh(3*V(u2))
    R1 v2 u1 1k
    R2 v1 u2 1k
    C1 u1 0 1u
    C2 u2 0 1u
    .tran 1u 1m
    .end
    """
    lure = compile_circuit(parse(deck))
    starts = random_starts(lure, 20, seed=3)
    deck_run = Ensemble(settle=True).integrate_many(lure, starts, (0.0, 0.1))
    network_run = Ensemble(settle=True).integrate_many(lure.network, starts, (0.0, 0.1))
    assert deck_run.statuses == {Status.SETTLED: 20}
    assert np.array_equal(deck_run.states, network_run.states)
    assert len(deck_run.attractors()) == 2


@pytest.mark.parametrize("rtol", [1e-6, 1e-10])
def test_the_absolute_tolerance_follows_the_relative_one(rtol: float) -> None:
    network = Network([[0.0, 1.0], [1.0, 0.0]], Amplifiers.uniform(Tanh(), 2, gain=2.0))
    x0 = np.array([[0.1, -0.2], [-0.3, 0.1]])
    exact = [ScipyIVP("DOP853", rtol=1e-12, atol=1e-15).integrate(network, x, (0.0, 12.0)) for x in x0.T]
    wanted = np.stack([run.states[:, -1] for run in exact], axis=1)
    engines = [Ensemble(rtol=rtol)]
    if numba_installed():
        engines.append(Fused(rtol=rtol))
    for engine in engines:
        found = engine.integrate_many(network, GivenStarts(x0), (0.0, 12.0)).states
        assert found == pytest.approx(wanted, abs=200 * rtol)
    assert Ensemble(rtol=rtol, atol=1e-3).absolute == 1e-3


@pytest.mark.parametrize("dt", [1e-7, 1e-30])
def test_a_stiff_run_takes_memory_for_the_steps_that_it_may_take_only(dt):
    stiff = Network(np.zeros((2, 2)), Amplifiers.uniform(Tanh(), 2), C=[1e-7, 1.0])
    engine = Ensemble("exponential", dt=dt, max_steps=50)
    tracemalloc.start()
    run = engine.integrate(stiff, [0.1, 0.2], (0.0, 1.0))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert run.status is Status.FAILED
    assert peak < 10e6  # ten million times alone would be 80 MB
    assert run.times[:3] == pytest.approx([0.0, dt, 2 * dt], rel=1e-9, abs=0.0)
    whole = replace(engine, dt=0.1).integrate(stiff, [0.1, 0.2], (0.0, 1.0))
    assert np.array_equal(whole.times, np.linspace(0.0, 1.0, 11))
