"""The circuits: energies, the binary limit, what they recall, and the laws of every encoding."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analoghop import simulate
from analoghop.errors import InputError
from analoghop.memory.circuits.continuous import PairsFormulation, pair_circuit
from analoghop.memory.circuits.heteroassociation import bidirectional, hetero, paired, sequence_circuit
from analoghop.memory.circuits.modern import OneLayer, TwoLayers, one_layer, two_layer
from analoghop.memory.cues import make_cues
from analoghop.memory.dense import DenseMemory
from analoghop.memory.discrete.discrete_run import discrete_run
from analoghop.memory.patterns import Memory
from analoghop.memory.rules import hebbian, pseudo_inverse
from analoghop.memory.weights import Weights
from analoghop.simulate_many import simulate_many
from analoghop.solution import Status

FORMS = [
    PairsFormulation(),
    PairsFormulation("pseudo-inverse", units="binary"),
    PairsFormulation(amplifier="morita"),
    TwoLayers(),
    TwoLayers("polynomial", degree=4.0),
    OneLayer(),
    OneLayer("polynomial", degree=4.0),
]


def name(form):
    return "-".join(str(v) for v in (form.name, *vars(form).values()) if isinstance(v, str))


def recalled(circuit, cues, **options):
    run = simulate_many(circuit.system, x0=circuit.begin(cues), tstop=circuit.patience, **options)
    return circuit.signs(run.states), run


@pytest.mark.parametrize("form", FORMS, ids=name)
def test_every_circuit_recalls_its_patterns(form):
    memory = Memory.random(40, 3, 1)
    circuit = form.encode(memory)
    cues = make_cues(memory, noise=0.15)
    signs, run = recalled(circuit, cues.values)
    np.testing.assert_array_equal(signs, memory.patterns.T)
    assert run.has(Status.SETTLED).all()
    # A stored pattern is a fixed point: from itself nothing changes.
    signs, run = recalled(circuit, memory.patterns.T)
    np.testing.assert_array_equal(signs, memory.patterns.T)
    assert [raw.answer.tolist() for raw in circuit.decode(run.outputs)] == memory.patterns.tolist()


@pytest.mark.parametrize("form", FORMS, ids=name)
def test_decode_inverts_embed(form):
    memory = Memory.random(30, 3, 1)
    circuit = form.encode(memory)
    for pattern in memory.patterns:
        (raw,) = circuit.decode(circuit.embed(pattern))
        np.testing.assert_array_equal(raw.answer, pattern)
        assert memory.verify(raw.answer).valid
    wrong = memory.patterns[0].copy()
    wrong[:2] *= -1
    if circuit.middle is not None:
        (raw,) = circuit.decode(circuit.embed(wrong))
        assert raw.answer is None
        assert raw.violations == {"wrong bits": 2}


@pytest.mark.parametrize("form", [f for f in FORMS if "morita" not in name(f)], ids=name)
def test_the_energy_falls_where_a_theorem_says_so(form):
    memory = Memory.random(24, 3, 2)
    circuit = form.encode(memory)
    x0 = circuit.begin(make_cues(memory, noise=0.3).values[:, :1])[:, 0]
    run = simulate(circuit.system, x0=x0, tstop=20 * circuit.tau)
    assert circuit.system.theorem.applies
    expected = "reciprocal circuit" if form.name == "one-layer" else "Hopfield 1984"
    assert circuit.system.theorem.name == expected
    assert run.energy.guaranteed
    assert run.energy.largest_rise <= 1e-9 * run.energy.drop
    assert run.energy.balance_error < 1e-5


def test_no_energy_is_claimed_for_the_others():
    memory = Memory.random(24, 3, 2)
    assert "not monotone" in PairsFormulation(amplifier="morita").encode(memory).system.theorem.reason
    assert "asymmetric" in PairsFormulation("krauth-minsky").encode(memory).system.theorem.reason
    assert "asymmetric" in sequence_circuit(memory).system.theorem.reason
    circuit = pair_circuit(paired(memory, memory), hetero(memory, memory))
    assert "asymmetric" in circuit.system.theorem.reason


@given(st.integers(0, 2**32 - 1), st.sampled_from(["bipolar", "binary"]))
@settings(max_examples=15)
def test_at_high_gain_the_rests_are_those_of_the_binary_model(seed, units):
    rng = np.random.default_rng(seed)
    n = 7
    W = rng.normal(size=(n, n))
    W = (W + W.T) * (1 - np.eye(n))
    threshold = 0.3 * rng.normal(size=n)
    weights = Weights(W, threshold).converted(units)
    every = np.array(np.meshgrid(*[[-1.0, 1.0]] * n)).reshape(n, -1)
    h = Weights(W, threshold).field(every)
    if np.abs(h).min() < 0.02:  # a field that small needs more gain than is given here
        return
    binary = {tuple(s) for s in every[:, (h * every > 0).all(axis=0)].T}
    circuit = pair_circuit(Memory(every.T), weights, gain=2000.0)
    signs, run = recalled(circuit, every)
    settled = run.has(Status.SETTLED)
    assert settled.mean() > 0.9
    assert {tuple(s) for s in signs[:, settled].T} <= binary
    # And each of them is one of the circuit's, from itself.
    rests = np.array(sorted(binary)).T
    signs, _ = recalled(circuit, rests)
    np.testing.assert_array_equal(signs, rests)
    np.testing.assert_array_equal(discrete_run(weights, rests).states, rests)


def test_units_of_zero_and_one_follow_the_same_trajectory():
    memory = Memory.random(20, 2, 0)
    cue = make_cues(memory, noise=0.2).values[:, 0]
    weights = hebbian(memory)
    times = np.linspace(0, 0.01, 30)
    runs = []
    for each in (weights, weights.converted("binary")):
        circuit = pair_circuit(memory, each, gain=5.0)
        runs.append(simulate(circuit.system, x0=circuit.begin(cue[:, None])[:, 0], times=times))
    np.testing.assert_allclose(runs[1].outputs, 0.5 + 0.5 * runs[0].outputs, atol=1e-5)


def test_low_gain_forgets():
    memory = Memory.random(100, 5, 0)
    for gain, remembered in ((0.9, False), (20.0, True)):
        circuit = PairsFormulation(gain=gain).encode(memory)
        _, run = recalled(circuit, memory.patterns.T, settle=False)
        assert (np.abs(run.outputs).mean() > 0.9) == remembered


def test_morita_recalls_beyond_hebbs_capacity_and_says_when_it_does_not():
    memory = Memory.random(300, 75, 0)
    circuit = PairsFormulation(amplifier="morita").encode(memory)
    wanted = list(range(4))
    signs, run = recalled(circuit, make_cues(memory, wanted, noise=0.25).values)
    np.testing.assert_array_equal(signs, memory.patterns[wanted].T)
    assert run.has(Status.SETTLED).mean() >= 0.8
    assert (
        discrete_run(hebbian(memory), memory.patterns[wanted].T).states != memory.patterns[wanted].T
    ).any()
    memory = Memory.random(200, 100, 0)
    _, run = recalled(
        PairsFormulation(amplifier="morita").encode(memory), make_cues(memory, [0, 1], noise=0.25).values
    )
    assert not run.has(Status.SETTLED).any()


def test_modern_memories_hold_many_more_patterns_than_neurons():
    memory = Memory.random(50, 500, 0)
    cues = make_cues(memory, list(range(20)), noise=0.2)
    for form in (OneLayer(), TwoLayers()):
        signs, _ = recalled(form.encode(memory), cues.values)
        assert (signs == memory.patterns[:20].T).all(axis=0).mean() >= 0.95


def test_both_forms_of_the_dense_memory_rest_in_the_same_patterns():
    dense = DenseMemory(Memory.random(30, 12, 0), "exponential", beta=0.8)
    cues = make_cues(dense.memory, noise=0.2).values
    one, two = one_layer(dense), two_layer(dense)
    np.testing.assert_array_equal(recalled(one, cues)[0], recalled(two, cues)[0])


def test_answers_are_recalled_from_keys_and_keys_from_answers():
    keys, answers = Memory.random(60, 5, 0), Memory.random(30, 5, 1)
    both = paired(keys, answers)
    for rule, erased in (
        (hetero, slice(60, None)),
        (bidirectional, slice(60, None)),
        (bidirectional, slice(60)),
    ):
        cue = both.patterns.T.copy()
        cue[erased] = 0.0
        signs, _ = recalled(pair_circuit(both, rule(keys, answers)), cue)
        assert (signs == both.patterns.T).mean() > 0.97


def test_a_sequence_goes_through_its_patterns_in_order():
    memory = Memory.random(60, 4, 3)
    circuit = sequence_circuit(memory)
    run = simulate(circuit.system, x0=circuit.begin(memory.patterns[:1].T)[:, 0], tstop=circuit.duration)
    overlaps = memory.overlaps(circuit.signs(run.states))
    visited = [int(overlaps[:, 0].argmax())]
    for column in overlaps.T:
        best = int(column.argmax())
        if column[best] > 0.95 and best != visited[-1]:
            visited.append(best)
    assert len(visited) >= 5
    assert visited == [k % 4 for k in range(len(visited))]


def test_pictures_name_their_pixels():
    memory = Memory(Memory.random(6, 2, 0).patterns, (2, 3))
    assert PairsFormulation().encode(memory).system.signal_names[:4] == (
        "v(u1_1)",
        "v(u1_2)",
        "v(u1_3)",
        "v(u2_1)",
    )
    assert TwoLayers().encode(memory).system.signal_names[5:8] == ("v(u2_3)", "v(um1)", "v(um2)")


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda m: pair_circuit(m, hebbian(Memory.random(5, 1, 0))), "the weights are those of 5 units"),
        (lambda m: pair_circuit(m, pseudo_inverse(m), gain=0.0), "`gain` is 0, expected a positive number"),
        (lambda m: pair_circuit(m, pseudo_inverse(m), amplifier="step"), "`amplifier` is tanh or morita"),
        (lambda m: PairsFormulation(amplifier="morita", units="binary").encode(m), "for bipolar units"),
        (lambda m: PairsFormulation(pattern=3).encode(m), "`pattern` is 3, expected 1 to 2"),
        (lambda m: two_layer(DenseMemory(m), tau=0.0), "`tau` is 0, expected a positive number"),
        (lambda m: one_layer(DenseMemory(m), tau=-1.0), "`tau` is -1, expected a positive number"),
        (lambda m: sequence_circuit(m, strength=1.0), "stays in its first pattern"),
        (lambda m: sequence_circuit(m, delay=0.0), "`delay` is 0, expected a positive number"),
    ],
)
def test_bad_options(make, message):
    with pytest.raises(InputError, match=message):
        make(Memory.random(8, 2, 0))
