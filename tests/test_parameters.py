"""Batches of circuits that differ in their values: member k is a run with its values alone."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop import (
    Amplifiers,
    Circuit,
    Ensemble,
    Fused,
    Network,
    Schedule,
    Signals,
    simulate,
    simulate_many,
)
from analoghop.activations import Logistic, Softmax, Tanh
from analoghop.circuit.members import deck_family
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.engines.choice import numba_installed
from analoghop.errors import InputError
from analoghop.solution import Status
from analoghop.systems.circuits.network_members import network_family

PAIR = """Two amplifiers, an inner node without capacitance, and a source that moves
.include amplifiers.lib
.param gain=4 r=10k level=0.3 c=1u offset=0.02 vsat=1
V1 s 0 {level}
V2 p 0 PULSE(0 0.2 1m 1u 1u 3m 20m)
I1 0 u1 2u
R1 s m {r}
R2 m u1 5k
R3 m 0 20k
R4 p u2 30k
R5 u1 0 10k
R6 u2 0 10k
R7 v1 u2 20k
R8 v2 u1 25k
C1 u1 0 {c} IC=0.05
C2 u2 0 {c}
C3 u1 u2 100n
X1 u1 v1 n1 tanh_amp PARAMS: gain={gain} offset={offset} vsat={vsat}
X2 u2 v2 n2 tanh_amp PARAMS: gain=3
.ic v(u2)=-0.1
.tran 50u 30m uic
.end
"""
MEMBERS = 4
ENGINES = ["ensemble", *(["fused"] if numba_installed() else [])]
TIGHT = {"rtol": 1e-10, "settle": False}


@pytest.fixture
def deck(tmp_path: Path) -> Path:
    path = tmp_path / "pair.cir"
    path.write_text(PAIR)
    return path


def scattered(seed: int, *values: float) -> list[np.ndarray]:
    rng = np.random.default_rng(seed)
    return [value * (1.0 + 0.3 * rng.uniform(-1, 1, MEMBERS)) for value in values]


def alone(deck: Path, values: dict[str, np.ndarray], k: int) -> np.ndarray:
    point = {name: float(given[k]) for name, given in values.items()}
    return simulate(deck, parameters=point, rtol=1e-10, atol=1e-13).states[:, -1]


@pytest.mark.parametrize(
    "names",
    [
        {"r1": 1e4, "r2": 5e3, "r3": 2e4},
        {"c1": 1e-6, "c3": 1e-7},
        {"v1": 0.3, "i1": 2e-6},
        {"gain": 4.0, "offset": 0.02, "vsat": 1.0},
        {"r": 1e4, "c": 1e-6, "level": 0.3, "r7": 2e4, "gain": 4.0},
    ],
)
def test_members_of_a_deck_are_single_runs(deck: Path, names: dict[str, float]) -> None:
    values = dict(zip(names, scattered(len(names), *names.values()), strict=True))
    run = simulate_many(deck, parameters=values, engine="ensemble", **TIGHT)
    for k in range(MEMBERS):
        assert np.allclose(run.states[:, k], alone(deck, values, k), rtol=0, atol=2e-8)
    assert len({tuple(column) for column in run.states.T}) == MEMBERS


@given(st.integers(0, 2**32 - 1))
@settings(max_examples=10)
def test_one_reduction_gives_the_equations_of_each_member(seed: int) -> None:
    circuit = Circuit.parse(PAIR)
    rng = np.random.default_rng(seed)
    values = {
        e.name: e.value * np.exp(rng.normal(0, 1, MEMBERS))
        for e in circuit.elements
        if e.name[0] in "rc" and rng.random() < 0.7
    }
    if not values:
        return
    _, family = deck_family(circuit, values, MEMBERS)
    x = rng.normal(0, 0.3, (family.size, MEMBERS))
    for k in range(MEMBERS):
        one = family.alone(k)
        column = x[:, [k]]
        assert np.allclose(family.rhs(2e-3, x)[:, [k]], one.rhs(2e-3, column), rtol=1e-9)
        assert np.allclose(family.outputs(2e-3, x)[:, [k]], one.outputs(2e-3, column), rtol=1e-12)
        assert np.allclose(family.starts[:, [k]], one.start, rtol=1e-9, atol=1e-15)
        assert np.allclose(family.time_constants[:, [k]], one.time_constants)
        assert np.allclose(family.input_scale[:, [k]], one.input_scale)
        J = one.jacobian(2e-3, column)
        assert np.allclose(family.jacobians(2e-3, x)[k], J, rtol=1e-9, atol=1e-9 * np.abs(J).max())
        names = [name for name in family.signal_names if name.startswith("v(")]
        assert len(names) > 8
        seen = family.observe(2e-3, x, names)[:, [k]]
        assert np.allclose(seen, one.observe(2e-3, column, names), rtol=1e-9, atol=1e-12)


def test_no_member_sees_another_bit_for_bit(deck: Path) -> None:
    values = dict(zip(("r1", "gain"), scattered(1, 1e4, 4.0), strict=True))
    _, family = deck_family(Circuit.read(deck), {"r1": values["r1"]}, MEMBERS)
    x = np.random.default_rng(0).normal(size=(family.size, MEMBERS))
    whole = family.rhs(0.0, x)
    for k in range(MEMBERS):
        part = np.array([k])
        assert np.array_equal(family.of(part).rhs(0.0, x[:, part]), whole[:, part])


def test_controlled_sources_and_structure_go_member_by_member(tmp_path: Path) -> None:
    text = PAIR.replace("R8 v2 u1 25k", "E1 e 0 v2 0 1.5\nR8 e u1 25k")
    path = tmp_path / "e.cir"
    path.write_text(text)
    values = {"e1": np.array([1.0, 1.5, 2.0, -1.0])}
    run = simulate_many(path, parameters=values, engine="ensemble", **TIGHT)
    for k in range(MEMBERS):
        assert np.allclose(run.states[:, k], alone(path, values, k), rtol=0, atol=2e-8)
    differing = {"r1": np.array([1e4, 2e4]), "level": np.array([0.1, 0.2])}
    text = PAIR.replace("R3 m 0 20k", ".if (level > 0.15)\nC9 m 0 1u\n.endif\nR3 m 0 20k")
    path.write_text(text)
    with pytest.raises(InputError, match="same states"):
        simulate_many(path, parameters=differing)


def test_operating_points_are_those_of_each_member(tmp_path: Path) -> None:
    path = tmp_path / "op.cir"
    path.write_text(PAIR.replace(" uic", ""))
    values = {"level": np.array([0.1, 0.2, 0.3, 0.4])}
    run = simulate_many(path, parameters=values, **TIGHT)
    starts = run.starts.array()
    assert len({tuple(column) for column in starts.T}) == MEMBERS
    for k in range(MEMBERS):
        assert np.allclose(run.states[:, k], alone(path, values, k), rtol=0, atol=2e-8)


NETWORK = Network(
    np.array([[0.0, 1.2, -0.4], [1.2, 0.0, 0.5], [-0.4, 0.5, 0.0]]),
    Amplifiers.of([Tanh(), Logistic(), Tanh()], gain=[2.0, 3.0, 1.5], offset=[0.0, 0.1, -0.1]),
    C=[1.0, 2.0, 1.0],
    G=[1.0, 1.5, 1.0],
    bias=[0.1, -0.2, 0.05],
    signals=Signals((Schedule([0.0, 2.0], [0.0, 1.0]),)),
    S=[[0.2], [0.0], [0.1]],
    gain_factor=Schedule([0.0, 5.0], [0.5, 2.0]),
)


@pytest.mark.parametrize(
    "names",
    [
        ["T"],
        ["C"],
        ["R"],
        ["gain", "offset"],
        ["scale", "base"],
        ["bias", "levels"],
        ["G", "S"],
        ["coupling", "gain", "bias"],
    ],
)
@pytest.mark.parametrize("engine", ENGINES)
def test_members_of_a_network_are_single_runs(names: list[str], engine: str) -> None:
    rng, k = np.random.default_rng(len(names)), np.arange(MEMBERS)
    own = {"T": NETWORK.T.toarray(), "C": NETWORK.C, "G": NETWORK.G, "R": 1 / NETWORK.G, "bias": NETWORK.bias}
    own |= {"gain": NETWORK.amplifiers.gain, "offset": NETWORK.amplifiers.offset, "S": NETWORK.S}
    own |= {
        "scale": NETWORK.amplifiers.scale,
        "base": NETWORK.amplifiers.base + 0.2,
        "levels": np.ones((1, 1)),
    }
    own["coupling"] = own["T"]
    given = {}
    for name in names:
        shape = (*own[name].shape, MEMBERS) if name in ("T", "coupling", "S") else (len(own[name]), MEMBERS)
        base = own[name][..., None] if name in ("T", "coupling", "S") else own[name]
        given[name] = base * (1 + 0.3 * rng.uniform(-1, 1, shape))
    family = network_family(NETWORK, given, MEMBERS)
    x0 = rng.normal(size=3)
    run = simulate_many(NETWORK, x0=x0, parameters=given, tstop=8.0, engine=engine, **TIGHT)
    for member in k:
        single = simulate(family.alone(int(member)), tstop=8.0, x0=x0, rtol=1e-10, atol=1e-12)
        assert np.allclose(run.states[:, member], single.states[:, -1], rtol=0, atol=2e-8)
        assert np.allclose(run.outputs[:, member], single.outputs[:, -1], rtol=0, atol=2e-8)


def test_vector_amplifiers_and_their_jacobians() -> None:
    network = replace(
        NETWORK,
        amplifiers=Amplifiers.of([Softmax(3)], gain=2.0),
        gain_factor=None,
        signals=Signals(),
        S=np.zeros((3, 0)),
    )
    family = network_family(network, {"gain": np.array([1.0, 2.0, 5.0])}, 3)
    x = np.random.default_rng(0).normal(size=(3, 3))
    for k in range(3):
        assert np.allclose(family.jacobians(0.0, x)[k], family.alone(k).jacobian(0.0, x[:, [k]]))
        assert np.allclose(family.rhs(0.0, x)[:, k], family.alone(k).rhs(0.0, x[:, [k]])[:, 0])


@pytest.mark.parametrize("engine", ENGINES)
def test_settling_is_judged_for_each_member(engine: str) -> None:
    quiet = replace(NETWORK, signals=Signals(), S=np.zeros((3, 0)), gain_factor=None)
    gains = np.array([0.1, 1.0, 5.0, 20.0])
    run = simulate_many(quiet, x0=np.full(3, 0.1), parameters={"gain": gains}, engine=engine)
    assert run.statuses == {Status.SETTLED: 4}
    for k, gain in enumerate(gains):
        alike = replace(quiet, amplifiers=replace(quiet.amplifiers, gain=np.full((3, 1), gain)))
        single = simulate_many(alike, x0=np.full(3, 0.1), rtol=1e-8)
        same = simulate_many(alike, x0=np.full(3, 0.1), engine=engine)
        assert run.settled_at[k] == pytest.approx(same.settled_at[0], rel=0.2)
        assert np.allclose(run.states[:, k], single.states[:, 0], rtol=0, atol=5e-3 / gain)


def test_noise_is_that_of_the_member_and_of_its_number() -> None:
    quiet = replace(NETWORK, signals=Signals(), S=np.zeros((3, 0)), gain_factor=None)
    levels, engine = np.array([0.01, 0.1, 0.4]), Ensemble("exponential", dt=1e-2, noise_seed=5)
    run = simulate_many(
        quiet, x0=np.zeros(3), parameters={"noise_density": levels}, tstop=1.0, engine=engine, settle=False
    )
    for k, level in enumerate(levels):
        noisy = replace(quiet, noise_density=np.full(3, level))
        single = simulate_many(noisy, x0=np.zeros(3), first=k, tstop=1.0, engine=engine, settle=False)
        assert np.allclose(run.states[:, k], single.states[:, 0], rtol=1e-12, atol=1e-14)


@pytest.mark.skipif(not numba_installed(), reason="numba is not installed")
def test_compiled_batches_are_those_of_numpy_whatever_the_tile_and_the_threads(deck: Path) -> None:
    quiet = replace(NETWORK, signals=Signals(), S=np.zeros((3, 0)), gain_factor=None)
    rng = np.random.default_rng(4)
    options = {
        "x0": rng.normal(size=(3, 50)),
        "parameters": {
            "T": NETWORK.T.toarray()[:, :, None] * rng.uniform(0.5, 2, (3, 3, 50)),
            "gain": rng.uniform(1, 9, 50),
        },
        "tstop": 5.0,
        "rtol": 1e-8,
    }
    numpy = simulate_many(quiet, engine="ensemble", **options)
    fused = [
        simulate_many(quiet, engine=Fused(tile=tile), threads=n, **options)
        for tile, n in ((None, 1), (8, 1), (16, 2))
    ]
    assert np.allclose(fused[0].states, numpy.states, atol=1e-7)
    assert all(np.array_equal(other.states, fused[0].states) for other in fused[1:])
    single = simulate_many(quiet, engine="fused", dtype="float32", **{**options, "rtol": 1e-4})
    assert np.allclose(single.states, numpy.states, atol=1e-2)
    clusters = replace(quiet, amplifiers=Amplifiers.of([Softmax(3)], gain=2.0))
    pair = [simulate_many(clusters, engine=name, **options) for name in ENGINES]
    assert np.allclose(pair[0].states, pair[1].states, atol=1e-7)
    with pytest.raises(InputError, match="do not support a Family"):
        simulate_many(deck, parameters={"r1": np.array([1e4, 2e4])}, engine="fused")


def test_the_converter_runs_compiled_as_well() -> None:
    adc = Path(__file__).parents[1] / "circuits" / "adc4.cir"
    values = {
        "r01": np.array([4e5, 5e5, 6e5]),
        "c2": np.array([1e-7, 2e-7, 1e-7]),
        "steep": np.array([2.0, 5.0, 7.0]),
    }
    runs = [simulate_many(adc, parameters=values, engine=name, rtol=1e-7) for name in ENGINES]
    for run in runs:
        assert run.statuses == runs[0].statuses
        assert np.allclose(run.states, runs[0].states, atol=1e-6)


def test_random_starts_are_those_of_each_member_alone() -> None:
    quiet = replace(NETWORK, signals=Signals(), S=np.zeros((3, 0)), gain_factor=None)
    gains = np.array([1.0, 4.0, 9.0])
    run = simulate_many(quiet, 3, seed=11, parameters={"gain": gains}, tstop=1.0, **TIGHT)
    for k, gain in enumerate(gains):
        alike = replace(quiet, amplifiers=replace(quiet.amplifiers, gain=np.full((3, 1), gain)))
        single = simulate_many(alike, 1, seed=11, first=k, tstop=1.0, **TIGHT)
        assert np.array_equal(run.starts.array()[:, k], single.starts.array()[:, 0])
        assert np.allclose(run.states[:, k], single.states[:, 0], rtol=0, atol=1e-8)


@pytest.mark.parametrize("engine", ENGINES)
def test_traces_stops_and_engines_of_single_runs(engine: str) -> None:
    gains = np.array([1.0, 2.0, 5.0])
    options = {"x0": np.full(3, 0.2), "parameters": {"gain": gains}, "tstop": 3.0, "settle": False}
    run = simulate_many(NETWORK, traces=7, rtol=1e-9, engine=engine, **options)
    serial = simulate_many(NETWORK, traces=7, rtol=1e-9, engine="scipy", **options)
    assert np.allclose(run.traces, serial.traces, atol=1e-6)
    stopped = simulate_many(NETWORK, stop=lambda v: v[0] > 0.4, rtol=1e-6, engine=engine, **options)
    ended = stopped.has(Status.STOPPED)
    assert ended.any()
    assert (stopped.outputs[0, ended] > 0.4).all()
    assert run.energies is None


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"gain": np.ones(3), "C": np.ones((3, 4))}, "different numbers of members"),
        ({"gane": np.ones(3)}, "did you mean 'gain'"),
        ({"C": np.array([1.0, -1.0])}, "`C` must be positive"),
        ({"T": np.ones((2, 2, 3))}, "`T` has shape"),
        ({"gain": np.ones((2, 4))}, "`gain` has shape"),
        ({"bias": np.array([0.0, np.nan])}, "not finite"),
        ({"T": np.ones((3, 3, 2)), "coupling": np.ones((3, 3, 2))}, "two names"),
    ],
)
def test_bad_parameters_of_networks(parameters: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(InputError, match=message):
        simulate_many(NETWORK, x0=np.zeros(3), parameters=parameters, tstop=1.0)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"r11": np.ones(3)}, "no element `r11`; did you mean"),
        ({"r1": np.array([1e3, -1.0])}, "a positive value is needed"),
        ({"r1": np.ones((2, 2))}, "expected \\(members,\\)"),
        ({"r1": np.array([])}, "no members"),
    ],
)
def test_bad_parameters_of_decks(deck: Path, parameters: dict[str, np.ndarray], message: str) -> None:
    with pytest.raises(InputError, match=message):
        simulate_many(deck, parameters=parameters)


def test_a_family_of_equal_members_is_the_circuit(deck: Path) -> None:
    lure = compile_circuit(Circuit.read(deck))
    _, family = deck_family(Circuit.read(deck), {"r1": np.full(2, 1e4)}, 2)
    x = np.random.default_rng(3).normal(size=(lure.size, 2))
    assert np.allclose(family.rhs(5e-3, x), lure.rhs(5e-3, x), rtol=1e-10)
    assert family.signal_names == tuple(n for n in lure.signal_names if n.startswith("v("))


@pytest.mark.parametrize(
    "cards",
    [
        ["R1 s a {r}", "L1 a b 1m", "C1 b 0 1n", "R2 b 0 1k", "B1 o 0 V=tanh(2*V(b))", "R3 o b 10k"],
        ["R1 s b {r}", "D1 b 0 dx", ".model dx D(IS=1e-12)", "C1 b 0 1n", "R2 b 0 1k"],
        ["R1 s b {r}", "C1 b 0 1n", "R2 b 0 1k", "F1 0 b VS 0.1"],
        ["R1 s b {r}", "C1 b 0 1n", "R2 b 0 1k", "D1 s m dx", "R3 m 0 1k", ".model dx D(IS=1e-12)"],
    ],
    ids=["inductor", "diode", "current", "loop"],
)
def test_decks_of_elements_that_stand_for_others_are_members_too(tmp_path, cards):
    deck = tmp_path / "x.cir"
    deck.write_text("\n".join(["t", ".param r=1k", "VS s 0 DC 1", *cards, ".tran 1u 50u uic", ".end", ""]))
    values = np.array([1e3, 2e3, 3e3])
    many = simulate_many(deck, 3, parameters={"r": values}, tstop=5e-5, engine=Ensemble(rtol=1e-9))
    for k, r in enumerate(values.tolist()):
        one = simulate(deck, parameters={"r": r}, rtol=1e-10)
        assert many.states[:, k] == pytest.approx(one.states[:, -1], rel=1e-5, abs=1e-9)  # at rest
