"""Whether numba, the compiler of the kernels (extra `fast`), is installed: nothing else asks for it."""

from __future__ import annotations

from importlib.util import find_spec


def numba_installed() -> bool:
    """Return whether numba, and with it compiled code, can be used."""
    return find_spec("numba") is not None
