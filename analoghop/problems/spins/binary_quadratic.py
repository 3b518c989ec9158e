"""dimod's binary quadratic models as problems; dimod is not imported, only the model's methods are called."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.problems.spins.ising import Ising
from analoghop.problems.spins.qubo import QUBO


def is_binary_quadratic(source: Any) -> bool:
    """Return whether `source` has the methods of a `dimod.BinaryQuadraticModel`."""
    return all(hasattr(source, name) for name in ("vartype", "change_vartype", "to_numpy_vectors"))


def ising_of(model: Any, name: str = "model") -> Ising:
    """Return the spins of `model`, in the order of its variables, which are the labels; energies are equal.

    dimod adds the terms that `Ising` subtracts: couplings and fields change their sign. Raises `InputError`
    for a model without variables and for biases that are not finite.
    """
    linear, pairs, values, offset = _vectors(model.change_vartype("SPIN", inplace=False))
    form = Quadratic.of(len(linear), pairs, 0.0 - values, name)
    form = Quadratic(form.n, 0.0 - linear, form.pairs, form.values, name)
    return Ising(form, constant=offset, labels=_labels(model))


def qubo_of(model: Any, name: str = "model") -> QUBO:
    """Return the bits of `model`, in the order of its variables, which are the labels; costs are energies.

    Raises `InputError` for a model without variables and for biases that are not finite.
    """
    linear, pairs, values, offset = _vectors(model.change_vartype("BINARY", inplace=False))
    form = Quadratic.of(len(linear), pairs, values, name)
    return QUBO(Quadratic(form.n, linear, form.pairs, form.values, name), offset, labels=_labels(model))


def _labels(model: Any) -> tuple[Hashable, ...]:
    names = tuple(model.variables)
    return () if names == tuple(range(len(names))) else names


def _vectors(model: Any) -> tuple[Array, Integers, Array, float]:
    found = model.to_numpy_vectors(variable_order=list(model.variables))
    i, j, values = found.quadratic
    pairs = np.stack([i, j], axis=1).astype(np.int64)
    linear = np.asarray(found.linear_biases, dtype=np.float64)
    return linear, pairs, np.asarray(values, dtype=np.float64), float(found.offset)
