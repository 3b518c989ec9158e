"""`Reader`: the fields of one element line, read from left to right."""

from __future__ import annotations

from analoghop.circuit.netlist.scopes import Quantity, quantity
from analoghop.circuit.netlist.text.fields import Pair, Word, pairs, words
from analoghop.circuit.netlist.text.lines import DeckLine


class Reader:
    """Reads one element line from left to right."""

    def __init__(self, line: DeckLine, form: str, assignments: bool = True) -> None:
        self.line, self.form = line, form
        head, found = pairs(line) if assignments else (len(line.text), [])
        self.words = words(line, 0, head)
        self.pairs = {pair.name: pair for pair in found}
        if len(self.pairs) < len(found):
            twice = next(p for p in found if self.pairs[p.name] is not p)
            raise line.error(f"`{twice.name}=` is given twice", self.pairs[twice.name].start, form)
        self.position = 0

    def more(self) -> bool:
        """Return whether there are further positional fields."""
        return self.position < len(self.words)

    def word(self, what: str) -> Word:
        """Return the next positional field; raises `NetlistError`, calling it `what`, if it is missing."""
        if not self.more():
            raise self.line.error(f"the {what} is missing", len(self.line.text), self.form)
        self.position += 1
        return self.words[self.position - 1]

    def name(self) -> str:
        """Return the element's name."""
        return self.word("name").text

    def nodes(self, count: int) -> tuple[str, ...]:
        """Return the next `count` fields, which must be nodes."""
        return tuple(self._node() for _ in range(count))

    def _node(self) -> str:
        word = self.word("node")
        if word.braced or word.text == "=":
            raise self.line.error(f"`{word.text}` is no node", word.offset, self.form)
        return word.text

    def quantity(self, what: str) -> tuple[Quantity, Word]:
        """Return the next field as a number or formula, and the field."""
        word = self.word(what)
        return quantity(self.line, word, self.form), word

    def pair(self, *names: str) -> Pair | None:
        """Remove and return the pair with one of `names`, None if there is none."""
        given = [self.pairs.pop(name) for name in names if name in self.pairs]
        if len(given) > 1:
            raise self.line.error(f"`{given[1].name}=` is given twice", given[1].start, self.form)
        return given[0] if given else None

    def end(self) -> None:
        """Raise `NetlistError` for a field that has not been read."""
        if self.more():
            word = self.words[self.position]
            raise self.line.error(f"`{word.text}` is unexpected", word.offset, self.form)
        for pair in self.pairs.values():
            raise self.line.error(f"`{pair.name}=` has no meaning here", pair.start, self.form)
