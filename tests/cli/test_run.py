"""`analoghop run`: its JSON is a contract, key by key."""

import importlib
import math
import time
from pathlib import Path

import numpy as np
import pytest

import analoghop
from analoghop.formats.waveforms.files import read_waveforms

from .conftest import ABOUT, FLIPFLOP, RING, Command

KEYS = {
    "deck",
    "title",
    "status",
    "t_end",
    "final",
    "energy",
    "audit",
    "power",
    "measurements",
    "counts",
    "cpu_s",
    "wall_s",
    *ABOUT,
}
ENERGY = {"initial", "final", "largest_rise", "balance_error", "guaranteed", "reason"}
COUNTS = {"states", "amplifiers", "steps", "evaluations"}
STATUSES = {"settled", "time up", "time limit", "failed"}

BLOW_UP = """Finite-time blow-up
C1 u 0 1u IC=1
R1 u 0 1k
B1 0 u I=0.1*V(u)*V(u)
.tran 1u 1 uic
.meas tran late FIND v(u) AT=0.5
.end
"""

NOWHERE = """Nothing holds this current
C1 u 0 1u
R1 u 0 1k
B1 0 u I=1+V(u)*V(u)
.tran 1u 1m
.meas tran late FIND v(u) AT=0.5m
.end
"""


def check_form(value: dict[str, object]) -> None:
    """Assert what every JSON value of a run promises."""
    assert set(value) == KEYS
    assert value["status"] in STATUSES
    assert set(value["power"]) == {"sources_j", "heat_j", "stored_j"}  # type: ignore[call-overload]
    assert set(value["counts"]) == COUNTS  # type: ignore[call-overload]
    assert value["energy"] is None or set(value["energy"]) == ENERGY  # type: ignore[call-overload]


def test_json_of_a_settled_run(command: Command) -> None:
    answer = command("run", FLIPFLOP, "--json")
    value = answer.value
    check_form(value)
    assert (answer.code, value["status"], value["deck"]) == (0, "settled", str(FLIPFLOP))
    assert value["title"] == "Flip-flop of two amplifiers"
    assert value["t_end"] == pytest.approx(30e-3)
    v = value["final"]["v(v1)"]
    assert v == pytest.approx(math.tanh(2 * v), abs=1e-6)
    assert value["final"]["v(n1)"] == pytest.approx(-v)
    assert value["counts"]["states"] == value["counts"]["amplifiers"] == 2
    assert value["energy"]["guaranteed"] is True
    assert value["energy"]["reason"] is None
    assert value["energy"]["final"] < value["energy"]["initial"]
    assert value["energy"]["largest_rise"] < 1e-9 * (value["energy"]["initial"] - value["energy"]["final"])
    power = value["power"]
    assert power["sources_j"] - power["heat_j"] == pytest.approx(power["stored_j"], rel=1e-4)
    # Two capacitors of 100 nF, charged from 0.3 V and -0.2 V to v each.
    stored = 0.5e-7 * (2 * v**2 - 0.3**2 - 0.2**2)
    assert power["stored_j"] == pytest.approx(stored, rel=1e-6)
    assert value["measurements"]["decided"] == pytest.approx(0.4303e-3, abs=1e-6)


def test_json_of_a_driven_run_against_its_formula(command: Command, rc: Path) -> None:
    answer = command("run", rc, "--json")
    value = answer.value
    check_form(value)
    assert answer.code == 0
    # A ramp of 1 us from 0.1 ms on lags by half of it.
    t = 0.9e-3 - 0.5e-6
    assert value["final"]["v(a)"] == pytest.approx(1 - math.exp(-t / 1e-4), abs=1e-5)
    assert value["energy"]["guaranteed"] is False
    assert "moving input" in value["energy"]["reason"]
    half = value["measurements"]["half"]
    assert half == pytest.approx(0.1e-3 + 0.5e-6 + 1e-4 * math.log(2), abs=2e-7)
    assert value["measurements"]["never"] is None
    assert value["counts"]["amplifiers"] == 0


def test_saved_signals_only(command: Command, rc: Path) -> None:
    rc.write_text(rc.read_text().replace(".end\n", ".save v(a) i(v1)\n.end\n"))
    assert list(command("run", rc, "--json").value["final"]) == ["v(a)", "i(v1)"]


def test_report_has_no_hundreds_of_signals(command: Command, tmp_path: Path) -> None:
    lines = [f"R{k} a{k} 0 1k\nC{k} a{k} 0 1u IC={k}" for k in range(1, 101)]
    deck = tmp_path / "many.cir"
    deck.write_text("many\n" + "\n".join(lines) + "\n.tran 10u 1m uic\n.end\n")
    answer = command("run", deck)
    assert answer.code == 0
    assert len(answer.out.splitlines()) < 30
    assert "at the end, 16 of 200 signals" in answer.out or "at the end, 16 of 100 signals" in answer.out
    assert "--json shows all of them" in answer.out
    assert len(command("run", deck, "--json").value["final"]) == 100


def test_signals_that_a_deck_expects_come_first_in_their_order(command: Command) -> None:
    lines = command("run", Path("circuits/adc4.cir")).out.splitlines()
    begin = next(k for k, line in enumerate(lines) if "at the end" in line)
    assert [line.split()[0] for line in lines[begin + 1 : begin + 5]] == ["v(v3)", "v(v2)", "v(v1)", "v(v0)"]


def test_saved_voltages_and_currents_are_drawn(command: Command, rc: Path, tmp_path: Path) -> None:
    rc.write_text(rc.read_text().replace(".end\n", ".save i(v1) v(a)\n.end\n"))
    assert command("run", rc, "--plot", tmp_path / "rc.png").code == 0
    shown = [line.split()[0] for line in command("run", rc).out.splitlines() if line.startswith("    ")]
    assert shown == ["i(v1)", "v(a)"]


def test_report_names_what_matters(command: Command) -> None:
    out = command("run", FLIPFLOP).out
    for words in (
        "Flip-flop",
        "2 states, 2 amplifiers",
        "settled",
        "Hopfield 1984",
        "decided",
        "heat",
        "v(v1)",
    ):
        assert words in out


def test_set_takes_parameters_elements_and_suffixes(command: Command) -> None:
    weak = command("run", FLIPFLOP, "--json", "--set", "GAIN=500m").value
    assert abs(weak["final"]["v(v1)"]) < 1e-3
    slow = command("run", FLIPFLOP, "--json", "--set", "c1=1u", "--set", "c2=1u").value
    fast = command("run", FLIPFLOP, "--json").value
    ratio = slow["measurements"]["decided"] / fast["measurements"]["decided"]
    assert ratio == pytest.approx(10, rel=1e-2)


def test_tstop_replaces_the_decks(command: Command) -> None:
    value = command("run", FLIPFLOP, "--json", "--tstop", "0.2m").value
    assert (value["t_end"], value["status"]) == (pytest.approx(0.2e-3), "time up")
    assert value["measurements"]["decided"] is None


def test_settle_ends_early_and_needs_no_tran(command: Command, tmp_path: Path) -> None:
    value = command("run", FLIPFLOP, "--json", "--settle").value
    assert value["status"] == "settled"
    assert value["t_end"] < 20e-3
    deck = tmp_path / "no_tran.cir"
    deck.write_text(
        "".join(ln for ln in FLIPFLOP.read_text().splitlines(True) if not ln.startswith((".tran", ".meas")))
    )
    answer = command("run", deck, "--json", "--settle", "--include-dir", FLIPFLOP.parent)
    assert answer.code == 0
    assert answer.value["final"]["v(v1)"] == pytest.approx(value["final"]["v(v1)"], abs=1e-4)
    assert command("run", deck).code == 2
    assert command("run", deck, "--tstop", "1m").code == 0


def test_what_does_not_settle_is_4(command: Command) -> None:
    answer = command("run", RING, "--settle", "--json")
    assert (answer.code, answer.value["status"]) == (4, "time up")
    assert "not settled" in answer.err
    assert command("run", RING, "--json").code == 0


def test_failed_integration_is_4_and_says_so(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "blow_up.cir"
    deck.write_text(BLOW_UP)
    answer = command("run", deck, "--json")
    check_form(answer.value)
    assert (answer.code, answer.value["status"]) == (4, "failed")
    assert answer.value["measurements"] == {"late": None}
    assert "integration failed" in answer.err


def test_no_operating_point_is_4(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "nowhere.cir"
    deck.write_text(NOWHERE)
    answer = command("run", deck, "--json")
    check_form(answer.value)
    assert (answer.code, answer.value["status"], answer.value["t_end"]) == (4, "failed", None)
    assert answer.value["measurements"] == {"late": None}
    assert ".nodeset" in answer.err


def test_no_energy_is_null_and_its_reason_a_notice(command: Command) -> None:
    deck = FLIPFLOP.parent / "general.cir"
    answer = command("run", deck, "--json")
    check_form(answer.value)
    assert answer.value["energy"] is None
    assert "no energy" in answer.err
    assert "no energy" not in command("run", deck, "--json", "--quiet").err


def test_time_limit_reports_what_has_finished(command: Command) -> None:
    began = time.monotonic()
    answer = command("run", RING, "--tstop", "100", "--time-limit", "300m", "--json", "--quiet")
    assert time.monotonic() - began < 5
    assert (answer.code, answer.value["status"], answer.err) == (0, "time limit", "")
    assert 0 < answer.value["t_end"] < 100


def test_too_many_times_are_thinned_with_a_notice(command: Command, rc: Path) -> None:
    rc.write_text(rc.read_text().replace(".tran 10u", ".tran 1p"))
    answer = command("run", rc, "--out", rc.with_suffix(".npz"))
    assert answer.code == 0
    assert "1e+09 times" in answer.err
    assert len(read_waveforms(rc.with_suffix(".npz")).times) == 1_000_001


def test_times_before_tstart_are_not_recorded(command: Command, rc: Path) -> None:
    rc.write_text(rc.read_text().replace(".tran 10u 1m", ".tran 10u 1m 0.5m"))
    out = rc.with_suffix(".raw")
    assert command("run", rc, "--out", out).code == 0
    waves = read_waveforms(out)
    assert waves.times[0] == pytest.approx(0.5e-3)
    assert len(waves.times) == 51
    assert waves["a"][0] == pytest.approx(1 - math.exp(-(0.4e-3 - 0.5e-6) / 1e-4), abs=1e-5)


@pytest.mark.parametrize("suffix", [".raw", ".csv", ".npz"])
def test_files_hold_the_signals_and_their_origin(command: Command, rc: Path, suffix: str) -> None:
    out = rc.with_suffix(suffix)
    answer = command("run", rc, "--out", out, "--json", "--seed", "7", "--set", "r1=2k")
    waves = read_waveforms(out)
    assert waves.title == "Step into R and C"
    np.testing.assert_allclose(waves.times, np.linspace(0, 1e-3, 101), atol=1e-15)
    assert waves["v(a)"][-1] == pytest.approx(answer.value["final"]["v(a)"], abs=1e-15)
    record = waves.record
    assert (record["program"], record["version"]) == ("analoghop", analoghop.__version__)
    assert (record["deck"], record["seed"], record["set"]) == (str(rc), 7, {"r1": "2k"})
    assert record["command"] == f"analoghop run {rc} --out {out} --json --seed 7 --set r1=2k"
    assert {"method", "rtol", "atol"} <= record.keys()


@pytest.mark.parametrize(("suffix", "start"), [(".png", b"\x89PNG"), (".svg", b"<?xml"), (".pdf", b"%PDF")])
def test_pictures(command: Command, rc: Path, suffix: str, start: bytes) -> None:
    plot = rc.with_suffix(suffix)
    assert command("run", rc, "--plot", plot, "--quiet").code == 0
    assert plot.read_bytes().startswith(start)
    assert analoghop.__version__.encode() in plot.read_bytes() or suffix == ".pdf"


def test_nothing_is_left_behind_by_a_failure(command: Command, rc: Path) -> None:
    before = sorted(rc.parent.iterdir())
    rc.write_text(rc.read_text().replace("R1 in a 1k", "R1 in a 0"))
    assert command("run", rc, "--out", rc.with_suffix(".raw"), "--plot", rc.with_suffix(".png")).code == 3
    assert sorted(rc.parent.iterdir()) == before


def test_files_are_looked_at_before_the_run(
    command: Command, rc: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_: object, **__: object) -> None:
        raise AssertionError("the run began")

    monkeypatch.setattr(importlib.import_module("analoghop.simulate"), "run_transient", never)
    taken = rc.parent / "taken.raw"
    taken.mkdir()
    assert command("run", rc, "--out", taken).code == 3
    assert command("run", rc, "--out", rc.parent / "missing" / "x.raw").code == 3


def test_a_measurement_of_nothing_is_bad_input(command: Command, rc: Path) -> None:
    rc.write_text(rc.read_text().replace("v(a)=0.5", "v(zz)=0.5"))
    answer = command("run", rc)
    assert answer.code == 3
    assert "v(zz)" in answer.err


def test_op_in_a_deck_adds_its_equilibrium(command: Command, rc: Path) -> None:
    deck = rc.with_name("op.cir")
    deck.write_text("op\nV1 in 0 1\nR1 in a 1k\nC1 a 0 100n\n.op\n.end\n")
    answer = command("run", deck)
    assert answer.code == 0
    assert "stable equilibrium" in answer.out
    assert "-10000" in answer.out
    value = command("run", deck, "--json").value
    check_form(value)
    assert value["final"]["v(a)"] == pytest.approx(1, abs=1e-4)


def test_without_capacitors_it_follows_its_sources(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "divider.cir"
    deck.write_text("divider\nV1 in 0 SIN(0 1 1k)\nR1 in a 1k\nR2 a 0 1k\n.tran 10u 0.25m\n.end\n")
    answer = command("run", deck, "--json", "--quiet")
    check_form(answer.value)
    assert answer.code == 0
    assert answer.value["final"]["v(a)"] == pytest.approx(0.5)
    assert answer.value["counts"]["states"] == 0


def test_without_uic_it_starts_from_an_equilibrium(command: Command, rc: Path) -> None:
    rc.write_text(rc.read_text().replace("PULSE(0 1 0.1m 1u 1u 1 2)", "1").replace(" uic", ""))
    out = rc.with_suffix(".npz")
    answer = command("run", rc, "--out", out)
    assert answer.code == 0
    assert "uic" in answer.err
    np.testing.assert_allclose(read_waveforms(out)["a"], 1.0, atol=1e-9)


def test_methods_agree(command: Command) -> None:
    tight = [FLIPFLOP, "--json", "--rtol", "1e-9", "--tstop", "2m"]
    answers = [
        command("run", *tight, "--method", m).value["final"]["v(u1)"] for m in ("DOP853", "Radau", "LSODA")
    ]
    np.testing.assert_allclose(answers, answers[0], rtol=1e-7)


def test_a_title_that_is_no_ascii_and_a_folder_with_blanks(command: Command, tmp_path: Path) -> None:
    folder = tmp_path / "a folder"
    folder.mkdir()
    deck = folder / "déck.cir"
    deck.write_text("Größe µ\nR1 a 0 1k\nC1 a 0 1u IC=1\n.tran 10u 1m uic\n.end\n")
    answer = command("run", deck, "--json", "--out", folder / "x.raw", "--plot", folder / "x.png")
    assert answer.code == 0
    assert answer.value["title"] == "Größe µ"
    assert read_waveforms(folder / "x.raw").title == "Größe µ"


LATCH = """Two amplifiers that hold each other
B1 v1 0 V=tanh({gain}*V(u1))
B2 v2 0 V=tanh({gain}*V(u2))
R1 v2 u1 1k
R2 v1 u2 1k
C1 u1 0 1u IC={start}
C2 u2 0 1u IC={start}
.tran 10u {end} uic
.end
"""


def test_a_start_on_a_saddle_gets_a_hint(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "latch.cir"
    deck.write_text(LATCH.format(gain=4, start=0, end="50m"))
    answer = command("run", deck)
    assert answer.code == 0
    assert "the start is an unstable equilibrium, where the circuit stays" in answer.err
    deck.write_text(LATCH.format(gain=4, start="1m", end="50m"))
    assert "unstable" not in command("run", deck).err


def test_a_circuit_that_creeps_has_not_settled(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "critical.cir"
    deck.write_text(LATCH.format(gain=1, start=0.3, end="0.6"))
    answer = command("run", deck, "--settle", "--json")
    assert answer.code != 0
    assert answer.value["status"] == "time up"
    assert "still creeping towards an equilibrium" in answer.err
    assert "marginal mode, of the eigenvalue" in answer.err


def test_no_theorem_is_claimed_for_an_amplifier_that_falls(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "falls.cir"
    text = LATCH.format(gain=1, start=80, end="2m").replace(
        "IC=80\nC2 u2 0 1u IC=80", "IC=80\nC2 u2 0 1u IC=60"
    )
    deck.write_text(text.replace("tanh(1*V(u1))", "V(u1)<50?tanh(V(u1)):51-V(u1)"))
    energy = command("run", deck, "--json").value["energy"]
    assert energy["guaranteed"] is False
    assert "(x1 < 50 ? tanh(x1) : 51 - x1) is not shown to be monotone" in energy["reason"]
    assert energy["largest_rise"] > 0


def test_the_report_shows_outputs_first_and_what_they_read_last(command):
    told = [
        line.split()[0] for line in command("run", FLIPFLOP).out.splitlines() if line.startswith("    v(")
    ]
    assert told == ["v(v1)", "v(v2)", "v(n1)", "v(n2)", "v(u1)", "v(u2)"]
