"""`analoghop show`: the equations against what the deck's resistors and capacitors say."""

from pathlib import Path

import numpy as np
import pytest

from .conftest import DECKS, FLIPFLOP, RING, Command


def test_the_converters_matrices_from_its_formula(command: Command) -> None:
    answer = command("show", DECKS / "adc4.cir", "--json")
    value = answer.value
    assert answer.code == 0
    assert value["form"] == "network"
    assert value["states"] == [f"v(u{i})" for i in range(4)]
    powers = 2.0 ** np.arange(4)
    T = -1e-6 * np.outer(powers, powers)
    np.fill_diagonal(T, 0)
    np.testing.assert_allclose(value["T"], T, rtol=1e-12, atol=1e-18)
    np.testing.assert_allclose(value["G"], 1e-4)
    np.testing.assert_allclose(value["C"], 1e-7)
    np.testing.assert_allclose(value["bias"], 1e-6 * (10 * powers - powers**2 / 2), rtol=1e-12)
    np.testing.assert_allclose(value["time_constants"], 1e-3)
    assert [one["kind"] for one in value["amplifiers"]] == ["logistic"] * 4
    assert [one["gain"] for one in value["amplifiers"]] == [[500.0]] * 4
    assert [(one["low"], one["high"]) for one in value["amplifiers"]] == [(0.0, 1.0)] * 4
    assert value["symmetric"] is True
    assert value["theorem"] == {"applies": True, "name": "Hopfield 1984", "reasons": []}
    assert value["moving_inputs"] == 0


def test_asymmetry_is_named(command: Command) -> None:
    value = command("show", RING, "--json").value
    assert value["symmetric"] is False
    assert value["theorem"]["applies"] is False
    assert any("asymmetric" in reason for reason in value["theorem"]["reasons"])
    out = command("show", RING).out
    assert "not symmetric" in out
    assert "may rise: asymmetric coupling" in out


def test_a_general_circuit_shows_its_matrices_and_all_obstacles(command: Command) -> None:
    value = command("show", DECKS / "general.cir", "--json").value
    n, p, q = len(value["states"]), len(value["B"][0]), len(value["P"])
    assert value["form"] == "general"
    shapes = {"C": (n, n), "G": (n, n), "B": (n, p), "P": (q, n), "Q": (q, p)}
    assert {name: np.shape(value[name]) for name in shapes} == shapes
    assert value["symmetric"] is None
    assert len(value["theorem"]["reasons"]) > 1
    out = command("show", DECKS / "general.cir").out
    for reason in value["theorem"]["reasons"]:
        assert reason in out


def test_report_of_a_network(command: Command) -> None:
    out = command("show", FLIPFLOP).out
    for words in (
        "C du/dt = T v - G u + I",
        "T, symmetric (uS)",
        "100 nF",
        "tanh",
        "never rises (Hopfield 1984)",
    ):
        assert words in out


def test_large_tables_are_cut_on_the_screen_only(command: Command) -> None:
    deck = DECKS / "hopfield_tank10.cir"
    out = command("show", deck).out
    assert len(out.splitlines()) < 60
    assert "100 x 100 in all" in out
    assert np.shape(command("show", deck, "--json").value["T"]) == (100, 100)


def test_nothing_to_integrate(command: Command, tmp_path: Path) -> None:
    deck = tmp_path / "divider.cir"
    deck.write_text("divider\nV1 in 0 1\nR1 in a 1k\nR2 a 0 1k\n.end\n")
    answer = command("show", deck)
    assert answer.code == 0
    assert "no capacitor" in answer.out
    assert command("show", deck, "--json").value["states"] == []


def test_picture_of_the_coupling(command: Command, tmp_path: Path) -> None:
    plot = tmp_path / "T.svg"
    assert command("show", FLIPFLOP, "--plot", plot).code == 0
    assert plot.read_bytes().startswith(b"<?xml")
    assert command("show", FLIPFLOP, "--plot", tmp_path / "T.jpg").code == 3


def test_set_changes_the_equations(command: Command) -> None:
    value = command("show", FLIPFLOP, "--set", "gain=7", "--json").value
    assert [one["gain"] for one in value["amplifiers"]] == [[7.0], [pytest.approx(7.0)]]
