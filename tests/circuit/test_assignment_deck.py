import shutil

import numpy as np
import pytest

from analoghop.circuit.netlist import format as write
from analoghop.circuit.netlist import parse
from analoghop.circuit.ngspice import run_ngspice_text
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.requests import Tran
from analoghop.circuit.synthesis.assignment_deck import synthesize_assignment
from analoghop.engines import ScipyIVP
from analoghop.errors import InputError
from analoghop.schedules import Constant, Schedule
from analoghop.systems.assignment.assignment import Assignment
from analoghop.systems.assignment.column_coupling import PlaceTable, Ring
from analoghop.systems.assignment.delayed_assignment import DelayedAssignment

END = 40.0


def network(n: int, symmetric: bool = True, **changes: object) -> DelayedAssignment:
    rng = np.random.default_rng(n)
    A = rng.normal(size=(n, n))
    A = A + A.T if symmetric else A
    ideal: dict[str, object] = {
        "A": A - A.mean(axis=0) - A.mean(axis=1)[:, None],
        "places": Ring(n),
        "temperature": Schedule(np.array([0.0, END]), np.array([1.0, 0.1])),
        "self_coupling": Schedule(np.array([0.0, END]), np.array([0.1, 0.5])),
        "duration": END,
        "step": 0.2,
    }
    return DelayedAssignment(Assignment(**(ideal | changes)))  # type: ignore[arg-type]


def start(n: int) -> np.ndarray:
    return 0.1 * np.random.default_rng(7).normal(size=n * n)


@pytest.mark.parametrize("symmetric", [True, False])
def test_circuit_has_the_trajectories_of_the_network(symmetric: bool) -> None:
    system = network(3, symmetric)
    built = synthesize_assignment(system, start=start(3), tran=Tran(0.1, 5.0, uic=True))
    lure = compile_circuit(built.circuit)
    times = np.linspace(0.0, 5.0, 11)
    engine = ScipyIVP(method="DOP853", rtol=1e-9)
    ours = engine.integrate(system, system.start(start(3)[:, None])[:, 0], times)
    deck = engine.integrate(lure, lure.start, times)
    outputs = [name for name in ours.signals if name.startswith("v(v")]
    np.testing.assert_allclose(deck.observe(outputs), ours.observe(outputs), atol=1e-7)
    inputs = [name for name in ours.signals if not name.startswith("v(v")]
    np.testing.assert_allclose(deck.observe(inputs), built.scale * ours.observe(inputs), atol=1e-7)


def test_deck_is_read_back() -> None:
    built = synthesize_assignment(network(4), start=start(4), tran=Tran(0.1, 5.0, uic=True), title="Four")
    assert parse(write(built.circuit)) == built.circuit


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
def test_ngspice_ends_where_we_do() -> None:
    system = network(5)
    built = synthesize_assignment(system, start=start(5), tran=Tran(END / 400, END, uic=True))
    theirs = run_ngspice_text(write(built.circuit))
    ours = ScipyIVP().integrate(system, system.start(start(5)[:, None])[:, 0], (0.0, END))
    outputs = [name for name in ours.signals if name.startswith("v(v")]
    ends = np.array([theirs[name][-1] for name in outputs])
    np.testing.assert_allclose(ends, ours.observe(outputs)[:, -1], atol=1e-3)
    assert (ends.reshape(5, 5) > 0.5).sum(axis=0).tolist() == [1] * 5


@pytest.mark.parametrize(
    ("changes", "what"),
    [
        ({"places": Ring(4, kernel=Constant(1.0))}, "a kernel"),
        ({"early": np.eye(4)}, "an early matrix"),
        ({"sigma": 0.1}, "noise"),
    ],
)
def test_what_constant_parts_cannot_do(changes: dict[str, object], what: str) -> None:
    with pytest.raises(InputError, match=f"an assignment network with {what} cannot be built"):
        synthesize_assignment(network(4, **changes))


def test_tables_are_coupled_too() -> None:
    B = np.random.default_rng(0).normal(size=(3, 3))
    system = network(3, places=PlaceTable(B))
    lure = compile_circuit(synthesize_assignment(system, start=start(3)).circuit)
    x = system.start(start(3)[:, None])
    rate = lure.rhs(0.0, lure.start.reshape(-1, 1))
    scale = synthesize_assignment(system).scale
    names = [f"v(u{x}_{i})" for x in (1, 2, 3) for i in (1, 2, 3)]
    rows = [lure.signal_names.index(name) for name in names]
    assert len(rows) == 9
    moved = lure.observe(0.0, lure.start.reshape(-1, 1) + 1e-3 * rate, names) - lure.observe(
        0.0, lure.start.reshape(-1, 1), names
    )
    np.testing.assert_allclose(moved / 1e-3, scale * system.rhs(0.0, x)[:9], atol=1e-9)
