"""Python functions that studies of the tests compute, also in other processes."""

import os
import signal
import time


def power(x: float, y: float = 2.0, seed: int = 0) -> dict[str, float]:
    return {"value": x**y, "draw": (seed % 1000) / 1000.0, "big": x > 2}


def slow(x: float, seed: int = 0) -> dict[str, float]:
    time.sleep(0.002)
    return {"value": x * x, "draw": seed % 997}


def failing(x: float) -> float:
    if x == 2:
        raise ValueError("two is refused")
    return 1.0 / x


def fatal(x: float) -> float:
    if x == 5:
        os.kill(os.getpid(), signal.SIGKILL)
    return x


def empty(x: float) -> float:
    return 0.0


def coin(p: float, seed: int = 0) -> dict[str, float | bool]:
    """A truth value that is true with the probability p, and a number that is normal around p."""
    import numpy as np

    rng = np.random.default_rng(seed)
    return {"good": bool(rng.random() < p), "v": float(rng.normal(p))}
