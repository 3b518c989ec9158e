from dataclasses import replace

import numpy as np
import pytest

from analoghop.activations import FunctionActivation, Logistic, Softmax, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.couplings import Cycle, Dense, Eye, Kron
from analoghop.engines import Ensemble
from analoghop.engines.ensemble.step_limit import default_step, longest_step, smallest_eigenvalue
from analoghop.ensembles import random_starts
from analoghop.errors import InputError, UnsafeStepWarning
from analoghop.schedules import Schedule
from analoghop.simulate_many import simulate_many
from analoghop.solution import Status
from analoghop.systems.circuits.network import Network


def random_graph(n=60, p=0.4, seed=0):
    upper = np.triu(np.random.default_rng(seed).random((n, n)) < p, 1)
    return (upper | upper.T).astype(float)


def max_cut(W, gain=20.0):
    """The circuit of the problem: J = -W / rms."""
    rms = np.sqrt((W**2).sum() / len(W))
    return Network(Dense(-W / rms), Amplifiers.uniform(Tanh(), len(W), gain=gain))


def cut(W, v):
    s = np.where(v >= 0, 1.0, -1.0)
    return (W.sum() - np.einsum("im,ij,jm->m", s, W, s)) / 4


@pytest.mark.parametrize("method", ["euler", "exponential"])
def test_a_step_too_long_flips_a_circuit_that_cannot_oscillate(method):
    W = random_graph()
    system, tau = max_cut(W), 1.0
    long = Ensemble(method, dt=0.5 * tau, unsafe=True)
    starts = random_starts(system, 20, seed=1, scale=0.2)
    with pytest.warns(UnsafeStepWarning, match="oscillate from step to step"):
        flipping = simulate_many(system, starts, tstop=40.0, settle=False, traces=81, engine=long)
    v = system.outputs(0.0, flipping.traces[:, -3:].transpose(2, 1, 0).reshape(60, -1)).reshape(60, 3, 20)
    period_two = (np.abs(v[:, 2] - v[:, 0]) < 1e-6) & (np.abs(v[:, 2] - v[:, 1]) > 1.0)
    assert period_two.mean() > 0.5
    assert flipping.statuses[Status.TIME_UP] > 10

    with pytest.raises(InputError, match=r"`dt` = 0.5 s .* it must be below 0\.0\d+ s"):
        simulate_many(system, starts, tstop=40.0, engine=Ensemble(method, dt=0.5 * tau))
    safe = simulate_many(system, starts, tstop=200.0, engine=Ensemble(method))
    assert safe.statuses == {Status.SETTLED: 20}
    assert cut(W, safe.outputs).min() > cut(W, v[:, 2]).mean()
    assert cut(W, safe.outputs).mean() > 1.1 * cut(W, v[:, 2]).mean()


@pytest.mark.parametrize("method", ["euler", "exponential"])
def test_the_limit_is_where_flipping_begins(method):
    """At the symmetric state of an antiferromagnet, the mode of lambda_min is multiplied by -1 there."""
    T = -Cycle(6).toarray()
    system = Network(T, Amplifiers.uniform(Tanh(), 6, gain=3.0), C=0.5, G=2.0)
    tau, m = 0.25, 3.0 * 2.0 / 2.0
    longest = longest_step(system, method, 1.0)
    effective = longest / tau if method == "euler" else 1 - np.exp(-longest / tau)
    assert effective * (1 + m) == pytest.approx(2.0, rel=1e-9)
    x0 = 1e-9 * np.ones((6, 1))  # the mode of -2 of the coupling
    for factor, grows in ((0.99, False), (1.01, True)):
        count = 200
        engine = Ensemble(method, dt=factor * longest, unsafe=True)
        arguments = {"x0": x0, "tstop": count * factor * longest, "settle": False, "engine": engine}
        if grows:
            with pytest.warns(UnsafeStepWarning):
                end = simulate_many(system, **arguments).states
        else:
            end = simulate_many(system, **arguments).states
        assert (np.abs(end).max() > 1e-9) == grows


def test_the_default_step_is_safe_for_unequal_nodes():
    rng = np.random.default_rng(3)
    n = 12
    T = rng.normal(size=(n, n))
    bank = Amplifiers.of([Logistic()] * 6 + [Tanh()] * 6, rng.uniform(1, 9, n), 0.0, rng.uniform(0.5, 2, n))
    system = Network(T + T.T, bank, C=rng.uniform(0.1, 2, n), G=rng.uniform(0.1, 2, n))
    D = bank.slopes(np.zeros((n, 1)))[:, 0]
    for method in ("euler", "exponential"):
        h = longest_step(system, method, 1.0)
        share = (
            np.ones(n) if method == "euler" else -np.expm1(-h * system.decay[:, 0]) / (h * system.decay[:, 0])
        )
        step = np.eye(n) + (h * share / system.C[:, 0])[:, None] * (
            system.T.toarray() * D - np.diag(system.G[:, 0])
        )
        smallest = np.linalg.eigvals(step).real.min()
        assert -1.0 <= smallest < -0.3  # one time constant for all would make it exactly -1
        assert default_step(system, method, 1.0) <= 0.2 * system.time_constants.min()
        assert default_step(system, method, 1.0) < 0.55 * h


def test_schedules_count_with_their_largest_values():
    system = max_cut(random_graph(20), gain=2.0)
    ramp = Schedule([0.0, 1.0, 2.0], [0.5, 4.0, 0.1])
    for name in ("gain_factor", "coupling_factor"):
        driven = replace(system, **{name: ramp})
        assert smallest_eigenvalue(driven, 3.0) == pytest.approx(4.0 * smallest_eigenvalue(system, 3.0))
        assert smallest_eigenvalue(driven, 0.5) == pytest.approx(2.25 * smallest_eigenvalue(system, 3.0))


def test_large_couplings_are_estimated_from_below():
    ring = Kron(Eye(30), Cycle(20))
    system = Network(ring, Amplifiers.uniform(Softmax(20), 30, gain=4.0))
    assert smallest_eigenvalue(system, 1.0) == pytest.approx(-4.0 * 0.5 * 2.0)
    A = np.random.default_rng(0).normal(size=(600, 600)) / 30
    system = Network(A + A.T, Amplifiers.uniform(Tanh(), 600, gain=2.0))
    exact = 2.0 * np.linalg.eigvalsh(A + A.T)[0]
    assert 1.1 * exact < smallest_eigenvalue(system, 1.0) <= exact


def test_what_has_no_limit():
    ferromagnet = Network(np.ones((3, 3)), Amplifiers.uniform(Tanh(), 3))
    assert longest_step(ferromagnet, "euler", 1.0) == pytest.approx(2.0)
    assert longest_step(ferromagnet, "exponential", 1.0) == np.inf
    assert default_step(ferromagnet, "exponential", 1.0) == pytest.approx(0.2)
    rotation = Network(np.array([[0.0, 5.0], [-5.0, 0.0]]), Amplifiers.uniform(Tanh(), 2))
    assert default_step(rotation, "euler", 1.0) == pytest.approx(1 / 6)
    simulate_many(rotation, 2, tstop=1.0, settle=False, engine=Ensemble("euler", dt=1.0))


def test_unknown_slopes_need_a_step():
    steep = FunctionActivation(1, 1, np.tanh, lambda z: (1 - np.tanh(z) ** 2)[None], "unknown")
    system = Network(-np.ones((2, 2)), Amplifiers.uniform(steep, 2))
    assert longest_step(system, "euler", 1.0) == np.inf
    with pytest.raises(InputError, match="`dt` is needed"):
        simulate_many(system, 2, tstop=1.0, engine=Ensemble("euler"))
    assert simulate_many(system, 2, tstop=1.0, engine=Ensemble("euler", dt=0.1)).steps.tolist() == [10, 10]


@pytest.mark.filterwarnings("ignore:overflow")
@pytest.mark.parametrize(
    "coupling", [np.array([[0.0, 1.0], [1.0, 0.0]]), np.array([[0.0, 1.0], [-1.0, 0.0]])]
)
def test_rates_that_are_no_numbers_are_refused(coupling):
    steep = Network(coupling, Amplifiers.uniform(Tanh(), 2, gain=1e308), C=1e-7)
    with pytest.raises(InputError, match="so fast that no fixed step can follow it|steepest slope"):
        Ensemble("exponential").integrate(steep, [0.1, 0.2], (0.0, 1.0))
