"""Expressions of decks: parsing, writing, evaluation, differentiation and splitting into affine sums."""

from analoghop.circuit.expressions.affine import AffineSum, affine_sum, linear_form
from analoghop.circuit.expressions.ast import (
    Call,
    Current,
    Expr,
    Leaf,
    Number,
    Variable,
    Voltage,
    leaves,
    substitute,
    variables,
)
from analoghop.circuit.expressions.constants import settle_constants
from analoghop.circuit.expressions.derivative import differentiate
from analoghop.circuit.expressions.evaluate import evaluate
from analoghop.circuit.expressions.expand import expand_functions
from analoghop.circuit.expressions.format import format_expression
from analoghop.circuit.expressions.numbers import parse_number, parse_quantity
from analoghop.circuit.expressions.parse import parse_expression
from analoghop.circuit.expressions.simplify import absolute_bases, constant_value, simplify
from analoghop.circuit.expressions.tape import compile_expression

__all__ = [
    "AffineSum",
    "absolute_bases",
    "affine_sum",
    "compile_expression",
    "constant_value",
    "linear_form",
    "simplify",
    "Call",
    "Current",
    "Expr",
    "Leaf",
    "Number",
    "Variable",
    "Voltage",
    "differentiate",
    "evaluate",
    "expand_functions",
    "format_expression",
    "leaves",
    "parse_expression",
    "parse_number",
    "parse_quantity",
    "settle_constants",
    "substitute",
    "variables",
]
