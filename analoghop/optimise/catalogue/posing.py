"""`posed`: the problem of whatever `solve` is given: a problem, a model, a graph, or a file."""

from __future__ import annotations

import os
from typing import Any

from analoghop.errors import InputError
from analoghop.optimise.catalogue import entry
from analoghop.optimise.catalogue.reading import read
from analoghop.problems.base import Problem

GRAPHS = ("colouring", "maxcut", "independent-set", "vertex-cover", "partition", "tsp")
"""Kinds of problems that a graph of networkx may be."""


def posed(source: Any, kind: str | None = None) -> Any:
    """Return the problem of `source`.

    A `Problem` is itself; a `Model` is its problem; a binary quadratic model of dimod is an `Ising` or a
    `QUBO`, as its variables are; a graph of networkx is the problem `kind`; so is the file of a path, which
    needs no `kind` where its content says enough, see `read`. Raises `InputError` for a graph without a kind,
    for a kind beside what says its own, and for a kind that the graph cannot be.
    """
    if isinstance(source, (str, os.PathLike)):
        return read(os.fspath(source), kind)
    if all(hasattr(source, name) for name in ("is_directed", "nodes", "edges")):
        known = ", ".join(GRAPHS)
        if kind is None:
            raise InputError(f"the problem is a graph: say which, by `kind`, one of {known}")
        found = entry(kind).problem
        if found.kind not in GRAPHS:
            raise InputError(f"`kind` is {kind!r}, expected a problem on graphs: {known}")
        return found.from_networkx(source)  # type: ignore[attr-defined]
    if kind is not None:
        raise InputError(f"`kind` is {kind!r}: it is for graphs of networkx and files alone")
    if isinstance(source, Problem):
        return source
    from analoghop.problems.constraints.model import Model
    from analoghop.problems.spins.binary_quadratic import is_binary_quadratic, ising_of, qubo_of

    if isinstance(source, Model):
        return source.problem()
    if is_binary_quadratic(source):
        return ising_of(source) if source.vartype.name == "SPIN" else qubo_of(source)
    return source
