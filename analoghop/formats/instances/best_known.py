"""`best_known`: the best value known of an instance, from `best_known.json` beside it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from analoghop.errors import FileFormatError, Location
from analoghop.formats.intake import read_json
from analoghop.formats.lines import instance_name

FILE = "best_known.json"
WORDS = {"qubo": ("qubo", "xtqx", "xqx")}
"""How the word `problem` of an entry may name a kind of problem, beside the kind's own."""
ASSUMED = "maxcut"
"""Kind of problem of an entry that does not say one, as for the graphs that are cut."""


def best_known(path: str | Path, kind: str) -> float | None:
    """Return the value that `best_known.json`, in the folder of the instance or the one above, gives for it.

    The file is an object by the instances' names (those of the folder above are `folder/name`) of numbers,
    or of objects with the number `best_known` and the word `problem`. One file may be an instance of several
    problems: the value counts where `problem` names `kind` ("max-cut", "min x'Qx"); without it the value is
    that of a cut. None where there is no such file or entry. Raises `FileFormatError` where the file is no
    JSON object or its value no number.
    """
    place, name = Path(path), instance_name(path)
    for folder, key in ((place.parent, name), (place.parent.parent, f"{place.parent.name}/{name}")):
        file = folder / FILE
        if file.is_file():
            value = _entry(file, key, kind)
            if value is not None:
                return value
    return None


def _entry(file: Path, key: str, kind: str) -> float | None:
    where = Location(str(file), 1)
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
