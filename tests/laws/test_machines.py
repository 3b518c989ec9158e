import pytest

from analoghop.engines.choice import compiled_stepper
from analoghop.systems.machine import Machine
from analoghop.testing import check_machine
from tests.examples import concrete
from tests.examples.machines import MACHINES


def test_every_kind_has_its_example():
    assert {type(example.make()) for example in MACHINES.values()} == concrete(Machine)


@pytest.mark.parametrize("name", MACHINES)
def test_every_machine_has_compiled_steps(name):
    pytest.importorskip("numba")
    assert compiled_stepper(MACHINES[name].make(), "float64") is not None


@pytest.mark.parametrize("name", MACHINES)
def test_machines_keep_the_laws(name):
    example = MACHINES[name]
    machine = example.make()
    check_machine(machine, example.states(machine), **example.options)
