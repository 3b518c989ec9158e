"""Compilation of kernels: once per installation, with a cache on disk for later processes."""

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
    """Return a digest of the source text of all kernels and of the functions that they call."""
    files = [
        *sorted(Path(__file__).parents[1].rglob("*.py")),
        *(Path(str(module.__file__)) for module in (chains_tables, projection, tableaux)),
    ]
    return hashlib.sha256(b"".join(path.read_bytes() for path in files if path.is_file())).hexdigest()


class KernelCache(FunctionCache):  # type: ignore[misc]  # numba has no types
    """The disk cache of machine code, renewed when the text of any kernel changes or a file is damaged.

    numba itself checks the source file of a kernel only, not those of the functions that it calls, and raises
    the error of reading a damaged file.
    """

    def __init__(self, function: Any) -> None:
        super().__init__(function)
        self._cache_file._source_stamp = (self._cache_file._source_stamp, digest())

    def load_overload(self, sig: Any, target_context: Any) -> Any:
        """Return the machine code for a signature, None if the cache has none that can be read."""
        try:
            return super().load_overload(sig, target_context)
        except Exception as error:  # unpickling may raise any exception
            text = f"a file of compiled code is damaged, the code is compiled again: {error}"
            warnings.warn(text, stacklevel=2)
            self.flush()
            return None

    def holds_something(self) -> bool:
        """Return whether the cache has machine code of the present text, for any signature."""
        try:
            return bool(self._cache_file._load_index())
        except Exception:  # likewise; `load_overload` issues the warning
            return False


def seconds_to_compile(kernels: Mapping[Any, float]) -> float:
    """Return the estimated seconds of compiling those `kernels` whose machine code is not in the cache.

    The values of `kernels` are the seconds that each takes.
    """
    return sum(
        seconds
        for kernel, seconds in kernels.items()
        if not (
            kernel.signatures or (isinstance(kernel._cache, KernelCache) and kernel._cache.holds_something())
        )
    )


def kernel(function: Function) -> Function:
    """Compile `function` for calls from Python that release the interpreter's lock (GIL).

    The machine code is cached beside the source, or in the user's cache folder if that cannot be written;
    without either, it lasts as long as the process.
    """
    compiled = numba.njit(nogil=True, error_model="numpy")(function)
    try:
        compiled._cache = KernelCache(function)
    except RuntimeError as error:
        if "locator" not in str(error):
            raise
    return cast(Function, compiled)
