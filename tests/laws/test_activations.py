import pytest
from hypothesis import given

from analoghop.activations import Activation
from analoghop.testing import check_activation
from tests.examples import concrete
from tests.examples.activations import ACTIVATIONS, shown
from tests.strategies import activations, seeds


def test_every_kind_has_its_example():
    assert {type(each) for each in ACTIVATIONS} == concrete(Activation)


@pytest.mark.parametrize("activation", ACTIVATIONS, ids=shown)
def test_amplifiers_keep_the_laws(activation):
    for seed, spread in enumerate((2.0, 0.7, 0.7, 5.0)):
        check_activation(activation, seed, spread)


@given(activation=activations(gradient=False), seed=seeds)
def test_any_amplifier_keeps_the_laws(activation, seed):
    check_activation(activation, seed)


@given(activation=activations())
def test_gradients_of_convex_potentials_say_that_they_are_monotone(activation):
    assert activation.gradient
    assert activation.monotone
