"""`network_parts`: parts of a `Network`, as the parameters of a batch."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatchcase

import numpy as np

from analoghop.arrays import Array
from analoghop.errors import InputError
from analoghop.experiments.plan.scatter import Scatter
from analoghop.experiments.scattering.draws import deviations, uniforms
from analoghop.experiments.scattering.parts import group_of, scattered_bank
from analoghop.experiments.scattering.series import quantised
from analoghop.systems.circuits.network import Network

_KINDS = ("T", "C", "G")


def network_parts(
    network: Network, scatter: Scatter, seed: int, parts: int, first: int = 0
) -> dict[str, Array]:
    """Return `parts` parts of a network, number `first` and on, for `simulate_many(parameters=...)`.

    The elements are called t0,1 (the conductance from output 1 into input 0; zero ones stay zero), c0 and g0;
    `scatter.elements` picks among them. `bits` round the couplings, `open` cuts them; the amplifiers are
    numbered from 0. Raises `InputError` for a pattern that names nothing, and for `series` and
    `short`, which networks do not have.
    """
    if scatter.series is not None or scatter.short:
        raise InputError("`series` and `short` are for the resistors of a deck: a network has conductances")
    n = network.size
    own = {"T": network.T.toarray(), "C": network.C[:, 0], "G": network.G[:, 0]}
    if scatter.bits is not None:
        own["T"] = quantised(own["T"], scatter.bits, scatter.scale or float(np.abs(own["T"]).max()))
    names = {"T": [f"t{i},{j}" for i in range(n) for j in range(n)]}
    names |= {kind: [f"{kind.lower()}{i}" for i in range(n)] for kind in ("C", "G")}
    every = [name for kind in _KINDS for name in names[kind]]
    for pattern in scatter.elements:
        if not any(fnmatchcase(name, pattern) for name in every):
            raise InputError(f"`elements` names {pattern!r}: a network has t0,0 ..., c0 ... and g0 ...")
    found: dict[str, Array] = {}
    for kind in _KINDS:
        drawn = [_values(own[kind], names[kind], scatter, seed, part) for part in range(first, first + parts)]
        found[kind] = np.stack(drawn, axis=-1)
    if scatter.alters_amplifiers:
        units = [str(k) for k in range(network.amplifiers.units)]
        banks = [
            scattered_bank(network.amplifiers, units, scatter, seed, part)
            for part in range(first, first + parts)
        ]
        for name in ("gain", "offset", "scale", "base"):
            found[name] = np.concatenate([getattr(bank, name) for bank in banks], axis=1)
    return found


def _values(own: Array, names: Sequence[str], scatter: Scatter, seed: int, part: int) -> Array:
    """Return the values of one part; of a matrix, those that are cut are zero."""
    chosen = np.array([any(fnmatchcase(name, p) for p in scatter.elements) for name in names])
    keys = [group_of(name, scatter.groups) for name in names]
    moved = scatter.tolerance * deviations(seed, "value", part, keys, scatter.law) * chosen
    values = own * (1.0 + moved).reshape(own.shape)
    if scatter.open and own.ndim == 2:
        cut = chosen & (uniforms(seed, "broken", part, names) < scatter.open)
        values = np.where(cut.reshape(own.shape), 0.0, values)
    return np.asarray(values)
