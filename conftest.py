"""A test that hangs, or an example of the documentation, ends the run and is named."""

import faulthandler
import os
from collections.abc import Generator

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("longest_test", "seconds after which a test hangs, and the run ends", default="300")


_stderr: list[int] = []


def pytest_configure() -> None:
    _stderr.append(os.dup(2))  # pytest captures what is written to 2 while a test runs


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Refuse a name that holds an address: the processes that share the tests would take it for two."""
    for item in items:
        if " at 0x" in item.name:
            raise pytest.UsageError(f"{item.nodeid}: give this case an `id` that is the same in each process")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """End the process, with the stacks of all threads, if a test hangs, even inside compiled code."""
    seconds = float(item.config.getini("longest_test"))
    faulthandler.dump_traceback_later(seconds, exit=True, file=_stderr[0])
    try:
        return (yield)
    finally:
        faulthandler.cancel_dump_traceback_later()
