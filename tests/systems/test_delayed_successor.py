"""The successor network with multipliers and RC networks of finite speed, and its deck."""

from dataclasses import replace

import numpy as np
import pytest

from analoghop.circuit.netlist import format as write
from analoghop.circuit.netlist import parse
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.synthesis.successor_deck import synthesize_successor
from analoghop.engines import ScipyIVP
from analoghop.errors import InputError
from analoghop.systems.assignment.delayed_successor import DelayedSuccessor
from tests.examples.machines import successor


def test_fast_multipliers_and_networks_give_the_ideal_outputs() -> None:
    ideal = successor(5, early=False, sigma=0.0)
    u = 0.1 * np.random.default_rng(0).normal(size=(25, 1))
    fast = DelayedSuccessor(ideal, tau_m=2e-3, tau_z=2e-3)
    run = ScipyIVP(method="BDF", rtol=1e-6).integrate(fast, fast.start(u), (0.0, 4.0))
    wanted = ScipyIVP(rtol=1e-8).integrate(ideal, u, (0.0, 4.0))
    ours = fast.outputs(4.0, run.states[:, -1:])
    assert ours == pytest.approx(ideal.outputs(4.0, wanted.states[:, -1:]), abs=2e-3)


def test_the_networks_start_at_rest() -> None:
    system = DelayedSuccessor(successor(5, early=False, sigma=0.0))
    x = system.start(np.random.default_rng(1).normal(size=(25, 2)))
    assert x.shape == (55, 2)
    assert system.rhs(0.0, x)[30:] == pytest.approx(0.0, abs=1e-12)


@pytest.mark.parametrize("t", [0.0, 3.0, 15.0])
def test_the_deck_has_the_rates_of_the_system(t: float) -> None:
    system = DelayedSuccessor(successor(4, early=False, sigma=0.0))
    u = np.random.default_rng(2).normal(size=(16, 3))
    x = system.start(u) + 0.1 * np.random.default_rng(3).normal(size=(system.size, 3))
    deck = compile_circuit(parse(write(synthesize_successor(system, start=u[:, 0]).circuit)))
    # The times are knots of the deck's piecewise linear sources.
    rows = [system.signal_names.index(name) for name in deck.state_names]
    assert len(rows) == 12 + 4 + 16
    assert deck.rhs(t, x[rows]) == pytest.approx(system.rhs(t, x)[rows], rel=1e-9, abs=1e-9)


def test_what_parts_cannot_do_is_refused() -> None:
    for system, words in (
        (successor(4, early=False), "a successor network with noise"),
        (successor(4, sigma=0.0), "a successor network with early costs"),
    ):
        with pytest.raises(InputError, match=words):
            synthesize_successor(DelayedSuccessor(system))
    with pytest.raises(InputError, match="`tau_z` is -1"):
        DelayedSuccessor(replace(successor(4, sigma=0.0)), tau_z=-1.0)
