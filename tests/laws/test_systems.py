import pytest
from hypothesis import given
from hypothesis import strategies as st

from analoghop.systems.base import System
from analoghop.testing import check_system
from tests.examples import concrete
from tests.examples.systems import NETWORKS, SYSTEMS, network, normal


def test_every_kind_has_its_example():
    assert {type(make()[0]) for make in SYSTEMS.values()} == concrete(System)


@pytest.mark.parametrize("name", SYSTEMS)
def test_systems_keep_the_laws(name):
    check_system(*SYSTEMS[name]())


@pytest.mark.parametrize("case", NETWORKS.values(), ids=NETWORKS)
@given(seed=st.integers(0, 10_000))
def test_any_network_keeps_the_laws(case, seed):
    check_system(*normal(network(seed, **case)), time=0.37)
