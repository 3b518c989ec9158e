"""`Schematic`: where the parts of a schematic lie, as plain geometry.

The nodes that nothing drives are rows, those that a source or an amplifier drives are columns, as Hopfield
drew them (1984): a part between the two lies at their crossing, an amplifier at the end of its row.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import (
    GROUND,
    BehaviouralVoltage,
    CurrentControlledVoltage,
    Element,
    VoltageControlledVoltage,
    VoltageSource,
)
from analoghop.circuit.expressions import Expr, Voltage, differentiate, evaluate, leaves

Point = tuple[float, float]
Driver = BehaviouralVoltage | CurrentControlledVoltage | VoltageControlledVoltage | VoltageSource

COLUMN, HANGING, TALL, FLAT = 1.8, 1.7, 2.9, 1.9
"""Distances of columns and of parts that hang from a row; of rows with such parts, and of rows without."""
LEFT = -0.7
"""Where all rows begin."""
CROSS = 0.75
"""Reach of a part at a crossing, along its row and along its column."""
_PROBE = 1e-3  # V, where the sign of an amplifier's slope is looked at


class PlacedPart(NamedTuple):
    """An element with two terminals, drawn from `start` to `end`."""

    element: Element
    start: Point
    end: Point


class Output(NamedTuple):
    """An output of an amplifier: the node, and whether it falls where the input rises."""

    node: str
    inverted: bool


class Triangle(NamedTuple):
    """An amplifier, whose input is at `place`; `inputs` are the nodes that it reads."""

    name: str
    place: Point
    inputs: tuple[str, ...]
    outputs: tuple[Output, ...]


@dataclass(frozen=True)
class Schematic:
    """A schematic: `rows` and `columns` map nodes to their y and x, `wires` join points.

    `grounds` and `dots`, which mark connections, are at points. `loose` parts are drawn by themselves, with
    the names of their nodes at both ends.
    """

    rows: Mapping[str, float]
    columns: Mapping[str, float]
    triangles: tuple[Triangle, ...]
    parts: tuple[PlacedPart, ...]
    loose: tuple[PlacedPart, ...]
    wires: tuple[tuple[Point, Point], ...]
    grounds: tuple[Point, ...]
    dots: tuple[Point, ...]


class _Amplifier(NamedTuple):
    name: str
    inputs: tuple[str, ...]
    outputs: tuple[Output, ...]


def laid_out(circuit: Circuit) -> Schematic:
    """Return the schematic of `circuit`."""
    return _Drawing(circuit).layout()


def amplifiers(circuit: Circuit) -> int:
    """Return the number of triangles in the schematic of `circuit`."""
    return len(_amplifiers(_drivers(circuit)))


def _drivers(circuit: Circuit) -> dict[str, Driver]:
    """Return the elements that drive a node against ground, by node."""
    kinds = (BehaviouralVoltage, CurrentControlledVoltage, VoltageControlledVoltage, VoltageSource)
    found: dict[str, Driver] = {}
    for e in circuit.elements:
        if isinstance(e, kinds) and e.b == GROUND != e.a:
            found.setdefault(e.a, e)  # another one that drives the same node is drawn as a part
    return found


def _amplifiers(drivers: Mapping[str, Driver]) -> list[_Amplifier]:
    """Return the amplifiers: drivers of one subcircuit that read the same nodes are one with two outputs.

    So are an amplifier and a source of gain -1 that inverts its output.
    """
    found: dict[tuple[str, tuple[str, ...]], list[Output]] = {}
    homes: dict[str, list[Output]] = {}
    inverters = []
    for node, driver in drivers.items():
        if isinstance(driver, VoltageSource):
            continue
        if isinstance(driver, VoltageControlledVoltage) and (driver.gain, driver.d) == (-1.0, GROUND):
            inverters.append((node, driver))
            continue
        _add(found, homes, node, driver)
    for node, driver in inverters:
        home = homes.get(driver.c)
        if home is None:
            _add(found, homes, node, driver)
        else:
            original = next(out for out in home if out.node == driver.c)
            home.append(Output(node, not original.inverted))
    return [_Amplifier(name, inputs, tuple(outputs)) for (name, inputs), outputs in found.items()]


def _add(
    found: dict[tuple[str, tuple[str, ...]], list[Output]],
    homes: dict[str, list[Output]],
    node: str,
    driver: Driver,
) -> None:
    """Add the output `node` to its amplifier, a new one if there is none yet."""
    inputs = _read(driver)
    parts = driver.name.split(".")
    name = ".".join(parts[1:-1]) if len(parts) > 2 else driver.name
    outputs = found.setdefault((name, inputs), [])
    outputs.append(Output(node, _falls(driver, inputs)))
    homes[node] = outputs


def _read(driver: Driver) -> tuple[str, ...]:
    """Return the names of what a driver reads: nodes, and currents as i(name)."""
    if isinstance(driver, VoltageControlledVoltage):
        read: Iterable[str] = (driver.c, driver.d)
    elif isinstance(driver, BehaviouralVoltage):
        read = (name for leaf in leaves(driver.expression) for name in _names(leaf))
    else:
        read = (f"i({getattr(driver, 'source', '')})",)
    return tuple(sorted({name for name in read if name != GROUND}))


def _names(leaf: Expr) -> tuple[str, ...]:
    if isinstance(leaf, Voltage):
        return leaf.a, leaf.b
    return (str(getattr(leaf, "name", getattr(leaf, "source", leaf))),)


def _falls(driver: Driver, inputs: tuple[str, ...]) -> bool:
    """Return whether an output falls with its only input, near its threshold."""
    if isinstance(driver, VoltageControlledVoltage):
        return (driver.gain < 0.0) != (driver.c == GROUND)
    if not isinstance(driver, BehaviouralVoltage) or len(inputs) != 1:
        return False
    found = [leaf for leaf in leaves(driver.expression) if isinstance(leaf, Voltage)]
    if not found:
        return False
    slope = differentiate(driver.expression, found[0])
    return bool(evaluate(slope, lambda _: _PROBE) < 0.0)


@dataclass
class _Drawing:
    circuit: Circuit
    drivers: dict[str, Driver] = field(init=False)
    rows: dict[str, float] = field(init=False)
    columns: dict[str, float] = field(init=False)
    hanging: dict[str, list[Element]] = field(init=False)

    def __post_init__(self) -> None:
        self.drivers = _drivers(self.circuit)
        self.free = [node for node in self.circuit.nodes if node not in self.drivers]
        driving = {id(driver) for driver in self.drivers.values()}
        self.passive = [e for e in self.circuit.elements if id(e) not in driving]
        self.hanging = {node: [] for node in self.free}
        self.crossing: list[tuple[Element, str, str]] = []
        self.between: list[tuple[Element, str, str]] = []
        self.others: list[Element] = []
        for element in self.passive:
            self._sort(element)
        used = {node for _, _, node in self.crossing}
        self.columns = {node: COLUMN * k for k, node in enumerate(n for n in self.drivers if n in used)}
        self.rows = {}
        y = 0.0
        for node in self.free:
            self.rows[node] = y
            y -= TALL if self.hanging[node] else FLAT
        self.bottom = y

    def _sort(self, element: Element) -> None:
        """Decide how a part is drawn."""
        a, b = element.a, element.b
        free = [node for node in (a, b) if node in self.hanging]
        if len(free) == 2:
            self.between.append((element, a, b))
        elif len(free) == 1:
            other = b if free[0] == a else a
            if other == GROUND:
                self.hanging[free[0]].append(element)
            else:
                self.crossing.append((element, free[0], other))
        else:
            self.others.append(element)

    def layout(self) -> Schematic:
        parts: list[PlacedPart] = []
        wires: list[tuple[Point, Point]] = []
        grounds: list[Point] = []
        dots: list[Point] = []
        lowest: dict[str, float] = {}
        for element, row, column in self.crossing:
            x, y = self.columns[column], self.rows[row]
            ends = ((x + CROSS, y), (x, y + CROSS))
            parts.append(PlacedPart(element, *(ends if element.a == row else ends[::-1])))
            dots += ends
            lowest[column] = min(lowest.get(column, y + CROSS), y + CROSS)
        x = COLUMN * len(self.columns) + 0.4
        for element, a, b in self.between:
            low, high = sorted((self.rows[a], self.rows[b]))
            middle = (x, 0.5 * (low + high))
            top, end = (x, middle[1] + 0.7), (x, middle[1] - 0.7)
            wires += [((x, high), top), (end, (x, low))]
            dots += [(x, high), (x, low)]
            parts.append(
                PlacedPart(element, top, end) if self.rows[a] == high else PlacedPart(element, end, top)
            )
            x += HANGING
        begin = x
        for node, elements in self.hanging.items():
            for k, element in enumerate(elements):
                place, y = begin + HANGING * k, self.rows[node]
                top, end = (place, y), (place, y - 1.5)
                parts.append(
                    PlacedPart(element, top, end) if element.a == node else PlacedPart(element, end, top)
                )
                grounds.append(end)
                dots.append(top)
        right = begin + HANGING * max((len(e) for e in self.hanging.values()), default=0)
        triangles = self._triangles(right)
        for y in self.rows.values():
            reach = [px for px, py in dots if py == y]
            at_end = any(t.place == (right, y) for t in triangles)
            wires.append(((LEFT, y), (right if at_end else max([*reach, LEFT]), y)))
        for node, at in self.columns.items():
            wires.append(((at, 1.6), (at, lowest[node])))
            driver = self.drivers[node]
            if isinstance(driver, VoltageSource):
                parts.append(PlacedPart(driver, (at, 1.6), (at, 3.0)))
                grounds.append((at, 3.0))
        return Schematic(
            self.rows,
            self.columns,
            triangles,
            tuple(parts),
            self._loose(triangles),
            tuple(wires),
            tuple(grounds),
            tuple(dots),
        )

    def _triangles(self, right: float) -> tuple[Triangle, ...]:
        """Place each amplifier at the end of the row that it reads; others below the rows."""
        placed: list[Triangle] = []
        taken: set[str] = set()
        y = self.bottom
        for name, inputs, outputs in _amplifiers(self.drivers):
            if len(inputs) == 1 and inputs[0] in self.rows and inputs[0] not in taken:
                taken.add(inputs[0])
                placed.append(Triangle(name, (right, self.rows[inputs[0]]), inputs, outputs))
            else:
                placed.append(Triangle(name, (right, y), inputs, outputs))
                y -= FLAT
        return tuple(placed)

    def _loose(self, triangles: tuple[Triangle, ...]) -> tuple[PlacedPart, ...]:
        """Lay parts that fit nowhere else in a line below."""
        sources = [
            d for n, d in self.drivers.items() if isinstance(d, VoltageSource) and n not in self.columns
        ]
        y = min([self.bottom, *(t.place[1] - FLAT for t in triangles)]) - 0.3
        return tuple(
            PlacedPart(element, (3.2 * k, y), (3.2 * k + 1.5, y))
            for k, element in enumerate([*self.others, *sources])
        )
