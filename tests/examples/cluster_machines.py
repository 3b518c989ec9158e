"""Small machines of clusters and adaptive lines for the laws of engines, by name."""

from collections.abc import Callable

import numpy as np
from scipy import sparse

from analoghop.schedules import Schedule
from analoghop.systems.machine import Machine
from analoghop.systems.machines.adaptive_lines import AdaptiveLines
from analoghop.systems.machines.cycles import Cycles
from analoghop.systems.machines.exclusions import Exclusions
from analoghop.systems.machines.sum_bounds import KINDS, Lines


def edges(n: int, share: float, seed: int = 0) -> np.ndarray:
    """Pairs i < j, each with the probability `share`."""
    i, j = np.triu_indices(n, 1)
    kept = np.random.default_rng(seed).random(len(i)) < share
    return np.stack([i[kept], j[kept]], axis=1)


def coloured(n: int = 14, k: int = 4, sigma: float = 0.2, share: float = 0.5) -> AdaptiveLines:
    """The graph's vertices as clusters of one cell per colour, heavier where more edges end."""
    pairs = edges(n, share)
    degrees = np.maximum(np.bincount(pairs.ravel(), minlength=n), 1)
    i, j = pairs.T
    return AdaptiveLines(
        np.full(n, k),
        Cycles(0.7, 8.0, [3.0, 6.0], 2.0, geometric=True),
        duration=12.0,
        step=0.3,
        pairs=Exclusions(n * k, i * k, j * k, k, degrees[i] * degrees[j]),
        sigma=sigma,
        noise_factor=Cycles(1.0, 0.5, [3.0, 6.0], [3.0, 6.0]),
        capacity=degrees**2,
        check_every=7,
    )


def lined(kinds: tuple[str, ...] = KINDS, objective: bool = False, lines: int = 12) -> AdaptiveLines:
    """Clusters of several sizes with pairs of single cells, and lines of the given kinds."""
    rng = np.random.default_rng(3)
    widths = np.array([1, 3, 2, 5, 2, 4, 2, 2])
    cells = int(widths.sum())
    members = [rng.choice(cells, rng.integers(2, 7), replace=False) for _ in range(lines)]
    couplings = None
    if objective:
        upper = np.triu(rng.normal(size=(cells, cells)) * (rng.random((cells, cells)) < 0.2))
        couplings = sparse.csr_array(upper + upper.T)
    return AdaptiveLines(
        widths,
        Schedule(np.array([0.0, 4.0]), np.array([1.0, 6.0])),
        duration=12.0,
        step=0.1,
        pairs=Exclusions(cells, [0, 4, 6], [8, 12, 20], eta=0.4, delta=0.1),
        lines=Lines(
            cells,
            np.cumsum([0, *map(len, members)]),
            np.concatenate(members),
            rng.choice([1.0, 1.0, 2.0, -1.0], sum(map(len, members))),
            [kinds[k % len(kinds)] for k in range(lines)],
            bounds=rng.choice([1.0, 2.0], lines),
            stiffness=rng.choice([1.0, 4.0], lines),
            eta=rng.random(lines),
            delta=0.1 * rng.random(lines),
        ),
        sigma=0.3,
        capacity=rng.uniform(0.5, 2.0, len(widths)),
        bias=rng.normal(size=cells),
        couplings=couplings,
        check_every=5,
    )


MACHINES: dict[str, Callable[[], Machine]] = {
    "pairs": lambda: coloured(share=0.9),
    "lines": lined,
    "lines and an objective": lambda: lined(objective=True),
}
