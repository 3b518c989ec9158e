"""`signal_tables`: signals as tables of knots and levels."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.schedules import Constant, ReciprocalSignal, Schedule, Signal


def signal_tables(signals: Sequence[Signal | None]) -> dict[str, Any] | None:
    """Return the fields of `Tables` for `signals`, of which None means 1; None if one is not piecewise."""
    found = [_pieces(Constant(1.0) if signal is None else signal) for signal in signals]
    if any(pieces is None for pieces in found):
        return None
    pieces = [piece for piece in found if piece is not None]
    lengths = [len(knots) for knots, _, _, _ in pieces]
    return {
        "moving": int(any(signal is not None for signal in signals)),
        "signals": len(pieces),
        "origins": np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        "knots": np.concatenate([knots for knots, _, _, _ in pieces]),
        "levels": np.concatenate([levels for _, levels, _, _ in pieces]),
        "geometric": np.array([geometric for _, _, geometric, _ in pieces], np.int64),
        "inverse": np.array([inverse for _, _, _, inverse in pieces], np.int64),
    }


def _pieces(signal: Signal) -> tuple[Array, Array, bool, bool] | None:
    """Return knots, levels, whether these are logarithms, and whether the signal is the reciprocal."""
    if isinstance(signal, Constant):
        return np.zeros(1), np.array([signal.level]), False, False
    if isinstance(signal, Schedule):
        geometric = signal.kind == "geometric"
        return signal.knots, np.log(signal.levels) if geometric else signal.levels, geometric, False
    if isinstance(signal, ReciprocalSignal):
        pieces = _pieces(signal.signal)
        if pieces is None:
            return None
        knots, levels, geometric, inverse = pieces
        return knots, levels, geometric, not inverse
    return None
