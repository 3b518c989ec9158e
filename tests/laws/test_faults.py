"""The laws find faults: classes that break one of them, and the sentence that says which."""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from analoghop.activations import Activation, Tanh
from analoghop.couplings import Dense
from analoghop.engines import Ensemble, ScipyIVP
from analoghop.problems.base import Verdict
from analoghop.problems.spins import InertialMachine
from analoghop.problems.spins.encoding import SpinEncoding
from analoghop.problems.spins.maxcut import MaxCut
from analoghop.systems.circuits.network import Network
from analoghop.systems.machines.spins.inertial import Inertial
from analoghop.testing import (
    check_activation,
    check_coupling,
    check_encoding,
    check_engine,
    check_format,
    check_machine,
    check_problem,
    check_system,
)
from tests.examples.problems import PATH, SIDES
from tests.examples.spin_machines import inertial
from tests.examples.systems import network


def broken(kind: type, **methods: Any) -> type:
    """A subclass with other methods."""
    return type(f"Broken{kind.__name__}", (kind,), methods)


def steep(self: Tanh, z: np.ndarray) -> np.ndarray:
    """A slope that is wrong."""
    return 1.01 * Tanh.jacobian(self, z)


@pytest.mark.parametrize(
    ("methods", "law"),
    [
        ({"jacobian": steep, "linearise": Activation.linearise}, "the Jacobian is the derivative"),
        ({"potential": lambda self, z: 0.5 * z * z}, "the value is the gradient of the potential"),
        ({"max_slope": 0.5}, "above `max_slope` 0.5"),
        ({"range": (-0.5, 0.5)}, r"leave \(-0.5, 0.5\)"),
        ({"inverse": lambda self, v: v}, "the inverse inverts the value"),
        ({"value": lambda self, z: np.tanh(z).astype(np.float64)}, "value of float32 has the type float64"),
        ({"monotone": True, "gradient": False}, "is monotone, but not a gradient"),
    ],
)
def test_faults_of_amplifiers(methods, law):
    with pytest.raises(AssertionError, match=law):
        check_activation(broken(Tanh, **methods)())


@pytest.mark.parametrize(
    ("methods", "law"),
    [
        ({"row_sums": lambda self: np.ones(3)}, "`row_sums`"),
        ({"norms": lambda self: (0.1, 0.1, 0.1)}, "the norm one is"),
        ({"apply": lambda self, x, axis=-2: x}, "the product with an array"),
        ({"symmetric": True}, "`symmetric` is True"),
    ],
)
def test_faults_of_couplings(methods, law):
    A = np.random.default_rng(0).normal(size=(3, 3))
    with pytest.raises(AssertionError, match=law):
        check_coupling(broken(Dense, **methods)(A))


@pytest.mark.parametrize(
    ("methods", "law"),
    [
        ({"jacobian": lambda self, t, x: np.eye(self.size)}, "the Jacobian is the derivative of the rate"),
        ({"bind": lambda self: lambda t, x: -x}, "the rate that `bind` returns"),
        ({"quiet_after": lambda self: 1.0}, "the rate after `quiet_after`"),
        (
            {"flow": lambda self, t, x: Network.flow(self, t, x)._replace(dissipated=np.zeros(x.shape[1]))},
            "dE/dt = supplied - dissipated",
        ),
    ],
)
def test_faults_of_systems(methods, law):
    system = network(1, schedules=True)
    fields = {
        name: getattr(system, name)
        for name in ("T", "amplifiers", "C", "G", "bias", "gain_factor", "coupling_factor")
    }
    with pytest.raises(AssertionError, match=law):
        check_system(broken(Network, **methods)(**fields))


def crowded(self: Inertial, k: int, x: np.ndarray, normal: Any) -> np.ndarray:
    """A step that sees how many members there are."""
    return Inertial.advance(self, k, x, normal) * (1.0 - 1e-14 * x.shape[1])


@pytest.mark.parametrize(
    ("methods", "law"),
    [
        ({"advance": crowded}, "of a member are a function of its number alone"),
        ({"rhs": lambda self, t, x: 2.0 * Inertial.rhs(self, t, x)}, "small steps follow the equations"),
        ({"outputs": lambda self, t, x: x}, "`outputs` has the shape"),
        ({"has_test": True, "solved": lambda self, x: x[0]}, "`solved` is no mask of 19 members"),
    ],
)
def test_faults_of_machines(methods, law):
    good = inertial(True, False)
    machine = broken(Inertial, **methods)(
        good.J, good.c0, good.duration, good.step, bias=good.bias, comparator=False
    )
    with pytest.raises(AssertionError, match=law):
        check_machine(machine)


def test_compiled_steps_that_are_not_those_of_numpy_are_found():
    pytest.importorskip("numba")
    wrong = broken(Inertial, element=lambda self, x: np.tanh(x))
    good = inertial(True, False)
    with pytest.raises(AssertionError, match="compiled steps in float64 and those of NumPy: states after 25"):
        check_machine(wrong(good.J, good.c0, good.duration, good.step, bias=good.bias, comparator=False))


def test_faults_of_engines():
    with pytest.raises(AssertionError, match="the state at the end of a span"):
        check_engine(ScipyIVP(rtol=1e-3), 1e-9)
    deaf = broken(
        Ensemble, integrate=lambda self, s, x, t, stop=None, limits=None: Ensemble.integrate(self, s, x, t)
    )
    with pytest.raises(AssertionError, match="with `stop`: the status is 'time up', expected 'stopped'"):
        check_engine(deaf(rtol=1e-8, atol=1e-8), 1e-4)


def test_faults_of_problems_and_encodings():
    lenient = broken(MaxCut, verify=lambda self, answer: Verdict(True, 0.0, {"edges": 1}))
    with pytest.raises(AssertionError, match="calls an answer valid that violates"):
        check_problem(lenient(PATH), SIDES)
    with pytest.raises(AssertionError, match="costs 5, better than the best known 1"):
        check_problem(replace(MaxCut(PATH), best_known=1.0), SIDES)
    problem = MaxCut(PATH)
    encoding = InertialMachine(steps=10).encode(problem)
    check_encoding(encoding, problem, SIDES)
    start, read = SpinEncoding.start, SpinEncoding.decode
    for methods, law in (
        (
            {"decode": lambda self, v: read(self, v * (np.arange(5) < 2)[:, None])},
            "`decode` of",
        ),
        (
            {"objective": lambda self, v: v[0]},
            "the objective of .* minus the cost is one constant",
        ),
        (
            {"start": lambda self, seed, index: start(self, len(index), index)},
            "a function of the seed and",
        ),
    ):
        encoding.__class__ = broken(SpinEncoding, **methods)
        with pytest.raises(AssertionError, match=law):
            check_encoding(encoding, problem, SIDES)


@dataclass(frozen=True)
class Numbers:
    """A record."""

    values: tuple[float, ...]


def test_faults_of_formats():
    def write(path: Path, record: Numbers) -> None:
        path.write_text(" ".join(map(str, record.values)))

    def read(path: Path) -> Numbers:
        return Numbers(tuple(float(word) for word in path.read_text().split()))

    with pytest.raises(AssertionError, match="x: .* ValueError is raised, expected a record"):
        check_format(write, read, Numbers((1.5, -2.0)), "x")
    with pytest.raises(AssertionError, match="was written, and Numbers"):
        check_format(write, lambda path: Numbers(()), Numbers((1.5,)), "x")
