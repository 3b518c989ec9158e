"""How kernels are compiled: once for a machine, and found again on disk by later processes."""

from __future__ import annotations

import hashlib
import warnings
from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba
from numba.core.caching import FunctionCache

from analoghop.engines import tableaux
from analoghop.engines.machines import chains_tables, projection

Function = TypeVar("Function", bound=Callable[..., Any])


@cache
def digest() -> str:
    """Return what changes with the text of any kernel, or of what kernels call."""
    files = [
        *sorted(Path(__file__).parents[1].rglob("*.py")),
        *(Path(str(module.__file__)) for module in (chains_tables, projection, tableaux)),
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files if path.is_file())).hexdigest()


class KernelCache(FunctionCache):  # type: ignore[misc]  # numba has no types
    """Machine code on the disk, made anew when the text of any kernel has changed or when a file is damaged.

    numba itself looks at the file of a kernel alone, not at those of the functions that it calls, and raises
    whatever reading a damaged file raises.
    """

    def __init__(self, function: Any) -> None:
        super().__init__(function)
        self._cache_file._source_stamp = (self._cache_file._source_stamp, digest())

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the machine code for a signature, None where there is none that can be read."""
        try:
            return super().load_overload(sig, target_context)
        except Exception as error:  # unpickling may raise anything
            warnings.warn(f"compiled code is made anew, for a file of it is damaged: {error}", stacklevel=2)
            self.flush()
            return None

    def holds_something(self) -> bool:
        """Return whether there is machine code of the present text, for whatever signature."""
        try:
            return bool(self._cache_file._load_index())
        except Exception:  # the same; whoever loads it says so
            return False


def seconds_to_compile(kernels: Mapping[Any, float]) -> float:
    """Return how long compiling takes of those `kernels` whose machine code is not at hand, about.

    The values are the seconds that each takes.
    """
    return sum(
        seconds
        for kernel, seconds in kernels.items()
        if not (
            kernel.signatures or (isinstance(kernel._cache, KernelCache) and kernel._cache.holds_something())
        )
    )


def kernel(function: Function) -> Function:
    """Compile `function` for calls from Python, without the interpreter's lock.

    The machine code goes beside the source, or where that cannot be written, to the user's cache folder;
    where there is neither, it lives as long as the process.
    """
    compiled = numba.njit(nogil=True, error_model="numpy")(function)
    try:
        compiled._cache = KernelCache(function)
    except RuntimeError as error:
        if "locator" not in str(error):
            raise
    return cast(Function, compiled)
