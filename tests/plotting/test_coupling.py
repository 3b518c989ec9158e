import numpy as np
import pytest
from numpy.testing import assert_allclose

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.couplings import Eye
from analoghop.errors import InputError
from analoghop.plotting import coupling
from analoghop.systems.circuits.network import Network
from tests.plotting.runs import (
    FILTER,
    OSCILLATOR,
    SIEMENS,
    assert_legible,
    compiled,
    converter,
    flip_flop,
    hundred,
    memory,
    network,
    ring,
)

NETWORK = """R12 v2 u1 10k
R21 v1 u2 20k
C1 u1 0 100n
C2 u2 0 100n
B1 v1 0 V=tanh(2*V(u1))
B2 v2 0 V=tanh(2*V(u2))
B3 spare 0 V=tanh(3*V(u1))"""
"""A network beside whose amplifiers stands one that acts on nothing."""


def shown(ax):
    (picture,) = ax.get_images()
    return picture


def labels(axis):
    return [text.get_text() for text in axis.get_ticklabels()]


def test_the_matrix_is_drawn_with_white_at_zero():
    run = converter()
    picture = shown(coupling(run))
    k = np.arange(4)
    expected = -(2.0 ** (k[:, None] + k)) * (1 - np.eye(4)) / 100 * SIEMENS
    assert_allclose(picture.get_array(), expected, rtol=1e-14)
    low, high = picture.get_clim()
    assert high == -low == pytest.approx(np.abs(expected).max())
    red, green, blue, _ = picture.cmap(picture.norm(0.0))
    assert min(red, green, blue) > 0.95


def test_rows_are_inputs_and_columns_outputs():
    ax = coupling(ring())
    assert labels(ax.yaxis) == ["v(u1)", "v(u2)", "v(u3)"]
    assert labels(ax.xaxis) == ["v(v1)", "v(v2)", "v(v3)"]
    assert ax.get_xlabel() == "from output"
    assert ax.get_ylabel() == "to input"


def test_the_title_tells_symmetric_from_not():
    assert coupling(flip_flop()).get_title(loc="left") == "coupling, symmetric"
    assert coupling(ring()).get_title(loc="left") == "coupling, not symmetric"


def test_values_of_small_matrices_are_written_in_the_unit_of_the_bar():
    ax = coupling(network([[0.0, -2.0], [0.5, 0.0]], 1.0))
    (bar,) = ax.child_axes
    assert bar.get_ylabel() == "conductance (µS)"
    written = {(t.get_position()[1], t.get_position()[0]): t.get_text() for t in ax.texts}
    assert written == {(1, 1): "0", (1, 2): "\N{MINUS SIGN}200", (2, 1): "50", (2, 2): "0"}
    assert not coupling(hundred()).texts


def test_a_deck_shows_the_network_that_it_is():
    ax = coupling(compiled(NETWORK))
    assert_allclose(shown(ax).get_array(), [[0, 1e-4], [5e-5, 0]], atol=1e-18)
    assert labels(ax.yaxis) == ["v(u1)", "v(u2)"]
    assert labels(ax.xaxis) == ["v(v1)", "v(v2)"]


def test_a_deck_that_is_no_network_shows_the_currents_into_its_states():
    ax = coupling(compiled(OSCILLATOR))
    assert_allclose(shown(ax).get_array(), [[1e-4, 1e-4], [-1e-4, 1e-4]], rtol=1e-9)
    assert "currents" in ax.get_title(loc="left")


def test_a_matrix_of_zeros_can_be_drawn():
    coupling(network(np.zeros((2, 2)), 1.0)).figure.canvas.draw()


def test_what_has_no_coupling_or_too_much_is_refused():
    with pytest.raises(InputError, match="no coupling matrix"):
        coupling(compiled(FILTER))
    large = Network(Eye(5000), Amplifiers.uniform(Tanh(), 5000))
    with pytest.raises(InputError, match="5000 rows is too large"):
        coupling(large)


@pytest.mark.parametrize("run", [flip_flop, converter, memory, hundred])
def test_pictures_are_legible(run):
    assert_legible(coupling(run()).figure)
