"""`landscape`: the minima of a circuit's energy, the saddles that join them, and the barriers between."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from analoghop.arrays import Array, Integers
from analoghop.circuit.circuit import Circuit
from analoghop.engines.settling import dense_jacobian
from analoghop.errors import InputError
from analoghop.limits import Limits, limited
from analoghop.simulate_many import simulate_many
from analoghop.study.all_equilibria import equilibria
from analoghop.study.continuation.paths import system_of
from analoghop.study.findings import Fact, Findings
from analoghop.systems.base import System

_AWAY = 1e-2  # of an input scale: how far beside a saddle the runs to both sides begin


def landscape(
    source: System | Circuit | str | Path,
    *,
    starts: int = 256,
    seed: int = 0,
    parameters: Mapping[str, str | float] | None = None,
    limits: Limits | None = None,
    time_limit: float | None = None,
) -> Findings:
    """Return the minima of the energy of `source`, the saddles of index 1 between them, and the barriers.

    All equilibria are sought (`equilibria`); from each saddle the circuit runs down to both sides, which
    tells the two minima that it joins. The barrier from a minimum to another is the height of the lowest way
    over saddles above the first one. Arrays: `minima` (m, n) in V, `outputs` (m, outputs), `energies` (m,) in
    W, increasing; `saddles` (s, n), `saddle_energies` (s,) with the numbers `joined` (s, 2) of their minima
    (-1: a run did not end in a known one); `barriers` (m, m), inf where no way is known; `merges` (m - 1, 3),
    two groups of minima and the energy at which they meet, as in a disconnectivity tree (Becker & Karplus
    1997), in the numbering of `scipy.cluster.hierarchy`. Raises `InputError` for a circuit without an energy.
    """
    system = system_of(source, parameters)
    if not system.has_energy:
        raise InputError(f"this circuit has no energy: {system.theorem.reason}")
    with limited(limits, time_limit=time_limit) as within, within.heed():
        found = equilibria(system, starts=starts, seed=seed, limits=within)
        low, passes = found.indices == 0, found.indices == 1
        assert found.energies is not None, "the circuit has an energy"
        minima, saddles = found.states[:, low], found.states[:, passes]
        heights = found.energies[passes]
        joined = _joined(system, minima, saddles, within)
        over = within.over
    energies = found.energies[low]
    barriers, merges = ways(energies, heights, joined)
    known = int((joined >= 0).all(axis=1).sum())
    lines = [
        f"{len(energies)} minima, {len(heights)} saddles of index 1, {known} of them between known minima"
    ]
    lines += [f"minimum {k + 1}: {_height(energies, barriers, k)}" for k in range(len(energies))]
    if not system.theorem.applies:
        lines.append(f"the energy may rise: {system.theorem.reason}")
    law = "Poincare and Hopf"
    return Findings(
        "landscape",
        {
            "minima": minima.T,
            "outputs": found.outputs[:, low].T,
            "energies": energies,
            "saddles": saddles.T,
            "saddle_energies": heights,
            "joined": joined,
            "barriers": barriers,
            "merges": merges,
        },
        dict.fromkeys(("energies", "saddle_energies", "barriers"), "W")
        | dict.fromkeys(("minima", "outputs", "saddles"), "V"),
        tuple(lines),
        (Fact("sum of (-1)^index", float(found.index_sum), 1.0, 0.0, law),),
        {"starts": starts, "seed": seed},
        over,
    )


def _height(energies: Array, barriers: Array, k: int) -> str:
    others = np.delete(barriers[k], k)
    lowest = f"lowest barrier {others.min():.6g} W" if len(others) else "the only one"
    return f"energy {energies[k]:.6g} W, {lowest}"


def _joined(system: System, minima: Array, saddles: Array, limits: Limits) -> Integers:
    """Return the numbers (s, 2) of the minima in which runs from both sides of the saddles (n, s) end."""
    count = saddles.shape[1]
    joined = np.full((count, 2), -1, dtype=np.int64)
    if not count or not minima.shape[1] or limits.over:
        return joined
    t, scale = system.quiet_after(), system.input_scale[:, 0]
    starts = []
    for x in saddles.T:
        values, vectors = np.linalg.eig(dense_jacobian(system, t, x))
        v = vectors[:, int(np.argmax(values.real))].real
        move = _AWAY * v / np.abs(v / scale).max()
        starts += [x + move, x - move]
    run = simulate_many(system, x0=np.array(starts).T, limits=limits)
    for place, x in zip(run.place.tolist(), run.states.T, strict=True):
        apart = np.abs((minima - x[:, None]) / np.maximum(np.abs(minima), scale[:, None])).max(axis=0)
        nearest = int(np.argmin(apart))
        if apart[nearest] < 0.1:
            joined[place // 2, place % 2] = nearest
    return joined


def ways(energies: Array, heights: Array, joined: Integers) -> tuple[Array, Array]:
    """Return the barriers (m, m) over the lowest ways, and the merges (k, 3) of the tree, lowest first.

    `energies` (m,) of the minima, `heights` (s,) of the saddles that join the minima `joined` (s, 2). The
    lowest way between two minima runs along the minimum spanning tree (Kruskal 1956).
    """
    m = len(energies)
    top = np.full((m, m), np.inf)
    np.fill_diagonal(top, energies)
    groups = {k: [k] for k in range(m)}
    number = {k: k for k in range(m)}
    merges: list[tuple[int, int, float]] = []
    for k in np.argsort(heights, kind="stable").tolist():
        a, b = joined[k].tolist()
        if a < 0 or b < 0 or number[a] == number[b]:
            continue
        first, second, new = number[a], number[b], m + len(merges)
        for i in groups[first]:
            for j in groups[second]:
                top[i, j] = top[j, i] = heights[k]
        groups[new] = groups.pop(first) + groups.pop(second)
        number |= dict.fromkeys(groups[new], new)
        merges.append((first, second, float(heights[k])))
    return top - energies[:, None], np.array(merges, dtype=np.float64).reshape(-1, 3)
