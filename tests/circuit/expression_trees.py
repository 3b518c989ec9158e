"""Strategies for the syntax trees of expressions: any tree, and smooth ones whose values stay tame."""

import hypothesis.strategies as st

from analoghop.circuit.expressions import (
    Call,
    Current,
    Number,
    Variable,
    Voltage,
)

A, B, TIME = Voltage("a"), Voltage("b"), Variable("time")

_LEAVES = st.sampled_from([A, B, Voltage("a", "b"), Voltage("x1.n"), Current("vs"), TIME, Variable("pi")])
_NUMBERS = st.floats(allow_nan=False, allow_infinity=False).map(Number)
_UNARY = ["neg", "not", "tanh", "exp", "ln", "sqrt", "abs", "u", "nint"]
_BINARY = ["sub", "mul", "div", "pow", "power", "pwr", "lt", "ge", "eq", "ne", "and", "or", "min", "max"]


def _calls(children):
    return st.one_of(
        st.builds(lambda f, x: Call(f, (x,)), st.sampled_from(_UNARY), children),
        st.builds(lambda f, x, y: Call(f, (x, y)), st.sampled_from(_BINARY), children, children),
        st.builds(lambda x: Call("add", tuple(x)), st.lists(children, min_size=2, max_size=4)),
        st.builds(lambda *x: Call("if", x), children, children, children),
        st.builds(lambda *x: Call("own()", x), children, children, children),
        st.builds(lambda x: Call("pwl", (x, *map(Number, (-1.0, 2.0, 0.5, 3.0, 4.0, -1.0)))), children),
    )


TREES = st.recursive(st.one_of(_LEAVES, _NUMBERS), _calls, max_leaves=25)


_SMOOTH = ["neg", "tanh", "atan", "sin", "cos"]


def _smooth_calls(children):
    bounded = children.map(lambda x: Call("tanh", (x,)))
    positive = bounded.map(lambda x: Call("add", (Number(1.5), x)))
    return st.one_of(
        st.builds(lambda f, x: Call(f, (x,)), st.sampled_from(_SMOOTH), children),
        st.builds(
            lambda f, x: Call(f, (x,)),
            st.sampled_from(["exp", "sinh", "cosh", "asinh", "u2"]),
            bounded,
        ),
        st.builds(lambda f, x: Call(f, (x,)), st.sampled_from(["ln", "sqrt", "log10"]), positive),
        st.builds(lambda f, x, y: Call(f, (x, y)), st.sampled_from(["sub", "mul"]), children, children),
        st.builds(lambda x, y: Call("div", (x, y)), children, positive),
        st.builds(lambda x, y: Call("pow", (x, y)), positive, bounded),
        st.builds(lambda x: Call("add", tuple(x)), st.lists(children, min_size=2, max_size=4)),
    )


_SMALL = st.floats(-2.0, 2.0).map(lambda x: Number(round(x, 3)))
SMOOTH_TREES = st.recursive(
    st.one_of(st.sampled_from([A, B, Voltage("a", "b"), TIME]), _SMALL), _smooth_calls, max_leaves=10
)
POINT = {A: 0.7, B: -0.4, Voltage("a", "b"): 1.1, TIME: 0.3}
