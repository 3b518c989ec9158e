"""Kirchhoff's current law at every node, over the sampled intervals of a run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from operator import itemgetter
from typing import Any, NamedTuple

import numpy as np

from analoghop.arrays import Array, Indices
from analoghop.circuit.audit.sensitivity import relative, spread
from analoghop.circuit.audit.witness import Witness
from analoghop.circuit.elements import (
    BehaviouralCurrent,
    Capacitor,
    CurrentSource,
    Resistor,
    TransmissionLine,
    VoltageControlledCurrent,
)
from analoghop.systems.circuits.lines.waves import Wave

ALLOWED = 10.0
"""Errors of the engine's own tolerance in a state, of which one interval may have so many."""
ROUNDING = 1e-11
"""Of each voltage: a conductance turns its rounding into a current, and the reduction solves with it."""
_NUMBERS = 1 << 21  # in the currents of the elements that are worked on at once: 16 MB


class Sums(NamedTuple):
    """Of the mean currents at each node in each interval, (nodes, w) in amperes: their `sum`, which is to be
    zero, the sum of their absolute values (`flow`), and the part of the sum that is `allowed`.
    """

    sum: Array
    flow: Array
    allowed: Array


class Law:
    """The `sums` so far."""

    def __init__(self, witness: Witness) -> None:
        self.witness = witness
        shape = len(witness.volts), len(witness.samples.starts)
        self.sums = Sums(np.zeros(shape), np.zeros(shape), np.zeros(shape))

    @cached_property
    def volts(self) -> tuple[Array, Array]:
        """The mean voltages of the nodes and their allowed errors, (nodes, w)."""
        witness = self.witness
        mean = witness.mean(witness.volts)
        return mean, ALLOWED * witness.slack + ROUNDING * np.abs(mean) + witness.rough(witness.volts)

    def add(self, a: Indices, b: Indices, current: Array, allowed: Array | None = None) -> None:
        """Add mean currents (elements, w) from the nodes `a` through elements to `b`."""
        leaving, touching = _incidence(a, b, len(self.sums.sum))
        self.sums.sum[:] += leaving @ current
        self.sums.flow[:] += touching @ np.abs(current)
        if allowed is not None:
            self.sums.allowed[:] += touching @ allowed


def _incidence(a: Indices, b: Indices, nodes: int) -> tuple[Any, Any]:
    """Return the matrices (nodes, elements) of the signs of currents from `a` to `b`, and of ones."""
    from scipy import sparse

    rows, columns = np.concatenate([a, b]), np.tile(np.arange(len(a)), 2)
    shape = nodes, len(a)
    signs = np.repeat([1.0, -1.0], len(a))
    return (
        sparse.csr_array((signs, (rows, columns)), shape=shape),
        sparse.csr_array((np.ones(len(rows)), (rows, columns)), shape=shape),
    )


def current_errors(witness: Witness, limit: float) -> Array:
    """Return the sum of the mean currents relative to that of their absolute values, (nodes, w).

    Where the error is larger than `limit`, the rounding of the voltages that B sources read is allowed for.
    """
    law = current_sums(witness)
    found = relative(np.abs(law.sums.sum), law.sums.flow, law.sums.allowed / limit)
    if (found > limit).any() and BehaviouralCurrent in witness.elements:
        _doubt(law, witness.elements[BehaviouralCurrent])
        found = relative(np.abs(law.sums.sum), law.sums.flow, law.sums.allowed / limit)
    return found[:-1]


def current_sums(witness: Witness) -> Law:
    """Return the sums of the mean currents of all elements at the nodes.

    The mean current of a capacitor is the change of its charge divided by the length of the interval, that of
    a resistor comes from the mean voltage, and all others from their own equations at the nodes of the
    quadrature. The currents of voltage sources and inductors are those that the run reports.
    """
    law = Law(witness)
    for kind, add in _KINDS.items():
        elements = witness.elements.get(kind, ())
        width = max(_NUMBERS // law.sums.sum.shape[1], 1)
        for first in range(0, len(elements), width):
            add(law, elements[first : first + width])
    reported = (*witness.branches, *witness.inductors)
    if reported:
        a, b = _ends(law, reported)
        law.add(a, b, witness.mean(witness.amperes), witness.rough(witness.amperes))
    return law


def _ends(law: Law, elements: Sequence[Any], first: int = 1) -> tuple[Indices, Indices]:
    """Return the rows of the nodes in two fields of elements, by default of `a` and `b`."""
    row = law.witness.index.__getitem__
    a, b = (
        np.fromiter(map(row, map(itemgetter(k), elements)), np.intp, len(elements))
        for k in (first, first + 1)
    )
    return a, b


def _resistors(law: Law, elements: Sequence[Resistor]) -> None:
    a, b = _ends(law, elements)
    conductance = 1.0 / np.array([e.value for e in elements])[:, None]
    mean, size = law.volts
    law.add(a, b, conductance * (mean[a] - mean[b]), conductance * (size[a] + size[b]))


def _capacitors(law: Law, elements: Sequence[Capacitor]) -> None:
    a, b = _ends(law, elements)
    witness = law.witness
    length = witness.samples.ends - witness.samples.starts
    value = np.array([e.value for e in elements])[:, None] / length
    size = ALLOWED * witness.slack + ROUNDING * np.abs(witness.change)
    change = witness.change
    law.add(a, b, value * (change[a] - change[b]), value * (size[a] + size[b]))


def _controlled(law: Law, elements: Sequence[VoltageControlledCurrent]) -> None:
    a, b = _ends(law, elements)
    c, d = _ends(law, elements, first=3)
    gain = np.array([e.gain for e in elements])[:, None]
    mean, size = law.volts
    law.add(a, b, gain * (mean[c] - mean[d]), np.abs(gain) * (size[c] + size[d]))


def _sources(law: Law, elements: Sequence[CurrentSource]) -> None:
    witness = law.witness
    current = np.array([e.signal.value(witness.t) for e in elements])
    law.add(*_ends(law, elements), witness.mean(current), witness.rough(current))


def _behavioural(law: Law, elements: Sequence[BehaviouralCurrent]) -> None:
    witness = law.witness
    current = np.array([witness.value(e.expression) for e in elements])
    law.add(*_ends(law, elements), witness.mean(current), witness.rough(current))


def _lines(law: Law, elements: Sequence[TransmissionLine]) -> None:
    """Add the currents V/Z0 - wave into both ends of lines; the waves are those that the run remembers."""
    witness = law.witness
    core = witness.system.core
    waves = {(w.line, w.end): w for w in (core.signals.signals if core else ()) if isinstance(w, Wave)}
    conductance = 1.0 / np.array([e.impedance for e in elements])[:, None]
    mean, size = law.volts
    for end, first in ((0, 1), (1, 3)):
        a, b = _ends(law, elements, first)
        wave = np.array([waves[e.name, end].value(witness.t) for e in elements])
        law.add(a, b, conductance * (mean[a] - mean[b]), conductance * (size[a] + size[b]))
        law.add(b, a, witness.mean(wave), witness.rough(wave))


def _doubt(law: Law, elements: Sequence[BehaviouralCurrent]) -> None:
    """Allow the errors of B sources that follow from the rounding of what they read."""
    unsure = law.witness.mean(np.array([spread(e.expression, law.witness) for e in elements]))
    law.add(*_ends(law, elements), np.zeros(unsure.shape), unsure)


_KINDS: dict[type, Callable[[Law, Any], None]] = {
    Resistor: _resistors,
    Capacitor: _capacitors,
    VoltageControlledCurrent: _controlled,
    CurrentSource: _sources,
    BehaviouralCurrent: _behavioural,
    TransmissionLine: _lines,
}
