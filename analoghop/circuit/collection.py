"""`uncollected`: Python's search for cycles of garbage, put off while a large deck becomes a circuit."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def uncollected() -> Iterator[None]:
    """Put off Python's search for cycles of garbage; also a decorator.

    A deck makes many objects that all live on, none of them in a cycle. Looking through them again and again
    takes a third of the time.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()
