"""A deck that is scanned once and expanded many times."""

from pathlib import Path

import pytest

from analoghop import Circuit, NetlistError
from analoghop.circuit.netlist.template import DeckTemplate

DECKS = Path(__file__).parents[2] / "circuits"
SETTINGS = ({}, {"x": 3.0}, {"r01": 1e5, "steep": "7"}, {"unit": "2meg"}, {})


def test_every_circuit_is_that_of_the_deck_read_anew() -> None:
    template = DeckTemplate.read(DECKS / "adc4.cir")
    for values in SETTINGS:
        found, fresh = template.circuit(values), Circuit.read(DECKS / "adc4.cir", parameters=values)
        assert found == fresh
        assert found.notices == fresh.notices
        assert dict(found.locations.items()) == dict(fresh.locations.items())
    assert template.parameters == ("x", "steep", "slope", "unit")
    assert len(template.texts) == 2


@pytest.mark.parametrize("name", sorted(path.name for path in DECKS.glob("*.cir")))
def test_all_decks_can_be_expanded_twice(name: str) -> None:
    template = DeckTemplate.read(DECKS / name)
    assert template.circuit() == template.circuit() == Circuit.read(DECKS / name)


def test_errors_are_those_of_the_deck() -> None:
    with pytest.raises(NetlistError, match="the deck is empty"):
        DeckTemplate("")
    with pytest.raises(NetlistError, match="there is no model `bad`: a parameter stands in braces"):
        DeckTemplate("t\nR1 a 0 bad\n.end").circuit()
