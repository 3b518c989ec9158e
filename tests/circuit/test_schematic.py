"""Schematics: every element is drawn once, and its terminals lie on the wires of its nodes."""

from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from strategies import circuits

from analoghop import Amplifiers, Circuit, InputError, Network, Tanh
from analoghop.circuit.elements import GROUND
from analoghop.cli import main
from analoghop.plotting import circuit_picture, coupling_graph, diagram
from analoghop.plotting.circuits.schematic import Schematic, laid_out

DECKS = sorted((Path(__file__).parents[2] / "circuits").glob("*.cir"))


def node_at(layout: Schematic, place: tuple[float, float]) -> set[str]:
    """The nodes whose wires a point lies on; ground at its symbols."""
    found = {GROUND} if place in layout.grounds else set()
    for (x0, y0), (x1, y1) in layout.wires:
        inside = min(x0, x1) <= place[0] <= max(x0, x1) and min(y0, y1) <= place[1] <= max(y0, y1)
        if inside and y0 == y1:
            found |= {node for node, y in layout.rows.items() if y == y0}
        if inside and x0 == x1:
            found |= {node for node, x in layout.columns.items() if x == x0}
            found |= {node for node, y in layout.rows.items() if y in (y0, y1)}
    return found


def check(circuit: Circuit) -> None:
    layout = laid_out(circuit)
    drawn = Counter(part.element.name for part in (*layout.parts, *layout.loose))
    outputs = [out.node for triangle in layout.triangles for out in triangle.outputs]
    for element in circuit.elements:
        assert drawn[element.name] + (element.b == GROUND and element.a in outputs) >= 1, element
        assert drawn[element.name] <= 1
    for part in layout.parts:
        assert part.element.a in node_at(layout, part.start), part
        assert part.element.b in node_at(layout, part.end), part
    assert len(set(outputs)) == len(outputs)
    assert len(set(layout.rows.values())) == len(layout.rows)
    assert not set(layout.rows) & set(layout.columns)


@settings(max_examples=60)
@given(circuits())
def test_every_element_is_drawn_once_between_its_nodes(circuit: Circuit) -> None:
    check(circuit)


@pytest.mark.parametrize("deck", DECKS, ids=lambda path: path.stem)
def test_the_decks_that_ship_are_drawn(deck: Path) -> None:
    check(Circuit.read(deck))


def test_the_inverting_output_of_an_amplifier_is_told_from_the_other() -> None:
    (triangle, other) = laid_out(Circuit.read(DECKS[0].with_name("flipflop.cir"))).triangles
    assert [(out.node, out.inverted) for out in triangle.outputs] == [("v1", False), ("n1", True)]
    assert (triangle.name, other.name, triangle.inputs) == ("x1", "x2", ("u1",))


def test_names_and_values_are_written() -> None:
    axes = diagram(DECKS[0].with_name("flipflop.cir"))
    told = " ".join(text.get_text() for text in axes.texts)
    for word in ("r12", "10\N{NO-BREAK SPACE}kΩ", "c2", "100\N{NO-BREAK SPACE}nF", "u1", "v2", "n2", "x1"):
        assert word in told


def test_a_large_circuit_has_no_schematic_but_a_graph() -> None:
    path = DECKS[0].with_name("hopfield_tank10.cir")
    with pytest.raises(InputError, match="100 amplifiers and .* `coupling_graph` draws its couplings"):
        diagram(path)
    with pytest.raises(InputError, match="`circuit` is of the type int"):
        diagram(3)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("matrix", "lines"),
    [
        ([[0, 1, -1], [1, 0, 0], [-1, 0, 0]], 2),  # symmetric: each pair once
        ([[0, 1, -1], [0, 0, 0], [1, 0, 0]], 3),
        ([[0, 0, 0], [0, 0, 0], [0, 0, 0]], 0),
    ],
)
def test_a_graph_has_a_line_for_each_coupling(matrix: list[list[int]], lines: int) -> None:
    system = Network(np.array(matrix, dtype=float), Amplifiers.uniform(Tanh(), 3, gain=2.0))
    axes = coupling_graph(system)
    assert sum(len(c.get_segments()) for c in axes.collections) == lines  # type: ignore[attr-defined]
    assert circuit_picture(Circuit.read(DECKS[0].with_name("flipflop.cir")), system).get_title("left")


@pytest.mark.parametrize("deck", ["flipflop", "hopfield_tank10"])
def test_show_writes_the_picture(deck: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    picture = tmp_path / "x.png"
    assert main(["show", f"circuits/{deck}.cir", "--diagram", str(picture), "--quiet"]) == 0
    assert picture.stat().st_size > 5000
    assert main(["show", f"circuits/{deck}.cir", "--diagram", str(tmp_path / "x.txt")]) == 3
