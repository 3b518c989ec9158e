import os
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from analoghop.circuit.netlist.text.includes import LIBRARY
from analoghop.circuit.ngspice import find_ngspice, run_ngspice, run_ngspice_text
from analoghop.circuit.ngspice_deck import TIGHT_STEPS
from analoghop.errors import AnalogHopError, InputError, MissingProgram, NetlistError

DECKS = Path(__file__).parents[2] / "circuits"
RC = """charging capacitor
.param v=1
V1 in 0 {v}
R1 in out 1k
C1 out 0 1u
.tran 10u 5m uic
.meas tran half WHEN v(out)=0.5 RISE=1
.meas tran never WHEN v(out)=7 RISE=1
.end
"""
needs_ngspice = [
    pytest.mark.ngspice,
    pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed"),
]


def marked(function):
    for mark in needs_ngspice:
        function = mark(function)
    return function


def test_the_library_of_the_decks_is_the_package_s() -> None:
    assert (DECKS / "amplifiers.lib").read_bytes() == (LIBRARY / "amplifiers.lib").read_bytes()


def test_missing_program_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(MissingProgram, match="apt-get install ngspice"):
        find_ngspice()
    with pytest.raises(MissingProgram):
        run_ngspice_text(RC)


@pytest.mark.parametrize("override", [{"a b": 1.0}, {"": 1.0}, {"x": "1\n.control"}])
def test_bad_overrides(override: dict[str, float | str]) -> None:
    with pytest.raises(InputError):
        run_ngspice_text(RC, overrides=override)


def test_deck_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(NetlistError, match=r"no\.cir cannot be read: No such file"):
        run_ngspice(tmp_path / "no.cir")


@marked
def test_waveforms_of_a_charging_capacitor(tmp_path: Path) -> None:
    (tmp_path / "rc.cir").write_text(RC)
    before = sorted(os.listdir(tmp_path))
    run = run_ngspice(tmp_path / "rc.cir", tight=True, overrides={"v": 2.0})
    assert sorted(os.listdir(tmp_path)) == before
    assert set(run.names) == {"time", "v(in)", "v(out)", "i(v1)"}
    assert run.title == "charging capacitor"
    assert 0 < run.times[0] < 1e-6
    assert run.times[-1] == pytest.approx(5e-3, rel=1e-9)
    np.testing.assert_allclose(run["out"], 2 * (1 - np.exp(-run.times / 1e-3)), rtol=0, atol=1e-6)
    np.testing.assert_allclose(run["i(v1)"], (run["out"] - 2) / 1e3, atol=1e-12)
    record = dict(run.record)
    measurements = record.pop("measurements")
    version = record.pop("program")
    deck = str(tmp_path / "rc.cir")
    assert record == {"deck": deck, "tight": True, "stop": None, "overrides": {"v": 2.0}}
    assert str(version).startswith("ngspice ")
    assert isinstance(measurements, dict)
    assert measurements["half"] == pytest.approx(1e-3 * np.log(4 / 3), abs=1e-9)
    assert measurements["never"] is None


@marked
def test_tight_is_tighter() -> None:
    errors = []
    for tight in (False, True):
        run = run_ngspice_text(RC, tight=tight)
        errors.append(np.abs(run["out"] - (1 - np.exp(-run.times / 1e-3))).max())
    assert errors[1] < 1e-6 < errors[0]


@marked
def test_signals_of_the_circuit_only() -> None:
    deck = "t\n.include amplifiers.lib\nV1 u 0 1\nX1 u e1 n tanh_amp\nE2 e2 0 u 0 2\n.tran 1u 1m\n"
    run = run_ngspice_text(deck, stop=2e-3)
    assert set(run.names) == {"time", "v(u)", "v(e1)", "v(n)", "v(e2)", "i(v1)"}
    assert run.times[-1] == pytest.approx(2e-3)


@marked
def test_saved_signals_and_end_of_time(tmp_path: Path) -> None:
    (tmp_path / "rc.cir").write_text(RC.replace(".end", ".save v(out)\n.end"))
    run = run_ngspice(tmp_path / "rc.cir", stop=1e-3)
    assert run.names == ("time", "v(out)")
    assert run.times[-1] == pytest.approx(1e-3, rel=1e-9)


@marked
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("t\nV1 a 0 1\nV2 a 0 2\nC1 a 0 1n\n.tran 1u 1m\n", "Timestep too small"),
    ],
)
def test_failure_carries_the_words_of_ngspice(text: str, message: str) -> None:
    with pytest.raises(AnalogHopError, match=message) as caught:
        run_ngspice_text(text)
    assert not isinstance(caught.value, InputError)
    assert len(str(caught.value)) <= len("ngspice failed: ") + 200


@marked
def test_time_limit() -> None:
    with pytest.raises(AnalogHopError, match=r"did not finish within 0\.05 s"):
        run_ngspice_text(RC.replace(".tran 10u 5m", ".tran 1n 1"), timeout=0.05)


@marked
def test_control_blocks_and_start_up_files_are_ignored(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".spiceinit").write_text("shell touch started\nset filetype=ascii\n")
    mark = tmp_path / "pwned"
    text = RC.replace(".end\n", f".control\nshell touch {mark}\nrun\nquit\n.endc\n.end\n")
    assert run_ngspice_text(text).data.shape[1] > 10
    assert not mark.exists()
    assert not (tmp_path / "started").exists()


@marked
def test_what_runs_is_the_program_on_the_path() -> None:
    version = subprocess.run([find_ngspice(), "--version"], capture_output=True, text=True, check=True)
    assert "ngspice" in version.stdout
    assert TIGHT_STEPS >= 2000


@pytest.mark.parametrize("line", ["X1 a b nosub", ".frobnicate"])
def test_what_is_refused_here_never_gets_to_ngspice(line: str) -> None:
    with pytest.raises(NetlistError, match=r"<deck>:2:1"):
        run_ngspice_text(f"t\n{line}\nV1 a 0 1\nR1 a 0 1k\n.tran 1u 1m\n")


@marked
def test_a_file_that_grows_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("analoghop.circuit.ngspice.LARGEST", 10_000)
    with pytest.raises(AnalogHopError, match="ngspice failed"):
        run_ngspice_text(RC.replace(".tran 10u 5m", ".tran 100n 5m"))
