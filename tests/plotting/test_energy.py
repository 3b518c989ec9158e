from dataclasses import replace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from analoghop.errors import InputError
from analoghop.plotting import energy
from tests.plotting.runs import (
    SIEMENS,
    assert_legible,
    converter,
    flip_flop,
    ladder,
    oscillator,
    ring,
)


def lines(ax):
    return {line.get_label(): line.get_ydata() for line in ax.get_lines()}


def heading(ax):
    return ax.get_title(loc="left").replace("\n", " ")


def test_the_total_is_hopfields_energy_in_watt():
    solution = flip_flop()
    ax = energy(solution)
    u, v = solution.states, np.tanh(2.0 * solution.states)
    # 1984, equation 7: the amplifier's term is G times the integral of the inverse characteristic.
    inverse = SIEMENS * np.sum(v * np.arctanh(v) + np.log(1 - v * v) / 2, axis=0) / 2.0
    assert_allclose(lines(ax)["total"], -SIEMENS * v[0] * v[1] + inverse, rtol=1e-9, atol=1e-16)
    assert_allclose(lines(ax)["coupling"], -SIEMENS * v[0] * v[1], rtol=1e-9, atol=1e-16)
    assert_allclose(lines(ax)["amplifier"], inverse, rtol=1e-9, atol=1e-14)
    assert_array_equal(lines(ax)["bias"], np.zeros(u.shape[1]))
    assert ax.get_ylabel() == "energy (µW)"
    assert ax.get_xlabel() == "time (ms)"


def test_the_parts_can_be_left_out():
    assert list(lines(energy(flip_flop(), parts=False))) == ["total"]


def test_what_was_dissipated_and_supplied_accounts_for_the_total():
    drawn = lines(energy(ring(), integrals=True))
    predicted = drawn["total"][0] + drawn["supplied"] - drawn["dissipated"]
    assert_allclose(predicted, drawn["total"], atol=0.01 * np.ptp(drawn["dissipated"]))


def test_the_title_says_who_guarantees_it():
    solution = flip_flop()
    title = heading(energy(solution))
    assert title == "never rises (Hopfield 1984); no rise"


def test_the_title_says_why_nobody_does():
    solution = ring()
    title = heading(energy(solution))
    assert title.startswith("may rise: asymmetric coupling")
    rise = solution.energy.largest_rise
    assert f"largest rise {rise * 1e6:.3g}\N{NO-BREAK SPACE}µW" in title


def test_parts_that_cancel_give_way_to_the_total():
    solution = converter()
    record = solution.energy
    shift = 1e3 * np.ptp(record.total) * np.sin(np.linspace(0, 9, len(record.times)))
    parts = {"coupling": record.parts["coupling"] + shift, "bias": record.parts["bias"] - shift}
    dwarfed = replace(solution, energy=replace(record, parts=parts))
    ax = energy(dwarfed)
    assert list(lines(ax)) == ["total"]
    assert "cancel and are not drawn" in heading(ax)
    assert list(lines(energy(dwarfed, parts=True))) == ["total", "coupling", "bias"]
    assert "not drawn" not in heading(energy(dwarfed, parts=True))


def test_a_circuit_without_an_energy_says_why():
    with pytest.raises(InputError, match="no energy to draw: conductance between input nodes"):
        energy(oscillator())


@pytest.mark.parametrize("run", [flip_flop, converter, ring, ladder])
def test_pictures_are_legible(run):
    assert_legible(energy(run(), integrals=True).figure)
