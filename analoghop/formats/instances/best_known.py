"""`best_known`: the best known value of an instance, from the file `best_known.json` in its folder."""

from __future__ import annotations

import math
import os
from pathlib import Path
from typing import Any

from analoghop.errors import FileFormatError, Location
from analoghop.formats.intake import beside_instance, read_json
from analoghop.formats.lines import instance_name

FILE = "best_known.json"
WORDS = {"qubo": ("qubo", "xtqx", "xqx")}
"""Further names of kinds of problems in the word `problem` of an entry."""
ASSUMED = "maxcut"
"""Kind of problem of an entry without the word `problem`."""


def best_known(path: str | Path, kind: str) -> float | None:
    """Return the instance's value in `best_known.json`, in the instance's folder or the parent folder.

    The file is a JSON object whose keys are instance names (in the parent folder `folder/name`), and whose
    values are numbers, or objects with the number `best_known` and the word `problem`. An instance may belong
    to several problems: the value is used if `problem` names `kind` ("max-cut", "min x'Qx"); without that
    word it is the value of a cut. None if there is no such file or entry. Raises `FileFormatError` if the
    file is not a JSON object or its value not a number.
    """
    place, name = Path(path), instance_name(path)
    for folder, key in ((place.parent, name), (place.parent.parent, f"{place.parent.name}/{name}")):
        file = folder / FILE
        if os.path.isfile(file):
            value = _entry(file, key, kind)
            if value is not None:
                return value
    return None


def _entry(file: Path, key: str, kind: str) -> float | None:
    where = Location(str(file), 1)
    with beside_instance():
        values = read_json(file)
    if not isinstance(values, dict):
        raise FileFormatError("holds no JSON object", where, "best known values by the instances' names")
    value: Any = values.get(key)
    problem: object = ASSUMED
    if isinstance(value, dict):
        problem, value = value.get("problem", ASSUMED), value.get("best_known")
    if value is None or not _names(str(problem), kind):
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise FileFormatError(f"the best known value of {key} is {value!r}", where, "a number")
    return float(value)


def _names(problem: str, kind: str) -> bool:
    letters = "".join(sign for sign in problem.lower() if sign.isalpha())
    return any(word in letters for word in WORDS.get(kind, (kind.replace("-", ""),)))
