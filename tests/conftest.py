"""One BLAS thread, set before NumPy loads, hypothesis without deadlines, and a machine without numba."""

import os
from collections.abc import Callable

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402 - hypothesis may import NumPy

settings.register_profile("analoghop", deadline=None, max_examples=50, print_blob=True)
settings.load_profile("analoghop")


@pytest.fixture
def without_numba(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Return a function after whose call numba counts as not installed."""
    return lambda: monkeypatch.setattr("analoghop.engines.compiler.find_spec", lambda name: None)
