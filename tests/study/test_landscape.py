"""Landscapes: critical gains, counts of corners, barriers by two roads, basins and surfaces."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop import Amplifiers, InputError, Logistic, Network, Tanh
from analoghop.study.landscape import (
    basins_in_plane,
    critical_gain,
    energy_surface,
    gain_scan,
    landscape,
    stable_corners,
    string_between,
)
from analoghop.study.landscape.barriers import ways

TWO = np.array([[1.0, 0.2], [0.2, 1.0]])


def network(T, gain=1.0, amplifier=None, **options):
    return Network(T, Amplifiers.uniform(amplifier or Tanh(), len(T), gain=gain), **options)


def test_the_critical_gain_is_that_of_the_largest_eigenvalue():
    assert critical_gain(network(TWO, 7.0)) == pytest.approx(1 / 1.2)
    assert critical_gain(network(TWO, G=[2.0, 2.0])) == pytest.approx(2 / 1.2)
    logistic = Amplifiers.uniform(Logistic(), 2, offset=0.6)
    assert critical_gain(Network(TWO, logistic)) == pytest.approx(4 / 1.2)
    assert critical_gain(network([[-1.0]])) == np.inf


def test_the_complete_inhibitory_graph_of_ten_has_252_stable_corners():
    corners = stable_corners(-(np.ones((10, 10)) - np.eye(10)))
    assert len(corners) == 252
    assert (corners.sum(axis=1) == 0).all()


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_corners_are_those_of_which_no_flip_lowers_the_energy(seed):
    rng = np.random.default_rng(seed)
    T = np.triu(rng.normal(size=(6, 6)), 1)
    T, h = T + T.T, rng.normal(size=6)
    found = {tuple(s) for s in stable_corners(T, h)}
    for number in range(64):
        s = np.array([1.0 if number >> k & 1 else -1.0 for k in range(6)])
        energies = [-0.5 * z @ T @ z - h @ z for z in (s * (1 - 2 * np.eye(6)[k]) for k in range(6))]
        assert (min(energies) > -0.5 * s @ T @ s - h @ s) == (tuple(s) in found)


def test_random_couplings_have_as_many_stable_corners_as_spin_glasses():
    rng = np.random.default_rng(5)
    counts = []
    for _ in range(300):
        T = np.triu(rng.normal(size=(8, 8)), 1)
        counts.append(len(stable_corners(T + T.T)))
    assert np.mean(counts) == pytest.approx(5.15, abs=4 * np.std(counts) / np.sqrt(300))


def test_counts_rise_with_the_gain():
    found = gain_scan(network(TWO), [0.8, 1.0, 1.4, 1.6])
    assert found["minima"].tolist() == [1, 2, 2, 4]
    assert found["equilibria"].tolist() == [1, 3, 5, 9]
    assert found["critical_gain"][0] == pytest.approx(1 / 1.2)
    assert np.allclose(found["eigenvalues"], [1.2, 0.8])


def test_larger_networks_are_run_from_many_starts():
    T = -(np.ones((6, 6)) - np.eye(6))
    found = gain_scan(network(T), [50.0], starts=200)
    assert found["minima"].tolist() == [20]
    assert np.isnan(found["equilibria"]).all()
    assert found["settled"].tolist() == [1.0]


def test_barriers_by_saddles_and_by_a_string_agree():
    system = network(TWO, 1.8)
    found = landscape(system)
    assert len(found["energies"]) == len(found["saddle_energies"]) == 4
    assert (np.diff(found["energies"]) >= 0).all()
    assert (found["joined"] >= 0).all()
    # Each saddle joins an aligned minimum and an opposed one: the ways form a ring.
    assert {tuple(sorted(pair)) for pair in found["joined"].tolist()} == {(0, 2), (0, 3), (1, 2), (1, 3)}
    string = string_between(system, found["minima"][0], found["minima"][2])
    assert string["saddle_energy"][0] == pytest.approx(found["saddle_energies"][0], rel=1e-10)
    assert string["saddle_index"][0] == 1
    assert found["barriers"][0, 2] == pytest.approx(string["saddle_energy"][0] - found["energies"][0])
    assert found.facts[0].holds


def test_the_lowest_way_may_lead_over_a_third_minimum():
    joined = np.array([[0, 1], [1, 2], [0, 2], [3, -1]])
    barriers, merges = ways(np.array([0.0, 1.0, 0.5, 2.0]), np.array([3.0, 2.0, 5.0, 9.0]), joined)
    assert barriers[0, 2] == 3.0  # over minimum 1, not over the saddle of 5
    assert barriers[2, 1] == 1.5
    assert np.isinf(barriers[0, 3])
    assert merges.tolist() == [[1.0, 2.0, 2.0], [0.0, 4.0, 3.0]]


def test_a_plane_of_starts_shows_the_basins():
    found = basins_in_plane(network(TWO, 1.8), [[1.0, 1.0], [-1.0, 1.0], [1.0, -1.0]], resolution=21)
    assert found["label"].shape == (21, 21)
    assert np.count_nonzero(found["label"] < 0) == 1  # the middle, on its saddle
    assert found["share"].sum() == pytest.approx(1.0 - 1.0 / 441)
    assert len(found["attractors"]) == 4
    with pytest.raises(InputError, match="lie on one line"):
        basins_in_plane(network(TWO, 1.8), [[0, 0], [1, 1], [2, 2]])
    with pytest.raises(InputError, match=r"expected \(3, 2\)"):
        basins_in_plane(network(TWO, 1.8), [[0, 0], [1, 1]])


def test_the_surface_is_lowest_at_its_minima():
    found = energy_surface(network(TWO, 1.8), resolution=41)
    lowest = np.unravel_index(np.argmin(found["energy"]), (41, 41))
    at = found["v1"][lowest[1]], found["v2"][lowest[0]]
    assert np.abs(np.abs(at) - np.abs(found["points"][0])).max() < 0.06
    assert 0.0 <= found["energy"].min() - found["energies"].min() < 5e-3  # of a grid of 41 x 41
    with pytest.raises(InputError, match="needs two amplifiers"):
        energy_surface(network(np.eye(3)))


@pytest.mark.parametrize("name", ["gain", "landscape", "string", "basins", "surface"])
def test_every_study_is_drawn(name):
    system = network(TWO, 1.8)
    found = {
        "gain": lambda: gain_scan(system, [0.8, 1.4]),
        "landscape": lambda: landscape(system),
        "string": lambda: string_between(system, [1.0, 1.0], [-1.0, 1.0], steps=50),
        "basins": lambda: basins_in_plane(system, [[1, 1], [-1, 1], [1, -1]], resolution=5),
        "surface": lambda: energy_surface(system, resolution=11),
    }[name]()
    axes = found.plot().get_axes()
    assert any(ax.has_data() for ax in axes)
    assert found.to_dict()["study"] == name
