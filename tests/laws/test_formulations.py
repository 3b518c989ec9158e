import pytest

from analoghop.problems.base import Encoding, Formulation
from analoghop.testing import check_formulation
from tests.examples import concrete
from tests.examples.formulations import FORMULATIONS, check
from tests.examples.problems import PROBLEMS


def test_every_formulation_has_its_example():
    assert {type(way.formulation) for way in FORMULATIONS.values()} == concrete(Formulation)


def test_every_encoding_has_its_example():
    made = [way.formulation.encode(PROBLEMS[way.problem]()[0]) for way in FORMULATIONS.values()]
    turns = [turn.encoding for encoding in made for turn in encoding.turns]
    assert {type(encoding) for encoding in [*made, *turns]} == concrete(Encoding)


@pytest.mark.parametrize("name", FORMULATIONS)
def test_formulations_keep_the_laws(name):
    check(name, check_formulation)
