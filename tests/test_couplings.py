from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import sparse

from analoghop.couplings import (
    Coupling,
    Cycle,
    Dense,
    Eye,
    Kron,
    Ones,
    Scaled,
    Sparse,
    Sum,
    as_coupling,
    best,
    kron,
)
from analoghop.errors import InputError
from tests.strategies import couplings, points, rngs

SIZES = st.integers(1, 8)


def tsp(n: int, a: float = 1.5) -> tuple[Coupling, np.ndarray]:
    """The coupling of the travelling salesman as structure, and entry by entry (Hopfield & Tank 1985)."""
    W = points(np.random.default_rng(n), (n, n))
    W = W + W.T
    I, J = Eye(n), Ones(n)
    T = -2.0 * a * (kron(I, J - I) + kron(J - I, I)) - kron(Dense(W), Cycle(n))
    entries = np.zeros((n, n, n, n))
    for x in range(n):
        for i in range(n):
            for y in range(n):
                for j in range(n):
                    row, column = x == y and i != j, i == j and x != y
                    neighbours = (j == (i + 1) % n) + (j == (i - 1) % n)
                    entries[x, i, y, j] = -2.0 * a * (row + column) - W[x, y] * neighbours
    return T, entries.reshape(n * n, n * n)


@pytest.mark.parametrize(
    "T",
    [
        Eye(6),
        Kron(Eye(2), Eye(3)),
        Sum((Eye(6),)),
        Scaled(1.0, Eye(6)),
    ],
)
def test_the_identity_answers_with_a_copy(T):
    for shape in ((6,), (6, 1), (6, 2)):
        x = np.ones(shape)
        assert not np.shares_memory(T @ x, x)
        np.testing.assert_array_equal(T @ x, x)
    x = np.ones(6)
    assert not np.shares_memory(T.bind()(x), x)


@given(T=couplings(symmetric=True))
def test_couplings_of_symmetric_parts_are_symmetric(T):
    assert T.symmetric
    np.testing.assert_allclose(T.toarray(), T.toarray().T, rtol=0, atol=1e-12)


def test_symmetry_that_only_the_whole_shows():
    A = points(np.random.default_rng(0), (4, 4))
    skew = A - A.T
    assert Sum((Dense(A), Sparse(A.T))).symmetric
    assert not Sum((Dense(A), Sparse(A))).symmetric
    assert Kron(Dense(skew), Dense(skew)).symmetric
    assert not Kron(Dense(skew), Dense(skew)).antisymmetric
    assert Kron(Dense(skew), Eye(2)).antisymmetric
    assert Kron(Dense(A), Dense(np.zeros((2, 2)))).symmetric
    assert Kron(Ones(2, 1), Ones(1, 2)).symmetric
    assert not Kron(Dense(A), Eye(2)).symmetric
    assert Scaled(0.0, Dense(A)).symmetric
    assert not Scaled(0.0, Ones(2, 3)).symmetric


def test_symmetry_to_rounding():
    A = np.array([[0.0, 1.0], [1.0 + 5e-13, 0.0]])
    for form in (Dense, Sparse):
        assert form(A).symmetric
        assert not form(A + [[0.0, 1e-11], [0.0, 0.0]]).symmetric


@given(data=st.data(), m=st.integers(1, 4), n=st.integers(1, 4), rng=rngs)
def test_kronecker_identities(data, m, n, rng):
    A, B, C, D = (data.draw(couplings(k, depth=1)) for k in (m, n, m, n))
    x = points(rng, (m * n, 3))
    # The mixed product rule, and vec(A X B^T) = (A kron B) vec(X) row by row.
    np.testing.assert_allclose(
        kron(A, B) @ (kron(C, D) @ x),
        np.kron(A.toarray() @ C.toarray(), B.toarray() @ D.toarray()) @ x,
        rtol=0,
        atol=1e-9,
    )
    X = x[:, 0].reshape(m, n)
    np.testing.assert_allclose(
        (kron(A, B) @ x[:, 0]).reshape(m, n), A.toarray() @ X @ B.toarray().T, rtol=0, atol=1e-11
    )
    np.testing.assert_allclose(kron(A, B).T.toarray(), kron(A.T, B.T).toarray(), rtol=0, atol=1e-13)
    np.testing.assert_allclose((kron(A, B) @ x), kron(kron(A, Eye(1)), B) @ x, rtol=0, atol=1e-11)


@pytest.mark.parametrize("n", [2, 3, 5])
def test_the_travelling_salesman(n):
    T, entries = tsp(n)
    np.testing.assert_allclose(T.toarray(), entries, rtol=0, atol=1e-14)
    assert T.symmetric
    x = points(np.random.default_rng(0), (n * n, 4))
    np.testing.assert_allclose(T @ x, entries @ x, rtol=0, atol=1e-12)
    np.testing.assert_allclose(T.row_sums(), np.abs(entries).sum(axis=1), rtol=1e-14)
    assert T.bound() == pytest.approx(np.abs(np.linalg.eigvalsh(entries)).max(), rel=1e-11)


def test_large_structures_are_never_written_out(monkeypatch):
    T, _ = tsp(3)
    large = -3.0 * (kron(Eye(40), Ones(40) - Eye(40))) - kron(Dense(np.eye(40)), Cycle(40))
    monkeypatch.setattr(Kron, "toarray", lambda self: pytest.fail("written out"))
    assert large.symmetric
    assert large.bound() >= 3 * 39 + 2
    assert large.bound() <= 3 * 41 + 2
    assert large.diagonal().tolist() == [0.0] * 1600
    assert (large @ np.ones(1600)).tolist() == [-3.0 * 39 - 2.0] * 1600
    assert large.row_sums().tolist() == [3.0 * 39 + 2.0] * 1600


def test_units_that_meet_in_few_rows():
    X = np.random.default_rng(0).choice([-1.0, 1.0], (3, 300))
    W = Dense(X.T / 300.0) @ Dense(X) - 0.01 * Eye(300)
    A = X.T @ X / 300.0 - 0.01 * np.eye(300)
    assert W.symmetric
    assert np.linalg.norm(A, 2) <= W.bound() <= 4.0
    np.testing.assert_allclose(W.row_sums(), np.abs(A).sum(axis=1), rtol=1e-12)
    for v in (points(np.random.default_rng(1), (300, 4)), np.ones((300, 2), dtype=np.float32)):
        np.testing.assert_allclose(W @ v, A @ v, atol=1e-12 if v.dtype == np.float64 else 1e-5)
        assert (W @ v).dtype == v.dtype


def test_exact_bounds_of_structures():
    assert Eye(3).bound() == 1.0
    assert Ones(4).bound() == 4.0
    assert Ones(2, 8).bound() == 4.0
    assert Cycle(5).bound() == 2.0
    assert Kron(Ones(4), Cycle(3)).bound() == 8.0
    assert Scaled(-0.5, Ones(4)).bound() == 2.0
    assert (Ones(4) - Eye(4)).bound() == pytest.approx(3.0, rel=1e-11)
    assert Dense(np.zeros((0, 0))).bound() == 0.0
    assert Sparse(np.zeros((3, 3))).bound() == 0.0


def test_large_matrices_are_bounded_without_factoring():
    A = points(np.random.default_rng(0), (300, 300), 1.0)
    radius = np.linalg.norm(A, 2)
    for T in (Dense(A), Sparse(A)):
        assert radius <= T.norms()[1] <= 10 * radius
        assert T.bound() <= np.linalg.norm(A)


@pytest.mark.parametrize(
    ("n", "matrix"),
    [
        (1, [[2]]),
        (2, [[0, 2], [2, 0]]),
        (3, [[0, 1, 1], [1, 0, 1], [1, 1, 0]]),
        (4, [[0, 1, 0, 1], [1, 0, 1, 0], [0, 1, 0, 1], [1, 0, 1, 0]]),
    ],
)
def test_small_rings_are_taken_literally(n, matrix):
    assert Cycle(n).toarray().tolist() == matrix
    assert (Cycle(n) @ np.eye(n)).tolist() == matrix


def test_sums_and_multiples_are_kept_simple():
    A, W = np.eye(3), Dense(np.ones((3, 3)))
    assert isinstance(2.0 * Dense(A) + Dense(A), Dense)
    assert isinstance(2.0 * Sparse(A) - Sparse(A), Sparse)
    assert isinstance(2.0 * kron(W, Cycle(3)), Kron)
    assert isinstance(2.0 * kron(Cycle(3), W), Kron)
    twice = 2.0 * (3.0 * Cycle(3))
    assert isinstance(twice, Scaled)
    assert twice.factor == 6.0
    three = Cycle(3) + (Ones(3) + Eye(3))
    assert isinstance(three, Sum)
    assert len(three.terms) == 3
    assert kron(Eye(2), Eye(3)) == Eye(6)
    assert 1.0 * twice is twice


@pytest.mark.parametrize("form", [Dense, Sparse])
def test_single_precision_is_kept(form):
    x = np.ones((6, 2), dtype=np.float32)
    T = form(np.full((3, 3), 0.5))
    for coupling in (T, kron(Cycle(2), T) + 2.0 * kron(Ones(2), Eye(3)) - Eye(6)):
        for y in (coupling @ x[: coupling.shape[1]], coupling @ x[: coupling.shape[1], 0]):
            assert y.dtype == np.float32
    assert (T @ np.ones(3, dtype=int)).tolist() == [1.5] * 3
    assert (T @ (1j * np.ones(3))).tolist() == [1.5j] * 3


def test_entries():
    T = Sparse.from_entries([0, 0, 1], [1, 1, 0], [2.0, 3.0, 4.0], (2, 3))
    assert T.toarray().tolist() == [[0, 5, 0], [4, 0, 0]]
    assert T.row_sums().tolist() == [5, 4]
    assert T.matrix.nnz == 2


def test_the_best_form():
    small, large = kron(Ones(15), Cycle(15)), kron(Ones(16), Cycle(15))
    assert isinstance(best(small), Dense)
    np.testing.assert_array_equal(best(small).toarray(), small.toarray())
    assert best(large) is large
    assert isinstance(best(Sparse(np.eye(4))), Dense)
    dense = Dense(np.eye(400))
    assert best(dense) is dense


def test_anything_becomes_a_coupling():
    cycle = Cycle(3)
    assert as_coupling(cycle) is cycle
    assert isinstance(as_coupling([[1.0, 2.0], [3.0, 4.0]]), Dense)
    assert isinstance(as_coupling(sparse.eye_array(3, format="coo")), Sparse)


def test_stored_matrices_are_their_own():
    A = np.eye(2)
    for form in (Dense, Sparse):
        T = form(A)
        A[0, 0] = 5.0
        assert T.toarray()[0, 0] == 1.0
        A[0, 0] = 1.0
    assert not Dense(A).matrix.flags.writeable


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: Dense([1.0, 2.0]), "not an array of shape"),
        (lambda: Dense([[math.nan]]), "not finite"),
        (lambda: Sparse(np.array([[math.inf]])), "not finite"),
        (lambda: Eye(0), "`n` of a coupling is a whole number from 1, not 0"),
        (lambda: Cycle(2.0), "`n` of a coupling is a whole number from 1, not 2.0"),
        (lambda: Ones(0), "`rows`"),
        (lambda: Ones(1, -1), "`columns`"),
        (lambda: Eye(2) + Eye(3), "cannot be added"),
        (lambda: Sum((Eye(2), Cycle(3))), "cannot be added"),
        (lambda: Sum(()), "at least one"),
        (lambda: math.nan * Eye(2), "cannot be multiplied by nan"),
        (lambda: Scaled(math.inf, Eye(2)), "cannot be multiplied by inf"),
        (lambda: Eye(2) @ np.ones(3), "cannot act on 3 rows"),
        (lambda: Eye(2) @ Eye(3), r"shapes \(2, 2\) and \(3, 3\) cannot be multiplied"),
        (lambda: Eye(2) @ np.ones((3, 2)), "cannot act on 3 rows"),
    ],
)
def test_bad_couplings(build, message):
    with pytest.raises(InputError, match=message):
        build()


@pytest.mark.parametrize("other", [np.eye(2), 1.0, "x"])
def test_only_couplings_are_added(other):
    with pytest.raises(TypeError):
        Eye(2) + other
    with pytest.raises(TypeError):
        Eye(2) - other


def test_only_numbers_multiply():
    with pytest.raises(TypeError):
        Eye(2) * "x"
    with pytest.raises(TypeError):
        Eye(2) * np.ones(2)


@pytest.mark.parametrize("dense_ring", [False, True])
def test_row_sums_of_products_need_no_matrix(dense_ring):
    rng, n = np.random.default_rng(0), 17
    ring = Dense(rng.normal(size=(n, n))) if dense_ring else Cycle(n)
    T = (
        Kron(Dense(rng.normal(size=(n, n))), ring)
        - 2.0 * Kron(Eye(n), Ones(n) - Eye(n))
        + 0.5 * (0.3 * Kron(Ones(n), Eye(n)) + Kron(Ones(n), Ones(n)))
    )
    wanted = np.abs(T.toarray()).sum(axis=1)
    np.testing.assert_allclose(T.row_sums(), wanted)
    with_other_terms = T + Ones(n * n)
    np.testing.assert_allclose(with_other_terms.row_sums(), np.abs(T.toarray() + 1.0).sum(axis=1))
