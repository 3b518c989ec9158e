"""The observation of a circuit's own nodes and sources, and of the currents of its inductors."""

from __future__ import annotations

import numpy as np

from analoghop.circuit.primitives.primitives import Primitives
from analoghop.circuit.reduction.sparse import selection
from analoghop.systems.circuits.observation import LinearMap, Observation


def state_name(name: str, found: Primitives) -> str:
    """Return the name of a state, that of the current of an inductor for a node that stands for it."""
    inductor = found.owners.get(name[2:-1])
    return name if inductor is None else f"i({inductor})"


def own_signals(observation: Observation, found: Primitives) -> Observation:
    """Return the observation of the deck's own nodes and sources, and of the currents of its inductors."""
    if not found.currents:
        return observation
    place = {node: k for k, node in enumerate(observation.nodes)}
    inner = {node for node, _ in found.currents.values()}
    nodes = [k for node, k in place.items() if node not in inner]
    branches = [k for k, name in enumerate(observation.branches) if not name.endswith("#middle")]
    flow = [place[node] for node, _ in found.currents.values()]
    signs = selection(np.arange(len(flow)), len(flow)) * np.array([s for _, s in found.currents.values()])
    currents = signs @ observation.voltage[flow]
    still = LinearMap(currents.x * 0, currents.v * 0, currents.w * 0)
    return Observation(
        tuple(observation.nodes[k] for k in nodes),
        (*(observation.branches[k] for k in branches), *found.currents),
        observation.voltage[nodes],
        stack(observation.current[branches], currents),
        stack(observation.charge[branches], still),
    )


def stack(top: LinearMap, bottom: LinearMap) -> LinearMap:
    """Return the rows of `top` and then those of `bottom`."""
    from scipy import sparse

    return LinearMap(
        *(
            sparse.csr_array(sparse.vstack([sparse.csr_array(a), sparse.csr_array(b)]))
            for a, b in ((top.x, bottom.x), (top.v, bottom.v), (top.w, bottom.w))
        )
    )
