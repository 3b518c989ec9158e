"""Every deck does here what it says, and, where ngspice is installed, here what it does there."""

import re
import shutil
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from expectations import failures

from analoghop.analyses.edges import edge_shift
from analoghop.analyses.foreign import begun
from analoghop.analyses.response import ac
from analoghop.analyses.spectrum import noise
from analoghop.analyses.transfer import dc
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.netlist import read
from analoghop.circuit.ngspice import run_ngspice, run_ngspice_analysis
from analoghop.circuit.reduction.compile import compile_circuit
from analoghop.circuit.transient import transient
from analoghop.engines import ScipyIVP
from analoghop.engines.choice import engine_of
from analoghop.simulate import run_measured
from analoghop.solution import Solution
from analoghop.systems.circuits.lure import Lure

DECKS = sorted((Path(__file__).parents[2] / "circuits").glob("*.cir"))
# 100 amplifiers, each coupled to all others: ngspice takes minutes at tight tolerances.
LARGE = {"hopfield_tank10"}
NOISY = {"noise"}  # other noise in every program


@cache
def compiled(deck: Path) -> tuple[Circuit, Lure]:
    circuit = read(deck)
    return circuit, compile_circuit(circuit)


@cache
def run(deck: Path) -> tuple[Solution, dict[str, float | None]]:
    circuit, lure = compiled(deck)
    engine = ScipyIVP(rtol=1e-8, atol=1e-10) if lure.noise is None else engine_of("auto", lure)
    return run_measured(circuit, lure, transient(circuit, lure), engine)


def solved(deck: Path) -> Solution:
    return run(deck)[0]


@pytest.mark.parametrize("deck", DECKS, ids=lambda path: path.stem)
def test_deck_does_what_it_says(deck: Path) -> None:
    circuit, _ = compiled(deck)
    assert circuit.notices == ()
    solution, measured = run(deck)
    assert failures(deck.read_text(), solution, measured) == []


class Branches:
    """What `.dc` gives, here or in ngspice, as the expectations read it."""

    def __init__(self, values: np.ndarray, forward: dict[str, np.ndarray], backward: dict[str, np.ndarray]):
        self.times, self.branches = values, {"forward": forward, "backward": backward}

    def __getitem__(self, name: str) -> np.ndarray:
        way, _, signal = name.rpartition(" ")
        return self.branches[way][signal]


SWEPT = [deck for deck in DECKS if re.search(r"^\.dc ", deck.read_text(), re.MULTILINE)]


@pytest.mark.parametrize("deck", SWEPT, ids=lambda path: path.stem)
def test_sweep_does_what_the_deck_says(deck: Path) -> None:
    curve = dc(deck)
    ways = ({name: curve.branch(name, way) for name in curve.signals} for way in ("forward", "backward"))
    folds = {f"fold {fold.direction}": fold.value for fold in curve.folds}
    run = Branches(curve.values, *ways)
    assert failures(deck.read_text(), run, {**curve.measurements, **folds}, "dc") == []


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.parametrize("deck", SWEPT, ids=lambda path: path.stem)
def test_sweep_does_in_ngspice_what_the_deck_says(deck: Path) -> None:
    circuit, curve = compiled(deck)[0], dc(deck)
    ways = []
    (swept,) = circuit.dc
    for one, at in ((swept, 0), (swept._replace(start=swept.stop, stop=swept.start, step=-swept.step), -1)):
        asked = replace(begun(circuit, curve.signals, curve.forward[0, :, at]), dc=(one,))
        (table, *_), _ = run_ngspice_analysis(asked, "dc")
        turn = 1 if at == 0 else -1
        ways.append({name: table[name][::turn] for name in table.names})
        values = table.data[0][::turn]
    # ngspice does not tell where a fold is, and measures what it has swept last.
    text = "\n".join(line for line in deck.read_text().splitlines() if not re.search("dc (fold|meas)", line))
    assert failures(text, Branches(values, *ways), {}, "dc") == []


class Columns:
    """What `.ac` or `.noise` gives, here or in ngspice, as the expectations read it."""

    def __init__(self, frequencies: np.ndarray, columns: dict[str, np.ndarray]):
        self.times, self.columns = frequencies, columns

    def __getitem__(self, name: str) -> np.ndarray:
        return np.abs(self.columns[name])


LINEARISED = [deck for deck in DECKS if re.search(r"^\.(ac|noise) ", deck.read_text(), re.MULTILINE)]


@pytest.mark.parametrize("deck", LINEARISED, ids=lambda path: path.stem)
def test_small_signals_and_noise_are_what_the_deck_says(deck: Path) -> None:
    small, found = ac(deck), noise(deck)
    run = Columns(small.frequencies, {name: small[name] for name in small.signals})
    assert failures(deck.read_text(), run, small.measurements, "ac") == []
    run = Columns(found.frequencies, {name: found.table[name] for name in found.table.names})
    assert failures(deck.read_text(), run, {"onoise_total": found.output_rms}, "noise") == []


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.parametrize("deck", LINEARISED, ids=lambda path: path.stem)
def test_small_signals_and_noise_in_ngspice_are_what_the_deck_says(deck: Path) -> None:
    (table, *_), measured = run_ngspice_analysis(compiled(deck)[0], "ac")
    run = Columns(table.data[0].real, {name: table[name] for name in table.names})
    assert failures(deck.read_text(), run, measured, "ac") == []
    (densities, totals), _ = run_ngspice_analysis(compiled(deck)[0], "noise")
    run = Columns(densities.data[0], {name: densities[name] for name in densities.names})
    total = {"onoise_total": float(totals["v(onoise_total)"][0])}
    assert failures(deck.read_text(), run, total, "noise") == []


@pytest.mark.parametrize("deck", DECKS, ids=lambda path: path.stem)
def test_energy_falls_and_balances(deck: Path) -> None:
    energy = solved(deck).energy
    if energy is None:
        pytest.skip("no energy is claimed")
    assert energy.balance_error < 1e-6
    if energy.guaranteed:
        assert energy.drop > 0
        assert energy.largest_rise < 1e-9 * energy.drop


JUMPING = {"thermostat": 1e-7}
"""Decks whose signals jump, which ngspice does at the end of a step: how far apart in time, in s."""
RINGING = {"v(rate)"}
"""Signals that ring in ngspice, where currents into capacitors swing after a jump."""


@pytest.mark.ngspice
@pytest.mark.skipif(shutil.which("ngspice") is None, reason="ngspice is not installed")
@pytest.mark.parametrize(
    "deck", [deck for deck in DECKS if deck.stem not in LARGE | NOISY], ids=lambda path: path.stem
)
def test_voltages_agree_with_ngspice(deck: Path) -> None:
    waves = run_ngspice(deck, tight=True)
    _, lure = compiled(deck)
    assert lure.start is not None
    times, rows = np.unique(np.concatenate([[0.0], waves.times]), return_inverse=True)
    solution = ScipyIVP(rtol=1e-9).integrate(lure, lure.start, times)
    voltages = [name for name in waves.signals if name.startswith("v(") and name not in RINGING]
    assert set(voltages) <= set(solution.signals)
    ours = solution.observe(voltages)[:, rows[1:]]
    deviations = [np.abs(own - waves[name]).max() for own, name in zip(ours, voltages, strict=True)]
    if deck.stem in JUMPING:
        shifts = [
            edge_shift(waves.times, own, waves[name], 1e-4 * float(np.ptp(waves[name])))
            for own, name in zip(ours, voltages, strict=True)
        ]
        assert all(shift is not None and shift < JUMPING[deck.stem] for shift in shifts)
    else:
        assert max(deviations) < 1e-5
