import numpy as np
import pytest
from matplotlib.figure import Figure

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.errors import InputError
from analoghop.plotting import basin_sizes, basins, ensemble, final_energies, save_figure, settling_times
from analoghop.plotting.style import PALETTE
from analoghop.simulate_many import simulate_many
from analoghop.systems.circuits.network import Network
from tests.plotting.runs import assert_legible


@pytest.fixture(scope="module")
def latch():
    bank = Amplifiers.uniform(Tanh(), 2, gain=2.0)
    return simulate_many(Network(np.eye(2)[::-1], bank, bias=[0.05, 0.0]), 500, seed=1)


@pytest.fixture(scope="module")
def memory():
    rng = np.random.default_rng(0)
    T = rng.normal(size=(12, 12))
    return simulate_many(Network(T + T.T, Amplifiers.uniform(Tanh(), 12, gain=5.0)), 300, seed=2)


def heights(ax):
    return sum(bar.get_height() for bar in ax.patches)


def test_every_trajectory_is_in_the_histograms(memory):
    ax = final_energies(memory)
    assert heights(ax) == 300
    assert ax.get_xlabel() == "energy at the end (W)"
    left = min(bar.get_x() for bar in ax.patches if bar.get_height())
    assert left <= memory.energies.min()
    assert heights(settling_times(memory)) == 300
    assert settling_times(memory).get_xlabel() == "settling time (s)"


def test_energies_that_differ_by_rounding_share_a_bar(latch):
    full = [bar for bar in final_energies(latch).patches if bar.get_height() > 0]
    assert len(full) <= 4


def test_a_circuit_that_did_not_settle_says_so(latch):
    run = simulate_many(latch.system, 5, seed=1, tstop=1e-6)
    assert [text.get_text() for text in basin_sizes(run).texts] == ["no start has settled"]
    (label,) = basins(run).get_legend().get_texts()
    assert label.get_text() == "not settled"


def test_basin_sizes_have_their_intervals(memory):
    found = memory.attractors()
    ax = basin_sizes(memory)
    shown = [bar.get_height() for bar in ax.patches]
    assert shown == pytest.approx([100 * one.fraction for one in found.found[:12]])
    if len(found) > 12:
        assert f"and {len(found) - 12} more" in ax.get_title(loc="left")
    (segments,) = [c.get_segments() for c in ax.collections]
    for segment, one in zip(segments, found.found, strict=False):
        assert sorted(segment[:, 1]) == pytest.approx([100 * end for end in one.interval])


def test_starts_have_the_colour_of_their_attractor(latch):
    ax = basins(latch)
    x0 = latch.starts.array()
    labels = latch.attractors().labels
    for k, dots in enumerate(ax.collections):
        points = np.array(sorted(map(tuple, dots.get_offsets())))
        assert np.allclose(points, sorted(map(tuple, x0[:, labels == k].T)))
        assert dots.get_label() == str(k + 1)
    assert ax.get_xlabel() == "start of v(u1) (V)"
    rings = [line.get_xydata()[0] for line in ax.get_lines()]
    assert np.allclose(rings, [one.state for one in latch.attractors()])


def test_the_plane_can_be_chosen(memory):
    ax = basins(memory, states=(3, 0))
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("start of v(u4) (mV)", "start of v(u1) (mV)")
    for wrong in ((0, 0), (0, 12), (-1, 2)):
        with pytest.raises(InputError, match="`states` are"):
            basins(memory, states=wrong)


def test_what_has_no_energy_or_plane_says_so():
    lonely = Network(np.array([[3.0]]), Amplifiers.uniform(Tanh(), 1))
    run = simulate_many(lonely, 20, seed=1)
    with pytest.raises(InputError, match="needs two states"):
        basins(run)
    figure = ensemble(run)
    assert len(figure.axes) == 2
    from tests.engines.small_systems import Field

    field = simulate_many(Field(lambda t, x: -x, lambda t, x: -np.eye(2), (1.0, 1.0), (1.0, 1.0)), 9)
    with pytest.raises(InputError, match="no energies to draw"):
        final_energies(field)
    assert ensemble(field).axes[0].get_xlabel() == "settling time (s)"


def test_oscillators_are_black():
    ring = Network(np.array([[2.0, 3.0], [-3.0, 2.0]]), Amplifiers.uniform(Tanh(), 2))
    run = simulate_many(ring, 30, tstop=10.0)
    ax = basins(run)
    (dots,) = ax.collections
    assert dots.get_label() == "not settled"
    assert len(basin_sizes(run).patches) == 0
    assert ensemble(run, title="ring").get_suptitle().startswith("ring\n30 starts: 30 time up")


def test_the_figure_is_legible_and_can_be_saved(latch, memory, tmp_path):
    for run in (latch, memory):
        figure = ensemble(run, title="many starts")
        assert isinstance(figure, Figure)
        assert_legible(figure)
        save_figure(figure, tmp_path / "x.png", run.record)
    assert (tmp_path / "x.png").stat().st_size > 10_000
    assert PALETTE[0] == "#000000"
