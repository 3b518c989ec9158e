import pytest

from analoghop.engines.choice import stepper_of
from analoghop.systems.machine import Machine
from analoghop.testing import check_machine
from tests.examples import concrete
from tests.examples.machines import MACHINES

IN_NUMPY = {"memory, at once", "memory, dense", "memory, dense and at once"}
"""Memories whose sweeps are products of matrices, which NumPy does as fast."""


def test_every_kind_has_its_example():
    assert {type(example.make()) for example in MACHINES.values()} == concrete(Machine)


def test_every_kind_has_compiled_steps():
    pytest.importorskip("numba")
    machines = [example.make() for name, example in MACHINES.items() if name not in IN_NUMPY]
    assert all(stepper_of(machine, "float64", "fused").compiled for machine in machines)
    assert {type(machine) for machine in machines} == concrete(Machine)


@pytest.mark.parametrize("name", MACHINES)
def test_machines_keep_the_laws(name):
    example = MACHINES[name]
    machine = example.make()
    check_machine(machine, example.states(machine), **example.options)
