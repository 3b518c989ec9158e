"""`analoghop compare`: our waveforms against those of ngspice."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from analoghop.circuit import ngspice
from analoghop.circuit.circuit import Circuit
from analoghop.formats.waveforms.waveforms import Waveforms

from .conftest import ABOUT, FLIPFLOP, Command

KEYS = {"deck", "signals", "largest", "points", "edges", "ngspice_s", "analoghop_s", "analyses", *ABOUT}


@pytest.fixture(autouse=True)
def _skip_without_ngspice(request: pytest.FixtureRequest) -> None:
    if request.node.get_closest_marker("ngspice") and shutil.which("ngspice") is None:
        pytest.skip("ngspice is not installed")


def test_without_ngspice_it_says_how_to_get_it(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ngspice.shutil, "which", lambda *_: None)
    answer = command("compare", FLIPFLOP, "--json")
    assert (answer.code, answer.out) == (1, "")
    assert "apt-get install ngspice" in answer.err
    assert "Traceback" not in answer.err


def test_deviation_is_the_largest_of_each_signal(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    times = np.array([1e-4, 2e-4, 5e-4])

    def fake(*_: object, **__: object) -> Waveforms:
        data = np.stack([times, [0.0, 0.0, 0.0], [1.0, 2.0, 3.0], [9.0, 9.0, 9.0]])
        return Waveforms(
            ("time", "v(u1)", "i(e.x1.en)", "v(alien)"), ("time", "voltage", "current", "voltage"), data
        )

    monkeypatch.setattr(ngspice, "run_ngspice_circuit", fake)
    answer = command("compare", FLIPFLOP, "--json")
    value = answer.value
    assert answer.code == 0
    assert set(value) == KEYS
    assert set(value["signals"]) == {"v(u1)", "i(e.x1.en)"}
    assert value["points"] == 3
    assert value["signals"]["i(e.x1.en)"] == pytest.approx(3.0)
    assert value["largest"] == value["signals"]["v(u1)"]  # of the voltages: an ampere is no volt
    assert "v(alien)" in answer.err
    # u1 falls; its value at the first time by another road, a run on its own grid.
    run = command("run", FLIPFLOP, "--json", "--tstop", "0.1m", "--rtol", "1e-9").value
    assert value["largest"] == pytest.approx(abs(run["final"]["v(u1)"]), rel=1e-6)


def test_noise_of_the_resistors_is_left_out(
    command: Command, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given = []

    def fake(circuit: Circuit, **_: object) -> Waveforms:
        given.append(circuit.johnson)
        return Waveforms(("time", "v(u1)"), ("time", "voltage"), np.array([[1e-4, 5e-4], [1.0, 2.0]]))

    monkeypatch.setattr(ngspice, "run_ngspice_circuit", fake)
    (tmp_path / "hot.cir").write_text(
        FLIPFLOP.read_text().replace(".end\n", "*!analoghop johnson 85\n.end\n")
    )
    hot, cold = command("compare", tmp_path / "hot.cir", "--json"), command("compare", FLIPFLOP, "--json")
    assert (hot.code, cold.code, given) == (0, 0, [None, None])
    assert hot.value["signals"] == cold.value["signals"]
    assert "without the noise of the resistors" in hot.err
    assert "noise" not in cold.err


@pytest.mark.ngspice
@pytest.mark.parametrize(
    "words",
    [[], ["--set", "gain=3"], ["--set", "r12=20k"], ["--tstop", "3m"], ["--set", "c1=50n", "--tstop", "3m"]],
    ids=" ".join,
)
def test_agrees_with_ngspice(command: Command, words: list[str]) -> None:
    answer = command("compare", FLIPFLOP, "--json", *words)
    value = answer.value
    assert answer.code == 0
    assert set(value) == KEYS
    assert {"v(u1)", "v(u2)", "v(v1)", "v(n2)"} <= set(value["signals"])
    assert value["largest"] == max(value["signals"].values()) < 1e-5
    assert value["points"] >= 2000
    assert value["ngspice_s"] > 0


@pytest.mark.ngspice
def test_sources_operating_point_and_pictures(command: Command, rc: Path) -> None:
    rc.write_text(rc.read_text().replace(" uic", "").replace("PULSE(0 1", "PULSE(0.3 1"))
    plot = rc.with_suffix(".png")
    answer = command("compare", rc, "--quiet", "--plot", plot)
    assert answer.code == 0
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert "v(a)" in answer.out
    assert "i(v1)" in answer.out
    assert command("compare", rc, "--json", "--quiet").value["largest"] < 1e-5


@pytest.mark.ngspice
def test_deck_without_tran_is_bad_input(command: Command, rc: Path) -> None:
    rc.write_text(
        "".join(line for line in rc.read_text().splitlines(True) if not line.startswith((".tran", ".meas")))
    )
    answer = command("compare", rc)
    assert answer.code == 3
    assert ".tran" in answer.err


@pytest.mark.ngspice
def test_edges_at_other_times_are_told_apart_from_other_values(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "comparator.cir"
    deck.write_text(
        "a comparator in a loop\nVs s 0 12\nRt q m 2.2k\nCx th 0 100p\nCt m 0 47n IC=0\nRf q th 47k\n"
        "Ru s th 47k\nRd th 0 47k\nBq q 0 V=6+max(-6, min(6, 6meg*V(th,m)))\n.tran 1u 400u uic\n.end\n"
    )
    value = command("compare", deck, "--json").value
    assert value["signals"]["v(q)"] > 1.0  # one of them has switched, the other has not yet
    assert 0.0 < value["edges"]["v(q)"] < 2e-7  # no more than one of ngspice's steps
    assert "v(m)" not in value["edges"] or value["edges"]["v(m)"] < 2e-7
    assert "apart" in command("compare", deck).out
