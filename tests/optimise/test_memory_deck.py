"""Memories as decks: ngspice recalls the pattern that we do."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from analoghop.circuit.netlist import format as write
from analoghop.circuit.ngspice import run_ngspice_text
from analoghop.memory.circuits.continuous import PairsFormulation
from analoghop.memory.circuits.modern import OneLayer, TwoLayers
from analoghop.memory.patterns import Memory
from analoghop.optimise.deck import deck_of
from analoghop.simulate_many import simulate_many

DIGITS = Path(__file__).parents[2] / "examples" / "patterns" / "digits.txt"
FORMS = [
    PairsFormulation("pseudo-inverse", noise=0.15, pattern=2),
    PairsFormulation("pseudo-inverse", units="binary", noise=0.15, pattern=2),
    PairsFormulation(amplifier="morita", noise=0.15, pattern=2),
    TwoLayers(beta=0.5, noise=0.15, pattern=2),
    OneLayer(beta=0.5, noise=0.15, pattern=2),
    OneLayer("polynomial", degree=4.0, noise=0.15, pattern=2),
]

pytestmark = [
    pytest.mark.ngspice,
    pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed"),
]


def ends(encoding, stop):
    """Return the signs of the features after `stop` seconds in ngspice, and in ours."""
    built = deck_of(encoding, seed=3)
    theirs = run_ngspice_text(write(built.circuit), stop=stop)
    names = encoding.system.signal_names[: encoding.memory.size]
    run = simulate_many(
        encoding.system, x0=encoding.start(3, np.array([0])), tstop=encoding.patience, settle=True
    )
    return np.sign([theirs[name][-1] for name in names]), encoding.signs(run.states)[:, 0]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: " ".join(map(str, vars(form).values())))
def test_ngspice_recalls_the_same_pattern(form):
    memory = Memory(Memory.random(40, 3, 1).patterns, (5, 8))
    theirs, ours = ends(form.encode(memory), 0.03)
    np.testing.assert_array_equal(ours, memory.patterns[1])
    np.testing.assert_array_equal(theirs, ours)


def test_ngspice_reads_a_spoilt_digit():
    memory = Memory.read(DIGITS)
    theirs, ours = ends(OneLayer(beta=0.5, noise=0.2, pattern=8).encode(memory), 0.01)
    np.testing.assert_array_equal(theirs, memory.patterns[7])
    np.testing.assert_array_equal(ours, theirs)
