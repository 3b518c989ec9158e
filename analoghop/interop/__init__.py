"""Interfaces of other packages to our problems and circuits; each module needs the package of its name."""

from __future__ import annotations

from importlib import import_module

__all__ = ["dimod"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return import_module(f"{__name__}.{name}")
