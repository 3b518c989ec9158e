import pytest

from analoghop.problems.base import Problem
from analoghop.testing import check_problem
from tests.examples import concrete
from tests.examples.problems import PROBLEMS


def test_every_kind_has_its_example():
    assert {type(make()[0]) for make in PROBLEMS.values()} == concrete(Problem)


@pytest.mark.parametrize("name", PROBLEMS)
def test_problems_keep_the_laws(name):
    check_problem(*PROBLEMS[name]())
