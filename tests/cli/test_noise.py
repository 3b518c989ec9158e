"""Decks with noise on the command line: the engine, the seeds, and what is refused."""

from pathlib import Path

import numpy as np
import pytest

from .conftest import DECKS, FLIPFLOP, Command

NOISE = DECKS / "noise.cir"


def test_a_run_takes_fixed_steps_of_the_noise_of_its_seed(command: Command) -> None:
    one, again, other = (
        command("run", NOISE, "--seed", seed, "--tstop", "5m", "--json").value for seed in (1, 1, 2)
    )
    assert one["final"] == again["final"]
    assert one["final"]["v(u1)"] != other["final"]["v(u1)"]
    assert one["counts"]["steps"] == one["counts"]["evaluations"] == 50
    assert one["energy"] is None
    shown = command("run", NOISE, "--tstop", "5m")
    assert "50 steps, 50 evaluations (exponential)" in shown.out
    assert "noise: guaranteed only without noise" in shown.out
    euler = command("run", NOISE, "--tstop", "5m", "--method", "euler")
    assert "(euler)" in euler.out


def test_a_noisy_run_says_why_it_has_no_energy(command: Command) -> None:
    answer = command("run", NOISE, "--tstop", "1m", "--json")
    assert "the energy of a run with noise is not followed" in answer.err


def test_many_starts_of_a_noisy_deck(command: Command) -> None:
    value = command("run", NOISE, "--starts", 40, "--seed", 3, "--json", "--quiet").value
    best = value["attractors"][0]
    assert best["count"] > 30
    assert best["final"]["v(v1)"] > 0.99
    threaded = command("run", NOISE, "--starts", 40, "--seed", 3, "--threads", 2, "--json", "--quiet").value
    assert threaded["attractors"] == value["attractors"]


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("run", NOISE, "--engine", "scipy"), 3, "use the engine Ensemble(method='exponential')"),
        (("run", NOISE, "--engine", "fused", "--starts", 3), 3, "use Ensemble(method='exponential')"),
        (("run", NOISE, "--method", "DOPRI5", "--starts", 3), 2, "does not fit a deck with noise"),
        (("run", NOISE, "--method", "LSODA"), 2, "use auto, exponential, euler"),
        (("run", NOISE, "--rtol", "1e-9"), 2, "`--rtol` does not fit a deck with noise"),
        (("run", NOISE, "--settle"), 2, "`--settle` does not fit a deck with noise"),
        (("run", NOISE, "--settle", "--starts", 3), 2, "`--settle` does not fit a deck with noise"),
        (("run", FLIPFLOP, "--method", "euler"), 2, "is for decks with noise, or for many starts"),
        (("compare", NOISE), 3, "v1 is a source of noise, another one in every run"),
    ],
)
def test_what_does_not_fit_is_refused(
    command: Command, words: tuple[object, ...], code: int, message: str
) -> None:
    answer = command(*words)
    assert answer.code == code
    assert message in answer.err


def test_fixed_steps_for_many_starts_without_noise(command: Command) -> None:
    words = ("run", FLIPFLOP, "--starts", 20, "--seed", 3, "--json", "--quiet")
    fixed, free = (command(*words, "--method", method).value for method in ("exponential", "DOPRI5"))
    assert [one["count"] for one in fixed["attractors"]] == [one["count"] for one in free["attractors"]]


def test_the_equations_show_the_noise(command: Command) -> None:
    value = command("show", NOISE, "--json").value
    density = 525e-6 * np.sqrt(20e-6) / 100e-9
    assert value["noise"] == pytest.approx([density, density])
    assert "V/sqrt(s)" in command("show", NOISE).out
    assert command("show", FLIPFLOP, "--json").value["noise"] is None


@pytest.mark.ngspice
def test_thermal_noise_is_left_out_of_a_comparison(command: Command, tmp_path: Path) -> None:
    import shutil

    if shutil.which("ngspice") is None:
        pytest.skip("ngspice is not installed")
    deck = tmp_path / "hot.cir"
    deck.write_text(FLIPFLOP.read_text().replace(".end\n", "*!analoghop johnson 85\n.end\n"))
    assert command("show", deck, "--json").value["noise"] is not None
    answer = command("compare", deck, "--json")
    assert answer.code == 0
    assert "without the noise of the resistors" in answer.err
    assert answer.value["largest"] < 1e-4
