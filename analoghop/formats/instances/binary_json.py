"""Binary quadratic models in JSON: those of dimod's `to_serializable`, and bqpjson 1.0."""

from __future__ import annotations

import math
from collections.abc import Hashable
from pathlib import Path
from typing import Any, Literal, NamedTuple

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.errors import FileFormatError, Location
from analoghop.formats.graphs.graph import LARGEST
from analoghop.formats.intake import read_json

VarType = Literal["BINARY", "SPIN"]

_DOMAINS = {"spin": "SPIN", "boolean": "BINARY"}
_READS = {"SPIN": "spins: `solve ising` reads it", "BINARY": "bits: `solve qubo` reads it"}
_EXPECTED = "a binary quadratic model, as dimod's `to_serializable` or bqpjson write it"
_OTHERS = ("ConstrainedQuadraticModel", "DiscreteQuadraticModel", "QuadraticModel", "SampleSet")


class ModelTerms(NamedTuple):
    """A model of `n` variables: `constant + sum values_k x_i x_j` over pairs `at` (m, 2), i = j for x_i.

    `labels` are the names of the variables, () if they are their numbers from 0.
    """

    n: int
    at: Integers
    values: Array
    constant: float
    labels: tuple[Hashable, ...]


def read_terms(path: str | Path, vartype: VarType) -> ModelTerms:
    """Return the model in a JSON file, whose variables are those of `vartype`.

    dimod: `linear_biases`, `quadratic_head`, `quadratic_tail`, `quadratic_biases` (schemas 2 and 3), or
    `linear_terms` and `quadratic_terms` (schema 1). bqpjson: `variable_ids`, `linear_terms` and
    `quadratic_terms`, the sum of terms and `offset` times `scale`. Raises `FileFormatError`, naming the key,
    for any other content, and for variables of the other type.
    """
    model = _JsonObject(path)
    found = model.vartype()
    if found != vartype:
        raise model.fault(f"the variables are {_READS[found]}")
    return model.dense() if "linear_biases" in model.values else model.listed()


def vartype_of(path: str | Path) -> VarType:
    """Return the type of the variables in a JSON file; raises `FileFormatError` for any other content."""
    return _JsonObject(path).vartype()


class _JsonObject:
    """The object of a file, whose keys are asked for with their types."""

    def __init__(self, path: str | Path) -> None:
        self.path = path
        values = read_json(path)
        if not isinstance(values, dict):
            raise self.fault("holds no object", _EXPECTED)
        self.values: dict[str, Any] = values

    def fault(self, reason: str, expected: str = "") -> FileFormatError:
        """Return the error `reason`."""
        return FileFormatError(reason, Location(str(self.path), 1), expected)

    def vartype(self) -> VarType:
        """Return the type of the variables; raises `FileFormatError` for what is no such model."""
        kind = self.values.get("type")
        if kind in _OTHERS:
            raise self.fault(f"holds a {kind} of dimod", _EXPECTED)
        word = self.values.get("variable_type", self.values.get("vartype"))
        if "variable_domain" in self.values:
            word = self.values["variable_domain"]
            word = _DOMAINS.get(word) if isinstance(word, str) else None
        if word == "SPIN":
            return "SPIN"
        if word == "BINARY":
            return "BINARY"
        keys = ", ".join(repr(key)[:40] for key in list(self.values)[:5]) or "no keys"
        raise self.fault(f"holds an object of {keys}", _EXPECTED)

    def dense(self) -> ModelTerms:
        """Return the model of arrays of biases and of places."""
        linear = self.numbers("linear_biases")
        ends = [self.places(key, len(linear)) for key in ("quadratic_head", "quadratic_tail")]
        values = self.numbers("quadratic_biases")
        if not len(ends[0]) == len(ends[1]) == len(values):
            raise self.fault(f"has {len(ends[0])} heads, {len(ends[1])} tails, {len(values)} biases of pairs")
        labels = self.labels("variable_labels", len(linear))
        return self.terms(labels, linear, list(zip(*ends, strict=True)), values, 1.0)

    def listed(self) -> ModelTerms:
        """Return the model of terms that name their variables."""
        ours = "variable_ids" in self.values
        labels = self.labels("variable_ids" if ours else "variable_labels", None)
        name, value = ("id", "coeff") if ours else ("label", "bias")
        index = {label: k for k, label in enumerate(labels)}
        linear = [0.0] * len(labels)
        for term in self.items("linear_terms"):
            linear[self.place(index, term, name, "linear_terms")] += self.real(term, value, "linear_terms")
        pairs, values = [], []
        for term in self.items("quadratic_terms"):
            words = (f"{name}_head", f"{name}_tail")
            pairs.append(tuple(self.place(index, term, word, "quadratic_terms") for word in words))
            values.append(self.real(term, value, "quadratic_terms"))
        scale = self.real(self.values, "scale", "the model") if ours and "scale" in self.values else 1.0
        return self.terms(labels, linear, pairs, values, scale)

    def terms(
        self,
        labels: tuple[Hashable, ...],
        linear: list[float],
        pairs: list[tuple[int, ...]],
        values: list[float],
        scale: float,
    ) -> ModelTerms:
        """Return the checked model."""
        for i, j in pairs:
            if i == j:
                raise self.fault(f"couples the variable {labels[i]!r} with itself")
        n = len(labels)
        if not 1 <= n <= LARGEST:
            raise self.fault(f"has {n} variables", f"1 to {LARGEST}")
        at = np.concatenate([np.arange(n)[:, None].repeat(2, 1), np.array(pairs, int).reshape(-1, 2)])
        offset = self.real(self.values, "offset", "the model") if "offset" in self.values else 0.0
        scaled = scale * np.array([*linear, *values])
        if not np.isfinite(scaled).all() or not math.isfinite(scale * offset):
            raise self.fault("holds a coefficient that is not finite once it is scaled")
        plain = all(isinstance(label, int) for label in labels) and labels == tuple(range(n))
        return ModelTerms(n, at, scaled, scale * offset, () if plain else labels)

    def items(self, key: str) -> list[Any]:
        """Return the list at `key`."""
        found = self.values.get(key)
        if not isinstance(found, list):
            raise self.fault(f"`{key}` is {_shown(found)}, expected a list")
        return found

    def numbers(self, key: str) -> list[float]:
        """Return the finite numbers at `key`."""
        found = self.items(key)
        return [self.real({key: one}, key, f"`{key}`") for one in found]

    def places(self, key: str, n: int) -> list[int]:
        """Return the whole numbers below `n` at `key`."""
        found = self.items(key)
        for one in found:
            if isinstance(one, bool) or not isinstance(one, int) or not 0 <= one < n:
                raise self.fault(f"`{key}` holds {_shown(one)}, expected whole numbers from 0 to {n - 1}")
        return found

    def labels(self, key: str, n: int | None) -> tuple[Hashable, ...]:
        """Return the names at `key`, `n` different ones."""
        if key not in self.values and n is not None:
            return tuple(range(n))
        found = tuple(map(self.label, self.items(key)))
        if len(set(found)) != len(found) or (n is not None and len(found) != n):
            wanted = "different names" if n is None else f"{n} different names"
            raise self.fault(f"`{key}` holds {len(set(found))} different names of {len(found)}", wanted)
        return found

    def label(self, value: Any) -> Hashable:
        """Return a name: a list stands for a tuple."""
        if isinstance(value, list):
            return tuple(map(self.label, value))
        if isinstance(value, str | int | float):
            return value
        raise self.fault(f"a variable is called {_shown(value)}, expected a word or a number")

    def place(self, index: dict[Hashable, int], term: Any, key: str, where: str) -> int:
        """Return the number of the variable that a term names at `key`."""
        label = self.label(term[key]) if isinstance(term, dict) and key in term else None
        if label not in index:
            raise self.fault(f"`{where}` holds {_shown(term)}, expected terms with the `{key}` of a variable")
        return index[label]

    def real(self, holder: Any, key: str, where: str) -> float:
        """Return the finite number at `key` of `holder`."""
        value = holder.get(key) if isinstance(holder, dict) else None
        try:
            number = math.nan if isinstance(value, bool | str | None) else float(value)
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number):
            raise self.fault(f"the `{key}` of {where} is {_shown(value)}, expected a finite number")
        return number


def _shown(value: Any) -> str:
    return repr(value)[:60]
