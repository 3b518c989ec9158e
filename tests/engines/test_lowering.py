from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analoghop.activations import Logistic, Satlin, Table, Tanh
from analoghop.amplifiers import Amplifiers
from analoghop.couplings import Cycle, Dense, Eye, Kron, Ones, Sparse
from analoghop.engines.ensemble import lowered_network
from analoghop.engines.ensemble.backend import NumPyBackend, TorchBackend, backend
from analoghop.engines.ensemble.grid_product import grid
from analoghop.engines.ensemble.lowered import LoweredSystem
from analoghop.engines.ensemble.lowered_network import lower
from analoghop.errors import InputError, MissingProgram
from analoghop.schedules import Schedule, Signals
from analoghop.systems.circuits.network import Network
from tests.strategies import banks, couplings, seeds

WIDTH = 5


@pytest.fixture(params=[None, "torch:cpu"])
def place(request, monkeypatch):
    if request.param:
        pytest.importorskip("torch")
        pytest.importorskip("array_api_compat")
    # Memory that is not written before it is read shows.
    monkeypatch.setattr(NumPyBackend, "empty", lambda self, size: np.full(size, np.nan, self.dtype))
    xp_full = TorchBackend.empty
    monkeypatch.setattr(TorchBackend, "empty", lambda self, size: xp_full(self, size).fill_(float("nan")))
    return request.param


def check(system, place, seed=0, dtype="float64", tolerance=1e-12):
    rng = np.random.default_rng(seed)
    lowered = lower(system, backend(place, dtype))
    arrays = lowered.backend
    x, t, h = rng.normal(size=(system.size, WIDTH)), rng.random(WIDTH), rng.random(WIDTH)
    y = lowered.coordinates(np.asfortranarray(x))
    out = arrays.empty(y.shape[0] * WIDTH).reshape(y.shape)
    lowered.bind(WIDTH)(arrays.double(t), arrays.array(h), y, out)
    expected = system.rhs(t, x) * h * lowered.unit
    assert np.abs(lowered.states(out) - expected).max() <= tolerance * np.abs(expected).max()
    assert np.allclose(lowered.states(y), x, rtol=1e-6 if dtype == "float32" else 1e-14)
    assert np.allclose(lowered.input_unit_column() * lowered.scale, system.input_scale, rtol=1e-12)


def network(T, seed=0, **options):
    rng = np.random.default_rng(seed)
    n = T.shape[0]
    kinds = [Tanh(), Logistic(), Satlin()]
    bank = Amplifiers.of(
        [kinds[k % 3] for k in range(n)],
        rng.uniform(0.5, 4, n) * rng.choice([-1.0, 1.0], n),
        rng.normal(size=n),
        rng.uniform(0.5, 2, n),
        rng.normal(size=n),
    )
    C, G = rng.uniform(1, 2, n), rng.uniform(0.5, 1, n)
    return Network(T, bank, C, G, rng.normal(size=n), **options)


_PATTERNS = np.random.default_rng(4).choice([-1.0, 1.0], (7, 256))
GRIDS = {
    "one product": Kron(Dense(np.random.default_rng(0).normal(size=(20, 20))), Cycle(12)),
    "two cycles": 0.3 * Kron(Cycle(16), Cycle(16)) - 2.0 * Ones(256),
    "sums": Kron(Ones(16), Eye(16)) + 2.0 * Kron(Eye(16), Ones(16)) + Kron(Ones(16), Ones(16)),
    "two products": Kron(Dense(np.random.default_rng(1).normal(size=(16, 16))), Cycle(16))
    + Kron(Dense(np.random.default_rng(2).normal(size=(16, 16))), Dense(np.eye(16)[::-1]))
    - Kron(Ones(16), Eye(16))
    + 3.0 * Eye(256),
    "short ring": Kron(Dense(np.random.default_rng(3).normal(size=(120, 120))), Cycle(2)) + 1.5 * Ones(240),
    "a sparse factor": Kron(Sparse(np.eye(16)[::-1]), Cycle(16)) + Eye(256),
    "no grid": Kron(Cycle(16), Cycle(16)) + Kron(Cycle(8), Cycle(32)),
    "a matrix beside": Kron(Cycle(16), Cycle(16)) + Sparse(np.eye(256)[::-1]),
    "few patterns": Dense(_PATTERNS.T / 256) @ Dense(_PATTERNS) - 0.1 * Eye(256),
    "patterns alone": -0.3 * (Dense(_PATTERNS.T) @ Dense(_PATTERNS)),
    "patterns and a ring": Dense(_PATTERNS.T) @ Dense(_PATTERNS) + 0.1 * Cycle(256) - Eye(256),
    "sparse factors": Dense(_PATTERNS.T) @ Sparse(_PATTERNS * (_PATTERNS > 0)) + Eye(256),
}
NO_GRID = (
    "no grid",
    "a matrix beside",
    "few patterns",
    "patterns alone",
    "patterns and a ring",
    "sparse factors",
)


@pytest.mark.parametrize("name", GRIDS)
@pytest.mark.parametrize("uniform", [True, False])
def test_structured_products(name, uniform, place):
    T = GRIDS[name]
    n = T.shape[0]
    assert (grid(T) is None) == (name in NO_GRID)
    if uniform:
        system = Network(T, Amplifiers.uniform(Logistic(), n, gain=3.0, base=0.1), bias=0.7)
    else:
        system = network(T)
    check(system, place)


@given(bank=banks(gradient=False), seed=seeds, data=st.data())
def test_any_network_keeps_its_rate(bank, seed, data):
    n = bank.inputs
    if bank.outputs != n:
        return
    T = data.draw(couplings(n, n))
    rng = np.random.default_rng(seed)
    ramp = Schedule([0.0, 1.0], [0.5, 2.0], "geometric")
    options = data.draw(
        st.sampled_from([
            {},
            {"gain_factor": ramp},
            {"coupling_factor": ramp},
            {"signals": Signals((ramp, ramp)), "S": rng.normal(size=(n, 2))},
        ])
    )  # fmt: skip
    C, G = rng.uniform(1, 2, n), rng.uniform(0.5, 1, n)
    check(Network(T, bank, C, G, rng.normal(size=n), **options), None, seed)


@pytest.mark.parametrize("keep_form", [True, False])
@pytest.mark.parametrize("T", [Dense, Sparse, lambda A: Eye(6) + Kron(Dense(A[:2, :2]), Dense(A[:3, :3]))])
def test_schedules_signals_and_offsets(T, keep_form, place, monkeypatch):
    if keep_form:
        monkeypatch.setattr(lowered_network, "best", lambda coupling: coupling)
    A = np.random.default_rng(1).normal(size=(6, 6))
    ramp, pulse = Schedule([0.0, 1.0], [0.5, 2.0], "geometric"), Schedule([0.2, 0.4], [1.0, -1.0])
    S = np.random.default_rng(2).normal(size=(6, 1))
    for options in (
        {},
        {"gain_factor": ramp},
        {"coupling_factor": ramp},
        {"signals": Signals((pulse,)), "S": S},
        {"signals": Signals((pulse,)), "S": S, "coupling_factor": pulse, "gain_factor": ramp},
    ):
        check(network(T(A), **options), place)


def test_single_precision(place):
    check(network(Dense(np.random.default_rng(1).normal(size=(30, 30)))), place, 0, "float32", 1e-5)


def test_nodes_without_leak(place):
    system = network(Dense(np.random.default_rng(1).normal(size=(6, 6))))
    check(replace(system, G=np.array([0.0, 1, 0, 1, 0, 1])), place)
    check(replace(system, G=0.0), place)


def test_what_only_numpy_can_compute_says_so():
    pytest.importorskip("torch")
    table = Table(np.array([-1.0, 1.0]), np.array([-1.0, 1.0]))
    system = Network(np.eye(2), Amplifiers.uniform(table, 2))
    check(system, None)
    with pytest.raises(InputError, match="run on NumPy only"):
        lower(system, backend("torch:cpu", "float64"))
    with pytest.raises(InputError, match="runs on NumPy only"):
        LoweredSystem(system, backend("torch:cpu", "float64"))
    with pytest.raises(InputError, match="`device` 'nowhere' cannot be used"):
        backend("nowhere", "float64")


def test_a_missing_library_is_named(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.setitem(sys.modules, "array_api_compat.torch", None)
    with pytest.raises(MissingProgram, match="analoghop\\[gpu\\]"):
        backend("cuda", "float32")
