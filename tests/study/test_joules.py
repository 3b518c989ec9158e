"""Energy to solution: the balance of the soldered circuit by another road, tries, targets, scans."""

import math

import numpy as np
import pytest

from analoghop import Amplifiers, InputError, MaxCut, Network, Tanh, simulate
from analoghop.study import SolderedCut, joules, joules_scan
from analoghop.study.joules import conductances


def graph(n=12, seed=0, weighted=False):
    rng = np.random.default_rng(seed)
    W = np.triu((rng.random((n, n)) < 0.5) * (rng.normal(size=(n, n)) if weighted else 1.0), 1)
    return MaxCut(W + W.T)


def best_of(problem):
    states = np.arange(2 ** (problem.size - 1))[:, None] >> np.arange(problem.size) & 1
    return max(problem.cut(row) for row in states)


def test_small_graphs_are_cut_best_and_the_target_is_that_of_all_cuts():
    problem = graph()
    found = joules(problem, starts=60, best=best_of(problem))
    assert found["cut"].max() == best_of(problem)
    assert found["success"][0] > 0.5
    low, high = found["success_interval"]
    assert low < found["success"][0] < high or found["success"][0] == 1.0
    assert (found["energy"] >= found["resistors"]).all()


def test_the_energy_in_the_resistors_is_that_of_the_soldered_circuit():
    """The other road: the deck of the same parts, whose sources deliver what its audit integrates."""
    from analoghop import Tran, synthesize

    problem = graph(4, 1)
    parts = SolderedCut(R=1e4, C=1e-9)
    T, G = conductances(problem, parts, 0)
    bank = Amplifiers.uniform(Tanh(), 4, gain=3.0)
    network = Network(T, bank, C=parts.C, G=G)
    u0 = np.array([0.2, -0.1, 0.15, 0.05])
    end = 2e-5
    made = synthesize(network, start=u0, tran=Tran(end / 400, end))
    assert made.scale == 1.0
    run = simulate(made.circuit, rtol=1e-8)
    # Ours: sum |T_ij| v_j^2 - T_ij v_j u_i, integrated along a tight run of the network.
    own = simulate(network, tstop=end, x0=u0, rtol=1e-9)
    v = np.tanh(3.0 * own.states)
    power = (np.abs(T).sum(axis=0)[:, None] * v**2).sum(axis=0) - (own.states * (T @ v)).sum(axis=0)
    total = float(np.trapezoid(power, own.times))
    assert run.joules["sources"] == pytest.approx(total, rel=2e-3)


def test_time_and_energy_at_99_percent_count_the_tries():
    problem = graph(12, 3)
    found = joules(problem, SolderedCut(duration=10.0, noise=0.05), starts=100, seed=1)
    p = found["success"][0]
    assert 0 < p < 1
    tries = max(1.0, math.log(0.01) / math.log(1 - p))
    assert found["energy99"][0] == pytest.approx(tries * found["energy"].mean())
    assert found["time99"][0] == pytest.approx(tries * found["stands"].mean())
    assert found["energy99"][1] <= found["energy99"][0] <= found["energy99"][2]
    assert found["landauer"][0] == pytest.approx(12 * 1.380649e-23 * 300 * math.log(2))
    assert found["thermal"][0] == pytest.approx(1.380649e-23 * 300 / 1e-12)


def test_energy_scales_with_the_capacitance_and_time_with_R_and_C():
    problem = graph(10, 4)
    quiet = {"quiescent_w": 0.0, "noise": 0.0}
    one = joules(problem, SolderedCut(**quiet), starts=20)
    other = joules(problem, SolderedCut(R=3e5, C=2e-12, **quiet), starts=20)
    assert other["stands"] == pytest.approx(6.0 * one["stands"])
    assert other["energy"] == pytest.approx(2.0 * one["energy"])


def test_a_scan_judges_all_values_by_one_target():
    problem = graph(12, 5, weighted=True)
    found = joules_scan(problem, "bits", [1, 8], starts=40)
    assert found["success"][1] > found["success"][0]
    found = joules_scan(problem, "quiescent_w", [0.0, 1e-3], starts=20)
    assert found["success"][0] == found["success"][1]
    assert found["energy"][1] > found["energy"][0]


@pytest.mark.parametrize("name", ["joules", "joules_scan"])
def test_costs_are_drawn(name):
    problem = graph(8, 6)
    found = (
        joules(problem, starts=10)
        if name == "joules"
        else joules_scan(problem, "noise", [0.0, 0.1], starts=10)
    )
    assert any(ax.has_data() for ax in found.plot().get_axes())


def test_bad_parts_are_refused():
    with pytest.raises(InputError, match="`R` is -1"):
        SolderedCut(R=-1.0)
    with pytest.raises(InputError, match="`tolerance` is 2"):
        SolderedCut(tolerance=2.0)
    with pytest.raises(InputError, match="`bits` is 0"):
        SolderedCut(bits=0)
    with pytest.raises(InputError, match="`vary` is 'colour'"):
        joules_scan(graph(), "colour", [1.0])
    with pytest.raises(InputError, match="no edge"):
        joules(MaxCut(np.zeros((3, 3))))
