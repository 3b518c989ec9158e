"""Small machines for the laws of engines, by name."""

from collections.abc import Callable

import numpy as np
from scipy import sparse

from analoghop.systems.clauses import Clauses
from analoghop.systems.inertial import Inertial, longest_step
from analoghop.systems.machine import Machine
from analoghop.systems.memristive_clauses import MemristiveClauses
from analoghop.systems.satisfaction import Satisfaction


def couplings(n: int, *, weights: bool, seed: int = 0) -> sparse.csr_array:
    """A sparse symmetric matrix of plus and minus 1, or of normal numbers, one row of it empty."""
    rng = np.random.default_rng(seed)
    entries = rng.normal(size=(n, n)) if weights else rng.choice([-1.0, 1.0], (n, n))
    upper = np.triu(np.where(rng.random((n, n)) < 0.3, entries, 0.0), 1)
    upper[0] = 0.0
    return sparse.csr_array(upper + upper.T)


def inertial(weights: bool, comparator: bool) -> Inertial:
    J = couplings(23, weights=weights)
    bias = np.random.default_rng(1).normal(size=23)
    step = longest_step(0.2, float(np.linalg.eigvalsh(J.toarray())[0]))
    return Inertial(J, 0.2, 60 * step, step, bias=bias, comparator=comparator, look=7)


def clauses() -> Clauses:
    """Clauses of 1 to 4 literals over 19 variables, the last of which stands in none."""
    rng = np.random.default_rng(2)
    chosen = [rng.choice(18, size, replace=False) for size in rng.integers(1, 5, 60)]
    first = np.concatenate([[0], np.cumsum([len(clause) for clause in chosen])])
    columns = np.concatenate(chosen)
    return Clauses(19, first, columns, rng.choice([-1.0, 1.0], len(columns)))


MACHINES: dict[str, Callable[[], Machine]] = {
    "inertial": lambda: inertial(False, True),
    "inertial, weights": lambda: inertial(True, True),
    "ballistic": lambda: inertial(False, False),
    "ballistic, weights": lambda: inertial(True, False),
    "clauses": lambda: MemristiveClauses(clauses(), 5.0, 0.2, 1.0, 0.02, 40.0, 0.2),
    "satisfaction": lambda: Satisfaction(clauses(), 400.0),
}


def starts(machine: Machine, members: int, seed: int = 5) -> np.ndarray:
    """States near the symmetric point."""
    return np.random.default_rng(seed).normal(0.0, 0.3, (machine.size, members))
