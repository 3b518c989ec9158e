"""Large sparse circuits: no matrix of theirs is written out, and the sparse form is the dense one."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from analoghop import Circuit, Status, simulate
from analoghop.circuit.operating_point import operating_point
from analoghop.circuit.reduction import compile as compile_module
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.engines import ScipyIVP
from analoghop.systems.circuits import solving
from analoghop.systems.circuits.matrices import (
    dense,
    entries,
    off_diagonal,
    positive_definite,
    row_sums,
    symmetric,
)
from analoghop.systems.circuits.solving import solve


def ring(n):
    """Amplifiers that read two neighbours, with nodes without a capacitor behind their output resistances."""
    lines = ["ring"]
    for k in range(n):
        lines += [f"c{k} u{k} 0 1u ic={0.01 * (k % 7 - 3)}", f"r{k} u{k} 0 100k"]
        lines += [f"ra{k} w{(k + 1) % n} u{k} 200k", f"rb{k} w{k - 1 if k else n - 1} u{k} 200k"]
        lines += [f"b{k} v{k} 0 v=tanh(5*v(u{k}))", f"ro{k} v{k} w{k} 1k"]
    return "\n".join([*lines, ".tran 10m 50m uic", ".end"])


def ladder(n):
    """An RC line with an amplifier from its end to its head."""
    lines = ["ladder"]
    for k in range(n):
        lines += [f"r{k} n{k} n{k + 1} 1k", f"c{k} n{k + 1} 0 1n"]
    return "\n".join([*lines, f"b1 n0 0 v=tanh(5*v(n{n}))+1", f".tran {n * 1e-7} {n * 1e-5} uic", ".end"])


@pytest.mark.parametrize(
    ("deck", "states"), [(ring(1500), 1500), (ladder(4000), 4000)], ids=["ring", "ladder"]
)
def test_no_array_of_all_pairs_of_states_is_made(deck, states):
    simulate(Circuit.parse(ladder(40)))  # loads the modules
    circuit = Circuit.parse(deck)
    tracemalloc.start()
    try:
        system = compile_circuit(circuit)
        assert system.size == states
        assert system.theorem.reasons or system.theorem.applies
        operating_point(circuit, system)
        solution = simulate(system, tstop=1e-4)
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert solution.status is Status.TIME_UP
    assert peak < 8 * states**2


@st.composite
def decks(draw):
    """Random circuits of amplifiers, resistors, capacitors to ground and between nodes, a moving source."""
    n = draw(st.integers(2, 5))
    seed = draw(st.integers(0, 10**6))
    rng = np.random.default_rng(seed)
    lines = ["deck", "vs s 0 sin(0 1 1k)"]
    for k in range(n):
        lines += [f"c{k} u{k} 0 {rng.uniform(0.5, 2):.6g}u", f"r{k} u{k} 0 {rng.uniform(1, 9):.6g}k"]
        other = int(rng.integers(n))
        if draw(st.booleans()) and other != k:
            lines.append(f"cc{k} u{k} u{other} {rng.uniform(0.1, 1):.6g}u")
        if draw(st.booleans()):
            lines.append(f"rs{k} s u{k} 5k")
        lines += [f"b{k} v{k} 0 v=tanh({rng.uniform(1, 5):.6g}*v(u{k}))", f"ra{k} v{k} u{other} 10k"]
    return "\n".join([*lines, ".tran 10u 1m uic", ".end"])


@given(decks())
def test_the_sparse_form_of_a_circuit_is_its_dense_form(deck):
    circuit = Circuit.parse(deck)
    written = compile_circuit(circuit)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(compile_module, "compact", lambda matrix: matrix)
        patch.setattr(solving, "_SMALL", 0)
        patch.setattr(solving, "_WRITTEN", 0)
        stored = compile_circuit(circuit)
        assert sparse.issparse(stored.C)
        assert (stored.network is None) == (written.network is None)
        assert stored.theorem == written.theorem
        x = np.random.default_rng(0).normal(size=(written.size, 3))
        np.testing.assert_allclose(stored.rhs(1e-4, x), written.rhs(1e-4, x), rtol=1e-9, atol=1e-9)
        J = dense(stored.jacobian(1e-4, x[:, :1]))
        np.testing.assert_allclose(J, dense(written.jacobian(1e-4, x[:, :1])), rtol=1e-9, atol=1e-9)
        for name in ("time_constants", "input_scale", "start"):
            np.testing.assert_allclose(getattr(stored, name), getattr(written, name), rtol=1e-12, atol=1e-15)
        assert stored.output_names == written.output_names
        points = [operating_point(circuit, form).state for form in (stored, written)]
        np.testing.assert_allclose(*points, rtol=1e-9, atol=1e-9)


def matrices(rows=6, columns=6):
    numbers = st.sampled_from([0.0, 0.0, 0.0, 1.0, -2.0, 0.5, 3.0])
    return st.lists(st.lists(numbers, min_size=columns, max_size=columns), min_size=rows, max_size=rows).map(
        np.array
    )


@given(matrices())
def test_questions_to_sparse_matrices_have_the_answers_of_dense_ones(matrix):
    forms = matrix, sparse.csr_array(matrix), sparse.csc_array(matrix)
    both = matrix + matrix.T
    for form in forms:
        rows, columns = np.nonzero(matrix)
        found = entries(form)
        np.testing.assert_array_equal(found.rows, rows)
        np.testing.assert_array_equal(found.columns, columns)
        np.testing.assert_array_equal(found.values, matrix[rows, columns])
        np.testing.assert_array_equal(row_sums(form), np.abs(matrix).sum(axis=1))
        assert len(off_diagonal(form).rows) == np.count_nonzero(matrix - np.diag(np.diag(matrix)))
        assert symmetric(form, 1e-12) == (matrix == matrix.T).all()
    expected = np.linalg.eigvalsh(both)[0]
    if abs(expected) > 1e-9:
        assert positive_definite(both) == positive_definite(sparse.csr_array(both)) == (expected > 0)


@given(matrices(), matrices(6, 9))
def test_right_hand_sides_of_separate_parts_share_columns(matrix, right):
    A = matrix + 20.0 * np.eye(6)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solving, "_WRITTEN", 12)  # two columns at a time
        (found,) = solve(sparse.csr_array(A), [sparse.csr_array(right)])
    np.testing.assert_allclose(found.toarray(), np.linalg.solve(A, right), rtol=1e-12, atol=1e-14)


def test_the_pivots_of_a_large_matrix_say_whether_it_is_positive_definite():
    n = 400
    line = sparse.diags_array(
        [np.full(n - 1, -1.0), np.full(n, 2.0), np.full(n - 1, -1.0)], offsets=(-1, 0, 1)
    )
    lowest = 2.0 - 2.0 * np.cos(np.pi / (n + 1))
    assert positive_definite(sparse.csr_array(line - 0.9 * lowest * sparse.eye_array(n)))
    assert not positive_definite(sparse.csr_array(line - 1.1 * lowest * sparse.eye_array(n)))


def test_a_circuit_that_only_stability_holds_up_goes_on_implicitly():
    circuit = Circuit.parse(ladder(150))
    solution = simulate(circuit)
    assert solution.record["method"] == "DOP853, then BDF"
    exact = simulate(circuit, engine=ScipyIVP("Radau", rtol=1e-10))
    assert np.abs(solution["v(n75)"] - exact["v(n75)"]).max() < 1e-5


def test_a_circuit_of_one_time_constant_stays_with_the_explicit_method():
    assert simulate(Circuit.parse(ring(60))).record["method"] == "DOP853"
