"""Clusters with adaptive lines as decks: the same waveforms in ngspice, the same colouring of a small map."""

import shutil
from dataclasses import replace

import numpy as np
import pytest

from analoghop.circuit.netlist import format as write
from analoghop.circuit.ngspice import run_ngspice_text
from analoghop.circuit.requests import Tran
from analoghop.circuit.synthesis.multiplier_deck import synthesize_multipliers
from analoghop.engines import ScipyIVP
from analoghop.errors import InputError
from analoghop.optimise.deck import deck_of
from analoghop.optimise.settings import with_settings
from analoghop.problems.colouring.adaptive import AdaptiveColouring
from analoghop.problems.colouring.instance import Colouring
from analoghop.problems.graph import Graph
from tests.examples.cluster_machines import coloured, lined

ngspice = pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
AUSTRALIA = Graph.of(
    7, np.array([(0, 1), (0, 2), (1, 2), (1, 3), (2, 3), (2, 4), (2, 5), (3, 4), (4, 5)]), name="australia"
)


@pytest.mark.ngspice
@ngspice
@pytest.mark.parametrize("seed", range(3))
def test_a_map_gets_the_same_colours_in_ngspice(seed: int) -> None:
    problem = Colouring(AUSTRALIA, 3)
    encoding = with_settings(AdaptiveColouring, {"noise": 0.0, "cycles": 1, "core": False}).encode(problem)
    theirs = run_ngspice_text(write(deck_of(encoding, seed).circuit))
    names = encoding.system.clusters.names
    end = np.array([[theirs[f"v(v{name})"][-1]] for name in names])
    start = encoding.start(seed, np.array([0]))[:, 0]
    run = ScipyIVP("LSODA").integrate(encoding.system, start, (0.0, encoding.duration))
    ours = encoding.system.outputs(encoding.duration, run.states[:, -1:])
    answer = encoding.decode(ours)[0].answer
    assert problem.verify(answer).valid
    assert encoding.decode(end)[0].answer == answer


@pytest.mark.ngspice
@ngspice
@pytest.mark.parametrize("machine", [lined(objective=True), coloured(n=6, k=3)])
def test_waveforms_are_those_of_ngspice(machine) -> None:  # type: ignore[no-untyped-def]
    machine = replace(machine, sigma=0.0)
    x0 = machine.states(0.3 * np.random.default_rng(0).normal(size=(machine.cells, 1)))[:, 0]
    built = synthesize_multipliers(machine, start=x0, tran=Tran(0.05, 3.0, uic=True, max_step=0.01))
    theirs = run_ngspice_text(write(built.circuit))
    ours = ScipyIVP("LSODA", rtol=1e-9, atol=1e-11).integrate(machine, x0, np.linspace(0.0, 3.0, 7))
    for name, row in zip(machine.signal_names[: machine.size], ours.states, strict=True):
        seen = np.interp(ours.times[1:], theirs["time"], theirs[name])
        assert seen == pytest.approx(row[1:], abs=2e-3), name


def test_the_deck_says_what_is_soldered() -> None:
    machine = replace(coloured(n=6, k=3), sigma=0.0)
    text = write(synthesize_multipliers(machine, impedance=1.0).circuit)
    elements = [line.split()[0] for line in text.splitlines() if line and line[0] in "brcv"]
    assert sum(name.startswith("cw") for name in elements) == machine.pairs.count
    assert sum(name.startswith("cu") or name[1:2].isdigit() for name in elements if name[0] == "c") == 18
    assert "vgain" in elements


def test_noise_cannot_be_soldered() -> None:
    with pytest.raises(InputError, match="clusters with noise cannot be built"):
        synthesize_multipliers(coloured())
