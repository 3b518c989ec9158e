"""The array convention: two axes, (rows, members); parameters are read-only columns (rows, 1).

Array types: `Array` (real numbers), `Integers` (counts or numbers of members), `Indices` into an axis,
`Mask`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from analoghop.errors import InputError

Array = NDArray[np.float64]
Integers = NDArray[np.int64]
Indices = NDArray[np.intp]
Mask = NDArray[np.bool_]
Precision = Literal["float32", "float64"]


def frozen(values: ArrayLike) -> Array:
    """Return a read-only float64 copy of `values`."""
    copy = np.array(values, dtype=np.float64)
    copy.flags.writeable = False
    return copy


def real(values: ArrayLike, name: str) -> Array:
    """Return `values` as float64; raises `InputError`, whose message begins with `name`, for others."""
    try:
        array = np.asarray(values)
        if array.dtype.kind == "c":
            raise InputError(f"{name} holds complex numbers, expected real ones")
        return np.asarray(array, dtype=np.float64)
    except (TypeError, ValueError) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(f"{name} does not hold a table of numbers: {error}") from error


def column(values: ArrayLike, rows: int, name: str) -> Array:
    """Return `values` (a scalar, `(rows,)` or `(rows, 1)`) as a read-only finite column `(rows, 1)`.

    Raises `InputError`, naming `name`, for a wrong shape or an entry that is not finite.
    """
    array = real(values, f"`{name}`")
    if array.ndim == 0:
        array = np.full((rows, 1), array)
    elif array.shape == (rows,):
        array = array[:, None]
    elif array.shape != (rows, 1):
        raise InputError(f"`{name}` has shape {array.shape}, expected a number or {rows} values")
    if not np.isfinite(array).all():
        raise InputError(f"`{name}` contains a value that is not finite")
    return frozen(array)


def members(values: ArrayLike, rows: int, name: str) -> Array:
    """Return `values` (`(rows,)` or `(rows, members)`) as a float64 array with two axes.

    Raises `InputError`, naming `name`, for a wrong number of rows or an entry that is not finite.
    """
    array = real(values, f"`{name}`")
    if array.ndim == 1:
        array = array[:, None]
    if array.ndim != 2 or array.shape[0] != rows:
        raise InputError(f"`{name}` has shape {np.shape(values)}, expected {rows} rows")
    if not np.isfinite(array).all():
        raise InputError(f"`{name}` contains a value that is not finite")
    return array


def readonly_fields(record: Any, **arrays: Array) -> None:
    """Set fields of a frozen dataclass from its `__post_init__`."""
    for name, value in arrays.items():
        object.__setattr__(record, name, value)


def real_array(values: Any, name: str, expected: str) -> Array:
    """Return `values` as an array of real numbers, which need not be finite.

    Raises `InputError`, naming `name`, for rows of different lengths, complex numbers, and values that are
    not numbers; `expected` describes a valid value.
    """
    try:
        array = np.asarray(values)
        if array.dtype.kind == "O":
            array = array.astype(np.float64)
    except (ValueError, TypeError, OverflowError) as error:
        raise InputError(f"`{name}` is not an array of numbers ({error}), expected {expected}") from error
    if array.dtype.kind not in "biuf":
        kind = "complex numbers" if array.dtype.kind == "c" else f"values of type {array.dtype}"
        raise InputError(f"`{name}` holds {kind}, expected {expected}")
    return np.asarray(array, dtype=np.float64)


def check_number(value: Any, name: str, expected: str) -> float:
    """Return `value` as a float; raises `InputError`, naming `name`, unless it is a finite real number."""
    number = real_array(value, name, expected)
    if number.ndim or not np.isfinite(number):
        raise InputError(f"`{name}` is {value!r}, expected {expected}")
    return float(number)


def check_positive(values: Mapping[str, Any], *names: str, finite: bool = True) -> None:
    """Raise `InputError` for the first of `values` that is not a positive number; None stands for a default.

    With `names` only those are checked, as of `vars` of a dataclass. Unless `finite`, infinity passes.
    """
    for name in names or values:
        value = values[name]
        if value is None or (not finite and value == np.inf):
            continue
        if check_number(value, name, "a positive number") <= 0.0:
            raise InputError(f"`{name}` is {value:g}, expected a positive number")


def check_not_negative(values: Mapping[str, Any], *names: str) -> None:
    """Raise `InputError` for the first of `values` that is not a number from 0, as `check_positive` does."""
    for name in names or values:
        value = values[name]
        if value is not None and check_number(value, name, "a number from 0") < 0.0:
            raise InputError(f"`{name}` is {value:g}, expected a number from 0")


def check_finite(values: Array, name: str) -> None:
    """Raise `InputError`, naming `name` and the first index, if a number is not finite."""
    if not np.isfinite(values).all():
        place = np.argwhere(~np.isfinite(values))[0].tolist()
        at = f" at ({', '.join(map(str, place))})" if place else ""
        raise InputError(f"`{name}` holds {values[tuple(place)]:g}{at}, expected a finite number")


def whole_number(value: Any, name: str, expected: str) -> int:
    """Return `value` as an int; raises `InputError`, naming `name`, for any other value."""
    if isinstance(value, (int, np.integer)) and not isinstance(value, bool):
        return int(value)
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return int(value)
    raise InputError(f"`{name}` is {value!r}, expected {expected}")
