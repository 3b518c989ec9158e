"""Couplings of every kind."""

import numpy as np

from analoghop.couplings import Coupling, Cycle, Dense, Eye, Kron, Ones, Product, Scaled, Sparse, Sum

_A = np.random.default_rng(0).normal(size=(4, 4))
_B = np.random.default_rng(1).normal(size=(4, 6))

COUPLINGS: dict[str, Coupling] = {
    "dense": Dense(_A),
    "dense, symmetric": Dense(_A + _A.T),
    "dense, skew": Dense(_A - _A.T),
    "dense, rectangular": Dense(_B),
    "dense, zero": Dense(np.zeros((3, 3))),
    "sparse": Sparse(_B * (np.abs(_B) > 0.5)),
    "eye": Eye(5),
    "ones": Ones(3, 5),
    "cycle": Cycle(5),
    "cycle of one": Cycle(1),
    "scaled": Scaled(-0.5, Ones(4)),
    "scaled by nothing": Scaled(0.0, Dense(_A)),
    "sum": Sum((Dense(_A), Sparse(_A.T))),
    "sum of one": Sum((Eye(6),)),
    "kron": Kron(Dense(_A), Cycle(3)),
    "kron of identities": Kron(Eye(2), Eye(3)),
    "product": Product(Dense(_B), Dense(_B.T)),
}
