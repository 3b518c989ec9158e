"""The only test whether numba, the compiler of the kernels (extra `fast`), is installed."""

from __future__ import annotations

from importlib.util import find_spec


def numba_installed() -> bool:
    """Return whether numba is installed, so that compiled code can run."""
    return find_spec("numba") is not None
