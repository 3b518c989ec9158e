import shutil

import numpy as np
import pytest

from analoghop.circuit.netlist import format as write
from analoghop.circuit.ngspice import run_ngspice_text
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.engines import ScipyIVP
from analoghop.errors import InputError
from analoghop.optimise import trace
from analoghop.optimise.deck import deck_of
from analoghop.problems.graph import Graph
from analoghop.problems.spins import GainMachine
from analoghop.problems.spins.maxcut import MaxCut
from analoghop.problems.tsp import TSP
from analoghop.systems.circuits.network import Network
from tests.optimise.toy import Toy, ToyEncoding

FIVE = TSP.from_coordinates(np.random.default_rng(2).uniform(size=(5, 2)), "five")


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.parametrize("seed", range(4))
def test_network_ends_in_the_same_tour_in_ngspice(seed: int) -> None:
    encoding = Toy(D=200).encode(FIVE)
    theirs = run_ngspice_text(write(deck_of(encoding, seed).circuit))
    ends = np.array([[theirs[f"v(v{k + 1})"][-1]] for k in range(25)])
    ours = trace(encoding, seed, points=3).outputs[:, -1:]
    answer = encoding.decode(ours)[0].answer
    assert answer is not None
    assert encoding.decode(ends)[0].answer == answer


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.parametrize("seed", range(3))
def test_gain_machine_ends_in_the_same_cut_in_ngspice(seed: int) -> None:
    edges = np.argwhere(np.triu(np.random.default_rng(3).random((14, 14)) < 0.4, 1))
    problem = MaxCut(Graph(14, edges))
    encoding = GainMachine(steps=300).encode(problem)
    theirs = run_ngspice_text(write(deck_of(encoding, seed).circuit))
    ends = np.array([[theirs[f"v(v{k + 1})"][-1]] for k in range(14)])
    system, start = encoding.system, encoding.start(seed, np.array([0]))
    run = ScipyIVP(rtol=1e-9, atol=1e-11).integrate(system, start[:, 0], (0.0, encoding.duration))
    ours = run.outputs[:, -1:]
    answer = encoding.decode(ours)[0].answer
    assert encoding.decode(ends)[0].answer == answer
    assert ends == pytest.approx(ours, abs=1e-3)
    assert problem.cut(answer) > 0.65 * len(edges)


def test_the_deck_of_a_rising_gain_reads_back_as_the_same_network() -> None:
    encoding = GainMachine(steps=50).encode(MaxCut(Graph.of(4, [(0, 1), (1, 2), (2, 3), (0, 2)])))
    built = deck_of(encoding)
    again = compile_circuit(built.circuit).network
    network = encoding.system.circuit  # type: ignore[attr-defined]
    assert isinstance(again, Network)
    u = np.random.default_rng(0).normal(size=(4, 3))
    for t in (0.0, 0.4 * encoding.duration, encoding.duration):
        rate = again.rhs(t, built.scale * u) / built.scale
        assert rate == pytest.approx(network.rhs(t, u), rel=1e-4)


def test_what_has_no_deck() -> None:
    class Other:
        size = 4

    encoding = ToyEncoding(FIVE, Toy())
    encoding.system = Other()  # type: ignore[assignment]
    with pytest.raises(InputError, match="cannot be written as a deck: there are no parts for a Other"):
        deck_of(encoding)
