"""`without_lines`: lossless lines as a resistor and a source of the arriving wave at each of their ends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import GROUND, CurrentSource, Element, Resistor, TransmissionLine
from analoghop.errors import NetlistError
from analoghop.systems.circuits.lines.waves import DelayLines, Wave, reflecting
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.observation import LinearMap


def without_lines(circuit: Circuit) -> tuple[Circuit, tuple[TransmissionLine, ...]]:
    """Return the circuit with the ends of its lines in place of them, and the lines.

    Branin (1967): an end is its impedance beside a current source, the wave that has been sent a delay ago
    from the other end. With `uic` the waves before t = 0 follow from IC=, or from the `.ic` of the nodes.
    """
    lines = tuple(e for e in circuit.elements if isinstance(e, TransmissionLine))
    if not lines:
        return circuit, ()
    elements: list[Element] = [e for e in circuit.elements if not isinstance(e, TransmissionLine)]
    elements += [Resistor(f"{e.name}#{k}", *ends, e.impedance) for e in lines for k, ends in _ends(e)]
    known = dict(circuit.initial)
    for line in lines:
        first, second = _waves(line, known)
        for (k, (a, b)), wave in zip(_ends(line), (first, second), strict=True):
            elements.append(CurrentSource(f"{line.name}#wave{k}", b, a, Wave(line.name, k - 1, wave)))
    return replace(circuit, elements=tuple(elements)), lines


def is_wave(element: Element) -> bool:
    """Return whether an element is the source of a wave at the end of a line."""
    return isinstance(element, CurrentSource) and isinstance(element.signal, Wave)


def of_lines(lines: Sequence[TransmissionLine]) -> frozenset[str]:
    """Return the names of the resistors that stand for the ends of lines, and turn nothing into heat."""
    return frozenset(f"{line.name}#{k}" for line in lines for k in (1, 2))


def _ends(line: TransmissionLine) -> tuple[tuple[int, tuple[str, str]], ...]:
    return (1, (line.a, line.b)), (2, (line.c, line.d))


def _waves(line: TransmissionLine, known: dict[str, float]) -> tuple[float, float]:
    """Return the waves in ampere that arrive at both ends until t = 0: v/Z0 + i of the other end."""
    if line.ic is None:
        v1, v2 = (known.get(a, 0.0) - known.get(b, 0.0) for _, (a, b) in _ends(line))
        i1 = i2 = 0.0
    else:
        v1, i1, v2, i2 = line.ic
    return v2 / line.impedance + i2, v1 / line.impedance + i1


def with_delays(lure: Lure, lines: Sequence[TransmissionLine], circuit: Circuit) -> Lure:
    """Return a reduced circuit, whose signals contain the waves of `lines`, with their delays.

    Raises `NetlistError` where a capacitor is charged by what arrives without a resistor between.
    """
    from scipy.sparse import csr_array

    if not lines:
        return lure
    columns = np.array([k for k, s in enumerate(lure.signals.signals) if isinstance(s, Wave)], dtype=np.intp)
    if abs(lure.S_rate[:, columns]).sum() > 0 or lure.observation is None or _slopes(lure, columns):
        raise NetlistError(
            f"what arrives through the line {lines[0].name} charges a capacitor without a resistor between: "
            "put one in series with the capacitor",
            circuit.locations.get(lines[0].name),
        )
    rows = {GROUND: -1} | {node: k for k, node in enumerate(lure.observation.nodes)}
    ends, m = len(columns), len(lure.signals)
    across = np.zeros((ends, len(lure.observation.nodes) + 1))  # the last column is that of ground
    other = np.zeros((ends, m))
    for k, line in enumerate(lines):
        for to, (_, (a, b)) in zip((2 * k + 1, 2 * k), _ends(line), strict=True):
            across[to, rows[a]] += 2.0 / line.impedance
            across[to, rows[b]] -= 2.0 / line.impedance
            other[to, columns[4 * k + 1 - to]] = -1.0
    sent = csr_array(across[:, :-1]) @ lure.observation.voltage
    x, v = csr_array(sent.x), csr_array(sent.v)
    sent = LinearMap(x, v, csr_array(sent.w + csr_array(other)))
    delays = np.repeat([line.delay for line in lines], 2)
    read = bool(abs(lure.R[:, columns]).sum() > 0)
    impedances = np.repeat([line.impedance for line in lines], 2)
    names = tuple(line.name for line in lines)
    return replace(
        lure, lines=DelayLines(names, delays, impedances, columns, sent, reflecting(sent, columns, read))
    )


def _slopes(lure: Lure, columns: np.ndarray) -> bool:
    return any(getattr(s, "column", None) in columns for s in lure.signals.signals)
