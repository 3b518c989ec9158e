"""The classes of SciPy's solvers, loaded without what else `scipy.integrate` brings along."""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

_PACKAGES = ("scipy.integrate", "scipy.integrate._ivp")
_HOMES = {"LSODA": "lsoda", "RK23": "rk", "RK45": "rk", "DOP853": "rk"}
"""Methods that need none of `scipy.optimize` and `scipy.special`, and the modules that they stand in."""


def solver_class(method: str) -> Any:
    """Return the class of SciPy's solver `method`, None for another word.

    `import scipy.integrate` takes 0.25 s of computing, three times as long as a run of a small deck: its
    quadratures and boundary value problems load half of SciPy. So where nobody else can import meanwhile,
    the module of one solver is loaded by itself, and a later import of the whole finds it there.
    """
    if method in _HOMES and _PACKAGES[0] not in sys.modules and threading.active_count() == 1:
        try:
            return getattr(_alone(_HOMES[method]), method)
        except (ImportError, AttributeError):
            pass  # SciPy is arranged in another way: load all of it
    return getattr(import_module(_PACKAGES[0]), method, None)


def _alone(name: str) -> ModuleType:
    """Return the module of a solver, imported below packages that have not been run."""
    try:
        for package in _PACKAGES:
            spec = find_spec(package)
            if spec is None:
                raise ImportError(package)
            sys.modules[package] = module_from_spec(spec)
        if name == "lsoda":
            sys.modules[_PACKAGES[0]].ode = import_module("scipy.integrate._ode").ode  # type: ignore[attr-defined]
        return import_module(f"{_PACKAGES[1]}.{name}")
    finally:
        for package in _PACKAGES:
            sys.modules.pop(package, None)
