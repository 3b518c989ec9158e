"""Small examples of every class that can be extended, by name: the tables over which the laws run."""

import inspect
import pkgutil
from collections.abc import Iterator
from contextlib import suppress
from functools import cache
from importlib import import_module

import analoghop
from analoghop.errors import MissingProgram


@cache
def _loaded() -> None:
    """Import every module of the package, so that its classes are known; without those of extras."""
    for module in pkgutil.walk_packages(analoghop.__path__, "analoghop."):
        if not module.name.endswith("__main__"):
            with suppress(ModuleNotFoundError, MissingProgram):
                import_module(module.name)


def _below(kind: type) -> Iterator[type]:
    for child in kind.__subclasses__():
        yield child
        yield from _below(child)


def concrete(kind: type) -> set[type]:
    """Return the concrete subclasses of `kind` in the package, however deep."""
    _loaded()
    return {
        each
        for each in _below(kind)
        if each.__module__.startswith("analoghop.") and not inspect.isabstract(each)
    }
