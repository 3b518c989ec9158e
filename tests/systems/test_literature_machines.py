"""Spin machines of the literature: their formulas, and fields that they refuse."""

import numpy as np
import pytest
from scipy.special import ndtr

from analoghop.engines.choice import numpy_stepper
from analoghop.engines.machines.run import run
from analoghop.errors import InputError
from analoghop.schedules import Constant, Schedule
from analoghop.systems.machines.spins.chaotic_feedback import ChaoticFeedback
from analoghop.systems.machines.spins.probabilistic_bits import ProbabilisticBits
from analoghop.systems.machines.spins.separation import Separation
from tests.examples.spin_machines import couplings

J = couplings(9, weights=True)
DENSE = J.toarray()
BIAS = np.random.default_rng(1).normal(size=9)
PUMP = Schedule([0.0, 10.0], [-1.0, 1.0])


def state() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(2)
    x, e = rng.uniform(-1.0, 1.0, 9), rng.uniform(0.5, 1.5, 9)
    return x, e, 0.3 * (DENSE @ x + BIAS)


def test_chaotic_feedback_follows_the_formula() -> None:
    x, e, h = state()
    machine = ChaoticFeedback(J, 0.3, PUMP, 10.0, 0.1, bias=BIAS, alpha=0.8, beta=0.25, tau=2.0)
    z = e * h
    wanted = np.concatenate([(-0.6) * x - x - x**3 + z, -0.25 * e * (z**2 - 0.8)]) / 2.0
    assert machine.rhs(2.0, np.concatenate([x, e])[:, None])[:, 0] == pytest.approx(wanted)


def test_separated_feedback_follows_the_formula() -> None:
    x, e, h = state()
    machine = Separation(J, 0.3, PUMP, 10.0, 0.1, bias=BIAS, slope=1.5, share=0.4, beta=0.25)
    wanted = [(-0.6) * x - x - x**3 + np.tanh(1.5 * h) + 0.4 * (h - e), -0.25 * (e - h)]
    assert machine.rhs(2.0, np.concatenate([x, e])[:, None])[:, 0] == pytest.approx(np.concatenate(wanted))


def test_a_probabilistic_bit_is_up_as_often_as_its_field_says() -> None:
    pair = np.array([[0.0, 0.7], [0.7, 0.0]])
    machine = ProbabilisticBits(pair, Constant(1.5), 60.0, 1.0, bias=[0.4, -0.2])
    count = 4000
    ends = run(numpy_stepper(machine, "float64"), np.ones((2, count)), 0, np.arange(count))
    # Detailed balance does not hold for normal noise in turn: the chain of two spins is solved instead.
    states = np.array([[1.0, 1.0], [1.0, -1.0], [-1.0, 1.0], [-1.0, -1.0]])
    P = np.zeros((4, 4))
    for a in range(4):
        for b in range(4):
            first = ndtr(states[b, 0] * (0.7 * states[a, 1] + 0.4) / 1.5)
            P[a, b] = first * ndtr(states[b, 1] * (0.7 * states[b, 0] - 0.2) / 1.5)
    share = np.linalg.matrix_power(P, 60)[0]
    counted = np.array([(ends.outputs == s[:, None]).all(axis=0).mean() for s in states])
    # Four standard errors; the noise has the first moments of normal numbers only.
    assert counted == pytest.approx(share, abs=4 * 0.5 / np.sqrt(count))


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: ChaoticFeedback(J, 0.3, PUMP, 10.0, 0.1, alpha=0.0), "`alpha` is 0, expected a positive"),
        (lambda: Separation(J, 0.3, PUMP, 10.0, 0.1, share=-1.0), "`share` is -1, expected a positive"),
        (lambda: Separation(J, 0.3, PUMP, 10.0, 5.0), "`step` is 5 time constants"),
        (lambda: ProbabilisticBits(np.eye(3), Constant(1.0), 10.0, 1.0), "symmetric with a zero diagonal"),
        (lambda: ProbabilisticBits(J, Constant(-1.0), 10.0, 1.0), "`sigma` becomes negative"),
    ],
)
def test_wrong_fields_are_refused(make, words: str) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(InputError, match=words):
        make()
