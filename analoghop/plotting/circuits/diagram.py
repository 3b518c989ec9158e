"""`diagram`: the schematic of a circuit, or the graph of its couplings where it is too large for one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    GROUND,
    Capacitor,
    Element,
    Inductor,
    Resistor,
    TransmissionLine,
    VoltageControlledCurrent,
    VoltageSource,
)
from analoghop.errors import InputError, check_kind
from analoghop.plotting.circuits.graph import coupling_graph
from analoghop.plotting.circuits.schematic import (
    LEFT,
    PlacedPart,
    Point,
    Schematic,
    Triangle,
    amplifiers,
    laid_out,
)
from analoghop.plotting.circuits.symbols import WIRE, draw_ground, draw_symbol, draw_triangle
from analoghop.plotting.style import PALETTE, axes_for, quantity, shortened, style
from analoghop.schedules import Constant
from analoghop.systems.base import System

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_AMPLIFIERS, MOST_PARTS = 12, 400
"""Largest numbers of amplifiers and of elements of a schematic."""
_SCALE = 0.42  # inches of a unit of the layout
_UNITS: dict[type, str] = {Resistor: "Ω", Capacitor: "F", Inductor: "H"}


def diagram(circuit: Circuit | str | Path, ax: Axes | None = None) -> Axes:
    """Draw the schematic of a circuit, or of the deck in a file, and return the axes.

    Nodes that nothing drives are horizontal wires, outputs and sources vertical ones; a part between the two
    lies at their crossing, an amplifier at the end of the wire that it reads. Equal names are joined. Raises
    `InputError` for a circuit of more than 12 amplifiers or 400 elements: `coupling_graph` draws its system.
    """
    if isinstance(circuit, str | Path):
        circuit = Circuit.read(circuit)
    check_kind(circuit, Circuit, "circuit", "a `Circuit` or the path of a deck")
    if not _fits(circuit):
        raise InputError(
            f"a circuit of {amplifiers(circuit)} amplifiers and {len(circuit.elements)} elements "
            f"is too large for a schematic ({MOST_AMPLIFIERS} and {MOST_PARTS} fit): "
            "`coupling_graph` draws its couplings"
        )
    layout = laid_out(circuit)
    with style():
        left, right, bottom, top = _extent(layout)
        ax = axes_for(ax, max(_SCALE * (right - left), 2.5), max(_SCALE * (top - bottom), 1.5))
        ax.set(xlim=(left, right), ylim=(bottom, top), aspect="equal", title=circuit.title)
        ax.set_axis_off()
        _draw(ax, layout)
    return ax


def circuit_picture(circuit: Circuit, system: System, ax: Axes | None = None) -> Axes:
    """Draw the schematic of `circuit` where it fits, else the graph of the couplings of its `system`."""
    return diagram(circuit, ax) if _fits(circuit) else coupling_graph(system, ax)


def _fits(circuit: Circuit) -> bool:
    return len(circuit.elements) <= MOST_PARTS and amplifiers(circuit) <= MOST_AMPLIFIERS


def _extent(layout: Schematic) -> tuple[float, float, float, float]:
    points = [p for part in (*layout.parts, *layout.loose) for p in (part.start, part.end)]
    points += [p for wire in layout.wires for p in wire] + [t.place for t in layout.triangles] or [(0.0, 0.0)]
    tips = [t.place[0] + 3.0 for t in layout.triangles]
    xs, ys = [p[0] for p in points], [p[1] for p in points]
    return min(xs) - 1.6, max([*xs, *tips]) + 1.2, min(ys) - 0.9, max(ys) + 1.0


def _draw(ax: Axes, layout: Schematic) -> None:
    for (x0, y0), (x1, y1) in layout.wires:
        ax.plot([x0, x1], [y0, y1], **WIRE)  # type: ignore[arg-type]
    for x, y in layout.dots:
        ax.plot([x], [y], marker="o", markersize=2.5, color="black", zorder=3.0)
    for place in layout.grounds:
        draw_ground(ax, place, up=place[1] > 0.0 and place[0] in layout.columns.values())
    for part in layout.parts:
        draw_symbol(ax, *part)
        _label(ax, part)
    for part in layout.loose:
        draw_symbol(ax, *part)
        _label(ax, part)
        begin, end = _ends(part.element)
        for node, place, side in ((begin, part.start, "right"), (end, part.end, "left")):
            if node == GROUND:
                draw_ground(ax, place)
            else:
                _net(ax, node, place, side)
    for node, y in layout.rows.items():
        _net(ax, node, (LEFT, y), "right")
    for node, x in layout.columns.items():
        if not any(isinstance(p.element, VoltageSource) and p.start == (x, 1.6) for p in layout.parts):
            ax.text(x, 1.75, shortened(node, 10), ha="center", va="bottom", fontsize=8, color=PALETTE[1])
        else:
            ax.text(x - 0.12, 1.35, shortened(node, 10), ha="right", fontsize=8, color=PALETTE[1])
    for triangle in layout.triangles:
        _triangle(ax, triangle, layout)


def _triangle(ax: Axes, triangle: Triangle, layout: Schematic) -> None:
    normal = [out.node for out in triangle.outputs if not out.inverted]
    inverted = [out.node for out in triangle.outputs if out.inverted]
    up, down = draw_triangle(ax, triangle.place, bool(inverted), bool(normal and inverted))
    x, y = triangle.place
    ax.text(x + 0.08, y, shortened(triangle.name, 6), ha="left", va="center", fontsize=6.5)
    for nodes, place in ((normal, up), (inverted, down)):
        if nodes:
            _net(ax, ", ".join(nodes), place, "left")
    if layout.rows.get(triangle.inputs[0] if len(triangle.inputs) == 1 else "") != y:
        ax.plot([x - 0.5, x], [y, y], **WIRE)  # type: ignore[arg-type]
        _net(ax, ", ".join(triangle.inputs) or "constant", (x - 0.5, y), "right")


def _net(ax: Axes, node: str, place: Point, side: str) -> None:
    shift = 0.1 if side == "left" else -0.1
    ax.text(
        place[0] + shift, place[1], shortened(node, 24), ha=side, va="center", fontsize=8, color=PALETTE[1]
    )


def _label(ax: Axes, part: PlacedPart) -> None:
    """Write the name and the value of a part beside it."""
    (x0, y0), (x1, y1) = part.start, part.end
    x, y = 0.5 * (x0 + x1), 0.5 * (y0 + y1)
    text = f"{shortened(part.element.name, 12)}\n{_value(part.element)}".strip()
    if y0 == y1:
        ax.text(x, y + 0.25, text, ha="center", va="bottom", fontsize=6.5, linespacing=1.1)
    else:
        ax.text(x + 0.26, y + (0.12 if x0 != x1 else 0.0), text, ha="left", va="center", fontsize=6.5)


def _ends(element: Element) -> tuple[str, str]:
    """Return the nodes that a part is drawn between; of a line the upper ones of both its ends."""
    return (element.a, element.c) if isinstance(element, TransmissionLine) else (element.a, element.b)


def _value(element: Element) -> str:
    if isinstance(element, TransmissionLine):
        return f"{quantity(element.impedance, 'Ω')}, {quantity(element.delay, 's')}"
    if isinstance(element, Resistor | Capacitor | Inductor):
        return quantity(element.value, _UNITS[type(element)])
    if isinstance(element, VoltageControlledCurrent):
        return quantity(element.gain, "S")
    signal = getattr(element, "signal", None)
    if isinstance(signal, Constant):
        return quantity(signal.level, "V" if isinstance(element, VoltageSource) else "A")
    return "" if signal is None else type(signal).__name__.lower()
