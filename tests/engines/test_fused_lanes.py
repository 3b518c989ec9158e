import numpy as np
import pytest

pytest.importorskip("numba")

import numba

from analoghop.engines.fused.buffers import _aligned
from analoghop.engines.fused.registers.lanes import (
    inlined,
    lanes,
    larger,
    load,
    pointer,
    same,
    signed,
    smaller,
    store,
    total,
    where,
)
from analoghop.engines.fused.registers.mathematics import exp, log, tanh
from analoghop.engines.fused.registers.panel import ROWS, packed, padded, panel_product
from analoghop.engines.fused.registers.trigonometry import cos, sin

DTYPES = (np.float64, np.float32)


@inlined
def _tanh(x, y, n):
    for i in range(0, n, lanes(x)):
        store(y, i, tanh(load(x, i)))


@inlined
def _exp(x, y, n):
    for i in range(0, n, lanes(x)):
        store(y, i, exp(load(x, i)))


@numba.njit
def _logarithms(x, y, sums):
    a, b, c = pointer(x), pointer(y), pointer(sums)
    for i in range(0, len(x), lanes(a)):
        store(b, i, log(load(a, i)))
        c[i] = total(load(a, i))


@numba.njit
def _both(x, y, z):
    _tanh(pointer(x), pointer(y), len(x))
    _exp(pointer(x), pointer(z), len(x))


@numba.njit
def _choices(a, b, out):
    p, q, r = pointer(a), pointer(b), pointer(out)
    step = lanes(p)
    for i in range(0, len(a), step):
        x, y = load(p, i), load(q, i)
        store(r, i, smaller(x, y))
        store(r, i + len(a), larger(x, y))
        store(r, i + 2 * len(a), where(x, y, same(p, 7.0)))
        store(r, i + 3 * len(a), signed(same(x, 2.0), y))


@numba.njit
def _product(a, v, out, n, m, w):
    for panel in range((n + ROWS - 1) // ROWS):
        panel_product(pointer(a), panel, m, pointer(v), 0, w, pointer(out), panel * ROWS * w)


def both(x):
    padded_x = np.zeros(-(-len(x) // 16) * 16, x.dtype)
    padded_x[: len(x)] = x
    y, z = np.empty_like(padded_x), np.empty_like(padded_x)
    _both(padded_x, y, z)
    return y[: len(x)], z[: len(x)]


def in_last_places(values, truth):
    return np.abs((values - truth) / np.spacing(np.abs(truth).astype(values.dtype))).max()


@pytest.mark.parametrize("dtype", DTYPES)
def test_tanh_and_exp_are_right_to_a_few_last_places(dtype):
    rng = np.random.default_rng(0)
    spread = [rng.normal(size=40_000) * s for s in (1e-30, 1e-6, 1e-2, 0.3, 1.0, 5.0, 30.0)]
    x = np.concatenate([*spread, np.linspace(-22, 22, 40_000)]).astype(dtype)
    v, _ = both(x)
    truth = np.tanh(x.astype(np.longdouble))
    assert in_last_places(v, truth) < 3.0
    assert (np.abs(v) <= 1.0).all()
    z = -np.abs(x)
    z = z[z > (-700 if dtype is np.float64 else -86)]
    assert in_last_places(both(z)[1], np.exp(z.astype(np.longdouble))) < 2.0


@pytest.mark.parametrize("dtype", DTYPES)
def test_log_is_right_and_sums_are_whole(dtype):
    rng = np.random.default_rng(1)
    wide, near = rng.uniform(-80, 80, 16_000), 1.0 + rng.normal(size=16_000) * 1e-3
    x = np.concatenate([np.exp(wide), near, [1.0, 0.5, 2.0, np.sqrt(0.5)] * 4]).astype(dtype)
    y, sums = np.empty_like(x), np.zeros_like(x)
    _logarithms(x, y, sums)
    truth = np.log(x.astype(np.longdouble))
    eps = np.finfo(dtype).eps
    assert (np.abs(y - truth) <= 1.5 * eps * np.abs(truth) + 0.3 * eps).all()
    assert (y[-16::4] == 0.0).all()
    assert sums.sum(dtype=np.float64) == pytest.approx(x.sum(dtype=np.float64), rel=1e-6)


@pytest.mark.parametrize("dtype", DTYPES)
def test_special_numbers(dtype):
    tiny = np.finfo(dtype).tiny
    x = np.array([0.0, -0.0, np.inf, -np.inf, np.nan, tiny, -tiny], dtype)
    v, e = both(x)
    assert v[:4].tolist() == [0.0, 0.0, 1.0, -1.0]
    assert np.signbit(v[1])
    assert np.isnan([v[4], e[4]]).all()
    assert (v[5], v[6]) == (tiny, -tiny)
    assert e[:2].tolist() == [1.0, 1.0]
    assert 0.0 < e[3] <= 2 * tiny


@pytest.mark.parametrize("dtype", DTYPES)
def test_tanh_rises(dtype):
    x = np.linspace(-3, 3, 100_001).astype(dtype)
    v, _ = both(x)
    assert (np.diff(v.astype(float)) >= -2 * np.finfo(dtype).eps).all()
    assert np.array_equal(v, -both(-x)[0])


@pytest.mark.parametrize("dtype", DTYPES)
def test_choices_keep_the_second_where_they_cannot_tell(dtype):
    a = np.resize(np.array([1.0, -2.0, 0.0, np.nan, 5.0], dtype), 80)
    b = np.resize(np.array([2.0, -3.0, np.nan, 4.0, -0.0], dtype), 80)
    out = np.empty(320, dtype)
    _choices(a, b, out)
    low, high, chosen, sign = out.reshape(4, 80)
    assert np.array_equal(low, np.where(a < b, a, b), equal_nan=True)
    assert np.array_equal(high, np.where(a > b, a, b), equal_nan=True)
    assert np.array_equal(chosen, np.where(a > 0, b, 7.0), equal_nan=True)
    assert np.array_equal(sign, np.copysign(np.asarray(2.0, dtype), b))


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_packed_product_is_the_product_whatever_the_columns(dtype):
    rng = np.random.default_rng(1)
    step = 64 // np.dtype(dtype).itemsize
    for n, m in ((1, 1), (ROWS, 7), (23, 23), (2 * ROWS + 1, 5)):
        T, V = rng.normal(size=(n, m)).astype(dtype), rng.normal(size=(m, 3 * step)).astype(dtype)
        columns = []
        for w in (step, 2 * step, 3 * step):
            v, out = _aligned(m * w, dtype), _aligned(padded(n) * w, dtype)
            v[:] = V[:, :w].reshape(-1)
            _product(packed(T), v, out, n, m, w)
            columns.append(out.reshape(-1, w)[:n])
            assert not out.reshape(-1, w)[n:].any()
        truth = T.astype(float) @ V
        assert np.abs(columns[-1] - truth).max() < 4 * m * np.finfo(dtype).eps * np.abs(truth).max()
        for narrower in columns[:2]:
            assert np.array_equal(narrower, columns[-1][:, : narrower.shape[1]])


@numba.njit
def _angles(x, sines, cosines):
    a, b, c = pointer(x), pointer(sines), pointer(cosines)
    for i in range(0, len(x), lanes(a)):
        store(b, i, sin(load(a, i)))
        store(c, i, cos(load(a, i)))


@pytest.mark.parametrize("dtype", DTYPES)
def test_sin_and_cos_are_right_to_a_few_last_places(dtype):
    rng = np.random.default_rng(2)
    spread = [rng.normal(size=16_000) * s for s in (1e-30, 1e-6, 0.3, 2.0, 30.0)]
    near = 0.5 * np.pi * rng.integers(-600, 600, 16_000) + 1e-3 * rng.normal(size=16_000)
    x = np.concatenate([*spread, near, np.linspace(-1000, 1000, 16_000)]).astype(dtype)
    sines, cosines = np.empty_like(x), np.empty_like(x)
    _angles(x, sines, cosines)
    eps = np.finfo(dtype).eps
    for values, function in ((sines, np.sin), (cosines, np.cos)):
        truth = function(x.astype(np.longdouble))
        assert (np.abs(values - truth) <= eps * (np.abs(truth) + 0.1)).all()
        assert (np.abs(values) <= 1.0).all()
    small = np.abs(x) < 1e-3
    assert in_last_places(sines[small], np.sin(x[small].astype(np.longdouble))) < 1.0
    odd = np.full(16, np.nan, dtype)
    odd[1::2] = np.inf
    sines, cosines = np.empty_like(odd), np.empty_like(odd)
    _angles(odd, sines, cosines)
    assert np.isnan(sines).all()
    assert np.isnan(cosines).all()
