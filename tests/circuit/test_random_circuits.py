"""Random circuits of all elements: here and in ngspice they come out alike, to six digits of every range."""

import shutil

import pytest

from analoghop.circuit import netlist
from analoghop.circuit.reduction.compile import compile_circuit
from fuzz.agreement import Agreement, agreement
from fuzz.circuits import ELEMENTS, WAVEFORMS, random_deck

WANTED = 1e-6


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.parametrize("number", range(12))
def test_ngspice_and_we_agree_on_random_circuits(number: int) -> None:
    found = agreement(random_deck(number), WANTED)
    assert found.worst <= WANTED, f"{found}\n{random_deck(number)}"


@pytest.mark.parametrize(
    "element", {add.__name__: add for add in ELEMENTS}.values(), ids=lambda add: add.__name__
)
def test_every_element_makes_circuits_that_can_be_reduced(element) -> None:
    for number in range(3):
        compile_circuit(netlist.parse(random_deck(number, (element,))))


def test_decks_are_those_of_their_numbers_and_have_everything() -> None:
    decks = [random_deck(number) for number in range(60)]
    assert decks == [random_deck(number) for number in range(60)]
    assert len(set(decks)) == 60
    text = "\n".join(decks)
    words = (
        "PULSE(",
        "SIN(",
        "EXP(",
        "PWL(",
        "DC ",
        "TABLE",
        "VALUE=",
        "stage",
        "pwl(",
        ".ic ",
        " uic",
        "IC=",
        "I(V",
        "POLY(1)",
        "POLY(2)",
        "idt(",
        "ddt(",
        " m=",
    )
    assert [word for word in words if word not in text] == []
    assert {line[0] for deck in decks for line in deck.splitlines()[1:]} >= set("RCVIEGBXLKDFH")
    assert len(WAVEFORMS) == 5


def test_deviations_that_shrink_with_every_step_converge() -> None:
    assert Agreement(3e-6, "v(a)", 40_000, (4.8e-5, 1.2e-5, 3e-6)).converging
    assert not Agreement(3e-6, "v(a)", 40_000, (4.8e-5, 2e-6, 3e-6)).converging
    assert not Agreement(3e-6, "v(a)", 10_000, (3e-6,)).converging
