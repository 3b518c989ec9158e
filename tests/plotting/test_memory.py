"""Pictures of memories hold what was measured."""

import numpy as np
import pytest

from analoghop.errors import InputError
from analoghop.formats.memories.columns import Columns
from analoghop.memory.circuits.heteroassociation import sequence_circuit
from analoghop.memory.cues import make_cues
from analoghop.memory.models import compare
from analoghop.memory.patterns import Memory
from analoghop.memory.recipe import MemoryRecipe
from analoghop.memory.studies.correction import correction as corrected
from analoghop.memory.studies.heat import heat
from analoghop.memory.studies.recall_rates import basin, capacity, faults, gain
from analoghop.memory.studies.sequence import visits
from analoghop.memory.studies.trials import PatternSource
from analoghop.plotting import save_figure
from analoghop.plotting.memories.recalls import comparison, correction, recalls, sequence
from analoghop.plotting.memories.studies import study
from tests.plotting.runs import assert_legible

MEMORY = Memory(Memory.random(30, 3, 1).patterns, (5, 6))
BINARY = MemoryRecipe(model="binary")
SOURCE = PatternSource(60)


def test_recalls_show_pattern_cue_and_outcome():
    recall = BINARY.build(MEMORY).recall(make_cues(MEMORY, [0, 1], noise=0.2))
    figure = recalls(recall)
    images = [ax.images[0].get_array() for ax in figure.axes]
    assert len(images) == 6
    np.testing.assert_array_equal(images[0], -MEMORY.patterns[0].reshape(5, 6))
    np.testing.assert_array_equal(images[2], -recall.cues.values[:, 0].reshape(5, 6))
    np.testing.assert_array_equal(images[5], -recall.signs[:, 1].reshape(5, 6))
    assert figure.axes[4].get_title(loc="center") in ("correct", "mixture", "unknown")
    assert "2 of" not in figure.get_suptitle()
    with pytest.raises(InputError, match="no cue has been finished"):
        recalls(recall, [])


def test_a_line_of_bits_is_drawn_as_a_square(tmp_path):
    memory = Memory.random(30, 12, 0)
    figure = recalls(BINARY.build(memory).recall(make_cues(memory)))
    assert figure.axes[0].images[0].get_array().shape == (5, 6)
    assert "4 more not drawn" in figure.get_suptitle()
    save_figure(figure, tmp_path / "r.png")
    assert_legible(figure)


def test_every_cue_is_a_point_of_the_comparison(tmp_path):
    done = compare(MemoryRecipe(temperature=0.2).side_by_side(MEMORY), make_cues(MEMORY, noise=0.3))
    ax = comparison(done)
    save_figure(ax.get_figure(root=True), tmp_path / "c.png")
    assert_legible(ax.get_figure(root=True))
    assert sum(len(line.get_xdata()) for line in ax.lines) == 9
    drawn = np.sort(np.concatenate([line.get_ydata() for line in ax.lines]))
    np.testing.assert_allclose(drawn, np.sort(np.concatenate([r.overlaps for r in done])))
    assert [t.get_text() for t in ax.get_xticklabels()] == ["continuous", "binary", "stochastic"]
    with pytest.raises(InputError, match="no recalls"):
        comparison([])


def test_circuits_and_sweeps_have_axes_of_their_own(tmp_path):
    cues = make_cues(MEMORY, noise=0.2)
    runs = {model.name: corrected(model, cues) for model in MemoryRecipe().side_by_side(MEMORY)[:2]}
    figure = correction(runs, MEMORY.shape)
    save_figure(figure, tmp_path / "c.png")
    assert_legible(figure)
    labels = [ax.get_xlabel() for ax in figure.axes if ax.get_xlabel()]
    assert labels == ["time (ms)", "sweeps"]
    save_figure(figure, tmp_path / "c.png")
    curve = next(ax for ax in figure.axes if ax.get_xlabel() == "sweeps").lines[0]
    np.testing.assert_allclose(curve.get_ydata(), runs["binary"].hamming.mean(axis=1))
    with pytest.raises(InputError, match="no run"):
        correction({}, (5, 6))


def test_visits_of_a_sequence_are_numbered(tmp_path):
    memory = Memory.random(60, 4, 3)
    found = visits(sequence_circuit(memory))
    ax = sequence(found)
    assert [text.get_text() for text in ax.texts] == [str(visit.pattern + 1) for visit in found.visits]
    assert len(ax.lines) == 4
    figure = ax.get_figure()
    save_figure(figure, tmp_path / "s.png")
    assert_legible(figure)


@pytest.mark.parametrize(
    ("columns", "x", "y"),
    [
        (capacity(BINARY, SOURCE, [3, 9, 15], trials=4), "load", "overlap"),
        (capacity(MemoryRecipe(model="stochastic"), SOURCE, [3], trials=4), "load", "overlap"),
        (basin(BINARY, SOURCE, [3], [0.1, 0.4], trials=4), "start", "correct"),
        (gain(MemoryRecipe(), SOURCE, 3, [1.0, 50.0], trials=2), "gain", "overlap"),
        (heat(SOURCE, 2, [0.2, 0.8], sweeps=10, warm_up=2, sets=2), "temperature", "overlap"),
        (faults(BINARY, SOURCE, 3, [0.0, 0.5], trials=2), "fraction", "overlap"),
    ],
    ids=["capacity", "hot capacity", "basin", "gain", "heat", "faults"],
)
def test_studies_show_their_numbers(tmp_path, columns, x, y):
    ax = study(columns)
    shown = [set(zip(*line.get_data(), strict=True)) for line in ax.lines]
    assert set(zip(columns[x].tolist(), columns[y].tolist(), strict=True)) in [
        {(float(a), float(b)) for a, b in points} for points in shown
    ]
    figure = ax.get_figure(root=True)
    save_figure(figure, tmp_path / "s.png", columns.record)
    assert_legible(figure)
    assert "N = 60" in ax.get_title(loc="left")
    assert (tmp_path / "s.png").stat().st_size > 5000


def test_other_columns_are_no_study():
    with pytest.raises(InputError, match="not a study of a memory"):
        study(Columns({"a": [1.0]}))
