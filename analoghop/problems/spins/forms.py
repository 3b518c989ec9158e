"""Quadratic forms from matrices, and from dictionaries of pairs of labels."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Mapping
from typing import Any, NamedTuple

import numpy as np

from analoghop.arrays import Array, Integers, check_finite, real_array
from analoghop.errors import InputError
from analoghop.formats.instances.quadratic import Quadratic
from analoghop.formats.matrices import matrix_entries


class LabelledForm(NamedTuple):
    """A form and the `labels` of its variables, () if these are their numbers."""

    form: Quadratic
    labels: tuple[Hashable, ...]


def qubo_form(Q: Any, name: str) -> LabelledForm:
    """Return the form x'Qx of a square matrix `Q`, dense or sparse, or of a dictionary {(i, j): value}.

    Entries at (i, j) and (j, i) are added, and those at (i, i) are linear. Raises `InputError` for any other
    value.
    """
    if isinstance(Q, Mapping):
        return _of_pairs(Q, {}, "Q", name)
    n, at, values = matrix_entries(Q, "Q")
    form = Quadratic.of(n, at, values, name)
    there = form.values != 0.0  # Q_ij and -Q_ij cancel
    return LabelledForm(Quadratic(n, form.linear, form.pairs[there], form.values[there], name), ())


def ising_form(J: Any, h: Any, name: str) -> LabelledForm:
    """Return the couplings `J` and fields `h` as a form.

    `J` is a symmetric matrix, dense or sparse, whose diagonal is not read, with `h` (n,) or None; or a
    dictionary {(i, j): value}, whose values at (i, j) and (j, i) are added, with `h` a dictionary {i: value}
    or None. Raises `InputError` for any other value.
    """
    if isinstance(J, Mapping) or isinstance(h, Mapping):
        if not (isinstance(J, Mapping) and (h is None or isinstance(h, Mapping))):
            kinds = f"a {type(J).__name__} and `h` a {type(h).__name__}"
            raise InputError(f"`J` is {kinds}, expected two dictionaries, or a matrix and an array")
        for pair in J:
            if isinstance(pair, tuple) and len(pair) == 2 and pair[0] == pair[1]:
                raise InputError(f"`J` couples {pair[0]!r} with itself, expected fields in `h`")
        return _of_pairs(J, h or {}, "J", name)
    n, at, values = matrix_entries(J, "J", symmetric=True)
    upper = at[:, 0] < at[:, 1]
    fields = np.zeros(n) if h is None else _fields(h, n)
    return LabelledForm(Quadratic(n, fields, at[upper], values[upper], name), ())


def _fields(h: Any, n: int) -> Array:
    fields = real_array(h, "h", f"{n} fields, one for each spin")
    if fields.shape != (n,):
        raise InputError(f"`h` has shape {fields.shape}, expected {n} fields, one for each spin")
    check_finite(fields, "h")
    return fields


def _of_pairs(pairs: Mapping[Any, Any], singles: Mapping[Any, Any], argument: str, name: str) -> LabelledForm:
    for pair in pairs:
        if not isinstance(pair, tuple) or len(pair) != 2:
            raise InputError(f"`{argument}` has the key {pair!r}, expected pairs (i, j)")
    if not pairs and not singles:
        raise InputError(f"`{argument}` is empty: there is nothing to decide")
    ends = [end for pair in pairs for end in pair]
    labels, index = _numbered([*singles, *ends])
    at = [(index[label], index[label]) for label in singles]
    at += [(index[i], index[j]) for i, j in pairs]
    values = [_value("h", label, value) for label, value in singles.items()]
    values += [_value(argument, pair, value) for pair, value in pairs.items()]
    n = 1 + max(index.values()) if not labels else len(labels)
    places: Integers = np.array(at, dtype=np.int64)
    return LabelledForm(Quadratic.of(n, places, np.array(values), name), labels)


def _numbered(found: Iterable[Hashable]) -> tuple[tuple[Hashable, ...], dict[Hashable, int]]:
    """Return the labels, () if all are whole numbers from 0, and the number of each label."""
    distinct = dict.fromkeys(found)
    if all(isinstance(label, (int, np.integer)) and not isinstance(label, bool) for label in distinct):
        numbers = {label: int(label) for label in distinct}  # type: ignore[call-overload]
        if min(numbers.values()) >= 0:
            return (), numbers
    return tuple(distinct), {label: k for k, label in enumerate(distinct)}


def _value(argument: str, key: Any, value: Any) -> float:
    try:
        number = float(value)
    except (TypeError, ValueError):
        number = math.nan
    if not math.isfinite(number):
        raise InputError(f"`{argument}` has the value {value!r} at {key!r}, expected a finite number")
    return number
