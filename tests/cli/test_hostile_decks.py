"""Decks at the edges of the numbers end in a result, or in one sentence that says where."""

import itertools
import os
import time
from pathlib import Path

import pytest

from analoghop.cli.decks import opening

from .conftest import Command

pytestmark = pytest.mark.filterwarnings("ignore::RuntimeWarning")  # of numbers that are too large

VERBS = (("run",), ("run", "--settle"), ("show",), ("op",), ("run", "--starts", "2"))
CELL = "R1 {} u 1k\nC1 u 0 1n\n.tran 1u 20u uic\n.end\n"


def written(folder: Path, *lines: str) -> Path:
    path = folder / "deck.cir"
    path.write_text("\n".join(["t", *lines]))
    return path


@pytest.mark.parametrize("delay", ["1", "20u", "19.9u", "1e300", "-1", "-1e-3"])
@pytest.mark.parametrize("form", ["PULSE(0 1 {} 1u 1u 2u 5m)", "SIN(0 1 1meg {})", "PULSE(0 1 {})"])
def test_a_source_may_begin_whenever_it_likes(
    command: Command, tmp_path: Path, form: str, delay: str
) -> None:
    deck = written(tmp_path, f"V1 a 0 {form.format(delay)}", CELL.format("a"))
    for words in VERBS:
        assert command(words[0], deck, *words[1:]).code in (0, 3, 4)
    assert command("run", deck).code == 0
    if float(delay.replace("u", "e-6")) >= 20e-6:
        assert command("run", deck, "--json").value["final"]["v(u)"] == 0.0


def test_a_delay_that_no_number_of_periods_reaches_is_refused_or_runs(
    command: Command, tmp_path: Path
) -> None:
    for delay in ("1e308", "-1e308"):
        deck = written(tmp_path, f"V1 a 0 PULSE(0 1 {delay} 1e-300 1e-300 1e-300 1e-290)", CELL.format("a"))
        assert command("run", deck).code in (0, 3)


CONSTANTS = {
    "tanh(2*V(0))": 0.0,
    "atan(V(0))": 0.0,
    "tanh(1+V(a,a))": 0.7615941559557649,
    "tanh(V(u)-V(u)+1)": 0.7615941559557649,
    "tanh(V(u)+V(a)-V(u)-V(a)+1)": 0.7615941559557649,
    "1/(1+exp(V(0)))": 0.5,
    "1/(1+exp(-2*(V(u)-V(u))))": 0.5,
    "max(-1,min(1,5*V(0)))": 0.0,
    "pwl(V(0),-1,-1,1,1)": 0.0,
    "abs(V(0))": 0.0,
    "uramp(V(0)+2)": 2.0,
    "sqrt(V(0)+4)": 2.0,
    "V(0)": 0.0,
    "V(0)*V(u)": 0.0,
    "V(u)*tanh(V(0))": 0.0,
    "exp(V(0))/(exp(V(0))+exp(V(0)))": 0.5,
    "1 > 2 ? acos(3) : 0.25": 0.25,
}


@pytest.mark.parametrize("text", CONSTANTS)
def test_an_amplifier_of_ground_is_a_constant(command: Command, tmp_path: Path, text: str) -> None:
    deck = written(tmp_path, f"B1 v 0 V={text}", "R2 a 0 1k", "R3 a u 1k", CELL.format("v"))
    value = command("run", deck, "--json").value
    assert value["final"]["v(v)"] == pytest.approx(CONSTANTS[text], abs=1e-12)
    for words in VERBS:
        assert command(words[0], deck, *words[1:]).code in (0, 4)


@pytest.mark.parametrize("text", ["acos(-1.07)", "ln(-1)", "sqrt(-2)", "asin(2)*V(u)", "tanh(V(u)+atanh(2))"])
def test_what_is_no_number_is_refused_with_its_place(command: Command, tmp_path: Path, text: str) -> None:
    deck = written(tmp_path, f"B1 v 0 V={text}", CELL.format("v"))
    for words in VERBS:
        answer = command(words[0], deck, *words[1:])
        assert answer.code == 3
        assert f"{deck}:2:" in answer.err
        assert "is no number" in answer.err


@pytest.mark.parametrize("text", ["acos(V(u)*9)", "ln(V(u)-9)", "V(u) > 9 ? 1 : sqrt(-1)", "I(V1)^-3"])
def test_what_is_no_number_in_the_run_is_a_failure_of_the_run(
    command: Command, tmp_path: Path, text: str
) -> None:
    deck = written(tmp_path, "V1 a 0 1", "R2 a u 1k", f"B1 v 0 V={text}", CELL.format("v"))
    for words in VERBS:
        answer = command(words[0], deck, *words[1:])
        assert answer.code in (0, 3, 4), answer.err


@pytest.mark.parametrize("size", ["1e-300", "1e-200", "1e-160", "1e-30", "1e30", "1e300"])
@pytest.mark.parametrize("line", ["*!analoghop johnson", "*!analoghop johnson 1e300", "R9 u 0 1e-300", ""])
def test_elements_of_any_size_end_in_a_result_or_a_sentence(
    command: Command, tmp_path: Path, size: str, line: str
) -> None:
    deck = written(tmp_path, "R1 u 0 1k", f"C1 u 0 {size}", line, ".tran 1u 20u uic", ".end")
    for words in (*VERBS[:1], *VERBS[2:]):
        answer = command(words[0], deck, *words[1:], "--time-limit", "1")
        assert answer.code in (0, 3, 4), answer.err


@pytest.mark.parametrize(
    "lines",
    [
        ("R1 u 0 5e-324", "C1 u 0 1n"),
        ("R1 u 0 1k", "C1 u 0 2 ic=-1e308"),
    ],
)
def test_equations_that_are_no_numbers_are_refused(
    command: Command, tmp_path: Path, lines: tuple[str, ...]
) -> None:
    deck = written(tmp_path, *lines, ".tran 1u 20u uic", ".end")
    for words in VERBS:
        answer = command(words[0], deck, *words[1:])
        assert answer.code == 3
        assert "no number" in answer.err or "no finite value" in answer.err


def test_a_pulse_of_ever_so_many_corners_is_refused(command: Command, tmp_path: Path) -> None:
    pulse = "V1 a 0 PULSE(0 1 -1e308 1e-300 1e-300 1e-300 1e-290)"
    deck = written(tmp_path, pulse, "R1 a u 1k", "C1 u 0 1n", ".tran 1u 20u uic", ".end")
    answer = command("run", deck)
    assert answer.code == 3
    assert "a pulse with a period of 1e-290 s has more than 1000000 corners in 2e-05 s" in answer.err
    for words in VERBS:
        assert command(words[0], deck, *words[1:]).code in (0, 3, 4)


def test_sweeps_are_counted_before_they_are_listed(command: Command, tmp_path: Path) -> None:
    lines = (f"*!analoghop step {name} 0 9999 1" for name in "pqr")
    deck = written(tmp_path, ".param p=1 q=1 r=1", *lines, CELL.format("0").replace("1k", "{1k+p+q+r}"))
    begin = time.monotonic()
    answer = command("run", deck)
    assert time.monotonic() - begin < 5
    assert answer.code == 3
    assert "the sweeps have 1000000000000 points together: at most 100000 are run" in answer.err


def test_a_sweep_of_many_points_heeds_the_time_limit(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    deck = written(tmp_path, ".param p=1", "*!analoghop step p 0 9999 1", CELL.format("0"))
    begin = time.monotonic()
    answer = command("run", deck, "--time-limit", "2", "--json")
    assert time.monotonic() - begin < 6
    assert 0 < len(answer.value) < 9999
    assert "were not begun" in answer.err
    monkeypatch.setattr(opening, "MAX_POINTS", 100)
    assert command("run", deck).code == 3


SIGNS = "\x1b]0;title\x07\x1b[31m\x7f\x85\x9b31m\u202e\u2066\u200b\ud7ff"


def test_signs_that_steer_a_terminal_are_shown_as_escapes(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / f"de{SIGNS}ck.cir"
    text = "\x85\x9b31m title \u202e\u2066\nR1 a\u202eb 0 1k\nC1 a\u202eb 0 1n\n.tran 1u 2u uic\n"
    deck.write_text(text)
    bad = tmp_path / f"ba{SIGNS}d.cir"
    bad.write_text(text + "R\u202e\x9b a 0\nfro\x9bbnicate\n")
    missing = tmp_path / f"mis{SIGNS}sing.cir"
    for path, verb in itertools.product((deck, bad, missing), ("run", "show", "op", "compare")):
        for extra in ((), ("--json",), ("--set", f"p{SIGNS}=1"), (f"--{SIGNS}",)):
            answer = command(verb, path, *extra)
            for shown in (answer.out, answer.err):
                assert not any(
                    sign in shown
                    for sign in SIGNS[:-1].replace("31m", "").replace("[", "")
                    if not sign.isprintable()
                )


@pytest.mark.parametrize("what", ["x" * 100_000, "'" + "y " * 50_000 + "'", "R1 a 0 " + "z" * 100_000])
def test_messages_quote_no_more_than_a_few_lines(command: Command, tmp_path: Path, what: str) -> None:
    deck = written(tmp_path, what, "R9 a 0 1k", ".end")
    for words in (("run", deck), ("run", what[:100_000]), ("solve", "tsp", deck), ("memory", "recall", deck)):
        answer = command(*words)
        assert answer.code in (2, 3)
        assert len(answer.err) < 2500
    os.remove(deck)


def test_a_conductance_that_is_no_number_ends_no_node_in_a_hang(command: Command, tmp_path: Path) -> None:
    cards = ("V1 s 0 1", "R1 s a 5e-324", "R2 a 0 1u", "R3 b a 10k", "C3 u 0 1n", "R4 u b 1")
    deck = written(tmp_path, *cards, ".tran 1u 20u uic", ".end")
    for words in VERBS:
        answer = command(words[0], deck, *words[1:])
        assert answer.code == 3
        assert "r1 is so small that its conductance is no number" in answer.err
