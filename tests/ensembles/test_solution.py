import json

import numpy as np
import pytest
from scipy.stats import binomtest
from scipy.stats import t as t_distribution

from analoghop.activations import Rectifier, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.engines import Ensemble
from analoghop.errors import InputError
from analoghop.schedules import Schedule
from analoghop.simulate_many import simulate_many
from analoghop.solution import Status
from analoghop.systems.circuits.network import Network


def memory(n=20, patterns=2, seed=0):
    """Hebbian memory of 1982."""
    xi = np.random.default_rng(seed).choice([-1.0, 1.0], (patterns, n))
    return Network(xi.T @ xi / n - patterns / n * np.eye(n), Amplifiers.uniform(Tanh(), n, gain=5.0)), xi


@pytest.fixture(scope="module")
def run():
    return simulate_many(memory()[0], 400, seed=5)


def test_attractors_are_the_stored_patterns(run):
    _, xi = memory()
    found = run.attractors()
    assert run.statuses == {Status.SETTLED: 400}
    overlaps = [np.abs(xi @ np.sign(a.outputs)).max() / 20 for a in found]
    assert overlaps[:4] == [1.0] * 4
    assert sum(a.count for a in found) == 400
    assert sum(a.fraction for a in found) == pytest.approx(1.0)
    counts = [a.count for a in found]
    assert counts == sorted(counts, reverse=True)
    for number, a in enumerate(found):
        members = np.flatnonzero(found.labels == number)
        assert len(members) == a.count
        assert a.member == members[0]
        assert np.ptp(run.outputs[:, members], axis=1).max() < 0.02
        assert a.energy == pytest.approx(run.energies[members].mean(), abs=1e-2)
        assert a.interval[0] < a.fraction < a.interval[1]
    # By their signs, the same: these outputs are saturated.
    signs = {tuple(s) for s in np.sign(run.outputs).T}
    assert len(signs) == len(found)


def test_attractors_do_not_depend_on_rounding_or_order(run):
    system, _ = memory()
    x0 = run.starts.array()[:, ::-1]
    other = simulate_many(system, x0=x0, engine=Ensemble(tile=16)).attractors()
    assert np.array_equal(other.labels[::-1], run.attractors().labels) or [a.count for a in other] == [
        a.count for a in run.attractors()
    ]
    assert len(run.attractors(tol=1.0)) < len(run.attractors())


@pytest.mark.parametrize("tol", [0.0, -1.0, 1.5, float("nan")])
def test_a_bad_tolerance_is_named(run, tol):
    with pytest.raises(InputError, match="`tol`"):
        run.attractors(tol)


def test_soft_outputs_without_rails_are_measured_by_the_largest():
    system = Network(0.5 * np.eye(2), Amplifiers.uniform(Rectifier(), 2), bias=[10.0, 20.0])
    found = simulate_many(system, 50, seed=1)
    assert len(found.attractors()) == 1
    assert found.attractors()[0].outputs == pytest.approx([20.0, 40.0], rel=1e-2)
    quiet = simulate_many(Network(np.zeros((2, 2)), Amplifiers.uniform(Rectifier(), 2)), 5, seed=1)
    assert len(quiet.attractors()) == 1


def test_the_energy_is_that_of_the_moment(run):
    system = run.system
    expected = sum(system.energy(0.0, run.states).values())
    assert np.allclose(run.energies, expected, rtol=1e-12)
    starts = sum(system.energy(0.0, run.starts.array()).values())
    assert (run.energies < starts).all()


def test_the_energy_takes_the_parameters_that_a_schedule_has_reached():
    ramp = Schedule([0.0, 4.0], [0.2, 1.0])
    bank = Amplifiers.uniform(Tanh(), 2, gain=3.0)
    system = Network(np.eye(2)[::-1], bank, gain_factor=ramp, coupling_factor=ramp, bias=0.1)
    run = simulate_many(system, 4, tstop=1.0, settle=False, seed=1)
    frozen = Network(0.4 * np.eye(2)[::-1], Amplifiers.uniform(Tanh(), 2, gain=1.2), bias=0.1)
    assert np.allclose(run.energies, sum(frozen.energy(0.0, run.states).values()), rtol=1e-12)
    assert not system.theorem.applies
    assert "frozen parameters only" in system.theorem.reason


def test_the_dictionary_is_what_the_command_line_prints(run):
    told = json.loads(json.dumps(run.to_dict(), allow_nan=False))
    assert set(told) == {
        "starts", "seed", "statuses", "attractors", "settling_time", "cpu_s", "wall_s",
        "engine", "finished", "unfinished", "interrupted", "settled_rate", "settled_interval",
    }  # fmt: skip
    assert told["starts"] == 400
    assert told["seed"] == 5
    assert told["statuses"] == {"settled": 400}
    first = told["attractors"][0]
    assert set(first) == {"final", "energy", "count", "fraction", "interval"}
    assert first["final"]["v(u1)"] == run.states[0, run.attractors()[0].member]
    assert set(first["final"]) == set(run.system.signal_names)
    assert told["settling_time"]["mean"] == pytest.approx(run.settled_at.mean())
    assert told["settling_time"]["median"] == pytest.approx(np.median(run.settled_at))
    assert told["settling_time"]["max"] == pytest.approx(run.settled_at.max())


def test_what_moves_is_at_no_attractor():
    oscillator = Network(np.array([[2.0, 3.0], [-3.0, 2.0]]), Amplifiers.uniform(Tanh(), 2))
    run = simulate_many(oscillator, 5, tstop=20.0)
    assert run.statuses == {Status.TIME_UP: 5}
    assert len(run.attractors()) == 0
    assert (run.attractors().labels == -1).all()
    assert sum(a.count for a in run.attractors(unsettled=True)) == 5
    latch = Network(np.eye(2)[::-1], Amplifiers.uniform(Tanh(), 2, gain=3.0))
    some = simulate_many(latch, 50, seed=1, tstop=11.0)
    settled = some.statuses[Status.SETTLED]
    assert 0 < settled < 50
    assert sum(a.count for a in some.attractors()) == settled
    assert sum(a.fraction for a in some.attractors()) == pytest.approx(settled / 50)


def test_unknown_numbers_are_null():
    system = Network(np.array([[2.0, 5.0], [-5.0, 2.0]]), Amplifiers.uniform(Tanh(), 2))
    told = simulate_many(system, 3, tstop=1.0).to_dict()
    assert told["settling_time"].pop("count") == 0
    assert set(told["settling_time"].values()) == {None}
    exploding = Network(3.0 * np.eye(1), Amplifiers.uniform(Rectifier(), 1), bias=1.0)
    run = simulate_many(exploding, 3, tstop=5e3, seed=1)
    assert run.statuses == {Status.FAILED: 3}
    assert run.to_dict()["attractors"] == []
    assert json.dumps(run.to_dict(), allow_nan=False)


def test_files_hold_everything(run, tmp_path):
    path = tmp_path / "run.npz"
    traced = simulate_many(run.system, 3, tstop=5.0, seed=5, traces=4)
    traced.save(path)
    with np.load(path) as archive:
        assert np.array_equal(archive["states"], traced.states)
        assert np.array_equal(archive["traces"], traced.traces)
        assert np.array_equal(archive["trace_times"], np.linspace(0, 5, 4))
        assert archive["status"].tolist() == ["time up"] * 3
        record = json.loads(str(archive["record"]))
        for name in ("times", "settled_at", "steps", "evaluations", "energies", "place", "signals"):
            assert name in archive
    assert record["seed"] == 5
    assert record["engine"] == "Ensemble"
    assert record["method"] == "DOPRI5"
    assert record["requested"] == 3
    with pytest.raises(InputError, match=r"written to \.npz"):
        run.save(tmp_path / "run.csv")
    assert [p.name for p in tmp_path.iterdir()] == ["run.npz"]


def test_the_summary_is_one_line(run):
    assert repr(run) == f"EnsembleSolution(400 starts: 400 settled; {run.evaluations.sum()} evaluations)"


def test_the_settled_ones_have_intervals_with_their_denominators(run):
    told = run.to_dict()
    times = run.settled_at[~np.isnan(run.settled_at)]
    error = times.std(ddof=1) / np.sqrt(len(times))
    interval = t_distribution.interval(0.95, len(times) - 1, times.mean(), error)
    assert told["settling_time"]["count"] == len(times) == 400
    assert told["settling_time"]["mean_interval"] == pytest.approx(interval, rel=1e-9)
    assert told["settled_rate"] == 1.0
    rate = binomtest(400, 400).proportion_ci(method="wilson")
    assert told["settled_interval"] == pytest.approx([rate.low, rate.high])


def test_rates_count_the_starts_that_have_ended():
    some = simulate_many(memory()[0], 60, tstop=10.0, seed=5)
    told, settled = some.to_dict(), some.statuses.get(Status.SETTLED, 0)
    assert 0 < settled < 60
    rate = binomtest(settled, 60).proportion_ci(method="wilson")
    assert told["settled_rate"] == settled / 60
    assert told["settled_interval"] == pytest.approx([rate.low, rate.high])
    assert told["settling_time"]["count"] == settled


@pytest.mark.parametrize("key", [0, -1, slice(3), "v(u1)"])
def test_an_ensemble_has_no_items_and_says_what_has(run, key):
    with pytest.raises(InputError, match=r"take columns of `states` \(n, m\) or `outputs`"):
        run[key]
    with pytest.raises(InputError, match="has no item 0"):
        list(run)
