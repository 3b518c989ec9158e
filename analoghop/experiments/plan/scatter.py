"""`Scatter`: which parts of a circuit scatter around their values, and how."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from analoghop.errors import InputError
from analoghop.experiments.plan.tables import a_choice, a_count, a_list, a_number, check_keys

Law = Literal["uniform", "gaussian"]
LAWS = ("uniform", "gaussian")
SERIES = (3, 6, 12, 24, 48, 96, 192)
KEYS = (
    "elements", "law", "tolerance", "groups", "offset", "gain", "rails", "dead", "stuck", "open", "short",
    "series", "bits", "scale",
)  # fmt: skip


@dataclass(frozen=True)
class Scatter:
    """The scatter of the parts of a circuit; every number is a fraction or in volts, 0 for none.

    `elements`: patterns of names, `*` and `?` as in a shell, of resistors and capacitors that scatter (for a
    network see `network_parts`). `tolerance`: relative; `law` "uniform" within +- tolerance, or "gaussian"
    with 3 sigma = tolerance. `groups`: patterns by group, whose members have one common draw, as resistors on
    one chip. Amplifiers: `offset` in V, `gain` and `rails` relative, with the same law; a share `dead`
    (output in the middle of the rails) and `stuck` (at one of the rails). A share `open` and `short` of the
    scattering resistors is broken. `series` 3..192 rounds the nominal values to an E-series (IEC 60063)
    before they scatter. `bits` rounds the conductances of the scattering resistors to so many bits of `scale`
    (siemens), by default of the largest of them. Raises `InputError` for values out of range.
    """

    elements: tuple[str, ...] = ("r*",)
    law: Law = "uniform"
    tolerance: float = 0.0
    groups: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    offset: float = 0.0
    gain: float = 0.0
    rails: float = 0.0
    dead: float = 0.0
    stuck: float = 0.0
    open: float = 0.0
    short: float = 0.0
    series: int | None = None
    bits: int | None = None
    scale: float | None = None

    def __post_init__(self) -> None:
        a_choice(self.law, "`tolerance.law`", LAWS)
        if not self.offset >= 0.0:
            raise InputError(f"`tolerance.offset` is {self.offset:g} V, expected 0 or more")
        for name in ("tolerance", "gain", "rails", "dead", "stuck", "open", "short"):
            value = getattr(self, name)
            if not 0.0 <= value < (1.0 if name in ("tolerance", "gain", "rails") else 1.0 + 1e-12):
                raise InputError(f"`tolerance.{name}` is {value:g}, expected a share from 0 to 1")
        if self.dead + self.stuck > 1 or self.open + self.short > 1:
            raise InputError("the shares of broken parts in `tolerance` are more than all parts together")
        if self.series is not None and self.series not in SERIES:
            raise InputError(f"`tolerance.series` is {self.series}, expected one of {SERIES}")

    @property
    def alters_amplifiers(self) -> bool:
        """Whether amplifiers scatter or fail."""
        return any((self.offset, self.gain, self.rails, self.dead, self.stuck))

    def at(self, values: Mapping[str, Any]) -> Scatter:
        """Return the scatter at a point: an axis with the name of a key, or `tolerance.key`, sets it."""
        found = dict(vars(self))
        for name, value in values.items():
            key = name.removeprefix("tolerance.")
            if key in NUMBERS and (name.startswith("tolerance.") or key in SWEPT):
                found[key] = int(value) if key in ("bits", "series") else float(value)
        return Scatter(**found)

    def to_dict(self) -> dict[str, Any]:
        """Return the keys that differ from their defaults, as in the table `[tolerance]`."""
        plain = Scatter()
        return {
            key: value if not isinstance(value, tuple) else list(value)
            for key in KEYS
            if (value := getattr(self, key)) != getattr(plain, key)
        }


SWEPT = ("tolerance",)
"""Keys whose plain name, as an axis, is that of the scatter and not of a parameter."""
NUMBERS = (
    "tolerance",
    "offset",
    "gain",
    "rails",
    "dead",
    "stuck",
    "open",
    "short",
    "series",
    "bits",
    "scale",
)


def sets_scatter(name: str) -> bool:
    """Return whether an axis of this name sets the scatter, not a parameter of the model."""
    return name in SWEPT or (name.startswith("tolerance.") and name.removeprefix("tolerance.") in NUMBERS)


def scatter(table: Mapping[str, Any]) -> Scatter:
    """Return the scatter of the table `[tolerance]`; raises `InputError` for what does not fit."""
    check_keys(table, KEYS, "`[tolerance]`")
    given: dict[str, Any] = {}
    for key, value in table.items():
        where = f"`tolerance.{key}`"
        if key == "elements":
            words = [value] if isinstance(value, str) else a_list(value, where)
            given[key] = tuple(str(word).lower() for word in words)
        elif key == "law":
            given[key] = a_choice(value, where, LAWS)
        elif key == "groups":
            given[key] = {
                str(name): tuple(
                    str(w).lower() for w in ([words] if isinstance(words, str) else a_list(words, where))
                )
                for name, words in dict(value).items()
            }
        elif key in ("series", "bits"):
            given[key] = a_count(value, where)
        else:
            given[key] = a_number(value, where)
    return Scatter(**given)


def written_scatter(pairs: Iterable[tuple[str, str]]) -> Scatter:
    """Return the scatter of settings that are texts, as a deck has them: lists with commas.

    Raises `InputError` for what does not fit.
    """
    table: dict[str, Any] = {}
    for key, text in pairs:
        if key == "elements":
            table[key] = text.split(",")
        elif key.startswith("groups."):
            table.setdefault("groups", {})[key.removeprefix("groups.")] = text.split(",")
        else:
            table[key] = int(text) if key in ("series", "bits") and text.isdigit() else text
    return scatter(table)
