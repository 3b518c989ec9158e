"""`Halt`: what ends a run before its time, a deadline or Ctrl-C, and spreads its parts over threads."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

Part = TypeVar("Part")


class Halt:
    """Ends a run at `deadline` (of `time.monotonic`; None: never), or when Ctrl-C was pressed."""

    def __init__(self, deadline: float | None = None) -> None:
        self.interrupted = False
        self._deadline = math.inf if deadline is None else deadline

    @property
    def now(self) -> bool:
        """Whether to end now: work that takes long asks again and again."""
        return self.interrupted or time.monotonic() >= self._deadline

    def spread(self, work: Callable[[Part], None], parts: Sequence[Part], threads: int) -> None:
        """Call `work` for every part, in so many threads; Ctrl-C makes it return when all have seen it."""
        try:
            if threads == 1 or len(parts) == 1:
                for part in parts:
                    work(part)
                return
            with ThreadPoolExecutor(threads) as pool:
                futures = [pool.submit(work, part) for part in parts]
                try:
                    for future in futures:
                        future.result()
                except KeyboardInterrupt:
                    self.interrupted = True
        except KeyboardInterrupt:
            self.interrupted = True
