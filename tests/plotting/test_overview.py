from dataclasses import replace

import numpy as np
import pytest

from analoghop import simulate
from analoghop.plotting import overview, waveforms
from tests.plotting.runs import (
    assert_legible,
    converter,
    flip_flop,
    hundred,
    ladder,
    memory,
    oscillator,
    ring,
)

TITLE = "A deck whose title is rather long, with $dollars$ and a_{brace}, and goes on and on and on and on"


def panels(figure):
    return [ax.get_ylabel() for field in figure.subfigs for ax in field.axes]


@pytest.mark.parametrize("run", [flip_flop, converter, memory, hundred, ring, oscillator, ladder])
def test_pictures_are_legible(run):
    assert_legible(overview(run(), title=TITLE))


def test_a_flip_flop_shows_waveforms_energy_and_its_phase_plane():
    figure = overview(flip_flop())
    assert panels(figure) == ["output (V)", "input (V)", "energy (µW)", "v(u2) (V)"]


def test_many_amplifiers_show_a_heat_map_too():
    figure = overview(memory())
    assert panels(figure) == ["output number", "output (V)", "input (V)", "energy (mW)"]
    assert len(figure.subfigs[0].axes[0].get_images()) == 1


def test_without_an_energy_the_reason_stands_in_the_heading():
    figure = overview(oscillator())
    assert panels(figure)[:2] == ["output (V)", "state (V)"]
    assert "no energy: conductance between input nodes" in figure.get_suptitle().replace("\n", " ")


def test_a_circuit_without_amplifiers_shows_its_states():
    assert panels(overview(ladder()))[0] == "state (V)"


def test_chosen_signals_take_the_place_of_outputs_and_inputs():
    figure = overview(ring(), signals=["v(u1)", "v(v3)"])
    assert panels(figure)[0] == "voltage (V)"
    assert len(panels(figure)) == 2
    assert len(figure.subfigs[0].axes[0].get_lines()) == 2


def test_the_heading_has_title_outcome_and_size():
    run = replace(converter(), record={"title": "Converter"})
    assert overview(run).get_suptitle().split("\n")[0] == "Converter"
    lines = overview(run, title="Another").get_suptitle().split("\n")
    assert lines[0] == "Another"
    assert lines[1] == "time up at 20 ms, 4 states, 4 amplifiers, 1000 steps"


def test_panels_of_a_stack_share_one_time_axis():
    figure = overview(converter())
    axes = figure.subfigs[0].axes
    assert [ax.get_xlabel() for ax in axes] == ["", "", "time (ms)"]
    assert len({ax.get_xlim() for ax in axes}) == 1
    figure.canvas.draw()
    assert np.ptp([ax.bbox.x0 for ax in axes]) < 1
    assert np.ptp([ax.bbox.x1 for ax in axes]) < 1


@pytest.mark.parametrize(("tstop", "cut"), [(0.03, False), (3.0, True)])
def test_time_axes_show_where_something_happens(tstop, cut):
    figure = overview(simulate("circuits/flipflop.cir", tstop=tstop))
    ends = {ax.get_xlim()[1] for field in figure.subfigs[:1] for ax in field.axes}
    assert len(ends) == 1
    assert bool(ends.pop() < 0.02) is cut
    assert ("goes on at rest to 3" in figure.get_suptitle()) is cut


def test_saved_voltages_and_currents_have_a_panel_each():
    figure = overview(ladder(), signals=["i(v1)", "v(a)", "v(in)"])
    assert panels(figure)[:2] == ["current (mA)", "voltage (V)"]


def test_the_legend_keeps_the_order_that_is_asked_for_and_signals_keep_their_looks():
    solution = converter()
    plain, ordered = waveforms(solution), waveforms(solution, first=["v(v3)", "v(v2)"])
    assert [text.get_text() for text in ordered.get_legend().get_texts()][:2] == ["v(v3)", "v(v2)"]
    assert [line.get_color() for line in plain.get_lines()] == [
        line.get_color() for line in ordered.get_lines()
    ]
    chosen = waveforms(solution, signals=["v(v4)", "v(v2)", "v(v1)"])
    assert [text.get_text() for text in chosen.get_legend().get_texts()] == ["v(v4)", "v(v2)", "v(v1)"]
