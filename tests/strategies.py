"""Hypothesis strategies for the parts of circuits, shared by the tests of laws."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from hypothesis import strategies as st

from analoghop import activations as act
from analoghop import couplings as cp
from analoghop.activations import Activation, FunctionActivation, Softmax, Table
from analoghop.amplifiers import Amplifiers
from analoghop.couplings import Coupling

seeds = st.integers(0, 2**32 - 1)
rngs = seeds.map(np.random.default_rng)

CLOSED: tuple[Activation, ...] = (
    act.Tanh(),
    act.Logistic(),
    act.Satlin(),
    act.Rectifier(),
    act.Arctan(),
    act.Identity(),
)


def _leaky(z: np.ndarray) -> np.ndarray:
    return np.tanh(z) + 0.25 * z


def _leaky_slope(z: np.ndarray) -> np.ndarray:
    return (1.25 - np.tanh(z) ** 2)[None]


def _product(z: np.ndarray) -> np.ndarray:
    return np.tanh(z[:1]) * np.tanh(z[1:])


def _product_slope(z: np.ndarray) -> np.ndarray:
    f, g = np.tanh(z)
    return np.stack([(1 - f * f) * g, f * (1 - g * g)])[None]


LEAKY = FunctionActivation(1, 1, _leaky, _leaky_slope, "leaky", monotone=True)
PRODUCT = FunctionActivation(2, 1, _product, _product_slope, "product")
CLUSTER = FunctionActivation(3, 3, Softmax(3).value, Softmax(3).jacobian, "cluster", monotone=True)


@st.composite
def tables(draw: st.DrawFn, monotone: bool | None = None) -> Table:
    """Tables of 2 to 6 points; rising, falling somewhere, or either."""
    rng, points = draw(rngs), draw(st.integers(2, 6))
    x = np.cumsum(rng.uniform(0.1, 1.0, points)) - 1.5
    rising = draw(st.booleans()) if monotone is None else monotone
    steps = rng.uniform(0.05, 1.0, points)
    if not rising:
        steps[rng.integers(1, points)] *= -1.0
    return Table(x, np.cumsum(steps) - 1.0)


def scalar_activations(gradient: bool = True) -> st.SearchStrategy[Activation]:
    """Amplifiers of one input and one output; only convex gradients if `gradient`."""
    return st.one_of(st.sampled_from((*CLOSED, LEAKY)), tables(monotone=True if gradient else None))


def activations(gradient: bool = True) -> st.SearchStrategy[Activation]:
    """Amplifiers of every kind; only gradients of convex potentials if `gradient`."""
    vectors = st.one_of(st.integers(1, 4).map(Softmax), st.just(CLUSTER))
    everything = st.one_of(scalar_activations(gradient), vectors)
    return everything if gradient else st.one_of(everything, st.just(PRODUCT))


@st.composite
def banks(
    draw: st.DrawFn,
    kinds: st.SearchStrategy[Activation] | None = None,
    gradient: bool = True,
) -> Amplifiers:
    """Banks of 1 to 4 units of any `kinds`; convex if `gradient` (equal gain and scale in a cluster)."""
    kinds = activations(gradient) if kinds is None else kinds
    parts = draw(st.lists(kinds, min_size=1, max_size=4))
    rng = draw(rngs)
    per_unit = [(rng.uniform(0.3, 3.0), rng.uniform(0.3, 2.0)) for _ in parts]
    gain = np.repeat([g for g, _ in per_unit], [p.inputs for p in parts])
    scale = np.repeat([s for _, s in per_unit], [p.outputs for p in parts])
    if not gradient:
        gain = gain * rng.choice([-1.0, 0.5, 1.0], len(gain))
    offset, base = rng.normal(size=len(gain)), rng.normal(size=len(scale))
    return Amplifiers.of(parts, gain, offset, scale, base)


def _factors(n: int) -> list[int]:
    return [k for k in range(1, n + 1) if n % k == 0]


@st.composite
def couplings(
    draw: st.DrawFn,
    rows: int | None = None,
    columns: int | None = None,
    symmetric: bool = False,
    depth: int = 2,
) -> Coupling:
    """Couplings of every kind, nested up to `depth`; of a given shape, and of symmetric parts, if asked."""
    rows = draw(st.integers(1, 8)) if rows is None else rows
    columns = rows if columns is None or symmetric else columns

    def inner(r: int, c: int) -> Coupling:
        return draw(couplings(r, c, symmetric and r == c, depth - 1))

    def stored() -> np.ndarray:
        rng = draw(rngs)
        matrix = rng.normal(size=(rows, columns)) * (rng.random((rows, columns)) < 0.7)
        return matrix + matrix.T if symmetric else matrix

    def product() -> Coupling:
        r, c = draw(st.sampled_from(_factors(rows))), draw(st.sampled_from(_factors(columns)))
        c = r if symmetric else c
        return cp.Kron(inner(r, c), inner(rows // r, columns // c))

    def chain() -> Coupling:
        left = inner(rows, draw(st.integers(1, 4)))
        return cp.Product(left, left.T if symmetric else inner(left.shape[1], columns))

    kinds: list[Callable[[], Coupling]] = [
        lambda: cp.Dense(stored()),
        lambda: cp.Sparse(stored()),
        lambda: cp.Ones(rows, columns),
    ]
    if rows == columns:
        kinds += [lambda: cp.Eye(rows), lambda: cp.Cycle(rows)]
    if depth:
        kinds += [
            product,
            chain,
            lambda: cp.Scaled(draw(st.sampled_from((-2.0, 0.0, 0.5))), inner(rows, columns)),
            lambda: cp.Sum(tuple(inner(rows, columns) for _ in range(draw(st.integers(1, 3))))),
        ]
    return draw(st.sampled_from(kinds))()


def points(rng: np.random.Generator, shape: Sequence[int], spread: float = 2.0) -> np.ndarray:
    """Normal deviates of the given spread."""
    return spread * rng.normal(size=tuple(shape))
