"""`network_family`: a `Network` with parameters of its own for each member of a batch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from analoghop.amplifiers import Amplifiers
from analoghop.arrays import Array, real
from analoghop.errors import InputError, nearest
from analoghop.schedules import Constant, Signals
from analoghop.systems.circuits.family import Family
from analoghop.systems.circuits.lure import Lure
from analoghop.systems.circuits.network import Network
from analoghop.systems.circuits.stacked import Stacked

NAMES = (
    "T", "coupling", "C", "G", "R", "bias", "S", "levels", "temperature", "noise_density",
    "gain", "offset", "scale", "base",
)  # fmt: skip
"""Parameters of a network that may differ; `coupling` is T, `R` is 1/G, `levels` factors of the signals."""
_BANK = ("gain", "offset", "scale", "base")


def network_family(network: Network, parameters: Mapping[str, ArrayLike], count: int) -> Family:
    """Return `count` copies of a network with other `parameters`, by the names of `NAMES`.

    The last axis of an array is the members: T (n, n, members); S (n, m, members); `levels` (m, members);
    the others (n, members), or (members,) for the same value in all rows. Numbers and arrays without that
    axis hold for all members. Raises `InputError` for unknown names, wrong shapes, and for values that the
    network itself would refuse.
    """
    given = {_name(name): _checked(name, values) for name, values in parameters.items()}
    if len(given) < len(parameters):
        raise InputError("`parameters` give one quantity under two names")
    n, m, bank = network.size, len(network.signals), network.amplifiers
    C, G, bias = (_rows(given, name, getattr(network, name), n, count) for name in ("C", "G", "bias"))
    if "R" in given:
        G = 1.0 / _rows(given, "R", 1.0 / np.maximum(network.G, 1e-300), n, count)
    T = _full(given, "T", lambda: network.T.toarray(), (n, n), count)
    S = _full(given, "S", lambda: network.S, (n, m), count)
    if "levels" in given:
        S = S * _rows(given, "levels", np.ones((m, 1)), m, count)[None]
    columns = {name: _rows(given, name, getattr(bank, name), n, count) for name in _BANK}
    temperature = _rows(given, "temperature", np.array([[network.temperature]]), 1, count)
    density = _rows(given, "noise_density", network.noise_density, n, count)

    def make(member: int) -> Network:
        def one(values: Array) -> Any:
            return values[..., min(member, values.shape[-1] - 1)]

        changed: dict[str, Any] = {"C": one(C), "G": one(G), "bias": one(bias), "S": one(S)}
        if "T" in given:
            changed["T"] = one(T)
        parts = [one(columns[name]) for name in _BANK]
        return replace(
            network,
            amplifiers=Amplifiers(bank.blocks, *parts),
            temperature=float(one(temperature)[0]),
            noise_density=one(density),
            **changed,
        )

    # The member with the least value of each parameter: a network refuses what is not positive.
    least = {int(values.reshape(-1, values.shape[-1]).min(axis=0).argmin()) for values in given.values()}
    for member in sorted({0, *least}):
        make(member)
    noise = [network_noise(make(k)) for k in range(count)] if temperature.any() or density.any() else None
    if noise is not None:
        columns["noise_density"] = np.concatenate(noise, axis=1)
    eye = np.eye(n)[:, :, None]
    drive = np.concatenate([_wide(bias[:, None], S), _wide(S, bias)], axis=1)
    matrices = {
        "A": eye * (G / C)[:, None],
        "B": T / C[:, None],
        "S": drive / C[:, None],
        "S_rate": np.zeros((n, m + 1, 1)),
        "P": eye,
        "Q": np.zeros((n, n, 1)),
        "R": np.zeros((n, m + 1, 1)),
    }
    stacks = {name: Stacked.of(np.asarray(values)) for name, values in matrices.items()}
    return Family(_template(network), stacks, columns, count, make)


def network_noise(network: Network) -> Array:
    """Return the noise of every state, zeros without one, (n, 1)."""
    return np.zeros((network.size, 1)) if network.noise is None else network.noise


def _name(name: str) -> str:
    if name not in NAMES:
        raise InputError(
            f"a network has no parameter `{name}`, expected {', '.join(NAMES)}{nearest(name, NAMES)}"
        )
    return "T" if name == "coupling" else name


def _checked(name: str, values: ArrayLike) -> Array:
    found = real(values, f"`{name}`")
    if not np.isfinite(found).all():
        raise InputError(f"`{name}` contains a value that is not finite")
    return found[None] if found.ndim == 0 else found


def _rows(given: Mapping[str, Array], name: str, own: Array, rows: int, count: int) -> Array:
    """Return a parameter as (rows, members or 1)."""
    if name not in given:
        return np.asarray(np.broadcast_to(own, (rows, 1)))
    values = given[name]
    values = values[None] if values.ndim == 1 else values
    if values.ndim != 2 or values.shape[0] not in (1, rows) or values.shape[1] not in (1, count):
        raise InputError(f"`{name}` has shape {given[name].shape}, expected ({count},) or ({rows}, {count})")
    return np.asarray(np.broadcast_to(values, (rows, values.shape[1])))


def _full(given: Mapping[str, Array], name: str, own: Any, shape: tuple[int, int], count: int) -> Array:
    if name not in given:
        return np.asarray(own())[:, :, None]
    values = given[name]
    if values.shape == shape:
        values = values[:, :, None]
    if values.shape not in ((*shape, count), (*shape, 1)):
        raise InputError(f"`{name}` has shape {values.shape}, expected {(*shape, count)}")
    return values


def _wide(values: Array, like: Array) -> Array:
    members = max(values.shape[-1], like.shape[-1])
    return np.asarray(np.broadcast_to(values, (*values.shape[:-1], members)))


def _template(network: Network) -> Lure:
    n, m = network.size, len(network.signals)
    return Lure(
        C=np.diag(network.C[:, 0]),
        G=np.diag(network.G[:, 0]),
        B=network.T.toarray(),
        S=np.hstack([network.bias, network.S]),
        S_rate=np.zeros((n, m + 1)),
        P=np.eye(n),
        Q=np.zeros((n, n)),
        R=np.zeros((n, m + 1)),
        amplifiers=network.amplifiers,
        signals=Signals((Constant(1.0), *network.signals.signals)),
        states=network.state_names,
        gain_factor=network.gain_factor,
        coupling_factor=network.coupling_factor,
        noise_factor=network.noise_factor,
    )
