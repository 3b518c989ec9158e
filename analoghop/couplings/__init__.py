"""Couplings between amplifiers: an algebra of structured linear operators."""

from analoghop.couplings.algebra import Kron, Scaled, Sum, kron
from analoghop.couplings.base import Coupling
from analoghop.couplings.form import as_coupling, best
from analoghop.couplings.matrices import Dense, Sparse
from analoghop.couplings.product import Product
from analoghop.couplings.structured import Cycle, Eye, Ones

__all__ = [
    "Coupling",
    "Cycle",
    "Dense",
    "Eye",
    "Kron",
    "Ones",
    "Product",
    "Scaled",
    "Sparse",
    "Sum",
    "as_coupling",
    "best",
    "kron",
]
