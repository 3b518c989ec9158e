"""`spread`: how far an expression moves where the voltages that it reads move by their rounding errors."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import Array
from analoghop.circuit.audit.witness import Witness
from analoghop.circuit.expressions import Expr, Leaf, Variable, evaluate, leaves

_ROUNDING = 1e-12  # of the largest value of a leaf


def relative(error: Array, size: Array, floor: Array) -> Array:
    """Return error/(size + floor), 0 for 0/0, and 1 where an error is no number."""
    found = np.asarray(error / (size + floor))
    found[error == 0.0] = 0.0
    found[np.isnan(found)] = 1.0
    return found


def spread(expression: Expr, witness: Witness) -> Array:
    """Return the largest change of the expression at all nodes of the quadratures, (w q,).

    Each leaf is moved up and down by itself: a comparator at its threshold, or an amplifier of a huge gain,
    turns the rounding of its input into an error of its output that no arithmetic can avoid.
    """
    value = witness.value(expression)
    total = np.zeros(value.shape)
    for moved in leaves(expression):
        if isinstance(moved, Variable) and moved.name != "time":
            continue
        own = witness.leaf(moved)
        shift = _ROUNDING * np.abs(own).max(initial=0.0)
        changes = []
        for sign in (1.0, -1.0):

            def lookup(leaf: Leaf, moved: Leaf = moved, other: Array = own + sign * shift) -> Array:
                return other if leaf == moved else witness.leaf(leaf)

            changes.append(np.abs(evaluate(expression, lookup) - value))
        total = total + np.fmax(*changes)
    return np.nan_to_num(total)
