import numpy as np
import pytest
from scipy import sparse

from analoghop.couplings import spectrum
from analoghop.couplings.spectrum import EXACT, extremes


@pytest.mark.parametrize("n", [1, 7, EXACT, EXACT + 150])
@pytest.mark.parametrize("shift", [0.0, 0.2])
def test_outermost_eigenvalues_are_those_of_all(n: int, shift: float) -> None:
    rng = np.random.default_rng(n)
    upper = np.triu(np.where(rng.random((n, n)) < 0.1, rng.normal(size=(n, n)) + shift, 0.0), 1)
    matrix = upper + upper.T
    values = np.linalg.eigvalsh(matrix)
    width = values[-1] - values[0]
    for form in (matrix, sparse.csr_array(matrix)):
        low, high = extremes(form)
        assert low == pytest.approx(values[0], abs=0.01 * width)
        assert high == pytest.approx(values[-1], abs=0.01 * width)
        assert low >= values[0] - 1e-9 * width
        assert high <= values[-1] + 1e-9 * width


def test_a_large_matrix_of_few_eigenvalues() -> None:
    n = EXACT + 1
    assert extremes(sparse.csr_array((n, n))) == (0.0, 0.0)
    assert extremes(np.ones((n, n))) == pytest.approx((0.0, n), abs=1e-6)


@pytest.mark.parametrize("n", [EXACT + 1, EXACT + 150, 1500])
def test_the_recurrence_alone_finds_the_same(n: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(n)
    half = sparse.random_array((n, n), density=4 / n, rng=rng)
    for matrix in (half + half.T, sparse.csr_array((n, n)), sparse.csr_array(np.ones((n, n)))):
        full = extremes(matrix)
        with monkeypatch.context() as patch:
            patch.setattr(spectrum, "LARGE", 0)
            assert extremes(matrix) == pytest.approx(full, abs=1e-6 * max(np.abs(full)) + 1e-12)
