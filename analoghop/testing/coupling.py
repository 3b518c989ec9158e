"""`check_coupling`: the laws of a linear operator."""

from __future__ import annotations

import numpy as np

from analoghop.couplings import Coupling, Dense, Eye, kron
from analoghop.testing.claims import agree, demand, equal, refused

SYMMETRY = 1e-12


def check_coupling(coupling: Coupling, seed: int = 0) -> None:
    """Raise `AssertionError`, naming the law and the numbers, unless `coupling` is the matrix it writes out.

    All results are compared with `toarray()`, the definition: products with vectors, blocks of members and
    batches of blocks, drawn by `seed`, which do not change their argument and share no memory with it;
    `bind`; `tosparse`, the transpose, row sums and diagonal; `norms` and `bound` are upper bounds,
    `symmetric` and `antisymmetric` are true if and only if the matrix is so to 1e-12 of its largest entry;
    sums, multiples, products and Kronecker products are those of the matrices; operands that do not fit raise
    `InputError`.
    """
    rng = np.random.default_rng(seed)
    A = coupling.toarray()
    demand(A.shape == coupling.shape, f"the matrix has the shape {A.shape}, the coupling {coupling.shape}")
    size = max(1.0, float(np.abs(A).max(initial=0.0)))
    _check_products(coupling, A, rng, 1e-12 * size)
    _check_parts(coupling, A, 1e-12 * size)
    _check_bounds(coupling, A)
    _check_algebra(coupling, A, rng, 1e-11 * size)
    columns = coupling.shape[1]
    for wrong in (np.ones(columns + 1), np.ones((columns + 1, 2))):
        refused("a product with too many rows", lambda x=wrong: coupling @ x)  # type: ignore[misc]


def _check_products(T: Coupling, A: np.ndarray, rng: np.random.Generator, atol: float) -> None:
    columns = T.shape[1]
    for shape in ((columns,), (columns, 1), (columns, 4), (2, columns, 3), (2, columns, 1)):
        x = 2.0 * rng.normal(size=shape)
        before = x.copy()
        y = T @ x
        agree(f"the product with an array of shape {shape}", y, A @ x, atol=atol)
        demand(not np.shares_memory(x, y), f"the product with an array {shape} shares memory with it")
        equal(f"a product leaves its argument {shape} as it was", x, before)
    bound, x = T.bind(), 2.0 * rng.normal(size=columns)
    agree("the product that `bind` returns", bound(x), A @ x, atol=atol)
    demand(
        not np.shares_memory(bound(x), x), "the product that `bind` returns shares memory with its argument"
    )
    single = (T @ np.ones((columns, 2), np.float32)).dtype
    demand(single == np.float32, f"the product with float32 has the type {single}")


def _check_parts(T: Coupling, A: np.ndarray, atol: float) -> None:
    agree("`tosparse`", T.tosparse().toarray(), A, atol=atol)
    agree("`transpose`", T.transpose().toarray(), A.T, atol=atol)
    agree("`T`", T.T.toarray(), A.T, atol=atol)
    agree("`row_sums`", T.row_sums(), np.abs(A).sum(axis=1), atol=atol, rtol=1e-12)
    agree("`diagonal`", T.diagonal(), np.diagonal(A), atol=atol)
    scratch = T.toarray()
    scratch[:] = 7.0
    equal("a coupling does not change with the array that `toarray` returned", T.toarray(), A)


def _check_bounds(T: Coupling, A: np.ndarray) -> None:
    for name, limit, order in zip(("one", "two", "infinity"), T.norms(), (1, 2, np.inf), strict=True):
        norm = float(np.linalg.norm(A, order)) if A.size else 0.0
        demand(limit >= norm * (1 - 1e-12), f"the norm {name} is {norm:g}, above its bound {limit:g}")
    square = A.shape[0] == A.shape[1]
    if square and A.size:
        radius = float(np.abs(np.linalg.eigvals(A)).max())
        # Eigenvalues of a defective matrix have errors of the order of the square root of the rounding.
        slack = 1e-12 if T.symmetric else 1e-7
        holds = T.bound() >= radius * (1 - slack) - slack
        demand(holds, f"the spectral radius is {radius:g}, above the bound {T.bound():g}")
    size = float(np.abs(A).max(initial=0.0))
    mirrored = {"symmetric": A.T, "antisymmetric": -A.T} if square else {}
    for name in ("symmetric", "antisymmetric"):
        holds = square and bool(np.abs(A - mirrored[name]).max(initial=0.0) <= SYMMETRY * size)
        demand(getattr(T, name) == holds, f"`{name}` is {getattr(T, name)}, that of the matrix is {holds}")


def _check_algebra(T: Coupling, A: np.ndarray, rng: np.random.Generator, atol: float) -> None:
    B = rng.normal(size=A.shape)
    U = Dense(B)
    for name, made, wanted in (
        ("T + U", T + U, A + B),
        ("U - T", U - T, B - A),
        ("-T", -T, -A),
        ("3 T", 3.0 * T, 3.0 * A),
        ("T (-0.5)", T * -0.5, -0.5 * A),
        ("T / 4", T / 4.0, A / 4.0),
        ("2 (T + U) - T", 2.0 * (T + U) - T, A + 2.0 * B),
        ("T U'", T @ U.T, A @ B.T),
        ("kron(T, 1)", kron(T, Eye(2)), np.kron(A, np.eye(2))),
        ("kron(1, T)", kron(Eye(2), T), np.kron(np.eye(2), A)),
    ):
        demand(isinstance(made, Coupling), f"{name} is a {type(made).__name__}, expected a coupling")
        agree(
            f"the matrix of {name}",
            made.toarray(),
            wanted,
            atol=max(atol, 1e-12 * np.abs(wanted).max(initial=0)),
        )
