"""How kernels are compiled: once for a machine, and found again on disk by later processes."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

from analoghop.engines import tableaux
from analoghop.engines.machines import chains_tables, projection

Function = TypeVar("Function", bound=Callable[..., Any])


@cache
def digest() -> int:
    """Return a number that changes with the text of the kernels.

    numba looks at the file of a kernel alone, not at those of the functions that it calls. A kernel that
    closes over this number is compiled anew when any of them has changed, for numba keys its cache on the
    values of free variables as well.
    """
    files = [
        *sorted(Path(__file__).parents[1].rglob("*.py")),
        *(Path(str(module.__file__)) for module in (chains_tables, projection, tableaux)),
    ]
    text = b"".join(path.read_bytes() for path in files if path.is_file())
    return int.from_bytes(hashlib.sha256(text).digest()[:7], "big")


def seconds_to_compile(kernels: Mapping[Any, float]) -> float:
    """Return how long compiling takes of those `kernels` whose machine code is not at hand, about.

    The values are the seconds that each takes.
    """
    return sum(seconds for kernel, seconds in kernels.items() if not _at_hand(kernel))


def _at_hand(kernel: Any) -> bool:
    """Return whether machine code of `kernel` is loaded or lies on the disk, for whatever precision."""
    if kernel.signatures:
        return True
    try:
        return bool(kernel._cache._cache_file._load_index())
    except (AttributeError, OSError):
        return False


def kernel(function: Function) -> Function:
    """Compile `function` for calls from Python, without the interpreter's lock.

    The machine code goes beside the source, or where that cannot be written, to the user's cache folder;
    where there is neither, it lives as long as the process.
    """
    options = {"nogil": True, "error_model": "numpy"}
    try:
        compiled = numba.njit(cache=True, **options)(function)
    except RuntimeError as error:
        if "locator" not in str(error):
            raise
        compiled = numba.njit(**options)(function)
    return cast(Function, compiled)
