import time
import warnings

import numpy as np
import pytest
import scipy
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.integrate import solve_ivp
from scipy.sparse import csc_array, diags_array
from small_systems import (
    METHODS,
    Field,
    driven_network,
    flip_flop,
    follower,
    follower_answer,
    random_network,
    relaxing,
)

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.netlist import parse
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.engines import ENGINES, Engine, ScipyIVP
from analoghop.engines.trajectory import scipy_ivp, segments
from analoghop.errors import InputError
from analoghop.limits import Limits, Tally
from analoghop.simulate import simulate
from analoghop.solution import Status
from analoghop.study.equilibria import equilibrium

TIGHT = {"rtol": 1e-8, "atol": 1e-10}


def reference(system, x0, times):
    answer = solve_ivp(
        lambda t, x: system.rhs(t, x[:, None])[:, 0],
        (times[0], times[-1]),
        x0,
        method="DOP853",
        rtol=1e-12,
        atol=1e-13,
        t_eval=times,
    )
    return answer.y


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", [2, 12])
def test_every_method_gives_the_answer_of_a_tight_run(method, n):
    system = random_network(n)
    x0 = 0.3 * np.cos(np.arange(n))
    times = np.linspace(0.0, 5.0, 23)
    solution = ScipyIVP(method, **TIGHT).integrate(system, x0, times)
    assert solution.status is Status.TIME_UP
    assert np.array_equal(solution.times, times)
    assert np.array_equal(solution.states[:, 0], x0)
    assert np.abs(solution.states - reference(system, x0, times)).max() < METHODS[method]


@pytest.mark.parametrize("method", METHODS)
def test_two_times_record_every_accepted_step(method):
    system, x0 = random_network(4), np.full(4, 0.1)
    solution = ScipyIVP(method, **TIGHT).integrate(system, x0[:, None], (1.0, 4.0))
    assert len(solution.times) == solution.counts.steps + 1
    assert solution.times[0] == 1.0
    assert solution.times[-1] == 4.0
    assert (np.diff(solution.times) > 0).all()
    expected = reference(system, x0, solution.times)
    assert np.abs(solution.states - expected).max() < METHODS[method]
    assert solution.counts.evaluations > solution.counts.steps
    assert (solution.counts.jacobians > 0) == (method in ("BDF", "Radau")) or method in ("LSODA", "auto")


def test_a_grid_coarser_and_finer_than_the_steps_reads_the_same_run():
    system, x0 = random_network(5), np.full(5, 0.2)
    engine = ScipyIVP("DOP853", **TIGHT)
    fine = engine.integrate(system, x0, np.linspace(0.0, 3.0, 301))
    coarse = engine.integrate(system, x0, [0.0, 1.5, 3.0])
    steps = engine.integrate(system, x0, [0.0, 3.0])
    assert np.allclose(fine.states[:, ::150], coarse.states, rtol=0, atol=1e-15)
    assert np.array_equal(coarse.states[:, -1], steps.states[:, -1])
    assert fine.counts.steps == coarse.counts.steps == steps.counts.steps


@pytest.mark.parametrize("method", METHODS)
def test_corners_are_hit_exactly_and_seen_from_one_side(method):
    # A pulse of 1e-6 s with jumps: stepping over it, or seeing it too long, would be off by 1e-2.
    levels = [(0.5, 1e4), (0.5 + 1e-6, 0.0), (1.0, 2.0), (1.7, -1.0)]
    solution = ScipyIVP(method, **TIGHT).integrate(follower(levels), [0.0], (0.0, 3.0))
    for corner, _ in levels:
        assert corner in solution.times
    expected = [follower_answer(levels, t) for t in solution.times]
    assert np.abs(solution.states[0] - expected).max() < METHODS[method]


@pytest.mark.parametrize("method", ["DOP853", "LSODA", "Radau"])
def test_no_stretch_looks_across_its_corners(method):
    system = follower([(1.0, 1.0)])
    ScipyIVP(method).integrate(system, [0.5], (0.0, 2.0))
    first = system.seen.index(np.nextafter(1.0, 2.0))
    assert max(system.seen[:first]) < 1.0
    assert min(system.seen[first:]) >= 1.0


def test_a_grid_runs_through_corners():
    levels = [(0.25, 1.0), (0.8, -2.0)]
    times = np.linspace(0.0, 2.0, 41)
    solution = ScipyIVP(**TIGHT).integrate(follower(levels), [0.0], times)
    assert np.array_equal(solution.times, times)
    expected = [follower_answer(levels, t) for t in times]
    assert np.abs(solution.states[0] - expected).max() < 1e-6


def test_corners_closer_than_time_resolves_are_one():
    levels = [(0.5, 1.0), (np.nextafter(0.5, 1.0), 2.0), (1.0, 0.0)]
    solution = ScipyIVP(**TIGHT).integrate(follower(levels), [0.0], (0.0, 2.0))
    assert solution.status is not Status.FAILED
    assert abs(solution.states[0, -1] - follower_answer(levels, 2.0)) < 1e-6


@settings(max_examples=10)
@given(power=st.integers(-12, 6))
def test_the_unit_of_time_does_not_matter(power):
    unit = 10.0**power
    slow, x0 = random_network(6, gain=2.0), np.zeros(6)
    fast = random_network(6, gain=2.0, C=unit)
    for method in ("DOP853", "LSODA", "BDF"):
        engine = ScipyIVP(method, **TIGHT)
        a, b = engine.integrate(slow, x0, (0.0, 10.0)), engine.integrate(fast, x0, (0.0, 10.0 * unit))
        assert np.abs(a.states[:, -1] - b.states[:, -1]).max() < 1e-6
        assert abs(a.counts.steps - b.counts.steps) <= 0.1 * a.counts.steps + 3


def test_auto_is_lsoda_for_few_states_and_dop853_for_many():
    engine = ScipyIVP()
    for n, method in ((30, "LSODA"), (31, "DOP853")):
        solution = engine.integrate(random_network(n), np.zeros(n), (0.0, 0.1))
        assert solution.record["method"] == method


def test_walls_allow_explicit_methods_only():
    system = Field(lambda t, x: -x, lambda t, x: -np.eye(1), (1.0,), (1.0,), only="the state has walls")
    assert ScipyIVP().integrate(system, [1.0], (0.0, 1.0)).record["method"] == "DOP853"
    assert ScipyIVP("RK23").integrate(system, [1.0], (0.0, 1.0)).status is not Status.FAILED
    for method in ("LSODA", "BDF", "Radau"):
        with pytest.raises(InputError, match=r"the state has walls; use RK23, RK45 or DOP853"):
            ScipyIVP(method).integrate(system, [1.0], (0.0, 1.0))


def test_tolerance_of_each_state_follows_its_input_scale():
    # The second state matters at 1e-6: with one absolute tolerance for both it would be noise.
    def rate(t, x):
        return np.array([-x[0], -x[1] + 1e-6 * np.sin(5 * x[0])])

    system = Field(rate, lambda t, x: np.eye(2), (1.0, 1.0), (1.0, 1e-6))
    solution = ScipyIVP("RK45", rtol=1e-4).integrate(system, [1.0, 0.0], (0.0, 2.0))
    exact = reference(system, [1.0, 0.0], [0.0, 2.0])[1, -1]
    assert abs(solution.states[1, -1] - exact) < 1e-9
    loose = ScipyIVP("RK45", rtol=1e-4, atol=1e-4).integrate(system, [1.0, 0.0], (0.0, 2.0))
    assert abs(loose.states[1, -1] - exact) > 1e-9


@pytest.mark.parametrize("method", ["LSODA", "BDF", "Radau"])
def test_sparse_jacobians_are_passed_on(method):
    n = 40
    L = diags_array([np.ones(n - 1), -2.0 * np.ones(n), np.ones(n - 1)], offsets=[-1, 0, 1]).tocsc() * 100.0
    kinds = []

    def slope(t, x):
        kinds.append(type(L))
        return csc_array(L)

    system = Field(lambda t, x: L @ x, slope, (0.01,) * n, (1.0,) * n)
    x0 = np.sin(np.pi * np.arange(1, n + 1) / (n + 1))
    decay = 100.0 * (2.0 * np.cos(np.pi / (n + 1)) - 2.0)
    solution = ScipyIVP(method, **TIGHT).integrate(system, x0, (0.0, 2.0))
    assert np.abs(solution.states[:, -1] - x0 * np.exp(2.0 * decay)).max() < 1e-6
    if method != "LSODA":
        assert len(kinds) == solution.counts.jacobians > 0


def exploding() -> Field:
    return Field(lambda t, x: x * x, lambda t, x: 2.0 * x, (1.0,), (1.0,))


@pytest.mark.parametrize("method", METHODS)
def test_a_state_that_explodes_fails_and_keeps_what_was_integrated(method):
    solution = ScipyIVP(method).integrate(exploding(), [1.0], (0.0, 2.0))
    assert solution.status is Status.FAILED
    assert "t = " in solution.message
    assert len(solution.message) > 20
    assert np.isfinite(solution.states).all()
    assert 0.9 < solution.times[-1] <= 1.0 + 1e-5
    early = solution.times < 0.9
    assert np.allclose(solution.states[0, early], 1.0 / (1.0 - solution.times[early]), rtol=1e-3)


@pytest.mark.parametrize("method", METHODS)
def test_a_rate_that_is_no_number_fails(method):
    def rate(t, x):
        return np.where(x < 0.5, 1.0, np.nan)

    system = Field(rate, lambda t, x: np.zeros((1, 1)), (1.0,), (1.0,))
    solution = ScipyIVP(method).integrate(system, [0.0], (0.0, 2.0), limits=Limits(20.0))
    assert solution.status is Status.FAILED
    assert np.isfinite(solution.states).all()
    assert solution.times[-1] <= 0.5 + 1e-6
    begun = ScipyIVP(method).integrate(system, [0.7], (0.0, 2.0))
    assert begun.status is Status.FAILED
    assert begun.message == "the rate of change is not finite at t = 0 s"
    assert np.array_equal(begun.times, [0.0])
    assert np.array_equal(begun.states, [[0.7]])


@pytest.mark.parametrize("method", ["BDF", "Radau"])
def test_a_jacobian_that_is_no_number_fails(method):
    system = Field(lambda t, x: -x, lambda t, x: np.full((1, 1), np.nan), (1.0,), (1.0,))
    solution = ScipyIVP(method).integrate(system, [1.0], (0.0, 2.0))
    assert solution.status is Status.FAILED
    assert solution.message == "the Jacobian is not finite at t = 0 s"


def test_scipys_own_words_are_in_the_message(monkeypatch):
    class Failing(scipy.integrate.LSODA):
        def _step_impl(self):
            if self.t < 0.3:
                return super()._step_impl()
            warnings.warn_explicit("lsoda: Excess work done on this call", UserWarning, scipy.__file__, 1)
            return False, "Unexpected istate in LSODA."

    monkeypatch.setattr(scipy.integrate, "LSODA", Failing)
    solution = ScipyIVP("LSODA").integrate(flip_flop(), [0.1, 0.0], (0.0, 2.0))
    assert solution.status is Status.FAILED
    assert solution.message.startswith("Unexpected istate in LSODA at t = 0.3")
    assert solution.message.endswith("(lsoda: Excess work done on this call)")
    assert 0.3 <= solution.times[-1] < 0.5
    solution = ScipyIVP("RK45").integrate(exploding(), [1.0], (0.0, 2.0))
    assert "step size is less than spacing between numbers" in solution.message


def test_overflow_in_trial_steps_is_no_failure():
    # Far outside, where only rejected trial steps go, the rate overflows.
    system = Field(lambda t, x: -np.sinh(50.0 * x), lambda t, x: -50.0 * np.cosh(50.0 * x), (1.0,), (1.0,))
    for method in METHODS:
        solution = ScipyIVP(method).integrate(system, [0.4], (0.0, 1.0))
        assert solution.status is not Status.FAILED
        assert abs(solution.states[0, -1]) < 1e-3


def test_errors_of_a_system_are_not_swallowed():
    def broken(t, x):
        raise ValueError("shapes do not match")

    system = Field(broken, lambda t, x: np.eye(1), (1.0,), (1.0,))
    with pytest.raises(ValueError, match="shapes do not match"):
        ScipyIVP().integrate(system, [1.0], (0.0, 1.0))


def test_warnings_of_a_system_are_issued_as_they_are():
    def rate(t, x):
        warnings.warn("too warm", stacklevel=1)
        return -x

    system = Field(rate, lambda t, x: -np.eye(1), (1.0,), (1.0,))
    for _ in range(2):
        with pytest.warns(UserWarning, match="too warm") as caught:
            ScipyIVP().integrate(system, [1.0], (0.0, 1.0))
        assert len(caught) == 1


@pytest.mark.parametrize("method", ["DOP853", "LSODA"])
def test_the_time_limit_keeps_what_has_finished(method):
    def rate(t, x):
        time.sleep(2e-3)
        return np.cos(40.0 * np.asarray(t)) - 0.0 * x

    system = Field(rate, lambda t, x: np.zeros((1, 1)), (1.0,), (1.0,), quiet=np.inf)
    began = time.perf_counter()
    solution = ScipyIVP(method, **TIGHT).integrate(system, [0.0], (0.0, 1e3), limits=Limits(0.2))
    assert time.perf_counter() - began < 1.5
    assert solution.status is Status.TIME_LIMIT
    assert "time limit" in solution.message
    assert 0.0 < solution.times[-1] < 1e3
    assert len(solution.times) > 2
    assert np.abs(solution.states[0] - np.sin(40.0 * solution.times) / 40.0).max() < 1e-5


def test_stop_ends_the_run_at_the_first_step_that_satisfies_it():
    system = relaxing(1.0, towards=[1.0])
    plain = ScipyIVP("RK45", **TIGHT).integrate(system, [0.0], (0.0, 10.0))
    solution = ScipyIVP("RK45", **TIGHT).integrate(system, [0.0], (0.0, 10.0), lambda v: v[0] > 0.5)
    first = int(np.argmax(plain.states[0] > 0.5))
    assert solution.status is Status.STOPPED
    assert np.array_equal(solution.times, plain.times[: first + 1])
    assert np.array_equal(solution.states, plain.states[:, : first + 1])
    assert solution.counts.steps == first
    grid = np.linspace(0.0, 10.0, 1001)
    gridded = ScipyIVP("RK45", **TIGHT).integrate(system, [0.0], grid, lambda v: v[0] > 0.5)
    assert gridded.times[-1] == solution.times[-1]
    assert np.array_equal(gridded.times[:-1], grid[grid < solution.times[-1]])
    assert gridded.states[0, -1] == solution.states[0, -1]
    at_once = ScipyIVP().integrate(system, [0.0], (0.0, 10.0), lambda v: v[0] < 0.5)
    assert at_once.status is Status.STOPPED
    assert at_once.counts.steps == 0
    assert np.array_equal(at_once.times, [0.0])


def test_progress_is_told_only_when_asked_for(capsys):
    system, x0 = flip_flop(), [0.1, 0.0]
    ScipyIVP().integrate(system, x0, (0.0, 5.0))
    quiet = capsys.readouterr()
    assert quiet.err == ""
    assert quiet.out == ""
    told = []
    ScipyIVP().integrate(system, x0, (2.0, 5.0), limits=Limits(progress=told.append))
    assert told[-1] == Tally(3.0, 3.0, "s")
    assert told[-1].share == 1.0
    assert told == sorted(told)
    with Limits(progress=True) as limits:
        ScipyIVP().integrate(system, x0, (0.0, 5.0), limits=limits)
    bar = capsys.readouterr()
    assert "100%" in bar.err
    assert bar.out == ""


def test_max_step_is_kept():
    solution = ScipyIVP("LSODA", max_step=0.05).integrate(flip_flop(), [0.1, 0.0], (0.0, 2.0))
    assert np.diff(solution.times).max() <= 0.05 + 1e-12


def test_a_moving_input_is_followed():
    system = driven_network(3, [0.0, 1.0, 1.5, 4.0], [0.0, 2.0, -1.0, 0.5])
    times = np.linspace(0.0, 5.0, 50)
    solution = ScipyIVP(**TIGHT).integrate(system, np.zeros(3), times)
    pieces = [0.0, 1.0, 1.5, 4.0, 5.0]
    x = np.zeros(3)
    for a, b in zip(pieces, pieces[1:], strict=False):
        inside = np.append(times[(times >= a) & (times < b)], b)
        states = reference(system, x, np.unique(np.append(a, inside)))
        x = states[:, -1]
    assert np.abs(solution.states[:, -1] - x).max() < 1e-6


def test_bad_input_is_refused_in_a_sentence():
    system = flip_flop()
    engine = ScipyIVP()
    cases = [
        ([0.0, 0.0], [0.0], "`times` needs a start and an end"),
        ([0.0, 0.0], [0.0, 0.0], "`times` must increase"),
        ([0.0, 0.0], [1.0, 0.5], "`times` must increase"),
        ([0.0, 0.0], [0.0, np.inf], "`times` contains a value that is not finite"),
        ([0.0], [0.0, 1.0], "`x0` has shape"),
        ([0.0, np.nan], [0.0, 1.0], "`x0` contains a value that is not finite"),
        (np.zeros((2, 3)), [0.0, 1.0], "`x0` has 3 members"),
    ]
    for x0, times, message in cases:
        with pytest.raises(InputError, match=message):
            engine.integrate(system, x0, times)
    for options, message in [
        ({"method": "Euler"}, "`method` is 'Euler', expected auto, RK23"),
        ({"rtol": 0.0}, "`rtol` is 0.0"),
        ({"atol": -1.0}, "`atol` is -1,"),
        ({"max_step": 0.0}, "`max_step` is 0,"),
        ({"settle_tol": float("nan")}, "`settle_tol` is nan"),
    ]:
        with pytest.raises(InputError, match=message):
            ScipyIVP(**options)


def test_engines_are_named_for_the_command_line():
    assert ENGINES["scipy"] is ScipyIVP
    assert all(issubclass(engine, Engine) for engine in ENGINES.values())


def test_a_circuit_without_states_is_walked_through():
    circuit = """divider
v1 a 0 pulse(0 1 1m 1u 1u 2m 5m)
r1 a b 1k
r2 b 0 1k
.tran 1u 10m
"""
    system = compile_circuit(parse(circuit))
    assert system.size == 0
    solution = ScipyIVP().integrate(system, [], (0.0, 10e-3))
    assert solution.status is Status.TIME_UP
    assert set(system.breakpoints(10e-3)) <= set(solution.times)
    assert np.allclose(solution["v(b)"], 0.5 * solution["v(a)"], rtol=1e-12, atol=1e-15)
    assert solution["v(a)"].max() == 1.0
    # Two pulses of 2 ms and their flanks, one and a half of them whole: U^2/R over 2 kilohm.
    on = 2 * (2e-3 + 2.0 / 3.0 * 1e-6)
    assert solution.joules["heat"] == pytest.approx(on / 2e3, rel=1e-6)
    assert solution.joules["sources"] == pytest.approx(on / 2e3, rel=1e-6)
    grid = ScipyIVP().integrate(system, [], np.linspace(0.0, 10e-3, 11))
    assert np.array_equal(grid["v(a)"], [0, 0, 1, 1, 0, 0, 0, 1, 1, 0, 0])
    rest = compile_circuit(parse(circuit.replace("pulse(0 1 1m 1u 1u 2m 5m)", "dc 3")))
    assert ScipyIVP(settle=True).integrate(rest, [], (0.0, 1.0)).status is Status.SETTLED
    assert equilibrium(rest, []).stable


def test_a_method_that_gives_up_on_the_last_step_before_a_corner_is_replaced_behind_it(monkeypatch):
    deck = "a step\nv1 in 0 pwl(0 0 1 0 1.001 1)\nr1 in u 1k\nc1 u 0 100u\n.tran 1m 2\n.end\n"
    circuit = Circuit.parse(deck)
    plain = simulate(circuit, engine=ScipyIVP("Radau", rtol=1e-9))

    def gives_up(self, solver):
        if self._spare and solver.t == solver.t_bound:
            raise segments.Stuck("stability alone holds the steps down")

    monkeypatch.setattr(segments.SegmentedRun, "_check_stiffness", gives_up)
    monkeypatch.setattr(scipy_ivp, "_SMALL", 0)
    replaced = simulate(circuit, engine=ScipyIVP(rtol=1e-9))
    assert replaced.record["method"] == "DOP853, then BDF"
    assert replaced["v(u)"][-1] == pytest.approx(plain["v(u)"][-1], rel=1e-7)
