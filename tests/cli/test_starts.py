"""`analoghop run --starts`: its JSON is a contract, key by key."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from analoghop.circuit.netlist import read
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.simulate_many import simulate_many

from .conftest import ABOUT, DECKS, FLIPFLOP, RING, Command

KEYS = {
    "deck",
    "starts",
    "seed",
    "statuses",
    "attractors",
    "settling_time",
    "settled_rate",
    "settled_interval",
    "cpu_s",
    "wall_s",
    "finished",
    "unfinished",
    *ABOUT,
}
ATTRACTOR = {"final", "energy", "count", "fraction", "interval"}


def test_json_of_many_starts(command: Command) -> None:
    answer = command("run", FLIPFLOP, "--starts", 300, "--seed", 4, "--json", "--quiet")
    value = answer.value
    assert (answer.code, answer.err) == (0, "")
    assert set(value) == KEYS
    assert (value["deck"], value["starts"], value["seed"]) == (str(FLIPFLOP), 300, 4)
    assert value["statuses"] == {"settled": 300}
    up, down = sorted(value["attractors"], key=lambda one: -one["final"]["v(v1)"])
    for one, sign in ((up, 1), (down, -1)):
        assert set(one) == ATTRACTOR
        assert one["final"]["v(v1)"] == pytest.approx(sign * 0.9575, abs=1e-3)
        assert one["interval"][0] < one["fraction"] < one["interval"][1]
        assert one["interval"][0] < 0.5 < one["interval"][1]
        assert one["energy"] < 0
    assert up["count"] + down["count"] == 300
    assert 0 < value["settling_time"]["median"] <= value["settling_time"]["max"] < 0.03


def test_the_numbers_are_those_of_the_library(command: Command) -> None:
    value = command("run", FLIPFLOP, "--starts", 50, "--seed", 7, "--json", "--quiet").value
    circuit = read(FLIPFLOP)
    run = simulate_many(compile_circuit(circuit), 50, seed=7, tstop=circuit.tran.stop)  # type: ignore[union-attr]
    expected = run.to_dict()
    for key in ("starts", "seed", "statuses", "attractors", "settling_time"):
        assert value[key] == expected[key]
    again = command("run", FLIPFLOP, "--starts", 50, "--seed", 7, "--threads", 2, "--json", "--quiet").value
    assert [one["count"] for one in again["attractors"]] == [one["count"] for one in value["attractors"]]
    assert command("run", FLIPFLOP, "--starts", 5, "--json", "--quiet").value["seed"] == 0


def test_the_report_is_readable(command: Command) -> None:
    answer = command("run", FLIPFLOP, "--starts", 200, "--seed", 1)
    lines = answer.out.splitlines()
    assert lines[:2] == ["Flip-flop of two amplifiers", "  2 states; 200 starts: 200 settled"]
    assert lines[2].startswith("  settling time ")
    assert lines[3] == "  settled: 100 % of 200 that ended (95 % interval 98.1 to 100 %)"
    assert lines[4] == "  2 attractors, with shares of the starts and their 95 % intervals:"
    assert "v(v1) = 957.5 mV" in answer.out
    assert lines[-1].endswith("seed 1")


def test_the_signals_shown_are_those_that_differ(command: Command) -> None:
    answer = command("run", DECKS / "adc4.cir", "--starts", 200)
    assert "v(x)" not in answer.out
    assert "v(v0)" in answer.out or "v(n0)" in answer.out


def test_engines_agree(command: Command) -> None:
    ours, theirs = (
        command("run", FLIPFLOP, "--starts", 20, "--seed", 3, "--engine", engine, "--json", "--quiet").value
        for engine in ("ensemble", "scipy")
    )
    assert [one["count"] for one in ours["attractors"]] == [one["count"] for one in theirs["attractors"]]
    coarse = command(
        "run", FLIPFLOP, "--starts", 20, "--seed", 3, "--method", "BS23", "--rtol", "1m", "--json"
    )
    assert [one["count"] for one in coarse.value["attractors"]] == [
        one["count"] for one in ours["attractors"]
    ]


def test_the_compiled_engine_is_asked_for_by_name(command: Command) -> None:
    pytest.importorskip("numba")
    words = ("run", FLIPFLOP, "--starts", 20, "--seed", 3, "--json", "--quiet")
    ours, fused = (command(*words, "--engine", engine).value for engine in ("ensemble", "fused"))
    for key in ("starts", "seed", "statuses"):
        assert ours[key] == fused[key]
    assert [one["count"] for one in ours["attractors"]] == [one["count"] for one in fused["attractors"]]
    wrong = command(*words, "--engine", "fused", "--method", "BS23")
    assert (wrong.code, wrong.out) == (2, "")
    assert "`--method BS23` is not a method of the engine fused: auto, DOPRI5" in wrong.err
    single = command("run", FLIPFLOP, "--engine", "fused")
    assert single.code == 2
    assert "`--engine fused` is for many starts: give `--starts M`" in single.err


COMMAND = """
import json, sys
from analoghop.cli import main
code = main(sys.argv[1:])
from analoghop.engines.fused.kernels import advance
found = [sum(times.values()) for times in (advance.stats.cache_hits, advance.stats.cache_misses)]
print(json.dumps([int(code), *found]), file=sys.stderr)
"""


def test_a_second_command_compiles_nothing(command: Command) -> None:
    pytest.importorskip("numba")
    words = ("run", FLIPFLOP, "--starts", 5, "--engine", "fused", "--json", "--quiet")
    assert command(*words).code == 0
    second = [sys.executable, "-c", COMMAND, *map(str, words)]
    answer = subprocess.run(second, capture_output=True, text=True, check=True)
    assert json.loads(answer.stderr) == [0, 1, 0]


def test_a_deck_of_little_work_does_not_load_the_compiler(command: Command) -> None:
    code = "import sys; from analoghop.cli import main; main(sys.argv[1:]); sys.exit('numba' in sys.modules)"
    words = [sys.executable, "-c", code, "run", str(FLIPFLOP), "--starts", "50", "--quiet"]
    subprocess.run(words, capture_output=True, check=True)


def test_files(command: Command, tmp_path: Path) -> None:
    out, plot = tmp_path / "runs.npz", tmp_path / "runs.png"
    answer = command("run", FLIPFLOP, "--starts", 30, "--out", out, "--plot", plot)
    assert answer.code == 0
    assert plot.read_bytes().startswith(b"\x89PNG")
    with np.load(out) as archive:
        assert archive["states"].shape == (2, 30)
    bad = command("run", FLIPFLOP, "--starts", 3, "--out", tmp_path / "x.raw")
    assert (bad.code, bad.err) == (
        3,
        f"analoghop: many runs are written to .npz, not to {tmp_path / 'x.raw'}\n",
    )


def test_a_sweep_of_many_starts(command: Command, tmp_path: Path) -> None:
    out = tmp_path / "x.npz"
    words = ("--sweep", "gain=0.5,2", "--starts", 40, "--out", out, "--json", "--quiet")
    answer = command("run", FLIPFLOP, *words)
    low, high = answer.value
    assert (low["set"], high["set"]) == ({"gain": 0.5}, {"gain": 2.0})
    assert len(low["attractors"]) == 1
    assert len(high["attractors"]) == 2
    assert {path.name for path in tmp_path.iterdir()} == {"x-gain=0.5.npz", "x-gain=2.npz"}


def test_what_does_not_settle(command: Command) -> None:
    answer = command("run", RING, "--starts", 10)
    assert answer.code == 0
    assert "0 attractors: no start has settled" in answer.out
    wanted = command("run", RING, "--starts", 10, "--settle", "--json")
    assert wanted.code == 4
    assert "the circuit has settled from 0 of 10 starts" in wanted.err
    assert wanted.value["settling_time"] == {
        "mean": None, "median": None, "max": None, "mean_interval": None, "count": 0,
    }  # fmt: skip
    assert wanted.value["attractors"] == []


def test_a_time_limit_reports_what_has_finished(command: Command) -> None:
    answer = command(
        "run", RING, "--starts", 1000, "--tstop", 100, "--time-limit", "0.3", "--json", "--quiet"
    )
    assert answer.code == 0
    assert sum(answer.value["statuses"].values()) == 1000
    assert answer.value["statuses"]["time limit"] > 0


@pytest.mark.parametrize(
    ("deck", "words", "code", "message"),
    [
        ("title\nR1 a 0 1k\nV1 a 0 1\n.tran 1u 1m\n.end\n", ("--starts", 3), 3, "has no capacitor"),
        ("title\nR1 a 0 1k\nC1 a 0 1u\n.end\n", ("--starts", 3), 2, "give `--tstop T`, or `--settle`"),
        ("title\nR1 a 0 1k\nC1 a 0 1u\n.end\n", ("--starts", 0), 3, "`--starts` is 0"),
        (
            "title\nR1 a 0 1k\nC1 a 0 1u\n.end\n",
            ("--starts", 2, "--settle", "--seed", -1),
            3,
            "`--seed` is -1",
        ),
    ],
)
def test_bad_input(
    command: Command, tmp_path: Path, deck: str, words: tuple[object, ...], code: int, message: str
) -> None:
    path = tmp_path / "deck.cir"
    path.write_text(deck)
    answer = command("run", path, *words)
    assert answer.code == code
    assert message in answer.err


def test_a_deck_without_an_end_settles(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "deck.cir"
    path.write_text("one node\nR1 a 0 1k\nC1 a 0 1u\n.end\n")
    value = command("run", path, "--starts", 10, "--settle", "--json").value
    assert value["statuses"] == {"settled": 10}
    assert value["attractors"][0]["final"]["v(a)"] == pytest.approx(0.0, abs=2e-3)


def test_failures_are_4(command: Command, tmp_path: Path) -> None:
    path = tmp_path / "deck.cir"
    path.write_text("blow-up\nC1 u 0 1u\nR1 u 0 1k\nB1 0 u I=0.01+0.1*V(u)*V(u)\n.tran 1u 1\n.end\n")
    answer = command("run", path, "--starts", 4, "--json")
    assert answer.code == 4
    assert "the integration failed from 4 of 4 starts" in answer.err
    assert answer.value["statuses"] == {"failed": 4}


def test_starts_that_had_not_ended_are_said_to_be_missing(command: Command) -> None:
    words = ("run", FLIPFLOP, "--starts", 1_000_000, "--engine", "ensemble", "--time-limit", 0.3)
    assert "had not ended: shares and times are those of the" in command(*words).out
    value = command(*words, "--json").value
    assert value["finished"] + value["unfinished"] == 1_000_000
    assert 0 < value["unfinished"] == value["statuses"]["time limit"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["--starts", 5, "-j", 0], 3, "`-j` is 0, expected at least 1"),
        (["--starts", 5, "-j", 2, "--dask", "tcp://x:1"], 2, "`-j` and `--dask` exclude each other"),
        (["--starts", 5, "-j", 2, "--threads", 2], 2, "`--threads` shares the work in one process"),
        (["-j", 2], 2, "`-j` and `--dask` share starts: give `--starts M`"),
    ],
)
def test_workers_that_do_not_fit(command: Command, words: list[object], code: int, message: str) -> None:
    answer = command("run", FLIPFLOP, *words)
    assert answer.code == code
    assert message in answer.err
