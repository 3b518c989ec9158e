"""From the text of a deck to a `Circuit`; the class is an argument, for the class's own constructors."""

from __future__ import annotations

import gc
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from analoghop.circuit.netlist.checks import check
from analoghop.circuit.netlist.overrides import apply_to_elements, apply_to_parameters
from analoghop.circuit.netlist.rates import with_rates
from analoghop.circuit.netlist.scan import REFUSED, Scanner
from analoghop.circuit.netlist.scopes import Scope
from analoghop.circuit.netlist.statements import analyses, directives
from analoghop.circuit.netlist.statements.bodies import Deck
from analoghop.circuit.netlist.statements.definitions import settings
from analoghop.circuit.netlist.statements.measures import measures_by_analysis
from analoghop.circuit.netlist.statements.parts import monte_carlo
from analoghop.circuit.netlist.subcircuits import Expansion
from analoghop.circuit.netlist.text.includes import Includes
from analoghop.circuit.netlist.text.lines import MAX_BYTES, DeckSource, read_text
from analoghop.circuit.netlist.text.locations import Locations
from analoghop.circuit.netlist.text.places import Defaults
from analoghop.errors import Location, NetlistError

if TYPE_CHECKING:
    from analoghop.circuit.circuit import Circuit
from analoghop.circuit.collection import uncollected

PathLike = str | Path
_TSPLIB = re.compile(r"\s*(NAME|TYPE)\s*:.*\n(.*\n){0,20}?\s*(DIMENSION|EDGE_WEIGHT_TYPE)\s*:", re.IGNORECASE)


def read_deck(
    make: type[Circuit],
    path: PathLike,
    include_dirs: Sequence[PathLike],
    overrides: Mapping[str, str | float] | None,
) -> Circuit:
    """Return the circuit of the deck in the file `path`, which may include files of its folder."""
    path = Path(path)
    text = read_text(path, str(path))
    return parse_deck(make, text, str(path), path.parent, include_dirs, overrides)


class Scanned(NamedTuple):
    """A deck before it is expanded, and the source of its first line."""

    deck: Deck
    source: DeckSource

    def circuit(self, make: type[Circuit], overrides: Mapping[str, str | float]) -> Circuit:
        """Return the circuit, of the class `make`, with values put in."""
        return _circuit(make, self.deck, self.source, overrides)

    def parameters(self) -> dict[str, float]:
        """Return the values of the top-level parameters."""
        scope = _scope(self.deck, _temperature(self.deck))
        return {name: scope.value(name) for name in self.deck.top.definitions}


@uncollected()
def parse_deck(
    make: type[Circuit],
    text: str,
    file: str = "<deck>",
    directory: PathLike | None = None,
    include_dirs: Sequence[PathLike] = (),
    overrides: Mapping[str, str | float] | None = None,
) -> Circuit:
    """Return the circuit, of the class `make`, that a deck describes; see `netlist.parse`."""
    with _garbage_collector_paused():
        return scanned_deck(text, file, directory, include_dirs).circuit(make, overrides or {})


def scanned_deck(
    text: str,
    file: str = "<deck>",
    directory: PathLike | None = None,
    include_dirs: Sequence[PathLike] = (),
) -> Scanned:
    """Return a deck whose lines are read and whose parameters are not evaluated yet."""
    if len(text) > MAX_BYTES:
        raise NetlistError(f"the deck has {len(text)} characters: at most {MAX_BYTES} are accepted")
    deck = Deck()
    folders = [Path(folder) for folder in include_dirs]
    includes = Includes(Path(directory) if directory is not None else None, folders)
    scanner = Scanner(deck, includes)
    source = scanner.add(file, text, 1)
    if not text.strip():
        raise NetlistError("the deck is empty", Location(file, 1))
    if _TSPLIB.match(text):
        raise NetlistError(
            "this is a problem in the format of TSPLIB, not a deck: `analoghop solve tsp FILE` solves it",
            Location(file, 1),
        )
    with _garbage_collector_paused():
        scanner.scan(source, 1)
    if not deck.ended:
        deck.notices.append(f"{file}: there is no .end: is the deck complete?")
    return Scanned(deck, source)


@contextmanager
def _garbage_collector_paused() -> Iterator[None]:
    """Pause the garbage collector: a million new records hold no cycles, and it took a third of the time."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _temperature(deck: Deck) -> float:
    """Return the temperature in Celsius that the deck sets."""
    return directives.temperature(deck.requests.get(".temp", ()), deck.requests.get(".options", ()))


def _scope(deck: Deck, temperature: float) -> Scope:
    """Return the scope of the top-level parameters, all of them evaluated."""
    scope = Scope({"temper": temperature, **deck.top.definitions}, deck.top.visible_functions())
    scope.settle()
    return scope


def _circuit(
    make: type[Circuit], deck: Deck, source: DeckSource, overrides: Mapping[str, str | float]
) -> Circuit:
    requests = {kind: tuple(lines) for kind, lines in deck.requests.items()}
    temperature = _temperature(deck)
    remaining = apply_to_parameters(deck.top, overrides)
    scope = _scope(deck, temperature)
    tran = directives.tran(requests.get(".tran", ()), scope)
    if tran is None:
        tran = directives.control_tran(requests.get("control tran", ()), scope)
    directives.other_analyses(requests.get("refused", ()), REFUSED, tran is not None)
    for line in requests.get("control ic", ()):
        settings(deck.top, line)
        line.notice("`ic` is taken from the block `.control`", line.start)
    nominal = directives.temperature((), requests.get(".options", ()), "tnom")
    times = (tran.step, tran.stop) if tran else (math.nan, math.nan)
    flat = Expansion(deck, scope, Defaults(*times, temperature, nominal))
    if flat.rated:
        flat.elements, flat.numbers = with_rates(flat.elements, flat.numbers, dict(flat.initial))
    place = flat.top
    measures = measures_by_analysis(requests.get(".meas", ()), place)
    apply_to_elements(flat.elements, remaining, deck.top)
    circuit = make(
        title=source.raw[0],
        elements=tuple(flat.elements),
        tran=tran,
        op=".op" in requests,
        dc=analyses.dc(requests.get(".dc", ()), scope),
        ac=analyses.ac(requests.get(".ac", ()), scope),
        noise=analyses.noise(requests.get(".noise", ()), place, temperature),
        initial=tuple(dict(flat.initial).items()),
        nodeset=tuple(dict(flat.nodeset).items()),
        options=directives.options(requests.get(".options", ()), scope),
        saves=directives.saves(requests.get(".save", ()), place),
        expected=directives.expected(requests.get("expect", ())),
        measures=measures["tran"],
        dc_measures=measures["dc"],
        ac_measures=measures["ac"],
        johnson=directives.johnson(requests.get("pragma", ()), scope, temperature),
        sweeps=directives.sweeps(
            (*requests.get("pragma", ()), *requests.get(".step", ())), place, flat.elements
        ),
        monte_carlo=monte_carlo(requests.get("pragma", ())),
        couplings=tuple(flat.couplings),
        locations=Locations(flat.elements, flat.numbers, deck.sources),
    )
    return check(circuit, deck.notices, source.name)
