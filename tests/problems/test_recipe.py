import numpy as np
import pytest

from analoghop.errors import InputError
from analoghop.problems.anneal_recipe import AnnealRecipe
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.assignment.column_coupling import PlaceTable, Ring

A = np.ones((20, 20)) - np.eye(20)


def ring(recipe: AnnealRecipe) -> Assignment:
    return recipe.network(A, None, Ring(20, recipe.self_coupling), critical=2.0, tau=0.5)


def test_temperature_falls_from_hot_to_cold_and_stays_longest_where_tours_are_decided() -> None:
    network = ring(AnnealRecipe(100, start_temperature=0.8, end_temperature=0.02, slow=4.0))
    assert network.duration == pytest.approx(100 * 0.2 * 0.5)
    T = network.temperature.value(np.linspace(0.0, network.duration, 2001))
    assert (T[0], T[-1]) == (pytest.approx(1.6), pytest.approx(0.04))
    assert (np.diff(T) < 0).all()
    # s = 0.4 and 0.8 on the way of T^0.2.
    high, low = ((0.8**0.2 + s * (0.02**0.2 - 0.8**0.2)) ** 5 * 2.0 for s in (0.4, 0.8))
    assert np.mean((high > T) & (low < T)) == pytest.approx(1.6 / 2.2, abs=1e-3)


def test_noise_is_loud_where_tours_are_decided() -> None:
    network = ring(AnnealRecipe(100, sigma=1.0, quiet=0.15, slow=1.0))
    assert network.sigma is not None
    sigma = network.sigma.value(network.duration * np.array([0.0, 0.3, 0.4, 0.44, 0.6, 0.76, 0.8, 1.0]))
    assert sigma == pytest.approx([0.15, 0.15, 0.15, 0.575, 1.0, 0.575, 0.15, 0.15])
    assert ring(AnnealRecipe(100, sigma=0.0)).sigma is None
    even = ring(AnnealRecipe(100, sigma=0.1)).sigma
    assert even is not None
    assert even.value([0.0, 5.0]) == pytest.approx([0.1, 0.1])


def test_kernel_closes_before_the_end() -> None:
    network = ring(AnnealRecipe(100, width=0.2))
    assert network.places.width is not None
    w = network.places.width.value(network.duration * np.array([0.0, 0.9, 1.0]))
    assert w == pytest.approx([4.0 * (0.7 / 0.9) ** 0.75, 0.0, 0.0])


def test_without_a_kernel_all_is_plain() -> None:
    network = ring(AnnealRecipe(100, start_temperature=1.0, end_temperature=0.01, sigma=0.1, kernel=False))
    half = 0.5 * network.duration
    assert network.places.width is None
    assert float(network.temperature.value(half)) == pytest.approx(0.2)
    assert float(network.self_coupling.value(half)) == pytest.approx(1.1)
    assert network.sigma is not None
    assert float(network.sigma.value(half)) == pytest.approx(0.1)


def test_tables_of_flows_have_no_kernel() -> None:
    network = AnnealRecipe(10).network(A, None, PlaceTable(A), critical=1.0, tau=1.0)
    assert network.places.width is None


def test_reheating_begins_below_the_critical_temperature() -> None:
    again = AnnealRecipe(12000).reheated(1500)
    assert (again.steps, again.start_temperature, again.slow, again.sigma) == (1500, 0.3, 1.0, 0.15)
    assert AnnealRecipe(10, start_temperature=3.0, end_temperature=0.5).reheated(10).start_temperature == 1.0


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: AnnealRecipe(0), "`steps` is 0, expected at least 1"),
        (
            lambda: AnnealRecipe(1, start_temperature=0.01),
            r"`start_temperature` \(0.01\) must be above `end_",
        ),
        (lambda: AnnealRecipe(1, end_temperature=0.0), "and that above 0"),
        (lambda: AnnealRecipe(1, slow=0.0), "`slow` must be positive"),
        (lambda: AnnealRecipe(1, sigma=-0.1), "`sigma` and `width` not negative"),
    ],
)
def test_bad_recipes(make, message) -> None:
    with pytest.raises(InputError, match=message):
        make()
