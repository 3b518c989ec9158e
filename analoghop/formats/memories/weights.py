"""Couplings of a memory as a NumPy archive: `W`, `threshold`, and the record as a JSON string."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from analoghop.arrays import Array, frozen, readonly_fields
from analoghop.errors import FileFormatError, InputError, Location
from analoghop.formats.damage import DAMAGED
from analoghop.formats.files import replacing
from analoghop.formats.numpy_files import read_archive
from analoghop.formats.waveforms.waveforms import plain_record


@dataclass(frozen=True, eq=False)
class StoredWeights:
    """`W` (n, n), `threshold` (n,), and a `record` that fits into JSON (rule, version, settings, seeds).

    Raises `InputError` for shapes that do not fit or numbers that are not finite.
    """

    W: Array
    threshold: Array
    record: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        W, threshold = frozen(self.W), frozen(self.threshold)
        if W.ndim != 2 or W.shape[0] != W.shape[1] or threshold.shape != W.shape[:1]:
            raise InputError(f"weights need W (n, n) and threshold (n,), got {W.shape} and {threshold.shape}")
        if not (np.isfinite(W).all() and np.isfinite(threshold).all()):
            raise InputError("weights hold a number that is not finite")
        readonly_fields(self, W=W, threshold=threshold)
        object.__setattr__(self, "record", plain_record(self.record))


def write_weights(path: str | Path, weights: StoredWeights) -> None:
    """Write `weights` to a `.npz` file, completely or not at all.

    Raises `InputError` for another suffix or a path that cannot be written.
    """
    _check_suffix(path)
    with replacing(path) as handle:
        np.savez(
            handle,
            W=weights.W,
            threshold=weights.threshold,
            record=np.array(json.dumps(weights.record)),
        )


def read_weights(path: str | Path) -> StoredWeights:
    """Return the weights of a `.npz` file; `threshold` and `record` may be missing.

    No code in the file is executed. Raises `FileFormatError` if it is not an archive of weights.
    """
    _check_suffix(path)
    parts = read_archive(path, "weights", ("W", "threshold", "record"))
    try:
        if "W" not in parts:
            raise InputError("there is no array W in it")
        W = parts["W"].astype(np.float64)
        threshold = parts.get("threshold", np.zeros(len(W)))
        record = json.loads(str(parts.get("record", "{}")))
        if not isinstance(record, dict):
            raise InputError("`record` is no JSON object")
        return StoredWeights(W, threshold, record)
    except DAMAGED as error:
        raise FileFormatError(f"cannot be read as weights: {error}", Location(str(path), 1)) from error


def _check_suffix(path: str | Path) -> None:
    if Path(path).suffix.lower() != ".npz":
        raise InputError(f"weights are kept in .npz files, not in {str(path)!r}")
