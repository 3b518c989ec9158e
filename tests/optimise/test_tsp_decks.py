"""Decks of the salesman's formulations: from the same voltages ngspice ends in the tour that we end in."""

import shutil

import numpy as np
import pytest

from analoghop.circuit.netlist import format as write
from analoghop.circuit.ngspice import run_ngspice_text
from analoghop.errors import InputError
from analoghop.optimise import entry, with_settings
from analoghop.optimise.anneal import anneal
from analoghop.optimise.deck import deck_of
from analoghop.problems.tsp import TSP, Elastic


def cities(n: int) -> TSP:
    return TSP.from_coordinates(np.random.default_rng(n).uniform(size=(n, 2)), f"random{n}")


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.parametrize("name", ["hopfield-tank", "guaranteed", "subspace"])
@pytest.mark.parametrize("n", [5, 6, 8])
def test_ngspice_ends_in_the_same_tour(name: str, n: int) -> None:
    found = entry("tsp")
    encoding = with_settings(found.formulation(name), found.deck_settings.get(name, {})).encode(cities(n))
    ends = anneal(encoding, 0, np.arange(60)).ends.outputs
    tours = [raw.answer for raw in encoding.decode(ends)]
    # The network of 1985 may end in no tour from all of these: then in the same outputs that are none.
    number = next((k for k, tour in enumerate(tours) if tour is not None), 0)
    assert tours[number] is not None or name == "hopfield-tank"
    theirs = run_ngspice_text(write(deck_of(encoding, 0, number).circuit))
    last = np.array([theirs[f"v(v{x + 1}_{i + 1})"][-1] for x in range(n) for i in range(n)])
    assert np.array_equal(last > 0.5, ends[:, number] > 0.5)


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.parametrize("n", [5, 6])
def test_ngspice_follows_the_successors_to_the_same_tour(n: int) -> None:
    found = entry("tsp")
    settings = {**found.deck_settings["successor"], "steps": 400}
    # Ways that differ by their direction: on a map noise alone decides the direction of a tour.
    problem = TSP(np.random.default_rng(n).integers(1, 100, (n, n)).astype(float))
    encoding = with_settings(found.formulation("successor"), settings).encode(problem)
    ends = anneal(encoding, 0, np.arange(1)).ends.outputs
    theirs = run_ngspice_text(write(deck_of(encoding, 0, 0).circuit))
    last = np.array(
        [0.0 if x == y else theirs[f"v(v{x + 1}_{y + 1})"][-1] for x in range(n) for y in range(n)]
    )
    (tour,), (ours,) = (encoding.decode(V.reshape(-1, 1)) for V in (last, ends[:, 0]))
    assert tour.answer == ours.answer
    assert tour.answer is not None


def test_elastic_net_has_no_deck() -> None:
    with pytest.raises(InputError, match="an elastic net cannot be written as a deck"):
        deck_of(Elastic().encode(cities(5)))
