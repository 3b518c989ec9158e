import subprocess
import sys

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.figure import Figure
from numpy.testing import assert_allclose, assert_array_equal

from analoghop.errors import InputError
from analoghop.plotting import waveforms
from analoghop.solution import Solution, Status
from tests.plotting.runs import (
    FILTER,
    assert_legible,
    compiled,
    converter,
    flip_flop,
    hundred,
    ladder,
    network,
    oscillator,
    ring,
    solve,
)


def legend(ax):
    return [text.get_text() for text in ax.get_legend().get_texts()]


def drawn(ax):
    return {line.get_label(): line.get_xydata() for line in ax.get_lines()}


def test_outputs_are_drawn_in_si_units_with_a_prefix_in_the_label():
    solution = flip_flop()
    ax = waveforms(solution)
    lines = drawn(ax)
    assert list(lines) == ["v(v1)", "v(v2)"]
    for k, line in enumerate(lines.values()):
        assert_array_equal(line[:, 0], solution.times)
        assert_allclose(line[:, 1], np.tanh(2.0 * solution.states[k]), rtol=1e-13)
    assert ax.get_xlabel() == "time (ms)"
    assert ax.get_ylabel() == "output (V)"
    assert ax.get_xlim() == (0.0, 20e-3)


def test_inputs_are_the_states():
    solution = ring()
    ax = waveforms(solution, signals="inputs")
    assert_array_equal([line[:, 1] for line in drawn(ax).values()], solution.states)
    assert ax.get_ylabel() == "input (V)"


def test_states_of_a_circuit_that_is_no_network_are_called_states():
    assert waveforms(oscillator(), signals="inputs").get_ylabel() == "state (V)"


def test_outputs_of_a_deck_are_named_after_the_nodes_that_they_drive():
    assert sorted(drawn(waveforms(oscillator()))) == ["v(v1)", "v(v2)"]


@pytest.mark.parametrize("signals", ["v(u2)", "u2", ["V( u2 )"]])
def test_signals_are_chosen_by_name(signals):
    solution = flip_flop()
    ax = waveforms(solution, signals=signals)
    (line,) = ax.get_lines()
    assert line.get_label() == "v(u2)"
    assert_array_equal(line.get_ydata(), solution.states[1])
    assert ax.get_ylabel() in ("voltage (V)", "voltage (mV)")


def test_currents_have_their_own_unit():
    ax = waveforms(ladder(), signals="i(v1)")
    assert ax.get_ylabel() == "current (mA)"
    (line,) = ax.get_lines()
    # Before the pulse ends nearly all of its 1 V has been shared out: the current is what R1 carries.
    solution = ladder()
    v_in, v_a = solution.observe(["v(in)", "v(a)"])
    assert_allclose(line.get_ydata(), -(v_in - v_a) / 1e3, atol=1e-12)


def test_voltages_and_currents_do_not_mix():
    with pytest.raises(InputError, match="voltages and currents"):
        waveforms(ladder(), signals=["v(a)", "i(v1)"])


def test_unknown_signals_are_named_with_what_is_close():
    with pytest.raises(InputError, match=r"no signal 'v\(u3\)'.*v\(u[12]\)"):
        waveforms(flip_flop(), signals=["v(u1)", "v(u3)"])
    with pytest.raises(InputError, match="names no signal"):
        waveforms(flip_flop(), signals=[])


def test_without_amplifiers_the_states_are_drawn():
    assert list(drawn(waveforms(ladder()))) == ["v(a)", "v(b)"]
    with pytest.raises(InputError, match="no amplifiers"):
        waveforms(ladder(), signals="outputs")


def test_the_legend_lists_the_signals_from_top_to_bottom_as_they_end():
    assert legend(waveforms(converter()))[0] in ("v(v2)", "v(v4)")
    assert legend(waveforms(converter()))[-1] == "v(v3)"


@pytest.mark.parametrize("run", [flip_flop, converter, hundred, ring, ladder])
def test_pictures_are_legible(run):
    assert_legible(waveforms(run()).figure)


def test_ten_signals_have_ten_looks():
    solution = solve(network(np.zeros((10, 10)), 1.0), np.ones(10), np.linspace(0, 1e-3, 11))
    lines = waveforms(solution).get_lines()
    assert len({(line.get_color(), str(line._dash_pattern)) for line in lines}) == 10


def test_many_signals_are_grouped_by_where_they_end():
    solution = hundred()
    ax = waveforms(solution)
    assert len(ax.get_lines()) == 100
    assert ax.get_title(loc="left") == "100 outputs"
    ends = np.tanh(5.0 * solution.states[:, -1])
    third = np.ptp(ends) / 3
    high, low = int((ends >= ends.max() - third).sum()), int((ends < ends.min() + third).sum())
    assert legend(ax) == [f"{high} end high", f"{100 - high - low} end in the middle", f"{low} end low"]
    shown = sorted(line.get_ydata()[-1] for line in ax.get_lines())
    assert_allclose(shown, np.sort(ends), rtol=1e-12)


def test_signals_that_all_end_alike_are_one_group():
    solution = solve(network(np.zeros((12, 12)), 1.0), np.linspace(-1, 1, 12), np.linspace(0, 20e-3, 101))
    assert legend(waveforms(solution)) == ["12 end in the middle"]


def test_given_axes_are_drawn_on():
    figure = Figure()
    left, right = figure.subplots(1, 2)
    assert waveforms(flip_flop(), right) is right
    assert not left.get_lines()


def test_a_failed_run_with_infinite_values_can_be_drawn():
    solution = flip_flop()
    states = np.array(solution.states)
    states[:, -3:] = [[1e308], [np.nan]]
    broken = Solution(
        solution.system,
        solution.times,
        states,
        Status.FAILED,
        "overflow",
        solution.counts,
        None,
        {},
        0.0,
        0.0,
    )
    for signals in ("inputs", "outputs"):
        waveforms(broken, signals=signals).figure.canvas.draw()


def test_a_run_of_one_point_can_be_drawn():
    solution = solve(compiled(FILTER), [0.5, 0.0], np.array([0.0, 1e-3]))
    short = Solution(
        solution.system,
        solution.times[:1],
        solution.states[:, :1],
        Status.FAILED,
        "",
        solution.counts,
        None,
        {},
        0.0,
        0.0,
    )
    waveforms(short).figure.canvas.draw()


def test_the_callers_settings_survive():
    before = dict(mpl.rcParams)
    waveforms(flip_flop())
    assert dict(mpl.rcParams) == before


def test_importing_the_package_does_not_import_matplotlib_and_drawing_leaves_pyplot_alone():
    code = (
        "import sys, analoghop.plotting\n"
        "assert not any(m.startswith('matplotlib') for m in sys.modules)\n"
        "from tests.plotting.runs import flip_flop\n"
        "analoghop.plotting.overview(flip_flop())\n"
        "assert 'matplotlib.pyplot' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)
