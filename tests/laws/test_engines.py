import pytest

from analoghop.engines import ENGINES, Engine, Fused
from analoghop.testing import check_engine
from tests.examples import concrete
from tests.examples.engines import PRECISE


def test_every_kind_has_its_example():
    assert {type(engine) for engine, _ in PRECISE.values()} | {Fused} == concrete(Engine)
    assert concrete(Engine) == set(ENGINES.values())


@pytest.mark.parametrize("name", PRECISE)
def test_engines_keep_the_laws(name):
    check_engine(*PRECISE[name])
