"""`Circuit`: the elements of a circuit with subcircuits expanded, and the analyses that its deck requests."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from analoghop.circuit.elements import Element, MutualInductance, touched
from analoghop.circuit.requests import (
    Frequencies,
    Measure,
    MonteCarlo,
    NoiseRequest,
    Sweep,
    SweptSource,
    Tran,
)
from analoghop.errors import InputError, Location
from analoghop.records import Brief


@dataclass(frozen=True)
class Circuit(Brief):
    """Elements with node names, subcircuits expanded, parameters substituted.

    Inside a subcircuit call `x1` the node `n` is "x1.n" and the resistor `r1` is "r.x1.r1", as in ngspice.
    `initial` and `nodeset` are pairs (node, volts); `saves` are signals such as "v(a)" and "i(v1)", () for
    all. `dc` are the swept quantities of `.dc`, the first one the innermost, `ac` the frequencies of `.ac`,
    and `dc_measures` and `ac_measures` their measurements. `johnson`, if not None, is the temperature in
    Celsius of the resistors' thermal noise. `couplings` are the mutual inductances between inductors.
    `monte_carlo` says which parts scatter in a study of the deck. `expected` are the signals of the deck's
    comments `* expect`, which reports show first, `locations` maps an element's name to its place in the
    deck, and `notices` are warnings with file and line; these three take no part in equality.
    """

    title: str
    elements: tuple[Element, ...]
    tran: Tran | None = None
    op: bool = False
    initial: tuple[tuple[str, float], ...] = ()
    nodeset: tuple[tuple[str, float], ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    saves: tuple[str, ...] = ()
    measures: tuple[Measure, ...] = ()
    sweeps: tuple[Sweep, ...] = ()
    johnson: float | None = None
    couplings: tuple[MutualInductance, ...] = ()
    dc: tuple[SweptSource, ...] = ()
    ac: Frequencies | None = None
    noise: NoiseRequest | None = None
    dc_measures: tuple[Measure, ...] = ()
    ac_measures: tuple[Measure, ...] = ()
    monte_carlo: MonteCarlo | None = None
    expected: tuple[str, ...] = field(default=(), compare=False, repr=False)
    locations: Mapping[str, Location] = field(default_factory=dict, compare=False, repr=False)
    notices: tuple[str, ...] = field(default=(), compare=False, repr=False)

    @classmethod
    def parse(
        cls,
        text: str,
        *,
        parameters: Mapping[str, str | float] | None = None,
        include_dirs: Sequence[str | Path] = (),
    ) -> Circuit:
        """Return the circuit that the `text` of a deck describes; see `netlist.parse`.

        `parameters` are values for the deck's parameters, `include_dirs` folders for its `.include` lines.
        Raises `NetlistError` for a text that is not a deck or describes a circuit that cannot be simulated.
        """
        from analoghop.circuit.netlist.reading import parse_deck

        return parse_deck(cls, text, include_dirs=include_dirs, overrides=parameters)

    @classmethod
    def read(
        cls,
        path: str | Path,
        *,
        parameters: Mapping[str, str | float] | None = None,
        include_dirs: Sequence[str | Path] = (),
    ) -> Circuit:
        """Return the circuit of the deck in the file `path`; see `parse`."""
        from analoghop.circuit.netlist.reading import read_deck

        return read_deck(cls, path, include_dirs, parameters)

    def replace(self, name: str, **changes: object) -> Circuit:
        """Return this circuit with other values of one element: `circuit.replace("r1", value=20e3)`.

        The names are those of the element's fields. Raises `InputError` for an unknown element or field.
        """
        for k, element in enumerate(self.elements):
            if element.name == name.lower():
                unknown = [key for key in changes if key not in element._fields]
                if unknown:
                    known = ", ".join(element._fields)
                    raise InputError(f"element {name} has no field {unknown[0]!r}: it has {known}")
                changed = element._replace(**changes)  # type: ignore[arg-type]
                return replace(self, elements=(*self.elements[:k], changed, *self.elements[k + 1 :]))
        raise InputError(f"there is no element {name!r} in the circuit")

    @property
    def nodes(self) -> tuple[str, ...]:
        """Every node that an element is connected to, in order of appearance, without ground."""
        seen: dict[str, None] = {}
        for element in self.elements:
            seen.update(dict.fromkeys(touched(element)))
        seen.pop("0", None)
        return tuple(seen)
