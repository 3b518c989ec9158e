"""The symbols of a schematic, drawn along the way from one terminal to the other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from analoghop.arrays import Array
from analoghop.circuit.elements import (
    BehaviouralCurrent,
    Capacitor,
    CurrentControlledCurrent,
    CurrentSource,
    Diode,
    Element,
    Inductor,
    Resistor,
    Switch,
    TransmissionLine,
    VoltageControlledCurrent,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from analoghop.plotting.circuits.schematic import Point

WIRE = {"color": "black", "linewidth": 1.0, "solid_capstyle": "round", "zorder": 2.0}
_BODY = 0.5  # length of a symbol's body
_CURRENTS = (BehaviouralCurrent, CurrentControlledCurrent, CurrentSource, VoltageControlledCurrent)

Strokes = list[list[tuple[float, float]]]
"""Lines in the frame of a body: the first coordinate runs from 0 to 1 along it, the second across it."""
_PLATES: Strokes = [
    [(0.38, -0.45), (0.38, 0.45)],
    [(0.62, -0.45), (0.62, 0.45)],
    [(0, 0), (0.38, 0)],
    [(0.62, 0), (1, 0)],
]
_BOX: Strokes = [[(0, -0.2), (1, -0.2), (1, 0.2), (0, 0.2), (0, -0.2)]]
_DIODE: Strokes = [[(0, -0.3), (0, 0.3), (1, 0), (0, -0.3)], [(1, -0.35), (1, 0.35)]]
_SWITCH: Strokes = [[(0, 0), (0.9, 0.45)], [(1, -0.08), (1, 0.08)]]
_ARROW: Strokes = [[(0.2, 0), (0.8, 0)], [(0.6, -0.12), (0.8, 0), (0.6, 0.12)]]
_COIL: Strokes = [
    [(k / 3 + (1 - np.cos(a)) / 6, 0.28 * np.sin(a)) for k in range(3) for a in np.linspace(0, np.pi, 9)]
]
_CIRCLE: Strokes = [[(0.5 + 0.5 * np.cos(a), 0.5 * np.sin(a)) for a in np.linspace(0, 2 * np.pi, 33)]]
_PLUS: Strokes = [[(0.12, 0), (0.32, 0)], [(0.22, -0.1), (0.22, 0.1)], [(0.78, -0.1), (0.78, 0.1)]]


def draw_symbol(ax: Axes, element: Element, start: Point, end: Point) -> None:
    """Draw an element with two terminals between two points, its leads included."""
    a, b = np.array(start), np.array(end)
    along = (b - a) / np.hypot(*(b - a))
    across = np.array([-along[1], along[0]])
    begin, finish = 0.5 * (a + b) - 0.5 * _BODY * along, 0.5 * (a + b) + 0.5 * _BODY * along
    _line(ax, np.array([a, begin]))
    _line(ax, np.array([finish, b]))
    for stroke in _strokes(element):
        points = np.array(stroke, dtype=float)
        _line(ax, begin + _BODY * (points[:, :1] * along + points[:, 1:] * across))


def _strokes(element: Element) -> Strokes:
    if isinstance(element, Resistor):
        return _BOX
    if isinstance(element, Capacitor):
        return _PLATES
    if isinstance(element, Inductor):
        return _COIL
    if isinstance(element, Diode):
        return _DIODE
    if isinstance(element, Switch):
        return _SWITCH
    if isinstance(element, TransmissionLine):
        return _BOX
    if isinstance(element, _CURRENTS):
        return [*_CIRCLE, *_ARROW]
    return [*_CIRCLE, *_PLUS]


def draw_ground(ax: Axes, place: Point, up: bool = False) -> None:
    """Draw the symbol of ground at a point; `up` turns it over."""
    x, y = place
    step = 0.1 if up else -0.1
    for k, half in enumerate((0.24, 0.15, 0.06)):
        _line(ax, np.array([(x - half, y + k * step), (x + half, y + k * step)]))


def draw_triangle(ax: Axes, place: Point, inverting: bool, both: bool) -> tuple[Point, Point]:
    """Draw an amplifier with its input at `place`; return the ends of its normal and inverting outputs."""
    x, y = place
    _line(ax, np.array([(x, y - 0.55), (x, y + 0.55), (x + 0.95, y), (x, y - 0.55)]))
    tip = (x + 0.95, y)
    if both:
        normal, inverted = (x + 0.55, y + 0.23), (x + 0.55, y - 0.23)
        _line(ax, np.array([normal, (x + 1.3, y + 0.23)]))
        _bubble(ax, (inverted[0] + 0.07, inverted[1]))
        _line(ax, np.array([(inverted[0] + 0.14, inverted[1]), (x + 1.3, y - 0.23)]))
        return (x + 1.3, y + 0.23), (x + 1.3, y - 0.23)
    if inverting:
        _bubble(ax, (tip[0] + 0.07, y))
    _line(ax, np.array([(tip[0] + (0.14 if inverting else 0.0), y), (x + 1.3, y)]))
    return (x + 1.3, y), (x + 1.3, y)


def _bubble(ax: Axes, place: Point) -> None:
    angle = np.linspace(0, 2 * np.pi, 17)
    _line(ax, np.stack([place[0] + 0.07 * np.cos(angle), place[1] + 0.07 * np.sin(angle)], axis=1))


def _line(ax: Axes, points: Array) -> None:
    ax.plot(points[:, 0], points[:, 1], **WIRE)  # type: ignore[arg-type]
