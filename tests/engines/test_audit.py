import dataclasses

import numpy as np
import pytest
from scipy.integrate import solve_ivp
from small_systems import METHODS, Field, driven_network, flip_flop, random_network, relaxing

from analoghop.activations import Softmax, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.engines import ScipyIVP
from analoghop.engines.trajectory.audit import Audit
from analoghop.schedules import Schedule, Signals
from analoghop.systems.base import Flow, Theorem
from analoghop.systems.circuits.network import Network

TIGHT = {"rtol": 1e-8, "atol": 1e-10}


def beside_the_state(system, x0, end, pieces=()):
    """Dissipated and supplied energy as two further states of a tight run."""

    def rate(t, x):
        flow = system.flow(np.array([t]), x[:-2, None])
        return np.concatenate([flow.rate[:, 0], flow.dissipated, flow.supplied])

    x = np.append(x0, [0.0, 0.0])
    edges = [0.0, *pieces, end]
    for a, b in zip(edges, edges[1:], strict=False):
        x = solve_ivp(rate, (a, b), x, method="DOP853", rtol=1e-11, atol=1e-13).y[:, -1]
    return x[-2:]


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("n", [2, 16])
def test_every_method_balances_and_never_rises(method, n):
    system = random_network(n)
    solution = ScipyIVP(method, **TIGHT).integrate(system, 0.1 * np.cos(np.arange(n)), (0.0, 20.0))
    record = solution.energy
    assert record is not None
    assert record.guaranteed
    assert record.reason is None
    assert record.drop > 0.005
    assert record.largest_rise < 1e-12 * record.drop
    assert record.balance_error < 1e-7
    assert len(record.times) == solution.counts.steps + 1
    assert np.array_equal(record.times, solution.times)
    energy = sum(system.energy(solution.times, solution.states).values())
    assert np.allclose(record.total, energy, rtol=1e-12, atol=1e-14)
    assert np.isclose(record.drop, energy[0] - energy.min(), rtol=1e-9)
    assert (np.diff(record.dissipated) >= 0.0).all()
    assert not record.supplied.any()


@pytest.mark.parametrize("method", METHODS)
def test_the_integrals_are_those_of_two_further_states(method):
    system = driven_network(4, [0.0, 1.0, 2.5], [0.0, 2.0, -1.0])
    x0 = np.array([0.3, -0.2, 0.1, 0.4])
    record = ScipyIVP(method, **TIGHT).integrate(system, x0, (0.0, 6.0)).energy
    assert record is not None
    dissipated, supplied = beside_the_state(system, x0, 6.0, (1.0, 2.5))
    assert abs(dissipated - record.dissipated[-1]) < 1e-7
    assert abs(supplied - record.supplied[-1]) < 1e-7
    assert abs(supplied) > 0.01
    assert record.balance_error < 1e-7
    assert not record.guaranteed
    assert "moving input" in str(record.reason)


@pytest.mark.parametrize("method", ["RK45", "DOP853", "LSODA", "Radau"])
def test_jumps_of_the_input_are_supplied_energy(method):
    # Levels so close in time that the schedule jumps for every purpose, and an input that truly jumps.
    class Steps(Schedule):
        def value(self, t):
            return self.levels[np.searchsorted(self.knots, t, side="right") - 1]

        def rate(self, t):
            return np.zeros(np.shape(t))

    signal = Steps(np.array([-1.0, 0.7, 1.9]), np.array([0.5, -1.0, 2.0]))
    system = random_network(5, signals=Signals((signal,)), S=np.ones((5, 1)))
    record = ScipyIVP(method, **TIGHT).integrate(system, np.full(5, 0.2), (0.0, 5.0)).energy
    assert record is not None
    assert record.balance_error < 1e-7
    assert np.abs(record.supplied).max() > 0.1


def test_a_schedule_of_the_gain_balances():
    schedule = Schedule(np.array([0.0, 3.0]), np.array([0.5, 4.0]), "geometric")
    system = random_network(8, gain=1.0, gain_factor=schedule)
    record = ScipyIVP("DOP853", **TIGHT).integrate(system, np.full(8, 0.05), (0.0, 10.0)).energy
    assert record is not None
    assert record.balance_error < 1e-7


def test_an_oscillator_is_measured_against_the_energy_that_goes_through_it():
    T = np.array([[0.0, 0.0, -2.0], [2.0, 0.0, 0.0], [0.0, 2.0, 0.0]])
    system = Network(T, Amplifiers(((Tanh(), 3),), gain=3.0))
    record = ScipyIVP("DOP853", **TIGHT).integrate(system, [0.1, 0.0, 0.0], (0.0, 100.0)).energy
    assert record is not None
    assert not record.guaranteed
    assert "asymmetric" in str(record.reason)
    spread = record.total.max() - record.total.min()
    assert record.dissipated[-1] > 20.0 * spread
    assert record.largest_rise > 0.1 * spread
    residual = record.total[0] - record.total + record.supplied - record.dissipated
    assert np.isclose(record.balance_error, np.abs(residual).max() / record.dissipated.max(), rtol=1e-3)
    assert record.balance_error < 1e-7


def test_softmax_clusters_balance():
    rng = np.random.default_rng(3)
    A = rng.normal(size=(12, 12))
    system = Network(A + A.T, Amplifiers(((Softmax(4), 3),), gain=2.0))
    record = ScipyIVP("DOP853", **TIGHT).integrate(system, rng.normal(size=12), (0.0, 10.0)).energy
    assert record is not None
    assert record.guaranteed
    assert record.largest_rise < 1e-12 * record.drop
    assert record.balance_error < 1e-7


def test_a_run_that_starts_at_rest_has_a_finite_balance_error():
    system = flip_flop()
    rest = ScipyIVP(rtol=1e-12).integrate(system, [0.5, 0.5], (0.0, 200.0)).states[:, -1]
    for x0 in (rest, [0.0, 0.0]):
        record = ScipyIVP(**TIGHT).integrate(system, x0, (0.0, 10.0)).energy
        assert record is not None
        assert abs(record.drop) < 1e-12
        assert 0.0 <= record.balance_error < 1e-6


@pytest.mark.parametrize("method", METHODS)
def test_the_steps_are_the_same_without_the_audit(method):
    system, x0 = random_network(7), np.full(7, 0.1)
    engine = ScipyIVP(method)
    audited = engine.integrate(system, x0, (0.0, 15.0))
    plain = dataclasses.replace(engine, audit=False).integrate(system, x0, (0.0, 15.0))
    assert plain.energy is None
    assert np.array_equal(audited.times, plain.times)
    assert np.array_equal(audited.states, plain.states)
    assert audited.counts == plain.counts


def test_systems_without_energy_have_no_record():
    assert ScipyIVP().integrate(relaxing(1.0), [1.0], (0.0, 1.0)).energy is None


@dataclasses.dataclass(frozen=True, eq=False)
class ChargedNetwork(Network):
    """A flip-flop that says what its capacitors store and what its resistors burn."""

    @property
    def meters(self):
        return ("sources", "heat")

    def meter(self, t, x):
        heat = np.sum(self.G * x * x, axis=0)
        return np.stack([np.sum(x * (self.T @ self.outputs(t, x) + self.bias), axis=0), heat])

    def stored(self, t, x):
        return 0.5 * np.sum(self.C * x * x, axis=0)


@pytest.mark.parametrize("method", METHODS)
def test_what_the_sources_give_is_burnt_or_stored(method):
    plain = random_network(6)
    system = ChargedNetwork(plain.T, plain.amplifiers, bias=plain.bias, C=2.0, G=0.5)
    x0 = np.linspace(-0.5, 0.5, 6)
    solution = ScipyIVP(method, **TIGHT).integrate(system, x0, (0.0, 8.0))
    joules = solution.joules
    assert set(joules) == {"sources", "heat", "stored"}
    end = solution.states[:, -1]
    assert np.isclose(joules["stored"], end @ end - x0 @ x0, rtol=1e-12)
    assert joules["heat"] > 0.0
    assert abs(joules["sources"] - joules["heat"] - joules["stored"]) < 1e-7 * joules["heat"]
    heat = solve_ivp(
        lambda t, y: np.append(
            system.rhs(t, y[:-1, None])[:, 0], system.meter(np.array([t]), y[:-1, None])[1]
        ),
        (0.0, 8.0),
        np.append(x0, 0.0),
        method="DOP853",
        rtol=1e-11,
        atol=1e-13,
    ).y[-1, -1]
    assert abs(joules["heat"] - heat) < 1e-7 * heat
    without = ScipyIVP(method, audit=False).integrate(system, x0, (0.0, 8.0))
    assert without.joules == {}


class Rising(Field):
    """A state that runs away from zero, with an energy that is said never to rise."""

    has_energy = True
    theorem = Theorem(True, "a theorem")

    def energy(self, t, x):
        return {"all": 0.5 * np.sum(x * x, axis=0)}

    def flow(self, t, x):
        return Flow(self.rhs(t, x), -np.sum(x * x, axis=0), np.zeros(x.shape[1]))


def test_a_rise_of_the_energy_takes_the_guarantee_back():
    run = ScipyIVP().integrate(
        Rising(lambda t, x: x, lambda t, x: np.eye(1), (1.0,), (1.0,)), [0.1], (0.0, 2.0)
    )
    record = run.energy
    assert not record.guaranteed
    assert record.largest_rise == pytest.approx(0.005 * (np.exp(4.0) - 1.0), rel=1e-4)
    assert record.reason == "the energy rose by 0.268 W until t = 2 s, although it should never (a theorem)"
    assert run.to_dict()["energy"]["guaranteed"] is False
    assert "rose" in run.to_dict()["energy"]["reason"]


@pytest.mark.parametrize("rtol", [1e-3, 1e-6, 1e-10])
@pytest.mark.parametrize("method", METHODS)
def test_the_errors_of_a_run_do_not_take_the_guarantee_back(method, rtol):
    record = (
        ScipyIVP(method, rtol=rtol).integrate(random_network(6), 0.3 * np.cos(np.arange(6)), (0, 80)).energy
    )
    assert record.guaranteed


class Written(Field):
    """Its energy is its first state, in two parts; its powers are the second and the third."""

    has_energy = True

    def energy(self, t, x):
        return {"whole": 3.0 * x[0], "back": -2.0 * x[0]}

    def flow(self, t, x):
        return Flow(np.zeros_like(x), x[1], x[2])

    theorem = Theorem(True, "a theorem")


def written(*calls):
    """The record of an audit: every call is (energies, dissipated, supplied) of some steps of one second."""
    system = Written(lambda t, x: 0.0 * x, lambda t, x: np.zeros((3, 3)), (1.0,) * 3, (1.0,) * 3)
    audit = Audit(system, 1e-6)
    audit.start(0.0, np.array([calls[0][0][0], 0.0, 0.0]))
    t = 0.0
    for energies, dissipated, supplied in calls:
        count = len(energies)
        times = t + np.arange(1.0, count + 1)
        x = np.array([energies, dissipated, supplied], float)
        audit.add(times, x, times, x, np.ones(count), np.ones(1))
        t = times[-1]
    return audit.record()


def test_the_balance_error_is_the_largest_of_the_run():
    gone = written(([8.0, 8.0, 5.0, 8.0], [0.0] * 4, [0.0] * 4))
    assert gone.balance_error == pytest.approx(1.0)  # 3 of a spread of 3, and at the end 0
    later = written(([8.0, 5.0], [0.0] * 2, [0.0] * 2), ([8.0, 8.0], [0.0] * 2, [0.0] * 2))
    assert later.balance_error == pytest.approx(1.0)
    paid = written(([8.0, 5.0, 1.0], [0.0, 3.0, 4.0], [0.0] * 3), ([1.0, 3.0], [0.0, 0.0], [0.0, 2.5]))
    assert paid.balance_error == pytest.approx(0.5 / 7.0)
    assert paid.dissipated.tolist() == [0.0, 3.0, 7.0, 7.0, 7.0]
    assert paid.supplied.tolist() == [0.0, 0.0, 0.0, 0.0, 2.5]
    assert paid.times.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0]
    assert paid.parts["back"].tolist() == [-16.0, -10.0, -2.0, -2.0, -6.0]
    assert (paid.drop, paid.largest_rise) == (7.0, 2.0)


def test_a_rise_takes_back_what_a_theorem_has_promised():
    risen = written(([8.0, 2.0, 4.0], [0.0] * 3, [0.0] * 3), ([3.0, 3.5], [0.0] * 2, [0.0] * 2))
    assert (risen.largest_rise, risen.guaranteed) == (2.0, False)
    assert risen.reason == "the energy rose by 2 W until t = 3 s, although it should never (a theorem)"
    below = written(([8.0, 2.0, 2.0 + 5.9e-6], [0.0] * 3, [0.0] * 3))
    assert below.guaranteed
    assert not written(([8.0, 2.0, 2.0 + 6.1e-6], [0.0] * 3, [0.0] * 3)).guaranteed


def test_rounding_of_large_parts_is_no_error_of_the_balance():
    still = written(([8.0, 8.0 + 1e-14], [0.0] * 2, [0.0] * 2))
    assert still.balance_error < 1e-6
    assert still.guaranteed
