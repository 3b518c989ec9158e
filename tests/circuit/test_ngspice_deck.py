"""The deck that ngspice is given says what the circuit says, in words of ours alone."""

import re

import pytest

from analoghop.circuit.netlist import parse
from analoghop.circuit.ngspice_deck import foreign_options, ngspice_deck
from analoghop.errors import NetlistError

WORDS = {"circuit", ".tran", ".ic", ".nodeset", ".save", ".options", ".meas", "tran", "uic", "DC", "PULSE"}
WORDS |= {
    "V=",
    "I=",
    "vol=",
    "cur=",
    "ic=",
    ".control",
    "set",
    "filetype=binary",
    "run",
    "write",
    "waves.raw",
}
WORDS |= {"quit", ".endc", ".end", "FIND", "AT=", "MAX", "PARAM=", "method=trap"}
DECK = """*#shell touch pwned
V`id` in#1 0 PULSE(0 1)
R.include ../secret in#1 1k
C|rm ../secret 0 1n ic=.1
B$x b!x 0 V=2*tanh(V(../secret)) + I(V`id`)
E.control e 0 ../secret b!x 2
Rb b!x 0 1k
.ic v(../secret)=2
.save v(../secret) i(V`id`) v(b!x)
.options reltol=1e-5 rawfile=/tmp/x acct method=gear method=trap
.meas tran shell FIND v(b!x) AT=1u
.meas tran source MAX v(../secret)
.meas tran both PARAM='shell*2+source'
.meas tran gone FIND v(nowhere) AT=1u
*#source ../secret
.tran 1u 10u 0 2u uic
.end
.include ../secret
"""


def test_no_word_of_the_deck_is_in_it() -> None:
    text = ngspice_deck(parse(DECK)).text
    assert text.isascii()
    name = r"[rcviebg]\d+|n\d+|m\d+|0|tanh|[viVI]"
    number = r"[-+]?\d+(\.\d*)?(e[-+]?\d+)?"
    option = r"(reltol|vntol|abstol|chgtol|trtol)=" + number
    for word in re.split(r"[\s()*+']+", text):
        known = word in WORDS or re.fullmatch(f"{name}|{number}|{option}", word)
        spelt = any(word.startswith(w) and re.fullmatch(number, word[len(w) :]) for w in WORDS)
        assert known or spelt or word in ("", "=2"), word


def test_it_has_one_block_of_commands_and_it_is_ours() -> None:
    text = ngspice_deck(parse(DECK), tight=True).text
    assert text.endswith("\n.control\nset filetype=binary\nrun\nwrite waves.raw\nquit\n.endc\n.end\n")
    assert text.count(".control") == text.count("\n.end\n") == 1
    assert not any(line.startswith(("*", "$", ";")) for line in text.splitlines())


def test_names_are_those_of_the_circuit_again() -> None:
    circuit = parse(DECK)
    deck = ngspice_deck(circuit)
    there = {name: word for word, name in deck.names.items()}
    assert set(circuit.nodes) | {element.name for element in circuit.elements} == set(there)
    assert deck.signal(f"v({there['b!x']})") == "v(b!x)"
    assert deck.signal(f"i({there['v`id`']})") == "i(v`id`)"
    assert deck.signal("time") == "time"
    assert deck.signal("v(e5_int1)") is None
    assert deck.translated(f"singular matrix: check node {there['../secret']}!").endswith("node ../secret!")
    assert list(deck.measures.values()) == ["shell", "source", "both", "gone"]
    assert "gone" not in deck.text


def test_only_numerical_options_are_handed_over() -> None:
    circuit = parse(DECK)
    assert foreign_options(circuit) == ("rawfile", "acct")
    assert "reltol=1e-5 method=trap" in ngspice_deck(circuit).text


@pytest.mark.parametrize("value", ["1:quit", "`id`", "/etc/passwd", "1e-5x"])
def test_an_option_without_a_number_is_left_out(value: str) -> None:
    assert "reltol" not in ngspice_deck(parse(f"t\nR1 a 0 1\n.options reltol={value}\n.tran 1u 1m\n")).text


@pytest.mark.parametrize(
    ("tran", "options", "expected"),
    [
        (".tran 10u 5m uic", {}, ".tran 1e-05 0.005 uic"),
        (".TRAN {2*a} '5*b' 0 1u", {}, ".tran 2e-05 0.005 0 1e-06"),
        (".tran 10u\n* comment\n\n+ 5m UIC ; tail", {}, ".tran 1e-05 0.005 uic"),
        (".tran 10u 5m", {"stop": 2e-3}, ".tran 1e-05 0.002"),
        (".tran 10u 5m uic", {"tight": True}, ".tran 2.5e-06 0.005 0 2.5e-06 uic"),
        (".tran 10u 5m 1m 2u", {"tight": True}, ".tran 2e-06 0.005 0.001 2e-06"),
    ],
)
def test_the_transient_is_the_circuit_s(tran: str, options: dict[str, object], expected: str) -> None:
    circuit = parse(f"t\n.param a=10u b=1m\nR1 a 0 1\n{tran}\n")
    lines = ngspice_deck(circuit, **options).text.splitlines()  # type: ignore[arg-type]
    assert [line for line in lines if line.startswith(".tran")] == [expected]


def test_numbers_that_a_pulse_leaves_out_come_from_the_deck_s_own_transient() -> None:
    circuit = parse("t\nV1 a 0 PULSE(0 1 0)\nR1 a 0 1\n.tran 1u 5m\n")
    deck = ngspice_deck(circuit, tight=True, stop=1e-3)
    assert "PULSE(0 1 0 1e-06 1e-06 0.005 0.005)" in deck.text


def test_values_keep_all_their_digits() -> None:
    value = 1234.5678901234567
    assert repr(value) in ngspice_deck(parse(f"t\nR1 a 0 {value!r}\n.tran 1u 5m\n")).text


def test_a_circuit_without_transient_is_refused() -> None:
    with pytest.raises(NetlistError, match=r"asks for no transient; expected one \.tran line"):
        ngspice_deck(parse("t\nR1 a 0 1\n.op\n"))
