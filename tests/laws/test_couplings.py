import pytest
from hypothesis import given
from hypothesis import strategies as st

from analoghop.couplings import Coupling
from analoghop.testing import check_coupling
from tests.examples import concrete
from tests.examples.couplings import COUPLINGS
from tests.strategies import couplings, seeds

SIZES = st.integers(1, 8)


def test_every_kind_has_its_example():
    assert {type(each) for each in COUPLINGS.values()} == concrete(Coupling)


@pytest.mark.parametrize("name", COUPLINGS)
def test_couplings_keep_the_laws(name):
    check_coupling(COUPLINGS[name])


@given(data=st.data(), rows=SIZES, columns=SIZES, seed=seeds)
def test_any_coupling_keeps_the_laws(data, rows, columns, seed):
    check_coupling(data.draw(couplings(rows, columns)), seed)


@given(data=st.data(), n=SIZES, seed=seeds)
def test_any_square_coupling_keeps_the_laws(data, n, seed):
    check_coupling(data.draw(couplings(n)), seed)
