import numpy as np
import pytest

from analoghop.circuit.netlist import format as write
from analoghop.circuit.netlist import parse
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.requests import Tran
from analoghop.circuit.synthesis.lure_deck import synthesize_lure
from analoghop.engines import ScipyIVP
from analoghop.errors import InputError
from analoghop.memory.circuits.modern import one_layer
from analoghop.memory.dense import DenseMemory
from analoghop.memory.patterns import Memory

MEMORY = Memory(Memory.random(12, 3, 0).patterns, (3, 4))


def lure(interaction):
    return one_layer(DenseMemory(MEMORY, interaction, beta=0.5, degree=4.0)).system


@pytest.mark.parametrize("interaction", ["exponential", "polynomial"])
def test_circuit_has_the_trajectories_of_the_equations(interaction):
    system = lure(interaction)
    start = 0.7 * np.random.default_rng(1).normal(size=12)
    built = synthesize_lure(system, start=start, tran=Tran(1e-4, 5e-3, uic=True))
    assert built.scale == 1.0
    assert parse(write(built.circuit)) == built.circuit
    deck = compile_circuit(built.circuit)
    assert deck.theorem.applies
    assert deck.theorem.name == "reciprocal circuit"
    times = np.linspace(0.0, 5e-3, 11)
    engine = ScipyIVP(method="DOP853", rtol=1e-9)
    ours, theirs = engine.integrate(system, start, times), engine.integrate(deck, deck.start, times)
    assert ours.signals[:2] == ("v(u1_1)", "v(u1_2)")
    np.testing.assert_allclose(theirs.observe(ours.signals), ours.states, atol=1e-7)


def test_what_it_cannot_build():
    system = lure("exponential")

    def changed(**options):
        return type(system)(**{**{n: getattr(system, n) for n in FIELDS}, **options})

    beside = system.C.copy()
    beside[0, 1] = beside[1, 0] = 1e-5
    for options, what in (
        ({"C": beside}, "between nodes"),
        ({"G": np.zeros((12, 12))}, "without a conductance"),
    ):
        with pytest.raises(InputError, match=what):
            synthesize_lure(changed(**options))


FIELDS = ("C", "G", "B", "S", "S_rate", "P", "Q", "R", "amplifiers", "signals", "states")
