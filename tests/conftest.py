"""One BLAS thread, set before NumPy loads; no deadlines of hypothesis; no numba; no test that hangs."""

import faulthandler
import os
from collections.abc import Callable, Generator

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


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("longest_test", "seconds after which a test hangs, and the run ends", default="300")


_stderr: list[int] = []


def pytest_configure() -> None:
    _stderr.append(os.dup(2))  # pytest captures what is written to 2 while a test runs


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """End the process, with the stacks of all threads, if a test hangs, even inside compiled code."""
    seconds = float(item.config.getini("longest_test"))
    faulthandler.dump_traceback_later(seconds, exit=True, file=_stderr[0])
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()
