"""Noise of linear circuits: exact in distribution at any step, which is the one that the inputs need."""

import numpy as np
import pytest
from scipy.linalg import expm, solve_continuous_lyapunov
from scipy.stats import chi2, kstest

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.netlist import parse
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.engines import Ensemble
from analoghop.engines.ensemble.linear_step import is_linear, linear_step
from analoghop.engines.ensemble.step_limit import fixed_steps
from analoghop.ensembles import GivenStarts
from analoghop.errors import NumericalError
from analoghop.simulate import simulate
from analoghop.simulate_many import simulate_many

LADDER = """a ladder with two noises and a gyrator, which makes it ring
I1 0 a DC 1m TRNOISE(2m 1u)
V1 n 0 TRNOISE(1 2u)
R0 n c 2k
R1 a b 1k
R2 b c 3k
R3 a 0 5k
C1 a 0 1u
C2 b 0 0.2u
C3 c 0 0.5u
G1 a 0 c 0 1m
G2 c 0 a 0 -1m
{lines}
.tran 1m 1 uic
.end
"""
RC = "t\nI1 0 a DC 1m TRNOISE(1m 1u)\nR1 a 0 1k\nC1 a 0 1n\n{lines}\n.tran 1m 1 uic\n.end\n"


def lure(deck, lines=""):
    return compile_circuit(parse(deck.format(lines=lines)))


@pytest.mark.parametrize("h", [1e-5, 1e-4, 1e-3, 1e-2, 1.0])
def test_the_covariance_of_a_step_is_that_of_lyapunov(h):
    system = lure(LADDER)
    assert is_linear(system)
    A = np.asarray(system.jacobian(0.0, np.zeros((3, 1))))
    D = np.diag(system.noise[:, 0] ** 2)
    step = linear_step(system, h)
    E = expm(A * h)
    assert step.response == pytest.approx(np.linalg.solve(A, E - np.eye(3)), rel=1e-7, abs=1e-12 * h)
    ramp = np.linalg.solve(A @ A, E - np.eye(3) - A * h) / h
    assert step.ramp == pytest.approx(ramp, rel=1e-5, abs=1e-10 * h)
    stationary = solve_continuous_lyapunov(A, -D)
    covariance = stationary - E @ stationary @ E.T
    size = np.sqrt(np.outer(np.diag(covariance), np.diag(covariance)))
    assert (
        np.abs(step.spread @ step.spread.T - covariance).max()
        < max(1e-10, 1e-12 / min(1, h * 1e3)) * size.max()
    )
    assert (np.triu(step.spread, 1) == 0).all()
    assert (np.diag(step.spread) >= 0).all()


def test_a_very_short_step_is_that_of_euler():
    system, h = lure(LADDER), 1e-12
    step = linear_step(system, h)
    assert step.response == pytest.approx(h * np.eye(3), rel=1e-6, abs=1e-18)
    assert np.diag(step.spread) == pytest.approx(system.noise[:, 0] * np.sqrt(h), rel=1e-6, abs=1e-12)


def test_two_steps_are_one_of_twice_the_length():
    system = lure(LADDER)
    A = np.asarray(system.jacobian(0.0, np.zeros((3, 1))))
    one, two = linear_step(system, 3e-4), linear_step(system, 6e-4)
    E = expm(A * 3e-4)
    assert two.response == pytest.approx(one.response + E @ one.response, rel=1e-10, abs=1e-16)
    twice = one.spread @ one.spread.T
    assert two.spread @ two.spread.T == pytest.approx(twice + E @ twice @ E.T, rel=1e-9, abs=1e-18)


@pytest.mark.parametrize("dt", [None, 2e-5, 3e-4, 5e-3])
def test_the_law_of_the_states_is_the_same_at_any_step(dt):
    """Mean and covariance after 3 ms from a start: by Lyapunov's equation, and from 20 000 members."""
    system, count, time = lure(LADDER), 20_000, 15e-3 if dt == 5e-3 else 3e-3
    start = np.array([[1.0], [-2.0], [0.5]])
    run = Ensemble("exponential", dt=dt, noise_seed=3, settle=False).integrate_many(
        system, GivenStarts(np.repeat(start, count, axis=1)), (0.0, time)
    )
    assert run.steps[0] == (1 if dt is None else round(time / dt))
    A = np.asarray(system.jacobian(0.0, np.zeros((3, 1))))
    a = system.rhs(0.0, np.zeros((3, 1)))
    E, D = expm(A * time), np.diag(system.noise[:, 0] ** 2)
    stationary = solve_continuous_lyapunov(A, -D)
    covariance = stationary - E @ stationary @ E.T
    mean = E @ start + np.linalg.solve(A, (E - np.eye(3)) @ a)
    L = np.linalg.cholesky(covariance)
    z = np.linalg.solve(L, run.states - mean)  # independent standard normal numbers
    for row in z:
        assert kstest(row, "norm").pvalue > 1e-3
    assert chi2.cdf(count * float((z.mean(axis=1) ** 2).sum()), 3) < 0.999
    deviation = z @ z.T / count - np.eye(3)
    assert np.abs(deviation).max() < 4.5 * np.sqrt(2 / count)


def test_the_law_of_a_path_is_that_of_short_steps():
    """The correlation in time, from one long run of long steps."""
    system, tau, h = lure(RC), 1e-6, 0.7e-6
    run = Ensemble("exponential", dt=h, noise_seed=1).integrate(system, [1.0], np.arange(10_001) * h)
    x = run.states[0, 50:] - 1.0
    variance = system.noise[0, 0] ** 2 * tau / 2
    assert np.mean(x**2) == pytest.approx(variance, rel=0.08)
    for lag in (1, 2, 3):
        found = np.mean(x[lag:] * x[:-lag]) / variance
        assert found == pytest.approx(np.exp(-lag * h / tau), abs=0.05)


def test_one_step_for_each_recorded_time_is_enough():
    deck = parse(RC.format(lines=""))
    run = simulate(deck, seed=1)
    assert run.counts.steps == len(run.times) - 1 == 1000  # 5 million steps of a fifth of RC
    assert np.var(run["v(a)"][1:]) == pytest.approx(1e-6 * 1e-6 / 1e-18 * 1e-6 / 2, rel=0.15)
    free = simulate(compile_circuit(deck), tstop=1.0, seed=1)
    assert free.counts.steps == 1000
    many = simulate_many(deck, 50, tstop=1.0, seed=1)
    assert set(many.steps.tolist()) == {1}


@pytest.mark.parametrize(
    ("lines", "least", "most"),
    [
        ("V2 s 0 SIN(0 1 50)\nR2 s a 1k", 10_000, 40_000),
        ("V2 s 0 PWL(0 0 0.5 1 1 0)\nR2 s a 1k", 190, 210),
        ("V2 s 0 PULSE(0 1 0.1 1n 1n 0.1 0.2)\nR2 s a 1k", 4_000_000, 20_000_000),
        ("V2 s 0 DC 1\nR2 s a 1k", 1, 1),
    ],
)
def test_the_step_is_the_one_that_the_inputs_need(lines, least, most):
    system = lure(RC, lines)
    count = fixed_steps(system, "exponential", None, (0.0, 1.0))
    assert least <= count <= most
    assert count <= fixed_steps(system, "euler", None, (0.0, 1.0))


def test_a_moving_input_is_followed_to_second_order():
    quiet = RC.replace("TRNOISE(1m 1u)", "TRNOISE(1e-30 1u)").format(lines="V2 s 0 SIN(0 1 50)\nR2 s a 1k")
    run = simulate(parse(quiet.replace(".tran 1m 1", ".tran 0.1m 40m")), seed=0)
    omega = 100 * np.pi
    assert run["v(a)"][1:] == pytest.approx(0.5 + 0.5 * np.sin(omega * run.times[1:]), abs=3e-4)


def test_other_circuits_keep_their_steps():
    amplified = RC.format(lines="B1 0 a I=1m*tanh(V(a))")
    system = compile_circuit(parse(amplified))
    assert not is_linear(system)
    assert fixed_steps(system, "exponential", None, (0.0, 1e-3)) > 1000
    read_out = compile_circuit(parse(RC.format(lines="B1 m 0 V=tanh(V(a))")))
    assert is_linear(read_out)  # the amplifier acts on nothing
    without = compile_circuit(parse(RC.replace("TRNOISE(1m 1u)", "").format(lines="")))
    assert not is_linear(without)


def test_a_circuit_that_grows_beyond_numbers_is_a_failure_and_no_crash():
    deck = (
        "t\nV1 s 0 TRNOISE(1m 1k)\nR1 s a 1n\nR2 a 0 3.3\nC2 a 0 10p\nC3 u 0 1u\nR3 u 0 3.3\n"
        "E1 o 0 a u 1t\nR4 o a 3.3\n.tran 1n 10u uic\n.end\n"
    )
    with pytest.raises(NumericalError, match="this circuit grows beyond the range of numbers"):
        simulate(Circuit.parse(deck))
