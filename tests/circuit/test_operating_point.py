"""Operating points: nothing moves there, what `.ic` pins stays, and ngspice agrees."""

import shutil

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop.circuit.netlist import parse
from analoghop.circuit.ngspice import run_ngspice_text
from analoghop.circuit.operating_point import NoOperatingPoint, OperatingPoint, operating_point
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.limits import Limits
from analoghop.systems.circuits.lure import Lure


def solved(body: str) -> tuple[OperatingPoint, Lure]:
    circuit = parse(f"title\n{body}\n.tran 1u 1m\n.end\n")
    lure = compile_circuit(circuit)
    return operating_point(circuit, lure), lure


def volts(point: OperatingPoint, lure: Lure, *names: str) -> list[float]:
    return lure.observe(0.0, point.state, names)[:, 0].tolist()


FLIPFLOP = """R1 v2 u1 1k
R2 v1 u2 1k
C1 u1 0 1u
C2 u2 0 1u
B1 v1 0 V=tanh(3*V(u1))
B2 v2 0 V=tanh(3*V(u2))
"""


def test_divider_with_its_sources_at_time_zero() -> None:
    point, lure = solved("V1 in 0 PULSE(2 5 1u)\nR1 in a 1k\nR2 a 0 3k\nC1 a 0 1u")
    np.testing.assert_allclose(volts(point, lure, "v(a)", "i(v1)"), [1.5, -0.5e-3])


def test_capacitors_carry_no_current_even_of_moving_sources() -> None:
    point, lure = solved("V1 in 0 SIN(0 1 1k)\nC1 in a 1u\nR1 a 0 1k\nC2 a 0 1u")
    np.testing.assert_allclose(volts(point, lure, "v(a)"), [0.0], atol=1e-15)


def test_symmetric_start_ends_in_the_saddle_as_in_ngspice() -> None:
    point, lure = solved(FLIPFLOP)
    assert volts(point, lure, "v(u1)", "v(u2)") == [0.0, 0.0]


@pytest.mark.parametrize("sign", [-1.0, 1.0])
def test_nodeset_chooses_the_branch(sign: float) -> None:
    point, lure = solved(FLIPFLOP + f".nodeset v(u1)={sign} v(u2)={sign}")
    u = volts(point, lure, "v(u1)")[0]
    assert np.sign(u) == sign
    assert u == pytest.approx(np.tanh(3 * u), abs=1e-12)
    np.testing.assert_allclose(lure.rhs(0.0, point.state), 0.0, atol=1e-9)


def test_initial_conditions_are_held() -> None:
    point, lure = solved(FLIPFLOP + ".ic v(u1)=0.2")
    assert point.held == ("v(u1)",)
    assert volts(point, lure, "v(u1)", "v(u2)") == pytest.approx([0.2, np.tanh(0.6)])
    assert abs(lure.rhs(0.0, point.state)[list(lure.states).index("v(u1)"), 0]) > 1


def test_initial_condition_that_no_capacitor_keeps_is_told() -> None:
    point, _ = solved(FLIPFLOP + ".ic v(v1)=0.2 v(u1)=0.1")
    assert (point.held, point.ignored) == (("v(u1)",), ("v1",))


def test_a_steep_amplifier_far_from_its_guess() -> None:
    point, lure = solved("V1 in 0 5\nR1 in u 1k\nR2 v u 10k\nC1 u 0 1u\nB1 v 0 V=-10*tanh(1000*(V(u)-2))")
    np.testing.assert_allclose(lure.rhs(0.0, point.state), 0.0, atol=1e-6)


def test_no_operating_point() -> None:
    with pytest.raises(NoOperatingPoint, match="nodeset"):
        solved("C1 u 0 1u\nR1 u 0 1k\nB1 0 u I=1+V(u)*V(u)")


@settings(max_examples=25)
@given(
    st.lists(st.floats(-2, 2), min_size=9, max_size=9),
    st.lists(st.floats(-1, 1), min_size=3, max_size=3),
    st.floats(0.5, 8),
)
def test_nothing_moves_in_any_small_network(weights: list[float], biases: list[float], gain: float) -> None:
    lines = [f"B{k} v{k} 0 V=tanh({gain!r}*V(u{k}))\nC{k} u{k} 0 1u\nR{k} u{k} 0 1k" for k in range(3)]
    lines += [f"I{k} 0 u{k} {1e-3 * bias!r}" for k, bias in enumerate(biases)]
    lines += [f"G{i}{j} 0 u{i} v{j} 0 {1e-3 * weights[3 * i + j]!r}" for i in range(3) for j in range(3)]
    point, lure = solved("\n".join(lines))
    moved = lure.time_constants * lure.rhs(0.0, point.state)
    assert np.abs(moved).max() < 1e-9


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.parametrize(
    "extra", ["", ".nodeset v(u1)=-1 v(u2)=-1", ".ic v(u1)=0.2", "I1 0 u1 0.2m\nV9 x 0 1\nR9 x u2 5k"]
)
def test_ngspice_starts_from_the_same_point(extra: str) -> None:
    point, lure = solved(FLIPFLOP + extra)
    theirs = run_ngspice_text(f"title\n{FLIPFLOP}{extra}\n.tran 1u 1u\n.end\n", tight=True)
    start = [theirs[name][0] for name in ("u1", "u2")]
    np.testing.assert_allclose(volts(point, lure, "v(u1)", "v(u2)"), start, atol=1e-6)


def test_the_search_ends_with_the_limits() -> None:
    circuit = parse(f"title\n{FLIPFLOP}.tran 1u 1u\n.end\n")
    lure = compile_circuit(circuit)
    assert operating_point(circuit, lure, Limits(60)).state.shape == (2, 1)
    over = Limits(1e-9)
    with pytest.raises(NoOperatingPoint, match="no operating point was found in time"):
        operating_point(circuit, lure, over)


@pytest.mark.parametrize("nodes", [1, 5, 40, 120])
def test_a_circuit_without_an_operating_point_is_given_up_soon(
    nodes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each node's current source gives more than its limiter and all others can take."""
    lines = ["t"]
    for k in range(nodes):
        lines += [
            f"I{k} 0 a{k} DC 2m",
            f"C{k} a{k} 0 1u",
            f"B{k} a{k} 0 I=1m*tanh(V(a{k})-V(a{(k + 1) % nodes}))",
        ]
    circuit = parse("\n".join([*lines, ".tran 1u 1m", ".end", ""]))
    work = []
    jacobian = Lure.jacobian

    def counted(lure: Lure, t: float, x: np.ndarray) -> object:
        work.append(2e5 + lure.size**3)
        return jacobian(lure, t, x)

    monkeypatch.setattr(Lure, "jacobian", counted)
    with pytest.raises(NoOperatingPoint, match="no operating point was found: give the run a start"):
        operating_point(circuit, compile_circuit(circuit))
    assert sum(work) < 1e9  # half a second
