import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from analoghop.engines.trajectory.thinning import ThinnedTrace


@given(
    blocks=st.lists(st.integers(0, 40), min_size=1, max_size=60),
    limit=st.integers(4, 300),
)
def test_a_trace_keeps_first_and_last_evenly_within_its_limit(blocks, limit):
    trace = ThinnedTrace(2, limit)
    total = 0
    for size in blocks:
        numbers = np.arange(total, total + size, dtype=float)
        trace.extend(np.stack([numbers, -numbers]))
        total += size
    columns = trace.columns()
    assert np.array_equal(columns[1], -columns[0])
    assert columns.shape[1] <= limit + 1
    if total:
        assert columns[0, 0] == 0
        assert columns[0, -1] == total - 1
        strides = np.diff(columns[0])
        assert len(set(strides[:-1])) <= 1
    if 0 < total <= limit:
        assert columns.shape[1] == total
    if total > limit:
        assert columns.shape[1] > limit // 2


def test_a_trace_may_be_read_and_go_on():
    trace = ThinnedTrace(1, 8)
    for k in range(50):
        trace.extend(np.array([[float(k)]]))
        read = trace.columns()
        assert read[0, -1] == k
        assert (np.diff(read[0]) > 0).all()
