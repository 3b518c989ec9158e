"""All equilibria: counts that theory gives, the index law, and what is said where some are missing."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop import Amplifiers, Circuit, InputError, Network, Tanh, equilibria
from analoghop.schedules import Schedule, Signals
from analoghop.study import with_shares
from analoghop.study.all_equilibria import Equilibria


def network(T, gain, **options):
    T = np.asarray(T, dtype=float)
    return Network(T, Amplifiers.uniform(Tanh(), len(T), gain=gain), **options)


@pytest.mark.parametrize(
    ("gain", "count"),
    [(0.8, 1), (0.8334, 3), (1.2499, 3), (1.2501, 5), (1.51278, 5), (1.512782, 9), (1.6, 9)],
)
def test_two_coupled_amplifiers_have_1_3_5_9(gain, count):
    found = equilibria(network([[1.0, 0.2], [0.2, 1.0]], gain), starts=64)
    assert (len(found), found.index_sum) == (count, 1)


def test_uncoupled_bistable_amplifiers_have_all_combinations():
    found = equilibria(network(np.eye(3), 3.0), starts=32)
    assert (len(found), found.stable, found.index_sum) == (27, 8, 1)
    assert sorted(np.bincount(found.indices).tolist()) == [1, 6, 8, 12]
    assert "27 equilibria, 8 stable; the indices sum to 1" in found.message


def test_every_state_is_at_rest_and_its_index_is_that_of_its_eigenvalues():
    system = network([[0.5, -1.0], [2.0, 0.3]], 3.0, bias=[0.2, -0.1])
    found = equilibria(system, starts=64)
    for k in range(len(found)):
        x = found.states[:, [k]]
        assert np.abs(system.rhs(0.0, x)).max() < 1e-12
        values = np.linalg.eigvals(system.jacobian(0.0, x))
        assert np.count_nonzero(values.real > 0) == found.indices[k]
        assert np.allclose(sorted(values.real, reverse=True), found.eigenvalues[k].real)
        assert np.allclose(system.outputs(0.0, x)[:, 0], found.outputs[:, k])
    assert found.energies is None or (np.diff(found.energies) >= 0).all()


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 10**6))
def test_the_indices_of_random_networks_sum_to_1(seed):
    rng = np.random.default_rng(seed)
    n = int(rng.integers(1, 5))
    system = network(rng.normal(size=(n, n)), rng.uniform(0.5, 6.0), bias=0.2 * rng.normal(size=n))
    found = equilibria(system, starts=64)
    assert found.index_sum == 1
    assert found.stable >= 1 or n > 1


def test_minima_lie_first_and_their_number_is_that_of_the_corners_at_high_gain():
    n = 6
    found = equilibria(network(-(np.ones((n, n)) - np.eye(n)), 200.0), starts=0)
    assert found.stable == 20  # of six amplifiers that inhibit each other, half are on
    assert (found.indices[:20] == 0).all()


def test_a_deck_has_equilibria_by_the_names_of_its_nodes():
    deck = "flip\nB1 v1 0 V=tanh(3*V(u1))\nB2 v2 0 V=tanh(3*V(u2))\nR1 v2 u1 1k\nR2 v1 u2 1k\n"
    circuit = Circuit.parse(deck + "C1 u1 0 1u\nC2 u2 0 1u\n.tran 1m 1m uic\n.end\n")
    told = equilibria(circuit, starts=32).to_dict()
    assert (told["count"], told["stable"], told["index_sum"]) == (3, 2, 1)
    assert set(told["equilibria"][0]["state"]) == {"v(u1)", "v(u2)"}


def test_a_set_that_lacks_some_says_so():
    states = np.zeros((1, 2))
    lacking = Equilibria(
        states,
        states,
        np.zeros((2, 1), dtype=complex),
        np.array([0, 0]),
        np.zeros(2, dtype=bool),
        None,
        ("u",),
        9,
    )
    assert "incomplete: the indices sum to 2" in lacking.message


def test_at_a_critical_gain_the_equilibrium_is_degenerate():
    assert "degenerate" in equilibria(network([[1.0]], 1.0), starts=4).message


def test_what_has_no_equilibrium_or_too_many_states_is_refused():
    with pytest.raises(InputError, match="65 states: equilibria are sought of 1 to 64"):
        equilibria(network(np.eye(65), 1.0))
    with pytest.raises(InputError, match="this circuit has noise"):
        equilibria(network([[1.0]], 1.0, temperature=300.0))
    with pytest.raises(InputError, match="`starts` is -1, expected a whole number from 0"):
        equilibria(network([[1.0]], 1.0), starts=-1)


def test_a_limit_ends_the_search_and_keeps_what_was_found():
    found = equilibria(network(np.eye(9), 3.0), time_limit=0.2)
    assert found.interrupted
    assert 1 <= len(found) < 3**9


def test_basins_have_the_shares_that_symmetry_gives():
    system = network([[1.0, 0.2], [0.2, 1.0]], 1.8)
    found = with_shares(equilibria(system, starts=64), system, 2000)
    assert found.shares is not None
    assert found.shares.sum() == pytest.approx(1.0, abs=0.01)
    assert (found.shares[found.indices > 0] == 0).all()
    assert found.shares[0] == pytest.approx(found.shares[1], abs=0.05)
    assert found.to_dict()["equilibria"][0]["share"] == found.shares[0]
    with pytest.raises(InputError, match="`starts` is 0"):
        with_shares(found, system, 0)


def test_inputs_are_those_after_they_have_come_to_rest():
    ramp = Schedule(np.array([0.0, 1.0]), np.array([0.0, 5.0]))
    moving = network([[0.0]], 1.0, signals=Signals((ramp,)), S=np.ones((1, 1)))
    assert equilibria(moving, starts=4).states[0, 0] == pytest.approx(5.0)
