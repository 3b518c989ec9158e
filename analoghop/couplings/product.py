"""`Product`: the product of two couplings, such as a coupling of low rank through few patterns."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from analoghop.arrays import Array
from analoghop.couplings.base import EXACT_ROWS, Axis, Coupling
from analoghop.couplings.matrices import Dense
from analoghop.errors import InputError


@dataclass(frozen=True, eq=False)
class Product(Coupling):
    """The matrix product `left` `right` in factored form: cheap if `right` has few rows.

    Raises `InputError` unless `left` has as many columns as `right` has rows.
    """

    left: Coupling
    right: Coupling

    def __post_init__(self) -> None:
        if self.left.shape[1] != self.right.shape[0]:
            shapes = f"{self.left.shape} and {self.right.shape}"
            raise InputError(f"couplings of shapes {shapes} cannot be multiplied")

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns."""
        return self.left.shape[0], self.right.shape[1]

    @property
    def transparent(self) -> bool:
        """Whether both factors are transparent."""
        return self.left.transparent and self.right.transparent

    def apply(self, x: Any, axis: Axis = -2) -> Any:
        """Return the product along `axis`."""
        return self.left.apply(self.right.apply(x, axis), axis)

    def bind(self) -> Callable[[Array], Array]:
        """Return the two products with a vector."""
        left, right = self.left.bind(), self.right.bind()
        return lambda x: left(right(x))

    def toarray(self) -> Array:
        """Return the matrix."""
        return self.left @ self.right.toarray()  # type: ignore[no-any-return]

    def tosparse(self) -> Any:
        """Return the matrix as a `csr_array`."""
        return self.left.tosparse() @ self.right.tosparse()

    def transpose(self) -> Product:
        """Return the transposed factors in the other order."""
        return Product(self.right.transpose(), self.left.transpose())

    def norms(self) -> tuple[float, float, float]:
        """Return exact norms up to 256 rows; for more rows the spectral norm is a bound."""
        if max(self.shape) <= EXACT_ROWS:
            return Dense(self.toarray()).norms()
        one = float(self.transpose().row_sums().max(initial=0.0))
        infinity = float(self.row_sums().max(initial=0.0))
        return one, min(self.left.norms()[1] * self.right.norms()[1], (one * infinity) ** 0.5), infinity
