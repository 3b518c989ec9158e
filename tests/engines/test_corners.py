"""Steps that end at the corners of amplifiers, and the balance of the energy there."""

import numpy as np
import pytest

from analoghop import simulate
from analoghop.activations import FunctionActivation, Power, Rectifier, Satlin, Table, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.expressions import format_expression, parse_expression, simplify
from analoghop.circuit.expressions.corners import corners
from analoghop.engines import ScipyIVP
from analoghop.systems.circuits.network import Network

TABLE = Table([-1.0, -0.2, 0.3, 1.0], [-1.0, -0.5, 0.6, 1.0])
LIMITS = {"DOP853": 3e-6, "RK45": 1e-5, "LSODA": 1e-5, "BDF": 3e-5, "Radau": 1e-7}
"""At rtol 1e-6: twice what has been measured, which is the balance of smooth amplifiers."""


def network(activation, n=5, seed=0, gain=2.0):
    rng = np.random.default_rng(seed)
    T = rng.normal(size=(n, n)) / np.sqrt(n)
    T = (T + T.T) / 2.0
    np.fill_diagonal(T, 0.0)
    bank = Amplifiers.uniform(activation, n, gain=gain)
    return Network(T, bank, C=1.0, G=1.0, bias=0.1 * rng.normal(size=n)), rng.uniform(-1.0, 1.0, n)


@pytest.mark.parametrize("method", LIMITS)
@pytest.mark.parametrize(
    "activation", [Satlin(), Rectifier(), TABLE, Power(1.0), Power(2.0), Tanh()], ids=repr
)
def test_the_energy_balances_for_every_amplifier(activation, method):
    system, start = network(activation, gain=0.8 if isinstance(activation, Rectifier) else 2.0)
    solution = ScipyIVP(method, rtol=1e-6).integrate(system, start, (0.0, 20.0))
    assert solution.energy.balance_error < LIMITS[method]


@pytest.mark.parametrize("method", LIMITS)
def test_steps_end_at_corners(method):
    system, start = network(Satlin())
    solution = ScipyIVP(method, rtol=1e-6).integrate(system, start, (0.0, 20.0))
    found = system.switches(solution.times, solution.states)
    crossed = np.argwhere(found[:, :-1] * found[:, 1:] < 0.0)
    assert len(crossed)
    nearest = [np.abs(found[row, k : k + 2]).min() for row, k in crossed]
    assert max(nearest) < 1e-3


def test_the_largest_error_of_a_run_is_reported_not_the_last():
    class Wrong(type(network(Tanh())[0])):
        def flow(self, t, x):
            flow = super().flow(t, x)
            return flow._replace(supplied=flow.supplied + np.sin(2.0 * np.pi * np.asarray(t) / 20.0) * 0.01)

    right, start = network(Tanh())
    wrong = Wrong(right.T, right.amplifiers, C=right.C, G=right.G, bias=right.bias)
    energy = ScipyIVP(rtol=1e-8).integrate(wrong, start, (0.0, 20.0)).energy
    error = np.abs(energy.total[0] - energy.total + energy.supplied - energy.dissipated)
    assert error[-1] < 1e-3 * error.max()
    assert np.isclose(
        energy.balance_error, error.max() / max(energy.dissipated.max(), np.ptp(energy.total)), rtol=0.2
    )
    assert energy.balance_error > 1e-3


REST = """A state that comes to rest at a corner
B1 v 0 V=uramp(V(u)-0.5)
R1 v u 1k
V1 s 0 DC 1
R2 s u 1k
C1 u 0 1u
.tran 10u 20m uic
.end
"""


@pytest.mark.parametrize("method", LIMITS)
def test_a_rest_at_a_corner_stays_cheap(method):
    solution = simulate(Circuit.parse(REST), engine=ScipyIVP(method))
    assert solution.counts.steps < 200
    assert solution.audit.reason is None
    assert abs(solution["v(u)"][-1] - 0.5) < 1e-6


SLIDE = """A steep amplifier that follows a threshold
B1 v 0 V=max(-1,min(1,-1000*(V(u)-0.1)))
R1 v u 1k
V1 s 0 SIN(0.2 0.1 1k)
R2 s u 1k
C1 u 0 1u
.tran 10u 5m uic
.end
"""


@pytest.mark.parametrize("method", ["auto", "BDF", "Radau", "DOP853"])
def test_a_drive_that_slides_along_a_threshold_ends(method):
    solution = simulate(Circuit.parse(SLIDE), engine=ScipyIVP(method))
    assert solution.times[-1] == 5e-3
    assert solution.counts.evaluations < 60_000
    assert solution.audit.reason is None


def test_smooth_amplifiers_have_no_switches_and_the_same_steps():
    system, start = network(Tanh())
    assert not system.cornered
    assert system.switches(0.0, start[:, None]).shape == (0, 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("tanh(V(a))", []),
        ("abs(V(a))", ["V(a)"]),
        ("max(V(a),0.5)", ["V(a)-0.5"]),
        ("u2(V(a))", ["V(a)", "V(a)-1"]),
        ("pwl(V(a),-1,0,0,0,2,1,3,1)", ["V(a)-0", "V(a)-2"]),
        ("V(a)>V(b) ? 1 : 2", ["V(a)-V(b)"]),
        ("abs(2)", []),
    ],
)
def test_the_corners_of_an_expression(text, expected):
    found = corners(simplify(parse_expression(text)))
    assert sorted(format_expression(part).replace(" ", "") for part in found) == sorted(expected)


def test_a_function_declares_its_corners():
    act = FunctionActivation(1, 1, np.abs, lambda z: np.sign(z)[None], smooth=False, switch_fn=lambda z: z)
    assert np.array_equal(act.switches(np.array([[-1.0, 2.0]])), [[[-1.0, 2.0]]])
    assert (
        FunctionActivation(1, 1, np.tanh, lambda z: 1.0 - np.tanh(z)[None] ** 2).switches(np.ones((1, 1)))
        is None
    )
