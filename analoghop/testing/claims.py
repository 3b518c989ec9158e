"""`demand`, `agree`, `equal`, `refused`: assertions with one sentence, which `python -O` keeps."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.errors import InputError


def demand(holds: object, sentence: str) -> None:
    """Raise `AssertionError` with `sentence` unless `holds`."""
    if not holds:
        raise AssertionError(sentence)


def agree(law: str, got: ArrayLike, wanted: ArrayLike, *, atol: float = 0.0, rtol: float = 0.0) -> None:
    """Raise `AssertionError` unless |got - wanted| <= atol + rtol |wanted| everywhere and shapes are equal.

    NaN agrees with NaN, and infinity with itself. The sentence names `law` and the worst entry.
    """
    a, b = np.asarray(got), np.asarray(wanted)
    demand(a.shape == b.shape, f"{law}: an array has the shape {a.shape}, expected {b.shape}")
    same = (a == b) | (np.isnan(a) & np.isnan(b))
    with np.errstate(invalid="ignore", over="ignore"):
        distance = np.where(same, 0.0, np.abs(a - b))
        excess = np.where(same, -1.0, distance - (atol + rtol * np.abs(b)))
    excess = np.where(np.isnan(excess), np.inf, excess)
    if a.size and excess.max() > 0:
        worst = np.unravel_index(int(np.argmax(excess)), a.shape)
        place = f" at {tuple(int(k) for k in worst)}" if a.ndim else ""
        allowed = atol + rtol * float(np.abs(b[worst]))
        raise AssertionError(
            f"{law}: got {a[worst]:.12g}, expected {b[worst]:.12g}{place}; they differ by"
            f" {distance[worst]:.3g}, allowed are {allowed:.3g}"
        )


def equal(law: str, got: ArrayLike, wanted: ArrayLike) -> None:
    """Raise `AssertionError` unless the arrays are equal, bit for bit; NaN equals NaN."""
    a, b = np.asarray(got), np.asarray(wanted)
    demand(a.shape == b.shape, f"{law}: an array has the shape {a.shape}, expected {b.shape}")
    floating = a.dtype.kind in "fc" and b.dtype.kind in "fc"
    different = ~((a == b) | (np.isnan(a) & np.isnan(b))) if floating else a != b
    demand(
        not np.any(different),
        f"{law}: {int(np.count_nonzero(different))} of {a.size} numbers differ, expected equal ones",
    )


def refused(law: str, call: Callable[[], Any], kind: type[BaseException] = InputError) -> None:
    """Raise `AssertionError` unless `call` raises `kind`, which is caught here."""
    try:
        call()
    except kind:
        return
    except Exception as error:
        raise AssertionError(
            f"{law}: expected {kind.__name__}, got {type(error).__name__}: {error}"
        ) from error
    raise AssertionError(f"{law}: expected {kind.__name__}, and nothing was raised")


def is_positive(values: ArrayLike) -> bool:
    """Return whether all of `values` are positive and finite."""
    array = np.asarray(values)
    return bool((np.isfinite(array) & (array > 0)).all())
