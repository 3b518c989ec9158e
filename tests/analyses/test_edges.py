"""How far apart the edges of two waveforms lie."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analoghop.analyses.edges import edge_shift
from analoghop.errors import InputError

TIMES = np.linspace(0.0, 1.0, 4001)


def square(late=0.0, width=0.1):
    """Edges of a tenth of a thousandth, every 0.2 s."""
    phase = np.mod(TIMES - late - 0.05, 0.2)
    return np.clip(phase / 1e-4, 0.0, 1.0) - np.clip((phase - width) / 1e-4, 0.0, 1.0)


@given(st.floats(5e-4, 9e-3))
def test_the_shift_of_a_square_wave_is_found_in_both_directions(late):
    for a, b in ((square(), square(late)), (square(late), square())):
        assert edge_shift(TIMES, a, b, 1e-3) == pytest.approx(late, abs=4e-4)


def test_waveforms_that_agree_need_no_shift():
    assert edge_shift(TIMES, square(), square() + 5e-4, 1e-3) == 0.0


def test_other_levels_are_no_matter_of_time():
    assert edge_shift(TIMES, square(), 1.1 * square(), 1e-3) is None
    assert edge_shift(TIMES, square(), square(0.02), 1e-3) is None


def test_a_pulse_that_one_lacks_counts_with_its_width():
    narrow = np.where(np.abs(TIMES - 0.5) < 2e-3, 1.0, 0.0)
    for a, b in ((narrow, 0.0 * narrow), (0.0 * narrow, narrow)):
        assert edge_shift(TIMES, a, b, 1e-3) is None
    short = edge_shift(TIMES, square(width=0.1), square(width=0.104), 1e-3)
    assert short == pytest.approx(4e-3, abs=3e-4)


def test_one_point_and_other_lengths_are_refused():
    with pytest.raises(InputError, match="three arrays of one length"):
        edge_shift(TIMES, square()[1:], square(), 1e-3)
