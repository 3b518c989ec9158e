"""`analoghop memory`: comparison, studies and decks, and what it answers to wrong usage."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analoghop.formats.memories.columns import read_columns
from analoghop.formats.memories.patterns import Patterns, write_patterns
from analoghop.memory.discrete.machine import DiscreteMemory
from analoghop.memory.patterns import Memory

from .conftest import Command


@pytest.mark.parametrize("out", ["c.csv", "c.npz"])
def test_models_are_compared(command: Command, patterns: Path, tmp_path: Path, out: str) -> None:
    answer = command(
        "memory", "compare", patterns, "--json", "--out", tmp_path / out, "--plot", tmp_path / "c.png"
    )
    assert answer.code == 0, answer.err
    value = answer.value
    assert [one["model"] for one in value["models"]] == ["continuous", "binary", "stochastic"]
    assert all(one["correct_rate"] == 1.0 and one["hamming"] == 0 for one in value["models"])
    columns = read_columns(tmp_path / out)
    assert columns["pattern"].tolist() == [1, 2, 3]
    assert columns["overlap_stochastic"].tolist() == [1, 1, 1]
    assert columns.record["command"]
    assert (tmp_path / "c.png").stat().st_size > 5000
    readable = command("memory", "compare", patterns).out
    assert "stochastic" in readable
    assert "100%" in readable


def test_patterns_call_each_other(command: Command, patterns: Path, tmp_path: Path) -> None:
    out, picture = tmp_path / "s.csv", tmp_path / "s.png"
    words = ("memory", "sequence", patterns, "--first", "2", "--strength", "1.3")
    answer = command(*words, "--json", "--out", out, "--plot", picture)
    assert answer.code == 0, answer.err
    value = answer.value
    assert value["in_order"]
    assert [visit["pattern"] for visit in value["visits"]][:4] == [2, 3, 1, 2]
    assert value["parameters"]["strength"] == 1.3
    assert "asymmetric coupling" in value["reason"]
    columns = read_columns(out)
    assert columns.names == ("time", "overlap_1", "overlap_2", "overlap_3")
    assert columns["overlap_2"][0] == 1.0
    assert picture.stat().st_size > 5000
    assert "no energy is claimed: asymmetric coupling" in command(*words).out


def test_wrong_bits_disappear_step_by_step(command: Command, patterns: Path, tmp_path: Path) -> None:
    out, picture = tmp_path / "c.csv", tmp_path / "c.png"
    words = ("memory", "correction", patterns, "--noise", "20", "--out", out, "--plot", picture)
    answer = command(*words, "--json")
    assert answer.code == 0, answer.err
    value = answer.value
    assert [(one["model"], one["unit"]) for one in value["models"]] == [
        ("continuous", "s"),
        ("binary", "sweeps"),
        ("stochastic", "sweeps"),
    ]
    for one in value["models"]:
        assert one["hamming"][0] == one["low"][0] == one["high"][0] == 12
        assert one["hamming"][-1] < 2
    columns = read_columns(out)
    assert columns.record["models"] == ["continuous", "binary", "stochastic"]
    assert columns["hamming"][columns["model"] == 1].tolist() == value["models"][1]["hamming"]
    assert picture.stat().st_size > 5000
    readable = command("memory", "correction", patterns, "--model", "binary", "--order", "fixed").out
    assert "sweep 1" in readable
    assert "continuous" not in readable
    assert len(readable.splitlines()) < 8


def test_threads(command: Command, patterns: Path) -> None:
    assert command("memory", "recall", patterns, "--threads", "2", "--json").value["correct_rate"] == 1.0
    assert command("memory", "recall", patterns, "--threads", "0").code == 3


@pytest.mark.parametrize(
    ("words", "columns"),
    [
        (("capacity", "--points", "2", "--trials", "4"), ["count", "load", "overlap", "error"]),
        (("basin", "--points", "1", "--trials", "2"), ["noise", "start", "count", "load"]),
        (("gain", "--gains", "1,20", "--trials", "2"), ["gain", "count", "load"]),
        (("heat", "--temperatures", "0.2,1.2", "--trials", "8", "--sweeps", "20"), ["temperature", "load"]),
        (("faults", "--fractions", "0,0.5", "--trials", "2", "--kind", "dead"), ["fraction", "count"]),
    ],
    ids=lambda words: words[0],
)
def test_studies(
    command: Command, patterns: Path, tmp_path: Path, words: tuple[str, ...], columns: list[str]
) -> None:
    for source in ((patterns,), ("--random", "60,3")):
        out, picture = tmp_path / "s.npz", tmp_path / "s.png"
        answer = command("memory", words[0], *source, *words[1:], "--json", "--out", out, "--plot", picture)
        assert answer.code == 0, answer.err
        value = answer.value
        assert value["study"] == words[0]
        assert list(value["columns"])[: len(columns)] == columns
        found = read_columns(out)
        assert list(found.names) == list(value["columns"])
        assert found.record["command"]
        assert picture.stat().st_size > 5000
    assert words[0] in command("memory", words[0], *source, *words[1:]).out


ABOUT = {"version", "command", "engine", "interrupted"}


@pytest.mark.parametrize(
    "words",
    [
        ("recall", "--model", "binary"),
        ("compare",),
        ("correction", "--model", "binary"),
        ("sequence", "--strength", "1.3"),
        ("capacity", "--points", "1", "--trials", "2"),
        ("heat", "--temperatures", "0.2", "--trials", "4", "--sweeps", "20"),
    ],
    ids=lambda words: words[0],
)
def test_every_action_says_how_its_result_came_about(
    command: Command, patterns: Path, words: tuple[str, ...]
) -> None:
    value = command("memory", words[0], patterns, *words[1:], "--json").value
    assert set(value) >= ABOUT
    assert value["command"].startswith(f"analoghop memory {words[0]}")
    assert set(value["engine"]) == {"name", "compiled", "precision"}
    assert value["interrupted"] is False


@pytest.mark.parametrize("words", [("recall", "--model", "binary"), ("compare",)], ids=lambda words: words[0])
def test_ctrl_c_keeps_the_cues_that_have_finished(
    command: Command,
    patterns: Path,
    monkeypatch: pytest.MonkeyPatch,
    without_numba: Callable[[], None],
    words: tuple[str, ...],
) -> None:
    real = DiscreteMemory.sweep

    def pressed(machine: DiscreteMemory, units: Any, h: Any, k: int, state: Any) -> Any:
        if k == 1:
            raise KeyboardInterrupt
        return real(machine, units, h, k, state)

    monkeypatch.setattr(DiscreteMemory, "sweep", pressed)
    without_numba()
    answer = command("memory", words[0], patterns, *words[1:], "--noise", "30", "--json")
    assert answer.code == 4
    assert "interrupted" in answer.err
    value = answer.value
    assert value["interrupted"] is True
    cues = value["cues"] if words[0] == "recall" else value["models"][1]["cues"]
    assert len(cues) < 3
    if words[0] == "compare":
        assert [one["model"] for one in value["models"]] == ["continuous", "binary"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("recall",), 2, "give a file of patterns or `--random N,P`"),
        (("recall", "PATTERNS", "--random", "5,2"), 2, "one of them"),
        (("recall", "PATTERNS", "--noise", "10", "--erase", "10"), 2, "two ways to make cues"),
        (("recall", "PATTERNS", "--temperature", "0.1"), 0, "`--temperature` has no effect on a circuit"),
        (("recall", "PATTERNS", "--model", "binary", "--gain", "3"), 0, "no effect on the binary model"),
        (("recall", "PATTERNS", "--beta", "3"), 0, "`--beta` has no effect on couplings of pairs"),
        (("recall", "PATTERNS", "--seed", "-1"), 3, "`--seed` is -1"),
        (("sequence", "PATTERNS", "--strength", "0.5"), 3, "stays in its first pattern"),
        (("sequence", "PATTERNS", "--first", "4"), 3, "expected one of 1 to 3"),
        (("sequence", "PATTERNS", "--noise", "4"), 2, "unknown words: --noise 4"),
        (("sequence", "PATTERNS", "--time-limit", "1u"), 4, "time limit: the circuit ran to"),
        (("sequence", "PATTERNS", "--duration", "1m"), 4, "not visited one after the other"),
        (("recall", "PATTERNS", "--out", "x.gif"), 3, "patterns are written to .txt, .npy or .png"),
        (("recall", "PATTERNS", "--model", "binary", "--sweeps", "0"), 3, "`sweeps` is 0"),
        (("correction", "PATTERNS", "--sweeps", "0"), 3, "`sweeps` is 0"),
        (("correction", "PATTERNS", "--out", "x.txt"), 3, "studies are kept in .npz or .csv"),
        (("heat", "PATTERNS", "--gain", "3"), 2, "--gain"),
        (("recall", "PATTERNS", "--model", "binary", "--temperature", "0.1"), 2, "for the stochastic model"),
        (("recall", "PATTERNS", "--noise", "101"), 2, "no percentage"),
        (("recall", "PATTERNS", "--pattern", "0"), 2, "below 1"),
        (("recall", "PATTERNS", "--pattern", "4"), 3, "pattern 4 is to be the cue, expected one of 1 to 3"),
        (("recall", "PATTERNS", "--rule", "hebb"), 3, "`rule` is 'hebb'"),
        (("recall", "PATTERNS", "--gain", "-1"), 3, "`gain` is -1, expected a positive number"),
        (("recall", "PATTERNS", "--set", "nonsense=1"), 2, "no option `nonsense`"),
        (("recall", "PATTERNS", "--plot", "x.gif"), 3, "pictures are written to"),
        (("recall", "PATTERNS", "--out", "nowhere/x.txt"), 3, "does not exist"),
        (("recall", "nothing.txt"), 3, "cannot be read"),
        (("capacity", "PATTERNS", "--out", "x.txt"), 3, "studies are kept in .npz or .csv"),
        (("capacity", "PATTERNS", "--points", "0"), 2, "`--points` is 0"),
        (("capacity", "PATTERNS", "--trials", "0"), 3, "`trials` is 0"),
        (("basin", "PATTERNS", "--noise", "10"), 2, "leave out `--noise`"),
        (("heat", "PATTERNS", "--rule", "storkey"), 2, "leave out `--rule`"),
        (("faults", "PATTERNS", "--rule", "modern"), 3, "pair couplings"),
        (("capacity", "--random", "5"), 2, "is not N,P"),
        (
            ("recall", "--random", "40,30", "--rule", "krauth-minsky", "--set", "sweeps=x"),
            2,
            "no whole number",
        ),
        (("forget", "PATTERNS"), 2, "is unknown, expected"),
    ],
    ids=lambda part: " ".join(part) if isinstance(part, tuple) else None,
)
def test_exit_codes(
    command: Command, patterns: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    answer = command("memory", *(patterns if word == "PATTERNS" else word for word in words))
    assert answer.code == code, answer.err
    assert message in answer.err
    assert "Traceback" not in answer.err


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("--set", "amplifier=morita"),
        ("--formulation", "two-layer"),
        ("--formulation", "one-layer"),
        ("--formulation", "one-layer", "--set", "interaction=polynomial", "--set", "degree=4"),
    ],
)
def test_memories_are_encoded_as_decks(command: Command, tmp_path: Path, words: tuple[str, ...]) -> None:
    deck = tmp_path / "memory.cir"
    small = tmp_path / "small.txt"
    write_patterns(small, Patterns(Memory.random(24, 3, 1).patterns, (6, 4)))
    answer = command("encode", "memory", small, "-o", deck, "--set", "pattern=2", *words, "--json")
    assert answer.code == 0, answer.err
    assert answer.value["problem"] == "memory"
    final = command("run", deck, "--json", "--quiet").value["final"]
    bits = Memory.read(small).patterns[1].reshape(6, 4)
    for row in range(6):
        for col in range(4):
            assert np.sign(final[f"v(u{row + 1}_{col + 1})"]) == bits[row, col]


def test_encode_knows_what_it_can_build(command: Command, patterns: Path, tmp_path: Path) -> None:
    answer = command("encode", "memory", patterns, "-o", tmp_path / "m.cir", "--formulation", "three-layer")
    assert answer.code == 2
    assert "expected one of pairs, two-layer, one-layer" in answer.err
    assert not (tmp_path / "m.cir").exists()
