"""The deck that ngspice is given: a circuit that has been read here, under names of our own.

ngspice runs commands that stand in comments, behind `.end`, and in lines that only begin like `.control`, and
it includes files; so it never sees the text of a deck. What it gets consists of words of this module, of
finite numbers, and of the operators and functions of expressions.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Literal

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    GROUND,
    BehaviouralCurrent,
    BehaviouralVoltage,
    CurrentControlledCurrent,
    CurrentControlledVoltage,
    Element,
    MutualInductance,
    Switch,
    TransmissionLine,
    VoltageControlledCurrent,
    VoltageControlledVoltage,
)
from analoghop.circuit.expressions import Current, Expr, Leaf, Variable, Voltage, leaves, substitute
from analoghop.circuit.netlist.writing import format_circuit
from analoghop.circuit.requests import (
    Crossing,
    DerivedMeasure,
    FindMeasure,
    IntervalMeasure,
    Measure,
    NoiseRequest,
    StatisticMeasure,
    SweptSource,
    Tran,
    When,
    expressions,
)
from analoghop.errors import NetlistError

Analysis = Literal["tran", "dc", "ac", "noise"]
TITLE = "circuit"
RAW = "waves.raw"
TIGHT = (
    ("method", "trap"),
    ("reltol", "1e-8"),
    ("vntol", "1e-12"),
    ("abstol", "1e-18"),
    ("chgtol", "1e-24"),
    ("trtol", "1"),
)
TIGHT_STEPS = 2000
# ngspice makes a variable of any option, among them names of files: these ones steer its numbers.
NUMERICAL = frozenset(
    ("abstol", "chgtol", "gmin", "gminsteps", "itl1", "itl2", "itl3", "itl4", "itl5", "itl6", "maxord")
    + ("pivrel", "pivtol", "reltol", "seed", "srcsteps", "temp", "tnom", "trtol", "vntol", "xmu")
)
METHODS = frozenset(["trap", "trapezoidal", "gear"])
_NUMBER = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?(meg|mil|[tgkmunpf])?", re.ASCII)
_SIGNAL = re.compile(r"([vi])\((.*)\)")
_NOISE_BLOCK = (
    *(".control", "set filetype=binary", "run", f"write {RAW} noise1.all"),
    *("set appendwrite", f"write {RAW} noise2.all", "quit", ".endc", ".end"),
)
_BLOCK = (".control", "set filetype=binary", "run", f"write {RAW}", "quit", ".endc", ".end")


@dataclass(frozen=True)
class NgspiceDeck:
    """The `text` for ngspice; `names` and `measures` map names there to the circuit's own.

    `names` has nodes and elements; `saves` tells whether the circuit asks for signals of its choice.
    """

    text: str
    names: Mapping[str, str]
    measures: Mapping[str, str]
    saves: bool

    def signal(self, shown: str) -> str | None:
        """Return the circuit's name of a signal that ngspice has saved; None for inner ones of ngspice."""
        if shown.lower() == "time":
            return "time"
        match = _SIGNAL.fullmatch(shown.lower())
        name = self.names.get(match[2]) if match else None
        if match is None or name is None or (match[1] == "i" and match[2][0] not in "vl" and not self.saves):
            return None
        return f"{match[1]}({name})"

    def column(self, shown: str) -> str | None:
        """Return the circuit's name of a column, or ngspice's for what is no node and no element."""
        match = _SIGNAL.fullmatch(shown.lower())
        if match is None or match[2] in ("v-sweep", "i-sweep", "onoise_total", "inoise_total"):
            return shown.lower()
        name = self.names.get(match[2])
        return None if name is None else f"{match[1]}({name})"

    def translated(self, words: str) -> str:
        """Return a message of ngspice with the circuit's own names in it."""
        return re.sub(r"\w+", lambda word: self.names.get(word[0].lower(), word[0]), words)


def ngspice_deck(
    circuit: Circuit, *, tight: bool = False, stop: float | None = None, analysis: Analysis = "tran"
) -> NgspiceDeck:
    """Return the deck of `circuit` for one `analysis` by ngspice; `tight` and `stop` as in `run_ngspice`.

    Raises `NetlistError` for a circuit that does not ask for this analysis.
    """
    if not getattr(circuit, analysis):
        called = "transient" if analysis == "tran" else f".{analysis}"
        raise NetlistError(f"the deck asks for no {called}", None, f"one .{analysis} line")
    options = tuple(option for option in circuit.options if _steers(*option))
    new = _Names(circuit)
    plain = replace(
        circuit,
        title=TITLE,
        elements=tuple(map(new.element, circuit.elements)),
        tran=_tran(circuit.tran, tight, stop) if circuit.tran and analysis == "tran" else None,
        op=False,
        dc=tuple(map(new.swept, circuit.dc)) if analysis == "dc" else (),
        ac=circuit.ac if analysis == "ac" else None,
        noise=new.noise(circuit.noise) if circuit.noise and analysis == "noise" else None,
        dc_measures=new.taken(circuit.dc_measures) if analysis == "dc" else (),
        ac_measures=new.taken(circuit.ac_measures) if analysis == "ac" else (),
        initial=new.voltages(circuit.initial),
        nodeset=new.voltages(circuit.nodeset),
        options=(*options, *TIGHT) if tight else options,
        saves=tuple(filter(None, map(new.save, circuit.saves))),
        measures=new.taken(circuit.measures) if analysis == "tran" else (),
        sweeps=(),
        johnson=None,
        monte_carlo=None,
        couplings=tuple(new.coupling(coupling, k) for k, coupling in enumerate(circuit.couplings, 1)),
    )
    lines = format_circuit(plain).splitlines()
    text = "\n".join([*lines[:-1], *(_NOISE_BLOCK if analysis == "noise" else _BLOCK), ""])
    names = {name: old for table in (new.nodes, new.elements) for old, name in table.items()}
    asked = {"tran": circuit.measures, "dc": circuit.dc_measures, "ac": circuit.ac_measures}
    measures = {new.measures[measure.name]: measure.name for measure in asked.get(analysis, ())}
    return NgspiceDeck(text, names, measures, bool(plain.saves))


def foreign_options(circuit: Circuit) -> tuple[str, ...]:
    """Return the names of the circuit's options that ngspice is not given: they do not steer its numbers."""
    return tuple(name for name, value in circuit.options if not _steers(name, value))


def _steers(name: str, value: str) -> bool:
    return (name in NUMERICAL and _NUMBER.fullmatch(value) is not None) or (
        name == "method" and value in METHODS
    )


def _tran(tran: Tran, tight: bool, stop: float | None) -> Tran:
    end = tran.stop if stop is None else float(stop)
    if not tight:
        return tran._replace(stop=end)
    # Without a largest step ngspice's is limited by the first number.
    limit = min(tran.max_step or tran.step, end / TIGHT_STEPS)
    return tran._replace(step=limit, stop=end, max_step=limit)


def _letter(element: Element) -> str:
    """Return the first letter of an element's name in ngspice: there F and H hold no expressions."""
    if isinstance(element, (BehaviouralVoltage, BehaviouralCurrent)) and element.name[0] in "fh":
        return "b"
    return element.name[0]


class _Names:
    """Names for the nodes, elements and measurements of a circuit, from which nothing can be formed."""

    def __init__(self, circuit: Circuit) -> None:
        self.nodes = {node: f"n{k}" for k, node in enumerate(circuit.nodes, 1)}
        self.elements = {
            element.name: f"{_letter(element)}{k}" for k, element in enumerate(circuit.elements, 1)
        }
        every = (*circuit.measures, *circuit.dc_measures, *circuit.ac_measures)
        self.measures = {measure.name: f"m{k}" for k, measure in enumerate(every, 1)}

    def node(self, name: str) -> str:
        return GROUND if name == GROUND else self.nodes[name]

    def element(self, element: Element) -> Element:
        new = element._replace(
            name=self.elements[element.name], a=self.node(element.a), b=self.node(element.b)
        )
        if isinstance(new, (VoltageControlledVoltage, VoltageControlledCurrent, TransmissionLine)):
            return new._replace(c=self.node(new.c), d=self.node(new.d))
        if isinstance(new, (BehaviouralVoltage, BehaviouralCurrent)):
            return new._replace(expression=self.expression(new.expression))
        if isinstance(new, (CurrentControlledVoltage, CurrentControlledCurrent)):
            return new._replace(source=self.elements[new.source])
        if isinstance(new, Switch):
            return new._replace(control=self.expression(new.control))
        return new

    def coupling(self, coupling: MutualInductance, k: int) -> MutualInductance:
        ends = self.elements[coupling.first], self.elements[coupling.second]
        return MutualInductance(f"k{k}", *ends, coupling.factor)

    def expression(self, expr: Expr) -> Expr:
        return substitute(expr, {leaf: self._leaf(leaf) for leaf in leaves(expr)})

    def _leaf(self, leaf: Leaf) -> Leaf:
        if isinstance(leaf, Voltage):
            return Voltage(self.node(leaf.a), self.node(leaf.b))
        return Current(self.elements[leaf.source]) if isinstance(leaf, Current) else leaf

    def voltages(self, pairs: Iterable[tuple[str, float]]) -> tuple[tuple[str, float], ...]:
        """Return the voltages of nodes, without those of nodes that nothing is connected to."""
        return tuple((self.nodes[node], value) for node, value in pairs if node in self.nodes)

    def save(self, signal: str) -> str | None:
        match = _SIGNAL.fullmatch(signal)
        table = self.nodes if match is not None and match[1] == "v" else self.elements
        return f"{match[1]}({table[match[2]]})" if match is not None and match[2] in table else None

    def can_measure(self, measure: Measure) -> bool:
        """Tell whether all signals that it looks at are there."""
        known = {GROUND, *self.nodes}
        found = [leaf for expr in expressions(measure) for leaf in leaves(expr)]
        return all({leaf.a, leaf.b} <= known for leaf in found if isinstance(leaf, Voltage)) and all(
            leaf.source in self.elements for leaf in found if isinstance(leaf, Current)
        )

    def taken(self, measures: Iterable[Measure]) -> tuple[Measure, ...]:
        """Return the measurements that can be taken, under their new names."""
        return tuple(self.measure(measure) for measure in measures if self.can_measure(measure))

    def swept(self, swept: SweptSource) -> SweptSource:
        if swept.name not in self.elements:
            raise NetlistError(f"ngspice cannot sweep `{swept.name}`, which is no source and no resistor")
        return swept._replace(name=self.elements[swept.name])

    def noise(self, noise: NoiseRequest) -> NoiseRequest:
        nodes, source = (noise.node, noise.reference), noise.source
        for name in (*nodes, source):
            if name != GROUND and name not in self.nodes and name not in self.elements:
                raise NetlistError(f".noise names {name}, which does not exist")
        node, reference = map(self.node, nodes)
        return noise._replace(node=node, reference=reference, source=self.elements[source])

    def measure(self, measure: Measure) -> Measure:
        named = replace(measure, name=self.measures[measure.name])
        if isinstance(named, DerivedMeasure):
            others: dict[Leaf, Expr] = {Variable(old): Variable(new) for old, new in self.measures.items()}
            return replace(named, expression=substitute(named.expression, others))
        if isinstance(named, IntervalMeasure):
            return replace(named, trigger=self._when(named.trigger), target=self._when(named.target))
        if isinstance(named, StatisticMeasure):
            return replace(named, quantity=self.expression(named.quantity))
        return self._found(named)

    def _found(self, measure: FindMeasure) -> FindMeasure:
        quantity = None if measure.quantity is None else self.expression(measure.quantity)
        return replace(measure, quantity=quantity, when=self._when(measure.when))

    def _when(self, when: When) -> When:
        if not isinstance(when, Crossing):
            return when
        return replace(when, left=self.expression(when.left), right=self.expression(when.right))
