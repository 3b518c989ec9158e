"""The options of all formulations: each is described, and its range holds."""

from dataclasses import fields, replace
from typing import Any, get_args, get_type_hints

import numpy as np
import pytest

from analoghop.errors import InputError
from analoghop.optimise import PROBLEMS, entry
from analoghop.optimise.catalogue.options import options_table
from analoghop.problems.option import option, options_of
from analoghop.problems.spins.gain import GainMachine
from analoghop.problems.tsp.potts import Potts

FORMULATIONS = {f for problem in PROBLEMS for f in entry(problem).formulations.values()}


@pytest.mark.parametrize("formulation", sorted(FORMULATIONS, key=lambda f: f.__qualname__))
def test_every_option_is_described_and_its_bounds_are_kept(formulation: Any) -> None:
    hints = get_type_hints(formulation)
    described = options_of(formulation)
    assert list(described) == [one.name for one in fields(formulation) if one.init]
    plain = formulation()
    for name, row in options_table(formulation).items():
        one, kinds = row.option, get_args(hints[name]) or (hints[name],)
        assert one.meaning
        assert (type(None) in kinds) is bool(one.none), name
        assert row.kind == {int: "integer", float: "number", bool: "boolean", str: "string"}[kinds[0]], name
        assert row.standard
        below = one.above if np.isfinite(one.above) else one.low - 1.0
        for wrong in (below, one.high + 1.0, float("nan")):
            if one.number and not np.isinf(wrong):
                with pytest.raises(InputError, match=f"`{name}` is .*, expected a "):
                    replace(plain, **{name: wrong})


def test_values_that_are_refused_are_named_with_what_is_expected() -> None:
    for value, words in (
        (0.0, "`first_gain` is 0, expected a positive number"),
        (None, "`first_gain` is None, expected a positive number"),
        ("high", "`first_gain` is 'high', expected a positive number"),
        (True, "`first_gain` is True, expected a positive number"),
        (float("inf"), "`first_gain` is inf, expected a positive number"),
    ):
        with pytest.raises(InputError, match=f"^{words}$"):
            GainMachine(first_gain=value)  # type: ignore[arg-type]
    with pytest.raises(InputError, match="^`steps` is 2.5, expected a whole number from 1, or None$"):
        GainMachine(steps=2.5)  # type: ignore[arg-type]
    assert GainMachine(steps=np.int64(7), first_gain=np.float32(0.5)).steps == 7  # type: ignore[arg-type]
    assert Potts(ranks=True).ranks is True


def test_ranges_in_words() -> None:
    found: Any = option(0.5, "share", "1", low=0, high=1)
    told = found.metadata["option"]
    assert (told.range, told.expected) == ("from 0 to 1", "a number from 0 to 1")
    found = option(3, "at most", high=4, none="any")
    assert found.metadata["option"].expected == "a whole number up to 4, or None"
