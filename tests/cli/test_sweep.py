"""`--sweep` and the deck's own sweeps: one run for every combination, one file for every run."""

from pathlib import Path

import pytest

from analoghop.cli.decks import run as run_verb
from analoghop.formats.waveforms.files import read_waveforms

from .conftest import FLIPFLOP, Command
from .test_run import KEYS


def test_list_of_runs_with_their_values(command: Command) -> None:
    answer = command("run", FLIPFLOP, "--sweep", "gain=500m,2", "--json")
    values = answer.value
    assert answer.code == 0
    assert [v["set"] for v in values] == [{"gain": 0.5}, {"gain": 2.0}]
    assert all(set(v) == KEYS | {"set"} for v in values)
    alone = command("run", FLIPFLOP, "--set", "gain=2", "--json").value
    assert values[1]["final"] == alone["final"]


def test_product_of_sweeps_and_names_of_files(command: Command, rc: Path) -> None:
    words = ["--sweep", "r1=1k,2k", "--sweep", "C1=100n,1u", "--out", rc.with_name("x.raw")]
    answer = command("run", rc, *words, "--plot", rc.with_name("p.svg"))
    assert answer.code == 0
    points = [f"r1={r}-C1={c}" for r in ("1k", "2k") for c in ("100n", "1u")]
    expected = {f"x-{p}.raw" for p in points} | {f"p-{p}.svg" for p in points}
    assert {path.name for path in rc.parent.iterdir()} == expected | {"rc.cir"}
    waves = read_waveforms(rc.with_name("x-r1=2k-C1=1u.raw"))
    assert waves.record["set"] == {"r1": 2000.0, "C1": 1e-6}
    for point in points:
        assert point.replace("=", " = ").replace("-", ", ") in answer.out


@pytest.mark.parametrize(
    ("pragma", "values"),
    [
        ("*!analoghop step param rr list 500 1k 2k", [500.0, 1000.0, 2000.0]),
        ("*!analoghop step param rr 1k 3k 1k", [1000.0, 2000.0, 3000.0]),
    ],
)
def test_a_deck_sweeps_itself(command: Command, rc: Path, pragma: str, values: list[float]) -> None:
    text = rc.read_text().replace("R1 in a 1k", f".param rr=1k\nR1 in a {{rr}}\n{pragma}")
    rc.write_text(text)
    runs = command("run", rc, "--json", "--out", rc.with_name("x.csv")).value
    assert [one["set"] for one in runs] == [{"rr": value} for value in values]
    assert rc.with_name(f"x-rr={values[1]:g}.csv").exists()
    assert len({one["final"]["v(a)"] for one in runs}) == len(values)
    # What the command line sets or sweeps, the deck does not.
    assert "set" not in command("run", rc, "--json", "--set", "rr=1k").value
    assert [one["set"] for one in command("run", rc, "--json", "--sweep", "RR=7k").value] == [{"RR": 7000.0}]


def test_a_sweep_that_is_also_set_is_wrong_usage(command: Command) -> None:
    assert command("run", FLIPFLOP, "--sweep", "gain=1,2", "--set", "Gain=3").code == 2
    assert command("run", FLIPFLOP, "--sweep", "gain=1,2", "--sweep", "gain=3").code == 2


def test_the_worst_point_decides_the_code(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "maybe.cir"
    deck.write_text(
        "maybe\n.param k=0\nC1 u 0 1u IC=1\nR1 u 0 1k\nB1 0 u I={k}*V(u)*V(u)\n.tran 1u 1m uic\n.end\n"
    )
    answer = command("run", deck, "--sweep", "k=0,100,0.5m", "--json")
    assert answer.code == 4
    assert [one["status"] == "failed" for one in answer.value] == [False, True, False]


def test_interrupted_sweep_reports_what_has_finished(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    real, calls = run_verb._Runs._run, []

    def run(self: run_verb._Runs, *words: object) -> object:
        calls.append(words)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return real(self, *words)  # type: ignore[arg-type]

    monkeypatch.setattr(run_verb._Runs, "_run", run)
    answer = command("run", FLIPFLOP, "--sweep", "gain=1,2,3,4", "--json")
    assert answer.code == 4
    assert [one["set"]["gain"] for one in answer.value] == [1.0, 2.0]
    assert "interrupted after 2 of 4 runs" in answer.err


def test_time_limit_ends_a_sweep(command: Command) -> None:
    values = ",".join(str(1 + k / 1000) for k in range(500))
    answer = command("run", FLIPFLOP, "--sweep", f"gain={values}", "--time-limit", "0.3", "--json")
    assert answer.code == 0
    assert 1 <= len(answer.value) < 500
    assert "were not begun" in answer.err


def test_notices_are_said_once(command: Command, rc: Path) -> None:
    rc.write_text(rc.read_text().replace(" uic", ""))
    err = command("run", rc, "--sweep", "r1=1k,2k,3k").err
    assert len(err.splitlines()) == len(set(err.splitlines())) == 1
