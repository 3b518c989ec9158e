import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from analoghop.errors import InputError
from analoghop.plotting import heatmap
from tests.plotting.runs import assert_legible, converter, hundred, ladder, memory, network, solve


def image(ax):
    (picture,) = ax.get_images()
    return picture


def test_evenly_spaced_outputs_are_shown_untouched_the_first_on_top():
    solution = memory()
    ax = heatmap(solution)
    assert_allclose(image(ax).get_array(), np.tanh(10.0 * solution.states), rtol=1e-13)
    half = solution.times[1] / 2
    assert_allclose(image(ax).get_extent(), (-half, solution.times[-1] + half, 25.5, 0.5))
    assert ax.get_ylim() == (25.5, 0.5)
    assert ax.get_xlim() == (0.0, solution.times[-1])
    assert ax.get_xlabel() == "time (ms)"


def test_uneven_times_are_interpolated():
    times = np.linspace(0, 1, 300) ** 2 * 5e-3
    solution = solve(network(np.zeros((3, 3)), 0.1), [1.0, -0.5, 0.25], times)
    shown = np.asarray(image(heatmap(solution)).get_array())
    even = np.linspace(0, 5e-3, shown.shape[1])
    exact = np.tanh(0.1 * np.array([[1.0], [-0.5], [0.25]]) * np.exp(-even / 1e-3))
    assert shown.shape[1] >= 1000
    assert_allclose(shown, exact, atol=1e-5)


def test_the_colour_bar_has_the_unit():
    ax = heatmap(memory())
    (bar,) = ax.child_axes
    assert bar.get_ylabel() == "output (V)"


def test_few_rows_are_named_many_are_numbered():
    few, many = heatmap(converter()), heatmap(hundred())
    assert [t.get_text() for t in few.get_yticklabels()] == ["v(v1)", "v(v2)", "v(v3)", "v(v4)"]
    assert_array_equal(few.get_yticks(), [1, 2, 3, 4])
    assert many.get_ylabel() == "output number"
    assert all(tick == int(tick) for tick in many.get_yticks())


def test_a_circuit_without_amplifiers_has_none():
    with pytest.raises(InputError, match="no amplifiers"):
        heatmap(ladder())


@pytest.mark.parametrize("run", [converter, memory, hundred])
def test_pictures_are_legible(run):
    assert_legible(heatmap(run()).figure)
