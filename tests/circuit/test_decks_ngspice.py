import shutil
from pathlib import Path

import numpy as np
import pytest
from expectations import failures

from analoghop.circuit.ngspice import run_ngspice

DECKS = Path(__file__).parents[2] / "circuits"
BORDERS = ["wa-nt", "wa-sa", "nt-sa", "nt-q", "sa-q", "sa-nsw", "sa-vic", "q-nsw", "nsw-vic"]

pytestmark = [
    pytest.mark.ngspice,
    pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed"),
]


COARSER = {"hopfield_tank10": (".tran 2.5e-10 6e-07", ".tran 1e-09 6e-07")}
"""ngspice steps no further than a printed step: four times as far gives the same ends, at a third of the
cost."""


@pytest.mark.parametrize("deck", sorted(DECKS.glob("*.cir")), ids=lambda path: path.stem)
def test_deck_does_in_ngspice_what_it_says(deck: Path, tmp_path: Path) -> None:
    if deck.stem in COARSER:
        text, (fine, coarse) = deck.read_text(), COARSER[deck.stem]
        assert fine in text
        deck = tmp_path / deck.name
        deck.write_text(text.replace(fine, coarse))
    run = run_ngspice(deck, timeout=120)
    measurements = run.record["measurements"]
    assert isinstance(measurements, dict)
    assert failures(deck.read_text(), run, measurements) == []


def test_converter_reads_every_integer() -> None:
    for x in range(16):
        run = run_ngspice(DECKS / "adc4.cir", overrides={"x": x})
        assert [run[f"v{i}"][-1] > 0.5 for i in range(4)] == [bool(x >> i & 1) for i in range(4)]


@pytest.mark.parametrize("digits", [(0, 0, 0, 0), (1, 1, 0, 0), (0, 1, 0, 1), (1, 1, 1, 1), (0, 1, 1, 0)])
def test_decomposition_finds_the_pulses(digits: tuple[int, ...]) -> None:
    overrides = {f"a{k}": digit for k, digit in enumerate(digits, 1)}
    run = run_ngspice(DECKS / "signal_decomposition.cir", overrides=overrides)
    assert tuple(int(run[f"v{k}"][-1] > 0.5) for k in range(1, 5)) == digits


def test_neighbours_differ_in_colour() -> None:
    run = run_ngspice(DECKS / "australia.cir")
    states = {state for border in BORDERS for state in border.split("-")} | {"tas"}
    shares = {state: np.array([run[f"{state}{colour}"][-1] for colour in (1, 2, 3)]) for state in states}
    assert all(share.max() > 0.9 and abs(share.sum() - 1) < 1e-9 for share in shares.values())
    colours = {state: int(share.argmax()) for state, share in shares.items()}
    assert all(colours[a] != colours[b] for a, b in (border.split("-") for border in BORDERS))


@pytest.mark.parametrize("kind", ["tanh_amp", "logistic_amp"])
@pytest.mark.parametrize("form", ["", "_rout", "_pole", "_real"])
def test_every_amplifier_of_the_library(tmp_path: Path, kind: str, form: str) -> None:
    parameters = {"gain": 4.0, "vsat": 2.0, "offset": 0.3}
    parameters |= {"rout": 1e3} if form in ("_rout", "_real") else {}
    parameters |= {"pole": 1e-4} if form in ("_pole", "_real") else {}
    given = " ".join(f"{name}={value}" for name, value in parameters.items())
    deck = f"""one amplifier
.include amplifiers.lib
Vin in 0 PULSE(-1 1 0 1m 1m 1m 10m)
Xa in out outn {kind}{form} PARAMS: {given}
Rl out 0 3k
Rn outn 0 3k
.tran 1u 1m
.end
"""
    (tmp_path / "deck.cir").write_text(deck)
    run = run_ngspice(tmp_path / "deck.cir", tight=True)
    z = 4.0 * (run["in"] - 0.3) / 2.0
    ideal = 2.0 * np.tanh(z) if kind == "tanh_amp" else 2.0 / (1.0 + np.exp(-4.0 * z))
    load = 0.75 if form in ("_rout", "_real") else 1.0
    if form in ("_pole", "_real"):
        slope = np.gradient(run["out"] / load, run.times)
        np.testing.assert_allclose((run["out"] / load + 1e-4 * slope)[2:-2], ideal[2:-2], atol=2e-3)
    else:
        np.testing.assert_allclose(run["out"], load * ideal, atol=1e-7)
    np.testing.assert_allclose(run["outn"], -run["out"], atol=1e-9)
