"""The circuits and formulas of the gallery against decks, instances and the package's own road."""

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from analoghop import TSP, Logistic, Memory, simulate
from analoghop.gallery.memories.amit_gutfreund_sompolinsky_1985 import mean_fields, phase_lines
from analoghop.gallery.memories.hopfield_1982 import couplings
from analoghop.gallery.memories.krotov_hopfield_2016 import wrong_bits
from analoghop.gallery.memories.ramsauer_2020 import on_sphere, update
from analoghop.gallery.problems.hopfield_tank_1985 import ten_cities
from analoghop.gallery.problems.tank_hopfield_1986_converter import BITS, converter
from analoghop.gallery.problems.tank_hopfield_1986_decomposition import decomposer
from analoghop.gallery.problems.tank_hopfield_1986_program import program
from analoghop.memory import DenseMemory
from analoghop.memory.theory import order_parameters

ROOT = Path(__file__).parents[2]
DECKS = ROOT / "circuits"


@pytest.mark.parametrize("x", [3.0, 10.0])
def test_the_converter_is_that_of_the_deck(x: float) -> None:
    deck = simulate(DECKS / "adc4.cir", parameters={"x": x, "steep": 5})
    own = simulate(converter(x, gain=5.0), x0=np.zeros(4), settle=True)
    assert own.outputs[:, -1] == pytest.approx([deck[f"v(v{k})"][-1] for k in range(4)], abs=2e-3)
    assert BITS @ np.rint(own.outputs[:, -1]) == x


def test_the_decomposer_is_that_of_the_deck() -> None:
    arms = np.exp(-np.square(np.array([2.5, 1.5, 0.5, 0.5, 1.5, 2.5])) / 2.0)
    e = np.zeros((4, 12))
    for k in range(4):
        e[k, 2 * k : 2 * k + 6] = arms
    disturbance = [0.1, -0.05, 0.02, -0.12, 0.15, 0.07, -0.1, 0.04, -0.08, 0.11, -0.03, 0.09]
    x = np.array([1.0, 0.0, 1.0, 1.0]) @ e + disturbance
    own = simulate(decomposer(e, x, gain=10.0), x0=np.zeros(4), settle=True)
    deck = simulate(DECKS / "signal_decomposition.cir")
    assert np.rint(own.outputs[:, -1]).tolist() == [round(float(deck[f"v(v{k})"][-1])) for k in (1, 2, 3, 4)]


def test_the_program_is_that_of_the_deck() -> None:
    own, deck = simulate(program(3.0, 5.0)), simulate(DECKS / "linear_program.cir")
    for node in ("v(x)", "v(y)"):
        assert own[node][-1] == pytest.approx(deck[node][-1], abs=1e-4)


def test_the_ten_cities_are_those_of_the_instance() -> None:
    instance = TSP.read(ROOT / "examples" / "instances" / "ht10.csv")
    assert ten_cities().distances == pytest.approx(instance.distances, abs=1e-12)


def test_the_couplings_of_1982_are_sums_of_outer_products_for_units_of_0_and_1() -> None:
    memory = Memory.random(6, 2, 0)
    V = (memory.patterns + 1) / 2
    T = sum(np.outer(2 * v - 1, 2 * v - 1) for v in V)
    np.fill_diagonal(T, 0.0)
    weights = couplings(memory)
    assert np.array_equal(weights.W, T)
    assert weights.units == "binary"
    assert not weights.threshold.any()


@pytest.mark.parametrize(("load", "temperature"), [(0.05, 0.2), (0.02, 0.6)])
def test_mean_fields_at_a_given_width_are_those_at_a_given_load(load: float, temperature: float) -> None:
    expected = order_parameters(load, temperature)
    found = mean_fields(np.array([np.sqrt(load * expected.r)]), temperature, retrieval=True)
    assert found.load[0] == pytest.approx(load, rel=1e-5)
    assert found.m[0] == pytest.approx(expected.m, abs=1e-6)


def test_the_energies_of_the_spin_glass_at_zero_temperature_are_those_of_the_formula() -> None:
    glass = mean_fields(np.linspace(0.9, 1.2, 5), 0.0, retrieval=False)
    assert glass.f == pytest.approx(-1 / np.pi - np.sqrt(2 * glass.load / np.pi), abs=1e-12)


def test_lines_of_the_phase_diagram_shrink_with_temperature() -> None:
    lines = [phase_lines(temperature) for temperature in (0.2, 0.5, 0.9)]
    assert all(lowest < largest for largest, lowest in lines)
    assert all(a > b for one, other in pairwise(lines) for a, b in zip(one, other, strict=True))


@pytest.mark.parametrize("degree", [2, 3, 4])
@pytest.mark.parametrize("flipped", [0, 3])
def test_wrong_bits_are_those_of_the_energy_of_both_signs(degree: int, flipped: int) -> None:
    neurons, count = 12, 40
    fast = wrong_bits(lambda a: a**degree, neurons, count, flipped, np.random.default_rng(5))
    rng = np.random.default_rng(5)
    wanted = rng.choice([-1.0, 1.0], neurons)
    s = wanted.copy()
    s[rng.permutation(neurons)[:flipped]] *= -1.0
    bits = np.unpackbits(np.frombuffer(rng.bytes(-(-(count - 1) * neurons // 8)), np.uint8))
    others = bits[: (count - 1) * neurons].reshape(-1, neurons) * 2.0 - 1.0
    X = np.vstack([wanted, others])
    wrong = 0
    for i in range(neurons):
        up, down = s.copy(), s.copy()
        up[i], down[i] = 1.0, -1.0
        wrong += (((X @ up) ** degree).sum() - ((X @ down) ** degree).sum()) * wanted[i] <= 0
    assert fast == wrong


def test_the_update_of_attention_is_that_of_dense_memories() -> None:
    memory = Memory.random(8, 5, 0)
    xi = on_sphere(3, 8, np.random.default_rng(0)).T
    new, p = update(memory.patterns, xi, 0.7)
    attention = DenseMemory(memory, beta=0.7).attention(memory.patterns @ xi)
    assert p == pytest.approx(attention)
    assert new == pytest.approx(memory.patterns.T @ attention)


def test_logistic_amplifiers_of_the_converter_have_the_steepness_of_the_exponent() -> None:
    assert converter(0.0, gain=5.0).amplifiers.value(np.full((4, 1), 0.2))[0, 0] == pytest.approx(
        float(Logistic().value(np.array(1.0)))
    )
