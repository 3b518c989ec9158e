import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.contour import QuadContourSet
from matplotlib.quiver import Quiver
from numpy.testing import assert_allclose, assert_array_equal
from scipy.optimize import brentq

from analoghop.activations import Satlin
from analoghop.amplifiers import Amplifiers
from analoghop.errors import InputError
from analoghop.plotting import phase_plane
from analoghop.plotting.runs.portrait import portrait
from analoghop.schedules import Schedule, Signals
from analoghop.systems.circuits.network import Network
from tests.plotting.runs import (
    FILTER,
    SIEMENS,
    TAU,
    assert_legible,
    compiled,
    flip_flop,
    ladder,
    network,
    oscillator,
    ring,
)


def kinds(field):
    return sorted(e.kind for e in field.equilibria)


def marks(ax):
    return {line.get_label(): line.get_xydata() for line in ax.get_lines()}


def test_a_flip_flop_rests_where_u_is_tanh_of_twice_u_and_has_a_saddle_between():
    field = portrait(network([[0, 1], [1, 0]], 2.0), 0.0, None, None)
    high = brentq(lambda u: np.tanh(2 * u) - u, 0.5, 1.5, xtol=1e-15)
    found = {e.kind: [] for e in field.equilibria}
    for e in field.equilibria:
        found[e.kind].append(e.state)
    assert_allclose(sorted(map(tuple, found["stable"])), [(-high, -high), (high, high)], atol=1e-9)
    assert_allclose(found["saddle"], [(0.0, 0.0)], atol=1e-12)
    saddle = next(e for e in field.equilibria if e.kind == "saddle")
    assert_allclose(np.sort(saddle.eigenvalues.real), [-3 / TAU, 1 / TAU], rtol=1e-9)


@settings(max_examples=40)
@given(
    st.lists(st.floats(-2, 2), min_size=4, max_size=4),
    # A bias of 1e-200 bends a marginal equilibrium by less than Newton's method can resolve.
    st.lists(st.floats(-1, 1).map(lambda bias: round(bias, 9)), min_size=2, max_size=2),
    st.floats(0.5, 20),
)
def test_equilibria_are_at_rest_and_their_indices_add_up_to_one(T, bias, gain):
    system = network(np.reshape(T, (2, 2)), gain, bias=bias)
    field = portrait(system, 0.0, None, None)
    turning = 0
    for e in field.equilibria:
        rate = system.rhs(0.0, e.state[:, None])
        assert np.abs(rate * TAU).max() < 1e-7
        determinant = np.prod(e.eigenvalues).real * TAU**2
        if abs(determinant) < 1e-3:
            return  # two equilibria are about to meet: how many there are is a matter of rounding
        turning += int(np.sign(determinant))
    # Poincare: the field points inwards all around a large box.
    assert turning == 1


def test_equilibria_at_corners_of_amplifiers_are_found():
    bank = Amplifiers.uniform(Satlin(), 2, 4.0)
    system = Network(np.array([[0, 1], [1, 0]]) * SIEMENS, bank, C=TAU * SIEMENS, G=SIEMENS)
    field = portrait(system, 0.0, None, None)
    assert kinds(field) == ["saddle", "stable", "stable"]
    states = sorted(tuple(np.round(e.state, 9) + 0.0) for e in field.equilibria)
    assert states == [(-1, -1), (0, 0), (1, 1)]


def test_a_grid_covers_trajectory_and_equilibria_and_is_dense_where_amplifiers_switch():
    run = flip_flop()
    far = run.states + 3.0
    field = portrait(network([[0, 1], [1, 0]], 300.0), 0.0, far, None)
    for row in (0, 1):
        line = field.states[row, 0] if row == 0 else field.states[row, :, 0]
        assert line[0] <= -1 <= 1 <= line[-1]
        assert far[row].min() > line[0]
        assert far[row].max() < line[-1]
        assert (np.diff(line) > 0).all()
        assert (np.abs(line) < 1 / 300).sum() >= 5


def test_energies_of_the_grid_are_the_systems():
    system = network([[0, 1], [1, 0]], 2.0)
    field = portrait(system, 0.0, None, ((-1, 2), (-3, 1)))
    i, j = 40, 130
    parts = system.energy(0.0, field.states[:, i, j][:, None])
    assert_allclose(field.energy[i, j], sum(parts.values())[0], rtol=1e-12)
    assert_allclose([field.states[0].min(), field.states[0].max()], [-1, 2])
    assert_allclose([field.states[1].min(), field.states[1].max()], [-3, 1])


def test_trajectory_start_and_equilibria_are_marked():
    run = flip_flop()
    drawn = marks(phase_plane(run))
    assert_array_equal(drawn["trajectory"], run.states.T)
    assert_array_equal(drawn["start"], run.states[:, :1].T)
    assert len(drawn["stable equilibrium"]) == 2
    assert_allclose(drawn["saddle"], [[0, 0]], atol=1e-12)


def test_the_plane_of_outputs_shows_the_same_through_the_amplifiers():
    run = flip_flop()
    ax = phase_plane(run, plane="outputs")
    drawn = marks(ax)
    assert_allclose(drawn["trajectory"], np.tanh(2 * run.states).T, rtol=1e-13)
    inputs = marks(phase_plane(run))["stable equilibrium"]
    assert_allclose(drawn["stable equilibrium"], np.tanh(2 * inputs), rtol=1e-9)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("v(v1) (V)", "v(v2) (V)")


def test_nullclines_lie_where_a_rate_vanishes():
    system = network([[0, 1], [1, 0]], 2.0)
    ax = phase_plane(system)
    curves = [c for c in ax.get_children() if isinstance(c, QuadContourSet) and list(c.levels) == [0.0]]
    assert len(curves) == 2
    for row, curve in enumerate(curves):
        vertices = np.concatenate([path.vertices for path in curve.get_paths()])
        assert len(vertices) > 100
        rates = system.rhs(0.0, vertices.T.copy())[row] * TAU
        assert np.abs(rates).max() < 2e-3
    names = [text.get_text() for text in ax.get_legend().get_texts()]
    assert {"dv(u1)/dt = 0", "dv(u2)/dt = 0", "low energy"} <= set(names)


def test_without_an_energy_arrows_show_the_direction():
    run = oscillator()
    ax = phase_plane(run)
    (arrows,) = [c for c in ax.get_children() if isinstance(c, Quiver)]
    places = np.array([arrows.X, arrows.Y])
    rates = run.system.rhs(0.0, places)
    assert_allclose(np.arctan2(arrows.V, arrows.U), np.arctan2(rates[1], rates[0]), atol=1e-4)
    assert "low energy" not in [text.get_text() for text in ax.get_legend().get_texts()]
    assert not [c for c in phase_plane(flip_flop()).get_children() if isinstance(c, Quiver)]


def test_moving_sources_are_frozen_at_the_end_or_when_told():
    signals = Signals((Schedule([0.0, 5e-3], [0.0, 0.4]),))
    system = Network(
        np.zeros((2, 2)),
        Amplifiers.uniform(Satlin(), 2),
        C=TAU * SIEMENS,
        G=SIEMENS,
        signals=signals,
        S=np.full((2, 1), SIEMENS),
    )
    for time, rest in ((None, 0.4), (2.5e-3, 0.2)):
        ax = phase_plane(system, time=time)
        assert_allclose(marks(ax)["stable equilibrium"], [[rest, rest]], atol=1e-9)
    assert ax.get_title(loc="left") == "sources frozen at 2.5\N{NO-BREAK SPACE}ms"


def test_a_filter_has_one_equilibrium():
    field = portrait(compiled(FILTER), 0.0, None, None)
    assert kinds(field) == ["stable"]
    assert_allclose(field.equilibria[0].state, [0, 0], atol=1e-12)


def test_a_line_of_equilibria_is_no_list_of_points():
    system = Network(
        np.zeros((2, 2)), Amplifiers.uniform(Satlin(), 2), C=TAU * SIEMENS, G=np.zeros(2), bias=0.0
    )
    assert portrait(system, 0.0, None, None).equilibria == ()
    phase_plane(system).figure.canvas.draw()


def test_wrong_requests_are_refused():
    with pytest.raises(InputError, match="2 states; this one has 3"):
        phase_plane(ring())
    with pytest.raises(InputError, match="'inputs' or 'outputs', not 'v'"):
        phase_plane(flip_flop(), plane="v")
    with pytest.raises(InputError, match="2 of them; this circuit has 0"):
        phase_plane(ladder(), plane="outputs")
    for window in (((1, 0), (0, 1)), (0, 1), ((0, np.inf), (0, 1))):
        with pytest.raises(InputError, match="`window`"):
            phase_plane(flip_flop(), window=window)


@pytest.mark.parametrize("plane", ["inputs", "outputs"])
@pytest.mark.parametrize("run", [flip_flop, oscillator])
def test_pictures_are_legible(run, plane):
    assert_legible(phase_plane(run(), plane=plane).figure)
