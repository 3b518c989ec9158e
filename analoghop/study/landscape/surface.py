"""`energy_surface`: the energy of two amplifiers over both outputs, as in Hopfield (1984), figure 3."""

from __future__ import annotations

import numpy as np

from analoghop.arrays import whole_number
from analoghop.errors import InputError
from analoghop.limits import Limits
from analoghop.study.all_equilibria import equilibria
from analoghop.study.findings import Findings
from analoghop.systems.circuits.network import Network

_INSIDE = 1e-3  # of the distance of the rails: how far inside of them the surface ends


def energy_surface(network: Network, *, resolution: int = 101, limits: Limits | None = None) -> Findings:
    """Return the energy of a network of two amplifiers over their outputs, with its minima and saddles.

    Arrays: `v1`, `v2` (resolution,) in V, `energy` (resolution, resolution; rows are v2) in W, `points`
    (k, 2) the outputs of the equilibria, their `energies` (k,) and `indices` (k,). Raises `InputError` for
    another number of amplifiers, or ones without an inverse.
    """
    if network.size != 2 or network.n_outputs != 2 or not network.amplifiers.scalar:
        raise InputError(f"a surface needs two amplifiers, this network has {network.n_outputs}")
    resolution = whole_number(resolution, "resolution", "a whole number")
    if resolution < 3:
        raise InputError(f"`resolution` is {resolution}, expected 3 or more")
    bank, t = network.amplifiers, network.quiet_after()
    ends = np.array([unit.range for unit in bank.activations]) * bank.scale + bank.base
    if not np.isfinite(ends).all():
        raise InputError("a surface needs amplifiers with rails")
    low, high = ends.min(axis=1), ends.max(axis=1)
    inside = _INSIDE * (high - low)
    v1, v2 = (np.linspace(low[k] + inside[k], high[k] - inside[k], resolution) for k in (0, 1))
    v = np.stack([part.ravel() for part in np.meshgrid(v1, v2)])
    u = bank.inverse(v, float(np.asarray(network.gamma(t))))
    energy = np.sum(list(network.energy(t, u).values()), axis=0).reshape(resolution, resolution)
    found = equilibria(network, starts=64, limits=limits)
    lines = [found.message]
    lines += [
        f"{'minimum' if index == 0 else f'index {index}'} at v = ({a:.6g}, {b:.6g}) V, {height:.6g} W"
        for (a, b), index, height in zip(
            found.outputs.T.tolist(),
            found.indices.tolist(),
            [] if found.energies is None else found.energies.tolist(),
            strict=True,
        )
    ]
    return Findings(
        "surface",
        {
            "v1": v1,
            "v2": v2,
            "energy": energy,
            "points": found.outputs.T,
            "energies": np.zeros(0) if found.energies is None else found.energies,
            "indices": found.indices,
        },
        {"v1": "V", "v2": "V", "energy": "W", "points": "V", "energies": "W"},
        tuple(lines),
        interrupted=found.interrupted,
    )
