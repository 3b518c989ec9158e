import json
import sys

import numpy as np
import pytest

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.engines import ScipyIVP
from analoghop.errors import InputError, MissingProgram
from analoghop.formats.waveforms.files import read_waveforms
from analoghop.simulate import simulate
from analoghop.solution import Counts, Solution, Status
from analoghop.systems.circuits.network import Network

TIGHT = ScipyIVP(rtol=1e-8, atol=1e-10)


@pytest.fixture
def network():
    T = np.array([[0.0, 1.0], [1.0, 0.0]])
    return Network(T, Amplifiers(((Tanh(), 2),), gain=2.0), names=("q", "p"))


@pytest.fixture
def solution(network):
    return simulate(network, tstop=20.0, x0=[0.2, 0.1], engine=TIGHT)


def test_signals_are_asked_for_by_name(network, solution):
    assert solution.signals == network.signal_names == ("v(uq)", "v(up)", "v(vq)", "v(vp)")
    assert np.array_equal(solution["v(uq)"], solution.states[0])
    assert np.array_equal(solution["V( VP )"], np.tanh(2.0 * solution.states[1]))
    assert np.array_equal(solution.observe(["v(up)", "v(uq)"]), solution.states[::-1])
    assert "V(uq)" in solution
    assert "v(uz)" not in solution
    assert 3 not in solution
    with pytest.raises(
        KeyError, match=r"there is no signal 'v\(ur\)' among the 4 signals; close to it: v\(u"
    ):
        solution["v(ur)"]


def test_outputs_and_final_follow_from_the_states(solution):
    assert np.array_equal(solution.outputs, np.tanh(2.0 * solution.states))
    assert solution.final == {
        "v(uq)": solution.states[0, -1],
        "v(up)": solution.states[1, -1],
        "v(vq)": solution.outputs[0, -1],
        "v(vp)": solution.outputs[1, -1],
    }
    assert all(type(value) is float for value in solution.final.values())


def test_the_summary_is_plain_json_in_the_words_of_the_command_line(solution):
    summary = solution.to_dict()
    assert json.loads(json.dumps(summary, allow_nan=False)) == summary
    assert summary["status"] == "settled"
    assert summary["t_end"] == 20.0
    assert summary["final"] == solution.final
    assert summary["power"] is None
    assert set(summary["counts"]) == {"states", "amplifiers", "steps", "evaluations", "jacobians"}
    energy = summary["energy"]
    assert energy["initial"] == solution.energy.total[0]
    assert energy["final"] == solution.energy.total[-1]
    assert energy["drop"] == pytest.approx(energy["initial"] - energy["final"])
    assert energy["largest_rise"] < 1e-9 * energy["drop"]
    assert energy["balance_error"] < 1e-6
    assert energy["guaranteed"] is True
    assert energy["reason"] is None
    assert summary["wall_s"] > 0.0


def plain(network, **changes):
    fields = {
        "system": network,
        "times": np.array([0.0, 1.0]),
        "states": np.array([[0.0, 0.5], [0.0, np.nan]]),
        "status": Status.FAILED,
        "message": "it broke",
        "counts": Counts(2, 2, 1, 4, 0),
        "energy": None,
        "joules": {"sources": 3.0, "heat": float("inf"), "stored": -1.0},
        "cpu_s": 0.1,
        "wall_s": 0.2,
    }
    return Solution(**{**fields, **changes})


def test_what_is_no_number_is_null(network):
    summary = plain(network).to_dict()
    assert summary["final"]["v(up)"] is None
    assert summary["final"]["v(uq)"] == 0.5
    assert summary["power"] == {"sources_j": 3.0, "heat_j": None, "stored_j": -1.0}
    assert summary["energy"] is None
    assert summary["settled_at"] is None
    json.dumps(summary, allow_nan=False)


@pytest.mark.parametrize("suffix", [".raw", ".csv", ".npz"])
def test_saved_waveforms_are_read_back_exactly(solution, tmp_path, suffix):
    path = tmp_path / f"run{suffix}"
    solution.save(path)
    back = read_waveforms(path)
    assert back.names == ("time", *solution.signals)
    assert np.array_equal(back.times, solution.times)
    for name in solution.signals:
        assert np.array_equal(back[name], solution[name])
    assert back.record["program"] == "analoghop"
    assert back.record["method"] == "LSODA"
    assert back.record["rtol"] == 1e-8
    assert back.record["status"] == "settled"
    assert set(path.parent.iterdir()) == {path}


def test_some_signals_can_be_saved(solution, tmp_path):
    solution.save(tmp_path / "two.csv", ["v(vp)", "v(uq)"])
    assert read_waveforms(tmp_path / "two.csv").names == ("time", "v(vp)", "v(uq)")
    with pytest.raises(KeyError, match="there is no signal 'x'"):
        solution.save(tmp_path / "none.csv", ["x"])
    with pytest.raises(InputError, match="waveforms are kept in"):
        solution.save(tmp_path / "run.txt")
    assert [p.name for p in tmp_path.iterdir()] == ["two.csv"]


def test_waveforms_tell_voltages_from_currents(network):
    class Metered(Network):
        @property
        def signal_names(self):
            return ("v(q)", "i(v1)")

        def observe(self, t, x, names):
            return x[[self.signal_names.index(name) for name in names]]

    metered = Metered(network.T, network.amplifiers)
    waves = plain(metered, states=np.zeros((2, 2)), record={"title": "two"}).to_waveforms()
    assert waves.kinds == ("time", "voltage", "current")
    assert waves.title == "two"


def test_xarray_gets_one_variable_per_signal(solution):
    xarray = pytest.importorskip("xarray")
    data = solution.to_xarray()
    assert isinstance(data, xarray.Dataset)
    assert set(data.data_vars) == set(solution.signals)
    assert np.array_equal(data["v(vq)"].values, solution["v(vq)"])
    assert np.array_equal(data["time"].values, solution.times)
    assert data["v(uq)"].attrs["units"] == "V"


def test_without_xarray_a_sentence_says_how_to_get_it(solution, monkeypatch):
    monkeypatch.setitem(sys.modules, "xarray", None)
    with pytest.raises(MissingProgram, match="pip install xarray"):
        solution.to_xarray()


def test_it_shows_itself_in_one_line(network, solution):
    text = repr(solution)
    assert text.startswith("Solution(settled at t = 20 s, 2 states, ")
    assert "energy" in text
    assert "\n" not in text
    assert repr(plain(network)) == "Solution(failed at t = 1 s, 2 states, 1 steps)"
