"""Files of studies: `.npz` archives of all arrays, or `.csv` columns."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from analoghop.errors import InputError
from analoghop.formats.files import replacing
from analoghop.formats.memories.columns import Columns, columns_suffix, write_columns
from analoghop.formats.waveforms.waveforms import plain_record
from analoghop.study.findings import Findings


def findings_suffix(path: str | Path) -> str:
    """Return ".npz" or ".csv"; raises `InputError` for any other suffix of `path`."""
    return columns_suffix(path)


def write_findings(path: str | Path, found: Findings, record: Mapping[str, Any] | None = None) -> None:
    """Write all arrays to a `.npz` file, with "record" (units, facts, settings) as JSON; whole or not at all.

    A `.csv` file takes the columns that are as long as the first array; what has several axes becomes a
    column for each row of it, such as `states_1`. Raises `InputError` for another suffix, a path that cannot
    be written, and for a study without columns.
    """
    from analoghop import __version__

    facts = [fact.to_dict() for fact in found.facts]
    own = {"program": "analoghop", "version": __version__, "units": dict(found.units), "facts": facts}
    whole = plain_record({**own, **(found.record if record is None else record)})
    if findings_suffix(path) == ".csv":
        write_columns(path, Columns(_columns(found), whole))
        return
    with replacing(path) as handle:
        arrays: dict[str, Any] = dict(found.arrays)
        np.savez(handle, record=np.array(json.dumps(whole)), **arrays)


def _columns(found: Findings) -> dict[str, Any]:
    """Return the real columns of the length of the first array."""
    length = len(next(iter(found.arrays.values()), ()))
    columns: dict[str, Any] = {}
    for name, values in found.arrays.items():
        if values.ndim == 0 or len(values) != length or values.dtype.kind not in "biuf":
            continue
        flat = values.reshape(length, -1)
        if values.ndim == 1:
            columns[name] = flat[:, 0]
        else:
            columns |= {f"{name}_{k + 1}": flat[:, k] for k in range(flat.shape[1])}
    if not columns:
        raise InputError("this study has no columns of numbers: give a .npz file")
    return columns
