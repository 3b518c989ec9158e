"""`solver_class`: the classes of SciPy's solvers, imported without the rest of `scipy.integrate`."""

from __future__ import annotations

import sys
import threading
from importlib import import_module
from importlib.util import find_spec, module_from_spec
from types import ModuleType
from typing import Any

_PACKAGES = ("scipy.integrate", "scipy.integrate._ivp")
_HOMES = {"LSODA": "lsoda", "RK23": "rk", "RK45": "rk", "DOP853": "rk"}
"""Methods that need neither `scipy.optimize` nor `scipy.special`, and their modules."""


def solver_class(method: str) -> Any:
    """Return the class of SciPy's solver `method`, None for another name.

    `import scipy.integrate` takes 0.25 s of computing, three times as long as a run of a small deck: its
    quadratures and boundary value problems load half of SciPy. So if no other thread can import at the same
    time, the module of the one solver is loaded separately; a later import of the package reuses it.
    """
    if method in _HOMES and _PACKAGES[0] not in sys.modules and threading.active_count() == 1:
        try:
            return getattr(_alone(_HOMES[method]), method)
        except (ImportError, AttributeError):
            pass  # SciPy has another layout: load the package
    return getattr(import_module(_PACKAGES[0]), method, None)


def _alone(name: str) -> ModuleType:
    """Return the module of a solver, imported without running the `__init__` of its packages."""
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
