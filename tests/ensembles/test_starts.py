import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import kstest

from analoghop.activations import Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.ensembles import GivenStarts, random_starts
from analoghop.ensembles.streams import BLOCK, uniform
from analoghop.errors import InputError
from analoghop.systems.circuits.network import Network


def network(n=5):
    return Network(np.eye(n), Amplifiers.uniform(Tanh(), n, np.linspace(1, 5, n), np.linspace(-2, 2, n)))


@given(
    seed=st.integers(0, 2**64 - 1),
    first=st.integers(0, 3 * BLOCK),
    count=st.integers(1, 3 * BLOCK),
    inside=st.integers(0, BLOCK),
)
def test_a_start_depends_on_its_number_alone(seed, first, count, inside):
    whole = uniform(seed, 0, 7 * BLOCK, 4)
    assert np.array_equal(uniform(seed, first, count, 4), whole[:, first : first + count])
    starts = random_starts(network(), 6 * BLOCK, seed=seed, first=inside)
    assert np.array_equal(starts.block(first, count), starts.array()[:, first : first + count])


def test_no_start_is_an_empty_block():
    for first in (0, 1, 64):
        assert random_starts(network(), 200, first=first).block(0, 0).shape == (5, 0)


def test_starts_are_uniform_in_the_amplifiers_linear_range():
    system = network()
    x = random_starts(system, 4000, seed=3).array()
    z = (x - system.amplifiers.offset) / system.input_scale
    assert np.abs(z).max() <= 1.0
    for row in z:
        assert kstest(row, "uniform", (-1, 2)).pvalue > 1e-3
    assert np.abs(np.corrcoef(z)[~np.eye(5, dtype=bool)]).max() < 5 / np.sqrt(4000)


def test_scale_and_centre():
    system = network()
    wide = random_starts(system, 10, seed=1, scale=3.0, centre=0.5).array()
    unit = random_starts(system, 10, seed=1, centre=0.0).array()
    assert np.allclose(wide, 0.5 + 3.0 * unit)
    assert not np.isclose(unit, random_starts(system, 10, seed=2, centre=0.0).array()).any()


def test_given_starts():
    x0 = np.arange(6.0).reshape(2, 3)
    starts = GivenStarts(x0)
    assert (starts.size, starts.count) == (2, 3)
    assert np.array_equal(starts.block(1, 2), x0[:, 1:])
    assert GivenStarts(np.array([1.0, 2.0])).array().tolist() == [[1.0], [2.0]]
    x0[:] = 0.0
    assert starts.array().max() == 5.0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"count": 0}, "`count` of the starts is 0"),
        ({"count": 2.5}, "`count` of the starts is 2.5"),
        ({"count": 1, "seed": -1}, "`seed` is -1"),
        ({"count": 1, "seed": 2**64}, "`seed` is 18446744073709551616"),
        ({"count": 1, "first": -1}, "`first` of the starts is -1"),
        ({"count": 1, "scale": [1.0, 2.0]}, "`scale` has shape"),
    ],
)
def test_bad_starts_are_named(arguments, message):
    with pytest.raises(InputError, match=message):
        random_starts(network(), **arguments)


@pytest.mark.parametrize("x0", [1.0, np.zeros((2, 0)), np.zeros((2, 2, 2))])
def test_shapes_that_are_no_starts(x0):
    with pytest.raises(InputError, match="`x0` has shape"):
        GivenStarts(x0)
