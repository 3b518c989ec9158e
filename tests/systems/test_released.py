"""Generalised bifurcation: springs of single cells, their power, and their limit case."""

import numpy as np
import pytest

from analoghop.errors import InputError
from analoghop.systems.machines.spins.inertial import Inertial
from analoghop.systems.machines.spins.released import Released
from tests.examples.spin_machines import couplings, released, starts

J = couplings(12, weights=True)


def test_without_a_release_it_is_the_inertial_machine() -> None:
    plain = Inertial(J, 0.1, 40.0, 0.4)
    general = Released(J, 0.1, 40.0, 0.4, release=0.0)
    x = starts(plain, 3)
    states = np.concatenate([x, np.ones((12, 3))])
    for k in range(100):
        x, states = plain.advance(k, x, None), general.advance(k, states, None)
        assert states[24:] == pytest.approx(1.0 - (k + 1) / 100.0, abs=1e-12)
    assert states[:24] == pytest.approx(x, abs=1e-10)


def test_springs_grow_again_at_the_walls_until_the_calm_end() -> None:
    machine = Released(J, 0.1, 40.0, 0.4, release=1.5, until=0.5)
    states = np.concatenate([np.ones((12, 1)), np.zeros((12, 1)), np.ones((12, 1))])
    at_wall = machine.softening(10.0, states)
    assert at_wall == pytest.approx(0.5 / 30.0)
    assert machine.softening(30.0, states) == pytest.approx(-1.0 / 10.0)
    assert not machine.softening(41.0, states).any()
    assert machine.breakpoints(50.0) == (20.0, 40.0)


def test_the_springs_supply_what_the_hamiltonian_gains() -> None:
    machine = released(True, False)
    x = np.random.default_rng(2).uniform(-0.9, 0.9, (machine.size, 4))
    flow = machine.flow(3.0, x)
    assert flow.dissipated == pytest.approx(0.0)
    position = x[: machine.cells]
    assert flow.supplied == pytest.approx(0.5 * np.sum(machine.softening(3.0, x) * position**2, axis=0))
    assert not machine.theorem.applies


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"release": -1.0}, "`release` is -1, expected a number from 0"),
        ({"until": 1.5}, "`until` is 1.5, expected a share of the duration, 0 to 1"),
        ({"step": 0.9}, "`step` is 0.9 time constants"),
    ],
)
def test_wrong_fields_are_refused(options: dict[str, float], words: str) -> None:
    with pytest.raises(InputError, match=words):
        Released(**{"J": J, "c0": 0.1, "duration": 40.0, "step": 0.4, **options})
