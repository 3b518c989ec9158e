"""`analoghop op`: equilibria whose place and eigenvalues are known otherwise."""

import math
from pathlib import Path

import numpy as np
import pytest

from .conftest import ABOUT, FLIPFLOP, RING, Command

KEYS = {
    "deck",
    "title",
    "converged",
    "message",
    "equilibrium",
    "eigenvalues",
    "stable",
    "minimum",
    "energy",
    "residual",
    *ABOUT,
}


def test_stable_state_of_the_flipflop(command: Command) -> None:
    answer = command("op", FLIPFLOP, "--json")
    value = answer.value
    assert answer.code == 0
    assert set(value) == KEYS
    v = value["equilibrium"]["v(v1)"]
    assert v == pytest.approx(math.tanh(2 * v), abs=1e-12)
    # tau du/dt = -u + tanh(2 u'): the Jacobian's eigenvalues are (-1 -+ slope)/tau, slope = 2 (1 - v^2).
    slope = 2 * (1 - v * v)
    expected = [(-1 + slope) * 1e3, (-1 - slope) * 1e3]
    np.testing.assert_allclose([real for real, _ in value["eigenvalues"]], expected, rtol=1e-6)
    assert [imaginary for _, imaginary in value["eigenvalues"]] == [0.0, 0.0]
    assert (value["converged"], value["stable"], value["minimum"]) == (True, True, True)
    run = command("run", FLIPFLOP, "--json").value
    assert value["energy"] == pytest.approx(run["energy"]["final"], rel=1e-9)


def test_saddle_is_no_minimum(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "saddle.cir"
    deck.write_text(FLIPFLOP.read_text().replace("v(u1)=0.3 v(u2)=-0.2", "v(u1)=0 v(u2)=0"))
    answer = command("op", deck, "--json", "--include-dir", FLIPFLOP.parent)
    value = answer.value
    assert (answer.code, value["stable"], value["minimum"]) == (0, False, False)
    np.testing.assert_allclose([real for real, _ in value["eigenvalues"]], [1e3, -3e3], rtol=1e-9)
    assert "no minimum" in command("op", deck, "--include-dir", FLIPFLOP.parent).out


def test_what_never_rests_is_4(command: Command) -> None:
    answer = command("op", RING, "--json", "--time-limit", "0.5")
    assert (answer.code, answer.value["converged"], answer.value["stable"]) == (4, False, False)
    assert "no equilibrium" in answer.err


def test_no_operating_point_is_4(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "nowhere.cir"
    deck.write_text("x\nC1 u 0 1u\nR1 u 0 1k\nB1 0 u I=1+V(u)*V(u)\n.tran 1u 1m\n.end\n")
    answer = command("op", deck, "--json")
    assert (answer.code, answer.out) == (4, "")
    assert "no operating point" in answer.err


def test_noise_never_rests(command: Command) -> None:
    answer = command("op", FLIPFLOP.parent / "noise.cir")
    assert (answer.code, answer.out) == (3, "")
    assert answer.err.endswith("has noise and never comes to rest, so it has no equilibrium\n")


def test_an_input_that_never_rests_is_bad_input(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "sine.cir"
    deck.write_text("x\nV1 a 0 SIN(0 1 1k)\nR1 a b 1k\nC1 b 0 1u\n.tran 1u 1m uic\n.end\n")
    answer = command("op", deck)
    assert answer.code == 3
    assert "never comes to rest" in answer.err


def test_without_capacitors(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "divider.cir"
    deck.write_text("divider\nV1 in 0 3\nR1 in a 1k\nR2 a 0 2k\n.op\n.end\n")
    value = command("op", deck, "--json").value
    assert value["equilibrium"]["v(a)"] == pytest.approx(2)
    assert value["eigenvalues"] == []
    assert value["converged"] is True


def test_report(command: Command) -> None:
    out = command("op", FLIPFLOP).out
    for words in ("a stable equilibrium", "a minimum of the energy", "v(v1)", "957.504 mV", "-833.6"):
        assert words in out
