"""Warnings about powers x^y whose base became negative during a run: ngspice and analoghop compute |x|^y."""

from __future__ import annotations

from typing import Any

import numpy as np

from analoghop.arrays import Array
from analoghop.circuit.circuit import Circuit
from analoghop.circuit.elements import BehaviouralCurrent, BehaviouralVoltage
from analoghop.circuit.expressions import (
    Current,
    Leaf,
    Variable,
    Voltage,
    absolute_bases,
    evaluate,
    format_expression,
)
from analoghop.solution import Solution


def negative_bases(circuit: Circuit, solution: Solution) -> tuple[str, ...]:
    """Return one warning for each `x^y` of the deck whose x became negative at a recorded time of the run."""
    warnings = []
    for element in circuit.elements:
        if not isinstance(element, (BehaviouralVoltage, BehaviouralCurrent)):
            continue
        for base in absolute_bases(element.expression):
            lowest = float(np.min(evaluate(base, lambda leaf: _signal(solution, leaf))))
            if lowest < 0:
                where = circuit.locations.get(element.name)
                warnings.append(
                    f"{where or element.name}: `{format_expression(base)}` fell to {lowest:.3g} under an "
                    "exponent that is not an even integer; like ngspice, |x|^y was taken"
                )
    return tuple(warnings)


def _signal(solution: Solution, leaf: Leaf) -> Any:
    match leaf:
        case Voltage(a, b):
            return _voltage(solution, a) - _voltage(solution, b)
        case Current(source):
            return solution[f"i({source})"]
        case Variable("time"):
            return solution.times
    return 27.0  # `temper` in Celsius: the only variable that remains once a deck has been read


def _voltage(solution: Solution, node: str) -> Array:
    return np.zeros_like(solution.times) if node == "0" else solution[f"v({node})"]
