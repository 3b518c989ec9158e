"""One BLAS thread, set before NumPy loads, and hypothesis without deadlines."""

import os

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

from hypothesis import settings  # noqa: E402 - hypothesis may import NumPy

settings.register_profile("analoghop", deadline=None, max_examples=50, print_blob=True)
settings.load_profile("analoghop")
